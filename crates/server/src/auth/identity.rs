//! Who somebody is here whom a service vouches for. A service knows a person by issuer and subject, and by nothing else: a name
//! or an address that it tells leads into no account that is there. Only whoever is signed in links their account to one.

use super::names::{self, Username};
use super::register::{self, LOCK};
use super::sign_in::Way;
use super::throttle::Key;
use super::{Auth, Client, CurrentUser, Entered, refuse_inactive};
use crate::audit::{self, Actor, Deed};
use crate::clock::new_id;
use crate::db::engine::lock_key;
use crate::db::identities::{self, IdentityRow};
use crate::db::providers::{self, ProviderRow};
use crate::db::users::{self, Account};
use crate::db::{DatabaseTransaction, logins, rfc3339};
use crate::error::{AppError, AppResult};
use crate::oidc::Profile;
use serde_json::{Value, json};
use shared::accounts::{User, UserRole, UserStatus};
use shared::audit::Act;
use shared::oidc::{AccountCreation, Identities, Identity};
use shared::{ErrorCode, IdentityId, UserId};

/// Most services that know one person.
const MAX_IDENTITIES: usize = 20;
/// What people are called of whom a service says nothing.
const UNNAMED: &str = "user";
/// Numbers that are tried behind a name before chance has to help.
const NUMBERS: std::ops::RangeInclusive<u32> = 2..=50;

/// What a sign-in through a service led to.
pub struct Arrival {
    /// What comes next; none when the account waits for approval.
    pub entered: Option<Entered>,
    /// The person, if their account is new or they may now do something else than before.
    pub changed: Option<User>,
}

impl Auth {
    /// Counts a try to sign in through a service, so that strangers do not keep the server busy.
    ///
    /// # Errors
    /// `auth.throttled`.
    pub fn try_identity(&self, client: &Client) -> AppResult<()> {
        self.attempt(&[Key::Address(client.network())], self.clock.now())
    }

    /// Takes the try back: the service vouched for somebody, or answered. An office signs in through one address.
    pub fn forgive_identity(&self, client: &Client) {
        self.throttle.success(&[Key::Address(client.network())]);
    }

    /// Lets in whom a service vouches for; whom nobody knows here gets an account, if the administrator wants that.
    ///
    /// # Errors
    /// `oidc.closed`, or the account's status.
    pub async fn enter_by_identity(
        &self,
        client: &Client,
        provider: &ProviderRow,
        profile: &Profile,
    ) -> AppResult<Arrival> {
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        // Two first sign-ins of one person, or two people of one name, take turns.
        lock_key(&tx, LOCK).await?;
        lock_key(&tx, "administrators").await?;
        let known = identities::find(&tx, &provider.issuer, &profile.subject).await?;
        let (mut identity, user, is_new) = match known {
            Some(identity) => {
                let user = users::get(&tx, &identity.user).await?.ok_or(ErrorCode::AuthInvalid)?;
                (identity, user, false)
            }
            None => {
                let user = make(&tx, provider, profile, now).await?;
                (link(&tx, &user.id, &provider.issuer, profile, now).await?, user, true)
            }
        };
        lock_key(&tx, user.id.as_str()).await?;
        let before = audit::rights(&user);
        let (account, is_ruled) = self.ruled(&tx, &mut identity, user, profile.governs).await?;
        let act = if is_new { Act::PersonRegistered } else { Act::RoleChanged };
        if is_new || is_ruled {
            let by = Actor::stranger(client).as_person(&account.user);
            let after = audit::rights(&account.user);
            let deed = Deed::on_person(act, &account.user);
            let deed = deed.changes(if is_new { Value::Null } else { before }, after);
            audit::write(&tx, &by, &deed, now).await?;
        }
        let changed = Some(account.user.clone()).filter(|_| is_new || is_ruled);
        identity.label = profile.label.clone();
        identities::note_use(&tx, &identity, now).await?;
        if is_new && account.user.status == UserStatus::Pending {
            tx.commit().await?;
            tracing::info!(user = %account.user.id, provider = %provider.id, "registered by a service, waits for approval");
            return Ok(Arrival { entered: None, changed });
        }
        refuse_inactive(&account.user)?;
        let id = account.user.id.clone();
        let entered = self.enter(tx, client, (account, Way::Service), now).await?;
        if changed.is_some() {
            self.forget_user(&id);
        }
        Ok(Arrival { entered: Some(entered), changed })
    }

    /// Gives or takes the rights of administrators, where a claim decides that. It takes away only what it gave, and never from
    /// the last one. Answers whether something changed.
    async fn ruled(
        &self,
        tx: &DatabaseTransaction,
        identity: &mut IdentityRow,
        mut user: User,
        governs: Option<bool>,
    ) -> AppResult<(Account, bool)> {
        let before = user.role;
        match governs {
            Some(true) if user.role != UserRole::Admin => {
                (user.role, identity.made_admin) = (UserRole::Admin, true);
            }
            Some(false) if identity.made_admin => {
                let is_last = user.status == UserStatus::Active && users::other_active_admins(tx, &user.id).await? == 0;
                if !is_last {
                    (user.role, identity.made_admin) = (UserRole::User, false);
                }
            }
            _ => {}
        }
        if user.role != before {
            users::set_access(tx, &user).await?;
            tracing::info!(user = %user.id, role = user.role.as_str(), "role changed by a claim");
        }
        let account = users::account(tx, &user.id).await?.ok_or(ErrorCode::AuthInvalid)?;
        Ok((account, user.role != before))
    }

