//! The models as signals, and the choice for a chat.

use super::{Catalogue, Group, made_for, shown_name};
use crate::api::{self, ApiResult};
use crate::reactive::memo;
use crate::state::chats::Chats;
use crate::state::load::Load;
use crate::state::start;
use crate::storage;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::IgnoredAny;
use shared::chat::{Model, ModelList};
use shared::models::ModelKind;
use shared::{ApiError, ModelId, SessionId, UserId};
use std::future::Future;
use std::pin::Pin;

/// Models used last on this device, per person, newest first.
const RECENT: &str = "aichat.models";
/// Models pinned on this device, per person.
const PINNED: &str = "aichat.models-pinned";

fn stored(key: &str, user: Option<&UserId>) -> Vec<ModelId> {
    let text = user.and_then(|user| storage::read(&format!("{key}.{user}")));
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// Reads a list of models.
pub type Fetch = fn() -> Pin<Box<dyn Future<Output = ApiResult<ModelList>>>>;

/// Where a list of models comes from.
#[derive(Clone, Copy)]
enum Source {
    /// Those that the person may ask in chats.
    Chats,
    /// Others, as far as they are made for one of these. Who needs them says how they are read: what reads the catalogue
    /// belongs into the part of the program that shows it.
    Other(&'static [ModelKind], Fetch),
}

/// The models.
#[derive(Clone, Copy)]
pub struct Models {
    source: Source,
    catalogue: RwSignal<Catalogue>,
    chats: Chats,
    user: StoredValue<Option<UserId>>,
    /// The wish for the next new chat.
    wish: RwSignal<Option<ModelId>>,
    /// What an address wishes for it, by name, until the list is here.
    named: StoredValue<Option<String>>,
    /// Whether it is known that there is no model.
    pub is_empty: Memo<bool>,
    /// Why the list could not be read.
    pub failure: Memo<Option<ApiError>>,
}

impl Models {
    /// Reads the list again.
    pub fn reload(self) {
        spawn_local(async move { self.read().await });
    }

    /// Turns the demo model on, and reads the list again.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn try_demo(self) -> Result<(), ApiError> {
        api::connections::demo::<IgnoredAny>().await?;
        self.read().await;
        Ok(())
    }

    /// The model that the next message of this chat goes to; tracked.
    #[must_use]
    pub fn chosen(self, session: Option<&SessionId>) -> Option<Model> {
        let wish = self.wish(session);
        self.catalogue.with(|catalogue| catalogue.choose(wish.as_ref()).cloned())
    }

    /// Whether another model takes the place of the one that was chosen for this chat; tracked.
    #[must_use]
    pub fn is_replaced(self, session: &SessionId) -> bool {
        let wish = self.wish(Some(session));
        self.catalogue.with(|catalogue| catalogue.lacks(wish.as_ref()))
    }

    fn wish(self, session: Option<&SessionId>) -> Option<ModelId> {
        match session {
            Some(session) => self.chats.get(session).and_then(|session| session.model),
            None => self.wish.get(),
        }
    }

    /// Chooses a model for a chat, or for the new one.
    pub fn choose(self, session: Option<SessionId>, model: &ModelId) {
        match session {
            Some(session) => self.chats.choose_model(session, model.clone()),
            None => self.wish.set(Some(model.clone())),
        }
        self.catalogue.update(|catalogue| catalogue.used(model));
        self.remember(RECENT, |catalogue| &catalogue.recent);
    }

    /// Pins a model at the top of the list, or does so no more; this device remembers it.
    pub fn toggle_pin(self, model: &ModelId) {
        self.catalogue.update(|catalogue| catalogue.toggle_pin(model));
        self.remember(PINNED, |catalogue| &catalogue.pinned);
    }

    /// Whether there are so many models that some are worth a place at the top; tracked.
    #[must_use]
    pub fn has_groups(self) -> bool {
        matches!(self.source, Source::Chats) && self.catalogue.with(Catalogue::has_groups)
    }

    /// Whether a model is pinned; tracked.
    #[must_use]
    pub fn is_pinned(self, model: &ModelId) -> bool {
        self.catalogue.with(|catalogue| catalogue.pinned.contains(model))
    }

    fn remember(self, key: &str, ids: fn(&Catalogue) -> &Vec<ModelId>) {
        if let Some(user) = self.user.get_value() {
            let text = self.catalogue.with_untracked(|catalogue| serde_json::to_string(ids(catalogue)));
            storage::write(&format!("{key}.{user}"), &text.unwrap_or_default());
        }
    }

    /// Chooses a model for the new chat by its id or name, as soon as the list is here. One that is not there is no wish.
    pub fn choose_named(self, name: String) {
        self.named.set_value(Some(name));
        self.resolve();
    }

    fn resolve(self) {
        let is_here = self.catalogue.with_untracked(|catalogue| catalogue.load == Load::Ready);
        let Some(name) = self.named.try_update_value(|named| named.take_if(|_| is_here)).flatten() else { return };
        let found = self.catalogue.with_untracked(|catalogue| {
            let mut models = catalogue.list.items.iter();
            models.find(|model| model.id.as_str() == name || model.name == name).map(|model| model.id.clone())
        });
        if let Some(model) = found {
            self.wish.set(Some(model));
        }
    }

    /// What the picker shows for a search; tracked.
    #[must_use]
    pub fn groups(self, search: &str) -> Vec<Group> {
        let groups = self.catalogue.with(|catalogue| catalogue.groups(search));
        match self.source {
            Source::Chats => groups,
            Source::Other(kinds, _) => made_for(kinds, groups),
        }
    }

    /// A model; tracked.
    #[must_use]
    pub fn get(self, id: &ModelId) -> Option<Model> {
        self.catalogue.with(|catalogue| catalogue.get(id).cloned())
    }

    /// A model; not tracked.
    #[must_use]
    pub fn get_untracked(self, id: &ModelId) -> Option<Model> {
        self.catalogue.with_untracked(|catalogue| catalogue.get(id).cloned())
    }

    /// What people see in the place of a model's name; tracked.
    #[must_use]
    pub fn shown(self, name: &str) -> String {
        self.catalogue.with(|catalogue| {
            let model = catalogue.list.items.iter().find(|model| model.name == name);
            model.map_or(name, shown_name).to_owned()
        })
    }

    /// The connection of the model with this name; tracked.
    #[must_use]
    pub fn connection(self, name: &str) -> Option<String> {
        self.catalogue.with(|catalogue| {
            catalogue.list.items.iter().find(|model| model.name == name).map(|model| model.connection.clone())
        })
    }

    /// Whether a name is that of the demo model; tracked.
    #[must_use]
    pub fn is_demo(self, name: &str) -> bool {
        self.catalogue.with(|catalogue| catalogue.list.items.iter().any(|model| model.demo && model.name == name))
    }

    /// Those of these models that are there, and are not the first; tracked.
    #[must_use]
    pub fn further(self, ids: &[ModelId], first: Option<&ModelId>) -> Vec<Model> {
        let further = ids.iter().filter(|id| Some(*id) != first);
        self.catalogue.with(|catalogue| further.filter_map(|id| catalogue.get(id).cloned()).collect())
    }

    /// The model with this name; tracked.
    #[must_use]
    pub fn named(self, name: &str) -> Option<Model> {
        self.catalogue.with(|catalogue| catalogue.list.items.iter().find(|model| model.name == name).cloned())
    }

    /// The names by which people and programs ask for models; tracked.
    #[must_use]
    pub fn names(self) -> Vec<String> {
        self.catalogue.with(|catalogue| catalogue.list.items.iter().map(|model| model.name.clone()).collect())
    }

    /// Whether the list is here; tracked.
    #[must_use]
    pub fn is_ready(self) -> bool {
        self.catalogue.with(|catalogue| catalogue.load == Load::Ready)
    }

    /// How many models there are; tracked.
    #[must_use]
    pub fn count(self) -> usize {
        self.catalogue.with(|catalogue| catalogue.list.items.len())
    }

    /// Another person is signed in, or nobody.
    pub fn reset(self, user: Option<&UserId>) {
        let (recent, pinned) = (stored(RECENT, user), stored(PINNED, user));
        self.user.set_value(user.cloned());
        self.wish.set(recent.first().cloned());
        self.catalogue.set(Catalogue { recent, pinned, ..Catalogue::default() });
    }

    async fn read(self) {
        let reply = match self.source {
            Source::Other(_, fetch) => fetch().await,
            Source::Chats => match start::models() {
                Some(models) => Ok(models),
                None => api::models::list().await,
            },
        };
        // Whoever asked may be gone by now.
        self.catalogue.try_update(|catalogue| catalogue.loaded(reply));
        self.resolve();
    }
}

impl Models {
    fn new(source: Source, chats: Chats) -> Self {
        let catalogue = RwSignal::new(Catalogue::default());
        Self {
            source,
            catalogue,
            chats,
            user: StoredValue::new(None),
            wish: RwSignal::new(None),
            named: StoredValue::new(None),
            is_empty: memo(move || catalogue.with(Catalogue::is_empty)),
            failure: memo(move || catalogue.with(Catalogue::failure)),
        }
    }
}

/// Makes the models available below.
pub fn provide_models(chats: Chats) -> Models {
    let models = Models::new(Source::Chats, chats);
    provide_context(models);
    models
}

/// All models that rows choose among.
#[derive(Clone, Copy)]
struct Others(Models);

/// Reads other models than those of chats, for rows below that choose among them.
pub fn provide_other_models(fetch: Fetch) {
    let models = Models::new(Source::Other(&[], fetch), use_models().chats);
    provide_context(Others(models));
    models.reload();
}

/// Puts those of them that are made for one of these in the place of the person's own below. Expects other models.
pub fn provide_models_made_for(kinds: &'static [ModelKind]) -> Models {
    let Others(all) = expect_context();
    let source = match all.source {
        Source::Other(_, fetch) => Source::Other(kinds, fetch),
        Source::Chats => Source::Chats,
    };
    let models = Models { source, ..all };
    provide_context(models);
    models
}

/// The models.
#[must_use]
pub fn use_models() -> Models {
    expect_context()
}
