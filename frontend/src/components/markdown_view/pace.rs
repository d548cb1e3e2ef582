//! Evening out: what arrives at once is shown over up to 120 ms, so that text which comes in bursts reads as if it came
//! evenly. Nothing is ever held back longer, and nothing is typed for show.

use std::collections::VecDeque;

/// How long a burst takes.
const SPREAD_MS: f64 = 120.0;

/// A piece of text on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Burst {
    from: usize,
    to: usize,
    at: f64,
}

/// How much of a growing text is due.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pace {
    bursts: VecDeque<Burst>,
    known: usize,
}

impl Pace {
    /// The text up to `length` is shown at once.
    pub(super) fn skip(&mut self, length: usize) {
        self.bursts.clear();
        self.known = length;
    }

    /// The text is `length` bytes long now. A text that became shorter is another one and is shown at once.
    pub(super) fn arrived(&mut self, length: usize, now: f64) {
        if length < self.known {
            self.skip(length);
        } else if length > self.known {
            self.bursts.push_back(Burst { from: self.known, to: length, at: now });
            self.known = length;
        }
    }

    /// How many bytes are due.
    pub(super) fn due(&mut self, now: f64) -> usize {
        // A tab that was hidden, or a clock that jumped, shows everything.
        while self.bursts.front().is_some_and(|burst| now - burst.at >= SPREAD_MS || now < burst.at) {
            self.bursts.pop_front();
        }
        let Some(first) = self.bursts.front() else { return self.known };
        let part = |burst: &Burst| ((burst.to - burst.from) as f64 * (now - burst.at) / SPREAD_MS) as usize;
        let later: usize = self.bursts.iter().map(part).sum();
        first.from + later
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;

    #[test]
    fn a_burst_is_spread_and_complete_in_time() {
        let mut pace = Pace::default();
        pace.arrived(120, 1000.0);
        let steps = [1000.0, 1030.0, 1060.0, 1119.0, 1120.0].map(|now| pace.due(now));
        assert_eq!(steps, [0, 30, 60, 119, 120]);
    }

    #[test]
    fn bursts_overlap_and_never_go_back() {
        let mut pace = Pace::default();
        let mut shown = 0;
        for step in 0..60 {
            let now = f64::from(step) * 16.0;
            if step % 5 == 0 && step < 40 {
                pace.arrived(100 * (step as usize / 5 + 1), now);
            }
            let due = pace.due(now);
            assert!(due >= shown, "at {now}: {due} after {shown}");
            shown = due;
        }
        assert_eq!(shown, 800);
    }

    #[test]
    fn what_was_there_before_is_not_played_again() {
        let mut pace = Pace::default();
        pace.skip(500);
        assert_eq!(pace.due(0.0), 500);
        pace.arrived(620, 10.0);
        assert_eq!(pace.due(70.0), 560);
    }

    #[test]
    fn a_replaced_text_is_shown_at_once() {
        let mut pace = Pace::default();
        pace.arrived(100, 0.0);
        pace.arrived(40, 10.0);
        assert_eq!(pace.due(10.0), 40);
    }

    #[test]
    fn a_clock_that_jumps_back_holds_nothing_back() {
        let mut pace = Pace::default();
        pace.arrived(100, 1_000_000.0);
        assert_eq!(pace.due(5.0), 100);
    }
}
