//! The person's message: its files, and a bubble on the right.

use super::day::{Day, Written};
use super::editor::MessageEditor;
use super::files::MessageFiles;
use super::keys;
use super::menu::{More, Subject};
use super::press::LongPress;
use super::versions::Versions;
use crate::components::markdown_view::{MarkdownView, Painter};
use crate::components::ui::{CopyButton, Glyph, IconButton};
use crate::i18n::{chat, t};
use crate::reactive::{draw, memo};
use crate::state::composer::Draft;
use crate::state::conversation::{RowKind, use_chat};
use leptos::html;
use leptos::prelude::*;
use markdown::Options;
use shared::MessageId;
use std::sync::Arc;

/// Longer texts are shown as they were typed: somebody pasted a log.
const MOST_MARKDOWN: usize = 16 * 1024;

/// The person's message.
#[component]
pub fn QuestionRow(
    /// What it says, with its files, as long as it is not stored.
    said: Draft,
    /// What surrounds it.
    kind: Memo<Option<RowKind>>,
) -> AnyView {
    let store = use_chat();
    let unsure = move || kind.with(|kind| matches!(kind, Some(RowKind::Question { unsure: true, .. })));
    let id = memo(move || {
        kind.with(|kind| match kind {
            Some(RowKind::Question { id, .. }) => id.clone(),
            _ => None,
        })
    });
    let siblings = memo(move || {
        kind.with(|kind| match kind {
            Some(RowKind::Question { siblings, .. }) => siblings.clone(),
            _ => Vec::new(),
        })
    });
    // It may be changed in its place, here or elsewhere.
    let said = memo(move || {
        let stored = id.get().and_then(|id| store.follow(&id, |chat| chat.said_in(&id)));
        stored.unwrap_or_else(|| said.clone())
    });
    let press = LongPress::new();
    let edits = memo(move || id.with(|id| id.as_ref().is_some_and(|id| store.is_edited(id))));
    let content = move || match id.get().filter(|_| edits.get()) {
        Some(id) => view! { <MessageEditor id is_question=true/> }.into_any(),
        None => view! { <Said said press/> }.into_any(),
    };
    let day = move || id.get().map(|id| view! { <Day id kind/> });
    view! {
        <article
            class="turn question"
            class:edits=move || edits.get()
            data-message=move || id.get().map(|id| id.as_str().to_owned())
            tabindex=move || if siblings.with(Vec::is_empty) { "-1" } else { "0" }
            aria-label=t(chat::YOU)
            on:keydown=move |event| {
                siblings.with_untracked(|all| keys::pressed(&event, store, all, id.get_untracked().as_ref()));
            }
        >
            {draw(day)}
            {draw(content)}
            {move || unsure().then(|| view! { <p class="turn-note">{t(chat::UNSURE)}</p> })}
            <Row id siblings said press/>
        </article>
    }
    .into_any()
}

/// The files and the bubble.
#[component]
fn Said(said: Memo<Draft>, press: LongPress) -> AnyView {
    let text = memo(move || said.with(|said| said.text.clone()));
    let bubble = move || {
        let text = text.get();
        (!text.trim().is_empty()).then(|| view! { <div class="bubble"><Body text/></div> })
    };
    view! {
        <div
            class="said"
            on:pointerdown=move |event| press.down(&event)
            on:pointermove=move |event| press.moved(&event)
            on:pointerup=move |_| press.up()
            on:pointercancel=move |_| press.up()
            on:contextmenu=move |event| press.menu(&event)
        >
            <Files said/>
            {draw(bubble)}
        </div>
    }
    .into_any()
}

#[component]
fn Files(said: Memo<Draft>) -> AnyView {
    let files = memo(move || said.with(|said| said.files.clone()));
    let body = move || {
        let files = files.get();
        (!files.is_empty()).then(|| view! { <MessageFiles files/> })
    };
    draw(body)
}

/// The row of actions.
#[component]
fn Row(id: Memo<Option<MessageId>>, siblings: Memo<Vec<MessageId>>, said: Memo<Draft>, press: LongPress) -> AnyView {
    let store = use_chat();
    let copy = NodeRef::<html::Button>::new();
    let has_text = memo(move || said.with(|said| !said.text.trim().is_empty()));
    let text = Arc::new(move || said.with_untracked(|said| said.text.clone()));
    let copies = move || {
        let text = text.clone();
        has_text.get().then(|| view! { <CopyButton node_ref=copy label=chat::COPY_MESSAGE text/> })
    };
    let stored = move || {
        id.get().map(|id| {
            let (edited, own) = (id.clone(), id.clone());
            let versions = move || {
                let siblings = siblings.get();
                let place = siblings.iter().position(|sibling| *sibling == own);
                view! { <Versions siblings place/> }
            };
            let subject = Subject { id: id.clone(), siblings, can_continue: None, copy };
            view! {
                <IconButton name=t(chat::EDIT) glyph=Glyph::Pencil on_press=move || store.edit(edited.clone())/>
                <More subject press/>
                {versions}
            }
        })
    };
    let written = move || id.get().map(|id| view! { <Written id/> });
    view! { <div class="actions">{draw(written)}{draw(copies)}{draw(stored)}</div> }.into_any()
}

#[component]
fn Body(text: String) -> AnyView {
    if text.len() > MOST_MARKDOWN {
        return view! { <div class="plain">{text}</div> }.into_any();
    }
    let painter = Painter::new(Options { hard_breaks: true });
    painter.show(&move |read: &mut dyn FnMut(&str, bool)| read(&text, false));
    view! { <MarkdownView painter/> }.into_any()
}
