//! The catalogue of models, as administrators see it: one filtered, paged list, and what is chosen of it. `fields.rs` is
//! the form about one model, `forms.rs` that about how programs ask it.

pub mod fields;
pub mod forms;
pub mod reach;

use crate::api::{self, ApiResult};
use crate::state::load::Load;
use crate::state::news::use_news;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::limits::MAX_MODELS_PAGE;
use shared::models::{CatalogModel, CatalogQuery, UpdateModel, UpdateModels};
use shared::{ApiError, ConnectionId, ModelId, Page};
use std::collections::BTreeSet;
use std::time::Duration;

/// Rows that are asked for at once.
const PAGE: u32 = 100;
/// How long typing has to pause before a search is sent.
const PAUSE: Duration = Duration::from_millis(200);

/// Which models are listed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// What their names contain.
    pub search: String,
    /// Their connection.
    pub connection: Option<ConnectionId>,
    /// Whether they are shown to people.
    pub shown: Option<bool>,
}

/// The plain state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CatalogState {
    /// Where the list stands.
    pub load: Load,
    /// The models so far.
    pub items: Vec<CatalogModel>,
    /// Where the list goes on.
    pub next: Option<String>,
    /// Which models are listed.
    pub filter: Filter,
    /// Those that are chosen for a common change.
    pub chosen: BTreeSet<ModelId>,
}

impl CatalogState {
    /// Takes in the beginning of the list.
    pub fn replace(&mut self, answer: Result<Page<CatalogModel>, ApiError>) {
        match answer {
            Ok(page) => {
                (self.load, self.items, self.next) = (Load::Ready, page.items, page.next);
                let known: BTreeSet<_> = self.items.iter().map(|model| &model.id).collect();
                self.chosen.retain(|id| known.contains(id));
            }
            Err(error) => self.load = Load::Failed(error),
        }
    }

    /// Takes in the next page.
    pub fn append(&mut self, page: Page<CatalogModel>) {
        // A model that moved between the pages is listed once.
        self.items.retain(|known| page.items.iter().all(|new| new.id != known.id));
        self.items.extend(page.items);
        self.next = page.next;
    }

    /// Takes in a changed model, in its old place: a list that jumps under the hand is of no use.
    pub fn put(&mut self, model: CatalogModel) {
        if let Some(known) = self.items.iter_mut().find(|known| known.id == model.id) {
            *known = model;
        }
    }

    /// Chooses a model, or no longer.
    pub fn choose(&mut self, id: &ModelId, chosen: bool) {
        if chosen {
            self.chosen.insert(id.clone());
        } else {
            self.chosen.remove(id);
        }
    }

    /// Chooses everything that is listed, or nothing.
    pub fn choose_all(&mut self, all: bool) {
        self.chosen.clear();
        if all {
            // More than one request takes would have to be cut in two.
            let most = usize::try_from(MAX_MODELS_PAGE).unwrap_or(usize::MAX);
            self.chosen.extend(self.items.iter().take(most).map(|model| model.id.clone()));
        }
    }

    /// Forgets all pages but the first: another list is on its way.
    pub fn begin_again(&mut self) {
        self.items.truncate(PAGE as usize);
        self.next = None;
    }

    /// What is asked for, from a cursor on.
    #[must_use]
    pub fn query(&self, after: Option<String>) -> CatalogQuery {
        let search = self.filter.search.trim();
        // What was listed stays listed when it is asked for again.
        let listed = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        let limit = if after.is_some() { PAGE } else { listed.clamp(PAGE, MAX_MODELS_PAGE) };
        CatalogQuery {
            q: (!search.is_empty()).then(|| search.to_owned()),
            connection: self.filter.connection.clone(),
            shown: self.filter.shown,
            after,
            limit: Some(limit),
        }
    }
}

/// The catalogue as the interface reads and changes it.
#[derive(Clone, Copy)]
pub struct Catalog {
    /// The state; tracked.
    pub state: RwSignal<CatalogState>,
    /// Counts questions: only the answer to the last one counts.
    asked: StoredValue<u32>,
}

impl Catalog {
    /// One model; tracked.
    #[must_use]
    pub fn find(self, id: &ModelId) -> Option<CatalogModel> {
        self.state.with(|state| state.items.iter().find(|model| model.id == *id).cloned())
    }

    /// Lists other models, once typing pauses.
    pub fn filter(self, filter: Filter) {
        if self.state.with_untracked(|state| state.filter == filter) {
            return;
        }
        self.state.update(|state| state.filter = filter);
        let number = self.question();
        set_timeout(
            move || {
                if self.asked.try_get_value() == Some(number) {
                    // The new list begins at its beginning; until it comes the old one stays.
                    self.state.update(CatalogState::begin_again);
                    self.reload();
                }
            },
            PAUSE,
        );
    }

