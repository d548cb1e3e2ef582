//! API keys: a person who signed in makes, changes and revokes them; a program shows one in place of an access token and
//! is known by the digest of its secret. What becomes of a key counts from the next request on; whoever calls closes the
//! streams.

use super::{Auth, CurrentUser, refresh, refuse_inactive, terms};
use crate::audit::{self, Actor, Deed};
use crate::clock::new_id;
use crate::db::api_keys::{self, KeyRow, Terms};
use crate::db::engine::lock_key;
use crate::db::{logins, rfc3339, users};
use crate::error::{AppError, AppResult};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ipnet::IpNet;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use serde_json::{Value, json};
use shared::accounts::User;
use shared::audit::{Act, ThingKind};
use shared::keys::{ApiKey, CreateKey, CreatedKey, SECRET_PREFIX, Scope, UpdateKey};
use shared::limits::MAX_API_KEYS;
use shared::{ApiKeyId, ErrorCode, LoginId, ModelId, UserId};
use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Random bytes of a secret.
const SECRET_BYTES: usize = 32;
/// Their characters in base64url.
const SECRET_CHARS: usize = 43;
/// Characters of the secret's random part that are kept to recognise it: 24 of its 256 bits.
const SHOWN_CHARS: usize = 4;
/// What the ids of streams begin with that a key opened.
const STREAM: &str = "key:";

/// What a key allows, as far as requests have to know it.
#[derive(Debug)]
pub struct KeyPass {
    /// The key.
    pub id: ApiKeyId,
    /// The only models that are there for it; empty for all.
    pub models: Vec<ModelId>,
    name: String,
    scopes: Vec<Scope>,
    networks: Vec<IpNet>,
    /// When its use was noted last, unix milliseconds.
    noted: AtomicI64,
}

