//! What a message takes of a window, in estimated tokens, before the model's own ratio.

use shared::Part;
use shared::part::{FilePart, ToolPart};
use shared::tokens::{Estimate, PER_MESSAGE, picture_tokens};

/// Tokens around a call and its result beside their words: names of fields, an id.
const PER_CALL: u64 = 16;

/// Tokens of these words alone.
pub(super) fn words(text: &str) -> u64 {
    let mut estimate = Estimate::default();
    estimate.push(text);
    estimate.tokens()
}

/// Tokens of a message as it goes into a request, with so many of its pictures.
pub(super) fn message(parts: &[Part], mut pictures: usize) -> u64 {
    let mut said = Estimate::default();
    let mut fixed = PER_MESSAGE;
    for part in parts {
        match part {
            Part::Text { text } => said.push(text),
            Part::Tool(tool) => fixed += call(tool),
            Part::File(file) => fixed += file.tokens + words(&file.name) + PER_MESSAGE,
            Part::Image(file) if pictures > 0 => {
                pictures -= 1;
                fixed += picture(file);
            }
            Part::Image(file) => fixed += words(&file.name) + PER_MESSAGE,
            Part::Reasoning { .. } | Part::Notice { .. } | Part::Other(_) => {}
        }
    }
    said.tokens() + fixed
}

/// Tokens of what the model has written so far in a turn that goes on: there its thoughts go back, too.
pub(super) fn unfinished(parts: &[Part]) -> u64 {
    message(parts, 0) + thoughts(parts)
}

/// Tokens of thoughts.
pub(super) fn thoughts(parts: &[Part]) -> u64 {
    let mut estimate = Estimate::default();
    for part in parts {
        if let Part::Reasoning { text, .. } = part {
            estimate.push(text);
        }
    }
    estimate.tokens()
}

fn picture(file: &FilePart) -> u64 {
    if file.width.is_none() && file.tokens > 0 { file.tokens } else { picture_tokens(file.width, file.height) }
}

fn call(tool: &ToolPart) -> u64 {
    PER_CALL + words(&tool.name) + words(&tool.arguments) + tool.result.as_deref().map_or(0, words)
}
