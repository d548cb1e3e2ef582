//! Calls about the person of this browser: first screen, sign in and out, preferences, password.

use super::{ApiResult, get, patch, post};
use shared::accounts::{ChangePassword, Credentials, SignedIn, UpdateMe, User};
use shared::settings::Bootstrap;

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
pub async fn register(credentials: &Credentials) -> ApiResult<SignedIn> {
    post("/api/auth/register", credentials).await
}

/// Signs in.
pub async fn login(credentials: &Credentials) -> ApiResult<SignedIn> {
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
