//! What a key alone decides, whatever the model: for tests of keys that die, slow down or run out of money.
//!
//! A part of the key says so: `sk-first-dead` is refused, `sk-second` answers.

use crate::act::Reply;
use crate::behaviour::{broken, busy, no_money, slow_down, wrong_key};
use crate::protocol::Protocol;

/// The refusal that a key brings about.
pub(crate) fn refusal(key: &str, protocol: Protocol) -> Option<Reply> {
    let has = |part: &str| key.contains(part);
    match () {
        () if has("-dead") => Some(wrong_key("a dead key")),
        () if has("-slow-down") => Some(slow_down()),
        () if has("-busy") => Some(busy()),
        // The longer word first: one is the beginning of the other.
        () if has("-broken") => Some(broken()),
        () if has("-broke") => Some(no_money(protocol)),
        () => None,
    }
}

/// Which list of models a key sees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Listing {
    /// The behaviours.
    Usual,
    /// A thousand models, the behaviours among them.
    Relay,
    /// None: the server has no list.
    Missing,
    /// None: the key is dead.
    Refused,
}

pub(crate) fn listing(key: &str) -> Listing {
    match () {
        () if key.contains("-dead") => Listing::Refused,
        () if key.contains("-nolist") => Listing::Missing,
        () if key.contains("-relay") => Listing::Relay,
        () => Listing::Usual,
    }
}

/// What a ledger may remember of a key: its end, unless that is most of it.
pub(crate) fn end(key: &str) -> String {
    let count = key.chars().count();
    if count < 8 { "…".to_owned() } else { key.chars().skip(count - 4).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_key_decides() {
        for (key, status) in [
            ("sk-1-dead", Some(401)),
            ("sk-slow-down-2", Some(429)),
            ("sk-busy", Some(429)),
            ("sk-broken", Some(500)),
            ("sk-broke", Some(429)),
            ("sk-canary", None),
        ] {
            let refused = refusal(key, Protocol::OpenAiChat).map(|reply| match reply {
                Reply::Refusal(refused, _) => refused.status,
                _ => 0,
            });
            assert_eq!(refused, status, "{key}");
        }
        assert_eq!(listing("sk-relay-1"), Listing::Relay);
        assert_eq!(listing("sk-relay-dead"), Listing::Refused);
    }

    #[test]
    fn only_the_end_of_a_long_key_is_remembered() {
        assert_eq!((end("sk-canary-1234"), end("short")), ("1234".to_owned(), "…".to_owned()));
    }
}
