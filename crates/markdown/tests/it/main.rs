//! Whole messages through the public API.

mod support;

mod addresses;
mod blocks;
mod emphasis;
mod mathematics;
mod plain;
