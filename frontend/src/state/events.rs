//! The one event stream of this tab: when to connect, when to give up on a silent connection, when to say so, and when to
//! do without because nobody looks.
//!
//! [`Link`] is plain data over a clock that is handed in; `driver.rs` reads the stream and hands the events out.

mod driver;

pub use driver::{Events, provide_events, use_events};

/// A connection without a byte for this long is dead: the server sends something at least every 15 seconds.
const SILENCE_MS: f64 = 40_000.0;
/// The first wait before connecting again, doubled each time.
const FIRST_WAIT_MS: f64 = 500.0;
/// The longest wait.
const LONGEST_WAIT_MS: f64 = 10_000.0;
/// An outage shorter than this is not worth a word.
const WORTH_A_WORD_MS: f64 = 1_000.0;
/// A connection that lives this long was a good one: the next wait is a short one.
const GOOD_MS: f64 = 5_000.0;
/// How long a tab that nobody looks at keeps its connection. Over HTTP/1.1 a browser has six for a server and all its
/// tabs together, so hidden tabs leave theirs to the one in front; whoever flips through tabs keeps them.
const PATIENCE_MS: f64 = 5_000.0;

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Nothing.
    Wait,
    /// Drop what there is and connect.
    Connect,
    /// Drop what there is; there will be a time to connect.
    Drop,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stand {
    Off,
    Connecting {
        since: f64,
    },
    Open {
        since: f64,
        heard: f64,
    },
    Waiting {
        until: f64,
    },
    /// Nobody looks: what happens meanwhile is made up for by the next connection.
    Resting,
}

/// The connection. Times are milliseconds of any clock that never goes back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    stand: Stand,
    failures: u32,
    lost_at: Option<f64>,
    hidden_at: Option<f64>,
}

impl Default for Link {
    fn default() -> Self {
        Self { stand: Stand::Off, failures: 0, lost_at: None, hidden_at: None }
    }
}

impl Link {
    /// Somebody is signed in. A tab that was opened behind others connects when it is looked at.
    pub fn start(&mut self, now: f64) -> Act {
        match self.stand {
            Stand::Off if self.hidden_at.is_some() => self.rest(),
            Stand::Off => self.connect(now),
            _ => Act::Wait,
        }
    }

    /// Nobody is signed in any more.
    pub fn stop(&mut self) -> Act {
        *self = Self { hidden_at: self.hidden_at, ..Self::default() };
        Act::Drop
    }

    /// Nobody looks at the tab any more.
    pub fn hidden(&mut self, now: f64) {
        self.hidden_at.get_or_insert(now);
    }

    /// The tab is looked at again.
    pub fn shown(&mut self, now: f64) -> Act {
        self.hidden_at = None;
        if self.stand == Stand::Resting {
            // Until it is connected the screen may be behind, which is worth the same word as an outage.
            self.lost_at = Some(now);
            return self.connect(now);
        }
        self.wake(now)
    }

    /// The server accepted the connection.
    pub fn opened(&mut self, now: f64) {
        if let Stand::Connecting { .. } = self.stand {
            self.stand = Stand::Open { since: now, heard: now };
            self.lost_at = None;
        }
    }

    /// Something arrived, a heartbeat at least.
    pub fn heard(&mut self, now: f64) {
        if let Stand::Open { heard, .. } = &mut self.stand {
            *heard = now;
        }
    }

    /// The connection ended or could not be made. `luck` in 0..1 spreads the clients of a server that comes back.
    pub fn closed(&mut self, now: f64, luck: f64) -> Act {
        match self.stand {
            Stand::Off | Stand::Waiting { .. } | Stand::Resting => return Act::Wait,
            Stand::Open { since, .. } if now - since >= GOOD_MS => self.failures = 0,
            _ => {}
        }
        self.lost_at.get_or_insert(now);
        let wait = (FIRST_WAIT_MS * f64::from(1_u32 << self.failures.min(5))).min(LONGEST_WAIT_MS);
        self.failures += 1;
        self.stand = Stand::Waiting { until: now + wait * (0.75 + luck / 4.0) };
        Act::Drop
    }

    /// Events are missing, or the network is: a new connection begins with the whole.
    pub fn resync(&mut self, now: f64, luck: f64) -> Act {
        match self.stand {
            Stand::Open { .. } => self.closed(now, luck),
            _ => Act::Wait,
        }
    }

    /// The network is back.
    pub fn wake(&mut self, now: f64) -> Act {
        match self.stand {
            Stand::Waiting { .. } => self.connect(now),
            _ => self.tick(now, 0.0),
        }
    }

    /// Time passes.
    pub fn tick(&mut self, now: f64, luck: f64) -> Act {
        match self.stand {
            Stand::Off | Stand::Resting => Act::Wait,
            _ if self.hidden_at.is_some_and(|hidden| now - hidden >= PATIENCE_MS) => self.rest(),
            Stand::Waiting { until } if now >= until => self.connect(now),
            Stand::Open { heard: last, .. } | Stand::Connecting { since: last } if now - last >= SILENCE_MS => {
                self.closed(now, luck)
            }
            _ => Act::Wait,
        }
    }

    /// Whether to say that the connection is lost.
    #[must_use]
    pub fn is_lost(&self, now: f64) -> bool {
        self.lost_at.is_some_and(|lost| now - lost >= WORTH_A_WORD_MS)
    }

    fn rest(&mut self) -> Act {
        *self = Self { stand: Stand::Resting, hidden_at: self.hidden_at, ..Self::default() };
        Act::Drop
    }

    fn connect(&mut self, now: f64) -> Act {
        self.stand = Stand::Connecting { since: now };
        Act::Connect
    }
}

