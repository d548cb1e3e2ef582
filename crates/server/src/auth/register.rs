//! Registering. The first account of an installation becomes its administrator; later ones wait for approval, unless they
//! come by an invitation, which lets in at once.

use super::invitations::digest;
use super::names::Username;
use super::password::{self, Hasher};
use super::sign_in::Way;
use super::throttle::{Key, Refused};
use super::{Auth, Client, Grant};
use crate::audit::{self, Actor, Deed};
use crate::clock::Clock;
use crate::db::engine::lock_key;
use crate::db::invitations;
use crate::db::users::{self, NewUser};
use crate::db::{DatabaseTransaction, Db};
use crate::error::{AppError, AppResult};
use serde_json::{Value, json};
use shared::ErrorCode;
use shared::accounts::{User, UserRole, UserStatus};
use shared::audit::Act;
use shared::invitations::NewAccount;
use shared::settings::Registration;
use std::sync::atomic::Ordering;

/// What registering led to.
pub enum Registered {
    /// The first account, or one that came by an invitation: signed in.
    Active(Box<Grant>),
    /// Any other: waits.
    Pending(User),
}

/// How long an instance that others can reach takes its first administrator, in milliseconds.
const SETUP_MS: i64 = 60 * 60 * 1000;
/// Registrations take turns, so that two first ones cannot both be the first.
pub(super) const LOCK: &str = "register";

impl Auth {
    /// Whether strangers may register, when the setting says `enabled`.
    ///
    /// # Errors
    /// The database's.
    pub async fn registration(&self, enabled: bool) -> AppResult<Registration> {
        let claimed = users::any(self.db.read()).await?;
        Ok(match (claimed, enabled) {
            (true, true) => Registration::Open,
            (true, false) => Registration::Closed,
            (false, _) if self.setup_expired() => Registration::SetupExpired,
            (false, _) => Registration::Setup,
        })
    }

    /// Makes an account. `enabled` is the setting; the first account and those with an invitation are taken in any case.
    ///
    /// # Errors
    /// `request.invalid`, `password.too_common`, `auth.registration_closed`, `auth.setup_expired`, `auth.throttled`,
    /// `user.name_taken`, `invitation.invalid`.
    pub async fn register(&self, client: &Client, wish: NewAccount, enabled: bool) -> AppResult<Registered> {
        let name = Username::parse(&wish.username)?;
        password::check_new(&wish.password, &name.shown)?;
        // Said before the costly part, and decided again inside the transaction.
        match &wish.invite {
            Some(code) => drop(self.look_up_invitation(client, code).await?),
            None => refuse_closed(self.registration(enabled).await?)?,
        }
        let now = self.clock.now();
        self.attempt(&[Key::Register(client.network())], now)?;
        let hash = self.hasher.hash(wish.password).await?;
        if let Some(code) = wish.invite {
            return self.come_by(client, &code, (&name, &hash), now).await;
        }

        let tx = self.db.begin().await?;
        lock_key(&tx, LOCK).await?;
        let first = !users::any(&tx).await?;
        if first && self.setup_expired() {
            return Err(ErrorCode::AuthSetupExpired.into());
        }
        if !first && !enabled {
            return Err(ErrorCode::AuthRegistrationClosed.into());
        }
        let user = insert(&tx, &name, &hash, rights(first), false, now).await?;
        let (by, deed) = (Actor::stranger(client).as_person(&user), Deed::on_person(Act::PersonRegistered, &user));
        audit::write(&tx, &by, &deed.changes(Value::Null, audit::rights(&user)), now).await?;
        if !first {
            tx.commit().await?;
            tracing::info!(user = %user.id, "registered, waits for approval");
            return Ok(Registered::Pending(user));
        }
        let session = self.begin_login(&tx, client, (user, Way::Registration), now).await?;
        tx.commit().await?;
        tracing::info!(user = %session.user.id, "registered the first account, an administrator");
        Ok(Registered::Active(Box::new(self.grant(session, now)?)))
    }

