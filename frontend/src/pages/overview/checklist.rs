//! What is left to set up, one line for each step. Shown by the overview, and by the first page of a new server.

use crate::components::ui::{Glyph, Icon, LinkButton};
use crate::i18n::{Text, fill, overview as words, say, t};
use crate::pages::overview::asked;
use crate::pages::start::START;
use leptos::prelude::*;
use shared::overview::{Overview, Step};

/// The checklist of the server as it stands now.
#[component]
pub fn ChecklistRows() -> AnyView {
    asked(|overview| checklist(&overview))
}

/// The checklist of a server that stands so.
pub fn checklist(overview: &Overview) -> AnyView {
    let steps = Step::ALL.iter().map(|step| step_row(*step, overview));
    view! {
        <ul class="rows">
            {steps.collect_view()}
            {row(Mark::Advice, words::BACKUP, || say(words::BACKUP_TEXT).to_owned(), None)}
        </ul>
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

fn step_row(step: Step, overview: &Overview) -> AnyView {
    let mark = if step.is_done(overview) { Mark::Done } else { Mark::Open };
    let (title, href) = match step {
        Step::Model => (words::MODEL, Some(START)),
        Step::Registration => (words::REGISTRATION, Some("/settings/system#registration")),
        Step::Waiting => (words::WAITING, Some("/settings/people")),
        Step::Address => (words::ADDRESS, Some("/settings/system#public-url")),
        Step::Https => (words::HTTPS, None),
        Step::SecondAdmin => (words::SECOND_ADMIN, Some("/settings/people")),
    };
    let (url, registration) = (overview.public_url.clone(), overview.registration);
    let text = move || match (step, &url) {
        (Step::Address, Some(url)) => fill(words::ADDRESS_SET, &[("url", url)]),
        _ => say(sentence(step, registration)).to_owned(),
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
