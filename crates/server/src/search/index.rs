//! Keeps the index up to date, beside everything else: triggers queue what changed, this looks at it a little later, in
//! small transactions, so that whoever waits for the writer hardly waits for this. A crash loses nothing: the queue is
//! shortened in the transaction that writes the index.

use crate::db::search::queue::{self, Work};
use crate::db::{Db, DbErr};
use crate::error::AppError;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Time between looks at an empty queue.
const LOOK: Duration = Duration::from_millis(400);
/// How long it waits after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// How long one transaction may hold the writer, about.
const HOLD: Duration = Duration::from_millis(8);
/// How much longer than it held the writer it leaves the writer alone while more waits.
const REST: u32 = 3;
/// Fewest and most things in one transaction.
const FEWEST: usize = 1;
const MOST: usize = 256;
/// Pages that one step of tidying moves, and after how many things it is worth while.
const TIDY_PAGES: i64 = 48;
const TIDY_AFTER: usize = 512;

/// Follows what is written.
pub struct Indexer {
    db: Db,
    batch: usize,
    untidy: usize,
}

impl Indexer {
    /// One over this database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, batch: 16, untidy: 0 }
    }

    /// Follows until the runtime ends.
    pub async fn follow_forever(mut self) {
        loop {
            match self.step().await {
                Ok(Step::More(held)) => sleep(held * REST).await,
                Ok(Step::Done) => sleep(LOOK).await,
                Err(error) => {
                    tracing::warn!(cause = ?error.cause, "the search index could not be written; it is tried again");
                    sleep(AFTER_FAILURE).await;
                }
            }
        }
    }

    /// Looks at everything that waits, without rests. Answers how many things that were.
    ///
    /// # Errors
    /// The database's.
    pub async fn catch_up(&mut self, batch: usize) -> Result<usize, AppError> {
        let mut count = 0;
        loop {
            let work = queue::next(self.db.read(), batch).await?;
            if work.is_empty() {
                return Ok(count);
            }
            count += work.len();
            self.index(work).await?;
        }
    }

    /// Brings the index together until nothing is left to do.
    ///
    /// # Errors
    /// The database's.
    pub async fn tidy_up(&self, pages: i64) -> Result<(), DbErr> {
        loop {
            let tx = self.db.begin().await?;
            let more = queue::tidy(&tx, pages).await?;
            tx.commit().await?;
            if !more {
                return Ok(());
            }
        }
    }

    /// One transaction's worth of work. Where that was everything, what comes next waits for company: a transaction costs
    /// as much as many rows, and somebody's question may be waiting for the writer.
    async fn step(&mut self) -> Result<Step, AppError> {
        let work = queue::next(self.db.read(), self.batch).await?;
        if work.is_empty() {
            return Ok(self.tidy_a_little().await?.map_or(Step::Done, Step::More));
        }
        let (count, last) = (work.len(), work.lines.len() < self.batch && work.below.is_none());
        let Some(held) = self.index(work).await? else { return Ok(Step::Done) };
        self.untidy += count;
        if held > HOLD {
            self.batch = (self.batch / 2).max(FEWEST);
        } else if !last {
            self.batch = (self.batch * 2).min(MOST);
        }
        Ok(if last { Step::Done } else { Step::More(held) })
    }

    async fn tidy_a_little(&mut self) -> Result<Option<Duration>, DbErr> {
        if self.untidy < TIDY_AFTER {
            return Ok(None);
        }
        let tx = self.db.begin().await?;
        let began = Instant::now();
        if !queue::tidy(&tx, TIDY_PAGES).await? {
            self.untidy = 0;
        }
        tx.commit().await?;
        Ok(Some(began.elapsed()))
    }

    /// Indexes this. Answers how long that held the writer; none where another server has the turn.
    async fn index(&self, work: Work) -> Result<Option<Duration>, AppError> {
        if self.db.is_postgres() {
            return self.index_in_turn(work.len()).await;
        }
        // What is written between this read and the transaction stands in the queue again.
        let texts = queue::texts(self.db.read(), &work).await?;
        let prepared = prepare(texts, false).await?;
        let tx = self.db.begin().await?;
        let began = Instant::now();
        queue::write(&tx, &work, &prepared).await?;
        tx.commit().await?;
        Ok(Some(began.elapsed()))
    }

    /// On PostgreSQL another server may be at it: the queue and the texts are read in one's turn.
    async fn index_in_turn(&self, count: usize) -> Result<Option<Duration>, AppError> {
        let tx = self.db.begin().await?;
        let began = Instant::now();
        if !queue::take_turn(&tx).await? {
            return Ok(None);
        }
        let work = queue::next(&tx, count).await?;
        let texts = queue::texts(&tx, &work).await?;
        let prepared = prepare(texts, true).await?;
        queue::write(&tx, &work, &prepared).await?;
        tx.commit().await?;
        Ok(Some(began.elapsed()))
    }
}

/// What is left after a step.
enum Step {
    /// Nothing, for now.
    Done,
    /// Something. How long the step held the writer.
    More(Duration),
}

/// Cuts texts into tokens where that disturbs nobody.
async fn prepare(texts: Vec<queue::Text>, postgres: bool) -> Result<Vec<queue::Prepared>, AppError> {
    tokio::task::spawn_blocking(move || queue::prepare(texts, postgres)).await.map_err(AppError::internal)
}
