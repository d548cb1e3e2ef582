//! The task that stores traces: several in one transaction, a moment after they ended, so that they share one disk sync
//! and no answer waits for it.

use super::recorder::Inner;
use super::{QUEUE, Traces, sample};
use crate::db::traces::{self, Ended, Inside, Written};
use crate::db::{DbErr, engine};
use shared::trace::Sample;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

/// How long the first waits for others.
const LINGER: Duration = Duration::from_millis(200);
/// Most traces of one transaction.
const BATCH: usize = 64;
/// About how many bytes may wait in the queue.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Time between looks for answers that take long.
const LOOK: Duration = Duration::from_secs(1);
/// How long an answer goes on before it has an opening line.
const LONG: Duration = Duration::from_secs(1);
/// Time between attempts while the disk is full or the database is gone, and how many.
const AGAIN: (Duration, u32) = (Duration::from_secs(2), 900);
/// How long a stopping server waits for the last traces.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the writer is told.
pub(super) enum Order {
    /// Store this, whose samples are not redacted yet.
    Store(Box<Ended>),
    /// Store what came before at once, then answer.
    Flush(oneshot::Sender<()>),
}

/// About how many bytes a trace holds.
fn weight(Ended { inside, .. }: &Ended) -> usize {
    let of = |sample: &Option<Sample>| {
        let texts = sample.iter().flat_map(|sample| &sample.pieces).filter_map(|piece| piece.text.as_ref());
        texts.map(String::len).sum::<usize>()
    };
    512 + inside.events.len() * 256 + of(&inside.request) + of(&inside.response)
}

impl Traces {
    /// Queues a trace, unless too much waits already.
    pub(super) fn take(&self, ended: Ended) {
        let weight = weight(&ended);
        if self.queued.fetch_add(weight, Ordering::Relaxed) + weight <= MOST_BYTES
            && self.queue.try_send(Order::Store(Box::new(ended))).is_ok()
        {
            return;
        }
        self.queued.fetch_sub(weight, Ordering::Relaxed);
        self.lost.fetch_add(1, Ordering::Relaxed);
        self.dropped.0.fetch_add(1, Ordering::Relaxed);
        self.dropped.1.store(self.clock.now(), Ordering::Relaxed);
    }

    /// Stores what ended so far. Answers when it is stored, or after a few seconds.
    pub async fn flush(&self) {
        let (done, answer) = oneshot::channel();
        let flushed = async {
            if self.queue.send(Order::Flush(done)).await.is_ok() {
                // The writer may be gone: then there is nothing to wait for.
                let _ = answer.await;
            }
        };
        if tokio::time::timeout(PATIENCE, flushed).await.is_err() {
            tracing::warn!("the last task traces could not be stored in time");
        }
    }

    /// Stores traces until the runtime ends.
    pub async fn write_forever(self: Arc<Self>) {
        let waiting = self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let Some(mut waiting) = waiting else { return };
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                order = waiting.recv() => match order {
                    Some(order) => self.store_with_others(order, &mut waiting).await,
                    None => return,
                },
                _ = look.tick() => self.open_long().await,
            }
        }
    }

    /// Takes what else comes within a moment, and stores all of it.
    async fn store_with_others(&self, first: Order, waiting: &mut mpsc::Receiver<Order>) {
        let until = Instant::now() + LINGER;
        let (mut batch, mut flushed) = (Vec::new(), None);
        let mut next = Some(first);
        while let Some(order) = next.take() {
            match order {
                Order::Store(ended) => batch.push(*ended),
                Order::Flush(done) => {
                    flushed = Some(done);
                    break;
                }
            }
            if batch.len() < BATCH {
                next = timeout_at(until, waiting.recv()).await.ok().flatten();
            }
        }
        let weight = batch.iter().map(weight).sum();
        self.store(batch.into_iter().map(clean).collect()).await;
        self.queued.fetch_sub(weight, Ordering::Relaxed);
        self.report();
        if let Some(done) = flushed {
            // Whoever waited may have given up.
            let _ = done.send(());
        }
    }

    /// Stores traces together, waits while the database cannot, and leaves out those that cannot be stored at all: their
    /// message or person is gone.
    async fn store(&self, batch: Vec<Ended>) {
        for _ in 0..AGAIN.1 {
            let Err(error) = self.try_store(&batch).await else { return };
            if !engine::is_disk_full(&error) && !engine::is_unavailable(&error) {
                break;
            }
            tokio::time::sleep(AGAIN.0).await;
        }
        for ended in batch {
            if let Err(error) = self.try_store(std::slice::from_ref(&ended)).await {
                self.lost.fetch_add(1, Ordering::Relaxed);
                tracing::debug!(request_id = ended.written.request_id, %error, "a task trace could not be stored");
            }
        }
    }

    async fn try_store(&self, batch: &[Ended]) -> Result<(), DbErr> {
        if batch.is_empty() {
            return Ok(());
        }
        let tx = self.db.begin().await?;
        traces::close(&tx, batch).await?;
        tx.commit().await
    }

    /// Stores a line of each answer that takes long, so that it is seen while it goes on, and if this server dies.
    async fn open_long(&self) {
        let live: Vec<Arc<Inner>> = self.live.iter().take(QUEUE).filter_map(|inner| inner.upgrade()).collect();
        let lines: Vec<(Arc<Inner>, Written)> =
            live.into_iter().filter_map(|inner| inner.opening(LONG).map(|line| (inner, line))).collect();
        if lines.is_empty() {
            return;
        }
        let stored = async {
            let tx = self.db.begin().await?;
            for (_, line) in &lines {
                traces::open(&tx, line).await?;
            }
            tx.commit().await
        };
        if let Err(error) = stored.await {
            lines.iter().for_each(|(inner, _)| inner.not_opened());
            tracing::debug!(%error, "the opening lines of task traces could not be stored; it is tried again");
        }
    }

    fn report(&self) {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            tracing::warn!(lost, "task traces were dropped: too many at once, or their message was deleted");
        }
    }
}

/// The trace as it is stored: no secret is in its samples. What an event says was redacted when it was noted.
fn clean(ended: Ended) -> Ended {
    let Inside { events, request, response } = ended.inside;
    let inside = Inside { events, request: request.map(sample::clean), response: response.map(sample::clean) };
    Ended { inside, ..ended }
}
