//! Measures search over a generated database: `bench-search [MESSAGES] [FOLDER]`, a million in the temporary folder
//! without words. `DATABASE_URL=postgres://…` measures PostgreSQL, in a database that has to be empty and is left full.
//!
//! Prints how long a search takes by kind of query, for somebody with much and somebody with little, how large the index
//! is beside the text, and whether half-remembered words find their chat, against looking at every message.

#![expect(clippy::print_stdout, reason = "a measurement is printed")]

mod ask;
mod corpus;
mod fill;

use server::db::{Db, Engine};
use server::search::Indexer;
use std::path::PathBuf;
use std::time::Instant;

#[tokio::main]
async fn main() -> Result<(), String> {
    let mut words = std::env::args().skip(1);
    let count = words.next().map_or(Ok(1_000_000), |word| word.parse()).map_err(|_| "MESSAGES must be a number")?;
    let folder = words
        .next()
        .map_or_else(std::env::temp_dir, PathBuf::from)
        .join(format!("bench-search-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let result = measure(&folder, count).await;
    let removed = std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()));
    result.and(removed)
}

async fn measure(folder: &std::path::Path, count: usize) -> Result<(), String> {
    let engine = match std::env::var("DATABASE_URL") {
        Ok(url) => Engine::parse(&url)?,
        Err(_) => Engine::Sqlite(folder.join("aichat.db")),
    };
    let db = Db::open(&engine, false).await.map_err(|error| format!("{error:?}"))?;
    let failed = |error: &dyn std::fmt::Display| error.to_string();
    let began = Instant::now();
    let filled = fill::fill(&db, count).await.map_err(|error| failed(&error))?;
    println!(
        "{count} messages of {} people, {:.0} MB of text, written in {:.0?}",
        fill::PEOPLE,
        mega(filled.bytes),
        began.elapsed()
    );
    let began = Instant::now();
    let mut indexer = Indexer::new(db.clone());
    let done = indexer.catch_up(2000).await.map_err(|error| format!("{error} {:?}", error.cause))?;
    println!("{done} texts indexed in {:.0?}", began.elapsed());
    let began = Instant::now();
    indexer.tidy_up(4000).await.map_err(|error| failed(&error))?;
    println!("brought together in {:.0?}", began.elapsed());
    let size = fill::index_bytes(&db).await.map_err(|error| failed(&error))?;
    println!("index {:.0} MB, {:.2} × text (target ≤ 1.2)", mega(size), size as f64 / filled.bytes as f64);
    ask::speed(&db, &filled).await.map_err(|error| failed(&error))?;
    ask::remembered(&db, &filled).await.map_err(|error| failed(&error))?;
    db.close().await;
    Ok(())
}

fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
