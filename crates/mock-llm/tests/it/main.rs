//! Every behaviour over real HTTP on loopback, read from a bare socket.

mod answers;
mod faults;
mod keys;
mod lists;
mod oidc;
mod protocols;
mod refusals;
mod server;
mod support;
mod texts;
