//! A fake model server that speaks six protocols; the *name of the model* selects what it does.
//!
//! OpenAI Chat Completions (also at Azure's addresses), OpenAI Responses, Anthropic Messages, Google `generateContent` and
//! Ollama's own: an answer is one script of acts (`act`, `behaviour`), which an encoder per protocol (`encode`) writes.
//!
//! It is the counterpart of every test of the streaming path, the baseline (`direct`) of the benchmark, and, through
//! [`demo_script`], the text of the demo model inside the server. [`behaviours`] lists what it can do; every name is
//! also an entry of its model list. It listens on loopback only, keeps a bounded [`Ledger`] of what it served, and
//! never stores the value of a key.

mod act;
mod behaviour;
mod body;
mod demo;
mod encode;
mod ledger;
mod likeness;
mod protocol;
mod request;
mod routes;
mod server;
mod whole;

pub use behaviour::{About, behaviours, token};
pub use demo::{Step, StepKind, demo_script};
pub use ledger::{End, Ledger, Record, Totals};
pub use server::{MockLlm, Options};
