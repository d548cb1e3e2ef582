//! What is typed and not sent yet: one draft per chat, kept in this browser, and what a key means in the text box. Plain
//! functions; the text itself lives in [`Composer`]'s signal. What was sent is no draft: the outbox keeps that.

pub mod keys;
mod store;

pub use store::{Composer, provide_composer, use_composer};

use shared::{SessionId, UserId};

/// Puts a returned text before what was typed meanwhile.
#[must_use]
pub fn with_returned(text: &str, typed: &str) -> String {
    if typed.trim().is_empty() || typed == text { text.to_owned() } else { format!("{text}\n\n{typed}") }
}

/// Where the draft of a chat is kept. Two people who share a browser do not read each other's drafts.
#[must_use]
pub fn key(user: &UserId, session: Option<&SessionId>) -> String {
    format!("aichat.draft.{user}.{}", session.map_or("new", SessionId::as_str))
}

#[cfg(test)]
mod tests {
    use super::{key, with_returned};

    #[test]
    fn a_returned_text_does_not_overwrite_what_was_typed_meanwhile() {
        assert_eq!(with_returned("one", ""), "one");
        assert_eq!(with_returned("one", "two"), "one\n\ntwo");
        assert_eq!(with_returned("one", "one"), "one");
    }

    #[test]
    fn drafts_belong_to_a_person_and_a_chat() {
        let (ada, bob) = ("ada".into(), "bob".into());
        let keys = [key(&ada, None), key(&ada, Some(&"s".into())), key(&bob, None)];
        assert_eq!(keys, ["aichat.draft.ada.new", "aichat.draft.ada.s", "aichat.draft.bob.new"]);
    }
}