    /// Asks for the list again, as far as it is shown.
    pub fn reload(self) {
        let number = self.question();
        let query = self.state.with_untracked(|state| state.query(None));
        spawn_local(async move {
            let answer = api::catalog::list(&query).await;
            if self.asked.try_get_value() == Some(number) {
                self.state.update(|state| state.replace(answer));
            }
        });
    }

    /// Asks for the next page.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn more(self) -> ApiResult<()> {
        // It goes on from what is listed now: of a list that is asked for anew meanwhile it is no part.
        let number = self.asked.get_value();
        let query = self.state.with_untracked(|state| state.query(state.next.clone()));
        let page = api::catalog::list(&query).await?;
        if self.asked.try_get_value() == Some(number) {
            self.state.update(|state| state.append(page));
        }
        Ok(())
    }

    /// Changes one model.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn update(self, id: &ModelId, change: &UpdateModel) -> ApiResult<()> {
        let model = api::catalog::update(id, change).await?;
        self.state.try_update(|state| state.put(model));
        Ok(())
    }

    /// Changes what is chosen, and chooses nothing any more.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn update_chosen(self, change: UpdateModels) -> ApiResult<()> {
        let ids = self.state.with_untracked(|state| state.chosen.iter().cloned().collect());
        api::catalog::update_many(&UpdateModels { ids, ..change }).await?;
        self.state.try_update(|state| state.choose_all(false));
        self.reload();
        Ok(())
    }

    fn question(self) -> u32 {
        self.asked
            .try_update_value(|count| {
                *count = count.wrapping_add(1);
                *count
            })
            .unwrap_or_default()
    }
}

/// Makes the catalogue available below, beginning with these models, and keeps it as the server has it for as long as the
/// caller lives.
pub fn provide_catalog(filter: Filter) -> Catalog {
    let state = RwSignal::new(CatalogState { filter, ..CatalogState::default() });
    let catalog = Catalog { state, asked: StoredValue::new(0) };
    provide_context(catalog);
    use_news().follow(move || catalog.reload());
    catalog
}

/// The catalogue.
#[must_use]
pub fn use_catalog() -> Catalog {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::models::{Facts, ModelOverride, Sources};

    pub(super) fn model(id: &str) -> CatalogModel {
        CatalogModel {
            id: id.into(),
            connection_id: "c".into(),
            connection: "C".to_owned(),
            name: id.to_owned(),
            public_name: id.to_owned(),
            shown: true,
            listed: true,
            access: Vec::new(),
            facts: Facts::default(),
            sources: Sources::new(),
            overrides: ModelOverride::default(),
            created_at: String::new(),
        }
    }

    fn page(ids: &[&str], next: Option<&str>) -> Page<CatalogModel> {
        Page { items: ids.iter().map(|id| model(id)).collect(), next: next.map(str::to_owned) }
    }

    fn ids(state: &CatalogState) -> Vec<&str> {
        state.items.iter().map(|model| model.id.as_str()).collect()
    }

    #[test]
    fn pages_follow_each_other_and_a_change_keeps_its_place() {
        let mut state = CatalogState::default();
        state.replace(Ok(page(&["a", "b"], Some("b"))));
        state.append(page(&["c"], None));
        state.put(CatalogModel { shown: false, ..model("b") });
        state.put(model("elsewhere"));
        assert_eq!((ids(&state), state.items[1].shown), (vec!["a", "b", "c"], false));
        assert_eq!(state.next, None);
    }

    #[test]
    fn what_is_no_longer_listed_is_no_longer_chosen() {
        let mut state = CatalogState::default();
        state.replace(Ok(page(&["a", "b"], None)));
        state.choose_all(true);
        state.choose(&"a".into(), false);
        assert_eq!(state.chosen, BTreeSet::from(["b".into()]));
        state.replace(Ok(page(&["a"], None)));
        assert!(state.chosen.is_empty());
    }

    #[test]
    fn a_failed_question_keeps_the_list() {
        let mut state = CatalogState::default();
        state.replace(Ok(page(&["a"], None)));
        state.replace(Err(ApiError::default()));
        assert!(matches!(state.load, Load::Failed(_)) && state.items.len() == 1);
    }

    #[test]
    fn as_much_is_asked_for_again_as_was_listed() {
        let mut state =
            CatalogState { filter: Filter { search: " qwen ".into(), ..Filter::default() }, ..Default::default() };
        let asked = |state: &CatalogState, after: Option<&str>| state.query(after.map(str::to_owned)).limit;
        assert_eq!((asked(&state, None), state.query(None).q.as_deref()), (Some(PAGE), Some("qwen")));
        state.items = (0..250).map(|number| model(&number.to_string())).collect();
        assert_eq!((asked(&state, None), asked(&state, Some("x"))), (Some(250), Some(PAGE)));
        state.items = (0..1_500).map(|number| model(&number.to_string())).collect();
        assert_eq!(asked(&state, None), Some(MAX_MODELS_PAGE));
        state.choose_all(true);
        assert_eq!(state.chosen.len(), 1_000, "one request takes no more");
    }
}
