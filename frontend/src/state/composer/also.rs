//! Further models that answer what is sent: remembered per chat in this tab, like the manner, until somebody chooses anew.

use super::Composer;
use crate::storage;
use leptos::prelude::*;
use shared::{ModelId, SessionId};

pub(super) fn read(session: Option<&SessionId>) -> Vec<ModelId> {
    storage::read_here(&key(session)).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

pub(super) fn write(session: Option<&SessionId>, also: &[ModelId]) {
    let text = if also.is_empty() { None } else { serde_json::to_string(also).ok() };
    storage::write_here(&key(session), text.as_deref());
}

fn key(session: Option<&SessionId>) -> String {
    format!("aichat.also.{}", session.map_or("new", SessionId::as_str))
}

impl Composer {
    /// Chooses which further models answer in this chat.
    pub fn compare_with(self, also: Vec<ModelId>) {
        self.session.with_value(|session| write(session.as_ref(), &also));
        self.also.set(also);
    }
}
