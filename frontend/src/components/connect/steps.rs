//! The steps of a verification, as they went: what worked, how long it took, and why the rest did not.

use crate::components::ui::{ErrorCard, Glyph, Icon, WorkingDot};
use crate::i18n::{Text, connections as words, fill, t};
use crate::t;
use leptos::prelude::*;
use shared::connections::{KeyReport, Speed, VerifyReport, VerifyStage};

fn stage_words(stage: VerifyStage, ok: bool) -> Text {
    match (stage, ok) {
        (VerifyStage::Address, true) => words::STAGE_ADDRESS,
        (VerifyStage::Address, false) => words::STAGE_ADDRESS_BAD,
        (VerifyStage::Dns, true) => words::STAGE_DNS,
        (VerifyStage::Dns, false) => words::STAGE_DNS_BAD,
        (VerifyStage::Tcp, true) => words::STAGE_TCP,
        (VerifyStage::Tcp, false) => words::STAGE_TCP_BAD,
        (VerifyStage::Tls, true) => words::STAGE_TLS,
        (VerifyStage::Tls, false) => words::STAGE_TLS_BAD,
        (VerifyStage::Models, true) => words::STAGE_MODELS,
        (VerifyStage::Models, false) => words::STAGE_MODELS_BAD,
        (VerifyStage::Chat, true) => words::STAGE_CHAT,
        (VerifyStage::Chat, false) => words::STAGE_CHAT_BAD,
    }
}

/// A verification that is under way.
#[component]
pub fn Checking() -> AnyView {
    view! { <p class="checking"><WorkingDot/> <span>{t(words::CHECKING)}</span></p> }.into_any()
}

/// How fast a model answered: `first token 320 ms · 45 tokens/s`; tracked.
fn speed_words(speed: Speed) -> String {
    let first = fill(words::FIRST_TOKEN, &[("ms", &speed.first_token_ms.to_string())]);
    match speed.tokens_per_second {
        Some(rate) => format!("{first} · {}", fill(words::PER_SECOND, &[("count", &format!("{rate:.0}"))])),
        None => first,
    }
}

/// The steps of a finished verification, and each key where there are several.
#[component]
pub fn VerifySteps(
    /// What came out.
    report: VerifyReport,
) -> AnyView {
    let (model, speed) = (report.model, report.speed);
    let steps = report.steps.into_iter().map(|step| {
        let answered = step.ok && step.stage == VerifyStage::Chat;
        let line = Line { what: What::Step(step.stage, model.clone().filter(|_| answered)), ok: step.ok, ms: step.ms };
        line.draw(speed.filter(|_| answered), step.error)
    });
    let keys = report.keys.into_iter().map(|KeyReport { label, ok, ms, speed, error, .. }| {
        Line { what: What::Key(label), ok, ms }.draw(speed, error)
    });
    view! { <div role="status"><ol class="steps">{steps.collect_view()}{keys.collect_view()}</ol></div> }.into_any()
}

/// What was tried.
enum What {
    Step(VerifyStage, Option<String>),
    Key(String),
}

/// One line of a verification.
struct Line {
    what: What,
    ok: bool,
    ms: u64,
}

impl Line {
    fn draw(self, speed: Option<Speed>, error: Option<shared::ApiError>) -> AnyView {
        let Self { what, ok, ms } = self;
        let what = match what {
            What::Key(label) => label.into_any(),
            What::Step(_, Some(model)) => view! { {t!(words::STAGE_MODEL, model = model)} }.into_any(),
            What::Step(stage, None) => view! { {t(stage_words(stage, ok))} }.into_any(),
        };
        let speed = speed.map(|speed| view! { <span class="step-speed">{move || speed_words(speed)}</span> });
        view! {
            <li class="step" class:step-bad=!ok>
                <Icon glyph=if ok { Glyph::CircleCheck } else { Glyph::CircleAlert }/>
                <span class="step-what">{what}{speed}</span>
                <span class="step-time">{t!(words::MILLISECONDS, ms = ms)}</span>
                {error.map(|error| view! { <ErrorCard error/> })}
            </li>
        }
        .into_any()
    }
}
