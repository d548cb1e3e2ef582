//! The models that the signed-in person may use, which one a chat uses, and how the picker finds one. Plain data first.

pub mod lines;
pub mod several;
mod store;

pub use store::{Fetch, Models, provide_models, provide_models_made_for, provide_other_models, use_models};

use super::load::Load;
use shared::chat::{Model, ModelList};
use shared::models::{CatalogModel, Currency, ModelKind};
use shared::{ApiError, ModelId};
use std::collections::BTreeSet;

/// How many models "Recent" shows.
const MOST_RECENT: usize = 4;

/// The models.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    /// As the server lists them.
    pub list: ModelList,
    /// Where that stands.
    pub load: Load,
    /// Those used last on this device, newest first.
    pub recent: Vec<ModelId>,
    /// Those that are pinned on this device, in the order in which they were.
    pub pinned: Vec<ModelId>,
}

/// What stands above the models of a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Heading {
    /// Those that are pinned.
    Pinned,
    /// Those used last.
    Recent,
    /// Those of a connection, by its name.
    Connection(String),
}

/// Models under one heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What they have in common.
    pub heading: Heading,
    /// The models.
    pub models: Vec<Model>,
}

impl Catalogue {
    /// Takes the server's list.
    pub fn loaded(&mut self, reply: Result<ModelList, ApiError>) {
        match reply {
            Ok(list) => (self.list, self.load) = (list, Load::Ready),
            Err(_) if self.load == Load::Ready => {}
            Err(error) => self.load = Load::Failed(error),
        }
    }

    /// A model was chosen.
    pub fn used(&mut self, id: &ModelId) {
        self.recent.retain(|known| known != id);
        self.recent.insert(0, id.clone());
        self.recent.truncate(MOST_RECENT);
    }

    /// Pins a model, or does so no more.
    pub fn toggle_pin(&mut self, id: &ModelId) {
        match self.pinned.iter().position(|known| known == id) {
            Some(place) => drop(self.pinned.remove(place)),
            None => self.pinned.push(id.clone()),
        }
    }

    /// A model.
    #[must_use]
    pub fn get(&self, id: &ModelId) -> Option<&Model> {
        self.list.items.iter().find(|model| model.id == *id)
    }

    /// The model that is used when `wish` is the wish: that one if it is there, else the default, else the first.
    #[must_use]
    pub fn choose(&self, wish: Option<&ModelId>) -> Option<&Model> {
        let wished = wish.and_then(|id| self.get(id));
        let default = || self.list.default.as_ref().and_then(|id| self.get(id));
        wished.or_else(default).or_else(|| self.list.items.first())
    }

    /// Whether a wish is for a model that is no longer there.
    #[must_use]
    pub fn lacks(&self, wish: Option<&ModelId>) -> bool {
        self.load == Load::Ready && wish.is_some_and(|id| self.get(id).is_none())
    }

    /// Why there is no list, where there is none.
    #[must_use]
    pub fn failure(&self) -> Option<ApiError> {
        match &self.load {
            Load::Failed(error) => Some(error.clone()),
            Load::Waiting | Load::Ready => None,
        }
    }

    /// Whether it is known that there is no model.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.load == Load::Ready && self.list.items.is_empty()
    }

    /// Whether there are so many models that some are worth a place at the top.
    #[must_use]
    pub fn has_groups(&self) -> bool {
        self.list.items.len() > MOST_RECENT
    }

    /// What the picker shows for a search: every word has to be in the name, the label or the connection. Without a search the
    /// pinned ones come first, and then the recent ones that are not pinned.
    #[must_use]
    pub fn groups(&self, search: &str) -> Vec<Group> {
        let words: Vec<String> = search.split_whitespace().map(str::to_lowercase).collect();
        let mut groups = Vec::new();
        if words.is_empty() && self.has_groups() {
            let recent: Vec<_> = self.recent.iter().filter(|id| !self.pinned.contains(id)).cloned().collect();
            for (heading, ids) in [(Heading::Pinned, &self.pinned), (Heading::Recent, &recent)] {
                let models: Vec<Model> = ids.iter().filter_map(|id| self.get(id).cloned()).collect();
                if !models.is_empty() {
                    groups.push(Group { heading, models });
                }
            }
        }
        for model in self.list.items.iter().filter(|model| matches(model, &words)) {
            let heading = Heading::Connection(model.connection.clone());
            match groups.iter_mut().find(|group| group.heading == heading) {
                Some(group) => group.models.push(model.clone()),
                None => groups.push(Group { heading, models: vec![model.clone()] }),
            }
        }
        groups
    }
}

