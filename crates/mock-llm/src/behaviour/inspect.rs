//! A model that tells what reached it, so that a test in a browser can see what was sent.
//!
//! A fenced block, a line for each thing: messages with the number of characters and their beginning, pictures, documents,
//! thoughts, calls and results, then what was offered and asked for.

use crate::act::{Act, says};
use crate::request::{Ask, Message, Role};
use std::fmt::Write as _;

/// Characters of a text that are repeated.
const SHOWN_CHARS: usize = 200;

pub(super) fn received(ask: &Ask) -> Vec<Act> {
    let mut told = String::from("```text\n");
    ask.request.all().iter().for_each(|message| tell(&mut told, message));
    let tools = ask.request.tools();
    // Writing into a string cannot fail.
    if !tools.is_empty() {
        _ = writeln!(told, "tools offered: {}", tools.join(", "));
    }
    if let Some(limit) = ask.request.max_tokens {
        _ = writeln!(told, "answer limit: {limit}");
    }
    told.push_str("```");
    says(ask, &told)
}

fn tell(told: &mut String, message: &Message) {
    let count = message.text.chars().count();
    _ = writeln!(told, "{}: {count} characters: {}", role(message.role), beginning(&message.text));
    for picture in &message.images {
        let size = picture.size.map_or_else(String::new, |(width, height)| format!(" {width}x{height},"));
        _ = writeln!(told, "  picture: {},{size} {} bytes", picture.media_type, picture.bytes);
    }
    for file in &message.files {
        _ = writeln!(told, "  file: {}, {}, {} bytes", file.name, file.media_type, file.bytes);
    }
    if message.thoughts {
        _ = writeln!(told, "  thoughts{}", if message.seals.is_empty() { "" } else { ", sealed" });
    }
    for call in &message.calls {
        let seal = if call.seal.is_some() { ", sealed" } else { "" };
        _ = writeln!(told, "  call: {} {}{seal}", call.name, beginning(&call.arguments));
    }
    for result in &message.results {
        _ = writeln!(told, "  result: {}", beginning(&result.text));
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
        Role::Other => "other",
    }
}

/// The beginning of a text on one line, without what would end the block.
fn beginning(text: &str) -> String {
    let line = text.replace("```", "'''").replace(['\r', '\n'], "⏎");
    line.chars().take(SHOWN_CHARS).collect()
}
