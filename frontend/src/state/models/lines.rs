//! The picker's list as lines of known heights, so that only those that can be seen are drawn: a thousand models open and
//! scroll as a dozen do. Plain data; sizes are pixels.

use super::{Group, Heading};
use shared::ModelId;
use shared::chat::Model;
use std::ops::Range;
use std::sync::Arc;

/// Height of a heading.
pub const HEADING: f64 = 34.0;
/// How far beyond the edges lines are drawn.
const BEYOND: f64 = 240.0;

/// What stands on a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// What the models below it have in common.
    Heading(Heading),
    /// A model.
    Model {
        /// Its place among the models of the list.
        place: usize,
        /// The model.
        model: Arc<Model>,
        /// Whether its connection has to be named here, because the heading does not.
        names_connection: bool,
    },
}

/// All lines with their places.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    /// In order.
    pub lines: Vec<Line>,
    /// Where each begins, and after the last where all end.
    tops: Vec<f64>,
    /// How many of them are models.
    pub count: usize,
    row: f64,
}

impl Lines {
    /// The lines of these groups; a model is `row` pixels high.
    #[must_use]
    pub fn of(groups: Vec<Group>, row: f64) -> Self {
        let mut all = Self { row, ..Self::default() };
        let mut top = 0.0;
        for group in groups {
            let names_connection = !matches!(group.heading, Heading::Connection(_));
            all.push(Line::Heading(group.heading), &mut top, HEADING);
            for model in group.models {
                let place = all.count;
                all.count += 1;
                all.push(Line::Model { place, model: Arc::new(model), names_connection }, &mut top, row);
            }
        }
        all.tops.push(top);
        all
    }

    fn push(&mut self, line: Line, top: &mut f64, height: f64) {
        self.lines.push(line);
        self.tops.push(*top);
        *top += height;
    }

    /// How high all of them are.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.tops.last().copied().unwrap_or_default()
    }

    /// Where a line begins.
    #[must_use]
    pub fn top(&self, line: usize) -> f64 {
        self.tops.get(line).copied().unwrap_or_default()
    }

    /// The lines to draw in a window that begins at `top`.
    #[must_use]
    pub fn seen(&self, top: f64, window: f64) -> Range<usize> {
        let first = self.tops.partition_point(|start| *start <= top - BEYOND).saturating_sub(1);
        let last = self.tops.partition_point(|start| *start < top + window + BEYOND);
        first.min(self.lines.len())..last.min(self.lines.len())
    }

    /// The model at a place.
    #[must_use]
    pub fn model(&self, place: usize) -> Option<&Arc<Model>> {
        self.models().nth(place)
    }

    /// How far to scroll from `top` to see the model at a place, with its heading where it is the first below one.
    #[must_use]
    pub fn reveal(&self, place: usize, top: f64, window: f64) -> f64 {
        let is_it = |line: &Line| matches!(line, Line::Model { place: own, .. } if *own == place);
        let Some(line) = self.lines.iter().position(is_it) else { return top };
        let below = self.top(line) + self.row;
        let above = match line.checked_sub(1).map(|before| &self.lines[before]) {
            Some(Line::Heading(_)) => self.top(line - 1),
            _ => self.top(line),
        };
        if above < top { above } else { top.max(below - window) }
    }

    /// The place that a search means: the model of that very name, else one whose name begins like it, else the first.
    /// Without a search, that of the present model.
    #[must_use]
    pub fn best(&self, search: &str, present: Option<&ModelId>) -> Option<usize> {
        let search = search.trim().to_lowercase();
        let mut models = self.models();
        if search.is_empty() {
            return models.position(|model| Some(&model.id) == present);
        }
        let place = |fits: fn(&str, &str) -> bool| {
            let called = |name: &str| fits(&name.to_lowercase(), &search);
            self.models().position(|model| called(&model.name) || model.label.as_deref().is_some_and(called))
        };
        place(|name, search| name == search).or_else(|| place(|name, search| name.starts_with(search))).or(Some(0))
    }

    fn models(&self) -> impl Iterator<Item = &Arc<Model>> {
        self.lines.iter().filter_map(|line| match line {
            Line::Model { model, .. } => Some(model),
            Line::Heading(_) => None,
        })
    }
}

/// The place after or before the marked one; arrows go round.
#[must_use]
pub fn step(marked: Option<usize>, count: usize, down: bool) -> usize {
    match (marked, down) {
        (None, true) => 0,
        (None, false) => count - 1,
        (Some(place), true) => (place + 1) % count,
        (Some(place), false) => (place + count - 1) % count,
    }
}

#[cfg(test)]
mod tests {
    use super::{Lines, step};
    use crate::state::models::tests::model;
    use crate::state::models::{Group, Heading};

    fn lines(names: &[&str]) -> Lines {
        let models = names.iter().map(|name| model(name, name, "C")).collect();
        Lines::of(vec![Group { heading: Heading::Connection("C".to_owned()), models }], 48.0)
    }

    #[test]
    fn only_what_can_be_seen_is_drawn() {
        let names: Vec<String> = (0..1000).map(|number| format!("m{number}")).collect();
        let lines = lines(&names.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!((lines.count, lines.height()), (1000, 34.0 + 48_000.0));
        let seen = lines.seen(20_000.0, 400.0);
        assert!(seen.len() < 25 && lines.top(seen.start) <= 19_760.0 && lines.top(seen.end) >= 20_640.0, "{seen:?}");
        assert_eq!(lines.seen(0.0, 400.0).start, 0);
        assert_eq!(lines.seen(48_000.0, 400.0).end, 1001);
        assert_eq!(Lines::of(Vec::new(), 48.0).seen(0.0, 400.0), 0..0);
    }

    #[test]
    fn a_marked_model_is_scrolled_to_no_further_than_need_be() {
        let lines = lines(&["a", "b", "c", "d"]);
        assert_eq!(lines.reveal(1, 0.0, 200.0), 0.0);
        assert_eq!(lines.reveal(3, 0.0, 200.0), 26.0);
        assert_eq!(lines.reveal(0, 100.0, 200.0), 0.0, "the first shows its heading");
    }

    #[test]
    fn enter_takes_the_model_that_was_meant() {
        let lines = lines(&["tokens", "OK-large", "ok"]);
        let best = |search: &str, present: Option<&str>| lines.best(search, present.map(Into::into).as_ref());
        assert_eq!(best("ok", None), Some(2));
        assert_eq!(best(" ok-", Some("tokens")), Some(1));
        assert_eq!(best("en", None), Some(0));
        assert_eq!((best("", Some("OK-large")), best("", Some("gone")), best("", None)), (Some(1), None, None));
    }

    #[test]
    fn arrows_start_at_an_end_and_go_round() {
        assert_eq!((step(None, 3, true), step(None, 3, false)), (0, 2));
        assert_eq!((step(Some(2), 3, true), step(Some(0), 3, false)), (0, 2));
    }
}
