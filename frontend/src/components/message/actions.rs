//! What can be done with an answer: copy, answer again, continue, look at the facts, choose a version.

use super::information::InformationButton;
use super::versions::Versions;
use crate::clipboard::Copying;
use crate::components::ui::popover::Point;
use crate::components::ui::{Glyph, IconButton};
use crate::i18n::{chat, t};
use crate::state::conversation::{Wish, use_chat};
use crate::state::models::use_models;
use leptos::html;
use leptos::prelude::*;
use shared::MessageId;
use std::sync::Arc;

/// Copies a text and says so in its own place.
#[component]
pub fn CopyButton(
    /// The text.
    text: Arc<dyn Fn() -> String + Send + Sync>,
    /// The button itself.
    #[prop(optional)]
    node_ref: NodeRef<html::Button>,
) -> AnyView {
    let copying = Copying::default();
    let name = move || copying.label(chat::COPY_MESSAGE);
    let glyph = Signal::derive(move || if copying.is_done() { Glyph::Check } else { Glyph::Copy });
    view! {
        <IconButton node_ref name glyph on_press=move || copying.start(text())/>
        <span class="visually-hidden" role="status">{move || copying.news()}</span>
    }
    .into_any()
}

/// Buttons of an answer that something else may press.
#[derive(Clone, Copy, Default)]
pub struct Buttons {
    /// Copies it.
    pub copy: NodeRef<html::Button>,
    /// Shows its facts.
    pub information: NodeRef<html::Button>,
}

/// The row of actions below an answer.
#[component]
pub fn AnswerActions(
    /// The answer.
    id: MessageId,
    /// Whether it can be continued.
    #[prop(into)]
    can_continue: Signal<bool>,
    /// All versions of it.
    siblings: Memo<Vec<MessageId>>,
    /// The buttons that a long press presses, too.
    buttons: Buttons,
    /// Where that was.
    press: StoredValue<Option<Point>>,
) -> AnyView {
    let chat = use_chat();
    let of = id.clone();
    let text = Arc::new(move || {
        chat.read(|chat| chat.answer(&of).map(|answer| shared::part::plain_text(answer.parts))).unwrap_or_default()
    });
    let again = answer_again(id.clone(), None);
    let go_on = StoredValue::new(go_on(id.clone()));
    let own = id.clone();
    let versions = move || {
        let siblings = siblings.get();
        let place = siblings.iter().position(|sibling| *sibling == own);
        view! { <Versions siblings place/> }
    };
    view! {
        <CopyButton node_ref=buttons.copy text/>
        <IconButton name=t(chat::ANSWER_AGAIN) glyph=Glyph::RefreshCw on_press=again disabled=chat.is_busy/>
        {move || can_continue.get().then(|| view! {
            <button class="action-word" type="button" on:click=move |_| go_on.with_value(|go_on| go_on())>{t(chat::CONTINUE)}</button>
        })}
        <InformationButton id node_ref=buttons.information press/>
        {versions}
    }
    .into_any()
}

/// Asks for another answer: of this model, or of the chat's.
pub(super) fn answer_again(id: MessageId, model: Option<String>) -> impl Fn() + Clone + Send + Sync + 'static {
    let (chat, models) = (use_chat(), use_models());
    move || {
        let session = chat.session.get_untracked();
        let chosen = || untrack(|| models.chosen(session.as_ref())).map(|model| model.id.to_string());
        chat.ask(Wish::AnswerAgain(id.clone()), model.clone().or_else(chosen));
    }
}

/// Asks for more of an answer.
pub(super) fn go_on(id: MessageId) -> impl Fn() + Clone + Send + Sync + 'static {
    let chat = use_chat();
    move || chat.ask(Wish::Continue(id.clone()), None)
}
