//! Signing in, staying signed in, signing out, and the end of logins.

use super::client::network;
use super::names::Username;
use super::register::throttled;
use super::throttle::Key;
use super::{Auth, Client, CurrentUser, Entered, Grant, password, refresh, refuse_inactive};
use crate::audit::{self, Actor, Deed};
use crate::db::engine::lock_key;
use crate::db::logins::{self, NewLogin};
use crate::db::users::{self, Account};
use crate::db::{DatabaseTransaction, rfc3339};
use crate::error::{AppError, AppResult};
use refresh::Worth;
use serde_json::{Value, json};
use shared::accounts::{ChangePassword, Credentials, User};
use shared::audit::Act;
use shared::{ErrorCode, LoginId, UserId};

/// What showing a refresh token led to.
pub enum Refreshed {
    /// New tokens.
    Granted(Box<Grant>),
    /// It had been used long before, so somebody has a copy: the login is over, and so must its streams be.
    Reused(EndedLogin),
}

/// A login that is over; its streams must be, too.
pub struct EndedLogin {
    /// Whose it was.
    pub user: UserId,
    /// Which one.
    pub login: LoginId,
}

/// How somebody proved who they are, as it is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// By the password.
    Password,
    /// By a code, after the password or a service.
    Code,
    /// By another service that vouches for them.
    Service,
    /// They have just made the account.
    Registration,
}

impl Way {
    fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "code",
            Self::Service => "service",
            Self::Registration => "registration",
        }
    }
}

/// A login with its first or next refresh token, before the access token is signed.
pub(super) struct OpenLogin {
    pub(super) user: User,
    login: LoginId,
    refresh_token: String,
    /// What marks the browser as known, where somebody just signed in.
    device: Option<String>,
}

/// Refresh tokens of one login that may be good at a time; more means a program that throws them away.
const MAX_LIVE_TOKENS: u64 = 16;

impl Auth {
    /// Signs in with name and password; whoever has a second factor is asked for a code next.
    ///
    /// # Errors
    /// `auth.credentials`, `auth.throttled`, or the account's status, which only the right password reveals.
    pub async fn login(&self, client: &Client, wish: Credentials) -> AppResult<Entered> {
        let now = self.clock.now();
        // A name that nobody can have is counted and answered like one that nobody has.
        let name = Username::parse(&wish.username).ok();
        let key = name.as_ref().map(|name| name.key.clone()).unwrap_or_default();
        let limit = self.settings.sign_in_limit();
        let tries = self.tries(client, &key, &key, now).await?;
        if let Err(refused) = self.throttle.attempt(&tries, limit, now) {
            self.note_lockout(&key, client, refused.first, now).await?;
            return Err(throttled(&refused));
        }
        let account = match name {
            Some(_) => users::account_by_key(self.db.read(), &key).await?,
            None => None,
        };
        let hash = account.as_ref().and_then(Account::hash);
        let good = self.hasher.verify(wish.password, hash.clone()).await?;
        let Some(account) = account.filter(|_| good) else {
            tracing::warn!(address = %client.address, "failed sign-in");
            return Err(ErrorCode::AuthCredentials.into());
        };
        self.throttle.success(&tries);
        refuse_inactive(&account.user)?;

        let tx = self.db.begin().await?;
        lock_key(&tx, account.user.id.as_str()).await?;
        // The password may have been changed, or the account disabled, while this one was being checked.
        let account = users::account(&tx, &account.user.id).await?.filter(|now| now.hash() == hash);
        let account = account.ok_or(ErrorCode::AuthCredentials)?;
        refuse_inactive(&account.user)?;
        self.enter(tx, client, (account, Way::Password), now).await
    }

    /// What a try for the account of this name is counted by, under a word of its own for each kind of try. Strangers who use
    /// tries up must not lock the owner out where they are at home, nor in a browser of theirs.
    pub(super) async fn tries(&self, client: &Client, name: &str, word: &str, now: i64) -> AppResult<Vec<Key>> {
        let mark = client.mark.as_deref().and_then(|mark| self.devices.read(mark, now));
        if let Some(known) = mark
            && users::account_by_key(self.db.read(), name).await?.is_some_and(|account| account.user.id == known.sub)
        {
            return Ok(vec![Key::Device(format!("{word} {}", known.device))]);
        }
        let mut tries = vec![Key::Account(word.to_owned(), client.network()), Key::Address(client.network())];
        let anywhere = Key::Anywhere(word.to_owned());
        let limit = self.settings.sign_in_limit();
        if !self.throttle.is_closed(&anywhere, limit, now) || !self.was_here(name, client, now).await? {
            tries.push(anywhere);
        }
        Ok(tries)
    }

