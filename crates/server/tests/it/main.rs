//! The server as programs meet it: real HTTP, real migrations, a real database, a fake model server.
//!
//! One binary, so that it links once. `AICHAT_TEST_DATABASE_URL=postgres://…` runs the same suite on PostgreSQL, each
//! test in a schema of its own.

mod support;

mod accounts;
mod admin;
mod advisories;
mod api_keys;
mod at_once;
mod audit;
mod branches;
mod brand;
mod budgets;
mod canary;
mod catalog;
mod chats;
mod config;
mod connections;
mod context;
mod cors;
mod data;
mod doctor;
mod documents;
mod environment;
mod failover;
mod faults;
mod files;
mod generated;
mod hardship;
mod invitations;
mod keys;
mod leaving;
mod lists;
mod logs;
mod matrix;
mod metrics;
mod oidc;
mod openapi;
mod organize;
mod own_connections;
mod paths;
mod people;
mod process;
mod program;
mod proxies;
mod recorder;
mod replicas;
mod request_ids;
mod rotate;
mod search;
mod second_factor;
mod settings;
mod spa;
mod start;
mod streaming;
mod tap;
mod titles;
mod tools;
mod trace;
mod turns;
mod usage;
mod v1;
mod verify;
