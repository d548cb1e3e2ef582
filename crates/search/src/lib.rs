//! What search understands: the words of texts and of queries, where they meet, and the line that shows it.
//!
//! One tokenizer ([`tokens`]) stands behind the index of both database engines, behind queries ([`query`]) and behind the
//! look at a text itself ([`find`]), so they cannot disagree. Han characters, kana and Hangul are tokens by themselves and
//! found as phrases, so that words of one character and hits in the middle of a word need no dictionary; traditional
//! characters are folded to simplified ones; English words are stemmed; identifiers are known whole and by their parts.
//!
//! Nothing here reads a database or a clock.

mod dates;
pub mod document;
pub mod find;
mod fold;
pub mod query;
pub mod snippet;
pub mod tokens;

pub use document::Document;
pub use find::Found;
pub use query::{Filters, Query};
