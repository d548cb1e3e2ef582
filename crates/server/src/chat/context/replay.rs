//! Stored parts become messages of a request. Files are places to fill: until then, a line stands there.

use super::Past;
use super::window::Taken;
use super::{Stamps, Zone};
use llm::{ChatMessage, Content, Role, ToolCall, ToolResult};
use shared::Part;
use shared::part::{FilePart, ToolPart, ToolState};

/// What a call is told whose answer ended before it was over.
const NOT_RUN: &str = "The tool was not run.";

/// The messages of a request as they are put together.
#[derive(Debug, Default)]
pub struct Replay {
    /// The messages, oldest first.
    pub messages: Vec<ChatMessage>,
    /// Where files go.
    pub places: Vec<Place>,
}

/// Where a file goes, in place of the line that stands there.
#[derive(Debug, PartialEq)]
pub struct Place {
    /// Which message.
    pub message: usize,
    /// Which piece of it.
    pub content: usize,
    /// The file.
    pub file: FilePart,
    /// Whether it is a picture.
    pub picture: bool,
}

impl Replay {
    /// Begins with instructions, unless there are none.
    #[must_use]
    pub fn new(system: String) -> Self {
        let messages = if system.is_empty() { Vec::new() } else { vec![ChatMessage::new(Role::System, system)] };
        Self { messages, places: Vec::new() }
    }

    /// Adds a message of the path.
    pub fn take(&mut self, Taken { past, pictures }: Taken, stamps: Stamps, zone: &Zone) {
        if past.from_user {
            self.question(past, pictures, stamps, zone);
        } else {
            // With a call go the thoughts that led to it: some vendors want them back for as long as it is there.
            let calls = past.parts.iter().any(|part| matches!(part, Part::Tool(_)));
            self.answer(past.parts, calls, &[]);
        }
    }

    /// Adds what the model has written in a turn that goes on; `rounds` are the places where it was asked again.
    pub fn go_on(&mut self, parts: Vec<Part>, rounds: &[usize]) {
        self.answer(parts, true, rounds);
    }

    /// Several providers refuse a message of blanks.
    fn question(&mut self, past: Past, mut pictures: usize, stamps: Stamps, zone: &Zone) {
        let blank = |part: &Part| part.file().is_none() && part.as_text().is_none_or(|text| text.trim().is_empty());
        if past.parts.iter().all(blank) {
            return;
        }
        let mut content: Vec<Content> = stamps.line(&past.created_at, zone).map(Content::Text).into_iter().collect();
        for part in past.parts {
            let (file, picture) = match part {
                Part::Text { text } => {
                    content.push(Content::Text(text));
                    continue;
                }
                Part::Image(file) => (file, true),
                Part::File(file) => (file, false),
                _ => continue,
            };
            let left_out = picture && pictures == 0;
            pictures = pictures.saturating_sub(usize::from(picture));
            content.push(Content::Text(line(&file, picture)));
            if !left_out {
                let (message, content) = (self.messages.len(), content.len() - 1);
                self.places.push(Place { message, content, file, picture });
            }
        }
        self.messages.push(ChatMessage { role: Role::User, content });
    }

    fn answer(&mut self, parts: Vec<Part>, thoughts: bool, rounds: &[usize]) {
        let mut round = Round::default();
        for (at, part) in parts.into_iter().enumerate() {
            // Where nobody wrote down when the model was asked again, it was after the results that it speaks on.
            let asked = if rounds.is_empty() { !matches!(part, Part::Tool(_)) } else { rounds.contains(&at) };
            if asked && !round.results.is_empty() {
                std::mem::take(&mut round).put(&mut self.messages);
            }
            match part {
                Part::Text { text } => round.content.push(Content::Text(text)),
                Part::Reasoning { text, signature, .. } if thoughts => {
                    round.content.push(Content::Reasoning { text, signature });
                }
                Part::Tool(tool) => round.call(*tool),
                _ => {}
            }
        }
        round.put(&mut self.messages);
    }
}

/// What the model said at once, and what its calls brought.
#[derive(Default)]
struct Round {
    content: Vec<Content>,
    results: Vec<Content>,
}

impl Round {
    fn call(&mut self, tool: ToolPart) {
        let ToolPart { call: id, name, arguments, result, state, signature } = tool;
        self.results.push(Content::ToolResult(ToolResult {
            call_id: id.clone(),
            text: result.unwrap_or_else(|| NOT_RUN.to_owned()),
            failed: state != ToolState::Done,
            ..ToolResult::default()
        }));
        self.content.push(Content::ToolCall(ToolCall { id, name, arguments, signature }));
    }

    fn put(self, messages: &mut Vec<ChatMessage>) {
        let blank = |content: &Content| matches!(content, Content::Text(text) if text.trim().is_empty());
        if !self.content.iter().all(blank) {
            messages.push(ChatMessage { role: Role::Assistant, content: joined(self.content) });
        }
        if !self.results.is_empty() {
            messages.push(ChatMessage { role: Role::Tool, content: self.results });
        }
    }
}

