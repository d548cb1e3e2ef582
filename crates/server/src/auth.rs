//! Logins: who calls, who may, and how people sign in, stay signed in and sign out.
//!
//! An access token (a JWT of minutes) names a person and a login; a refresh token (random, stored as a digest) makes new
//! ones for as long as the login lives. A program may show an API key instead, which stands for its person within its
//! scopes. Every request checks that the login or the key still stands, from memory.

mod access;
mod actor;
mod cache;
pub mod client;
mod common;
pub mod cookies;
mod device;
mod devices;
pub mod gate;
mod given;
mod identity;
mod import;
mod invitations;
pub mod keys;
mod known_device;
pub mod leave;
pub mod names;
pub mod password;
mod refresh;
pub mod register;
mod rename;
pub mod reset;
pub mod roster;
pub mod second_factor;
mod second_step;
pub mod self_test;
mod sign_in;
mod terms;
mod throttle;

pub use client::Client;
pub use gate::Access;
pub use keys::KeyPass;
pub use register::Registered;
pub use rename::rename;
pub use second_step::Entered;
pub use sign_in::Refreshed;

use crate::catalog::Asker;
use crate::clock::Clock;
use crate::config::{Config, SecretString};
use crate::db::{Db, logins, users};
use crate::error::{AppError, AppResult};
use crate::seal::Sealer;
use crate::settings::Settings;
use access::AccessKeys;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use cache::Cache;
use client::Trust;
use known_device::KnownDevices;
use password::Hasher;
use shared::accounts::{Tokens, User, UserRole, UserStatus};
use shared::keys::Scope;
use shared::{ErrorCode, LoginId, UserId};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use throttle::Throttle;

/// How long a login may be in use before that is noted again, in milliseconds: longer than access tokens live by default.
const USE_NOTED_MS: i64 = 20 * 60_000;

/// Everything about logins.
pub struct Auth {
    db: Db,
    clock: Clock,
    settings: Arc<Settings>,
    sealer: Sealer,
    keys: AccessKeys,
    passes: self_test::Passes,
    devices: KnownDevices,
    cache: Cache,
    throttle: Throttle,
    hasher: Hasher,
    trust: Trust,
    /// When this process started, for the time a new instance waits for its first administrator.
    started: i64,
    exposed: bool,
    said_expired: AtomicBool,
}

/// The signed-in caller. Handlers take it as an argument; the gate put it into the request.
#[derive(Clone, Debug)]
pub struct CurrentUser {
    /// The person.
    pub user: Arc<User>,
    /// What their streams are closed by: their login, or the key in its place.
    pub login: LoginId,
    /// The key that they showed; none for a login.
    pub key: Option<Arc<KeyPass>>,
}

impl CurrentUser {
    /// Whether they may do what administrators may.
    #[must_use]
    pub fn governs(&self) -> bool {
        self.user.role == UserRole::Admin && self.key.as_ref().is_none_or(|key| key.has(Scope::Admin))
    }
}

impl<'a> From<&'a CurrentUser> for Asker<'a> {
    fn from(caller: &'a CurrentUser) -> Self {
        Self { user: &caller.user, only: caller.key.as_ref().map_or(&[], |key| key.models.as_slice()) }
    }
}

/// The signed-in caller of a public route, if there is one.
#[derive(Clone, Debug)]
pub struct OptionalUser(pub Option<CurrentUser>);

/// What a person gets who signed in.
#[derive(Clone)]
pub struct Grant {
    /// The person.
    pub user: User,
    /// The login.
    pub login: LoginId,
    /// JWT.
    pub access_token: String,
    /// Life of the JWT in seconds.
    pub expires_in: u64,
    /// Opaque token for the next refresh.
    pub refresh_token: String,
    /// How long the login lives without being used, in milliseconds.
    pub login_ms: i64,
    /// What marks the browser as known from now on, if somebody just signed in there.
    pub device: Option<String>,
}

