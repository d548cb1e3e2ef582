//! Passwords from the command line: for whoever runs the server, when somebody forgot theirs.

use super::names::Username;
use super::password::{self, Hasher};
use crate::audit::{self, Actor, Deed};
use crate::clock::Clock;
use crate::db::engine::lock_key;
use crate::db::{Db, api_keys, logins, users};
use crate::error::AppResult;
use shared::ErrorCode;
use shared::accounts::User;
use shared::audit::Act;

/// Gives an account a new password ends all its logins and revokes all its keys. What the account may do stays as it is.
///
/// A running server notices at once where somebody signs in, and within five seconds where somebody is signed in.
///
/// # Errors
/// `user.not_found`, `request.invalid`, `password.too_common`, or the database's.
pub async fn reset_password(db: &Db, clock: &Clock, cost: u32, username: &str, password: String) -> AppResult<User> {
    let name = Username::parse(username)?;
    let known = users::account_by_key(db.read(), &name.key).await?.ok_or(ErrorCode::UserNotFound)?.user;
    password::check_new(&password, &known.username)?;
    let hash = Hasher::new(cost).hash(password).await?;
    let tx = db.begin().await?;
    // Signing in takes the same turn, so no login slips in between with the old password.
    lock_key(&tx, known.id.as_str()).await?;
    users::set_password(&tx, &known.id, &hash, false).await?;
    let now = clock.now();
    logins::revoke_all(&tx, &known.id, None, now).await?;
    // Whoever knew the lost password may have made keys with it.
    api_keys::revoke_all(&tx, &known.id, now).await?;
    audit::write(&tx, &Actor::command_line(), &Deed::on_person(Act::PasswordReset, &known), now).await?;
    tx.commit().await?;
    Ok(known)
}
