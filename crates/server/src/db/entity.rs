//! Rows as sea-orm sees them, one file per table. Private to `db`.

pub(crate) mod api_key;
pub(crate) mod audit_entry;
pub(crate) mod auth_session;
pub(crate) mod budget;
pub(crate) mod connection;
pub(crate) mod connection_key;
pub(crate) mod file;
pub(crate) mod folder;
pub(crate) mod identity;
pub(crate) mod identity_provider;
pub(crate) mod message;
pub(crate) mod model;
pub(crate) mod refresh_token;
pub(crate) mod run;
pub(crate) mod run_chunk;
pub(crate) mod second_factor;
pub(crate) mod session;
pub(crate) mod setting;
pub(crate) mod sign_in_ticket;
pub(crate) mod trace;
pub(crate) mod trace_detail;
pub(crate) mod usage_record;
pub(crate) mod user;
