//! What the audit log says of changed connections. Everybody's alone: what a person connects for themselves is theirs.
//! Keys, headers and proxies are sealed; an entry says that they changed, never what they are.

use crate::audit::{self, Actor, Deed};
use crate::catalog::Scope;
use crate::db::connections::{About, StoredConnection};
use crate::db::{ConnectionTrait, DbErr};
use serde_json::{Value, json};
use shared::ConnectionId;
use shared::audit::{Act, ThingKind};
use shared::connections::{Connection, UpdateConnection};

pub(super) async fn created(
    tx: &impl ConnectionTrait,
    by: &Actor,
    scope: &Scope,
    (id, about, keys): (&ConnectionId, &About, usize),
    now: i64,
) -> Result<(), DbErr> {
    let deed = Deed::on(Act::ConnectionCreated, ThingKind::Connection, id, &about.name);
    write(tx, by, scope, deed.changes(Value::Null, shown(about, keys)), now).await
}

pub(super) async fn changed(
    tx: &impl ConnectionTrait,
    by: &Actor,
    scope: &Scope,
    (row, about, change): (&StoredConnection, &About, &UpdateConnection),
    now: i64,
) -> Result<(), DbErr> {
    let keys = match (&change.keys, &change.key) {
        (Some(keys), _) => keys.len(),
        (None, Some(key)) => usize::from(!key.trim().is_empty()),
        (None, None) => row.keys.len(),
    };
    let mut after = shown(about, keys);
    let secrets = sealed(change);
    if !secrets.is_empty() {
        after["changed"] = secrets.into();
    }
    if let Some(models) = &change.models {
        after["models"] = models.len().into();
    }
    if let Some(shown) = &change.shown {
        after["shown"] = shown.len().into();
    }
    let deed = Deed::on(Act::ConnectionChanged, ThingKind::Connection, &row.id, &about.name);
    write(tx, by, scope, deed.changes(shown(&row.about, row.keys.len()), after), now).await
}

pub(super) async fn deleted(
    tx: &impl ConnectionTrait,
    by: &Actor,
    scope: &Scope,
    connection: &Connection,
    now: i64,
) -> Result<(), DbErr> {
    let deed = Deed::on(Act::ConnectionDeleted, ThingKind::Connection, &connection.id, &connection.name);
    let before = json!({"baseUrl": connection.base_url, "protocol": connection.protocol});
    write(tx, by, scope, deed.changes(before, Value::Null), now).await
}

async fn write(tx: &impl ConnectionTrait, by: &Actor, scope: &Scope, deed: Deed, now: i64) -> Result<(), DbErr> {
    match scope {
        Scope::Everybody => audit::write(tx, by, &deed, now).await,
        Scope::Own(_) => Ok(()),
    }
}

/// What may be read of a connection, and how many keys it has.
fn shown(about: &About, keys: usize) -> Value {
    json!({
        "name": about.name,
        "protocol": about.protocol,
        "baseUrl": about.base_url,
        "enabled": about.enabled,
        "prefix": about.prefix,
        "timeouts": about.options.timeouts,
        "keys": keys,
    })
}

/// The names of what is sealed and was given.
fn sealed(change: &UpdateConnection) -> Vec<&'static str> {
    let is_keyed = |keys: &Vec<shared::connections::NewKey>| keys.iter().any(|key| key.key.is_some());
    let keys = change.key.is_some() || change.keys.as_ref().is_some_and(is_keyed);
    [(keys, "key"), (change.headers.is_some(), "headers"), (change.proxy.is_some(), "proxy")]
        .into_iter()
        .filter_map(|(given, name)| given.then_some(name))
        .collect()
}
