//! The connections of the environment: written at the start, completed in the background.

use super::curation::typed;
use super::presets::Preset;
use super::target::addresses;
use super::{Catalog, Scope};
use crate::clock::new_id;
use crate::db::connections::{self, About, StoredConnection};
use crate::db::models;
use crate::db::{DatabaseTransaction, DbErr};
use crate::error::AppResult;
use llm::Secret;
use shared::{ConnectionId, ErrorCode};
use std::collections::BTreeSet;
use std::iter;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Seconds to wait before each attempt; the last one repeats.
const WAITS: &[u64] = &[0, 2, 10, 60, 600];

/// Gives every preset its row, keeps the ids of those that had one, and disables the rows whose variable is gone.
pub(super) async fn sync_presets(catalog: &Arc<Catalog>) -> Result<(), DbErr> {
    // Read in turn: servers that start together must find each other's rows.
    let tx = catalog.begin().await?;
    let known = connections::all(&tx).await?;
    let gone = |row: &&StoredConnection| {
        let still_there = |variable: &String| catalog.presets.iter().any(|preset| preset.variable == *variable);
        row.about.enabled && row.variable.as_ref().is_some_and(|variable| !still_there(variable))
    };
    let gone: Vec<&StoredConnection> = known.iter().filter(gone).collect();
    if catalog.presets.is_empty() && gone.is_empty() {
        return Ok(());
    }
    for row in gone {
        let about = About { enabled: false, ..row.about.clone() };
        connections::update(&tx, &row.id, &about, catalog.clock.now()).await?;
    }
    for preset in &catalog.presets {
        let row = known.iter().find(|row| row.variable.as_ref() == Some(&preset.variable));
        write(&tx, preset, row, catalog.clock.now()).await?;
    }
    catalog.finish(tx, None).await
}

async fn write(
    tx: &DatabaseTransaction,
    preset: &Preset,
    row: Option<&StoredConnection>,
    now: i64,
) -> Result<(), DbErr> {
    let candidates = addresses(preset.protocol, &preset.url).unwrap_or_default();
    // The spelling that was found to be right last time is kept.
    let kept = row.map(|row| &row.about.base_url).filter(|url| candidates.contains(url));
    let Some(base_url) = kept.or(candidates.first()).cloned() else { return Ok(()) };
    let plain = About::plain(preset.name.clone(), preset.protocol, base_url);
    let id = match row {
        Some(row) => {
            // What administrators decided about its models stays.
            let about = About { options: row.about.options.clone(), ..plain };
            connections::update(tx, &row.id, &about, now).await?;
            row.id.clone()
        }
        None => {
            let id = ConnectionId(new_id());
            connections::insert(tx, &Scope::Everybody, &id, &plain, Some(&preset.variable), now).await?;
            id
        }
    };
    if preset.models.is_empty() {
        return Ok(());
    }
    let listed = |row: &StoredConnection| {
        let listed = row.models.iter().filter(|model| model.listed).map(|model| model.name.clone());
        listed.collect::<BTreeSet<String>>()
    };
    // What the operator names now is shown. The same names at the next start leave to administrators what they decided.
    let new = row.is_none_or(|row| listed(row) != preset.models.iter().cloned().collect());
    models::set_list(tx, &id, &typed(&preset.models, &[], new), now).await?;
    Ok(())
}

/// Looks at every preset that leaves something open: models that nobody named, or more than one spelling of its address.
/// The tasks end with the catalogue.
pub(super) fn start(catalog: &Arc<Catalog>) {
    for preset in &catalog.presets {
        let spellings = addresses(preset.protocol, &preset.url).unwrap_or_default();
        if preset.models.is_empty() || spellings.len() > 1 {
            tokio::spawn(complete(Arc::downgrade(catalog), preset.clone(), spellings));
        }
    }
}

async fn complete(catalog: Weak<Catalog>, preset: Preset, spellings: Vec<String>) {
    let last = WAITS.last().copied().unwrap_or_default();
    for seconds in WAITS.iter().copied().chain(iter::repeat(last)) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        let Some(catalog) = catalog.upgrade() else { return };
        match catalog.complete_preset(&preset, &spellings).await {
            Ok(()) => return,
            Err(error) => {
                let (code, cause) = (error.code.as_str(), error.cause.as_ref());
                tracing::warn!(variable = preset.variable, code, ?cause, "the list of models could not be fetched");
            }
        }
    }
}

impl Catalog {
    async fn complete_preset(self: &Arc<Self>, preset: &Preset, spellings: &[String]) -> AppResult<()> {
        let snapshot = self.snapshot();
        let entry = snapshot.entries.iter().find(|entry| entry.connection.variable.as_ref() == Some(&preset.variable));
        let Some(entry) = entry else { return Ok(()) };
        let (mark, _) =
            connections::mark(self.db.read(), &entry.connection.id).await?.ok_or(ErrorCode::ConnectionNotFound)?;
        let keys: Vec<Secret> = preset.key.iter().map(Secret::new).collect();
        let probe = self.probe(&entry.target, spellings, &keys).await;
        if let Ok(fetched) = &probe.models {
            tracing::info!(variable = preset.variable, models = fetched.len(), "the list of models was fetched");
        }
        self.take_list(entry, &mark, probe, &preset.models, true).await
    }
}
