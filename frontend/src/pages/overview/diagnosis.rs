//! The doctor's look at the installation, for administrators who have no shell there.

use crate::api;
use crate::components::setting_row::SettingRow;
use crate::components::ui::{Button, ErrorCard, Glyph, Icon};
use crate::i18n::{fill, language_untracked, overview as words, say, t};
use crate::reactive::draw;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;
use shared::diagnosis::{Diagnosis, Finding, State};

/// Looks when somebody asks or at once, and lists what was found: what is wrong first.
#[component]
pub fn DiagnosisRows(
    /// Whether it looks without being asked.
    at_once: bool,
) -> AnyView {
    let (busy, answer) = (RwSignal::new(false), RwSignal::new(None::<Result<Diagnosis, ApiError>>));
    let look = move || {
        busy.set(true);
        spawn_local(async move {
            let found = api::overview::diagnose(language_untracked()).await;
            busy.try_set(false);
            answer.try_set(Some(found));
        });
    };
    if at_once {
        look();
    }
    let body = move || match answer.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <ErrorCard error on_retry=look/> }.into_any(),
        Some(Ok(found)) => view! { <Found found/> }.into_any(),
    };
    view! {
        <h2 class="setting-group">{t(words::DIAGNOSIS)}</h2>
        <SettingRow id="diagnosis" label=t(words::DIAGNOSE) text=t(words::DIAGNOSE_TEXT)>
            <Button label=t(words::DIAGNOSE_GO) busy on_press=look/>
        </SettingRow>
        {draw(body)}
    }
    .into_any()
}

#[component]
fn Found(found: Diagnosis) -> AnyView {
    let count = |state| found.findings.iter().filter(|finding| finding.state == state).count();
    let (failed, warned) = (count(State::Fail), count(State::Warn));
    let summary = move || match (failed, warned) {
        (0, 0) => say(words::ALL_WELL).to_owned(),
        _ => fill(words::TO_LOOK_AT, &[("failed", &failed.to_string()), ("warned", &warned.to_string())]),
    };
    let rows = worst_first(found.findings).into_iter().map(row).collect_view();
    view! {
        <p class="diagnosis-sum" role="status">{summary}</p>
        <ul class="rows">{rows}</ul>
    }
    .into_any()
}

/// The order of looking stays among what is equally bad.
fn worst_first(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.state));
    findings
}

/// One finding, in the language in which it was asked for.
pub(super) fn row(finding: Finding) -> AnyView {
    let (glyph, class) = match finding.state {
        State::Ok => (Glyph::CircleCheck, "row setup-row setup-done"),
        State::Warn => (Glyph::CircleAlert, "row setup-row"),
        State::Fail => (Glyph::CircleAlert, "row setup-row setup-failed"),
    };
    let about = finding.connection.map(|name| view! { <span class="chip">{name}</span> });
    let remedy = finding.remedy.map(|remedy| view! { <p class="row-note">{remedy}</p> });
    view! {
        <li class=class>
            <div class="row-words">
                <p class="row-title"><Icon glyph/><code>{finding.code}</code>{about}</p>
                <p>{finding.message}</p>
                {remedy}
            </div>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_comes_first_and_the_rest_in_the_order_of_looking() {
        let finding = |code: &str, state| Finding {
            step: String::new(),
            state,
            code: code.to_owned(),
            connection: None,
            stage: None,
            message: String::new(),
            remedy: None,
            params: shared::error::Params::new(),
        };
        let all = [("a", State::Ok), ("b", State::Warn), ("c", State::Fail), ("d", State::Ok), ("e", State::Fail)];
        let sorted = worst_first(all.map(|(code, state)| finding(code, state)).to_vec());
        let codes: Vec<_> = sorted.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(codes, ["c", "e", "b", "a", "d"]);
    }
}
