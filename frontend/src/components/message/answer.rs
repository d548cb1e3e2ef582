//! An answer: the model's name, its parts in order, why it ended, what can be done with it.

use super::actions::AnswerActions;
use super::day::Day;
use super::editor::MessageEditor;
use super::failure::AnswerFailure;
use super::files::MessageFiles;
use super::keys;
use super::menu::Subject;
use super::press::LongPress;
use super::tool::ToolStep;
use crate::components::markdown_view::{MarkdownView, Painter};
use crate::components::model_picker::DemoTag;
use crate::components::reasoning::{Expected, Reasoning, latest_phrase};
use crate::components::ui::sentence::with_code;
use crate::components::ui::{Glyph, Icon};
use crate::i18n::{chat, error_message, t};
use crate::reactive::{draw, memo};
use crate::state::composer::attachments::files_of;
use crate::state::conversation::{Answer, Conversation, Landing, RowKind, has_text, use_chat};
use crate::state::models::use_models;
use leptos::prelude::*;
use markdown::Options;
use shared::events::Status;
use shared::{ApiError, MessageId, Part};

/// What a part is, as far as its place on the screen is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum PartKind {
    Text,
    Reasoning,
    Tool,
    Notice,
    File,
    Other,
}

/// An answer without its growing text.
#[derive(Clone, Debug, PartialEq)]
struct Head {
    status: Status,
    kinds: Vec<(usize, PartKind)>,
    error: Option<ApiError>,
    can_continue: bool,
    is_empty: bool,
}

impl Head {
    fn of(answer: Answer<'_>) -> Self {
        let kind = |part: &Part| match part {
            Part::Text { .. } => PartKind::Text,
            Part::Reasoning { .. } => PartKind::Reasoning,
            Part::Notice { .. } => PartKind::Notice,
            Part::Tool(_) => PartKind::Tool,
            Part::Image(_) | Part::File(_) => PartKind::File,
            Part::Other(_) => PartKind::Other,
        };
        Self {
            status: answer.status,
            kinds: grouped(answer.parts.iter().map(kind)),
            error: answer.error.cloned(),
            can_continue: (answer.status.ended_early() || answer.truncated) && has_text(answer.parts),
            is_empty: answer.parts.is_empty(),
        }
    }
}

/// An answer.
#[component]
pub fn AnswerRow(
    /// The answer.
    id: MessageId,
    /// What surrounds it.
    kind: Memo<Option<RowKind>>,
) -> AnyView {
    let chat = use_chat();
    let own = id.clone();
    let head = Memo::new(move |before: Option<&Option<Head>>| {
        // How it ended is news of the row, what it says is news of the frame.
        kind.track();
        chat.follow(&own, |chat| chat.answer(&own).map(Head::of)).or_else(|| before.cloned().flatten())
    });
    let with = move |read: fn(&Head) -> bool| move || head.with(|head| head.as_ref().is_some_and(read));
    let kinds = move || head.with(|head| head.as_ref().map(|head| head.kinds.clone()).unwrap_or_default());
    let (parts_of, failure_of) = (id.clone(), id.clone());
    let can_continue = memo(move || with(|head| head.can_continue)());
    let error = memo(move || head.with(|head| head.as_ref().and_then(|head| head.error.clone())));
    let failed = memo(move || error.with(Option::is_some));
    let waits = memo(move || with(|head| head.is_empty && head.status == Status::Streaming)());
    let streams = memo(move || with(|head| head.status == Status::Streaming)());
    let stopped = memo(move || with(|head| head.status == Status::Stopped)());
    let press = LongPress::new();
    let siblings = memo(move || {
        kind.with(|kind| match kind {
            Some(RowKind::Answer { siblings, .. }) => siblings.clone(),
            _ => Vec::new(),
        })
    });
    let (own, edited, keyed, dated) = (id.clone(), id.clone(), id.clone(), id.clone());
    let name = id.as_str().to_owned();
    let edits = memo(move || chat.is_edited(&own));
    let editor = move || edits.get().then(|| view! { <MessageEditor id=edited.clone() is_question=false/> });
    // While it is written there is nothing to do with it but Stop, which has its own button; in its editor a finger selects.
    let down = move |event: web_sys::PointerEvent| {
        if !streams.get_untracked() && !edits.get_untracked() {
            press.down(&event);
        }
    };
    view! {
        <article
            class="turn answer"
            class:last=move || is_last(kind)
            class:edits=move || edits.get()
            data-message=name
            tabindex=move || if siblings.with(Vec::is_empty) { "-1" } else { "0" }
            aria-label=t(chat::ANSWER)
            aria-busy=move || streams.get().to_string()
            on:pointerdown=down
            on:pointermove=move |event| press.moved(&event)
            on:pointerup=move |_| press.up()
            on:pointercancel=move |_| press.up()
            on:contextmenu=move |event| press.menu(&event)
            on:keydown=move |event| siblings.with_untracked(|all| keys::pressed(&event, chat, all, Some(&keyed)))
        >
            <Day id=dated kind/>
            <ModelName kind/>
            {move || waits.get().then(|| view! { <Expected/> })}
            <For each=kinds key=|kind| *kind children=move |(index, kind)| view! { <PartView id=parts_of.clone() index kind/> }/>
            {draw(editor)}
            {move || stopped.get().then(|| view! { <p class="turn-note">{t(chat::STOPPED)}</p> })}
            {move || error.get().map(|error| view! { <AnswerFailure id=failure_of.clone() error can_continue/> })}
            <Foot id siblings streams can_continue failed press/>
        </article>
    }
    .into_any()
}