    /// Lets somebody in by an invitation, with what it gives as long as it is taken.
    async fn come_by(
        &self,
        client: &Client,
        code: &str,
        (name, hash): (&Username, &str),
        now: i64,
    ) -> AppResult<Registered> {
        let digest = digest(code).ok_or(ErrorCode::InvitationInvalid)?;
        let tx = self.db.begin().await?;
        // It may have been revoked, used up or lost its maker since it was looked up.
        let taken = invitations::take(&tx, &digest, now).await?.ok_or(ErrorCode::InvitationInvalid)?;
        let user = insert(&tx, name, hash, (taken.role, UserStatus::Active), false, now).await?;
        invitations::note_use(&tx, &taken.id, &user.id, now).await?;
        let (by, deed) = (Actor::stranger(client).as_person(&user), Deed::on_person(Act::PersonRegistered, &user));
        let after = json!({"role": user.role, "status": user.status, "invitation": taken.id});
        audit::write(&tx, &by, &deed.changes(Value::Null, after), now).await?;
        let session = self.begin_login(&tx, client, (user, Way::Registration), now).await?;
        tx.commit().await?;
        tracing::info!(user = %session.user.id, invitation = %taken.id, "registered by an invitation");
        Ok(Registered::Active(Box::new(self.grant(session, now)?)))
    }

    /// Counts a try.
    pub(super) fn attempt(&self, keys: &[Key], now: i64) -> AppResult<()> {
        self.throttle.attempt(keys, self.settings.sign_in_limit(), now).map_err(|refused| throttled(&refused))
    }

    /// Whether the time for the first administrator is over. It is asked only while there is none.
    fn setup_expired(&self) -> bool {
        let expired = self.exposed && self.clock.now() - self.started > SETUP_MS;
        if expired && !self.said_expired.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "nobody became administrator within 60 minutes of the start, and other machines can reach this server: \
                 registration is closed until it is restarted; `aichat admin create` works at any time"
            );
        }
        expired
    }
}

/// The answer to a try that is not taken.
pub(super) fn throttled(refused: &Refused) -> AppError {
    AppError::new(ErrorCode::AuthThrottled).with("seconds", refused.seconds)
}

/// Makes an administrator, whatever the settings say and whoever is there already. Nobody else is changed; an active
/// administrator of that name is answered as [`Appointed::Before`], with the password they had.
///
/// # Errors
/// `request.invalid`, `password.too_common`, `user.name_taken` by somebody who is no active administrator, or the
/// database's.
pub async fn create_admin(db: &Db, clock: &Clock, cost: u32, username: &str, password: String) -> AppResult<Appointed> {
    let name = Username::parse(username)?;
    if let Some(known) = appointed(db, username).await? {
        return Ok(Appointed::Before(known));
    }
    password::check_new(&password, &name.shown)?;
    let hash = Hasher::new(cost).hash(password).await?;
    let (role, status) = rights(true);
    let tx = db.begin().await?;
    lock_key(&tx, LOCK).await?;
    let now = clock.now();
    let user = insert(&tx, &name, &hash, (role, status), false, now).await?;
    let deed = Deed::on_person(Act::PersonCreated, &user).changes(Value::Null, audit::rights(&user));
    audit::write(&tx, &Actor::command_line(), &deed, now).await?;
    tx.commit().await?;
    Ok(Appointed::Now(user))
}

/// The active administrator of this name.
///
/// # Errors
/// `request.invalid`, or the database's.
pub async fn appointed(db: &Db, username: &str) -> AppResult<Option<User>> {
    let name = Username::parse(username)?;
    let account = users::account_by_key(db.read(), &name.key).await?;
    Ok(account.map(|account| account.user).filter(|user| (user.role, user.status) == rights(true)))
}

/// What making an administrator led to.
#[derive(Clone, Debug, PartialEq)]
pub enum Appointed {
    /// The account is new.
    Now(User),
    /// It was there.
    Before(User),
}

/// Adds an account. Whether its password was `given` by somebody else, so that it must be replaced, is stored with it.
pub(super) async fn insert(
    tx: &DatabaseTransaction,
    name: &Username,
    hash: &str,
    (role, status): (UserRole, UserStatus),
    given: bool,
    now: i64,
) -> AppResult<User> {
    let new = NewUser {
        username: &name.shown,
        username_key: &name.key,
        password_hash: hash,
        must_change_password: given,
        role,
        status,
    };
    let taken = || AppError::new(ErrorCode::UserNameTaken).with("name", &name.shown);
    users::insert(tx, &new, now).await?.ok_or_else(taken)
}

fn rights(first: bool) -> (UserRole, UserStatus) {
    if first { (UserRole::Admin, UserStatus::Active) } else { (UserRole::User, UserStatus::Pending) }
}

fn refuse_closed(registration: Registration) -> AppResult<()> {
    match registration {
        Registration::Setup | Registration::Open => Ok(()),
        Registration::SetupExpired => Err(ErrorCode::AuthSetupExpired.into()),
        Registration::Closed => Err(ErrorCode::AuthRegistrationClosed.into()),
    }
}
