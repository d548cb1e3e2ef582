//! `aichat secrets rotate`: a new version of the master key, and everything sealed with it again. Interrupted, it goes on
//! where it was when it is run again; a server that starts in between opens both.

use super::SecretsCommand;
use crate::audit::{self, Actor, Deed};
use crate::clock::Clock;
use crate::config::rotation::Rotation;
use crate::config::{Config, DataLock};
use crate::db::sealed::{COLUMNS, Column};
use crate::db::{Db, DbErr};
use crate::failure::Failure;
use crate::seal::Sealer;
use crate::storage;
use serde_json::json;
use shared::audit::Act;
use std::io::Write as _;

/// Rows of one transaction.
const BATCH: i64 = 100;

pub(super) fn run(config: &Config, command: &SecretsCommand) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("no threads can be started ({error})"))?;
    let text = match command {
        SecretsCommand::Rotate => runtime.block_on(rotate(config))?,
    };
    let written = std::io::stdout().write_all(text.as_bytes());
    Ok(written.map_err(|error| format!("the result cannot be written ({error})"))?)
}

/// What became of the sealed texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    /// Sealed again.
    renewed: usize,
    /// Sealed with the new version already.
    current: usize,
    /// Not opened by any known key; they stay as they are.
    locked: usize,
}

async fn rotate(config: &Config) -> Result<String, Failure> {
    let place = storage::find(&config.engine).await?;
    super::expect_database(&place)?;
    // A running server keeps the generated key in its memory and would go on sealing with it. Of a given key every server
    // was told before.
    let _lock = match Rotation::is_given(config) {
        true => None,
        false => Some(DataLock::take(&config.data_dir).map_err(|error| {
            Failure::configuration(format!("{error} Stop the server first: it would go on with the key of now."))
        })?),
    };
    let db = storage::open(&place, config.durable).await?;
    let rotation = Rotation::begin(config).map_err(Failure::configuration)?;
    let sealer = Sealer::of(&rotation.master, &rotation.former);
    let done = renew_all(&db, &sealer).await;
    db.close().await;
    let count = done.map_err(|error| {
        Failure::other(format!("the database failed ({error}): nothing is lost, both keys are kept; run this again"))
    })?;
    let began = if rotation.made { "A new master key was made." } else { "The rotation went on." };
    if count.locked == 0 {
        rotation.end().map_err(Failure::from)?;
    }
    Ok(told(began, count))
}

async fn renew_all(db: &Db, sealer: &Sealer) -> Result<Count, DbErr> {
    let mut count = Count::default();
    for column in COLUMNS {
        renew(db, sealer, *column, &mut count).await?;
    }
    let tx = db.begin().await?;
    let deed = Deed::new(Act::SecretsRotated).changes(serde_json::Value::Null, json!({"sealed": count.renewed}));
    audit::write(&tx, &Actor::command_line(), &deed, Clock::default().now()).await?;
    tx.commit().await?;
    Ok(count)
}

async fn renew(db: &Db, sealer: &Sealer, column: Column, count: &mut Count) -> Result<(), DbErr> {
    let mut after = String::new();
    loop {
        let page = column.page(db.read(), &after, BATCH).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.id.clone();
        let tx = db.begin().await?;
        for old in &page {
            match sealer.renew(&column.place(&old.id), &old.text) {
                Ok(Some(new)) => {
                    column.replace(&tx, old, &new).await?;
                    count.renewed += 1;
                }
                Ok(None) => count.current += 1,
                Err(_) => count.locked += 1,
            }
        }
        tx.commit().await?;
    }
}

fn told(began: &str, count: Count) -> String {
    let mut text = format!("{began} {} secrets were sealed again, {} were already.\n", count.renewed, count.current);
    if count.locked == 0 {
        text.push_str("Nothing needs the old key any more. Make a backup of the data folder now.\n");
    } else {
        text.push_str(&format!(
            "{} could not be opened with any known key and stay as they are; the old keys are kept. Enter those secrets \
             again, or name their key as MASTER_KEY_OLD, and run this once more.\n",
            count.locked
        ));
    }
    text
}

#[cfg(test)]
#[path = "secrets_tests.rs"]
mod tests;
