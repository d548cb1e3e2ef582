//! The conversation as every provider accepts it: instructions ahead, turns that alternate, every call answered.
//!
//! What a chat holds is not always that: answers break off before a tool has run, old messages fall out of the window
//! with the call whose result stays, two providers number their calls alike. It is mended here, once, for all protocols;
//! what only one protocol demands stands in that protocol's file.

use crate::request::{ChatMessage, CompletionRequest, Content, File, Media, Role, ToolCall, ToolResult};
use std::borrow::Cow;
use std::collections::HashSet;

/// What a call is told whose tool never ran.
const NOT_RUN: &str = "The tool was not run.";

/// The conversation, mended.
pub(crate) struct History<'a> {
    /// All instructions, in their order.
    pub(crate) system: String,
    /// Everything else. No two neighbours have the same role, and none is empty.
    pub(crate) turns: Vec<Turn<'a>>,
}

/// Everything that one side says before another one speaks.
pub(crate) struct Turn<'a> {
    /// Who; never [`Role::System`].
    pub(crate) role: Role,
    /// What, in order; no empty texts.
    pub(crate) parts: Vec<Part<'a>>,
    /// Whether it comes after the person's last words: only there do thoughts go back.
    pub(crate) current: bool,
}

impl Turn<'_> {
    /// The words of the turn, blocks parted by an empty line.
    pub(crate) fn text(&self) -> String {
        let texts = self.parts.iter().filter_map(|part| if let Part::Text(text) = part { Some(&**text) } else { None });
        texts.collect::<Vec<_>>().join("\n\n")
    }

    /// Whether the turn is nothing but words.
    pub(crate) fn is_text(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Text(_)))
    }
}

