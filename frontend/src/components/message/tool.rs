//! A call of a tool: one line with its name and where it stands, and what went in and came out when it is opened.

use crate::components::markdown_view::{MarkdownView, Painter};
use crate::components::reasoning::Step;
use crate::i18n::{chat, fill, say};
use crate::reactive::memo;
use crate::state::conversation::{Conversation, use_chat};
use leptos::prelude::*;
use markdown::Options;
use shared::MessageId;
use shared::events::Status;
use shared::part::{Part, ToolPart, ToolState};

/// Longest reason beside the name, in characters.
const REASON: usize = 120;

/// A call of a tool.
#[component]
pub fn ToolStep(
    /// The answer.
    id: MessageId,
    /// The place of the call in it.
    index: usize,
) -> AnyView {
    let chat = use_chat();
    let own = id.clone();
    // The line alone: what the arguments grow by is no news here.
    let line = memo(move || chat.follow(&own, |chat| read(chat, &own, index, line_of)));
    let works = memo(move || line.with(|line| line.as_ref().is_some_and(|line| line.1 == ToolState::Running)));
    let label = move || {
        line.with(|line| {
            let Some((name, state, _)) = line else { return String::new() };
            let text = match state {
                ToolState::Running => chat::TOOL_CALLING,
                ToolState::Done => chat::TOOL_CALLED,
                ToolState::Failed => chat::TOOL_FAILED,
            };
            fill(text, &[("name", name)])
        })
    };
    let failed = memo(move || line.with(|line| line.as_ref().is_some_and(|line| line.1 == ToolState::Failed)));
    let reason = memo(move || line.with(|line| line.as_ref().map(|line| line.2.clone()).unwrap_or_default()));
    // Whoever listens rather than looks hears what becomes of a call that goes on; a stored one is no news.
    let news = works.get_untracked().then(|| view! { <span class="visually-hidden" role="status">{label}</span> });
    view! {
        <Step works label=Signal::derive(label) phrase=reason failed>
            <Whole id=id.clone() index/>
        </Step>
        {news}
    }
    .into_any()
}

/// Arguments and result, as code.
#[component]
fn Whole(id: MessageId, index: usize) -> AnyView {
    let chat = use_chat();
    let painter = Painter::new(Options::default());
    let own = id.clone();
    let source = move |paint: &mut dyn FnMut(&str, bool)| {
        let read = chat.read(|chat| read(chat, &own, index, |tool, streams| (written(tool), streams)));
        if let Some((text, streams)) = read {
            paint(&text, streams);
        }
    };
    painter.show(&source);
    chat.listen(id, move || painter.show(&source));
    view! { <MarkdownView painter/> }.into_any()
}

/// The call, and whether it may still change.
fn read<T>(chat: &Conversation, id: &MessageId, index: usize, read: impl FnOnce(&ToolPart, bool) -> T) -> Option<T> {
    let answer = chat.answer(id)?;
    let Part::Tool(tool) = answer.parts.get(index)? else { return None };
    Some(read(tool, answer.status == Status::Streaming))
}

/// Name, state, and why it failed. A call that was left open when its answer ended has failed.
fn line_of(tool: &ToolPart, streams: bool) -> (String, ToolState, String) {
    let state = if tool.state == ToolState::Running && !streams { ToolState::Failed } else { tool.state };
    let reason = tool.result.as_deref().filter(|_| state == ToolState::Failed).unwrap_or_default();
    let first = reason.lines().next().unwrap_or_default();
    (tool.name.clone(), state, first.chars().take(REASON).collect())
}

/// Arguments and result as Markdown; tracked by language.
fn written(tool: &ToolPart) -> String {
    let mut text = String::new();
    for (title, body) in [(chat::TOOL_ARGUMENTS, Some(&tool.arguments)), (chat::TOOL_RESULT, tool.result.as_ref())] {
        if let Some(body) = body.filter(|body| !body.is_empty()) {
            text.push_str(&format!("{}\n\n{}\n\n", say(title), fenced(body)));
        }
    }
    text
}

/// A text as a block of code, whatever fences are in it. JSON gets its colours.
fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let language = if text.trim_start().starts_with(['{', '[']) { "json" } else { "" };
    format!("{fence}{language}\n{text}\n{fence}")
}

#[cfg(test)]
mod tests {
    use super::{fenced, line_of};
    use shared::part::{ToolPart, ToolState};

    #[test]
    fn no_text_escapes_its_fence() {
        assert_eq!(fenced("a"), "```\na\n```");
        assert_eq!(fenced("{\"a\": \"````\"}"), "`````json\n{\"a\": \"````\"}\n`````");
    }

    #[test]
    fn a_call_that_nobody_answered_has_failed_when_the_answer_is_over() {
        let tool = ToolPart { name: "f".into(), ..ToolPart::default() };
        assert_eq!(line_of(&tool, true).1, ToolState::Running);
        assert_eq!(line_of(&tool, false).1, ToolState::Failed);
        let refused = ToolPart { state: ToolState::Failed, result: Some("There is no f.\nSorry.".into()), ..tool };
        assert_eq!(line_of(&refused, false).2, "There is no f.");
    }
}
