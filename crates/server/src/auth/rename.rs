//! Another name for a person, chosen by themselves or by an administrator.

use super::names::Username;
use crate::audit::{self, Actor, Deed};
use crate::db::{DatabaseTransaction, users};
use crate::error::{AppError, AppResult};
use serde_json::json;
use shared::ErrorCode;
use shared::accounts::User;
use shared::audit::Act;

/// Gives a person another name and writes it down. Nothing is done where it is theirs already.
///
/// # Errors
/// `request.invalid` with the rule, `user.name_taken`; what was begun in the transaction must not be committed then.
pub async fn rename(tx: &DatabaseTransaction, by: &Actor, user: &User, name: &str, now: i64) -> AppResult<User> {
    let name = Username::parse(name)?;
    if name.shown == user.username {
        return Ok(user.clone());
    }
    if !users::set_name(tx, &user.id, &name.shown, &name.key).await? {
        return Err(AppError::new(ErrorCode::UserNameTaken).with("name", &name.shown));
    }
    let renamed = User { username: name.shown, ..user.clone() };
    let deed = Deed::on_person(Act::PersonRenamed, &renamed);
    let deed = deed.changes(json!({"name": user.username}), json!({"name": renamed.username}));
    audit::write(tx, by, &deed, now).await?;
    tracing::info!(user = %user.id, "user name changed");
    Ok(renamed)
}
