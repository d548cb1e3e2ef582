//! Calls about the settings of the system; administrators only.

use super::{ApiResult, auth, decode, delete, escape, fetch, get, put};
use serde::Deserialize;
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

/// Where the logo is kept.
const LOGO: &str = "/api/settings/logo";

/// Takes a logo.
pub async fn set_logo(picture: &web_sys::File) -> ApiResult<Branding> {
    // As with the picture of a person: an ordinary call renews a login that has run out.
    auth::me().await?;
    let response = fetch::send_bytes(fetch::Method::Put, LOGO, picture).await?;
    decode(&fetch::text(&response).await?)
}

/// Takes the logo away.
pub async fn remove_logo() -> ApiResult<Branding> {
    delete(LOGO).await
}

/// The public address of the server.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PublicUrl {
    /// It, if the operator set one.
    pub public_url: Option<String>,
    /// The variable that sets it, if one does.
    pub variable: Option<String>,
    /// The whole address that a picture would have.
    pub example: String,
}

/// What full addresses begin with.
pub async fn public_url() -> ApiResult<PublicUrl> {
    get("/api/settings/public-url").await
}
