//! The models that programs may ask for, in the forms of OpenAI and Anthropic. Beside the fields of the standard each has
//! `x`, and the names that CoStrict's clients read.

use super::Gateway;
use crate::auth::CurrentUser;
use crate::db::rfc3339;
use crate::error::{AppError, AppResult};
use serde_json::{Map, Value, json};
use shared::ErrorCode;
use shared::chat::Model;
use shared::models::{Effort, Facts, ModelKind};
use std::collections::HashSet;

/// The form of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// OpenAI's.
    OpenAi,
    /// Anthropic's.
    Anthropic,
    /// OpenAI's, of what answers in chats alone: programs that offer every model to their people ask so.
    Chats,
}

/// A model and when it was seen first.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The model.
    pub model: Model,
    /// Unix milliseconds.
    pub created: i64,
}

impl Gateway {
    /// The list of all models that the caller may use, each name once.
    #[must_use]
    pub fn models(&self, who: &CurrentUser, form: Listing) -> Value {
        let mut names = HashSet::new();
        let mut all = self.catalog.listed(who);
        all.retain(|listed| form != Listing::Chats || is_chat(&listed.model.facts));
        all.retain(|listed| names.insert(listed.model.name.clone()));
        let entries: Vec<Value> = all.iter().map(|listed| entry(listed, form)).collect();
        if form != Listing::Anthropic {
            return json!({"object": "list", "data": entries});
        }
        let id = |listed: Option<&Listed>| listed.map(|listed| listed.model.name.clone());
        json!({"data": entries, "has_more": false, "first_id": id(all.first()), "last_id": id(all.last())})
    }

    /// One model by its name or id.
    ///
    /// # Errors
    /// `model.not_found`, also for one that others may use.
    pub fn model(&self, who: &CurrentUser, wanted: &str, form: Listing) -> AppResult<Value> {
        let all = self.catalog.listed(who);
        let found = all.iter().find(|listed| listed.model.name == wanted || listed.model.id.as_str() == wanted);
        let found = found.ok_or_else(|| AppError::new(ErrorCode::ModelNotFound).with("model", wanted))?;
        Ok(entry(found, form))
    }
}

fn is_chat(facts: &Facts) -> bool {
    facts.kind.is_none_or(|kind| kind == ModelKind::Chat)
}

fn entry(listed: &Listed, form: Listing) -> Value {
    let Listed { model, created } = listed;
    if form == Listing::Anthropic {
        let label = model.label.as_ref().unwrap_or(&model.name);
        return json!({
            "type": "model", "id": model.name, "display_name": label, "created_at": rfc3339(*created),
        });
    }
    let mut entry = json!({
        "id": model.name, "object": "model", "created": created.div_euclid(1_000), "owned_by": model.connection,
        "x": extension(model),
    });
    if let Some(entry) = entry.as_object_mut() {
        entry.append(&mut of_costrict(model));
    }
    entry
}

/// What is known of a model; what is not is absent.
fn extension(model: &Model) -> Value {
    let facts = &model.facts;
    let known = [
        ("vision", facts.vision),
        ("tools", facts.tools),
        ("reasoning", facts.reasoning),
        ("json", facts.json),
        ("web_search", facts.web_search),
    ];
    let capabilities: Vec<&str> =
        known.into_iter().filter(|(_, can)| *can == Some(true)).map(|(name, _)| name).collect();
    let mut about = json!({
        "kind": facts.kind.unwrap_or(ModelKind::Chat), "capabilities": capabilities,
        "status": model.trouble.as_deref().unwrap_or("ok"),
    });
    let mut say = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            about[name] = value;
        }
    };
    say("context_window", facts.context_window.map(Value::from));
    say("max_output", facts.max_output.map(Value::from));
    say("description", model.description.clone().map(Value::from));
    say("label", model.label.clone().map(Value::from));
    about
}

fn of_costrict(model: &Model) -> Map<String, Value> {
    let facts = &model.facts;
    let thinks = facts.reasoning == Some(true);
    let fields = json!({
        "maxTokens": facts.max_output, "contextWindow": facts.context_window,
        "supportsImages": facts.vision.unwrap_or(false), "supportsComputerUse": false, "supportsPromptCache": false,
        "supportsReasoningBudget": thinks, "requiredReasoningBudget": false,
        "maxThinkingTokens": thinks.then(|| Effort::High.budget()), "description": model.description,
    });
    let Value::Object(fields) = fields else { return Map::new() };
    fields.into_iter().filter(|(_, value)| !value.is_null()).collect()
}
