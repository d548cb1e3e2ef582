//! Models for something else than chats: the one that is named, the one that is set, else the first.

use super::snapshot::Viewer;
use super::{Asker, Catalog, Resolved};
use crate::error::{AppError, AppResult};
use shared::ErrorCode;
use shared::models::ModelKind;

impl Catalog {
    /// The model of some kinds with this id or name, or the one that is set for them, else the first that does nothing else.
    /// None where none of these is there.
    ///
    /// # Errors
    /// `model.not_found`.
    pub fn resolve_for<'a>(
        &self,
        kinds: &[ModelKind],
        wanted: Option<&str>,
        set: &str,
        who: impl Into<Asker<'a>>,
    ) -> AppResult<Option<Resolved>> {
        let (snapshot, rules) = (self.snapshot(), self.rules());
        let viewer = Viewer { who: who.into(), personal: rules.personal };
        let set = Some(set).filter(|name| !name.is_empty());
        let known = match wanted.or(set) {
            Some(name) => {
                let unknown = || AppError::new(ErrorCode::ModelNotFound).with("model", name);
                Some(snapshot.find_for(kinds, name, &viewer).ok_or_else(unknown)?)
            }
            None => snapshot.others.iter().find(|known| known.is_made_for(kinds) && known.is_for(&viewer)),
        };
        Ok(known.map(|known| self.resolved(&snapshot, known, &viewer)))
    }
}
