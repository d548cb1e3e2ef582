//! Logins (`auth_sessions`) and their refresh tokens, of which only digests are stored.

use super::engine::statement;
use super::entity::auth_session::{self, Entity as Logins};
use super::entity::refresh_token::{self, Entity as Tokens};
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, ExprTrait as _, QueryOrder as _, QuerySelect as _};
use shared::accounts::UserStatus;
use shared::{LoginId, UserId};
use std::collections::HashSet;

/// One login: one device of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The login.
    pub id: LoginId,
    /// The person.
    pub user: UserId,
    /// When it began, unix milliseconds.
    pub created_at: i64,
    /// When it was last used, unix milliseconds; see [`touch`] and [`note_use`].
    pub last_used_at: i64,
    /// When it ends if nobody uses it, unix milliseconds.
    pub expires_at: i64,
    /// When somebody ended it.
    pub revoked_at: Option<i64>,
}

impl From<auth_session::Model> for Login {
    fn from(row: auth_session::Model) -> Self {
        Self {
            id: LoginId(row.id),
            user: UserId(row.user_id),
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// Which logins stand at a moment: what a login was promised when it was last used, and what the settings say by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The moment, unix milliseconds.
    pub now: i64,
    /// Those that were used after this.
    pub used_after: i64,
    /// Those that began after this.
    pub began_after: i64,
}

/// A login as its person is shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The login.
    pub id: LoginId,
    /// What the browser or program calls itself.
    pub agent: String,
    /// Where it was last used from.
    pub address: String,
    /// When it began, unix milliseconds.
    pub created_at: i64,
    /// When it was last used, unix milliseconds.
    pub last_used_at: i64,
}

/// A refresh token that somebody showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownToken {
    /// Its login.
    pub login: Login,
    /// When another one took its place.
    pub superseded_at: Option<i64>,
}

/// A login to be.
pub struct NewLogin<'a> {
    /// The person.
    pub user: &'a UserId,
    /// What the browser or program calls itself.
    pub device: &'a str,
    /// Where it calls from.
    pub address: &'a str,
    /// When the login ends if nobody uses it.
    pub expires_at: i64,
}

/// Logins one person may have at a time; the longest unused ones make room.
const MAX_LOGINS: i64 = 100;
/// Superseded tokens remembered for each login, so that their reuse is noticed.
const MAX_SUPERSEDED: i64 = 100;

/// Begins a login, and forgets those of the person that have expired or are too many.
pub async fn insert(db: &impl ConnectionTrait, new: &NewLogin<'_>, now: i64) -> Result<LoginId, DbErr> {
    let row = auth_session::Model {
        id: crate::clock::new_id(),
        user_id: new.user.0.clone(),
        device: new.device.to_owned(),
        address: new.address.to_owned(),
        created_at: now,
        last_used_at: now,
        expires_at: new.expires_at,
        revoked_at: None,
    };
    let id = LoginId(row.id.clone());
    Logins::insert(auth_session::ActiveModel::from(row)).exec_without_returning(db).await?;
    let user = new.user.as_str();
    let forget = "DELETE FROM auth_sessions WHERE user_id = $1 AND (expires_at <= $2 OR id NOT IN \
                  (SELECT id FROM auth_sessions WHERE user_id = $3 ORDER BY last_used_at DESC, id DESC LIMIT $4))";
    let values: [sea_orm::Value; 4] = [user.into(), now.into(), user.into(), MAX_LOGINS.into()];
    db.execute_raw(statement(db, forget, values)).await?;
    Ok(id)
}

/// The login with this id.
pub async fn get(db: &impl ConnectionTrait, id: &LoginId) -> Result<Option<Login>, DbErr> {
    Ok(Logins::find_by_id(id.as_str()).one(db).await?.map(Login::from))
}

/// The logins of a person that stand, last used first.
pub async fn list(db: &impl ConnectionTrait, user: &UserId, at: Standing) -> Result<Vec<Device>, DbErr> {
    let rows = Logins::find()
        .filter(auth_session::Column::UserId.eq(user.as_str()))
        .filter(auth_session::Column::RevokedAt.is_null())
        .filter(auth_session::Column::ExpiresAt.gt(at.now))
        .filter(auth_session::Column::LastUsedAt.gt(at.used_after))
        .filter(auth_session::Column::CreatedAt.gt(at.began_after))
        .order_by_desc(auth_session::Column::LastUsedAt)
        .order_by_desc(auth_session::Column::Id)
        .limit(MAX_LOGINS as u64)
        .all(db)
        .await?;
    let device = |row: auth_session::Model| Device {
        id: LoginId(row.id),
        agent: row.device,
        address: row.address,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
    };
    Ok(rows.into_iter().map(device).collect())
}

/// Those of these logins that still stand: neither ended nor expired, and their people active.
pub async fn standing(db: &impl ConnectionTrait, ids: &[LoginId], at: Standing) -> Result<HashSet<LoginId>, DbErr> {
    let mut standing = HashSet::new();
    for ids in ids.chunks(IDS_PER_QUERY) {
        let places: Vec<String> = (5..ids.len() + 5).map(|number| format!("${number}")).collect();
        let query = format!(
            "SELECT auth_sessions.id FROM auth_sessions JOIN users ON users.id = auth_sessions.user_id \
             WHERE revoked_at IS NULL AND expires_at > $1 AND last_used_at > $2 AND auth_sessions.created_at > $3 \
             AND status = $4 AND auth_sessions.id IN ({})",
            places.join(", ")
        );
        let values: [sea_orm::Value; 4] =
            [at.now.into(), at.used_after.into(), at.began_after.into(), UserStatus::Active.as_str().into()];
        let values = values.into_iter().chain(ids.iter().map(|id| id.as_str().into()));
        for row in db.query_all_raw(statement(db, &query, values)).await? {
            standing.insert(LoginId(row.try_get("", "id")?));
        }
    }
    Ok(standing)
}

