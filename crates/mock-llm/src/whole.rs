//! Folds the acts of an answer into one JSON document, for callers that asked for no stream.

use crate::act::{Act, CallStep, Refused, Script};
use crate::encode::{Counts, Encoder, Whole, WholeCall};
use crate::ledger::Served;
use serde_json::Value;
use tokio::time::{Instant, sleep_until};

/// What the acts of an answer come to.
pub(crate) enum Outcome {
    /// A completion.
    Completion(Value),
    /// The error that the script ran into.
    Failed(Refused),
    /// A document that breaks off, on a connection that stays.
    Broken(String),
    /// A document that breaks off because the connection closes.
    Cut(String),
}

struct Fold<'a> {
    whole: Whole,
    counts: Counts,
    served: Option<&'a Served>,
}

impl Fold<'_> {
    fn count(&mut self) {
        self.counts.completion += 1;
        if let Some(served) = self.served {
            served.token();
        }
    }

    fn text(&mut self, more: &str) {
        self.count();
        self.whole.text.push_str(more);
    }

    fn thoughts(&mut self, more: &str) {
        self.count();
        self.counts.reasoning += 1;
        self.whole.thoughts.push_str(more);
    }

    fn call(&mut self, step: CallStep) {
        match step {
            CallStep::Begin { id, name, .. } => self.whole.calls.push(WholeCall { id, name, ..WholeCall::default() }),
            CallStep::Argue { text, .. } => {
                if let Some(call) = self.whole.calls.last_mut() {
                    call.arguments.push_str(&text);
                }
            }
            CallStep::End => {}
        }
    }

    /// The document as far as its middle; nothing of it when nothing was said.
    fn torn(&self, encoder: &dyn Encoder) -> String {
        if self.whole.text.is_empty() {
            return String::new();
        }
        let document = encoder.whole(&self.whole).to_string();
        let middle = document.floor_char_boundary(document.len() / 2);
        document[..middle].to_owned()
    }
}

/// Performs the acts, waiting where they wait, and says what they come to. What is no words is not counted in `served`.
pub(crate) async fn fold(
    script: Script,
    encoder: &dyn Encoder,
    served: Option<&Served>,
    prompt_tokens: u64,
    started: Instant,
) -> Outcome {
    let counts = Counts { prompt: prompt_tokens, ..Counts::default() };
    let mut fold = Fold { whole: Whole::default(), counts, served };
    for act in script {
        match act {
            Act::Text(more) => fold.text(&more),
            Act::Split(more) => fold.text(more),
            Act::Thinking(more) => fold.thoughts(&more),
            Act::Call(step) => fold.call(step),
            Act::Until(after) => sleep_until(started + after).await,
            Act::Finish(reason) => fold.whole.finish = Some(reason),
            Act::Usage { zero } => fold.whole.usage = Some(if zero { Counts::default() } else { fold.counts }),
            Act::Order(order) => fold.whole.order = order,
            Act::NoChoices => fold.whole.hollow = true,
            Act::Fail(refused) => return Outcome::Failed(refused),
            Act::Broken => return Outcome::Broken(fold.torn(encoder)),
            Act::Cut => return Outcome::Cut(fold.torn(encoder)),
            Act::Stall => std::future::pending().await,
            Act::Comment(_) | Act::Done => {}
        }
    }
    Outcome::Completion(encoder.whole(&fold.whole))
}
