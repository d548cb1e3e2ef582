//! The database: where it is, whether it is ours, opens, is whole, and fits this program.

use super::words::Code;
use super::{Database, Finding, Patient, bytes, data, one_line};
use crate::config::data_dir;
use crate::db::inspect::{self, Pages};
use crate::db::recognise::Found;
use crate::db::{Db, Engine};
use crate::storage::{self, Place, Refusal};
use migration::{Content, SCHEMA};
use std::path::Path;
use std::time::Duration;

/// How long the pages are checked.
const LIMIT: Duration = Duration::from_secs(10);
/// A log beyond this is not folded in by itself.
const LARGE_LOG: u64 = 256 * 1024 * 1024;

/// Looks, and answers what later steps need; nothing where there is no database of ours to look into.
pub(super) async fn look(patient: &mut Patient<'_>) -> Option<Database> {
    let place = match storage::find(&patient.config.engine).await {
        Ok(place) => place,
        Err(refusal) => {
            patient.add(refused(&refusal));
            return None;
        }
    };
    let name = storage::name(&place.engine);
    if let Some(old) = &place.beside {
        patient.add(Finding::new(Code::DatabaseBeside).with("old", old.display()).with("name", &name));
    }
    if matches!(&place.engine, Engine::Sqlite(path) if !path.exists()) {
        patient.add(Finding::new(Code::DatabaseAbsent).with("name", &name));
        return None;
    }
    let (finding, found) = open(&place, &name).await;
    patient.add(finding);
    let log = inspect::log_bytes(&place.engine);
    if log > LARGE_LOG {
        patient.add(Finding::new(Code::DatabaseLargeLog).with("name", &name).with("size", bytes(log)));
    }
    found
}

/// A file that is not even opened, under the code that a start would name.
fn refused(refusal: &Refusal) -> Finding {
    let named = |code, path: &Path| Finding::new(code).with("name", path.display());
    match refusal {
        Refusal::Unread(path, error) => {
            let finding = named(Code::DatabaseUnreadable, path).with("detail", error);
            data::mended(finding, path, storage::folder_of(path))
        }
        Refusal::NotOurs(path, Found::NoDatabase(why)) => named(Code::DatabaseNone, path).with("detail", why),
        Refusal::NotOurs(path, found) => named(Code::DatabaseForeign, path).with("tables", signs(found)),
    }
}

/// By what another program's file was recognised.
fn signs(found: &Found) -> String {
    match found {
        Found::Foreign(tables) if tables.is_empty() => "application_id".to_owned(),
        Found::Foreign(tables) => storage::shown(tables),
        _ => "Prisma".to_owned(),
    }
}

async fn open(place: &Place, name: &str) -> (Finding, Option<Database>) {
    if let Engine::Sqlite(path) = &place.engine
        && let Err(error) = data_dir::probe_file(path)
    {
        return (data::not_writable(path, storage::folder_of(path), &error), None);
    }
    let unopened = |error: &dyn std::fmt::Display| {
        Finding::new(Code::DatabaseUnopened).with("name", name).with("detail", one_line(error, &place.engine))
    };
    let db = match Db::attach(&place.engine).await {
        Ok(db) => db,
        Err(error) => return (unopened(&error), None),
    };
    let content = match inspect::content(&db).await {
        Ok(content) => content,
        Err(error) => return (unopened(&error), None),
    };
    let named = |code| Finding::new(code).with("name", name).with("wanted", SCHEMA);
    match content {
        Content::Nothing => (named(Code::DatabaseAbsent), None),
        Content::Foreign(tables) => (named(Code::DatabaseForeign).with("tables", storage::shown(&tables)), None),
        Content::Ours { least, .. } if least > SCHEMA => (named(Code::DatabaseNewer).with("schema", least), None),
        Content::Ours { applied, .. } => {
            let schema = i64::try_from(applied).unwrap_or(SCHEMA);
            let finding = match inspect::check_pages(&place.engine, LIMIT).await {
                Ok(Pages::Damaged(detail)) => named(Code::DatabaseDamaged).with("detail", detail),
                Err(error) => unopened(&error),
                Ok(_) if schema < SCHEMA => named(Code::DatabaseOlder),
                Ok(Pages::Good) => named(Code::DatabaseOk),
                Ok(Pages::Unfinished) => named(Code::DatabaseUnchecked).with("seconds", LIMIT.as_secs()),
            };
            let current = schema == SCHEMA && finding.state != super::State::Fail;
            (finding.with("schema", schema), Some(Database { db: current.then_some(db), has_tables: true }))
        }
    }
}
