//! Where the reader is, and whether the view goes along with the end of the chat. It goes along only from the end, and
//! stops with the first scroll upwards. Plain data; sizes are pixels.

/// How near counts as the end.
const NEAR: f64 = 8.0;
/// How far from the end a way back is offered.
const FAR: f64 = 120.0;
/// How near to the beginning older messages are asked for.
const EARLY: f64 = 900.0;

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
}

impl Default for Follow {
    fn default() -> Self {
        Self { pinned: true, last: None }
    }
}

impl Follow {
    /// Goes to the end and stays there: a chat was opened, or something was sent.
    pub(super) fn pin(&mut self) {
        *self = Self::default();
    }

    /// The box was scrolled, by whomever.
    pub(super) fn scrolled(&mut self, now: Scroll) {
        let upwards = self.last.is_some_and(|last| now.top < last.top - 1.0 && now.content >= last.content);
        if upwards {
            self.pinned = false;
        } else if now.below() <= NEAR {
            self.pinned = true;
        }
        self.last = Some(now);
    }

    /// The content or the box has another size. True when the view has to go to the end.
    pub(super) fn resized(&mut self, now: Scroll) -> bool {
        self.last = Some(now);
        self.pinned
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
    now.top < EARLY
}

#[cfg(test)]
mod tests {
    use super::{Follow, Scroll, is_far};

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
        follow.scrolled(at(1400.0, 2000.0));
        follow.scrolled(at(1390.0, 2000.0));
        assert!(!follow.resized(at(1390.0, 2100.0)));
    }

    #[test]
    fn text_that_grows_below_is_no_scroll() {
        let mut follow = Follow::default();
        follow.scrolled(at(1400.0, 2000.0));
        follow.scrolled(at(1400.0, 2300.0));
        assert!(follow.resized(at(1400.0, 2300.0)));
    }

    #[test]
    fn coming_back_to_the_end_follows_again() {
        let mut follow = Follow::default();
        follow.scrolled(at(1400.0, 2000.0));
        follow.scrolled(at(900.0, 2000.0));
        follow.scrolled(at(1396.0, 2000.0));
        assert!(!follow.is_reading());
    }

    #[test]
    fn content_that_becomes_shorter_pulls_the_view_up_and_is_no_scroll() {
        let mut follow = Follow::default();
        follow.scrolled(at(1400.0, 2000.0));
        follow.scrolled(at(1300.0, 1900.0));
        assert!(!follow.is_reading());
    }

    #[test]
    fn the_way_back_is_offered_from_afar() {
        assert!(!is_far(at(1300.0, 2000.0)));
        assert!(is_far(at(1200.0, 2000.0)));
    }
}
