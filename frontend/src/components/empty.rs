//! A chat before its first message: a greeting, and starters that fill the text box and do not send. Without a model: one
//! sentence and what can be done about it.

use crate::components::ui::{Button, ButtonKind, ErrorCard, LinkButton};
use crate::i18n::{Text, chat, fill, t};
use crate::state::models::use_models;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;

/// What a starter says, and what it puts into the text box.
const STARTERS: [(Text, Text); 3] = [
    (chat::STARTER_EXPLAIN, chat::STARTER_EXPLAIN_TEXT),
    (chat::STARTER_WRITE, chat::STARTER_WRITE_TEXT),
    (chat::STARTER_CODE, chat::STARTER_CODE_TEXT),
];

/// The greeting.
#[component]
pub fn Greeting(
    /// The person's name.
    #[prop(into)]
    name: Signal<String>,
) -> AnyView {
    let hour = js_sys::Date::new_0().get_hours();
    let words = move || fill(greeting(hour), &[("name", &name.get())]);
    view! { <h1 class="greeting">{words}</h1> }.into_any()
}

fn greeting(hour: u32) -> Text {
    match hour {
        5..11 => chat::GREETING_MORNING,
        18..24 => chat::GREETING_EVENING,
        _ => chat::GREETING_DAY,
    }
}

/// Beginnings to choose from.
#[component]
pub fn Starters(
    /// Takes the text of the chosen one.
    #[prop(into)]
    on_choose: Callback<&'static str>,
) -> AnyView {
    let starters = STARTERS.into_iter().map(|(name, text)| {
        view! {
            <button class="starter" type="button" on:click=move |_| on_choose.run(untrack(t(text)))>
                <span class="starter-name">{t(name)}</span>
                <span class="starter-text">{t(text)}</span>
            </button>
        }
    });
    view! { <div class="starters">{starters.collect_view()}</div> }.into_any()
}

/// There is no model.
#[component]
pub fn NoModel(
    /// Whether this person can connect one.
    #[prop(into)]
    is_admin: Signal<bool>,
) -> AnyView {
    let body = move || {
        if is_admin.get() {
            view! { <Connect/> }.into_any()
        } else {
            view! { <p>{t(chat::NO_MODEL_ASK)}</p> }.into_any()
        }
    };
    view! {
        <div class="no-model">
            <h1 class="greeting">{t(chat::NO_MODEL)}</h1>
            {body}
        </div>
    }
    .into_any()
}

#[component]
fn Connect() -> AnyView {
    let models = use_models();
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let demo = move || {
        busy.set(true);
        spawn_local(async move {
            let result = models.try_demo().await;
            // By now the screen may show the chat.
            let _ = error.try_set(result.err());
            let _ = busy.try_set(false);
        });
    };
    view! {
        <div class="no-model-actions">
            <LinkButton label=t(chat::CONNECT_MODEL) href="/settings/connections?new=1" kind=ButtonKind::Primary/>
            <Button label=t(chat::TRY_DEMO) busy on_press=demo/>
        </div>
        <p class="no-model-note">{t(chat::DEMO_NOTE)}</p>
        {move || error.get().map(|error| view! { <ErrorCard error on_retry=demo/> })}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::{chat, greeting};

    #[test]
    fn the_greeting_fits_the_hour() {
        let words = [4, 5, 10, 11, 17, 18, 23].map(greeting);
        use chat::{GREETING_DAY, GREETING_EVENING, GREETING_MORNING};
        let expected = [
            GREETING_DAY,
            GREETING_MORNING,
            GREETING_MORNING,
            GREETING_DAY,
            GREETING_DAY,
            GREETING_EVENING,
            GREETING_EVENING,
        ];
        assert_eq!(words, expected);
    }
}
