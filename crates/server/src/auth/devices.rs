//! The logins that stand: a person lists and ends their own, administrators end all of somebody. What ends here is refused
//! from the next request on; whoever calls closes the streams.

use super::{Auth, CurrentUser, device};
use crate::db::engine::lock_key;
use crate::db::{logins, rfc3339};
use crate::error::AppResult;
use shared::accounts::LoginInfo;
use shared::{ErrorCode, LoginId, UserId};

impl Auth {
    /// The caller's logins, last used first.
    ///
    /// # Errors
    /// The database's.
    pub async fn logins(&self, caller: &CurrentUser) -> AppResult<Vec<LoginInfo>> {
        let devices = logins::list(self.db.read(), &caller.user.id, self.clock.now()).await?;
        let info = |login: logins::Device| LoginInfo {
            device: device::name(&login.agent),
            address: login.address,
            created_at: rfc3339(login.created_at),
            last_used_at: rfc3339(login.last_used_at),
            current: login.id == caller.login,
            id: login.id,
        };
        Ok(devices.into_iter().map(info).collect())
    }

    /// Ends a login of the caller.
    ///
    /// # Errors
    /// `login.not_found` for one that is over, or somebody else's.
    pub async fn end_login(&self, caller: &CurrentUser, login: &LoginId) -> AppResult<()> {
        let tx = self.db.begin().await?;
        if !logins::end(&tx, &caller.user.id, login, self.clock.now()).await? {
            return Err(ErrorCode::LoginNotFound.into());
        }
        tx.commit().await?;
        self.cache.forget_login(login);
        tracing::info!(user = %caller.user.id, %login, "login ended");
        Ok(())
    }

    /// Ends all logins of a person, except perhaps one.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_logins(&self, user: &UserId, keep: Option<&LoginId>) -> AppResult<()> {
        let tx = self.db.begin().await?;
        // A sign-in at this moment is over before its login is looked for.
        lock_key(&tx, user.as_str()).await?;
        logins::revoke_all(&tx, user, keep, self.clock.now()).await?;
        tx.commit().await?;
        self.forget_user(user);
        tracing::info!(user = %user, "logins ended");
        Ok(())
    }
}
