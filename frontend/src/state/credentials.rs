//! The rules of names and passwords, told before the server has to. Pure; the server decides.

use crate::i18n::{Text, auth};
use shared::limits::{MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS, USERNAME_CHARS};

/// Which rule a new user name breaks.
#[must_use]
pub fn name_fault(name: &str) -> Option<Text> {
    match name.trim().chars().count() {
        0 => Some(auth::USERNAME_MISSING),
        count if !USERNAME_CHARS.contains(&count) => Some(auth::USERNAME_LENGTH),
        _ => None,
    }
}

/// Which rule a new password breaks.
#[must_use]
pub fn password_fault(password: &str) -> Option<Text> {
    if password.is_empty() {
        Some(auth::PASSWORD_MISSING)
    } else if password.chars().count() < MIN_PASSWORD_CHARS {
        Some(auth::PASSWORD_SHORT)
    } else if password.len() > MAX_PASSWORD_BYTES {
        Some(auth::PASSWORD_LONG)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_two_to_sixty_four_characters() {
        assert_eq!(name_fault("  "), Some(auth::USERNAME_MISSING));
        assert_eq!(name_fault("a"), Some(auth::USERNAME_LENGTH));
        assert_eq!(name_fault("李雷"), None);
        assert_eq!(name_fault(&"名".repeat(65)), Some(auth::USERNAME_LENGTH));
    }

    #[test]
    fn passwords_are_measured_in_characters_and_bytes() {
        assert_eq!(password_fault(""), Some(auth::PASSWORD_MISSING));
        assert_eq!(password_fault("seven77"), Some(auth::PASSWORD_SHORT));
        assert_eq!(password_fault(&"密".repeat(24)), None);
        assert_eq!(password_fault(&"密".repeat(25)), Some(auth::PASSWORD_LONG));
    }
}
