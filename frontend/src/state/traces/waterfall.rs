//! A trace as lines of bars over one time axis. Plain data.

use shared::trace::{Share, Stage, TraceDetail, TraceEvent};

/// One line: an event, or all tokens of one call.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The event; of tokens the first, with the count of all.
    pub event: TraceEvent,
    /// Whose time it was.
    pub share: Share,
    /// Its bars: begin and width in percent of the whole.
    pub bars: Vec<(f64, f64)>,
    /// How long it took, in microseconds; none for a moment.
    pub took: Option<u64>,
    /// How far it is indented: what belongs to a call or to admission stands below it.
    pub is_part: bool,
}

/// The lines of a trace in the order of their begin, the parts of a call below it.
#[must_use]
pub fn lines(trace: &TraceDetail) -> Vec<Line> {
    let whole = trace.events.iter().map(TraceEvent::end).max().unwrap_or(0).max(trace.brief.totals.total_us).max(1);
    let admitted = trace.events.iter().find(|event| event.stage == Stage::Admission).map_or(0, TraceEvent::end);
    let mut lines: Vec<Line> = Vec::new();
    for event in &trace.events {
        let bar = bar(event, whole);
        let same = |line: &&mut Line| line.event.stage == Stage::Tokens && line.event.call == event.call;
        match lines.iter_mut().rev().find(same).filter(|_| event.stage == Stage::Tokens) {
            Some(line) => {
                line.bars.push(bar);
                line.took = Some(event.end().saturating_sub(line.event.at));
                line.event.count = Some(line.event.count.unwrap_or(0) + event.count.unwrap_or(0));
            }
            None => {
                let line = line(event, bar, admitted);
                lines.insert(place(&lines, &line), line);
            }
        }
    }
    lines
}

/// Where a line belongs: at the end, or behind the last of the same call.
fn place(lines: &[Line], line: &Line) -> usize {
    let of_call = |other: &Line| line.event.call.is_some() && other.event.call == line.event.call;
    lines.iter().rposition(of_call).map_or(lines.len(), |last| last + 1)
}

fn line(event: &TraceEvent, bar: (f64, f64), admitted: u64) -> Line {
    let is_part = match event.stage {
        Stage::Connect | Stage::FirstToken | Stage::Tokens => true,
        Stage::Context => event.at < admitted,
        _ => false,
    };
    Line { share: event.stage.share(), bars: vec![bar], took: event.took, is_part, event: event.clone() }
}

fn bar(event: &TraceEvent, whole: u64) -> (f64, f64) {
    (percent(event.at, whole), percent(event.took.unwrap_or(0), whole))
}

/// A share of the whole in percent, with two places.
#[must_use]
pub fn percent(part: u64, whole: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "two places are drawn")]
    let share = part as f64 * 10_000.0 / whole.max(1) as f64;
    share.round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::events::Status;
    use shared::trace::{Totals, TraceBrief, TracePerson, Via};

    fn trace(events: Vec<TraceEvent>) -> TraceDetail {
        let brief = TraceBrief {
            id: "t".into(),
            person: TracePerson { id: "u".into(), name: "ada".to_owned() },
            via: Via::Spa,
            run_id: None,
            session_id: None,
            message_id: None,
            model: "m".to_owned(),
            status: Status::Completed,
            code: None,
            request_id: "r".to_owned(),
            started_at: String::new(),
            ended_at: None,
            totals: Totals { total_us: 1_000, ..Totals::default() },
        };
        TraceDetail { brief, events, request: None, response: None, words_hidden: false }
    }

    fn span(stage: Stage, at: u64, took: u64, call: Option<u32>) -> TraceEvent {
        TraceEvent { took: Some(took), call, count: Some(3), ..TraceEvent::new(stage, at) }
    }

    #[test]
    fn tokens_of_a_call_share_a_line_and_bars_lie_where_their_time_was() {
        let lines = lines(&trace(vec![
            span(Stage::Admission, 0, 100, None),
            span(Stage::Call, 100, 800, Some(1)),
            span(Stage::Tokens, 400, 50, Some(1)),
            span(Stage::Tokens, 600, 100, Some(1)),
            span(Stage::Tokens, 900, 0, Some(2)),
            TraceEvent::new(Stage::End, 1_000),
        ]));
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[1].bars, [(10.0, 80.0)]);
        let tokens = &lines[2];
        assert_eq!((tokens.bars.as_slice(), tokens.took), ([(40.0, 5.0), (60.0, 10.0)].as_slice(), Some(300)));
        assert_eq!((tokens.event.count, tokens.is_part, lines[3].event.call), (Some(6), true, Some(2)));
        assert_eq!((lines[4].share, lines[4].took), (Share::Moment, None));
    }

    #[test]
    fn what_goes_on_beside_a_call_stands_behind_its_parts_and_a_later_context_is_no_part() {
        let lines = lines(&trace(vec![
            span(Stage::Admission, 0, 100, None),
            span(Stage::Context, 50, 10, None),
            span(Stage::Call, 100, 500, Some(1)),
            span(Stage::Begin, 110, 50, None),
            span(Stage::Connect, 120, 100, Some(1)),
            span(Stage::Context, 700, 10, None),
        ]));
        let shown: Vec<_> = lines.iter().map(|line| (line.event.stage, line.is_part)).collect();
        let wanted = [
            (Stage::Admission, false),
            (Stage::Context, true),
            (Stage::Call, false),
            (Stage::Connect, true),
            (Stage::Begin, false),
            (Stage::Context, false),
        ];
        assert_eq!(shown, wanted);
    }

    #[test]
    fn an_empty_trace_has_no_lines() {
        assert!(lines(&trace(Vec::new())).is_empty());
        assert_eq!([percent(1, 3), percent(5, 0)], [33.33, 500.0]);
    }
}