/// Few enough that a statement stays below the engines' limits of bound values.
const IDS_PER_QUERY: usize = 500;

/// Where an account was used from since a moment, by the name as it is compared.
pub async fn addresses(db: &impl ConnectionTrait, username_key: &str, since: i64) -> Result<Vec<String>, DbErr> {
    let query = "SELECT DISTINCT address FROM auth_sessions JOIN users ON users.id = auth_sessions.user_id \
                 WHERE username_key = $1 AND last_used_at > $2";
    let rows = db.query_all_raw(statement(db, query, [username_key.into(), since.into()])).await?;
    rows.iter().map(|row| row.try_get("", "address")).collect()
}

/// The refresh token with this digest, and its login.
pub async fn token(db: &impl ConnectionTrait, hash: &str) -> Result<Option<ShownToken>, DbErr> {
    let Some(token) = Tokens::find_by_id(hash).one(db).await? else { return Ok(None) };
    let login = get(db, &LoginId(token.auth_session_id)).await?;
    Ok(login.map(|login| ShownToken { login, superseded_at: token.superseded_at }))
}

/// Adds a refresh token.
pub async fn insert_token(db: &impl ConnectionTrait, login: &LoginId, hash: &str, now: i64) -> Result<(), DbErr> {
    let row = refresh_token::Model {
        hash: hash.to_owned(),
        auth_session_id: login.0.clone(),
        created_at: now,
        superseded_at: None,
    };
    Tokens::insert(refresh_token::ActiveModel::from(row)).exec_without_returning(db).await?;
    Ok(())
}

/// How many refresh tokens of the login nothing has taken the place of.
pub async fn live_tokens(db: &impl ConnectionTrait, login: &LoginId) -> Result<u64, DbErr> {
    Tokens::find()
        .filter(refresh_token::Column::AuthSessionId.eq(login.as_str()))
        .filter(refresh_token::Column::SupersededAt.is_null())
        .count(db)
        .await
}

/// Marks every token of the login as superseded and forgets the oldest of those that were before.
pub async fn supersede(db: &impl ConnectionTrait, login: &LoginId, now: i64) -> Result<(), DbErr> {
    Tokens::update_many()
        .col_expr(refresh_token::Column::SupersededAt, Expr::value(now))
        .filter(refresh_token::Column::AuthSessionId.eq(login.as_str()))
        .filter(refresh_token::Column::SupersededAt.is_null())
        .exec(db)
        .await?;
    let id = login.as_str();
    let forget = "DELETE FROM refresh_tokens WHERE auth_session_id = $1 AND superseded_at IS NOT NULL AND hash NOT IN \
                  (SELECT hash FROM refresh_tokens WHERE auth_session_id = $2 AND superseded_at IS NOT NULL \
                  ORDER BY superseded_at DESC, created_at DESC LIMIT $3)";
    let values: [sea_orm::Value; 3] = [id.into(), id.into(), MAX_SUPERSEDED.into()];
    db.execute_raw(statement(db, forget, values)).await?;
    Ok(())
}

/// Notes that the login is in use, and from where.
pub async fn touch(
    db: &impl ConnectionTrait,
    login: &LoginId,
    address: &str,
    expires_at: i64,
    now: i64,
) -> Result<(), DbErr> {
    let values = auth_session::ActiveModel {
        last_used_at: Set(now),
        expires_at: Set(expires_at),
        address: Set(address.to_owned()),
        ..Default::default()
    };
    Logins::update_many().set(values).filter(auth_session::Column::Id.eq(login.as_str())).exec(db).await?;
    Ok(())
}

/// Notes that the login is in use, from where it was used before.
pub async fn note_use(db: &impl ConnectionTrait, login: &LoginId, now: i64) -> Result<(), DbErr> {
    let values = auth_session::ActiveModel { last_used_at: Set(now), ..Default::default() };
    Logins::update_many().set(values).filter(auth_session::Column::Id.eq(login.as_str())).exec(db).await?;
    Ok(())
}

/// Ends a login of this person; whether there was one that stood.
pub async fn end(db: &impl ConnectionTrait, user: &UserId, login: &LoginId, now: i64) -> Result<bool, DbErr> {
    let theirs = auth_session::Column::Id.eq(login.as_str()).and(auth_session::Column::UserId.eq(user.as_str()));
    Ok(revoke_where(db, theirs.and(auth_session::Column::ExpiresAt.gt(now)), now).await? > 0)
}

/// Ends one login.
pub async fn revoke(db: &impl ConnectionTrait, login: &LoginId, now: i64) -> Result<(), DbErr> {
    revoke_where(db, auth_session::Column::Id.eq(login.as_str()), now).await?;
    Ok(())
}

/// Ends all logins of a person, except perhaps one.
pub async fn revoke_all(
    db: &impl ConnectionTrait,
    user: &UserId,
    keep: Option<&LoginId>,
    now: i64,
) -> Result<(), DbErr> {
    let mut which = auth_session::Column::UserId.eq(user.as_str());
    if let Some(keep) = keep {
        which = which.and(auth_session::Column::Id.ne(keep.as_str()));
    }
    revoke_where(db, which, now).await?;
    Ok(())
}

/// How many were ended.
async fn revoke_where(db: &impl ConnectionTrait, which: Expr, now: i64) -> Result<u64, DbErr> {
    let ended = Logins::update_many()
        .col_expr(auth_session::Column::RevokedAt, Expr::value(now))
        .filter(which)
        .filter(auth_session::Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(ended.rows_affected)
}
