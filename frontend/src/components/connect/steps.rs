//! The steps of a verification, as they went: what worked, how long it took, and why the rest did not.

use crate::components::ui::{ErrorCard, Glyph, Icon, WorkingDot};
use crate::i18n::{Text, connections as words, t};
use crate::t;
use leptos::prelude::*;
use shared::connections::{VerifyReport, VerifyStage, VerifyStep};

fn stage_words(stage: VerifyStage, ok: bool) -> Text {
    match (stage, ok) {
        (VerifyStage::Address, true) => words::STAGE_ADDRESS,
        (VerifyStage::Address, false) => words::STAGE_ADDRESS_BAD,
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

/// The steps of a finished verification.
#[component]
pub fn VerifySteps(
    /// What came out.
    report: VerifyReport,
) -> AnyView {
    let model = report.model;
    let steps = report.steps.into_iter().map(|step| {
        let answered_by = model.clone().filter(|_| step.ok && step.stage == VerifyStage::Chat);
        view! { <Step step answered_by/> }
    });
    view! { <div role="status"><ol class="steps">{steps.collect_view()}</ol></div> }.into_any()
}

#[component]
fn Step(step: VerifyStep, answered_by: Option<String>) -> AnyView {
    let what = match answered_by {
        Some(model) => view! { {t!(words::STAGE_MODEL, model = model)} }.into_any(),
        None => view! { {t(stage_words(step.stage, step.ok))} }.into_any(),
    };
    view! {
        <li class="step" class:step-bad=!step.ok>
            <Icon glyph=if step.ok { Glyph::CircleCheck } else { Glyph::CircleAlert }/>
            <span class="step-what">{what}</span>
            <span class="step-time">{t!(words::MILLISECONDS, ms = step.ms)}</span>
            {step.error.map(|error| view! { <ErrorCard error/> })}
        </li>
    }
    .into_any()
}
