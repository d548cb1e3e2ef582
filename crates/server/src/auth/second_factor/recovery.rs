//! Recovery codes: made by the server, readable, each good once. Pure but for the source of chance.

use super::super::given::readable;
use super::super::refresh;
use crate::error::AppResult;
use shared::UserId;
use shared::second_factor::RECOVERY_CODES;

/// A new set.
pub(super) fn generate() -> AppResult<Vec<String>> {
    (0..RECOVERY_CODES).map(|_| readable()).collect()
}

/// What is stored of a code of this person, however it was typed. It has 80 random bits, so a plain digest is as good as a
/// slow one.
pub(super) fn digest(user: &UserId, code: &str) -> String {
    refresh::digest(&format!("{user} {}", plain(code)))
}

/// A code without what is between its letters.
pub(super) fn plain(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_typed_and_only_for_its_person() {
        let user = UserId::from("u");
        let codes = generate().expect("made");
        assert_eq!(codes.len(), RECOVERY_CODES);
        let code = &codes[0];
        let stored = digest(&user, code);
        for typed in [code.replace('-', ""), code.replace('-', " "), code.to_uppercase(), format!(" {code}\n")] {
            assert_eq!(digest(&user, &typed), stored, "{typed}");
        }
        assert_ne!(digest(&UserId::from("v"), code), stored);
        assert_ne!(digest(&user, &codes[1]), stored);
    }
}
