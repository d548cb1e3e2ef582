//! Rows of the audit log: written in the transaction of the act, read by the page, forgotten after a while.

use super::engine::statement;
use super::entity::audit_entry::{self, Column, Entity as Entries};
use super::{like, parse_json, rfc3339, to_json};
use crate::audit::{Actor, Deed};
use crate::clock::new_id;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr as SeaExpr, ExprTrait as _, Func, LikeExpr};
use sea_orm::{Condition, QueryOrder as _, QuerySelect as _};
use serde_json::Value;
use shared::audit::{Act, AuditEntry, AuditKey, AuditPerson, Thing, ThingKind};
use shared::{ApiKeyId, Page, UserId};

/// Which entries are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The id of a person, or a part of their name.
    pub person: Option<String>,
    /// What was done.
    pub act: Option<Act>,
    /// The id of what it was done to, or a part of its name.
    pub object: Option<String>,
    /// The first moment, unix milliseconds.
    pub from: Option<i64>,
    /// The moment before which, unix milliseconds.
    pub to: Option<i64>,
    /// The entry after which the page begins.
    pub after: Option<String>,
}

/// Entries that are forgotten in one transaction.
const BATCH: i64 = 1_000;

/// Writes down what somebody did.
///
/// # Errors
/// The database's.
pub async fn insert(db: &impl ConnectionTrait, by: &Actor, deed: &Deed, now: i64) -> Result<(), DbErr> {
    let (object_kind, object_id, object_name) = match &deed.object {
        Some(thing) => (Some(thing.kind.as_str().to_owned()), Some(thing.id.clone()), Some(thing.name.clone())),
        None => (None, None, None),
    };
    let row = audit_entry::Model {
        id: new_id(),
        at: now,
        act: deed.act.as_str().to_owned(),
        person_id: by.person.as_ref().map(|person| person.id.0.clone()),
        person_name: by.person.as_ref().map(|person| person.name.clone()),
        key_id: by.key.as_ref().map(|key| key.id.0.clone()),
        key_name: by.key.as_ref().map(|key| key.name.clone()),
        object_kind,
        object_id,
        object_name,
        address: by.address.clone(),
        device: by.device.clone(),
        before_json: stored(&deed.before)?,
        after_json: stored(&deed.after)?,
    };
    Entries::insert(audit_entry::ActiveModel::from(row)).exec_without_returning(db).await?;
    Ok(())
}

fn stored(value: &Value) -> Result<Option<String>, DbErr> {
    if value.is_null() { Ok(None) } else { to_json(value).map(Some) }
}

/// One page, the latest first. Ids grow with time, so they are the order and the cursor.
///
/// # Errors
/// The database's.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, limit: u32) -> Result<Page<AuditEntry>, DbErr> {
    // What a newer release writes down is passed over: this one has no words for it.
    let known = Act::ALL.iter().map(|act| act.as_str());
    let mut wanted = Condition::all().add(Column::Act.is_in(known));
    if let Some(act) = filter.act {
        wanted = wanted.add(Column::Act.eq(act.as_str()));
    }
    if let Some(text) = &filter.person {
        wanted = wanted.add(is_or_is_called(Column::PersonId, Column::PersonName, text));
    }
    if let Some(text) = &filter.object {
        wanted = wanted.add(is_or_is_called(Column::ObjectId, Column::ObjectName, text));
    }
    if let Some(from) = filter.from {
        wanted = wanted.add(Column::At.gte(from));
    }
    if let Some(to) = filter.to {
        wanted = wanted.add(Column::At.lt(to));
    }
    if let Some(after) = &filter.after {
        wanted = wanted.add(Column::Id.lt(after.as_str()));
    }
    let rows = Entries::find().filter(wanted).order_by_desc(Column::Id).limit(u64::from(limit) + 1).all(db).await?;
    let more = rows.len() > limit as usize;
    let items = rows.into_iter().take(limit as usize).map(entry).collect::<Result<Vec<_>, _>>()?;
    let next = items.last().filter(|_| more).map(|last| last.id.clone());
    Ok(Page { items, next })
}

/// Whether it is this one, or its name contains the text in whatever case.
fn is_or_is_called(id: Column, name: Column, text: &str) -> Condition {
    let pattern = LikeExpr::new(like(text)).escape('!');
    let called = SeaExpr::expr(Func::lower(SeaExpr::col(name))).like(pattern);
    Condition::any().add(id.eq(text)).add(called)
}

fn entry(row: audit_entry::Model) -> Result<AuditEntry, DbErr> {
    let unknown = |column: &str| DbErr::Type(format!("unknown value in audit_log.{column}"));
    let object = match (row.object_kind, row.object_id) {
        (Some(kind), Some(id)) => Some(Thing {
            kind: ThingKind::parse(&kind).ok_or_else(|| unknown("object_kind"))?,
            id,
            name: row.object_name.unwrap_or_default(),
        }),
        _ => None,
    };
    let named = |id: Option<String>, name: Option<String>| id.map(|id| (id, name.unwrap_or_default()));
    let json = |text: Option<String>| text.map(|text| parse_json("audit_log", &text)).transpose();
    Ok(AuditEntry {
        act: Act::parse(&row.act).ok_or_else(|| unknown("act"))?,
        id: row.id,
        at: rfc3339(row.at),
        person: named(row.person_id, row.person_name).map(|(id, name)| AuditPerson { id: UserId(id), name }),
        key: named(row.key_id, row.key_name).map(|(id, name)| AuditKey { id: ApiKeyId(id), name }),
        object,
        address: row.address,
        device: row.device,
        before: json(row.before_json)?,
        after: json(row.after_json)?,
    })
}

/// Forgets some of what was done before a moment; whether there may be more.
///
/// # Errors
/// The database's.
pub async fn forget(db: &impl ConnectionTrait, before: i64) -> Result<bool, DbErr> {
    let query = "DELETE FROM audit_log WHERE id IN (SELECT id FROM audit_log WHERE at < $1 ORDER BY at LIMIT $2)";
    let done = db.execute_raw(statement(db, query, [before.into(), BATCH.into()])).await?;
    Ok(i64::try_from(done.rows_affected()).unwrap_or(BATCH) >= BATCH)
}
