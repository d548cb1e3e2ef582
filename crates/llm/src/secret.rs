//! A key that cannot be shown by accident: it has no `Display`, no serialisation, and a `Debug` of three stars.

use std::fmt;

/// A provider's key, or the value of a header.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Words of a header's value that are shorter are no keys.
const SHORTEST: usize = 8;
/// Keys at least this long are recognised by their beginning too.
const LONG: usize = 16;
/// How much of a long key's beginning betrays it.
const BEGINNING: usize = 8;

impl Secret {
    /// Wraps a key. Blanks around it, which pasting leaves, are dropped.
    #[must_use]
    pub fn new(key: impl AsRef<str>) -> Self {
        Self(key.as_ref().trim().to_owned())
    }

    /// The key itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Removes the key from a provider's words, also where they show only the first part of it.
    #[must_use]
    pub(crate) fn scrub(&self, text: &str) -> String {
        let key = self.0.as_str();
        let needle = if key.len() >= LONG { key.get(..BEGINNING).unwrap_or(key) } else { key };
        without(text, needle)
    }

    /// Removes the words of a header's value. What looks like a key counts from its beginning on; `application/json`
    /// is no secret as long as the provider does not repeat all of it.
    #[must_use]
    pub(crate) fn scrub_words(&self, text: &str) -> String {
        let words = self.0.split([' ', ',', ';', '=']).filter(|word| word.len() >= SHORTEST);
        words.fold(text.to_owned(), |text, word| {
            let is_key = word.bytes().any(|byte| byte.is_ascii_digit());
            if is_key { Self::new(word).scrub(&text) } else { without(&text, word) }
        })
    }
}

/// The text without a needle and what belongs to the same word.
fn without(text: &str, needle: &str) -> String {
    if needle.is_empty() {
        return text.to_owned();
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(needle) {
        clean.push_str(&rest[..at]);
        clean.push_str("***");
        let tail = &rest[at + needle.len()..];
        rest = tail.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_.+/=*".contains(c));
    }
    clean.push_str(rest);
    clean
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret = Secret::new(" sk-canary-0123456789 \n");
        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(secret.expose(), "sk-canary-0123456789");
    }

    #[test]
    fn a_key_is_removed_from_words_whole_or_begun() {
        let secret = Secret::new("sk-canary-0123456789");
        let words = "Incorrect API key provided: sk-canary-0123456789. You sent sk-canary-01****; sk-other is fine.";
        assert_eq!(secret.scrub(words), "Incorrect API key provided: *** You sent ***; sk-other is fine.");
        assert_eq!(Secret::new("hunter2").scrub("hunter2, hunter"), "***, hunter");
        assert_eq!(Secret::new("").scrub("nothing"), "nothing");
    }

    #[test]
    fn the_words_of_a_header_are_removed_and_short_ones_stay() {
        let secret = Secret::new("Token gw-canary-0123456789, realm=internal");
        let words = "Token gw-canary-0123456789 or gw-canary-01*** of internal is wrong";
        assert_eq!(secret.scrub_words(words), "Token *** or *** of *** is wrong");
        assert_eq!(Secret::new("application/json").scrub_words("an application/jso"), "an application/jso");
        assert_eq!(Secret::new("true").scrub_words("true"), "true");
    }
}
