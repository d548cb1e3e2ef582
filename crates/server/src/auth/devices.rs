//! The logins that stand: a person lists and ends their own, administrators end all of somebody. What ends here is refused
//! from the next request on; whoever calls closes the streams.

use super::{Auth, CurrentUser, device};
use crate::audit::{self, Actor, Deed};
use crate::db::engine::lock_key;
use crate::db::{logins, rfc3339};
use crate::error::AppResult;
use shared::accounts::{LoginInfo, User};
use shared::audit::{Act, ThingKind};
use shared::{ErrorCode, LoginId};

impl Auth {
    /// The caller's logins, last used first.
    ///
    /// # Errors
    /// The database's.
    pub async fn logins(&self, caller: &CurrentUser) -> AppResult<Vec<LoginInfo>> {
        let devices =
            logins::list(self.db.read(), &caller.user.id, self.settings.login_life().standing(self.clock.now()))
                .await?;
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
    pub async fn end_login(&self, caller: &CurrentUser, by: &Actor, login: &LoginId) -> AppResult<()> {
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        if !logins::end(&tx, &caller.user.id, login, now).await? {
            return Err(ErrorCode::LoginNotFound.into());
        }
        audit::write(&tx, by, &Deed::on(Act::LoginEnded, ThingKind::Login, login, &caller.user.username), now).await?;
        tx.commit().await?;
        self.cache.forget_login(login);
        tracing::info!(user = %caller.user.id, %login, "login ended");
        Ok(())
    }

    /// Ends all logins of a person, except perhaps one.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_logins(&self, user: &User, by: &Actor, keep: Option<&LoginId>) -> AppResult<()> {
        let (id, now) = (&user.id, self.clock.now());
        let tx = self.db.begin().await?;
        // A sign-in at this moment is over before its login is looked for.
        lock_key(&tx, id.as_str()).await?;
        logins::revoke_all(&tx, id, keep, now).await?;
        audit::write(&tx, by, &Deed::on_person(Act::LoginsEnded, user), now).await?;
        tx.commit().await?;
        self.forget_user(id);
        tracing::info!(user = %id, "logins ended");
        Ok(())
    }
}
