//! What a user name may look like, and when two are the same. Pure.

use crate::error::{AppError, AppResult};
use shared::limits::USERNAME_CHARS;

/// A user name that obeys the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username {
    /// As it is shown.
    pub shown: String,
    /// As it is compared.
    pub key: String,
}

impl Username {
    /// Takes a name from outside: trimmed, of a sane length, without characters that cannot be seen.
    ///
    /// # Errors
    /// `request.invalid` with the rule.
    pub fn parse(text: &str) -> AppResult<Self> {
        let shown = text.trim();
        let (least, most) = (USERNAME_CHARS.start(), USERNAME_CHARS.end());
        // Length in bytes first: counting the characters of a megabyte is work for nothing.
        if shown.len() > most * 4 || !USERNAME_CHARS.contains(&shown.chars().count()) {
            return Err(AppError::invalid(format!("the user name must have {least} to {most} characters")));
        }
        if shown.chars().any(is_invisible) {
            return Err(AppError::invalid("the user name must not contain control characters or line breaks"));
        }
        Ok(Self { shown: shown.to_owned(), key: key(shown) })
    }
}

/// The form in which names are compared.
pub(super) fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Control characters, and those that make one name look like another: zero width, direction marks.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_compared_without_case() {
        let name = Username::parse("  Ada Lovelace\u{3000}").expect("fine");
        assert_eq!((name.shown.as_str(), name.key.as_str()), ("Ada Lovelace", "ada lovelace"));
        assert_eq!(Username::parse("ÄÖ").expect("fine").key, "äö");
        assert_eq!(Username::parse("张三").expect("fine").shown, "张三");
        assert!(Username::parse("x'; DROP TABLE users; --").is_ok());
    }

    #[test]
    fn names_that_are_too_short_too_long_or_deceptive_are_refused() {
        for name in
            ["", "a", "  a  ", "a\nb", "a\u{0}b", "ada\u{200b}", "ada\u{202e}", &"a".repeat(65), &"a".repeat(1 << 20)]
        {
            assert!(Username::parse(name).is_err(), "{name:.20?}");
        }
        assert!(Username::parse(&"汉".repeat(64)).is_ok());
    }
}
