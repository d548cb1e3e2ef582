//! What went wrong, in the place of the result: words, hint, Retry, Other model, Details.

use super::actions::{answer_again, answer_with, go_on};
use crate::components::model_picker::PickerButton;
use crate::components::ui::{Button, ButtonKind, ErrorCard, LinkButton};
use crate::i18n::{chat, t, traces};
use crate::pages::traces::address_of;
use crate::reactive::memo;
use crate::state::account::use_account;
use crate::state::conversation::use_chat;
use crate::state::models::use_models;
use leptos::prelude::*;
use shared::{ApiError, MessageId};

/// Why an answer ended. The text that had arrived stands above it.
#[component]
pub fn AnswerFailure(
    /// The answer.
    id: MessageId,
    /// What went wrong.
    error: ApiError,
    /// Whether the answer can be continued.
    #[prop(into)]
    can_continue: Signal<bool>,
) -> AnyView {
    let models = use_models();
    let retry = answer_again(id.clone());
    let more = StoredValue::new(go_on(id.clone()));
    let trace = address_of(&id);
    let account = use_account();
    let other = Callback::new(answer_with(id));
    // The list of models may come after the chat.
    let has_others = memo(move || models.count() > 1);
    view! {
        <ErrorCard error on_retry=retry>
            {move || can_continue.get().then(|| view! {
                <Button label=t(chat::CONTINUE) on_press=move || more.with_value(|more| more())/>
            })}
            {move || has_others.get().then(|| view! { <PickerButton label=t(chat::OTHER_MODEL) on_choose=other/> })}
            {move || account.trace.get().is_some().then(|| {
                view! { <LinkButton label=t(traces::WHY) href=trace.clone() kind=ButtonKind::Quiet/> }
            })}
        </ErrorCard>
    }
    .into_any()
}

/// A message that was not accepted. Its text is back in the text box.
#[component]
pub fn RefusedRow(
    /// Why.
    error: ApiError,
) -> AnyView {
    let chat = use_chat();
    view! {
        <article class="turn refused">
            <ErrorCard error on_retry=move || chat.retry()>
                <Button label=t(chat::TAKE_OUT) on_press=move || chat.dismiss()/>
            </ErrorCard>
        </article>
    }
    .into_any()
}
