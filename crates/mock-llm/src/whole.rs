//! Folds the acts of an answer into one JSON document, for callers that asked for no stream.

use crate::act::{Act, Script};
use crate::frames::{Counts, Identity};
use crate::ledger::Served;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

/// What the acts of an answer come to.
pub(crate) enum Whole {
    /// A completion.
    Completion(Value),
    /// The error that the script ran into.
    Failed(Value),
    /// A document that breaks off, on a connection that stays.
    Broken(String),
    /// A document that breaks off because the connection closes.
    Cut(String),
}

#[derive(Default)]
struct Fold {
    text: String,
    thoughts: String,
    counts: Counts,
    reason: Option<&'static str>,
    usage: Option<Counts>,
    no_choices: bool,
}

impl Fold {
    fn text(&mut self, more: &str, served: &Served) {
        served.token();
        self.counts.completion += 1;
        self.text.push_str(more);
    }

    fn thoughts(&mut self, more: &str, served: &Served) {
        served.token();
        self.counts.completion += 1;
        self.counts.reasoning += 1;
        self.thoughts.push_str(more);
    }

    fn document(self, identity: &Identity) -> Value {
        let mut message = json!({"role": "assistant", "content": self.text});
        if !self.thoughts.is_empty() {
            message["reasoning_content"] = self.thoughts.into();
        }
        let choice = json!({"index": 0, "message": message, "finish_reason": self.reason});
        let mut document = json!({
            "id": identity.id,
            "object": "chat.completion",
            "created": identity.created,
            "model": identity.model,
            "choices": if self.no_choices { Vec::new() } else { vec![choice] },
        });
        if let Some(usage) = self.usage {
            document["usage"] = usage.to_json();
        }
        document
    }

    /// The document as far as its middle; nothing of it when nothing was said.
    fn torn(self, identity: &Identity) -> String {
        if self.text.is_empty() {
            return String::new();
        }
        let document = self.document(identity).to_string();
        let middle = document.floor_char_boundary(document.len() / 2);
        document[..middle].to_owned()
    }
}

/// Performs the acts, waiting where they wait, and says what they come to.
pub(crate) async fn fold(
    script: Script,
    identity: &Identity,
    served: &Served,
    prompt_tokens: u64,
    started: Instant,
) -> Whole {
    let mut fold = Fold { counts: Counts { prompt: prompt_tokens, ..Counts::default() }, ..Fold::default() };
    for act in script {
        match act {
            Act::Text(more) => fold.text(&more, served),
            Act::Split(more) => fold.text(more, served),
            Act::Thinking(more) => fold.thoughts(&more, served),
            Act::Until(after) => sleep_until(started + after).await,
            Act::Finish(reason) => fold.reason = Some(reason),
            Act::Usage { zero } => fold.usage = Some(if zero { Counts::default() } else { fold.counts }),
            Act::NoChoices => fold.no_choices = true,
            Act::Fail(error) => return Whole::Failed(error),
            Act::Broken => return Whole::Broken(fold.torn(identity)),
            Act::Cut => return Whole::Cut(fold.torn(identity)),
            Act::Stall => std::future::pending().await,
            Act::Comment(_) | Act::Done => {}
        }
    }
    Whole::Completion(fold.document(identity))
}
