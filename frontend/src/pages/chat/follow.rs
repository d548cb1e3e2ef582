//! Where the reader is, and whether the view goes along with the end of the chat. It goes along only from the end, and
//! stops with the first scroll upwards. Plain data; sizes are pixels.

/// How near counts as the end, and how near for somebody who comes down to it.
const AT: f64 = 8.0;
const NEAR: f64 = 100.0;
/// How far from the end a way back is offered.
const FAR: f64 = 120.0;
/// How long a browser goes on with a scroll that it had begun when the view was sent to the end, in milliseconds: until
/// then a step upwards is nobody's hand.
const GLIDE_MS: f64 = 700.0;
/// How near to an end of what is here more is asked for, in heights of the box.
const EARLY: f64 = 3.0;

/// A scrolled box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scroll {
    /// How far it is scrolled.
    pub(super) top: f64,
    /// The height of what is in it.
    pub(super) content: f64,
    /// Its own height.
    pub(super) window: f64,
}

impl Scroll {
    fn below(self) -> f64 {
        (self.content - self.window - self.top).max(0.0)
    }
}

/// Whether the view follows the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Follow {
    pinned: bool,
    last: Option<Scroll>,
    /// When somebody sent the view to the end, in milliseconds; none after a hand has moved it upwards.
    sent: Option<f64>,
}

impl Default for Follow {
    fn default() -> Self {
        Self { pinned: true, last: None, sent: None }
    }
}

impl Follow {
    /// Goes to the end and stays there: a chat was opened, or something was sent.
    pub(super) fn pin(&mut self, at_ms: f64) {
        *self = Self { sent: Some(at_ms), ..Self::default() };
    }

    /// The box was scrolled, by whomever. True when the view has to go to the end again.
    pub(super) fn scrolled(&mut self, now: Scroll, at_ms: f64) -> bool {
        let upwards = self.last.is_some_and(|last| now.top < last.top - 1.0 && now.content >= last.content);
        let downwards = self.last.is_some_and(|last| now.top > last.top + 1.0);
        let glides = upwards && self.pinned && self.sent.is_some_and(|sent| at_ms - sent < GLIDE_MS);
        if upwards && !glides {
            self.pinned = false;
        } else if now.below() <= AT || (downwards && now.below() <= NEAR) {
            self.pinned = true;
        }
        self.last = Some(now);
        glides
    }

    /// The content or the box has another size. True when the view has to go to the end.
    pub(super) fn resized(&mut self, now: Scroll) -> bool {
        self.last = Some(now);
        self.pinned
    }

    /// Somebody reads: stays where it is, whatever comes.
    pub(super) fn hold(&mut self) {
        self.pinned = false;
        self.sent = None;
    }

    /// The view was put here, by nobody's hand.
    pub(super) fn placed(&mut self, now: Scroll) {
        self.last = Some(now);
    }

    /// Whether there is more below than there was.
    pub(super) fn has_grown(&self, now: Scroll) -> bool {
        self.last.is_some_and(|last| now.below() > last.below() + 1.0)
    }

    /// Whether the view stays where it is.
    pub(super) fn is_reading(self) -> bool {
        !self.pinned
    }
}

/// Whether a way to the end is worth a button.
pub(super) fn is_far(now: Scroll) -> bool {
    now.below() > FAR
}

/// Whether it is time to ask for older messages.
pub(super) fn is_early(now: Scroll) -> bool {
    now.top < EARLY * now.window
}

/// Whether it is time to ask for newer messages.
pub(super) fn is_late(now: Scroll) -> bool {
    now.below() < EARLY * now.window
}

#[cfg(test)]
mod tests {
    use super::{Follow, Scroll, is_far};

    /// Long after anybody sent the view anywhere.
    const LATER: f64 = 60_000.0;

    fn at(top: f64, content: f64) -> Scroll {
        Scroll { top, content, window: 600.0 }
    }

    #[test]
    fn an_opened_chat_shows_its_end() {
        assert!(Follow::default().resized(at(0.0, 2000.0)));
    }

    #[test]
    fn the_first_scroll_upwards_stops_following() {
        let mut follow = Follow::default();
        follow.scrolled(at(1400.0, 2000.0), LATER);
        follow.scrolled(at(1390.0, 2000.0), LATER);
        assert!(!follow.resized(at(1390.0, 2100.0)));
    }

    #[test]
    fn text_that_grows_below_is_no_scroll() {
        let mut follow = Follow::default();
        follow.scrolled(at(1400.0, 2000.0), LATER);
        follow.scrolled(at(1400.0, 2300.0), LATER);
        assert!(follow.resized(at(1400.0, 2300.0)));
    }

    #[test]
    fn coming_back_to_the_end_follows_again() {
        let mut follow = Follow::default();
        follow.scrolled(at(1400.0, 2000.0), LATER);
        follow.scrolled(at(900.0, 2000.0), LATER);
        follow.scrolled(at(1396.0, 2000.0), LATER);
        assert!(!follow.is_reading());
    }

    #[test]
    fn whoever_comes_down_near_the_end_follows_again_and_whoever_stays_there_does_not() {
        let mut follow = Follow::default();
        follow.scrolled(at(1400.0, 2000.0), LATER);
        follow.scrolled(at(1340.0, 2000.0), LATER);
        assert!(follow.is_reading());
        follow.placed(at(1345.0, 2005.0));
        follow.scrolled(at(1345.0, 2005.0), LATER);
        assert!(follow.is_reading(), "the view was put there by nobody's hand");
        follow.scrolled(at(1360.0, 2005.0), LATER);
        assert!(!follow.is_reading());
    }

    #[test]
    fn a_hand_on_the_wheel_stops_it_before_the_view_has_moved() {
        let mut follow = Follow::default();
        follow.scrolled(at(1400.0, 2000.0), LATER);
        follow.hold();
        assert!(!follow.resized(at(1400.0, 2100.0)) && follow.has_grown(at(1400.0, 2200.0)));
    }

    #[test]
    fn what_is_left_of_a_scroll_does_not_pull_the_view_away_from_the_end_but_a_hand_does() {
        let mut follow = Follow::default();
        follow.pin(1_000.0);
        follow.placed(at(1400.0, 2000.0));
        assert!(follow.scrolled(at(1380.0, 2000.0), 1_050.0) && !follow.is_reading());
        follow.placed(at(1400.0, 2000.0));
        assert!(!follow.scrolled(at(1380.0, 2000.0), 2_000.0) && follow.is_reading());
        follow.pin(3_000.0);
        follow.hold();
        follow.placed(at(1400.0, 2000.0));
        assert!(!follow.scrolled(at(1380.0, 2000.0), 3_010.0) && follow.is_reading());
    }

    #[test]
    fn content_that_becomes_shorter_pulls_the_view_up_and_is_no_scroll() {
        let mut follow = Follow::default();
        follow.scrolled(at(1400.0, 2000.0), LATER);
        follow.scrolled(at(1300.0, 1900.0), LATER);
        assert!(!follow.is_reading());
    }

    #[test]
    fn the_way_back_is_offered_from_afar() {
        assert!(!is_far(at(1300.0, 2000.0)));
        assert!(is_far(at(1200.0, 2000.0)));
    }
}
