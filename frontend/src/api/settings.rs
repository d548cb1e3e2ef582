//! Calls about the settings of the system; administrators only.

use super::{ApiResult, escape, get, put};
use shared::Page;
use shared::settings::{Branding, SetSetting, SettingView};

/// Every setting.
pub async fn list() -> ApiResult<Page<SettingView>> {
    get("/api/settings/system").await
}

/// Changes one.
pub async fn set(key: &str, value: &SetSetting) -> ApiResult<SettingView> {
    put(&format!("/api/settings/system/{}", escape(key)), value).await
}

/// The name that the interface shows.
pub async fn branding() -> ApiResult<Branding> {
    get("/api/settings/branding").await
}
