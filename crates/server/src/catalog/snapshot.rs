//! One consistent picture of the catalogue, built from rows: what lists show, and a ready provider per model.

use super::demo::Demo;
use super::{Catalog, Resolved, loopback};
use crate::db::connections::{StoredConnection, StoredModel};
use crate::db::rfc3339;
use crate::redact;
use egress::Trust;
use llm::openai_chat::OpenAiChat;
use llm::{Endpoint, Provider, Secret, Timeouts};
use shared::ModelId;
use shared::chat::{Model, ModelList};
use shared::connections::{Connection, Protocol};
use std::collections::HashMap;
use std::sync::Arc;

/// The picture.
#[derive(Default)]
pub(super) struct Snapshot {
    pub(super) version: i64,
    pub(super) entries: Vec<Entry>,
    pub(super) list: ModelList,
    models: HashMap<ModelId, Resolved>,
    by_name: HashMap<String, ModelId>,
}

/// A connection of the picture.
#[derive(Clone)]
pub(super) struct Entry {
    /// What lists show.
    pub(super) connection: Connection,
    /// Its key, if it has one that opens.
    pub(super) key: Option<Secret>,
    /// Who answers.
    pub(super) provider: Arc<dyn Provider>,
}

impl Snapshot {
    /// Builds the picture. Connections of variables that this server does not have are left out.
    pub(super) fn build(rows: Vec<StoredConnection>, version: i64, catalog: &Catalog) -> Self {
        let mut snapshot = Self { version, ..Self::default() };
        for row in rows {
            let preset = catalog.presets.iter().find(|preset| Some(&preset.variable) == row.variable.as_ref());
            if row.variable.is_some() && (preset.is_none() || !row.about.enabled) {
                continue;
            }
            let key = match preset {
                Some(preset) => preset.key.as_ref().map(Secret::new),
                None => open_key(&row, catalog),
            };
            snapshot.add(row, key, catalog);
        }
        let first = catalog.presets.first().and_then(|preset| preset.models.first());
        snapshot.list.default = snapshot.default_model(first.map(String::as_str));
        snapshot.list.items.sort_by(|a, b| (&a.connection, &a.name).cmp(&(&b.connection, &b.name)));
        snapshot
    }

    fn add(&mut self, row: StoredConnection, key: Option<Secret>, catalog: &Catalog) {
        let demo = row.about.protocol == Protocol::Demo;
        let provider: Arc<dyn Provider> = match row.about.protocol {
            Protocol::Demo => Arc::new(Demo),
            Protocol::OpenaiChat => {
                catalog.endpoint(&row.about.name, &row.about.base_url, key.as_ref().map(Secret::expose))
            }
        };
        let models: Vec<StoredModel> = row.models.into_iter().filter(|model| model.enabled).collect();
        let connection = Connection {
            id: row.id,
            name: row.about.name,
            protocol: row.about.protocol,
            base_url: row.about.base_url,
            has_key: key.is_some(),
            enabled: row.about.enabled,
            variable: row.variable,
            models: models.iter().map(|model| model.name.clone()).collect(),
            created_at: rfc3339(row.created_at),
        };
        if connection.enabled {
            models.into_iter().for_each(|model| self.add_model(model, &connection, &provider, demo));
        }
        self.entries.push(Entry { connection, key, provider });
    }

    fn add_model(&mut self, model: StoredModel, of: &Connection, provider: &Arc<dyn Provider>, demo: bool) {
        self.by_name.entry(model.name.clone()).or_insert_with(|| model.id.clone());
        self.list.items.push(Model {
            id: model.id.clone(),
            name: model.name.clone(),
            connection_id: of.id.clone(),
            connection: of.name.clone(),
            context_window: model.context_window,
            demo,
        });
        let resolved = Resolved {
            model_id: model.id.clone(),
            model: model.name,
            connection_id: of.id.clone(),
            connection: of.name.clone(),
            context_window: model.context_window,
            token_ratio: model.token_ratio,
            provider: Arc::clone(provider),
        };
        self.models.insert(model.id, resolved);
    }

    /// The default, while the list is still in the order of connecting: the operator's, else the first real model that
    /// looks made for chat, else any real one, else the demo.
    fn default_model(&self, operators: Option<&str>) -> Option<ModelId> {
        let of_variable = |model: &&Model| {
            let entry = self.entries.iter().find(|entry| entry.connection.id == model.connection_id);
            entry.is_some_and(|entry| entry.connection.variable.is_some())
        };
        let mut environment = self.list.items.iter().filter(of_variable);
        let items = || self.list.items.iter();
        operators
            .and_then(|name| environment.clone().find(|model| model.name == name))
            .or_else(|| environment.find(|model| for_chat(&model.name)))
            .or_else(|| items().find(|model| !model.demo && for_chat(&model.name)))
            .or_else(|| items().find(|model| !model.demo))
            .or_else(|| items().next())
            .map(|model| model.id.clone())
    }

    /// The model with this id, else the first with this name.
    pub(super) fn model(&self, wanted: &str) -> Option<&Resolved> {
        let by_id = self.models.get(&ModelId::from(wanted));
        by_id.or_else(|| self.by_name.get(wanted).and_then(|id| self.models.get(id)))
    }
}

/// Words in the names of models that do something else than chat.
const NO_CHAT: &[&str] = &[
    "embed",
    "rerank",
    "whisper",
    "tts",
    "speech",
    "audio",
    "voice",
    "asr",
    "transcri",
    "moderation",
    "dall-e",
    "image",
    "video",
    "flux",
    "diffusion",
    "bge-",
    "bce-",
    "ocr",
    "realtime",
    "davinci",
    "babbage",
    "sora",
    "wan2",
];

/// Whether a model looks made for chat. Providers list everything they sell; only the default depends on this.
pub(super) fn for_chat(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !NO_CHAT.iter().any(|word| name.contains(word))
}

impl Catalog {
    /// A provider at an address that an administrator or the operator vouches for.
    pub(super) fn endpoint(&self, name: &str, base_url: &str, key: Option<&str>) -> Arc<dyn Provider> {
        let endpoint = Endpoint {
            name: name.to_owned(),
            base_url: base_url.to_owned(),
            key: key.map(Secret::new),
            trust: Trust::Admin,
            timeouts: Timeouts::default(),
        };
        let provider = Arc::new(OpenAiChat::new(self.egress.clone(), endpoint));
        loopback::explained(provider, base_url, self.in_container)
    }
}

/// Where a key is sealed.
pub(super) fn place(key_id: &str) -> String {
    format!("connection_keys/{key_id}/sealed")
}

fn open_key(row: &StoredConnection, catalog: &Catalog) -> Option<Secret> {
    let stored = row.key.as_ref()?;
    match catalog.sealer.open(&place(&stored.id), &stored.sealed) {
        Ok(key) => {
            redact::register(&key);
            Some(Secret::new(key))
        }
        Err(error) => {
            let connection = &row.about.name;
            tracing::error!(connection, "the key cannot be opened; enter it again (was MASTER_KEY changed?): {error}");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::for_chat;

    #[test]
    fn models_for_other_things_are_not_the_default() {
        for name in ["deepseek-chat", "gpt-5-mini", "Qwen/Qwen3-32B", "glm-4.6", "llama3.2:latest", "kimi-k2"] {
            assert!(for_chat(name), "{name}");
        }
        for name in ["text-embedding-3-small", "BAAI/bge-m3", "whisper-1", "dall-e-3", "gpt-4o-realtime-preview"] {
            assert!(!for_chat(name), "{name}");
        }
    }
}
