//! Calls about other people; administrators only.

use super::{ApiResult, auth, decode, delete, escape, fetch, get, patch, post, with_query};
use shared::accounts::{CreateUser, CreatedUser, GivenPassword, PeopleQuery, ResetPassword, UpdateUser, User};
use shared::people_csv::ImportReport;
use shared::{Page, UserId};
use wasm_bindgen::JsValue;

const PATH: &str = "/api/admin/users";

fn person(id: &UserId) -> String {
    format!("{PATH}/{}", escape(id.as_str()))
}

/// One page of the people that a query finds.
pub async fn list(query: &PeopleQuery) -> ApiResult<Page<User>> {
    let values = [
        ("q", query.q.clone()),
        ("status", query.status.map(|status| status.as_str().to_owned())),
        ("after", query.after.clone()),
        ("limit", query.limit.map(|limit| limit.to_string())),
    ];
    get(&with_query(PATH, values)).await
}

/// Makes an account. A password that the server made is told in the answer alone.
pub async fn create(wish: &CreateUser) -> ApiResult<CreatedUser> {
    post(PATH, wish).await
}

/// Approves, rejects, disables, enables, or changes the role.
pub async fn update(id: &UserId, change: &UpdateUser) -> ApiResult<User> {
    patch(&person(id), change).await
}

/// Gives somebody a password that the server makes, and ends all their logins.
pub async fn reset_password(id: &UserId) -> ApiResult<GivenPassword> {
    post(&format!("{}/password", person(id)), &ResetPassword::default()).await
}

/// Deletes somebody with everything that is theirs.
pub async fn remove(id: &UserId) -> ApiResult<()> {
    delete(&person(id)).await
}

/// Where the list of everybody is, for the browser to save.
pub const EXPORT: &str = "/api/admin/users/export";

/// Says what a list (a file or a text) would make, or makes it.
pub async fn import(list: &JsValue, check: bool) -> ApiResult<ImportReport> {
    // An ordinary call first: it renews a login that has run out, which the list itself is not sent twice for.
    auth::me().await?;
    let response = fetch::send_bytes(fetch::Method::Post, &format!("{PATH}/import?check={check}"), list).await?;
    decode(&fetch::text(&response).await?)
}

/// Ends all logins of somebody.
pub async fn end_logins(id: &UserId) -> ApiResult<()> {
    delete(&format!("{}/logins", person(id))).await
}
