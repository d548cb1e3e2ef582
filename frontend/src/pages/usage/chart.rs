//! The chart: a bar for each day, its groups on each other. The pointer, a finger or the arrow keys choose a day, and the
//! legend says what each group took of it.

use crate::i18n::{Text, fill, language, say, t, usage as words};
use crate::reactive::{draw, memo};
use crate::state::usage::chart::{Bar, bars, pieces, top, under};
use crate::state::usage::{Shown, amount, amount_words, group_name, noon, short_amount};
use crate::time;
use leptos::html;
use leptos::prelude::*;
use shared::usage::{MAX_SERIES, Measure, UsageReport};

/// Room of a bar in the drawing, and how much of it is drawn.
const ROOM: f64 = 10.0;
const WIDTH: f64 = 8.0;

/// What is drawn, and the bar that is chosen.
#[derive(Clone, Copy)]
struct Drawing {
    shown: StoredValue<Shown>,
    bars: StoredValue<Vec<Bar>>,
    top: u64,
    chosen: RwSignal<Option<usize>>,
}

impl Drawing {
    fn measure(self) -> Measure {
        self.shown.with_value(|(view, _)| view.measure)
    }

    fn count(self) -> usize {
        self.bars.with_value(Vec::len)
    }

    fn amount(self, number: u64) -> String {
        self.shown.with_value(|(view, report)| amount(view.measure, report.currency, number))
    }

    /// What a bar says, for those who hear it and above it; tracked by language.
    fn told(self, index: usize) -> String {
        let bar = self.bars.with_value(|bars| bars.get(index).map(|bar| (named(bar), bar.sums.amount(self.measure()))));
        let Some((name, number)) = bar else { return String::new() };
        let of = self.shown.with_value(|(view, report)| amount_words(view.measure, report.currency, number));
        format!("{name} · {of}")
    }
}

/// What is drawn, in words.
fn title(measure: Measure, is_weekly: bool) -> Text {
    match (measure, is_weekly) {
        (Measure::Calls, false) => words::CALLS_DAY,
        (Measure::Tokens, false) => words::TOKENS_DAY,
        (Measure::Cost, false) => words::COST_DAY,
        (Measure::Calls, true) => words::CALLS_WEEK,
        (Measure::Tokens, true) => words::TOKENS_WEEK,
        (Measure::Cost, true) => words::COST_WEEK,
    }
}

/// The day of a bar, or from when to when its week is; tracked by language.
fn named(bar: &Bar) -> String {
    let date = |day: &str| time::date(&noon(day), language());
    if bar.from == bar.to {
        return date(&bar.from);
    }
    fill(words::WEEK, &[("from", &date(&bar.from)), ("to", &date(&bar.to))])
}

/// The chart.
#[component]
pub fn Chart(
    /// Of which report.
    shown: StoredValue<Shown>,
) -> AnyView {
    let (measure, bars) = shown.with_value(|(view, report)| (view.measure, bars(report, view.measure)));
    let top = top(&bars, measure);
    let is_weekly = bars.iter().any(|bar| bar.from != bar.to);
    let drawing = Drawing { shown, bars: StoredValue::new(bars), top, chosen: RwSignal::new(None) };
    let title = t(title(measure, is_weekly));
    view! {
        <section class="usage-chart" aria-label=title>
            <h2 class="setting-group">{title}</h2>
            <div class="usage-drawing">
                <Axis drawing/>
                <Plot drawing/>
                <Days drawing/>
            </div>
            <Legend drawing/>
        </section>
    }
    .into_any()
}

/// The amounts at the left.
#[component]
fn Axis(drawing: Drawing) -> AnyView {
    let (measure, currency) = drawing.shown.with_value(|(view, report)| (view.measure, report.currency));
    let marks = [drawing.top, drawing.top / 2, 0].map(|number| short_amount(measure, currency, number));
    let marks = marks.into_iter().map(|mark| view! { <span>{mark}</span> });
    view! { <div class="usage-axis" aria-hidden="true">{marks.collect_view()}</div> }.into_any()
}

/// The bars, and what chooses one of them. The keys of a slider are those of a chart, so one is laid over it.
#[component]
fn Plot(drawing: Drawing) -> AnyView {
    let count = drawing.count();
    let last = count.saturating_sub(1);
    let plot = NodeRef::<html::Div>::new();
    let point = move |event: web_sys::PointerEvent| {
        let Some(bounds) = plot.get_untracked().map(|plot| plot.get_bounding_client_rect()) else { return };
        let place = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
        let found = under(place, count);
        if drawing.chosen.get_untracked() != found {
            drawing.chosen.set(found);
        }
    };
    let focused = move |_| {
        if drawing.chosen.get_untracked().is_none() {
            drawing.chosen.set(Some(last));
        }
    };
    view! {
        <div
            node_ref=plot
            class="usage-plot"
            on:pointermove=point
            on:pointerdown=point
            on:pointerleave=move |_| drawing.chosen.set(None)
        >
            <input
                class="usage-slider"
                type="range"
                min="0"
                max=last.to_string()
                step="1"
                aria-label=t(words::CHART_DAY)
                aria-valuetext=move || drawing.told(drawing.chosen.get().unwrap_or(last))
                prop:value=move || drawing.chosen.get().unwrap_or(last).to_string()
                on:input:target=move |event| drawing.chosen.set(event.target().value().parse().ok())
                on:focus=focused
                on:blur=move |_| drawing.chosen.set(None)
            />
            <Bars drawing/>
            <Tip drawing/>
        </div>
    }
    .into_any()
}

