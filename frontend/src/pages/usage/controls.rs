//! What of usage is looked at: the time, what it is told apart by, what is drawn, what it is narrowed to.

use super::{address, show};
use crate::components::filters::day;
use crate::components::ui::{Glyph, Icon, Segmented, Select};
use crate::i18n::{Text, t, usage as words};
use crate::reactive::{draw, memo};
use crate::state::usage::view::{Only, Period, View};
use crate::state::usage::{Usage, key_name};
use crate::t;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use shared::usage::{By, Measure};

/// The usual times, in days.
const USUAL: [(&str, u32); 3] = [("7", 7), ("30", 30), ("90", 90)];
/// The word for a time of one's own.
const DATES: &str = "dates";

/// The controls.
#[component]
pub fn Controls(
    /// What is looked at.
    view: Memo<View>,
    /// What was found: it knows names.
    usage: Usage,
) -> AnyView {
    let options = move || {
        view.with(View::kinds).into_iter().map(|by| (by.as_str().to_owned(), TextProp::from(t(kind(by))))).collect()
    };
    let choose = move |word: String| {
        if let Some(by) = By::parse(&word) {
            show(&View { by, ..view.get_untracked() });
        }
    };
    view! {
        <div class="usage-controls">
            <Time view usage/>
            <MeasureChoice view/>
            <Select
                id="usage-by"
                label=t(words::BY)
                options=untrack(options)
                value=Signal::derive(move || view.with(|view| view.by.as_str().to_owned()))
                on_change=choose
            />
        </div>
        <Narrowing view usage/>
    }
    .into_any()
}

pub(super) fn kind(by: By) -> Text {
    Text::of(by.as_str(), by.texts())
}

pub(super) fn measure_words(measure: Measure) -> Text {
    match measure {
        Measure::Calls => words::CALLS,
        Measure::Tokens => words::TOKENS,
        Measure::Cost => words::COST,
    }
}

/// The time: one of the usual ones, or from a day to a day.
#[component]
fn Time(view: Memo<View>, usage: Usage) -> AnyView {
    let period = memo(move || view.with(|view| view.period.clone()));
    let value = Signal::derive(move || match period.get() {
        Period::Days(days) => USUAL.iter().find(|(_, usual)| *usual == days).map_or("", |(word, _)| *word),
        Period::Dates { .. } => DATES,
    });
    let choose = move |word: &'static str| {
        let usual = USUAL.iter().find(|(known, _)| *known == word).map(|(_, days)| Period::Days(*days));
        let period = usual.unwrap_or_else(|| days_of(usage));
        show(&View { period, ..view.get_untracked() });
    };
    let usual = USUAL.map(|(word, days)| (word, TextProp::from(t!(words::DAYS, count = days))));
    let options = usual.into_iter().chain([(DATES, TextProp::from(t(words::DATES)))]).collect();
    let is_own = memo(move || matches!(period.get(), Period::Dates { .. }));
    let fields = move || is_own.get().then(|| view! { <Dates view/> });
    view! {
        <Segmented id="usage-period" label=t(words::PERIOD) options value on_change=choose/>
        {draw(fields)}
    }
    .into_any()
}

/// The days that are shown, as a beginning for others.
fn days_of(usage: Usage) -> Period {
    usage.state.with_untracked(|state| {
        let days = state.shown.as_ref().map(|(_, report)| (report.from.clone(), report.to.clone()));
        let (from, to) = days.unwrap_or_default();
        Period::Dates { from, to }
    })
}

#[component]
fn Dates(view: Memo<View>) -> AnyView {
    let ends = memo(move || match view.with(|view| view.period.clone()) {
        Period::Dates { from, to } => (from, to),
        Period::Days(_) => Default::default(),
    });
    let choose = move |(from, to): (String, String)| {
        show(&View { period: Period::Dates { from, to }, ..view.get_untracked() });
    };
    let first =
        day("usage-from", words::FROM, move || ends.get().0, move |from| choose((from, ends.get_untracked().1)));
    let last = day("usage-to", words::TO, move || ends.get().1, move |to| choose((ends.get_untracked().0, to)));
    view! { <div class="usage-dates">{first}{last}</div> }.into_any()
}

#[component]
fn MeasureChoice(view: Memo<View>) -> AnyView {
    let options = Measure::ALL.iter().map(|of| (of.as_str(), TextProp::from(t(measure_words(*of))))).collect();
    let value = Signal::derive(move || view.with(|view| view.measure.as_str()));
    let choose = move |word: &'static str| {
        if let Some(measure) = Measure::parse(word) {
            show(&View { measure, ..view.get_untracked() });
        }
    };
    view! { <Segmented id="usage-measure" label=t(words::MEASURE) options value on_change=choose/> }.into_any()
}

/// What the page is narrowed to, each with a way back.
#[component]
fn Narrowing(view: Memo<View>, usage: Usage) -> AnyView {
    let only = memo(move || view.with(|view| view.only.clone()));
    let chip = move |(by, key): Only| {
        let wider = view.with(|view| address(&view.widen(by)));
        let name = known_name(usage, by, &key);
        view! {
            <li>
                <a class="usage-only" href=wider>
                    <span class="usage-kind">{t(kind(by))}</span>
                    <span class="usage-name">{name}</span>
                    <span class="visually-hidden">{t(words::WIDEN)}</span>
                    <Icon glyph=Glyph::X/>
                </a>
            </li>
        }
    };
    let body = move || {
        let only = only.get();
        let is_any = !only.is_empty();
        is_any.then(|| view! { <ul class="usage-narrowed">{only.into_iter().map(chip).collect_view()}</ul> })
    };
    draw(body)
}

/// What a thing is called that the page is narrowed to; its key until that is known.
fn known_name(usage: Usage, by: By, key: &str) -> String {
    usage.state.with(|state| {
        let Some((_, report)) = &state.shown else { return String::from("…") };
        let name = match by {
            By::Person => report.narrowed.person.clone(),
            By::Key => report.narrowed.key.clone(),
            By::Connection => report.narrowed.connection.clone(),
            By::Day | By::Model | By::Purpose => None,
        };
        key_name(by, key, name)
    })
}
