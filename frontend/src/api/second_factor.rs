//! Calls about the second factor of the signed-in person, and the second step of a sign-in.

use super::{ApiResult, delete, escape, get, post};
use shared::UserId;
use shared::accounts::SignedIn;
use shared::second_factor::{CodeSignIn, NewSecondFactor, RecoveryCodes, RemoveSecondFactor, SecondFactor, ShowCode};

const PATH: &str = "/api/auth/second-factor";

/// Signs in with a code, after a password.
pub async fn sign_in(wish: &CodeSignIn) -> ApiResult<SignedIn> {
    post("/api/auth/login/code", wish).await
}

/// Since when there is one, and how many recovery codes are left.
pub async fn status() -> ApiResult<SecondFactor> {
    get(PATH).await
}

/// A new secret, which counts once it was confirmed.
pub async fn begin() -> ApiResult<NewSecondFactor> {
    post(PATH, &()).await
}

/// Shows a first code.
pub async fn confirm(code: String) -> ApiResult<RecoveryCodes> {
    post(&format!("{PATH}/confirm"), &ShowCode { code }).await
}

/// Makes new recovery codes.
pub async fn renew(code: String) -> ApiResult<RecoveryCodes> {
    post(&format!("{PATH}/recovery-codes"), &ShowCode { code }).await
}

/// Turns it off.
pub async fn remove(wish: &RemoveSecondFactor) -> ApiResult<()> {
    post(&format!("{PATH}/remove"), wish).await
}

/// Takes it away from somebody else.
pub async fn take(id: &UserId) -> ApiResult<()> {
    delete(&format!("/api/admin/users/{}/second-factor", escape(id.as_str()))).await
}
