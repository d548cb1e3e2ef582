//! Calls about the person of this browser: first screen, sign in and out, preferences, password.

use super::{ApiResult, decode, delete, delete_with, escape, fetch, get, patch, post};
use shared::accounts::{ChangePassword, Credentials, Entry, Leave, LoginInfo, SignedIn, UpdateMe, User};
use shared::files::FileUsage;
use shared::invitations::NewAccount;
use shared::settings::Bootstrap;
use shared::{LoginId, Page};
use web_sys::File;

/// Everything the first screen needs, signed in or not.
pub async fn bootstrap() -> ApiResult<Bootstrap> {
    get("/api/bootstrap").await
}

/// The signed-in person.
pub async fn me() -> ApiResult<User> {
    get("/api/auth/me").await
}

/// Renews the login of this browser, once for everybody who asks meanwhile.
pub async fn refresh() -> ApiResult<()> {
    super::refresh::shared().await
}

/// Creates an account; the person in the answer may still be pending.
pub async fn register(wish: &NewAccount) -> ApiResult<SignedIn> {
    post("/api/auth/register", wish).await
}

/// Signs in; whoever has a second factor is told to show a code first.
pub async fn login(credentials: &Credentials) -> ApiResult<Entry> {
    post("/api/auth/login", credentials).await
}

/// Signs this browser out.
pub async fn logout() -> ApiResult<()> {
    post("/api/auth/logout", &()).await
}

/// Stores preferences.
pub async fn update_me(change: &UpdateMe) -> ApiResult<User> {
    patch("/api/auth/me", change).await
}

/// Changes the password.
pub async fn change_password(change: &ChangePassword) -> ApiResult<()> {
    post("/api/auth/password", change).await
}

/// Where everything of the signed-in person is packed, for the browser to save.
pub const EXPORT: &str = "/api/auth/me/export";

/// Whether that may begin now. It renews a login that has run out, too, which saving does not.
pub async fn may_export() -> ApiResult<()> {
    get(&format!("{EXPORT}?check=true")).await
}

/// Deletes the account of the signed-in person.
pub async fn leave(password: String) -> ApiResult<()> {
    delete_with("/api/auth/me", &Leave { password }).await
}

/// Where the logins of the signed-in person are.
const LOGINS: &str = "/api/auth/logins";

/// The logins that stand.
pub async fn logins() -> ApiResult<Page<LoginInfo>> {
    get(LOGINS).await
}

/// Ends a login.
pub async fn end_login(id: &LoginId) -> ApiResult<()> {
    delete(&format!("{LOGINS}/{}", escape(id.as_str()))).await
}

/// Ends all logins but the one of this browser.
pub async fn end_other_logins() -> ApiResult<()> {
    delete(LOGINS).await
}

/// Where the picture of the signed-in person is kept.
const AVATAR: &str = "/api/auth/me/avatar";

/// Takes a picture.
pub async fn set_avatar(picture: &File) -> ApiResult<User> {
    // An ordinary call first: it renews a login that has run out, which the picture itself is not sent twice for.
    me().await?;
    let response = fetch::send_bytes(fetch::Method::Put, AVATAR, picture).await?;
    decode(&fetch::text(&response).await?)
}

/// Goes back to the initial.
pub async fn remove_avatar() -> ApiResult<User> {
    delete(AVATAR).await
}

/// How much the files of the signed-in person take.
pub async fn file_usage() -> ApiResult<FileUsage> {
    get("/api/files/usage").await
}