impl Grant {
    /// The tokens as a program gets them.
    #[must_use]
    pub fn tokens(&self) -> Tokens {
        Tokens {
            access_token: self.access_token.clone(),
            expires_in: self.expires_in,
            refresh_token: self.refresh_token.clone(),
        }
    }
}

impl Auth {
    /// Logins over this database.
    #[must_use]
    pub fn new(
        db: Db,
        clock: Clock,
        settings: Arc<Settings>,
        sealer: Sealer,
        jwt_secret: &SecretString,
        config: &Config,
    ) -> Self {
        Self {
            started: clock.now(),
            db,
            clock,
            settings,
            sealer,
            keys: AccessKeys::new(jwt_secret),
            passes: self_test::Passes::new(jwt_secret),
            devices: KnownDevices::new(jwt_secret),
            cache: Cache::default(),
            throttle: Throttle::default(),
            hasher: Hasher::new(config.bcrypt_cost),
            trust: Trust::new(config),
            exposed: config.listens_beyond_loopback(),
            said_expired: AtomicBool::new(false),
        }
    }

    /// What is believed about callers.
    #[must_use]
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// The person behind an access token, checked against the login as it stands.
    ///
    /// # Errors
    /// `auth.invalid`, `auth.expired`, `auth.revoked`, or the account's status.
    pub async fn identify(&self, token: &str) -> AppResult<CurrentUser> {
        let now = self.clock.now();
        let claims = self.keys.check(token, now)?;
        if let Some(caller) = self.cache.get(claims.sid.as_str(), now).filter(|caller| caller.user.id == claims.sub) {
            return Ok(caller);
        }
        let epoch = self.cache.epoch();
        let user = users::get(self.db.read(), &claims.sub).await?.ok_or(ErrorCode::AuthInvalid)?;
        refuse_inactive(&user)?;
        let login = logins::get(self.db.read(), &claims.sid).await?.ok_or(ErrorCode::AuthRevoked)?;
        if login.user != claims.sub {
            return Err(ErrorCode::AuthInvalid.into());
        }
        if login.revoked_at.is_some() {
            return Err(ErrorCode::AuthRevoked.into());
        }
        let end = refresh::end_of(&login, self.settings.login_life());
        if end <= now {
            return Err(ErrorCode::AuthExpired.into());
        }
        self.note_use(&login, now).await;
        let caller = CurrentUser { user: Arc::new(user), login: claims.sid, key: None };
        self.cache.put(caller.login.as_str(), &caller, end, now, epoch);
        Ok(caller)
    }

    /// Keeps up when a login was last used. Refreshing does that, so this is for access tokens that live for longer.
    async fn note_use(&self, login: &logins::Login, now: i64) {
        if now - login.last_used_at < USE_NOTED_MS {
            return;
        }
        let noted = async {
            let tx = self.db.begin().await?;
            logins::note_use(&tx, &login.id, now).await?;
            tx.commit().await
        };
        if let Err(error) = noted.await {
            // Nobody is refused because a moment could not be written.
            tracing::warn!(%error, "the last use of a login could not be noted");
        }
    }

    /// To be called after a person changed: their next request reads them anew.
    pub fn forget_user(&self, user: &UserId) {
        self.cache.forget_user(user);
    }
}

/// Says why an account may not sign in, unless it may.
fn refuse_inactive(user: &User) -> AppResult<()> {
    let code = match user.status {
        UserStatus::Active => return Ok(()),
        UserStatus::Pending => ErrorCode::AuthPending,
        UserStatus::Rejected => ErrorCode::AuthRejected,
        UserStatus::Disabled => ErrorCode::AuthDisabled,
    };
    let refusal = AppError::new(code);
    Err(match &user.reason {
        Some(reason) => refusal.with("reason", reason),
        None => refusal,
    })
}

impl FromRequest for CurrentUser {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let user = request.extensions().get::<Self>().cloned();
        ready(user.ok_or_else(|| AppError::new(ErrorCode::AuthRequired)))
    }
}

impl FromRequest for OptionalUser {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.extensions().get::<CurrentUser>().cloned())))
    }
}