/// Texts that follow each other were one before a notice or an interruption stood between them.
fn joined(content: Vec<Content>) -> Vec<Content> {
    let mut joined: Vec<Content> = Vec::with_capacity(content.len());
    for piece in content {
        match (joined.last_mut(), piece) {
            (Some(Content::Text(text)), Content::Text(more)) => text.push_str(&more),
            (_, piece) => joined.push(piece),
        }
    }
    joined
}

/// What stands for a file that does not go along.
fn line(file: &FilePart, picture: bool) -> String {
    format!("[{}: {}]", if picture { "picture" } else { "file" }, file.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(call: &str, result: Option<&str>) -> Part {
        let state = if result.is_some() { ToolState::Done } else { ToolState::Running };
        let name = format!("tool-{call}");
        let result = result.map(str::to_owned);
        Part::Tool(Box::new(ToolPart { call: call.into(), name, result, state, ..ToolPart::default() }))
    }

    fn file(name: &str) -> FilePart {
        FilePart {
            file_id: name.into(),
            name: name.into(),
            media_type: String::new(),
            size: 1,
            width: None,
            height: None,
            tokens: 9,
        }
    }

    fn told(replay: &Replay) -> Vec<String> {
        let piece = |content: &Content| match content {
            Content::Text(text) => text.clone(),
            Content::Reasoning { text, .. } => format!("({text})"),
            Content::ToolCall(call) => format!("call {}", call.id),
            Content::ToolResult(result) => format!("{}: {}", result.call_id, result.text),
            Content::Image(_) | Content::File(_) => "bytes".to_owned(),
        };
        let message = |message: &ChatMessage| {
            let pieces: Vec<String> = message.content.iter().map(piece).collect();
            format!("{:?} {}", message.role, pieces.join(" | "))
        };
        replay.messages.iter().map(message).collect()
    }

    fn taken(from_user: bool, parts: Vec<Part>, pictures: usize) -> Taken {
        Taken { past: Past { from_user, parts, ..Past::default() }, pictures }
    }

    fn replay(path: Vec<Taken>) -> Replay {
        let mut replay = Replay::new(String::new());
        let zone = Zone::of(Some("UTC"));
        path.into_iter().for_each(|message| replay.take(message, Stamps::default(), &zone));
        replay
    }

    #[test]
    fn thoughts_and_notices_stay_behind_and_blank_messages_too() {
        let notice = Part::Notice { code: "context.trimmed".into(), params: shared::error::params([]) };
        let answer = vec![Part::reasoning("hm"), Part::text("a"), notice, Part::text("b")];
        let path = vec![
            taken(true, vec![Part::text("x")], 0),
            taken(false, answer, 0),
            taken(true, vec![Part::text(" ")], 0),
            taken(false, vec![Part::reasoning("hm"), Part::text("\n")], 0),
        ];
        assert_eq!(told(&replay(path)), ["User x", "Assistant ab"]);
    }

    #[test]
    fn no_call_goes_without_its_result_and_no_result_without_its_call() {
        let answer =
            vec![Part::reasoning("hm"), tool("a", Some("1")), tool("b", None), Part::text("so"), tool("c", Some("3"))];
        let expected = [
            "Assistant (hm) | call a | call b",
            "Tool a: 1 | b: The tool was not run.",
            "Assistant so | call c",
            "Tool c: 3",
        ];
        assert_eq!(told(&replay(vec![taken(false, answer, 0)])), expected);
    }

    #[test]
    fn a_turn_that_goes_on_is_told_round_by_round() {
        let mut replay = Replay::new("be brief".into());
        let parts = vec![tool("a", Some("1")), Part::text("and"), tool("b", Some("2")), tool("c", Some("3"))];
        replay.go_on(parts, &[0, 3]);
        let expected =
            ["System be brief", "Assistant call a | and | call b", "Tool a: 1 | b: 2", "Assistant call c", "Tool c: 3"];
        assert_eq!(told(&replay), expected);
    }

    #[test]
    fn files_are_places_to_fill_and_pictures_over_the_budget_stay_lines() {
        let parts = vec![Part::Image(file("p")), Part::Image(file("q")), Part::File(file("d")), Part::text("x")];
        let replay = replay(vec![taken(true, parts, 1)]);
        assert_eq!(told(&replay), ["User [picture: p] | [picture: q] | [file: d] | x"]);
        let places: Vec<_> = replay.places.iter().map(|place| (place.content, place.picture)).collect();
        assert_eq!(places, [(0, true), (2, false)]);
    }

    #[test]
    fn a_question_of_files_alone_goes_in() {
        assert_eq!(told(&replay(vec![taken(true, vec![Part::File(file("d"))], 0)])), ["User [file: d]"]);
    }
}
