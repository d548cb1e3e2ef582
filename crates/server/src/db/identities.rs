//! Which service knows a person, and under which subject. A service is named by its issuer, so that it is the same one when
//! an administrator sets it up anew. What a service does not say is NULL.

use super::engine::{is_unique_violation, statement};
use super::entity::identity::{self, Column, Entity as Rows};
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder as _, QuerySelect as _};
use shared::{IdentityId, UserId};

/// A person as a service knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    /// The link between the two.
    pub id: IdentityId,
    /// The person.
    pub user: UserId,
    /// The service.
    pub issuer: String,
    /// Who they are to it.
    pub subject: String,
    /// What it calls them.
    pub label: Option<String>,
    /// Whether a claim of it made them an administrator.
    pub made_admin: bool,
    /// When they were linked, unix milliseconds.
    pub created_at: i64,
    /// When they last signed in through it, unix milliseconds.
    pub last_used_at: Option<i64>,
}

impl From<identity::Model> for IdentityRow {
    fn from(row: identity::Model) -> Self {
        Self {
            id: IdentityId(row.id),
            user: UserId(row.user_id),
            issuer: row.issuer,
            subject: row.subject,
            label: row.label,
            made_admin: row.made_admin,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        }
    }
}

/// Most that are listed; a person may have fewer.
const MAX_LISTED: u64 = 100;

/// Who a subject of this service is here.
pub async fn find(db: &impl ConnectionTrait, issuer: &str, subject: &str) -> Result<Option<IdentityRow>, DbErr> {
    let row = Rows::find().filter(Column::Issuer.eq(issuer)).filter(Column::Subject.eq(subject)).one(db).await?;
    Ok(row.map(IdentityRow::from))
}

/// Links a person; whether the subject was free.
pub async fn insert(db: &impl ConnectionTrait, row: &IdentityRow) -> Result<bool, DbErr> {
    let values = identity::ActiveModel {
        id: Set(row.id.0.clone()),
        user_id: Set(row.user.0.clone()),
        issuer: Set(row.issuer.clone()),
        subject: Set(row.subject.clone()),
        label: Set(row.label.clone()),
        made_admin: Set(row.made_admin),
        created_at: Set(row.created_at),
        last_used_at: Set(row.last_used_at),
    };
    match Rows::insert(values).exec_without_returning(db).await {
        Ok(_) => Ok(true),
        Err(error) if is_unique_violation(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Notes a sign-in through the service: what it calls the person now, and whether its claims make them an administrator.
pub async fn note_use(db: &impl ConnectionTrait, row: &IdentityRow, now: i64) -> Result<(), DbErr> {
    let values = identity::ActiveModel {
        label: Set(row.label.clone()),
        made_admin: Set(row.made_admin),
        last_used_at: Set(Some(now)),
        ..Default::default()
    };
    Rows::update_many().set(values).filter(Column::Id.eq(row.id.as_str())).exec(db).await?;
    Ok(())
}

/// The services that know a person, the first one first.
pub async fn list(db: &impl ConnectionTrait, user: &UserId) -> Result<Vec<IdentityRow>, DbErr> {
    let rows = Rows::find()
        .filter(Column::UserId.eq(user.as_str()))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(MAX_LISTED)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(IdentityRow::from).collect())
}

/// How many ways into this account there are beside this one: other identities, of services through which people may sign in.
pub async fn count_others(db: &impl ConnectionTrait, user: &UserId, beside: &IdentityId) -> Result<i64, DbErr> {
    let count = "SELECT COUNT(*) AS number FROM identities WHERE user_id = $1 AND id <> $2 \
                 AND issuer IN (SELECT issuer FROM identity_providers WHERE enabled)";
    let row = db.query_one_raw(statement(db, count, [user.as_str().into(), beside.as_str().into()])).await?;
    Ok(row.map(|row| row.try_get("", "number")).transpose()?.unwrap_or_default())
}

/// Takes a link of this person away; whether there was one.
pub async fn remove(db: &impl ConnectionTrait, user: &UserId, id: &IdentityId) -> Result<bool, DbErr> {
    let removed = Rows::delete_many()
        .filter(Column::Id.eq(id.as_str()))
        .filter(Column::UserId.eq(user.as_str()))
        .exec(db)
        .await?;
    Ok(removed.rows_affected > 0)
}
