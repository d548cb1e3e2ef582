//! The person's message: a bubble on the right.

use super::actions::CopyButton;
use super::press::{LongPress, press_button};
use super::versions::{Versions, version_items};
use crate::components::markdown_view::{MarkdownView, Painter};
use crate::components::ui::{Glyph, MenuItem, MenuList};
use crate::i18n::{chat, t};
use crate::reactive::memo;
use crate::state::conversation::{RowKind, use_chat};
use leptos::html;
use leptos::prelude::*;
use markdown::Options;
use shared::MessageId;
use std::iter;
use std::sync::Arc;

/// Longer texts are shown as they were typed: somebody pasted a log.
const MOST_MARKDOWN: usize = 16 * 1024;

/// The person's message.
#[component]
pub fn QuestionRow(
    /// Its text.
    text: String,
    /// What surrounds it.
    kind: Memo<Option<RowKind>>,
) -> AnyView {
    let unsure = move || kind.with(|kind| matches!(kind, Some(RowKind::Question { unsure: true, .. })));
    let siblings = memo(move || {
        kind.with(|kind| match kind {
            Some(RowKind::Question { id: Some(id), siblings, .. }) => {
                Some((siblings.clone(), siblings.iter().position(|sibling| sibling == id)))
            }
            _ => None::<(Vec<MessageId>, Option<usize>)>,
        })
    });
    let copy = text.clone();
    let anchor = NodeRef::<html::Button>::new();
    let press = LongPress::new();
    view! {
        <article class="turn question" aria-label=t(chat::YOU)>
            <div
                class="bubble"
                on:pointerdown=move |event| press.down(&event)
                on:pointermove=move |event| press.moved(&event)
                on:pointerup=move |_| press.up()
                on:pointercancel=move |_| press.up()
                on:contextmenu=move |event| press.menu(&event)
            >
                <Body text/>
            </div>
            {move || unsure().then(|| view! { <p class="turn-note">{t(chat::UNSURE)}</p> })}
            <div class="actions">
                <CopyButton node_ref=anchor text=Arc::new(move || copy.clone())/>
                {move || siblings.get().map(|(siblings, place)| view! { <Versions siblings place/> })}
            </div>
            <TouchMenu press anchor siblings/>
        </article>
    }
    .into_any()
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

/// On glass: what a long press offers.
#[component]
fn TouchMenu(
    press: LongPress,
    anchor: NodeRef<html::Button>,
    siblings: Memo<Option<(Vec<MessageId>, Option<usize>)>>,
) -> AnyView {
    let store = use_chat();
    let items = Arc::new(move || {
        let copy = MenuItem::new(t(chat::COPY_MESSAGE), press_button(anchor)).glyph(Glyph::Copy);
        let versions = siblings.get_untracked().map(|(siblings, place)| version_items(store, siblings, place));
        iter::once(copy).chain(versions.unwrap_or_default()).collect()
    });
    view! { <MenuList open=press.open press=press.at anchor name=t(chat::MESSAGE_ACTIONS) items/> }.into_any()
}
