//! The chart of usage as plain data: bars of days, or of weeks where there are many, and the axis that they stand on.

use shared::usage::{Measure, Sums, UsageDay, UsageReport};

/// Days of which each still has a bar of its own.
const MOST_BARS: usize = 92;
/// Days of a bar where there are more.
const WEEK: usize = 7;

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// The first day.
    pub from: String,
    /// The last one.
    pub to: String,
    /// All of it, without averages where it has more than one day.
    pub sums: Sums,
    /// What each group took of what is drawn, and at last what the others did.
    pub parts: Vec<u64>,
}

/// A piece of a bar, in hundredths of the axis: where it begins, and how high it is.
pub type Piece = (f64, f64);

/// The bars of a report, the first day first.
#[must_use]
pub fn bars(report: &UsageReport, measure: Measure) -> Vec<Bar> {
    let length = if report.days.len() > MOST_BARS { WEEK } else { 1 };
    // The last week is whole: it is the one that is looked at.
    let odd = report.days.len() % length;
    let (first, weeks) = report.days.split_at(odd);
    let chunks = (!first.is_empty()).then_some(first).into_iter().chain(weeks.chunks(length));
    chunks.map(|days| bar(days, report.series.len(), measure)).collect()
}

fn bar(days: &[UsageDay], groups: usize, measure: Measure) -> Bar {
    let name = |day: Option<&UsageDay>| day.map(|day| day.day.clone()).unwrap_or_default();
    let of = |index: usize| -> u64 {
        days.iter().filter_map(|day| day.parts.get(index)).map(|part| part.amount(measure)).fold(0, u64::saturating_add)
    };
    let mut parts: Vec<u64> = (0..groups).map(of).collect();
    let sums = match days {
        [day] => day.sums.clone(),
        _ => days.iter().fold(Sums::default(), |sums, day| added(&sums, &day.sums)),
    };
    let told_apart = parts.iter().copied().fold(0, u64::saturating_add);
    parts.push(sums.amount(measure).saturating_sub(told_apart));
    Bar { from: name(days.first()), to: name(days.last()), sums, parts }
}

fn added(sums: &Sums, more: &Sums) -> Sums {
    Sums {
        calls: sums.calls.saturating_add(more.calls),
        failed: sums.failed.saturating_add(more.failed),
        prompt_tokens: sums.prompt_tokens.saturating_add(more.prompt_tokens),
        cached_tokens: sums.cached_tokens.saturating_add(more.cached_tokens),
        completion_tokens: sums.completion_tokens.saturating_add(more.completion_tokens),
        reasoning_tokens: sums.reasoning_tokens.saturating_add(more.reasoning_tokens),
        estimated: sums.estimated.saturating_add(more.estimated),
        cost: sums.cost.saturating_add(more.cost),
        unpriced: sums.unpriced.saturating_add(more.unpriced),
        first_token_ms: None,
        total_ms: None,
    }
}

/// The top of the axis: the least of 2, 4, 10, 20, 40, 100 … that is as high as the highest bar, so that its half is a
/// whole number, too.
#[must_use]
pub fn top(bars: &[Bar], measure: Measure) -> u64 {
    let most = bars.iter().map(|bar| bar.sums.amount(measure)).max().unwrap_or(0);
    let mut step = 1_u64;
    loop {
        if let Some(top) = [2, 4, 10].into_iter().map(|of| step.saturating_mul(of)).find(|top| *top >= most) {
            return top;
        }
        step = step.saturating_mul(10);
    }
}

/// The pieces of a bar, from the ground up; one without height has none, and keeps its place.
#[must_use]
pub fn pieces(bar: &Bar, top: u64) -> Vec<Piece> {
    let mut ground = 0.0;
    let share = |amount: u64| amount as f64 * 100.0 / top.max(1) as f64;
    let piece = |amount: &u64| {
        let height = share(*amount);
        ground += height;
        (100.0 - ground, height)
    };
    bar.parts.iter().map(piece).collect()
}

/// The bar under a place of the chart, from 0 at its left to 1 at its right.
#[must_use]
pub fn under(place: f64, bars: usize) -> Option<usize> {
    let index = (place * bars as f64).floor();
    (bars > 0).then(|| index.clamp(0.0, (bars - 1) as f64) as usize)
}

