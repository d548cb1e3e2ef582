//! One module per address. Pages read state and lay out; they decide nothing that outlives them.

pub mod chat;
pub mod connections;
pub mod door;
pub mod guard;
pub mod login;
pub mod not_found;
pub mod pending;
pub mod people;
pub mod profile;
pub mod register;
pub mod settings;
pub mod system;
