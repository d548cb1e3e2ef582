//! The AIChat server: REST, SSE, accounts and streaming turns.
//!
//! Read in this order to follow one message: [`routes`] (every path in one table), [`routes::runs`] (one request), [`chat`] (the
//! way from request to stored answer), [`chat::turn`] (its heart), `shared::AssistantMessage::apply` (what a message is).
//!
//! `routes` may use `auth`, `budgets`, `chat`, `catalog`, `settings` and `db`; only `db` names sea-orm; only `routes`, `auth`,
//! `error`, `edge`, `sse` and `serve` name actix.

pub mod app;
pub mod audit;
pub mod auth;
pub mod budgets;
pub mod catalog;
pub mod chat;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod doctor;
pub mod edge;
pub mod error;
pub mod export;
pub mod failure;
pub mod files;
pub mod gateway;
pub mod leaving;
pub mod listen;
pub mod logging;
pub mod metrics;
pub mod oidc;
pub mod openapi;
pub mod privileges;
pub mod redact;
pub mod routes;
pub mod seal;
pub mod search;
mod serve;
pub mod settings;
pub mod spa;
pub mod spreadsheet;
pub mod sse;
pub mod standing;
pub mod storage;
pub mod trace;
pub mod usage;
pub mod version;
mod watch;
mod whole;

pub use app::App;
pub use serve::{configure, serve};
