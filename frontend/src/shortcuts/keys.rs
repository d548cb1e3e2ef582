//! Which keys a shortcut has, whether they were pressed, and how a platform writes them. Pure, but for asking the platform.

use web_sys::KeyboardEvent;

/// Keys that are pressed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys {
    /// Ctrl, or ⌘ on a Mac.
    pub command: bool,
    /// Shift.
    pub shift: bool,
    /// What the key writes, without Shift; or its name.
    pub key: &'static str,
    /// Its place on the keyboard, for keyboards that write something else there.
    pub code: &'static str,
}

impl Keys {
    /// A key alone.
    #[must_use]
    pub const fn plain(key: &'static str, code: &'static str) -> Self {
        Self { command: false, shift: false, key, code }
    }

    /// With Ctrl or ⌘.
    #[must_use]
    pub const fn command(key: &'static str, code: &'static str) -> Self {
        Self { command: true, shift: false, key, code }
    }

    /// With Shift.
    #[must_use]
    pub const fn shift(key: &'static str, code: &'static str) -> Self {
        Self { command: false, shift: true, key, code }
    }

    /// With Ctrl or ⌘, and Shift.
    #[must_use]
    pub const fn command_shift(key: &'static str, code: &'static str) -> Self {
        Self { command: true, shift: true, key, code }
    }

    /// Whether these were pressed. A letter counts where it is written; a sign also at its usual place, because Shift and
    /// other keyboards write another one there. A sign that needs Shift on some keyboard may have it.
    #[must_use]
    pub fn are(&self, stroke: &Stroke) -> bool {
        if stroke.alt || stroke.other || stroke.command != self.command {
            return false;
        }
        let written = stroke.key.to_lowercase() == self.key.to_lowercase();
        let is_sign = self.key.len() == 1 && !self.key.as_bytes()[0].is_ascii_alphanumeric();
        if is_sign && written && !self.shift {
            return true;
        }
        let is_foreign = is_sign || !stroke.key.is_ascii();
        stroke.shift == self.shift && (written || (is_foreign && stroke.code == self.code))
    }

    /// The keys one by one, as the platform writes them.
    #[must_use]
    pub fn written(&self, mac: bool) -> Vec<String> {
        let command = self.command.then_some(if mac { "⌘" } else { "Ctrl" });
        let shift = self.shift.then_some(if mac { "⇧" } else { "Shift" });
        let key = match (self.key, mac) {
            ("Escape", _) => "Esc".to_owned(),
            ("Backspace", true) => "⌫".to_owned(),
            ("ArrowUp", _) => "↑".to_owned(),
            ("ArrowDown", _) => "↓".to_owned(),
            ("ArrowLeft", _) => "←".to_owned(),
            ("ArrowRight", _) => "→".to_owned(),
            (key, _) if key.len() == 1 => key.to_uppercase(),
            (key, _) => key.to_owned(),
        };
        command.into_iter().chain(shift).map(str::to_owned).chain([key]).collect()
    }
}

/// A key that was pressed, with what was held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stroke {
    /// What it writes, or its name.
    pub key: String,
    /// Its place on the keyboard.
    pub code: String,
    /// Ctrl, or ⌘ on a Mac.
    pub command: bool,
    /// The other one of the two.
    pub other: bool,
    /// Shift.
    pub shift: bool,
    /// Alt or Option, and with it AltGr.
    pub alt: bool,
}

impl Stroke {
    /// What an event says.
    #[must_use]
    pub fn of(event: &KeyboardEvent, mac: bool) -> Self {
        let (control, meta) = (event.ctrl_key(), event.meta_key());
        let (command, other) = if mac { (meta, control) } else { (control, meta) };
        let (key, code) = (event.key(), event.code());
        Self { key, code, command, other, shift: event.shift_key(), alt: event.alt_key() }
    }
}

/// Whether this is a Mac, or a phone or tablet of the same maker.
#[must_use]
pub fn is_mac() -> bool {
    let platform = web_sys::window().and_then(|window| window.navigator().platform().ok()).unwrap_or_default();
    platform.starts_with("Mac") || platform.starts_with("iP")
}

#[cfg(test)]
mod tests {
    use super::{Keys, Stroke};

    fn stroke(key: &str, code: &str, command: bool, shift: bool) -> Stroke {
        Stroke { key: key.into(), code: code.into(), command, shift, ..Stroke::default() }
    }

    #[test]
    fn a_letter_counts_where_it_is_written() {
        let keys = Keys::command_shift("o", "KeyO");
        assert!(keys.are(&stroke("O", "KeyO", true, true)));
        assert!(keys.are(&stroke("o", "KeyS", true, true)), "another keyboard has it elsewhere");
        assert!(!keys.are(&stroke("r", "KeyO", true, true)), "another keyboard has another letter there");
        assert!(keys.are(&stroke("щ", "KeyO", true, true)), "a keyboard without Latin letters has its place");
        assert!(!keys.are(&stroke("o", "KeyO", true, false)) && !keys.are(&stroke("O", "KeyO", false, true)));
    }

    #[test]
    fn a_sign_counts_whatever_shift_makes_of_it() {
        let code = Keys::command_shift(";", "Semicolon");
        assert!(code.are(&stroke(":", "Semicolon", true, true)));
        assert!(!code.are(&stroke(";", "Semicolon", true, false)));
        let overview = Keys::command("/", "Slash");
        assert!(overview.are(&stroke("/", "Slash", true, false)));
        assert!(overview.are(&stroke("/", "Digit7", true, true)), "a German keyboard");
    }

    #[test]
    fn alt_and_the_other_command_key_belong_to_somebody_else() {
        let keys = Keys::command("k", "KeyK");
        let pressed = stroke("k", "KeyK", true, false);
        assert!(keys.are(&pressed));
        assert!(!keys.are(&Stroke { alt: true, ..pressed.clone() }), "AltGr writes");
        assert!(!keys.are(&Stroke { other: true, ..pressed }));
    }

    #[test]
    fn each_platform_reads_its_own_signs() {
        let keys = Keys::command_shift("Backspace", "Backspace");
        assert_eq!(keys.written(true), ["⌘", "⇧", "⌫"]);
        assert_eq!(keys.written(false), ["Ctrl", "Shift", "Backspace"]);
        assert_eq!(Keys::shift("Escape", "Escape").written(false), ["Shift", "Esc"]);
    }
}