fn is_last(kind: Memo<Option<RowKind>>) -> bool {
    kind.with(|kind| matches!(kind, Some(RowKind::Answer { last: true, .. })))
}

/// The model's name, where it differs from the one before.
#[component]
fn ModelName(kind: Memo<Option<RowKind>>) -> AnyView {
    let models = use_models();
    let name = memo(move || {
        kind.with(|kind| match kind {
            Some(RowKind::Answer { model, .. }) => model.clone(),
            _ => None,
        })
    });
    let body = move || {
        name.get().map(|name| {
            let demo = models.is_demo(&name).then(|| view! { <DemoTag name=name.clone()/> });
            view! { <p class="model-name">{move || models.shown(&name)}{demo}</p> }
        })
    };
    draw(body)
}

/// Below an answer: that it was completed unseen, and the actions. While it streams the style sheet keeps their room: a row
/// that is already there would move along with the text.
#[component]
fn Foot(
    id: MessageId,
    siblings: Memo<Vec<MessageId>>,
    streams: Memo<bool>,
    can_continue: Memo<bool>,
    failed: Memo<bool>,
    press: LongPress,
) -> AnyView {
    let chat = use_chat();
    let own = id.clone();
    let kept = memo(move || chat.kept.with(|kept| kept.as_ref() == Some(&own)));
    // Where an error stands, Continue is among its actions.
    let can_continue = memo(move || can_continue.get() && !failed.get());
    let subject = Subject { id, siblings, can_continue: Some(can_continue), copy: NodeRef::new() };
    let actions = move || {
        (!streams.get()).then(|| {
            let subject = subject.clone();
            view! { <div class="actions"><AnswerActions subject can_continue press/></div> }
        })
    };
    view! {
        {move || kept.get().then(|| view! { <p class="turn-note kept">{t(chat::KEPT_WRITING)}</p> })}
        {draw(actions)}
    }
    .into_any()
}

#[component]
fn PartView(id: MessageId, index: usize, kind: PartKind) -> AnyView {
    match kind {
        PartKind::Text => view! { <TextPart id index/> }.into_any(),
        PartKind::Reasoning => view! { <ReasoningPart id index/> }.into_any(),
        PartKind::Tool => view! { <ToolStep id index/> }.into_any(),
        PartKind::Notice => view! { <NoticePart id index/> }.into_any(),
        PartKind::File => view! { <FilesPart id index/> }.into_any(),
        PartKind::Other => view! { <p class="turn-note">{t(chat::UNKNOWN_PART)}</p> }.into_any(),
    }
}

