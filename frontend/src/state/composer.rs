//! What is typed and attached and not sent yet: one draft per chat, kept in this browser, and what a key means in the text
//! box. Plain data and functions; what is on the screen lives in [`Composer`]'s signals. What was sent is no draft: the
//! outbox keeps that.

mod also;
pub mod attachments;
pub mod files;
pub mod habits;
pub mod keys;
pub mod manner;
pub mod parameters;
mod plans;
pub mod queue;
mod store;
pub mod suggest;

pub use plans::Wish;
pub use store::{Composer, provide_composer, use_composer};

use shared::files::FileInfo;
use shared::{SessionId, UserId};

/// A text with its files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// Its files; the server has them.
    pub files: Vec<FileInfo>,
}

/// Puts a returned text before what was typed meanwhile.
#[must_use]
pub fn with_returned(text: &str, typed: &str) -> String {
    let is_blank = |text: &str| text.trim().is_empty();
    match (is_blank(text), is_blank(typed)) {
        (true, false) => typed.to_owned(),
        (_, false) if text != typed => format!("{text}\n\n{typed}"),
        _ => text.to_owned(),
    }
}

/// Where the draft of a chat is kept. Two people who share a browser do not read each other's drafts.
#[must_use]
pub fn key(user: &UserId, session: Option<&SessionId>) -> String {
    format!("aichat.draft.{user}.{}", session.map_or("new", SessionId::as_str))
}

/// Where the files of that draft are kept.
#[must_use]
pub fn files_key(user: &UserId, session: Option<&SessionId>) -> String {
    format!("aichat.files.{user}.{}", session.map_or("new", SessionId::as_str))
}

#[cfg(test)]
mod tests {
    use super::{files_key, key, with_returned};

    #[test]
    fn a_returned_text_does_not_overwrite_what_was_typed_meanwhile() {
        assert_eq!(with_returned("one", ""), "one");
        assert_eq!(with_returned("one", "two"), "one\n\ntwo");
        assert_eq!(with_returned("one", "one"), "one");
        assert_eq!(with_returned("", "two"), "two", "a picture without a text returns");
    }

    #[test]
    fn drafts_belong_to_a_person_and_a_chat() {
        let (ada, bob) = ("ada".into(), "bob".into());
        let keys = [key(&ada, None), key(&ada, Some(&"s".into())), key(&bob, None), files_key(&ada, None)];
        assert_eq!(
            keys,
            ["aichat.draft.ada.new", "aichat.draft.ada.s", "aichat.draft.bob.new", "aichat.files.ada.new"]
        );
    }
}
