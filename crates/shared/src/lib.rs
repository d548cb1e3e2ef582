//! The vocabulary that server and client share: ids, requests, responses, errors, events, and the one
//! fold that turns events into a message.
//!
//! It imports nothing else of this workspace, does no IO, and builds for wasm32. What is decided here is
//! decided for both sides: the server stores the result of [`message::AssistantMessage::apply`], the client draws it.

pub mod accounts;
pub mod audit;
pub mod budgets;
pub mod build;
pub mod chat;
pub mod colour;
pub mod connections;
pub mod diagnosis;
pub mod error;
pub mod events;
pub mod files;
pub mod ids;
pub mod interfaces;
pub mod invitations;
pub mod keys;
pub mod limits;
pub mod logs;
pub mod message;
pub mod models;
pub mod oidc;
pub mod organize;
pub mod overview;
pub mod page;
pub mod part;
pub mod people_csv;
#[cfg(feature = "schema")]
mod schema;
pub mod search;
pub mod second_factor;
pub mod self_test;
pub mod settings;
pub mod sse;
pub mod tokens;
pub mod trace;
pub mod usage;

pub use build::Build;
pub use error::{ApiError, ErrorCode};
pub use events::{Event, RunEvent};
pub use ids::*;
pub use message::AssistantMessage;
pub use page::Page;
pub use part::Part;
