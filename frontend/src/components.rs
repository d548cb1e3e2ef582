//! What can be seen: components take props and report through callbacks. Only pages and `state` decide.

pub mod announcement;
pub mod brand;
pub mod composer;
pub mod connect;
pub mod empty;
pub mod factor_form;
pub mod filters;
pub mod given;
pub mod limit_fields;
pub mod markdown_view;
pub mod message;
pub mod meter;
pub mod model_picker;
pub mod model_setting;
pub mod password_form;
pub mod picture_row;
pub mod preferences;
pub mod reasoning;
pub mod search;
pub mod setting_row;
pub mod sidebar;
pub mod strip;
pub mod text_row;
pub mod ui;
