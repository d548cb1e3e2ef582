//! The server as programs meet it: real HTTP, real migrations, a real database, a fake model server.
//!
//! One binary, so that it links once. `AICHAT_TEST_DATABASE_URL=postgres://…` runs the same suite on PostgreSQL, each
//! test in a schema of its own.

mod support;

mod accounts;
mod admin;
mod at_once;
mod canary;
mod chats;
mod config;
mod connections;
mod cors;
mod data;
mod doctor;
mod documents;
mod environment;
mod faults;
mod generated;
mod hardship;
mod matrix;
mod people;
mod process;
mod program;
mod proxies;
mod replicas;
mod settings;
mod spa;
mod start;
mod streaming;
mod verify;
