//! The connections of the environment: written at the start, completed in the background.

use super::edit::merge;
use super::presets::Preset;
use super::{Catalog, input};
use crate::clock::new_id;
use crate::db::connections::{self, About, StoredConnection};
use crate::db::{DatabaseTransaction, DbErr};
use crate::error::AppResult;
use shared::ConnectionId;
use shared::connections::Protocol;
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
    catalog.finish(tx).await
}

async fn write(
    tx: &DatabaseTransaction,
    preset: &Preset,
    row: Option<&StoredConnection>,
    now: i64,
) -> Result<(), DbErr> {
    let candidates = input::addresses(&preset.url).unwrap_or_default();
    // The spelling that was found to be right last time is kept.
    let kept = row.map(|row| &row.about.base_url).filter(|url| candidates.contains(url));
    let Some(base_url) = kept.or(candidates.first()).cloned() else { return Ok(()) };
    let about = About { name: preset.name.clone(), protocol: Protocol::OpenaiChat, base_url, enabled: true };
    let id = match row {
        Some(row) => {
            connections::update(tx, &row.id, &about, now).await?;
            row.id.clone()
        }
        None => {
            let id = ConnectionId(new_id());
            connections::insert(tx, &id, &about, Some(&preset.variable), now).await?;
            id
        }
    };
    match merge(&preset.models, None) {
        Some(models) => connections::set_models(tx, &id, &models, now).await,
        None => Ok(()),
    }
}

/// Looks at every preset that leaves something open: models that nobody named, or more than one spelling of its address.
/// The tasks end with the catalogue.
pub(super) fn start(catalog: &Arc<Catalog>) {
    for preset in &catalog.presets {
        let spellings = input::addresses(&preset.url).unwrap_or_default();
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
        let connection = &entry.connection;
        let probe = self.probe(&preset.name, spellings, preset.key.as_deref()).await;
        let fetched = probe.models?;
        let models = merge(&preset.models, Some(&fetched)).unwrap_or_default();
        tracing::info!(variable = preset.variable, models = models.len(), "the list of models was fetched");
        let same_models = models.iter().map(|(name, _)| name).eq(&connection.models);
        if same_models && connection.base_url == probe.base_url {
            return Ok(());
        }
        let about = About {
            name: connection.name.clone(),
            protocol: connection.protocol,
            base_url: probe.base_url,
            enabled: connection.enabled,
        };
        let now = self.clock.now();
        let tx = self.begin().await?;
        connections::update(&tx, &connection.id, &about, now).await?;
        connections::set_models(&tx, &connection.id, &models, now).await?;
        Ok(self.finish(tx).await?)
    }
}
