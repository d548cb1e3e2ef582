//! `/start`: the first minutes of a new server, for its administrator. Connect a model, look at how everything stands, begin.
//! Whoever registers the first account arrives here, once; the checklist of the overview leads here again. Nothing has to be
//! done here, so nothing remembers that it was left: what is still open says so on the overview.

use crate::api::connections::Scope;
use crate::components::brand::Brand;
use crate::components::connect::ConnectWizard;
use crate::components::ui::{Button, ButtonKind, ErrorCard, LinkButton};
use crate::i18n::{Text, chat, connections, fill, say, start as words, t};
use crate::pages::guard::for_admins;
use crate::pages::overview::checklist::ChecklistRows;
use crate::pages::overview::diagnosis::DiagnosisRows;
use crate::reactive::{draw, effect, memo};
use crate::router::{NavigateOptions, navigate, use_query};
use crate::state::account::{use_account, use_title};
use crate::state::connections::{provide_connections, use_connections};
use crate::{dom, marks};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;

/// Its address.
pub const START: &str = "/start";
const CHECK: &str = "/start?step=check";

/// One of the two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Connect,
    Check,
}

impl Step {
    fn of(query: Option<&str>) -> Self {
        if query == Some("check") { Self::Check } else { Self::Connect }
    }

    fn number(self) -> &'static str {
        match self {
            Self::Connect => "1",
            Self::Check => "2",
        }
    }
}

/// The first minutes of a server.
#[component]
pub fn StartPage() -> AnyView {
    use_title(|| say(words::TITLE).to_owned());
    for_admins(|| view! { <Start/> }.into_any())
}

#[component]
fn Start() -> AnyView {
    marks::hold(marks::SCROLLS, || true);
    provide_connections(Scope::System);
    let query = use_query("step");
    let step = memo(move || query.with(|query| Step::of(query.as_deref())));
    let place = move || fill(words::PLACE, &[("step", step.get().number()), ("of", "2")]);
    let body = move || match step.get() {
        Step::Connect => view! { <Connect/> }.into_any(),
        Step::Check => view! { <Check/> }.into_any(),
    };
    view! {
        <div class="start">
            <header class="start-head">
                <p class="door-brand"><Brand/></p>
                <LinkButton label=t(words::SKIP) href="/" kind=ButtonKind::Quiet/>
            </header>
            <main class="start-main">
                <p class="start-place">{place}</p>
                {draw(body)}
            </main>
        </div>
    }
    .into_any()
}

#[component]
fn Title(
    /// The step's title; tracked.
    #[prop(into)]
    title: Signal<String>,
    /// What it is for.
    text: Text,
) -> AnyView {
    view! { <h1>{move || title.get()}</h1> <p class="start-text">{t(text)}</p> }.into_any()
}

/// The first step: a model, or the demo for whoever wants to look first.
#[component]
fn Connect() -> AnyView {
    let account = use_account();
    let title = Signal::derive(move || fill(words::WELCOME, &[("brand", &account.brand.get())]));
    let vendor = use_query("new");
    let is_choosing = memo(move || vendor.read().is_none());
    // Enter takes the first provider; the form focuses its own field. Not on phones, where nothing has the focus.
    effect(move || {
        if is_choosing.get() && !dom::is_phone() {
            request_animation_frame(|| dom::focus_first(".start .vendor"));
        }
    });
    let replacing = || NavigateOptions { replace: true, ..NavigateOptions::default() };
    let demo = move || is_choosing.get().then(|| view! { <Demo/> });
    view! {
        <Title title text=words::WELCOME_TEXT/>
        {draw(demo)}
        <ConnectWizard vendor on_done=move |_| navigate(CHECK, replacing())/>
    }
    .into_any()
}

/// The demo leads straight to the chat: whoever wants to look first has nothing to set up yet.
#[component]
fn Demo() -> AnyView {
    let connections = use_connections();
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let begin = move || {
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let result = connections.create_demo().await;
            busy.try_set(false);
            match result {
                Ok(_) => navigate("/", NavigateOptions::default()),
                Err(error) => drop(failure.try_set(Some(error))),
            }
        });
    };
    view! {
        <div class="start-actions">
            <Button label=t(connections::TRY_DEMO) busy on_press=begin/>
            <p class="quiet">{t(chat::DEMO_NOTE)}</p>
        </div>
        {move || failure.get().map(|error| view! { <ErrorCard error/> })}
    }
    .into_any()
}

/// The second step: what is left, and what the doctor finds. The way on has the focus; all of it can wait.
#[component]
fn Check() -> AnyView {
    effect(|| {
        if !dom::is_phone() {
            request_animation_frame(|| dom::focus_first(".start-end a"));
        }
    });
    view! {
        <Title title=Signal::derive(|| say(words::CHECK).to_owned()) text=words::CHECK_TEXT/>
        <ChecklistRows/>
        <DiagnosisRows at_once=true/>
        <div class="start-actions start-end">
            <LinkButton label=t(connections::START_CHAT) href="/" kind=ButtonKind::Primary/>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::Step;

    #[test]
    fn whoever_comes_without_a_step_begins_with_a_model() {
        assert_eq!([None, Some("check"), Some("7")].map(Step::of), [Step::Connect, Step::Check, Step::Connect]);
    }
}