/// One piece of a turn.
pub(crate) enum Part<'a> {
    Text(Cow<'a, str>),
    Image(&'a Media),
    File(&'a File),
    Reasoning { text: &'a str, signature: Option<&'a str> },
    Call { id: Cow<'a, str>, call: &'a ToolCall },
    Result { id: Cow<'a, str>, name: &'a str, said: Cow<'a, ToolResult> },
}

/// Whether a provider takes an id of a call as it is.
pub(crate) type IdRule = fn(&str) -> bool;

/// Any id of a reasonable length.
pub(crate) fn any_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
}

/// Anthropic's rule: letters, digits, `_` and `-`.
pub(crate) fn plain_id(id: &str) -> bool {
    any_id(id) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// Mistral's rule: nine letters and digits.
pub(crate) fn nine_id(id: &str) -> bool {
    id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl<'a> History<'a> {
    /// Mends the conversation of a request.
    pub(crate) fn of(request: &'a CompletionRequest, accepts: IdRule) -> Self {
        let instructions = request.messages.iter().filter(|message| message.role == Role::System);
        let system = instructions.map(ChatMessage::text).filter(|text| !text.is_empty()).collect::<Vec<_>>();
        let mut mender = Mender { turns: Vec::new(), open: Vec::new(), ids: Ids::new(accepts) };
        request.messages.iter().filter(|message| message.role != Role::System).for_each(|message| mender.take(message));
        mender.answer_open_calls();
        let mut turns = mender.turns;
        let last_user = turns.iter().rposition(|turn| turn.role == Role::User);
        turns.iter_mut().enumerate().for_each(|(at, turn)| turn.current = last_user.is_none_or(|last| at > last));
        Self { system: system.join("\n\n"), turns }
    }
}

/// A call that waits for its result, and the result once it is there.
struct Open<'a> {
    call: &'a ToolCall,
    id: Cow<'a, str>,
    result: Option<&'a ToolResult>,
}

struct Mender<'a> {
    turns: Vec<Turn<'a>>,
    open: Vec<Open<'a>>,
    ids: Ids,
}

impl<'a> Mender<'a> {
    fn take(&mut self, message: &'a ChatMessage) {
        // An answer that only thought says nothing to anybody.
        if message.content.iter().all(is_silent) {
            return;
        }
        for content in &message.content {
            match content {
                Content::Text(text) if text.is_empty() => {}
                Content::Text(text) => self.push(message.role, Part::Text(Cow::Borrowed(text))),
                Content::Image(media) => self.push(message.role, Part::Image(media)),
                Content::File(file) => self.push(message.role, part_of(file)),
                Content::Reasoning { text, signature } => {
                    self.push(Role::Assistant, Part::Reasoning { text, signature: signature.as_deref() });
                }
                Content::ToolCall(call) => self.call(call),
                Content::ToolResult(result) => self.result(result),
            }
        }
    }

    /// Somebody speaks: calls must be answered before that, unless the model is still calling.
    fn push(&mut self, role: Role, part: Part<'a>) {
        let goes_on = role == Role::Assistant && self.open.iter().all(|open| open.result.is_none());
        if !goes_on {
            self.answer_open_calls();
        }
        self.append(role, part);
    }

    fn append(&mut self, role: Role, part: Part<'a>) {
        match self.turns.last_mut() {
            Some(turn) if turn.role == role => turn.parts.push(part),
            _ => self.turns.push(Turn { role, parts: vec![part], current: false }),
        }
    }

    fn call(&mut self, call: &'a ToolCall) {
        let id = self.ids.for_call(&call.id);
        self.push(Role::Assistant, Part::Call { id: id.clone(), call });
        self.open.push(Open { call, id, result: None });
    }

    /// A result without its call is left out: there is nothing that it could answer.
    fn result(&mut self, result: &'a ToolResult) {
        let waits = |open: &&mut Open<'_>| open.call.id == result.call_id && open.result.is_none();
        if let Some(open) = self.open.iter_mut().find(waits) {
            open.result = Some(result);
        }
    }

    /// In the order of the calls: some providers match them by nothing else.
    fn answer_open_calls(&mut self) {
        for Open { call, id, result } in std::mem::take(&mut self.open) {
            let not_run = || ToolResult { text: NOT_RUN.to_owned(), failed: true, ..ToolResult::default() };
            let said = result.map_or_else(|| Cow::Owned(not_run()), Cow::Borrowed);
            self.append(Role::Tool, Part::Result { id, name: &call.name, said });
        }
    }
}

fn is_silent(content: &Content) -> bool {
    match content {
        Content::Text(text) => text.is_empty(),
        Content::Reasoning { .. } => true,
        _ => false,
    }
}

/// The text of a file that is one.
fn text_of(file: &File) -> Option<&str> {
    let kind = file.media.media_type.as_str();
    let is_text =
        kind.starts_with("text/") || matches!(kind, "application/json" | "application/xml" | "application/yaml");
    std::str::from_utf8(&file.media.data).ok().filter(|_| is_text)
}

/// The type of the first document that can go neither as text nor as PDF, which is all that providers take.
pub(crate) fn untakeable(request: &CompletionRequest) -> Option<&str> {
    let contents = request.messages.iter().flat_map(|message| &message.content);
    let files = contents.filter_map(|content| if let Content::File(file) = content { Some(file) } else { None });
    let kinds = files.filter(|file| text_of(file).is_none()).map(|file| file.media.media_type.as_str());
    kinds.into_iter().find(|kind| *kind != "application/pdf")
}

/// Text goes as text, whatever the protocol thinks of files.
fn part_of(file: &File) -> Part<'_> {
    match text_of(file) {
        Some(text) => Part::Text(Cow::Owned(format!("<file name=\"{}\">\n{text}\n</file>", file.name))),
        None => Part::File(file),
    }
}

/// Ids that are unique within the request and fit the provider. The same conversation always gets the same ones, so that
/// its beginning stays in the provider's cache.
struct Ids {
    accepts: IdRule,
    used: HashSet<String>,
    made: usize,
}

impl Ids {
    fn new(accepts: IdRule) -> Self {
        Self { accepts, used: HashSet::new(), made: 0 }
    }

    fn for_call<'a>(&mut self, id: &'a str) -> Cow<'a, str> {
        if (self.accepts)(id) && self.used.insert(id.to_owned()) {
            return Cow::Borrowed(id);
        }
        loop {
            self.made += 1;
            let id = format!("call{:05}", self.made);
            if self.used.insert(id.clone()) {
                return Cow::Owned(id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(id: &str) -> Content {
        Content::ToolCall(ToolCall { id: id.into(), name: format!("tool-{id}"), ..ToolCall::default() })
    }

    fn result(id: &str) -> Content {
        Content::ToolResult(ToolResult { call_id: id.into(), text: format!("result {id}"), ..ToolResult::default() })
    }

    fn told(accepts: IdRule, messages: Vec<(Role, Vec<Content>)>) -> Vec<String> {
        let messages = messages.into_iter().map(|(role, content)| ChatMessage { role, content }).collect();
        let request = CompletionRequest::new("m", messages);
        let history = History::of(&request, accepts);
        let part = |part: &Part<'_>| match part {
            Part::Text(text) => text.to_string(),
            Part::Call { id, .. } => format!("call {id}"),
            Part::Result { id, said, .. } => format!("{id}: {}", said.text),
            Part::Reasoning { text, .. } => format!("({text})"),
            Part::Image(_) | Part::File(_) => "bytes".to_owned(),
        };
        let turn = |turn: &Turn<'_>| {
            let parts: Vec<_> = turn.parts.iter().map(part).collect();
            format!("{:?}{} {}", turn.role, if turn.current { "*" } else { "" }, parts.join(" | "))
        };
        history.turns.iter().map(turn).collect()
    }

    fn text(text: &str) -> Content {
        Content::Text(text.into())
    }

    #[test]
    fn every_call_is_answered_in_the_order_of_the_calls_before_anybody_else_speaks() {
        let messages = vec![
            (Role::User, vec![text("x")]),
            (Role::Assistant, vec![call("a"), text("and"), call("b"), call("c")]),
            (Role::Tool, vec![result("c"), result("lost"), result("a")]),
            (Role::Assistant, vec![text("so")]),
            (Role::Assistant, vec![call("d")]),
            (Role::User, vec![text("never mind")]),
        ];
        let expected = [
            "User x",
            "Assistant call a | and | call b | call c",
            "Tool a: result a | b: The tool was not run. | c: result c",
            "Assistant so | call d",
            "Tool d: The tool was not run.",
            "User never mind",
        ];
        assert_eq!(told(any_id, messages), expected);
    }

    #[test]
    fn turns_alternate_and_nothing_is_empty() {
        let messages = vec![
            (Role::User, vec![text("a")]),
            (Role::Assistant, vec![Content::Reasoning { text: "hm".into(), signature: None }, text("")]),
            (Role::User, vec![text(""), text("b")]),
            (Role::Tool, vec![result("nobody")]),
            (Role::User, vec![text("c")]),
            (Role::Assistant, vec![Content::Reasoning { text: "hm".into(), signature: None }, text("d")]),
        ];
        assert_eq!(told(any_id, messages), ["User a | b | c", "Assistant* (hm) | d"]);
    }

    #[test]
    fn ids_are_unique_fit_the_provider_and_stay_the_same() {
        let turn = |id: &str| vec![(Role::Assistant, vec![call(id)]), (Role::Tool, vec![result(id)])];
        let path = |ids: &[&str]| ids.iter().flat_map(|id| turn(id)).collect::<Vec<_>>();
        let calls = |accepts, ids: &[&str]| {
            let told = told(accepts, path(ids));
            told.iter().filter_map(|turn| turn.split("call ").nth(1).map(str::to_owned)).collect::<Vec<_>>()
        };
        assert_eq!(calls(any_id, &["x", "f.0:1", "x", "call00001"]), ["x", "f.0:1", "call00001", "call00002"]);
        assert_eq!(calls(plain_id, &["f.0:1", "tool_1-a"]), ["call00001", "tool_1-a"]);
        assert_eq!(calls(nine_id, &["abc", "abcdefgh1"]), ["call00001", "abcdefgh1"]);
        let long = "x".repeat(65);
        assert_eq!(calls(any_id, &[&long, "y"]), ["call00001", "y"]);
    }

    #[test]
    fn documents_that_nobody_takes_are_found() {
        let with = |kind: &str, data: &'static [u8]| {
            let media = Media { media_type: kind.into(), data: bytes::Bytes::from_static(data) };
            let content = vec![Content::File(File { name: "a".into(), media })];
            CompletionRequest::new("m", vec![ChatMessage { role: Role::User, content }])
        };
        for (kind, data) in [("text/csv", &b"a,b"[..]), ("application/json", b"{}"), ("application/pdf", b"%PDF")] {
            assert_eq!(untakeable(&with(kind, data)), None, "{kind}");
        }
        for (kind, data) in [("application/zip", &b"PK"[..]), ("text/plain", b"\xff\xfe")] {
            assert_eq!(untakeable(&with(kind, data)), Some(kind));
        }
    }
}
