//! `/settings/overview`: how the system stands, and what is left to set up.

use crate::api;
use crate::components::ui::{ErrorCard, LinkButton, Skeleton};
use crate::i18n::{Text, fill, overview as words, t};
use crate::pages::settings::SectionHead;
use crate::reactive::draw;
use checklist::checklist;
use diagnosis::DiagnosisRows;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;
use shared::overview::Overview;
use standing::StandingRows;
use stream::StreamRows;

pub mod checklist;
pub mod diagnosis;
pub mod standing;
pub mod stream;

/// The overview.
#[component]
pub fn OverviewPage() -> AnyView {
    view! {
        <SectionHead title=words::OVERVIEW text=words::INTRO/>
        <StandingRows/>
        {asked(|overview| view! { <Standing overview/> }.into_any())}
    }
    .into_any()
}

/// Asks how the system stands, and draws the answer.
pub(super) fn asked(show: fn(Overview) -> AnyView) -> AnyView {
    let answer = RwSignal::new(None::<Result<Overview, ApiError>>);
    let load = move || {
        answer.set(None);
        spawn_local(async move {
            let found = api::overview::get_overview().await;
            answer.try_set(Some(found));
        });
    };
    load();
    draw(move || match answer.get() {
        None => view! { <Skeleton rows=6/> }.into_any(),
        Some(Err(error)) => view! { <ErrorCard error on_retry=load/> }.into_any(),
        Some(Ok(overview)) => show(overview),
    })
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
    view! {
        <ul class="rows">
            {count(words::PEOPLE, people, "/settings/people")}
            {count(words::CONNECTIONS, connections, "/settings/connections")}
        </ul>
        <h2 class="setting-group">{t(words::CHECKLIST)}</h2>
        {checklist(&overview)}
        <DiagnosisRows at_once=false/>
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
