//! Leaving: by oneself with the password, by an administrator, from the command line. An account that leaves is nobody's
//! from that moment on; `leaving` removes what was theirs.

use super::names::Username;
use super::{Auth, CurrentUser};
use crate::audit::{self, Actor, Deed};
use crate::clock::Clock;
use crate::db::engine::lock_key;
use crate::db::{Db, departures, users};
use crate::error::{AppError, AppResult};
use serde_json::Value;
use shared::accounts::{User, UserRole, UserStatus};
use shared::audit::Act;
use shared::{ErrorCode, UserId};

impl Auth {
    /// Lets the caller leave, with their password if they have one.
    ///
    /// # Errors
    /// `auth.password`, `auth.throttled`, `user.last_admin`.
    pub async fn leave(&self, caller: &CurrentUser, by: &Actor, password: String) -> AppResult<()> {
        let id = &caller.user.id;
        self.prove_password(caller, password).await?;
        begin(&self.db, id, (by, Act::AccountDeleted), self.clock.now()).await?;
        self.forget_user(id);
        tracing::info!(user = %id, "left; what was theirs is removed");
        Ok(())
    }

    /// Lets somebody else leave.
    ///
    /// # Errors
    /// `user.not_found`, `user.last_admin`, `request.invalid` for one's own account.
    pub async fn remove_user(&self, caller: &CurrentUser, by: &Actor, id: &UserId) -> AppResult<()> {
        if *id == caller.user.id {
            return Err(AppError::invalid("DELETE /api/auth/me deletes your own account, with your password"));
        }
        begin(&self.db, id, (by, Act::PersonDeleted), self.clock.now()).await?;
        self.forget_user(id);
        tracing::info!(user = %id, by = %caller.user.id, "person deleted; what was theirs is removed");
        Ok(())
    }
}

/// Lets the account of this name leave, from the command line. A running server sees it within five seconds and removes
/// what was theirs within a minute, one that does not run at its next start.
///
/// # Errors
/// `user.not_found`, `user.last_admin`, `request.invalid`, or the database's.
pub async fn remove_account(db: &Db, clock: &Clock, username: &str) -> AppResult<User> {
    let name = Username::parse(username)?;
    let known = users::account_by_key(db.read(), &name.key).await?.ok_or(ErrorCode::UserNotFound)?.user;
    begin(db, &known.id, (&Actor::command_line(), Act::PersonDeleted), clock.now()).await?;
    Ok(known)
}

async fn begin(db: &Db, id: &UserId, (by, act): (&Actor, Act), now: i64) -> AppResult<()> {
    let tx = db.begin().await?;
    // Two administrators who leave at the same moment take turns, or both would see the other.
    lock_key(&tx, users::ADMINISTRATORS).await?;
    // And a sign-in at this moment is over before its login is removed.
    lock_key(&tx, id.as_str()).await?;
    let user = users::get(&tx, id).await?.ok_or(ErrorCode::UserNotFound)?;
    let governs = user.role == UserRole::Admin && user.status == UserStatus::Active;
    if governs && users::other_active_admins(&tx, id).await? == 0 {
        return Err(ErrorCode::UserLastAdmin.into());
    }
    audit::write(&tx, by, &Deed::on_person(act, &user).changes(audit::rights(&user), Value::Null), now).await?;
    departures::begin(&tx, id, now).await?;
    tx.commit().await?;
    Ok(())
}
