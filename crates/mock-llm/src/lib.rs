//! A fake model server that speaks six protocols; the *name of the model* selects what it does.
//!
//! OpenAI Chat Completions (also at Azure's addresses), OpenAI Responses, Anthropic Messages, Google `generateContent` and
//! Ollama's own: an answer is one script of acts (`act`, `behaviour`), which an encoder per protocol (`encode`) writes.
//! The same scripts answer at `/v1/completions` (with `suffix`), `/v1/embeddings` and `/v1/rerank`, as OpenAI's API
//! reference describes the first two, and Cohere's, Jina's, vLLM's and Text Embeddings Inference's the last; vectors and
//! scores are made from the words of the texts (`likeness`), so that a test can predict them.
//!
//! A part of the *key* decides too, whatever the model (`keys`): `-dead` is refused with 401, `-slow-down` with 429 and
//! `Retry-After: 1`, `-busy` with 429 alone, `-broke` for want of money, `-broken` with 500; `-relay` sees a thousand models,
//! `-nolist` none.
//!
//! Beside the models stands an OpenID Connect issuer, where the *name of the person* selects what happens (`oidc`).
//!
//! It is the counterpart of every test of the streaming path, the baseline (`direct`) of the benchmark, and, through
//! [`demo_script`], the text of the demo model inside the server. [`behaviours`] and [`people`] list what it can do; every
//! name of a behaviour is also an entry of its model list. It listens on loopback only, keeps a bounded [`Ledger`] of what
//! it served, and never stores the value of a key.

mod act;
mod behaviour;
mod body;
mod catalogue;
mod demo;
mod encode;
mod keys;
mod ledger;
mod likeness;
mod oidc;
mod picture;
mod protocol;
mod request;
mod routes;
mod server;
mod tokens;
mod whole;

pub use behaviour::{About, behaviours, token};
pub use demo::{Step, StepKind, demo_script};
pub use ledger::{End, Ledger, Record, Totals};
pub use oidc::people;
pub use server::{MockLlm, Options};
pub use tokens::tokens;