#[component]
fn Bars(drawing: Drawing) -> AnyView {
    let width = drawing.count() as f64 * ROOM;
    let left = |index: usize| index as f64 * ROOM;
    let column = move || {
        drawing.chosen.get().map(|index| {
            view! { <rect class="usage-column" x=left(index).to_string() y="0" width=ROOM.to_string() height="100"></rect> }
        })
    };
    let groups = drawing.shown.with_value(|(_, report)| report.series.len());
    let bar = move |(index, bar): (usize, &Bar)| {
        let pieces = pieces(bar, drawing.top).into_iter().enumerate().filter(|(_, (_, height))| *height > 0.0);
        let piece = move |(place, (y, height)): (usize, (f64, f64))| {
            let x = left(index) + (ROOM - WIDTH) / 2.0;
            view! { <rect class=colour(place, groups) x=x.to_string() y=y.to_string() width=WIDTH.to_string() height=height.to_string()></rect> }
        };
        pieces.map(piece).collect_view()
    };
    let bars = drawing.bars.with_value(|bars| bars.iter().enumerate().map(bar).collect_view());
    view! {
        <svg
            class="usage-bars"
            viewBox=format!("0 0 {width} 100")
            preserveAspectRatio="none"
            aria-hidden="true"
            focusable="false"
        >
            {column}
            {bars}
        </svg>
    }
    .into_any()
}

/// The colour of a group; what others took is grey, unless there is nothing else.
fn colour(place: usize, groups: usize) -> String {
    let place = if groups == 0 {
        1
    } else if place == groups {
        MAX_SERIES + 1
    } else {
        place + 1
    };
    format!("usage-series-{place}")
}

/// What the chosen bar says, above it.
#[component]
fn Tip(drawing: Drawing) -> AnyView {
    let body = move || {
        drawing.chosen.get().map(|index| {
            let place = (index as f64 + 0.5) * 100.0 / drawing.count().max(1) as f64;
            // It keeps within the chart: at its left end it begins there, at its right end it ends there.
            let style = format!("left:{place}%;transform:translateX(-{place}%)");
            view! { <p class="usage-tip" style=style>{move || drawing.told(index)}</p> }
        })
    };
    draw(body)
}

/// The days below: the first, the one in the middle, the last.
#[component]
fn Days(drawing: Drawing) -> AnyView {
    let count = drawing.count();
    let places = match count {
        0 => Vec::new(),
        1 => vec![0],
        2..8 => vec![0, count - 1],
        _ => vec![0, count / 2, count - 1],
    };
    let name = move |index: usize| {
        let day = drawing.bars.with_value(|bars| bars.get(index).map(|bar| bar.to.clone()).unwrap_or_default());
        move || time::month_day(&noon(&day), language())
    };
    let names = places.into_iter().map(|index| view! { <span>{name(index)}</span> });
    view! { <div class="usage-ticks" aria-hidden="true">{names.collect_view()}</div> }.into_any()
}

/// The groups with their colours, and what each took: of the chosen bar, else of the whole.
#[component]
fn Legend(drawing: Drawing) -> AnyView {
    let groups = drawing.shown.with_value(|(_, report)| report.series.len());
    let has_others =
        drawing.bars.with_value(|bars| bars.iter().any(|bar| bar.parts.last().is_some_and(|part| *part > 0)));
    if groups == 0 {
        return ().into_any();
    }
    let places = (0..groups).chain(has_others.then_some(groups));
    let line = move |place: usize| {
        let name = move || drawing.shown.with_value(|(_, report)| series_name(report, place));
        let number = memo(move || {
            let chosen = drawing.chosen.get();
            let of = |bar: &Bar| bar.parts.get(place).copied().unwrap_or(0);
            let sum = drawing.bars.with_value(|bars| match chosen {
                Some(index) => bars.get(index).map_or(0, of),
                None => bars.iter().map(of).fold(0, u64::saturating_add),
            });
            drawing.amount(sum)
        });
        view! {
            <li>
                <span class=format!("usage-mark {}", colour(place, groups))></span>
                <span class="usage-name">{name}</span>
                <strong>{move || number.get()}</strong>
            </li>
        }
    };
    view! { <ul class="usage-legend">{places.map(line).collect_view()}</ul> }.into_any()
}

/// What a group of the chart is called; tracked by language.
fn series_name(report: &UsageReport, place: usize) -> String {
    let group = report.series.get(place).and_then(|key| report.groups.iter().find(|group| group.key == *key));
    group.map_or_else(|| say(words::OTHERS).to_owned(), |group| group_name(report.by, group))
}