    /// Links the caller's account to whom a service vouches for.
    ///
    /// # Errors
    /// `identity.taken` when the service knows somebody else here by that, `identity.limit`, `auth.revoked`.
    pub async fn link_identity(
        &self,
        client: &Client,
        caller: &CurrentUser,
        issuer: &str,
        profile: &Profile,
    ) -> AppResult<()> {
        let (now, user) = (self.clock.now(), &caller.user.id);
        let standing = self.settings.login_life().standing(now);
        let tx = self.db.begin().await?;
        lock_key(&tx, LOCK).await?;
        lock_key(&tx, user.as_str()).await?;
        // A login that has just ended, by a reset of the password perhaps, must leave nothing behind.
        if logins::standing(&tx, std::slice::from_ref(&caller.login), standing).await?.is_empty() {
            return Err(ErrorCode::AuthRevoked.into());
        }
        match identities::find(&tx, issuer, &profile.subject).await? {
            Some(known) if known.user == *user => return Ok(()),
            Some(_) => return Err(ErrorCode::IdentityTaken.into()),
            None => {}
        }
        if identities::list(&tx, user).await?.len() >= MAX_IDENTITIES {
            return Err(AppError::new(ErrorCode::IdentityLimit).with("limit", MAX_IDENTITIES));
        }
        link(&tx, user, issuer, profile, now).await?;
        let deed = Deed::on_person(Act::IdentityLinked, &caller.user);
        let deed = deed.changes(Value::Null, json!({"issuer": issuer, "label": profile.label}));
        audit::write(&tx, &Actor::caller(caller, client), &deed, now).await?;
        tx.commit().await?;
        tracing::info!(user = %user, issuer, "account linked to a service");
        Ok(())
    }

    /// The services that know the caller, and those that could be linked.
    ///
    /// # Errors
    /// The database's.
    pub async fn identities(&self, caller: &CurrentUser) -> AppResult<Identities> {
        let db = self.db.read();
        let known = providers::list(db).await?;
        let name = |issuer: &str| {
            let provider = known.iter().find(|provider| provider.issuer == issuer);
            provider.map_or_else(|| issuer.to_owned(), |provider| provider.terms.name.clone())
        };
        let rows = identities::list(db, &caller.user.id).await?;
        let identity = |row: IdentityRow| Identity {
            provider: name(&row.issuer),
            label: row.label,
            created_at: rfc3339(row.created_at),
            last_used_at: row.last_used_at.map(rfc3339),
            id: row.id,
        };
        let items = rows.into_iter().map(identity).collect();
        Ok(Identities { items, providers: providers::buttons(db).await? })
    }

    /// Takes a link of the caller away, unless it is their only way in.
    ///
    /// # Errors
    /// `identity.not_found`, also for somebody else's, `identity.last`.
    pub async fn unlink_identity(&self, caller: &CurrentUser, by: &Actor, id: &IdentityId) -> AppResult<()> {
        let user = &caller.user.id;
        let tx = self.db.begin().await?;
        lock_key(&tx, user.as_str()).await?;
        let account = users::account(&tx, user).await?.ok_or(ErrorCode::AuthRevoked)?;
        let has_other_way = account.hash().is_some() || identities::count_others(&tx, user, id).await? > 0;
        if !identities::remove(&tx, user, id).await? {
            return Err(ErrorCode::IdentityNotFound.into());
        }
        // Decided after the look for it, so that somebody else's id tells nothing; nothing was committed.
        if !has_other_way {
            return Err(ErrorCode::IdentityLast.into());
        }
        audit::write(&tx, by, &Deed::on_person(Act::IdentityUnlinked, &caller.user), self.clock.now()).await?;
        tx.commit().await?;
        tracing::info!(user = %user, identity = %id, "link to a service taken away");
        Ok(())
    }
}

async fn link(
    tx: &DatabaseTransaction,
    user: &UserId,
    issuer: &str,
    profile: &Profile,
    now: i64,
) -> AppResult<IdentityRow> {
    let row = IdentityRow {
        id: IdentityId(new_id()),
        user: user.clone(),
        issuer: issuer.to_owned(),
        subject: profile.subject.clone(),
        label: profile.label.clone(),
        made_admin: false,
        created_at: now,
        last_used_at: None,
    };
    if identities::insert(tx, &row).await? { Ok(row) } else { Err(ErrorCode::IdentityTaken.into()) }
}

/// An account for somebody whom nobody knows here: without a password, and with the rights of everybody.
async fn make(tx: &DatabaseTransaction, provider: &ProviderRow, profile: &Profile, now: i64) -> AppResult<User> {
    let status = match provider.terms.creation {
        AccountCreation::Off => return Err(AppError::new(ErrorCode::OidcClosed).with("name", &provider.terms.name)),
        AccountCreation::Pending => UserStatus::Pending,
        AccountCreation::Active => UserStatus::Active,
    };
    let name = free_name(tx, profile.name.as_deref().unwrap_or(UNNAMED)).await?;
    let user = register::insert(tx, &name, "", (UserRole::User, status), false, now).await?;
    tracing::info!(user = %user.id, provider = %provider.id, status = status.as_str(), "account made by a service");
    Ok(user)
}

/// The name, or the first number behind it, that nobody has.
async fn free_name(tx: &DatabaseTransaction, base: &str) -> AppResult<Username> {
    let numbered = NUMBERS.map(|number| format!("{base}-{number}"));
    for text in std::iter::once(base.to_owned()).chain(numbered) {
        if users::account_by_key(tx, &names::key(&text)).await?.is_none() {
            return Username::parse(&text);
        }
    }
    // Fifty of one name: four letters of chance are enough for the rest.
    let chance: String = new_id().chars().rev().take(4).collect();
    Username::parse(&format!("{base}-{chance}"))
}
