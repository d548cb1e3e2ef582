//! What Ollama knows of each model, which its list leaves out: one small question per model, to the machine next door.
//!
//! It is extra knowledge: whatever goes wrong leaves the list as it is.

use crate::ModelInfo;
use crate::openai_chat::models::said;
use crate::transport::Transport;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use shared::models::{Effort, FactSource, Facts, ModelKind};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// Models that are asked about; the first of a list are the latest.
const MOST_ASKED: usize = 30;
/// Questions at the same time.
const AT_ONCE: usize = 4;
/// Longest wait for all answers together: whoever waits for the list gets it, whatever is known by then.
const PATIENCE: Duration = Duration::from_secs(5);
/// Largest answer: some hold a licence and a template.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The models with what is known of them.
pub(super) async fn all(transport: &Transport, models: Vec<ModelInfo>) -> Vec<ModelInfo> {
    known(models, |name| one(transport, name)).await
}

/// The models with what is answered about them in time.
async fn known<A: Future<Output = Option<Facts>>>(models: Vec<ModelInfo>, ask: impl Fn(String) -> A) -> Vec<ModelInfo> {
    let (deadline, ask) = (Instant::now() + PATIENCE, &ask);
    let asked = models.into_iter().enumerate().map(|(number, mut model)| async move {
        if number < MOST_ASKED
            && let Ok(Some(facts)) = tokio::time::timeout_at(deadline, ask(model.name.clone())).await
        {
            model.facts.lay_over(&facts, FactSource::Provider, &mut BTreeMap::new());
        }
        model
    });
    stream::iter(asked).buffered(AT_ONCE).collect().await
}

async fn one(transport: &Transport, name: String) -> Option<Facts> {
    let question = serde_json::to_vec(&json!({ "model": name })).ok()?;
    let response = transport.post("api/show", question).await.ok().filter(|response| response.status().is_success())?;
    let body = transport.body(response, MAX_BYTES).await.ok()?;
    Some(facts(&serde_json::from_slice(&body).ok()?))
}

/// What an answer says. Its list of capabilities is complete.
fn facts(shown: &Value) -> Facts {
    let capabilities = shown["capabilities"].as_array();
    let has = |word: &str| capabilities.map(|list| list.iter().any(|capability| capability == word));
    let kind = match (has("completion"), has("embedding")) {
        (Some(true), _) => Some(ModelKind::Chat),
        (_, Some(true)) => Some(ModelKind::Embedding),
        _ => None,
    };
    let reasoning = has("thinking");
    let told = || efforts(&shown["thinking"]["values"]);
    Facts {
        kind,
        vision: has("vision"),
        tools: has("tools"),
        reasoning,
        efforts: if reasoning == Some(false) { Some(Vec::new()) } else { told() },
        context_window: window(shown),
        ..Facts::default()
    }
}

/// What the model file sets, else what the model was trained for.
fn window(shown: &Value) -> Option<u32> {
    let lines = shown["parameters"].as_str().unwrap_or_default().lines();
    let set = lines.filter_map(|line| line.trim().strip_prefix("num_ctx")).find_map(|rest| rest.trim().parse().ok());
    let trained = || {
        let mut info = shown["model_info"].as_object()?.iter();
        let (_, length) = info.find(|(name, _)| name.ends_with(".context_length"))?;
        length.as_u64().and_then(|length| u32::try_from(length).ok())
    };
    set.or_else(trained).filter(|window| *window > 0)
}

/// Switches are on or off; levels have their names.
fn efforts(values: &Value) -> Option<Vec<Effort>> {
    let effort = |value: &Value| match value {
        Value::Bool(false) => Some(Effort::Off),
        Value::Bool(true) => Some(Effort::High),
        value => said::effort(value.as_str()?),
    };
    let mut efforts: Vec<Effort> = values.as_array()?.iter().filter_map(effort).collect();
    efforts.sort_unstable();
    efforts.dedup();
    Some(efforts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_answers_together_have_one_deadline() {
        let models: Vec<ModelInfo> = (0..40).map(|number| ModelInfo::new(format!("m{number}"), None)).collect();
        let started = Instant::now();
        let known = known(models, |name| async move {
            if name != "m0" {
                std::future::pending::<()>().await;
            }
            Some(Facts { tools: Some(true), ..Facts::default() })
        });
        let known = known.await;
        assert_eq!((known.len(), known[0].facts.tools, known[1].facts.tools), (40, Some(true), None));
        assert_eq!(started.elapsed(), PATIENCE);
    }

    #[test]
    fn what_is_shown_is_understood() {
        let known = facts(&json!({
            "capabilities": ["completion", "tools", "thinking"], "parameters": "stop \"x\"\nnum_ctx    8192",
            "model_info": {"qwen3.context_length": 40_960, "qwen3.block_count": 3},
            "thinking": {"values": [false, true], "default": true},
        }));
        assert_eq!((known.kind, known.vision, known.tools), (Some(ModelKind::Chat), Some(false), Some(true)));
        assert_eq!((known.context_window, known.reasoning), (Some(8192), Some(true)));
        assert_eq!(known.efforts, Some(vec![Effort::Off, Effort::High]));
        let vectors = facts(&json!({"capabilities": ["embedding"], "model_info": {"bert.context_length": 512}}));
        assert_eq!((vectors.kind, vectors.context_window), (Some(ModelKind::Embedding), Some(512)));
        assert_eq!(vectors.efforts, Some(Vec::new()));
        let levels = facts(&json!({"capabilities": ["thinking"], "thinking": {"values": ["high", "low", "max"]}}));
        assert_eq!(levels.efforts, Some(vec![Effort::Low, Effort::High]));
        assert_eq!(facts(&json!({"model_info": [], "parameters": 3})), Facts::default());
    }
}
