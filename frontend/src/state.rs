//! What the client knows and what may be done to it. Each module starts with a plain struct and its reducer, tested
//! natively; signals, calls to `api` and the `provide_*`/`use_*` pair come last. Draws nothing.

pub mod account;
pub mod audit;
pub mod budgets;
pub mod build;
pub mod catalog;
pub mod chats;
pub mod composer;
pub mod connections;
pub mod conversation;
pub mod credentials;
pub mod devices;
pub mod events;
pub mod gauge;
pub mod invitations;
pub mod keys;
pub mod listing;
pub mod load;
pub mod logs;
pub mod models;
pub mod news;
pub mod people;
pub mod preferences;
pub mod runs;
pub mod search;
pub mod settings;
pub mod start;
pub mod toasts;
pub mod traces;
pub mod typed;
pub mod usage;
