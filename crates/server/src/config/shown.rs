//! How a value appears in banner, errors, `config show` and `Debug`. Pure; no function here gives a secret away.

use super::registry::Kind;
use sha2::{Digest as _, Sha256};

/// The value as it may be shown.
pub(super) fn shown(kind: Kind, value: &str) -> String {
    match kind {
        Kind::Plain | Kind::Unused => plain(value),
        Kind::Url | Kind::Origin => without_password(value),
        Kind::Secret => fingerprint(value),
    }
}

/// As it is, on one line.
fn plain(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Enough to tell two secrets apart, and to compare one with what was meant: `printf %s "$VALUE" | sha256sum`.
fn fingerprint(value: &str) -> String {
    let digest = Sha256::digest(value.as_bytes());
    let start: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("set, {} bytes, sha256 {start}", value.len())
}

/// A URL without what stands before the `@` of its host and without the values of its query.
fn without_password(value: &str) -> String {
    let shown = plain(value);
    let (scheme, rest) = shown.split_once("://").filter(|(scheme, _)| is_scheme(scheme)).unwrap_or(("", &shown));
    let separator = if scheme.is_empty() { "" } else { "://" };
    format!("{scheme}{separator}{}", masked(rest))
}

fn is_scheme(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn masked(rest: &str) -> String {
    // The last `@` counts, and before any slash is looked for: a password may hold either unescaped.
    let (user, rest) = rest.rsplit_once('@').map_or(("", rest), |(user, rest)| (user, rest));
    if user.contains('?') {
        // The `?` may belong to a password, or the `@` to the query; what is certain is that one of them is secret.
        return "***".to_owned();
    }
    let (host, query) = rest.split_once('?').map_or((rest, ""), |(host, _)| (host, "?***"));
    let user = if user.is_empty() { "" } else { "***@" };
    format!("{user}{host}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_by_its_length_and_fingerprint_alone() {
        assert_eq!(shown(Kind::Secret, "hunter2"), "set, 7 bytes, sha256 f52fbd32");
        assert_eq!(shown(Kind::Secret, "密"), "set, 3 bytes, sha256 0e3d8855");
    }

    #[test]
    fn a_url_is_shown_without_what_could_be_a_password() {
        let url = |value: &str| shown(Kind::Url, value);
        assert_eq!(url("postgres://u:p/w@host/db?sslkey=k"), "postgres://***@host/db?***");
        assert_eq!(url("u:p@host:1"), "***@host:1");
        assert_eq!(url("file:./data/app.db"), "file:./data/app.db");
        for both in ["http://bob:se?cret@proxy", "postgres://u@host/db?password=se@cret", "http://u:se?cr@et@proxy?x"] {
            assert_eq!(url(both).split_once("://").map(|(_, rest)| rest), Some("***"), "{both}");
        }
        assert_eq!(url("u:s://e@host"), "***@host", "what stands before `://` is not always a scheme");
        assert_eq!(shown(Kind::Origin, "https://a.example,https://u:p@b.example"), "https://***@b.example");
        assert_eq!(shown(Kind::Origin, "https://a.example,https://b.example"), "https://a.example,https://b.example");
    }
}
