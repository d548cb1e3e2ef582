//! Full-text search: [`index`] follows what is written, [`finder`] answers.

pub mod finder;
pub mod index;

pub use index::Indexer;
