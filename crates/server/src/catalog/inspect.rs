//! The catalogue as it stands, looked at by a command beside the server or without one: no row is written but those of
//! usage, nothing runs in the background.

use super::presets;
use super::snapshot::Entry;
use super::{Caller, Catalog, Scope};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{self, Db, DbErr};
use crate::error::AppResult;
use crate::seal::Sealer;
use egress::Egress;
use shared::ConnectionId;
use shared::connections::{NewConnection, VerifyReport};
use std::sync::Arc;

/// A connection that can be checked.
pub struct Checkable {
    /// Its name.
    pub name: String,
    what: What,
}

#[expect(clippy::large_enum_variant, reason = "a handful of them, while doctor looks")]
enum What {
    /// A row of the database.
    Saved(ConnectionId),
    /// A variable whose row the next start makes.
    Planned(NewConnection),
}

impl Catalog {
    /// Reads the catalogue of a database that another process may be using.
    ///
    /// # Errors
    /// The database's.
    pub async fn inspect(
        db: Db,
        clock: Clock,
        sealer: Sealer,
        egress: Egress,
        config: &Config,
    ) -> Result<Arc<Self>, DbErr> {
        let catalog = Self::new(db, clock, sealer, egress, None, config);
        catalog.read().await?;
        Ok(catalog)
    }

    /// The enabled connections, and those that the environment describes and no start has saved yet.
    #[must_use]
    pub fn checkables(&self) -> Vec<Checkable> {
        let snapshot = self.snapshot();
        let is_saved = |variable: &String| {
            snapshot.entries.iter().any(|entry| entry.connection.variable.as_ref() == Some(variable))
        };
        // People's own connections are nobody else's business.
        let everybodys = snapshot.entries.iter().filter(|entry| entry.owner.is_none());
        let saved = everybodys.filter(|entry| entry.connection.enabled).map(|entry| saved(entry));
        let planned = self.presets.iter().filter(|preset| !is_saved(&preset.variable)).map(|preset| Checkable {
            name: preset.name.clone(),
            what: What::Planned(NewConnection {
                name: preset.name.clone(),
                protocol: preset.protocol,
                base_url: preset.url.clone(),
                key: preset.key.clone(),
                models: preset.models.clone(),
                ..NewConnection::default()
            }),
        });
        saved.chain(planned).collect()
    }

    /// Checks one of them step by step.
    ///
    /// # Errors
    /// Those of [`Catalog::verify`] and [`Catalog::verify_new`]. What fails on the way is in the report.
    pub async fn check_one(self: &Arc<Self>, one: &Checkable, caller: &Caller) -> AppResult<VerifyReport> {
        match &one.what {
            What::Saved(id) => self.verify(&Scope::Everybody, id, caller).await,
            What::Planned(new) => self.verify_new(&Scope::Everybody, new, caller).await,
        }
    }

    /// How many stored secrets the master key in use does not open: keys, and the headers and proxy of a connection.
    ///
    /// # Errors
    /// The database's.
    pub async fn locked_keys(&self) -> Result<usize, DbErr> {
        let rows = db::connections::all(self.db.read()).await?;
        let snapshot = self.snapshot();
        let locked = rows.iter().filter(|row| row.variable.is_none()).map(|row| {
            let entry = snapshot.entry(&row.id);
            let open = entry.map_or(0, |entry| entry.keys.len());
            let hidden = entry.is_none_or(|entry| entry.target.hidden.is_some());
            row.keys.len().saturating_sub(open) + usize::from(!hidden)
        });
        Ok(locked.sum())
    }
}

fn saved(entry: &Entry) -> Checkable {
    Checkable { name: entry.connection.name.clone(), what: What::Saved(entry.connection.id.clone()) }
}

/// What of `LLM_API_URL` and `PRESET_MODELS` cannot be used, a line each, without keys.
#[must_use]
pub fn complaints(config: &Config) -> Vec<String> {
    presets::read(&config.llm, config.presets.as_deref()).1
}
