//! The audit log: who did what, on what, from where, with what it was before and what it is since.
//!
//! An entry is written in the transaction of the act, so neither is there without the other. No secret stands in one: of
//! what is sealed an entry says at most that it changed.

use crate::clock::Clock;
use crate::db::{Db, DbErr, audit};
use crate::error::AppResult;
use crate::settings::Settings;
use crate::trace;
use serde_json::{Map, Value, json};
use shared::ErrorCode;
use shared::accounts::User;
use shared::audit::fields;
use shared::audit::{Act, AuditKey, AuditPerson, Thing, ThingKind};
use shared::error::Language;
use std::sync::Arc;
use std::time::Duration;

pub use audit::insert as write;

/// Who acts, and from where.
#[derive(Clone, Debug, Default)]
pub struct Actor {
    /// The person; none for strangers, and for the command line of the server.
    pub person: Option<AuditPerson>,
    /// The key that stands for them.
    pub key: Option<AuditKey>,
    /// Where they call from; none for the command line of the server.
    pub address: Option<String>,
    /// What they call with.
    pub device: Option<String>,
}

impl Actor {
    /// Whoever runs commands on the server's machine.
    #[must_use]
    pub fn command_line() -> Self {
        Self::default()
    }

    /// Whether a person acts who is signed in, as what gives power over other accounts demands: a key that fell into wrong
    /// hands must not become more than it is.
    ///
    /// # Errors
    /// `auth.scope` for a key, whatever its scopes.
    pub fn check_signed_in(&self) -> AppResult<()> {
        if self.key.is_some() { Err(ErrorCode::AuthScope.into()) } else { Ok(()) }
    }

    /// The same caller, known as this person.
    #[must_use]
    pub fn as_person(self, user: &User) -> Self {
        Self { person: Some(AuditPerson { id: user.id.clone(), name: user.username.clone() }), ..self }
    }
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Deed {
    /// The act.
    pub act: Act,
    /// What it was done to.
    pub object: Option<Thing>,
    /// What changed, as it was.
    pub before: Value,
    /// What changed, as it is.
    pub after: Value,
}

impl Deed {
    /// An act on nothing in particular.
    #[must_use]
    pub fn new(act: Act) -> Self {
        Self { act, object: None, before: Value::Null, after: Value::Null }
    }

    /// An act on something.
    #[must_use]
    pub fn on(act: Act, kind: ThingKind, id: &(impl ToString + ?Sized), name: impl Into<String>) -> Self {
        let object = Some(Thing { kind, id: id.to_string(), name: name.into() });
        Self { object, ..Self::new(act) }
    }

    /// An act on a person.
    #[must_use]
    pub fn on_person(act: Act, user: &User) -> Self {
        Self::on(act, ThingKind::Person, &user.id, &user.username)
    }

    /// With what it was and what it is. Of two objects only the fields that differ stay.
    #[must_use]
    pub fn changes(self, before: Value, after: Value) -> Self {
        let (before, after) = match (before, after) {
            (Value::Object(before), Value::Object(after)) => {
                (differing(&before, &after).into(), differing(&after, &before).into())
            }
            other => other,
        };
        let names = [&before, &after].into_iter().filter_map(Value::as_object).flat_map(Map::keys);
        for name in names {
            debug_assert!(fields::field(name, Language::En).is_some(), "`{name}` has no words for the audit log");
        }
        Self { before, after, ..self }
    }
}

/// What a person may do, as it is written down.
#[must_use]
pub fn rights(user: &User) -> Value {
    json!({"role": user.role, "status": user.status, "reason": user.reason})
}

fn differing(these: &Map<String, Value>, others: &Map<String, Value>) -> Map<String, Value> {
    let differ = |(key, value): &(&String, &Value)| others.get(*key) != Some(*value);
    these.iter().filter(differ).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Time between looks for entries that are old enough to be forgotten.
const LOOK: Duration = Duration::from_secs(3600);
const DAY_MS: i64 = 24 * 3600 * 1000;

/// Forgets old entries, and old task traces with them, until the runtime ends.
pub(crate) async fn sweep_forever(db: Db, clock: Clock, settings: Arc<Settings>) {
    loop {
        if let Err(error) = sweep(&db, clock.now(), &settings).await {
            tracing::warn!(%error, "the audit log could not be cleaned up; it is tried again");
        }
        if let Err(error) = trace::sweep(&db, clock.now(), &settings).await {
            tracing::warn!(%error, "task traces could not be cleaned up; it is tried again");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Forgets what is older than the setting says, in batches, so that others have their turn between them.
///
/// # Errors
/// The database's.
pub async fn sweep(db: &Db, now: i64, settings: &Settings) -> Result<(), DbErr> {
    let before = now - i64::from(settings.audit_days()) * DAY_MS;
    loop {
        let tx = db.begin().await?;
        let more = audit::forget(&tx, before).await?;
        tx.commit().await?;
        if !more {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_written_down() {
        let deed = Deed::new(Act::ConnectionChanged).changes(
            json!({"name": "a", "enabled": true, "prefix": 1}),
            json!({"name": "b", "enabled": true, "keys": 2}),
        );
        assert_eq!(deed.before, json!({"name": "a", "prefix": 1}));
        assert_eq!(deed.after, json!({"name": "b", "keys": 2}));
        let plain = Deed::new(Act::SettingChanged).changes(json!(1), json!(2));
        assert_eq!((plain.before, plain.after), (json!(1), json!(2)));
    }
}