#[cfg(test)]
mod tests {
    use super::{Act, Link};

    /// A link that opened at time 0.
    fn open() -> Link {
        let mut link = Link::default();
        assert_eq!(link.start(0.0), Act::Connect);
        link.opened(0.0);
        link
    }

    #[test]
    fn a_connection_is_started_once() {
        assert_eq!(open().start(1.0), Act::Wait);
    }

    #[test]
    fn waits_grow_to_ten_seconds_and_no_further() {
        let mut link = open();
        let mut now = 10_000.0;
        let mut waits = Vec::new();
        for _ in 0..7 {
            link.closed(now, 1.0);
            let start = now;
            while link.tick(now, 1.0) == Act::Wait {
                now += 100.0;
            }
            waits.push(now - start);
        }
        assert_eq!(waits, [500.0, 1000.0, 2000.0, 4000.0, 8000.0, 10_000.0, 10_000.0]);
    }

    #[test]
    fn a_good_connection_makes_the_next_wait_short() {
        let mut link = open();
        for now in [10.0, 1_000.0, 3_000.0] {
            link.closed(now, 1.0);
            link.wake(now);
        }
        link.opened(4_000.0);
        link.closed(20_000.0, 1.0);
        assert_eq!(link.tick(20_499.0, 1.0), Act::Wait);
        assert_eq!(link.tick(20_500.0, 1.0), Act::Connect);
    }

    #[test]
    fn silence_is_a_dead_connection_and_a_heartbeat_is_not() {
        let mut link = open();
        link.heard(15_000.0);
        assert_eq!(link.tick(54_999.0, 0.0), Act::Wait);
        assert_eq!(link.tick(55_000.0, 0.0), Act::Drop);
    }

    #[test]
    fn a_tab_that_is_looked_at_again_connects_at_once() {
        let mut link = open();
        link.closed(10_000.0, 1.0);
        assert_eq!(link.shown(10_001.0), Act::Connect);
        assert_eq!(link.shown(10_002.0), Act::Wait, "it is connecting");
    }

    #[test]
    fn a_hidden_tab_leaves_its_connection_to_others_until_it_is_looked_at() {
        let mut link = open();
        link.hidden(1_000.0);
        link.hidden(4_000.0);
        assert_eq!(link.tick(5_999.0, 0.0), Act::Wait, "whoever only flips through tabs keeps them connected");
        assert_eq!(link.tick(6_000.0, 0.0), Act::Drop);
        assert_eq!(
            (link.tick(99_000.0, 0.0), link.wake(99_000.0), link.closed(99_000.0, 0.0)),
            (Act::Wait, Act::Wait, Act::Wait)
        );
        assert!(!link.is_lost(99_000.0), "nothing was lost");
        assert_eq!(link.shown(100_000.0), Act::Connect);
        assert!(link.is_lost(101_000.0), "a connection that does not come is worth a word");
        link.opened(101_500.0);
        assert!(!link.is_lost(101_500.0));
        assert_eq!(link.tick(110_000.0, 0.0), Act::Wait);
    }

    #[test]
    fn a_glance_elsewhere_changes_nothing() {
        let mut link = open();
        link.hidden(1_000.0);
        assert_eq!(link.shown(2_000.0), Act::Wait);
        assert_eq!(link.tick(7_000.0, 0.0), Act::Wait);
    }

    #[test]
    fn a_hidden_tab_does_not_try_to_reach_a_server_that_is_gone() {
        let mut link = open();
        link.hidden(9_000.0);
        link.closed(10_000.0, 1.0);
        assert_eq!(link.tick(10_500.0, 1.0), Act::Connect);
        link.closed(10_600.0, 1.0);
        assert_eq!(link.tick(14_000.0, 1.0), Act::Drop);
        assert_eq!(link.tick(60_000.0, 1.0), Act::Wait);
    }

    #[test]
    fn a_tab_opened_behind_others_connects_when_it_is_looked_at() {
        let mut link = Link::default();
        link.hidden(0.0);
        assert_eq!(link.start(1.0), Act::Drop);
        link.stop();
        assert_eq!(link.start(2.0), Act::Drop, "whoever signs in elsewhere does not bring it to the front");
        assert_eq!(link.shown(3.0), Act::Connect);
    }

    #[test]
    fn a_tab_that_slept_through_the_silence_notices_when_it_wakes() {
        let mut link = open();
        assert_eq!(link.wake(3_600_000.0), Act::Drop);
        assert_eq!(link.wake(3_600_001.0), Act::Connect);
    }

    #[test]
    fn a_short_outage_is_not_worth_a_word() {
        let mut link = open();
        link.closed(10_000.0, 0.0);
        assert!(!link.is_lost(10_900.0));
        assert!(link.is_lost(11_000.0));
        link.wake(11_100.0);
        assert!(link.is_lost(11_200.0), "connecting is not connected");
        link.opened(11_300.0);
        assert!(!link.is_lost(11_400.0));
    }

    #[test]
    fn a_lost_event_makes_a_new_connection_once() {
        let mut link = open();
        assert_eq!(link.resync(100.0, 0.0), Act::Drop);
        assert_eq!(link.resync(101.0, 0.0), Act::Wait);
    }

    #[test]
    fn after_sign_out_nothing_connects() {
        let mut link = open();
        assert_eq!(link.stop(), Act::Drop);
        assert_eq!(
            (link.wake(1.0), link.tick(99_999.0, 0.0), link.closed(1.0, 0.0)),
            (Act::Wait, Act::Wait, Act::Wait)
        );
    }
}
