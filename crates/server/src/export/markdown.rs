//! The active path of a chat as Markdown, for people. What is only in the JSON: other branches, what it cost, the seals
//! of providers. Pure.

use super::names;
use super::words::Words;
use shared::Part;
use shared::chat::{Message, Role, Session};
use shared::error::Language;
use shared::events::Status;
use shared::part::ToolPart;
use std::fmt::Write as _;

/// The title and what the chat is told.
pub(super) fn head(words: &Words, chat: &Session) -> String {
    let title = if chat.title.is_empty() { words.untitled } else { &chat.title };
    // A line break would end the heading.
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut text = format!("# {title}\n\n{}: {}\n", words.created, minute(&chat.created_at));
    if let Some(instructions) = &chat.instructions {
        let _ = write!(text, "\n**{}**\n\n{}\n", words.instructions, quoted(instructions));
    }
    text
}

/// One message.
pub(super) fn message(words: &Words, language: Language, message: &Message) -> String {
    let who = match message.role {
        Role::User => words.you.to_owned(),
        Role::Assistant => match &message.model {
            Some(model) => format!("{} ({model})", words.answer),
            None => words.answer.to_owned(),
        },
    };
    let mut text = format!("\n## {who} · {}\n", minute(&message.created_at));
    for part in &message.parts {
        write_part(&mut text, words, part);
    }
    if message.status != Status::Completed {
        let why = match &message.error {
            Some(error) => error.message_in(language),
            None => words.unfinished.to_owned(),
        };
        let _ = write!(text, "\n{}\n", quoted(&why));
    }
    text
}

fn write_part(out: &mut String, words: &Words, part: &Part) {
    // Writing to a string cannot fail.
    let _ = match part {
        Part::Text { text } => write!(out, "\n{}\n", text.trim_end()),
        Part::Reasoning { text, .. } => write!(out, "\n**{}**\n\n{}\n", words.thoughts, quoted(text)),
        Part::Tool(tool) => write!(out, "\n{}", tool_text(words, tool)),
        Part::Image(file) => write!(out, "\n![{}]({})\n", plain(&file.name), names::link(file)),
        Part::File(file) => write!(out, "\n[{}]({})\n", plain(&file.name), names::link(file)),
        // What concerns the moment of the answer, and what a newer release will understand.
        Part::Notice { .. } | Part::Other(_) => Ok(()),
    };
}

fn tool_text(words: &Words, tool: &ToolPart) -> String {
    let mut text = format!("**{}: {}**\n", words.tool, plain(&tool.name));
    for said in [Some(&tool.arguments), tool.result.as_ref()].into_iter().flatten().filter(|said| !said.is_empty()) {
        let fence = fence(said);
        let _ = write!(text, "\n{fence}\n{}\n{fence}\n", said.trim_end());
    }
    text
}

/// A fence that the text does not close.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

fn quoted(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

/// A name in brackets.
fn plain(name: &str) -> String {
    name.chars().map(|c| if matches!(c, '[' | ']' | '*' | '`' | '\\' | '\n' | '\r') { ' ' } else { c }).collect()
}

/// `2026-11-30 10:00 UTC`.
fn minute(moment: &str) -> String {
    let (day, time) = (moment.get(..10).unwrap_or_default(), moment.get(11..16).unwrap_or_default());
    format!("{day} {time} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_longer_than_every_fence_inside() {
        assert_eq!(fence("plain"), "```");
        assert_eq!(fence("a ```` b"), "`````");
    }

    #[test]
    fn a_message_names_its_writer_and_what_ended_it() {
        let value = serde_json::json!({
            "id": "m", "sessionId": "s", "role": "assistant", "status": "stopped", "model": "ok",
            "parts": [
                {"kind": "reasoning", "v": 1, "text": "one\ntwo"},
                {"kind": "text", "v": 1, "text": "Hello\n"},
                {"kind": "image", "v": 1, "fileId": "7", "name": "a].png"},
            ],
            "siblings": [], "truncated": false, "createdAt": "2026-11-30T10:00:00.000Z",
        });
        let read: Message = serde_json::from_value(value).expect("a message");
        let text = message(Words::of(Language::En), Language::En, &read);
        assert!(text.starts_with("\n## Answer (ok) · 2026-11-30 10:00 UTC\n"), "{text}");
        assert!(text.contains("> one\n> two\n") && text.contains("\nHello\n"), "{text}");
        assert!(text.contains("![a .png](<../files/7-a].png>)"), "{text}");
        assert!(text.trim_end().ends_with("> This answer was not finished."), "{text}");
    }
}
