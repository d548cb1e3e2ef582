//! The row of actions below an answer: copy, answer again, continue, choose a version; the rest is behind one button.

use super::day::Written;
use super::figures::Figures;
use super::menu::{More, Subject};
use super::press::LongPress;
use super::versions::{SideBySide, Versions};
use crate::components::ui::{CopyButton, Glyph, IconButton};
use crate::i18n::{chat, t};
use crate::state::conversation::{Wish, use_chat};
use crate::state::models::use_models;
use leptos::prelude::*;
use shared::{MessageId, ModelId};
use std::sync::Arc;

/// The row of actions below an answer.
#[component]
pub fn AnswerActions(
    /// The answer.
    subject: Subject,
    /// Whether it can be continued.
    can_continue: Memo<bool>,
    /// The long press that opens the same.
    press: LongPress,
) -> AnyView {
    let chat = use_chat();
    let id = subject.id.clone();
    let of = id.clone();
    let text = Arc::new(move || chat.read(|chat| chat.text_of(&of)).unwrap_or_default());
    let again = answer_again(id.clone());
    let go_on = StoredValue::new(go_on(id.clone()));
    let (own, siblings) = (id.clone(), subject.siblings);
    let versions = move || {
        let siblings = siblings.get();
        let place = siblings.iter().position(|sibling| *sibling == own);
        let compared = (siblings.len() > 1).then(|| own.clone());
        view! {
            <Versions siblings place/>
            {compared.map(|id| view! { <SideBySide id/> })}
        }
    };
    view! {
        <span class="contents" data-shortcut="copy-answer">
            <CopyButton node_ref=subject.copy label=chat::COPY_MESSAGE text/>
        </span>
        <IconButton name=t(chat::ANSWER_AGAIN) glyph=Glyph::RefreshCw on_press=again disabled=chat.is_busy/>
        {move || can_continue.get().then(|| view! {
            <button class="action-word" type="button" on:click=move |_| go_on.with_value(|go_on| go_on())>{t(chat::CONTINUE)}</button>
        })}
        <More subject press/>
        {versions}
        <Written id=id.clone()/>
        <Figures id/>
    }
    .into_any()
}

/// Asks for another answer of the chat's model.
pub(super) fn answer_again(id: MessageId) -> impl Fn() + Clone + Send + Sync + 'static {
    let (chat, models) = (use_chat(), use_models());
    move || {
        let session = chat.session.get_untracked();
        let chosen = untrack(|| models.chosen(session.as_ref()));
        chat.ask(Wish::AnswerAgain(id.clone()), chosen.as_ref());
    }
}

/// Asks another model, which the chat goes on with.
pub(super) fn answer_with(id: MessageId) -> impl Fn(ModelId) + Clone + Send + Sync + 'static {
    let (chat, models) = (use_chat(), use_models());
    move |model: ModelId| {
        models.choose(chat.session.get_untracked(), &model);
        chat.ask(Wish::AnswerAgain(id.clone()), models.get_untracked(&model).as_ref());
    }
}

/// Asks for more of an answer.
pub(super) fn go_on(id: MessageId) -> impl Fn() + Clone + Send + Sync + 'static {
    let chat = use_chat();
    move || chat.ask(Wish::Continue(id.clone()), None)
}
