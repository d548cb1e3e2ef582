//! What can be seen: components take props and report through callbacks. Only pages and `state` decide.

pub mod ui;