fn matches(model: &Model, words: &[String]) -> bool {
    let known = [Some(&model.name), model.label.as_ref(), Some(&model.connection)]
        .map(|text| text.map(|text| text.to_lowercase()));
    words.iter().all(|word| known.iter().flatten().any(|text| text.contains(word)))
}

/// Models of the catalogue as they are offered. A name that several connections have stands there once: programs ask by
/// name, and get whichever answers.
#[must_use]
pub fn offered(all: Vec<CatalogModel>) -> ModelList {
    let mut names = BTreeSet::new();
    let items = all.into_iter().filter(|model| names.insert(model.public_name.clone())).map(|model| Model {
        id: model.id,
        name: model.public_name,
        label: model.overrides.label,
        description: model.overrides.description,
        connection_id: model.connection_id,
        connection: model.connection,
        facts: model.facts,
        personal: false,
        trouble: None,
        demo: false,
    });
    ModelList { items: items.collect(), ..ModelList::default() }
}

/// Those that are made for one of these; what nobody knows of a model, it is made for chats.
#[must_use]
pub fn made_for(kinds: &[ModelKind], mut groups: Vec<Group>) -> Vec<Group> {
    let is_made = |model: &Model| kinds.contains(&model.facts.kind.unwrap_or(ModelKind::Chat));
    groups.iter_mut().for_each(|group| group.models.retain(is_made));
    groups.retain(|group| !group.models.is_empty());
    groups
}

/// The name that people see.
#[must_use]
pub fn shown_name(model: &Model) -> &str {
    model.label.as_deref().unwrap_or(&model.name)
}

/// What a million tokens cost, in figures that mean something: `$0.27`, `¥2`.
#[must_use]
pub fn money(currency: Currency, amount: f64) -> String {
    let sign = match currency {
        Currency::Usd => '$',
        Currency::Cny => '¥',
    };
    let figures = if amount < 1.0 { format!("{amount:.3}") } else { format!("{amount:.2}") };
    format!("{sign}{}", figures.trim_end_matches('0').trim_end_matches('.'))
}

/// The letters that stand for a model: the first of its name and the first digit, or the first two.
#[must_use]
pub fn monogram(name: &str) -> String {
    let short = name.rsplit('/').next().unwrap_or(name);
    let mut letters = short.chars().filter(|c| c.is_alphanumeric());
    let first = letters.next().unwrap_or('?');
    let second = short.chars().find(char::is_ascii_digit).filter(|digit| *digit != first).or_else(|| letters.next());
    first.to_uppercase().chain(second.map(|c| c.to_ascii_lowercase())).collect()
}

/// A context window as people speak of it: `128K`, `1M`.
#[must_use]
pub fn window_size(tokens: u32) -> String {
    match tokens {
        1_000_000.. if tokens % 1_000_000 < 50_000 => format!("{}M", tokens / 1_000_000),
        1_000_000.. => format!("{}.{}M", tokens / 1_000_000, tokens % 1_000_000 / 100_000),
        // Windows are named after powers of two or of ten; both read the same this way.
        1_000.. if !tokens.is_multiple_of(1000) && tokens.is_multiple_of(1024) => format!("{}K", tokens / 1024),
        1_000.. => format!("{}K", tokens / 1000),
        _ => tokens.to_string(),
    }
}

#[cfg(test)]
mod tests;
