//! What Enter means. An input method uses it to take over a candidate, and browsers tell so in two different orders:
//! Chromium and Firefox send `keydown` (composing, key code 229) and then `compositionend`; Safari sends
//! `compositionend` first and then a `keydown` that no longer counts as composing.

/// Longest time, in milliseconds, between the end of a composition and the `keydown` of the key that ended it.
const SAME_KEY_MS: f64 = 100.0;
/// The key code of a key that the input method consumed.
const CONSUMED: u32 = 229;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Sends.
    Send,
    /// Whatever the text box does with it.
    Text,
}

/// A pressed Enter.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Enter {
    /// With Shift.
    pub shift: bool,
    /// With Alt.
    pub alt: bool,
    /// With Ctrl or ⌘.
    pub command: bool,
    /// Whether the browser says that a composition is under way.
    pub is_composing: bool,
    /// The old key code.
    pub key_code: u32,
    /// When, in milliseconds of the page's clock.
    pub at: f64,
    /// Whether a bare Enter makes a new line: on glass, where the button sends; where a page is written; where the person
    /// wants it so.
    pub breaks: bool,
}

/// The input method as far as Enter is concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ime {
    composing: bool,
    ended_at: Option<f64>,
}

impl Ime {
    /// A composition begins.
    pub fn start(&mut self) {
        *self = Self { composing: true, ended_at: None };
    }

    /// A composition ends.
    pub fn end(&mut self, at: f64) {
        *self = Self { composing: false, ended_at: Some(at) };
    }

    /// A key is released: the next one did not end a composition.
    pub fn release(&mut self) {
        self.ended_at = None;
    }

    /// Whether a key belongs to the input method: `is_composing`, the old key code, and when.
    #[must_use]
    pub fn takes(&self, is_composing: bool, key_code: u32, at: f64) -> bool {
        let just_ended = self.ended_at.is_some_and(|ended| at - ended < SAME_KEY_MS);
        self.composing || just_ended || is_composing || key_code == CONSUMED
    }

    /// What this Enter means.
    #[must_use]
    pub fn meaning(&self, enter: Enter) -> Meaning {
        if self.takes(enter.is_composing, enter.key_code, enter.at) {
            return Meaning::Text;
        }
        match enter {
            Enter { command: true, .. } => Meaning::Send,
            Enter { shift: true, .. } | Enter { alt: true, .. } | Enter { breaks: true, .. } => Meaning::Text,
            _ => Meaning::Send,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Enter, Ime, Meaning};

    const PLAIN: Enter = Enter {
        shift: false,
        alt: false,
        command: false,
        is_composing: false,
        key_code: 13,
        at: 1000.0,
        breaks: false,
    };

    #[test]
    fn enter_sends_and_shift_enter_does_not() {
        let ime = Ime::default();
        assert_eq!(ime.meaning(PLAIN), Meaning::Send);
        assert_eq!(ime.meaning(Enter { shift: true, ..PLAIN }), Meaning::Text);
        assert_eq!(ime.meaning(Enter { command: true, ..PLAIN }), Meaning::Send);
    }

    #[test]
    fn where_enter_breaks_the_line_a_command_key_sends() {
        let ime = Ime::default();
        assert_eq!(ime.meaning(Enter { breaks: true, ..PLAIN }), Meaning::Text);
        assert_eq!(ime.meaning(Enter { breaks: true, command: true, ..PLAIN }), Meaning::Send);
    }

    #[test]
    fn chromium_order_keydown_then_compositionend() {
        let mut ime = Ime::default();
        ime.start();
        assert_eq!(ime.meaning(Enter { is_composing: true, key_code: 229, ..PLAIN }), Meaning::Text);
        ime.end(1001.0);
        ime.release();
        assert_eq!(ime.meaning(Enter { at: 1030.0, ..PLAIN }), Meaning::Send, "the next Enter sends, however quick");
    }

    #[test]
    fn safari_order_compositionend_then_keydown() {
        let mut ime = Ime::default();
        ime.start();
        ime.end(999.0);
        assert_eq!(ime.meaning(PLAIN), Meaning::Text);
        ime.release();
        assert_eq!(ime.meaning(Enter { at: 1040.0, ..PLAIN }), Meaning::Send);
    }

    #[test]
    fn a_candidate_taken_with_the_mouse_does_not_swallow_the_next_enter() {
        let mut ime = Ime::default();
        ime.start();
        ime.end(500.0);
        assert_eq!(ime.meaning(PLAIN), Meaning::Send);
    }

    #[test]
    fn a_key_that_the_input_method_consumed_never_sends() {
        assert_eq!(Ime::default().meaning(Enter { key_code: 229, ..PLAIN }), Meaning::Text);
    }
}
