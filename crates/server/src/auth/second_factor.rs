//! The second factor: a person sets one up, shows codes of it, gets recovery codes and takes it away again. Codes are tried
//! as seldom as passwords, and each is worth something once.

mod recovery;
mod totp;

use super::names;
use super::throttle::Key;
use super::{Auth, Client, CurrentUser};
use crate::audit::{self, Actor, Deed};
use crate::clock::Clock;
use crate::db::engine::lock_key;
use crate::db::second_factors::{self, Factor};
use crate::db::{ConnectionTrait, DatabaseTransaction, Db, rfc3339, users};
use crate::error::{AppError, AppResult};
use crate::seal::SealError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use shared::accounts::User;
use shared::audit::Act;
use shared::second_factor::{NewSecondFactor, RecoveryCodes, RemoveSecondFactor, SecondFactor};
use shared::{ErrorCode, UserId};

/// Longest code that is looked at, in bytes.
const MAX_CODE_BYTES: usize = 100;
/// What the names begin with under which tries of codes are counted: no account has such a name, so right passwords do not
/// forgive wrong codes.
const TRIES: &str = "\u{0}code:";

/// Where the secret of a person is sealed for.
fn place(user: &UserId) -> String {
    format!("second_factors/{user}/sealed")
}

impl Auth {
    /// What the caller has.
    ///
    /// # Errors
    /// The database's.
    pub async fn second_factor(&self, caller: &CurrentUser) -> AppResult<SecondFactor> {
        let (db, user) = (self.db.read(), &caller.user.id);
        let since = second_factors::get(db, user).await?.and_then(|factor| factor.confirmed_at);
        Ok(SecondFactor {
            since: since.map(rfc3339),
            recovery_codes: if since.is_some() { second_factors::count_codes(db, user).await? } else { 0 },
        })
    }

    /// Makes a secret for the caller. It counts from when [`Auth::confirm_second_factor`] saw a code of it; until then it
    /// can be made anew.
    ///
    /// # Errors
    /// `second_factor.on`, `auth.throttled`.
    pub async fn begin_second_factor(&self, caller: &CurrentUser, brand: &str) -> AppResult<NewSecondFactor> {
        let user = &caller.user;
        let mut secret = [0_u8; totp::SECRET_BYTES];
        OsRng.try_fill_bytes(&mut secret).map_err(AppError::internal)?;
        let sealed = self.sealer.seal(&place(&user.id), &URL_SAFE_NO_PAD.encode(secret));
        let tx = self.db.begin().await?;
        lock_key(&tx, user.id.as_str()).await?;
        let known = second_factors::get(&tx, &user.id).await?;
        if known.is_some_and(|factor| factor.confirmed_at.is_some()) {
            return Err(ErrorCode::SecondFactorOn.into());
        }
        second_factors::begin(&tx, &user.id, &sealed, self.clock.now()).await?;
        tx.commit().await?;
        let secret = totp::base32(&secret);
        let uri = totp::uri(brand, &user.username, &secret);
        let qr = totp::qr(&uri).map_err(AppError::internal)?;
        Ok(NewSecondFactor { secret, uri, qr })
    }

    /// Takes a first code of the caller's new secret, which counts from now on. Answers recovery codes.
    ///
    /// # Errors
    /// `second_factor.off` when nothing was begun, `second_factor.on`, `auth.code`, `auth.throttled`.
    pub async fn confirm_second_factor(
        &self,
        client: &Client,
        caller: &CurrentUser,
        code: &str,
    ) -> AppResult<RecoveryCodes> {
        let (now, user) = (self.clock.now(), &caller.user.id);
        unconfirmed(self.db.read(), user).await?;
        let tries = self.try_code(client, user, now).await?;
        let tx = self.db.begin().await?;
        lock_key(&tx, user.as_str()).await?;
        let factor = unconfirmed(&tx, user).await?;
        self.use_step(&tx, user, &factor.sealed, code, now).await?;
        second_factors::confirm(&tx, user, now).await?;
        let codes = new_codes(&tx, user).await?;
        note(&tx, &Actor::caller(caller, client), Act::SecondFactorSet, &caller.user, now).await?;
        tx.commit().await?;
        self.throttle.success(&tries);
        self.forget_user(user);
        tracing::info!(user = %user, "second factor set up");
        Ok(codes)
    }

    /// Makes new recovery codes for the caller; the old ones are worth nothing from now on.
    ///
    /// # Errors
    /// `second_factor.off`, `auth.code`, `auth.throttled`.
    pub async fn renew_recovery_codes(
        &self,
        client: &Client,
        caller: &CurrentUser,
        code: &str,
    ) -> AppResult<RecoveryCodes> {
        let (now, user) = (self.clock.now(), &caller.user.id);
        // Where there is none nothing can be guessed, so nothing is counted.
        confirmed(self.db.read(), user).await?;
        let tries = self.try_code(client, user, now).await?;
        let tx = self.db.begin().await?;
        lock_key(&tx, user.as_str()).await?;
        self.use_up(&tx, user, code, now).await?;
        let codes = new_codes(&tx, user).await?;
        note(&tx, &Actor::caller(caller, client), Act::RecoveryCodesMade, &caller.user, now).await?;
        tx.commit().await?;
        self.throttle.success(&tries);
        tracing::info!(user = %user, "recovery codes made anew");
        Ok(codes)
    }

