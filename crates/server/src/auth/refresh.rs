//! Refresh tokens: what they look like, what is stored of them, and what a shown one is worth. Pure.

use crate::config::secrets::random_text;
use crate::db::logins::{Login, ShownToken};
use crate::settings::LoginLife;
use sha2::{Digest as _, Sha256};
use shared::ErrorCode;

/// How long a token may still be shown after another took its place: two tabs, an answer that got lost.
const GRACE_MS: i64 = 30_000;

/// A new token: 256 random bits.
pub(super) fn generate() -> String {
    random_text(32)
}

/// What is stored of a token. It is random, so a plain digest is as good as a slow one.
pub(super) fn digest(token: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(token.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// What a shown token is worth.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Worth {
    /// It is replaced by a new one.
    Rotate,
    /// It was replaced a moment ago: a further token is handed out and the others stay.
    Again,
    /// Somebody else must have it: the login ends.
    Reused,
    /// It is worth nothing.
    Nothing(ErrorCode),
}

/// Whether a login has ended by itself: as it was promised when it was last used, or by what the settings say now.
pub(super) fn is_over(login: &Login, life: LoginLife, now: i64) -> bool {
    end_of(login, life) <= now
}

/// When a login ends by itself.
pub(super) fn end_of(login: &Login, life: LoginLife) -> i64 {
    login.expires_at.min(life.end(login.created_at, login.last_used_at))
}

/// Judges a token that is in the database.
pub(super) fn worth(shown: &ShownToken, life: LoginLife, now: i64) -> Worth {
    if shown.login.revoked_at.is_some() {
        return Worth::Nothing(ErrorCode::AuthRevoked);
    }
    if is_over(&shown.login, life, now) {
        return Worth::Nothing(ErrorCode::AuthExpired);
    }
    match shown.superseded_at {
        None => Worth::Rotate,
        Some(moment) if now - moment <= GRACE_MS => Worth::Again,
        Some(_) => Worth::Reused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn shown(superseded_at: Option<i64>, revoked_at: Option<i64>) -> ShownToken {
        let (id, user) = ("l".into(), "u".into());
        let login = Login { id, user, created_at: 0, last_used_at: 0, expires_at: 1_000_000, revoked_at };
        ShownToken { login, superseded_at }
    }

    #[test]
    fn a_token_is_worth_what_its_history_says() {
        let worth = |shown: &ShownToken, now| worth(shown, LoginLife::default(), now);
        assert_eq!(worth(&shown(None, None), 5), Worth::Rotate);
        assert_eq!(worth(&shown(Some(5), None), 30_005), Worth::Again);
        assert_eq!(worth(&shown(Some(5), None), 30_006), Worth::Reused);
        assert_eq!(worth(&shown(Some(5), Some(6)), 7), Worth::Nothing(ErrorCode::AuthRevoked));
        assert_eq!(worth(&shown(None, None), 1_000_000), Worth::Nothing(ErrorCode::AuthExpired));
    }

    #[test]
    fn tokens_are_long_differ_and_are_stored_as_digests() {
        let (one, two) = (generate(), generate());
        assert_ne!(one, two);
        assert_eq!(one.len(), 43);
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
