//! Which rows of a chat are drawn: those near what is seen. The others are as high as they were when they were drawn last,
//! or as their text lets expect. Plain data; sizes are pixels.

use std::ops::Range;

/// How wide a letter is, and how high a line, taken together over scripts; and what a row has besides its text.
const LETTER: f64 = 7.4;
const LINE: f64 = 26.0;
const BESIDES: f64 = 68.0;
/// How wide the column is at most.
const COLUMN: f64 = 680.0;

/// The rows that are drawn, and the room of those that are not.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Slice {
    /// The keys of the drawn rows, in order.
    pub(super) keys: Vec<String>,
    /// How many rows stand above them.
    pub(super) before: usize,
    /// How many rows there are.
    pub(super) all: usize,
    /// Whether the row above them is a question; none without one.
    pub(super) question_above: Option<bool>,
    /// The height of the rows above them.
    pub(super) above: f64,
    /// The height of the rows below them.
    pub(super) below: f64,
}

impl Slice {
    /// Whether the last row is drawn.
    pub(super) fn has_end(&self) -> bool {
        self.before + self.keys.len() == self.all
    }
}

/// Between which rows is drawn, by their keys, which stay when rows come and go.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Edges {
    /// The first drawn row.
    pub(super) first: String,
    /// The last drawn row.
    pub(super) last: String,
    /// Whether what comes after the last one is drawn, too: the end of the chat is here.
    pub(super) open: bool,
}

impl Edges {
    /// Between which of these rows is drawn; none when they are other rows altogether.
    pub(super) fn find<'a>(&self, keys: impl Iterator<Item = &'a str>) -> Option<Range<usize>> {
        let (mut first, mut last, mut length) = (None, None, 0);
        for (index, key) in keys.enumerate() {
            if key == self.first {
                first = Some(index);
            }
            if key == self.last {
                last = Some(index + 1);
            }
            length = index + 1;
        }
        let end = if self.open { Some(length) } else { last };
        // What was sent may have got another key since; what stands before it has not.
        let start = first.or(if self.open { None } else { last.map(|last| last.saturating_sub(1)) });
        start.zip(end.or(last)).filter(|(start, end)| start < end).map(|(start, end)| start..end)
    }
}

/// How high a row with so much text probably is.
pub(super) fn estimate(bytes: usize, width: f64) -> f64 {
    let letters = (width.clamp(200.0, COLUMN) / LETTER).max(1.0);
    BESIDES + (bytes as f64 / letters).ceil() * LINE
}

/// The rows between two heights.
pub(super) fn span(heights: &[f64], from: f64, to: f64) -> Range<usize> {
    let (mut top, mut start, mut end) = (0.0, heights.len(), heights.len());
    for (index, height) in heights.iter().enumerate() {
        let bottom = top + height;
        if start == heights.len() && bottom > from {
            start = index;
        }
        if top >= to {
            end = index;
            break;
        }
        top = bottom;
    }
    start.min(heights.len().saturating_sub(1))..end.max(1).min(heights.len())
}

/// The last rows that fill so much room.
pub(super) fn ending(heights: &[f64], room: f64) -> Range<usize> {
    let all: f64 = heights.iter().sum();
    span(heights, all - room, all)
}

/// The rows that fill so much room around one.
pub(super) fn around(heights: &[f64], index: usize, room: f64) -> Range<usize> {
    let top: f64 = heights.iter().take(index).sum();
    let range = span(heights, top - room / 2.0, top + room);
    range.start.min(index)..range.end.max(index + 1)
}

#[cfg(test)]
mod tests {
    use super::{Edges, around, ending, estimate, span};

    const HEIGHTS: [f64; 6] = [100.0, 200.0, 100.0, 300.0, 100.0, 100.0];

    #[test]
    fn the_rows_that_touch_what_is_seen_are_drawn() {
        assert_eq!(span(&HEIGHTS, 0.0, 100.0), 0..1);
        assert_eq!(span(&HEIGHTS, 150.0, 401.0), 1..4);
        assert_eq!(span(&HEIGHTS, -500.0, 5000.0), 0..6);
        assert_eq!(span(&HEIGHTS, 5000.0, 6000.0), 5..6, "a scroll position from before is answered by the last row");
        assert_eq!(span(&[], 0.0, 100.0), 0..0);
    }

    #[test]
    fn a_chat_begins_with_its_end_or_around_a_message() {
        assert_eq!(ending(&HEIGHTS, 250.0), 3..6);
        assert_eq!(around(&HEIGHTS, 2, 100.0), 1..3);
        assert_eq!(around(&HEIGHTS, 0, 10.0), 0..1);
        assert_eq!(ending(&[], 250.0), 0..0);
    }

    #[test]
    fn edges_hold_while_rows_come_above_and_below() {
        let edges = Edges { first: "b".into(), last: "c".into(), open: false };
        assert_eq!(edges.find(["a", "b", "c", "d"].into_iter()), Some(1..3));
        assert_eq!(edges.find(["x", "y", "a", "b", "c"].into_iter()), Some(3..5));
        assert_eq!(edges.find(["x", "y"].into_iter()), None, "another chat");
        let open = Edges { open: true, ..edges };
        assert_eq!(open.find(["a", "b", "c", "d", "e"].into_iter()), Some(1..5), "the end stays in sight");
        assert_eq!(open.find(["b", "z"].into_iter()), Some(0..2));
    }

    #[test]
    fn a_longer_text_is_expected_to_be_higher_and_on_a_phone_more_so() {
        assert!(estimate(2_000, 680.0) > 500.0);
        assert!(estimate(2_000, 360.0) > 1.5 * estimate(2_000, 680.0));
        assert!(estimate(2_000, 4_000.0) <= estimate(2_000, 680.0));
    }
}
