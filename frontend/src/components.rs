//! What can be seen: components take props and report through callbacks. Only pages and `state` decide.

pub mod connect;
pub mod preferences;
pub mod setting_row;
pub mod ui;