    /// Takes the caller's second factor away.
    ///
    /// # Errors
    /// `second_factor.off`, `auth.password`, `auth.code`, `auth.throttled`.
    pub async fn remove_second_factor(
        &self,
        client: &Client,
        caller: &CurrentUser,
        wish: RemoveSecondFactor,
    ) -> AppResult<()> {
        let (now, user) = (self.clock.now(), &caller.user.id);
        confirmed(self.db.read(), user).await?;
        self.prove_password(caller, wish.password.unwrap_or_default()).await?;
        let tries = self.try_code(client, user, now).await?;
        let tx = self.db.begin().await?;
        lock_key(&tx, user.as_str()).await?;
        self.use_up(&tx, user, &wish.code, now).await?;
        second_factors::remove(&tx, user).await?;
        note(&tx, &Actor::caller(caller, client), Act::SecondFactorRemoved, &caller.user, now).await?;
        tx.commit().await?;
        self.throttle.success(&tries);
        self.forget_user(user);
        tracing::info!(user = %user, "second factor removed");
        Ok(())
    }

    /// Takes somebody else's second factor away, who lost their phone and their recovery codes.
    ///
    /// # Errors
    /// `user.not_found`, `second_factor.off`.
    pub async fn take_second_factor(&self, by: &Actor, user: &UserId) -> AppResult<()> {
        take(&self.db, by, user, self.clock.now()).await?;
        self.forget_user(user);
        tracing::info!(user = %user, "second factor taken away");
        Ok(())
    }

    /// Counts a try of a code of this person. What is answered takes it back once the code was right.
    ///
    /// # Errors
    /// `auth.throttled`.
    pub(super) async fn try_code(&self, client: &Client, user: &UserId, now: i64) -> AppResult<Vec<Key>> {
        let account = users::get(self.db.read(), user).await?.ok_or(ErrorCode::AuthRevoked)?;
        let tries = self.tries(client, &names::key(&account.username), &format!("{TRIES}{user}"), now).await?;
        self.attempt(&tries, now)?;
        Ok(tries)
    }

    /// Uses up a code of the app, or a recovery code.
    ///
    /// # Errors
    /// `second_factor.off`, `auth.code`.
    pub(super) async fn use_up(&self, tx: &DatabaseTransaction, user: &UserId, code: &str, now: i64) -> AppResult<()> {
        let factor = confirmed(tx, user).await?;
        if code.len() > MAX_CODE_BYTES {
            return Err(ErrorCode::AuthCode.into());
        }
        if totp::is_code(&recovery::plain(code)) {
            return self.use_step(tx, user, &factor.sealed, code, now).await;
        }
        match second_factors::use_code(tx, user, &recovery::digest(user, code)).await? {
            true => {
                tracing::info!(user = %user, "recovery code used");
                Ok(())
            }
            false => Err(ErrorCode::AuthCode.into()),
        }
    }

    async fn use_step(
        &self,
        tx: &impl ConnectionTrait,
        user: &UserId,
        sealed: &str,
        code: &str,
        now: i64,
    ) -> AppResult<()> {
        let secret = self.sealer.open(&place(user), sealed).map_err(AppError::internal)?;
        let secret = URL_SAFE_NO_PAD.decode(secret).map_err(|_| AppError::internal(SealError::Form))?;
        let step = totp::step_of(&secret, &recovery::plain(code), now).ok_or(ErrorCode::AuthCode)?;
        if second_factors::use_step(tx, user, step).await? { Ok(()) } else { Err(ErrorCode::AuthCode.into()) }
    }
}

/// The second factor that counts.
async fn confirmed(db: &impl ConnectionTrait, user: &UserId) -> AppResult<Factor> {
    let factor = second_factors::get(db, user).await?.filter(|factor| factor.confirmed_at.is_some());
    factor.ok_or_else(|| ErrorCode::SecondFactorOff.into())
}

/// The second factor that is being set up.
async fn unconfirmed(db: &impl ConnectionTrait, user: &UserId) -> AppResult<Factor> {
    let factor = second_factors::get(db, user).await?.ok_or(ErrorCode::SecondFactorOff)?;
    if factor.confirmed_at.is_some() { Err(ErrorCode::SecondFactorOn.into()) } else { Ok(factor) }
}

async fn new_codes(tx: &DatabaseTransaction, user: &UserId) -> AppResult<RecoveryCodes> {
    let codes = recovery::generate()?;
    let hashes: Vec<String> = codes.iter().map(|code| recovery::digest(user, code)).collect();
    second_factors::put_codes(tx, user, &hashes).await?;
    Ok(RecoveryCodes { codes })
}

/// Writes down what was done with a second factor.
async fn note(tx: &DatabaseTransaction, by: &Actor, act: Act, user: &User, now: i64) -> AppResult<()> {
    Ok(audit::write(tx, by, &Deed::on_person(act, user), now).await?)
}

async fn take(db: &Db, by: &Actor, user: &UserId, now: i64) -> AppResult<()> {
    let tx = db.begin().await?;
    lock_key(&tx, user.as_str()).await?;
    let known = users::get(&tx, user).await?.ok_or(ErrorCode::UserNotFound)?;
    confirmed(&tx, user).await?;
    second_factors::remove(&tx, user).await?;
    note(&tx, by, Act::SecondFactorRemoved, &known, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes the second factor of this account away, for whoever runs the server.
///
/// # Errors
/// `user.not_found`, `second_factor.off`, or the database's.
pub async fn remove_of(db: &Db, clock: &Clock, username: &str) -> AppResult<String> {
    let name = names::Username::parse(username)?;
    let user = users::account_by_key(db.read(), &name.key).await?.ok_or(ErrorCode::UserNotFound)?.user;
    take(db, &Actor::command_line(), &user.id, clock.now()).await?;
    Ok(user.username)
}