    /// Writes down that tries are refused from here on, once for each pause: strangers cannot fill the log. The name is
    /// written only if somebody has it: what is typed there by mistake may be a password.
    async fn note_lockout(&self, key: &str, client: &Client, first: bool, now: i64) -> AppResult<()> {
        if !first {
            return Ok(());
        }
        let account = users::account_by_key(self.db.read(), key).await?;
        let deed =
            account.map_or_else(|| Deed::new(Act::LockedOut), |account| Deed::on_person(Act::LockedOut, &account.user));
        let tx = self.db.begin().await?;
        audit::write(&tx, &Actor::stranger(client), &deed, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether somebody who calls from there was signed in to this account not long ago.
    async fn was_here(&self, key: &str, client: &Client, now: i64) -> AppResult<bool> {
        let known = logins::addresses(self.db.read(), key, now - self.settings.login_life().idle_ms()).await?;
        let mut known = known.iter().filter_map(|address| address.parse().ok());
        Ok(known.any(|address| network(address) == client.network()))
    }

    /// Opens a login for a person who proved to be who they say, and writes it down.
    pub(super) async fn begin_login(
        &self,
        tx: &DatabaseTransaction,
        client: &Client,
        (mut user, way): (User, Way),
        now: i64,
    ) -> AppResult<OpenLogin> {
        let address = client.address.to_string();
        let expires_at = self.settings.login_life().end(now, now);
        let new = NewLogin { user: &user.id, device: &client.device, address: &address, expires_at };
        let login = logins::insert(tx, &new, now).await?;
        users::set_last_login(tx, &user.id, now).await?;
        user.last_login_at = Some(rfc3339(now));
        let refresh_token = refresh::generate();
        logins::insert_token(tx, &login, &refresh::digest(&refresh_token), now).await?;
        let (by, deed) = (Actor::stranger(client).as_person(&user), Deed::on_person(Act::SignedIn, &user));
        audit::write(tx, &by, &deed.changes(Value::Null, json!({"way": way.as_str()})), now).await?;
        let device = Some(self.devices.issue(&user.id, now).map_err(AppError::internal)?);
        Ok(OpenLogin { user, login, refresh_token, device })
    }

    /// Signs the access token of an open login.
    pub(super) fn grant(&self, open: OpenLogin, now: i64) -> AppResult<Grant> {
        let seconds = self.settings.access_token_seconds();
        let access_token = self.keys.sign(&open.user.id, &open.login, now, seconds).map_err(AppError::internal)?;
        Ok(Grant {
            user: open.user,
            login: open.login,
            access_token,
            expires_in: u64::from(seconds),
            refresh_token: open.refresh_token,
            login_ms: self.settings.login_life().idle_ms(),
            device: open.device,
        })
    }

    /// Takes a refresh token for new tokens.
    ///
    /// # Errors
    /// `auth.invalid` for a token nobody knows, `auth.revoked`, `auth.expired`, or the account's status.
    pub async fn refresh(&self, client: &Client, token: &str) -> AppResult<Refreshed> {
        let now = self.clock.now();
        let hash = refresh::digest(token);
        let shown = logins::token(self.db.read(), &hash).await?.ok_or(ErrorCode::AuthInvalid)?;

        let tx = self.db.begin().await?;
        lock_key(&tx, shown.login.id.as_str()).await?;
        let shown = logins::token(&tx, &hash).await?.ok_or(ErrorCode::AuthInvalid)?;
        let login = &shown.login.id;
        let user = users::get(&tx, &shown.login.user).await?.ok_or(ErrorCode::AuthInvalid)?;
        refuse_inactive(&user)?;
        let life = self.settings.login_life();
        match refresh::worth(&shown, life, now) {
            Worth::Rotate => logins::supersede(&tx, login, now).await?,
            Worth::Again if logins::live_tokens(&tx, login).await? < MAX_LIVE_TOKENS => {}
            Worth::Again => return Err(AppError::new(ErrorCode::AuthThrottled).with("seconds", 30)),
            Worth::Nothing(code) => return Err(code.into()),
            Worth::Reused => {
                logins::revoke(&tx, login, now).await?;
                // Who shows it is anybody's guess, but not the person as far as we know.
                let deed = Deed::on_person(Act::LoginStolen, &user);
                audit::write(&tx, &Actor::stranger(client), &deed, now).await?;
                tx.commit().await?;
                self.cache.forget_login(login);
                tracing::warn!(user = %user.id, login = %login, address = %client.address, "a used refresh token came again: login ended");
                return Ok(Refreshed::Reused(EndedLogin { user: user.id, login: login.clone() }));
            }
        }
        let refresh_token = refresh::generate();
        logins::insert_token(&tx, login, &refresh::digest(&refresh_token), now).await?;
        let end = life.end(shown.login.created_at, now);
        logins::touch(&tx, login, &client.address.to_string(), end, now).await?;
        tx.commit().await?;
        self.cache.forget_login(login);
        let open = OpenLogin { user, login: shown.login.id, refresh_token, device: None };
        Ok(Refreshed::Granted(Box::new(self.grant(open, now)?)))
    }

    /// Ends the login that a token belongs to, whichever of the two is given and however old the access token is.
    /// Answers whose login ended; none when there was nothing to end.
    ///
    /// # Errors
    /// The database's.
    pub async fn logout(&self, access: Option<&str>, refresh: Option<&str>) -> AppResult<Option<EndedLogin>> {
        let from_refresh = match refresh {
            Some(token) => logins::token(self.db.read(), &refresh::digest(token)).await?.map(|shown| shown.login.id),
            None => None,
        };
        let from_access = || access.and_then(|token| self.keys.read(token).ok()).map(|claims| claims.sid);
        let Some(id) = from_refresh.or_else(from_access) else { return Ok(None) };
        let tx = self.db.begin().await?;
        let Some(login) = logins::get(&tx, &id).await? else { return Ok(None) };
        logins::revoke(&tx, &id, self.clock.now()).await?;
        tx.commit().await?;
        self.cache.forget_login(&id);
        Ok(Some(EndedLogin { user: login.user, login: id }))
    }

    /// Replaces a person's password and ends all their other logins. Whoever has none gives themselves one.
    ///
    /// # Errors
    /// `auth.password` when the current one is wrong, `auth.throttled`, `request.invalid` for the new one,
    /// `password.unchanged` when one that has to be replaced is given again.
    pub async fn change_password(&self, caller: &CurrentUser, by: &Actor, wish: ChangePassword) -> AppResult<()> {
        password::check_new(&wish.new, &caller.user.username)?;
        let (now, id) = (self.clock.now(), &caller.user.id);
        let again = wish.new == wish.current;
        let account = self.prove_password(caller, wish.current).await?;
        if account.user.must_change_password && again {
            return Err(ErrorCode::PasswordUnchanged.into());
        }
        let hash = self.hasher.hash(wish.new).await?;

        let tx = self.db.begin().await?;
        lock_key(&tx, id.as_str()).await?;
        let unchanged = users::account(&tx, id).await?.is_some_and(|now| now.password_hash == account.password_hash);
        if !unchanged {
            return Err(ErrorCode::AuthPassword.into());
        }
        users::set_password(&tx, id, &hash, false).await?;
        logins::revoke_all(&tx, id, Some(&caller.login), now).await?;
        audit::write(&tx, by, &Deed::on_person(Act::PasswordChanged, &caller.user), now).await?;
        tx.commit().await?;
        self.forget_user(id);
        tracing::info!(user = %id, "password changed, other logins ended");
        Ok(())
    }

    /// Checks the caller's password once more, with tries of their login alone: strangers of the same network do not use them
    /// up. Whoever has none proves nothing by it.
    ///
    /// # Errors
    /// `auth.password`, `auth.throttled`.
    pub(super) async fn prove_password(&self, caller: &CurrentUser, password: String) -> AppResult<Account> {
        let now = self.clock.now();
        let tries = [Key::Login(caller.login.clone())];
        self.attempt(&tries, now)?;
        let account = users::account(self.db.read(), &caller.user.id).await?.ok_or(ErrorCode::AuthRevoked)?;
        if let Some(hash) = account.hash()
            && !self.hasher.verify(password, Some(hash)).await?
        {
            return Err(ErrorCode::AuthPassword.into());
        }
        self.throttle.success(&tries);
        Ok(account)
    }
}
