//! What people see of the catalogue: the connections of a scope and the models that somebody may use, each with how it
//! has done lately.

use super::health::Resting;
use super::snapshot::{Entry, Known, Viewer};
use super::{Asker, Catalog, Scope};
use crate::db::rfc3339;
use crate::error::{AppError, AppResult};
use crate::gateway::Listed;
use shared::chat::{Model, ModelList};
use shared::connections::Connection;
use shared::limits::{DEFAULT_MODELS_PAGE, MAX_MODELS_PAGE};
use shared::page::PageQuery;
use shared::{ConnectionId, ErrorCode, ModelId, Page};
use std::sync::Arc;

impl Catalog {
    /// One page of the connections of a scope, the oldest first.
    #[must_use]
    pub fn connections(&self, scope: &Scope, query: &PageQuery) -> Page<Connection> {
        let snapshot = self.snapshot();
        let after = query.after.as_deref().unwrap_or_default();
        let of_scope = |entry: &&Arc<Entry>| entry.owner.as_ref() == scope.owner();
        let mut rest = snapshot.entries.iter().filter(of_scope).filter(|entry| entry.connection.id.as_str() > after);
        let items: Vec<Connection> = rest.by_ref().take(query.limit() as usize).map(|entry| self.show(entry)).collect();
        let next = rest.next().and_then(|_| items.last()).map(|last| last.id.0.clone());
        Page { items, next }
    }

    /// The connection of a scope, as far as this server has it.
    pub(super) fn entry(&self, scope: &Scope, id: &ConnectionId) -> AppResult<Arc<Entry>> {
        let snapshot = self.snapshot();
        let found = snapshot.entry(id).filter(|entry| entry.owner.as_ref() == scope.owner());
        found.cloned().ok_or_else(|| ErrorCode::ConnectionNotFound.into())
    }

    /// The connection as it is shown.
    pub(super) fn show(&self, entry: &Entry) -> Connection {
        let now = self.clock.now();
        let (mut connection, times) = (entry.connection.clone(), entry.times());
        connection.list.fetched_at = times.fetched_at.map(rfc3339);
        connection.list.failed_at = times.failed_at.map(rfc3339);
        for key in &mut connection.keys {
            key.state = self.health.state(&key.id, now);
        }
        connection
    }

    /// One page of the models that somebody may use, and the one that their new chats use.
    ///
    /// # Errors
    /// `request.invalid` for a cursor that names no model of theirs.
    pub fn models<'a>(&self, query: &PageQuery, who: impl Into<Asker<'a>>) -> AppResult<ModelList> {
        let (snapshot, rules) = (self.snapshot(), self.rules());
        let viewer = Viewer { who: who.into(), personal: rules.personal };
        let mut theirs = snapshot.usable.iter().filter(|known| known.is_for(&viewer));
        if let Some(after) = &query.after {
            let found = theirs.find(|known| known.model.id.as_str() == after);
            found.ok_or_else(|| AppError::invalid("`after` is not a cursor of this list"))?;
        }
        let resting = self.health.resting(self.clock.now());
        let limit = query.limit_of(DEFAULT_MODELS_PAGE, MAX_MODELS_PAGE) as usize;
        let items: Vec<Model> = theirs.by_ref().take(limit).map(|known| shown(known, &resting)).collect();
        let next = theirs.next().and_then(|_| items.last()).map(|last| last.id.0.clone());
        let default = snapshot.default_for(&viewer, rules.default.as_ref()).map(|known| known.model.id.clone());
        Ok(ModelList { items, default, next })
    }
}

impl Catalog {
    /// All models that somebody may use, in chats and otherwise, by connection and name.
    #[must_use]
    pub fn listed<'a>(&self, who: impl Into<Asker<'a>>) -> Vec<Listed> {
        let (snapshot, rules, resting) = (self.snapshot(), self.rules(), self.health.resting(self.clock.now()));
        let viewer = Viewer { who: who.into(), personal: rules.personal };
        let theirs = snapshot.usable.iter().chain(&snapshot.others).filter(|known| known.is_for(&viewer));
        theirs.map(|known| Listed { model: shown(known, &resting), created: known.created_at }).collect()
    }

    /// The first model that somebody may use and that is looked for.
    #[must_use]
    pub fn find<'a>(&self, who: impl Into<Asker<'a>>, wanted: impl Fn(&Model) -> bool) -> Option<ModelId> {
        let (snapshot, rules) = (self.snapshot(), self.rules());
        let viewer = Viewer { who: who.into(), personal: rules.personal };
        let found = snapshot.usable.iter().find(|known| known.is_for(&viewer) && wanted(&known.model));
        found.map(|known| known.model.id.clone())
    }
}

fn shown(known: &Known, resting: &Resting) -> Model {
    Model { trouble: trouble(known, resting).map(str::to_owned), ..known.model.clone() }
}

/// Why a model cannot answer now, as far as anybody knows: nothing opens, every key rests, or its list is out of reach.
fn trouble<'a>(known: &'a Known, resting: &Resting) -> Option<&'a str> {
    let entry = &known.entry;
    if entry.is_locked() {
        return Some(ErrorCode::ProviderUnauthorized.as_str());
    }
    let mut first = None;
    let all_rest = entry.ways_for(&known.upstream).all(|way| {
        let rests = way.key.as_ref().and_then(|key| resting.of(key, &known.upstream));
        first = first.or(rests);
        rests.is_some()
    });
    match first {
        Some(code) if all_rest => Some(code.as_str()),
        _ => entry.failed.as_ref().map(|error| error.code.as_str()),
    }
}