impl KeyPass {
    fn of(row: &KeyRow) -> Self {
        Self {
            id: row.id.clone(),
            models: row.terms.models.clone(),
            name: row.terms.name.clone(),
            scopes: row.terms.scopes.clone(),
            networks: row.terms.addresses.iter().filter_map(|text| terms::network(text)).collect(),
            noted: AtomicI64::new(row.last_used_at.unwrap_or(i64::MIN)),
        }
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it has a scope.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Whether it opens a line of the table of routes; one that names no scope is opened by none.
    ///
    /// # Errors
    /// `auth.scope`.
    pub(super) fn check_scope(&self, needed: Option<Scope>) -> AppResult<()> {
        match needed {
            Some(scope) if self.has(scope) => Ok(()),
            Some(scope) => Err(AppError::new(ErrorCode::AuthScope).with("scope", scope.as_str())),
            None => Err(ErrorCode::AuthScope.into()),
        }
    }

    fn check_address(&self, address: IpAddr) -> AppResult<()> {
        if self.networks.is_empty() || self.networks.iter().any(|network| network.contains(&address)) {
            return Ok(());
        }
        Err(AppError::new(ErrorCode::AuthKeyAddress).with("name", &self.name).with("address", address))
    }
}

/// Streams are closed by the login that opened them. Those of a key carry the key's id in its place, marked so that the end
/// of all logins is not taken for the end of a key.
pub(crate) fn stream_of(key: &ApiKeyId) -> LoginId {
    LoginId(format!("{STREAM}{key}"))
}

/// The key that opened a stream, if it was one.
pub(crate) fn key_of(stream: &LoginId) -> Option<ApiKeyId> {
    stream.as_str().strip_prefix(STREAM).map(ApiKeyId::from)
}

/// A new secret from the system's random source.
fn generate() -> AppResult<String> {
    let mut bytes = [0_u8; SECRET_BYTES];
    OsRng.try_fill_bytes(&mut bytes).map_err(AppError::internal)?;
    Ok(format!("{SECRET_PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// Whether a text has the form of a secret: for anything else no database is asked.
fn is_secret(text: &str) -> bool {
    text.strip_prefix(SECRET_PREFIX).is_some_and(|random| {
        random.len() == SECRET_CHARS && random.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    })
}

/// A key as it is shown.
fn shown(row: KeyRow, now: i64) -> ApiKey {
    ApiKey {
        expired: is_over(row.terms.expires_at, now),
        id: row.id,
        name: row.terms.name,
        prefix: row.prefix,
        scopes: row.terms.scopes,
        models: row.terms.models,
        addresses: row.terms.addresses,
        limits: Vec::new(),
        created_at: rfc3339(row.created_at),
        expires_at: row.terms.expires_at.map(rfc3339),
        last_used_at: row.last_used_at.map(rfc3339),
        last_address: row.last_address,
    }
}

/// What a key may do, for the audit log.
fn written_down(terms: &Terms) -> Value {
    json!({
        "name": terms.name,
        "scopes": terms.scopes,
        "models": terms.models,
        "addresses": terms.addresses,
        "expiresAt": terms.expires_at.map(rfc3339),
    })
}

fn is_over(expires_at: Option<i64>, now: i64) -> bool {
    expires_at.is_some_and(|end| end <= now)
}

impl Auth {
    /// The person behind a key's secret that is shown from this address.
    ///
    /// # Errors
    /// `auth.key_invalid`, `auth.key_revoked`, `auth.key_expired`, `auth.key_address`, or the account's status.
    pub(super) async fn identify_key(&self, secret: &str, address: IpAddr) -> AppResult<CurrentUser> {
        if !is_secret(secret) {
            return Err(ErrorCode::AuthKeyInvalid.into());
        }
        let (hash, now) = (refresh::digest(secret), self.clock.now());
        let caller = match self.cache.get(&hash, now) {
            Some(known) => known,
            None => self.look_up_key(&hash, now).await?,
        };
        if let Some(key) = &caller.key {
            key.check_address(address)?;
        }
        Ok(caller)
    }

    async fn look_up_key(&self, hash: &str, now: i64) -> AppResult<CurrentUser> {
        let epoch = self.cache.epoch();
        let row = api_keys::by_hash(self.db.read(), hash).await?.ok_or(ErrorCode::AuthKeyInvalid)?;
        let refuse = |code: ErrorCode| AppError::new(code).with("name", &row.terms.name);
        if row.revoked_at.is_some() {
            return Err(refuse(ErrorCode::AuthKeyRevoked));
        }
        if is_over(row.terms.expires_at, now) {
            return Err(refuse(ErrorCode::AuthKeyExpired));
        }
        let user = users::get(self.db.read(), &row.user).await?.ok_or(ErrorCode::AuthKeyInvalid)?;
        refuse_inactive(&user)?;
        let key = Some(Arc::new(KeyPass::of(&row)));
        let caller = CurrentUser { user: Arc::new(user), login: stream_of(&row.id), key };
        self.cache.put(hash, &caller, row.terms.expires_at.unwrap_or(i64::MAX), now, epoch);
        Ok(caller)
    }

    /// Notes that a key is in use, at most once a minute, while the request goes on.
    pub(super) fn note_key_use(&self, key: &KeyPass, address: IpAddr) {
        let (now, before) = (self.clock.now(), key.noted.load(Ordering::Relaxed));
        let is_due = now.saturating_sub(before) >= api_keys::USE_NOTED_MS;
        if !is_due || key.noted.compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return;
        }
        let (db, id) = (self.db.clone(), key.id.clone());
        tokio::spawn(async move {
            let noted = async {
                let tx = db.begin().await?;
                api_keys::note_use(&tx, &id, &address.to_string(), now).await?;
                tx.commit().await
            };
            if let Err(error) = noted.await {
                // Nobody is refused because a moment could not be written.
                tracing::warn!(%error, "the last use of an API key could not be noted");
            }
        });
    }

    /// The keys of a person that nobody revoked, newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn keys_of(&self, user: &UserId) -> AppResult<Vec<ApiKey>> {
        let (rows, now) = (api_keys::list(self.db.read(), user).await?, self.clock.now());
        Ok(rows.into_iter().map(|row| shown(row, now)).collect())
    }

    /// What the caller said of a key of theirs.
    ///
    /// # Errors
    /// `api_key.not_found`, also for somebody else's.
    pub async fn key_terms(&self, caller: &CurrentUser, id: &ApiKeyId) -> AppResult<Terms> {
        let row = api_keys::get(self.db.read(), &caller.user.id, id).await?;
        Ok(row.ok_or(ErrorCode::ApiKeyNotFound)?.terms)
    }

    /// Makes a key. The answer has its secret, which nobody is told again.
    ///
    /// # Errors
    /// `request.invalid`, `auth.forbidden` for the scope of administrators, `api_key.limit`.
    pub async fn create_key(&self, caller: &CurrentUser, by: &Actor, wish: CreateKey) -> AppResult<CreatedKey> {
        let now = self.clock.now();
        let terms = terms::check_new(wish, caller, now)?;
        let secret = generate()?;
        let row = KeyRow {
            id: ApiKeyId(new_id()),
            user: caller.user.id.clone(),
            prefix: secret[..SECRET_PREFIX.len() + SHOWN_CHARS].to_owned(),
            terms,
            created_at: now,
            last_used_at: None,
            last_address: None,
            revoked_at: None,
        };
        let tx = self.db.begin().await?;
        // Takes turns with the others of this person, and with a reset of the password, which revokes every key: one that
        // is asked for by a login that has just ended must not come after it.
        lock_key(&tx, caller.user.id.as_str()).await?;
        if logins::standing(&tx, std::slice::from_ref(&caller.login), self.settings.login_life().standing(now))
            .await?
            .is_empty()
        {
            return Err(ErrorCode::AuthRevoked.into());
        }
        if api_keys::count_standing(&tx, &caller.user.id, now).await? >= MAX_API_KEYS as u64 {
            return Err(AppError::new(ErrorCode::ApiKeyLimit).with("limit", MAX_API_KEYS));
        }
        api_keys::insert(&tx, &row, &refresh::digest(&secret)).await?;
        let deed = Deed::on(Act::KeyCreated, ThingKind::Key, &row.id, &row.terms.name);
        audit::write(&tx, by, &deed.changes(Value::Null, written_down(&row.terms)), now).await?;
        tx.commit().await?;
        tracing::info!(user = %row.user, key = %row.id, "API key made");
        Ok(CreatedKey { key: shown(row, now), secret })
    }

    /// Changes a key of the caller.
    ///
    /// # Errors
    /// `api_key.not_found`, `request.invalid`, `auth.forbidden` for the scope of administrators.
    pub async fn update_key(
        &self,
        caller: &CurrentUser,
        by: &Actor,
        id: &ApiKeyId,
        wish: UpdateKey,
    ) -> AppResult<ApiKey> {
        let (user, now) = (&caller.user.id, self.clock.now());
        let tx = self.db.begin().await?;
        lock_key(&tx, user.as_str()).await?;
        let mut row = api_keys::get(&tx, user, id).await?.ok_or(ErrorCode::ApiKeyNotFound)?;
        let before = written_down(&row.terms);
        row.terms = terms::check_change(row.terms, wish, caller, now)?;
        api_keys::set_terms(&tx, user, id, &row.terms).await?;
        let deed = Deed::on(Act::KeyChanged, ThingKind::Key, id, &row.terms.name);
        audit::write(&tx, by, &deed.changes(before, written_down(&row.terms)), now).await?;
        tx.commit().await?;
        self.forget_user(user);
        tracing::info!(user = %user, key = %id, "API key changed");
        Ok(shown(row, now))
    }

    /// Revokes a key of a person.
    ///
    /// # Errors
    /// `api_key.not_found` for one that was revoked before, or somebody else's.
    pub async fn revoke_key(&self, by: &Actor, user: &User, id: &ApiKeyId) -> AppResult<()> {
        let (owner, now) = (&user.id, self.clock.now());
        let tx = self.db.begin().await?;
        let row = api_keys::get(&tx, owner, id).await?.ok_or(ErrorCode::ApiKeyNotFound)?;
        if !api_keys::revoke(&tx, owner, id, now).await? {
            return Err(ErrorCode::ApiKeyNotFound.into());
        }
        let deed = Deed::on(Act::KeyRevoked, ThingKind::Key, id, &row.terms.name);
        audit::write(&tx, by, &deed.changes(json!({"person": user.username}), Value::Null), now).await?;
        tx.commit().await?;
        self.forget_user(owner);
        tracing::info!(user = %owner, key = %id, "API key revoked");
        Ok(())
    }

    /// Those of these streams' logins and keys that still stand in the database, whatever this process remembers: another
    /// one may have ended the others.
    ///
    /// # Errors
    /// The database's.
    pub async fn standing(&self, ids: &[LoginId]) -> AppResult<HashSet<LoginId>> {
        let (db, now) = (self.db.read(), self.clock.now());
        let keys: Vec<ApiKeyId> = ids.iter().filter_map(key_of).collect();
        let of_people: Vec<LoginId> = ids.iter().filter(|id| key_of(id).is_none()).cloned().collect();
        let mut standing = logins::standing(db, &of_people, self.settings.login_life().standing(now)).await?;
        standing.extend(api_keys::standing(db, &keys, now).await?.iter().map(stream_of));
        Ok(standing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_a_form_of_its_own_and_is_never_the_same() {
        let (one, other) = (generate().expect("made"), generate().expect("made"));
        assert_ne!(one, other);
        assert!(is_secret(&one) && one.len() == 53, "{one}");
        for text in [
            "sk-aichat-",
            "sk-other-",
            &one[1..],
            &one[..52],
            &format!("{one}a"),
            &one.replace("sk-aichat-", "sk-aichat-é"),
        ] {
            assert!(!is_secret(text), "{text}");
        }
    }

    #[test]
    fn a_stream_tells_a_key_from_a_login() {
        let key = ApiKeyId::from("0198");
        assert_eq!(key_of(&stream_of(&key)), Some(key));
        assert_eq!(key_of(&"0198".into()), None);
    }
}
