//! Full text of chats in the database: what differs between the engines, and the queue that both have.
//!
//! [`terms`] says a query in the engine's own words, [`ask`] asks the index, [`queue`] keeps it up to date. The index is
//! never believed alone: whatever it answers is joined with the chats themselves, and their owner is part of that.

pub mod ask;
pub mod queue;
pub mod terms;
