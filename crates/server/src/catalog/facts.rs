//! What is known of a model, layer over layer: what its name says, the table that comes with the program, the provider,
//! the administrator. Pure.

use crate::db::models::StoredModel;
use shared::connections::Protocol;
use shared::models::{FactSource, Facts, ModelKind, Sources};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Words in the names of models that do something else than chat. Providers list everything they sell.
const WORDS: &[(&str, ModelKind)] = &[
    ("embed", ModelKind::Embedding),
    ("rerank", ModelKind::Rerank),
    ("bge-", ModelKind::Embedding),
    ("bce-", ModelKind::Embedding),
    ("whisper", ModelKind::Audio),
    ("tts", ModelKind::Audio),
    ("speech", ModelKind::Audio),
    ("audio", ModelKind::Audio),
    ("voice", ModelKind::Audio),
    ("asr", ModelKind::Audio),
    ("transcri", ModelKind::Audio),
    ("realtime", ModelKind::Audio),
    ("dall-e", ModelKind::Image),
    ("image", ModelKind::Image),
    ("flux", ModelKind::Image),
    ("diffusion", ModelKind::Image),
    ("moderation", ModelKind::Other),
    ("video", ModelKind::Other),
    ("ocr", ModelKind::Other),
    ("davinci", ModelKind::Other),
    ("babbage", ModelKind::Other),
    ("sora", ModelKind::Other),
    ("wan2", ModelKind::Other),
];

/// Most names whose facts are remembered.
const MAX_REMEMBERED: usize = 8_192;

/// What a name says of its model.
pub(super) fn kind_of(name: &str) -> Option<ModelKind> {
    let name = name.to_ascii_lowercase();
    WORDS.iter().find(|(word, _)| name.contains(word)).map(|(_, kind)| *kind)
}

/// What is known of a model by its name alone, if the table has it.
pub(super) fn of_table(name: &str) -> Option<Facts> {
    llm::table::facts(name)
}

/// What is known of a model by its name alone. Relays sell the same models, and the table is read row by row: each name
/// is looked up once.
fn by_name(name: &str) -> Facts {
    static FOUND: LazyLock<Mutex<HashMap<String, Facts>>> = LazyLock::new(Mutex::default);
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(facts) = found.get(name) {
        return facts.clone();
    }
    let mut facts = of_table(name).unwrap_or_default();
    facts.kind = facts.kind.or_else(|| kind_of(name));
    if found.len() >= MAX_REMEMBERED {
        found.clear();
    }
    found.insert(name.to_owned(), facts.clone());
    facts
}

/// All layers together, and where each fact comes from. Whether the provider searches the web depends on how it is
/// spoken to.
pub(super) fn layered(model: &StoredModel, protocol: Protocol, base_url: &str) -> (Facts, Sources) {
    let (mut facts, mut sources) = (Facts::default(), Sources::new());
    let mut table = by_name(&model.name);
    if chats(&table) && llm::searches(protocol, base_url, &model.name) {
        table.web_search = Some(true);
    }
    facts.lay_over(&table, FactSource::Table, &mut sources);
    facts.lay_over(&model.facts, FactSource::Provider, &mut sources);
    facts.lay_over(&model.overrides.facts, FactSource::Override, &mut sources);
    (facts, sources)
}

/// Whether a model with these facts answers in chats. What nobody knows may well do so.
pub(super) fn chats(facts: &Facts) -> bool {
    facts.kind.is_none_or(|kind| kind == ModelKind::Chat)
}

/// Whether a model of a list looks made for chat.
pub(super) fn looks_like_chat(name: &str, said: &Facts) -> bool {
    let kind = said.kind.or_else(|| by_name(name).kind);
    kind.is_none_or(|kind| kind == ModelKind::Chat)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::models::ModelOverride;

    fn model(name: &str, facts: Facts, overrides: Facts) -> StoredModel {
        StoredModel {
            id: "m".into(),
            connection_id: "c".into(),
            name: name.to_owned(),
            token_ratio: 1.0,
            listed: true,
            shown: true,
            facts,
            overrides: ModelOverride { facts: overrides, ..ModelOverride::default() },
            access: Vec::new(),
            interfaces: shared::interfaces::Interfaces::default(),
            created_at: 0,
        }
    }

    #[test]
    fn names_tell_what_is_not_made_for_chat() {
        for name in ["deepseek-chat", "gpt-5-mini", "Qwen/Qwen3-32B", "glm-4.6", "llama3.2:latest", "kimi-k2"] {
            assert!(looks_like_chat(name, &Facts::default()), "{name}");
        }
        for name in ["text-embedding-3-small", "BAAI/bge-m3", "whisper-1", "dall-e-3", "gpt-4o-realtime-preview"] {
            assert!(!looks_like_chat(name, &Facts::default()), "{name}");
        }
        assert_eq!(kind_of("bge-reranker-v2"), Some(ModelKind::Rerank));
    }

    #[test]
    fn a_later_layer_wins_and_says_so() {
        let said = Facts { context_window: Some(8_000), vision: Some(false), ..Facts::default() };
        let own = Facts { vision: Some(true), kind: Some(ModelKind::Chat), ..Facts::default() };
        let layered = |model: &StoredModel| layered(model, Protocol::OpenaiChat, "https://a.example/v1");
        let (facts, sources) = layered(&model("my-embedder", said, own));
        assert_eq!((facts.context_window, facts.vision, facts.kind), (Some(8_000), Some(true), Some(ModelKind::Chat)));
        assert_eq!(sources["contextWindow"], FactSource::Provider);
        assert_eq!((sources["vision"], sources["kind"]), (FactSource::Override, FactSource::Override));
        let (facts, sources) = layered(&model("my-embedder", Facts::default(), Facts::default()));
        assert!(!chats(&facts) && sources["kind"] == FactSource::Table);
    }

    #[test]
    fn who_searches_the_web_depends_on_how_it_is_spoken_to() {
        let claude = model("claude-sonnet-4-5", Facts::default(), Facts::default());
        let search = |protocol| layered(&claude, protocol, "https://a.example/v1").0.web_search;
        assert_eq!((search(Protocol::Anthropic), search(Protocol::OpenaiChat)), (Some(true), None));
    }
}
