//! Whole messages through the public API.

mod support;

mod addresses;
mod blocks;
mod content;
mod corpus;
mod emphasis;
mod mathematics;
mod nasty;
mod plain;
mod safety;
mod xss;