/// The parts with their places. An answer that was continued goes on in a part of its own, in the middle of a sentence or
/// a table: texts that follow each other are one text.
fn grouped(kinds: impl Iterator<Item = PartKind>) -> Vec<(usize, PartKind)> {
    let mut groups: Vec<(usize, PartKind)> = Vec::new();
    for (index, kind) in kinds.enumerate() {
        if kind != PartKind::Text || groups.last().is_none_or(|(_, before)| *before != PartKind::Text) {
            groups.push((index, kind));
        }
    }
    groups
}

/// The text that begins with a part, and whether it may still grow.
fn read_part(chat: &Conversation, id: &MessageId, index: usize, read: &mut dyn FnMut(&str, bool)) {
    let Some(answer) = chat.answer(id) else { return };
    let streams = answer.status == Status::Streaming;
    match answer.parts.get(index..) {
        Some([Part::Reasoning { text, .. }, rest @ ..]) => read(text, streams && rest.is_empty()),
        Some(parts @ [Part::Text { .. }, Part::Text { .. }, ..]) => {
            let texts: Vec<&str> = parts.iter().map_while(Part::as_text).collect();
            read(&texts.concat(), streams && texts.len() == parts.len());
        }
        Some([Part::Text { text }, rest @ ..]) => read(text, streams && rest.is_empty()),
        _ => {}
    }
}

/// A growing text, painted block by block.
#[component]
fn TextPart(id: MessageId, index: usize) -> AnyView {
    let chat = use_chat();
    let painter = Painter::new(Options::default());
    let own = id.clone();
    let source = move |read: &mut dyn FnMut(&str, bool)| chat.read(|chat| read_part(chat, &own, index, read));
    if matches!(chat.landing(), Some(Landing::At { .. })) {
        painter.show_whole(&source);
    } else {
        painter.show(&source);
    }
    chat.listen(id, move || painter.paint(source.clone()));
    view! { <MarkdownView painter/> }.into_any()
}

#[component]
fn ReasoningPart(id: MessageId, index: usize) -> AnyView {
    let chat = use_chat();
    let state = {
        let id = id.clone();
        memo(move || {
            chat.follow(&id, |chat| {
                let answer = chat.answer(&id)?;
                let Some(Part::Reasoning { text, duration_ms, .. }) = answer.parts.get(index) else { return None };
                let open =
                    answer.status == Status::Streaming && duration_ms.is_none() && index + 1 == answer.parts.len();
                let phrase = if open { latest_phrase(text) } else { String::new() };
                Some((open, phrase, *duration_ms))
            })
        })
    };
    let thinking = memo(move || state.with(|state| state.as_ref().is_some_and(|state| state.0)));
    let phrase = memo(move || state.with(|state| state.as_ref().map(|state| state.1.clone()).unwrap_or_default()));
    let duration = memo(move || state.with(|state| state.as_ref().and_then(|state| state.2)));
    view! {
        <Reasoning thinking phrase duration>
            <TextPart id=id.clone() index/>
        </Reasoning>
    }
    .into_any()
}

/// A file that an answer holds.
#[component]
fn FilesPart(id: MessageId, index: usize) -> AnyView {
    let part = use_chat().read(|chat| chat.answer(&id)?.parts.get(index).cloned());
    view! { <MessageFiles files=files_of(part.as_slice())/> }.into_any()
}

/// One calm line: something to know, nothing to do.
#[component]
fn NoticePart(id: MessageId, index: usize) -> AnyView {
    let notice = use_chat().read(|chat| match chat.answer(&id)?.parts.get(index)? {
        Part::Notice { code, params } => {
            Some(ApiError { code: code.clone(), message: code.clone(), params: params.clone(), ..ApiError::default() })
        }
        _ => None,
    });
    notice
        .map(|notice| view! { <p class="notice"><Icon glyph=Glyph::Info/><span>{move || with_code(&error_message(&notice))}</span></p> })
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::{PartKind, grouped};

    #[test]
    fn texts_that_follow_each_other_are_one_text() {
        use PartKind::{Notice, Reasoning, Text};
        let groups = grouped([Reasoning, Text, Text, Notice, Text].into_iter());
        assert_eq!(groups, [(0, Reasoning), (1, Text), (3, Notice), (4, Text)]);
    }
}
