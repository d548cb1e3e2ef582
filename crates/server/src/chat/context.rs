//! History in, request out: the active path, newest first, held inside the model's window.
//!
//! Pure: no IO, no clock. `layers` says what a model is told ahead of everything, `moment` when a question was asked,
//! `count` what a message takes, `window` which turns go in, `replay` how stored parts become messages of a request.
//! Only what is finished goes in: answers that failed without a word stay out, and thoughts go back only within the
//! turn that they belong to. Bytes of files are somebody else's; here they are places to fill.

mod count;
pub mod layers;
mod moment;
mod replay;
mod window;

pub use moment::{Stamps, Zone};
pub use replay::{Place, Replay};
pub use window::{Fitted, MAX_PICTURE_BYTES, Room, Window};

use shared::Part;
use shared::chat::{Message, Role};
use shared::events::Status;

/// A message of the active path.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    /// Whether the person wrote it.
    pub from_user: bool,
    /// What it is made of.
    pub parts: Vec<Part>,
    /// When it was written, RFC 3339.
    pub created_at: String,
    /// When its text was last changed in place, RFC 3339.
    pub edited_at: Option<String>,
    /// What its provider counted, for a finished answer whose provider did.
    pub counted: Option<Counted>,
}

/// What a provider counted when it answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Tokens of the path up to the answer and of the answer itself, as they go back.
    pub tokens: u64,
    /// Estimated tokens of the instructions among these.
    pub instructions: u64,
    /// Whether it was the model that is asked now: others count otherwise.
    pub same_model: bool,
}

impl Past {
    /// A stored message, for a request to `model`.
    #[must_use]
    pub fn of(message: Message, model: &str) -> Self {
        let counted = counted(&message, model);
        let (from_user, edited_at) = (message.role == Role::User, message.edited_at);
        Self { from_user, parts: message.parts, created_at: message.created_at, edited_at, counted }
    }
}

/// An answer in several rounds of tools has sums, which say nothing about one request.
fn counted(message: &Message, model: &str) -> Option<Counted> {
    let usage = message.usage.as_ref().filter(|usage| !usage.estimated && usage.prompt_tokens > 0)?;
    let whole = message.role == Role::Assistant && message.status == Status::Completed;
    if !whole || message.parts.iter().any(|part| matches!(part, Part::Tool(_))) {
        return None;
    }
    let thoughts = match usage.reasoning_tokens {
        0 => count::thoughts(&message.parts),
        known => known,
    };
    let tokens = usage.prompt_tokens + usage.completion_tokens.saturating_sub(thoughts);
    let instructions = usage.instruction_tokens;
    Some(Counted { tokens, instructions, same_model: message.model.as_deref() == Some(model) })
}
