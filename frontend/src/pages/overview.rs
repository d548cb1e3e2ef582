//! `/settings/overview`: how the system stands, and what is left to set up.

use crate::api;
use crate::components::ui::{ErrorCard, Glyph, Icon, LinkButton, Skeleton};
use crate::i18n::{Text, fill, overview as words, say, t};
use crate::pages::settings::SectionHead;
use crate::reactive::draw;
use diagnosis::DiagnosisRows;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;
use shared::overview::{Overview, Step};
use standing::StandingRows;
use stream::StreamRows;

pub mod diagnosis;
pub mod standing;
pub mod stream;

/// The overview.
#[component]
pub fn OverviewPage() -> AnyView {
    let answer = RwSignal::new(None::<Result<Overview, ApiError>>);
    let load = move || {
        answer.set(None);
        spawn_local(async move {
            let found = api::overview::get_overview().await;
            answer.try_set(Some(found));
        });
    };
    load();
    let body = move || match answer.get() {
        None => view! { <Skeleton rows=6/> }.into_any(),
        Some(Err(error)) => view! { <ErrorCard error on_retry=load/> }.into_any(),
        Some(Ok(overview)) => view! { <Standing overview/> }.into_any(),
    };
    view! {
        <SectionHead title=words::OVERVIEW text=words::INTRO/>
        <StandingRows/>
        {draw(body)}
    }
    .into_any()
}

#[component]
fn Standing(overview: Overview) -> AnyView {
    let (people, connections) = (overview.clone(), overview.clone());
    let people = move || {
        let (active, waiting) = (people.people.to_string(), people.waiting.to_string());
        fill(words::PEOPLE_COUNT, &[("people", &active), ("waiting", &waiting)])
    };
    let connections = move || {
        let (count, models) = (connections.connections.to_string(), connections.models.to_string());
        fill(words::CONNECTIONS_COUNT, &[("connections", &count), ("models", &models)])
    };
    let steps = Step::ALL.iter().map(|step| view! { <StepRow step=*step overview=overview.clone()/> });
    view! {
        <ul class="rows">
            {count(words::PEOPLE, people, "/settings/people")}
            {count(words::CONNECTIONS, connections, "/settings/connections")}
        </ul>
        <h2 class="setting-group">{t(words::CHECKLIST)}</h2>
        <ul class="rows">
            {steps.collect_view()}
            {row(Mark::Advice, words::BACKUP, || say(words::BACKUP_TEXT).to_owned(), None)}
        </ul>
        <DiagnosisRows/>
        <StreamRows/>
    }
    .into_any()
}

fn count(title: Text, text: impl Fn() -> String + Send + Sync + 'static, href: &'static str) -> AnyView {
    view! {
        <li class="row">
            <div class="row-words">
                <p class="row-title"><strong>{t(title)}</strong></p>
                <p class="row-note">{text}</p>
            </div>
            <div class="row-actions"><LinkButton label=t(words::GO) href/></div>
        </li>
    }
    .into_any()
}

/// How something on the checklist stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Done,
    Open,
    /// Nobody can tell from here.
    Advice,
}

impl Mark {
    fn look(self) -> (Glyph, Text) {
        match self {
            Self::Done => (Glyph::CircleCheck, words::DONE),
            Self::Open => (Glyph::CircleAlert, words::OPEN),
            Self::Advice => (Glyph::Info, words::ADVICE),
        }
    }
}

#[component]
fn StepRow(step: Step, overview: Overview) -> AnyView {
    let mark = if step.is_done(&overview) { Mark::Done } else { Mark::Open };
    let (title, href) = match step {
        Step::Model => (words::MODEL, Some("/settings/connections?new=1")),
        Step::Registration => (words::REGISTRATION, Some("/settings/system#registration")),
        Step::Waiting => (words::WAITING, Some("/settings/people")),
        Step::Address => (words::ADDRESS, Some("/settings/system#public-url")),
        Step::Https => (words::HTTPS, None),
        Step::SecondAdmin => (words::SECOND_ADMIN, Some("/settings/people")),
    };
    let text = move || match (step, &overview.public_url) {
        (Step::Address, Some(url)) => fill(words::ADDRESS_SET, &[("url", url)]),
        _ => say(sentence(step, overview.registration)).to_owned(),
    };
    row(mark, title, text, href.filter(|_| mark == Mark::Open))
}

fn sentence(step: Step, registration: bool) -> Text {
    match step {
        Step::Model => words::MODEL_TEXT,
        Step::Registration if registration => words::REGISTRATION_OPEN,
        Step::Registration => words::REGISTRATION_CLOSED,
        Step::Waiting => words::WAITING_TEXT,
        Step::Address => words::ADDRESS_TEXT,
        Step::Https => words::HTTPS_TEXT,
        Step::SecondAdmin => words::SECOND_ADMIN_TEXT,
    }
}

fn row(
    mark: Mark,
    title: Text,
    text: impl Fn() -> String + Send + Sync + 'static,
    href: Option<&'static str>,
) -> AnyView {
    let (glyph, word) = mark.look();
    let done = mark == Mark::Done;
    view! {
        <li class="row setup-row" class:setup-done=done>
            <div class="row-words">
                <p class="row-title">
                    <Icon glyph/>
                    <strong>{t(title)}</strong>
                    <span class="chip">{t(word)}</span>
                </p>
                <p class="row-note">{text}</p>
            </div>
            <div class="row-actions">{href.map(|href| view! { <LinkButton label=t(words::GO) href/> })}</div>
        </li>
    }
    .into_any()
}