/// A count with few digits: `950`, `1.5k`, `20M`.
#[must_use]
pub fn short(count: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(1_000_000_000_000, "T"), (1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")];
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| count >= *unit) else { return count.to_string() };
    let (whole, tenth) = (count / unit, count % unit * 10 / unit);
    if tenth == 0 || whole >= 100 { format!("{whole}{name}") } else { format!("{whole}.{tenth}{name}") }
}

/// A share of the whole in percent, with one place where it is small.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "0 %".to_owned();
    }
    let tenths = u128::from(part) * 1000 / u128::from(whole);
    match tenths {
        0 if part > 0 => "< 0.1 %".to_owned(),
        0..100 if !tenths.is_multiple_of(10) => format!("{}.{} %", tenths / 10, tenths % 10),
        _ => format!("{} %", (tenths + 5) / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::models::Currency;
    use shared::usage::{By, Narrowed, UsagePart};

    fn report(days: usize) -> UsageReport {
        let day = |number: usize| UsageDay {
            day: format!("day {number}"),
            sums: Sums { calls: 5, prompt_tokens: 10, first_token_ms: Some(9), ..Sums::default() },
            parts: vec![UsagePart { calls: 3, tokens: 4, cost: 0 }],
        };
        UsageReport {
            from: String::new(),
            to: String::new(),
            zone: None,
            currency: Currency::Usd,
            by: By::Model,
            totals: Sums::default(),
            days: (1..=days).map(day).collect(),
            series: vec!["m".into()],
            groups: Vec::new(),
            rest: None,
            narrowed: Narrowed::default(),
        }
    }

    #[test]
    fn each_day_has_a_bar_and_what_others_took_stands_on_top() {
        let bars = bars(&report(3), Measure::Calls);
        assert_eq!(bars.len(), 3);
        assert_eq!((bars[0].parts.clone(), bars[0].sums.first_token_ms), (vec![3, 2], Some(9)));
        assert_eq!(pieces(&bars[0], 10), [(70.0, 30.0), (50.0, 20.0)]);
    }

    #[test]
    fn many_days_are_weeks_and_the_last_one_is_whole() {
        let bars = bars(&report(100), Measure::Tokens);
        assert_eq!((bars.len(), bars[0].from.as_str(), bars[0].to.as_str()), (15, "day 1", "day 2"));
        assert_eq!((bars[14].from.as_str(), bars[14].to.as_str()), ("day 94", "day 100"));
        assert_eq!((bars[14].parts.clone(), bars[14].sums.first_token_ms), (vec![28, 42], None));
    }

    #[test]
    fn the_axis_ends_at_a_round_number_above_the_highest_bar() {
        let of = |calls: u64| {
            let bar =
                Bar { from: String::new(), to: String::new(), sums: Sums { calls, ..Sums::default() }, parts: vec![] };
            top(&[bar], Measure::Calls)
        };
        assert_eq!([0, 1, 3, 5, 11, 40, 41, 999].map(of), [2, 2, 4, 10, 20, 40, 100, 1_000]);
        assert_eq!(of(u64::MAX), u64::MAX, "and never overflows");
    }

    #[test]
    fn every_place_of_the_chart_belongs_to_a_bar() {
        assert_eq!(
            [-0.1, 0.0, 0.34, 0.99, 1.2].map(|place| under(place, 3)),
            [Some(0), Some(0), Some(1), Some(2), Some(2)]
        );
        assert_eq!(under(0.5, 0), None);
    }

    #[test]
    fn numbers_beside_a_chart_are_short() {
        let words = [0, 999, 1_000, 1_560, 20_000, 123_456, 4_000_000, 7_000_000_000].map(short);
        assert_eq!(words, ["0", "999", "1k", "1.5k", "20k", "123k", "4M", "7G"]);
        let shares = [(0, 0), (0, 9), (1, 9_999), (1, 99), (1, 3), (9, 9)].map(|(part, whole)| percent(part, whole));
        assert_eq!(shares, ["0 %", "0 %", "< 0.1 %", "1 %", "33 %", "100 %"]);
        assert_eq!(percent(5, 300), "1.6 %");
    }
}
