//! Task traces: what an answer goes through is noted in memory while it is written, and stored by a task of its own.
//!
//! [`Traces::begin`] gives a [`Recorder`] for a request, one that notes nothing where none is wanted. Whoever makes an
//! answer marks its stages on it; `writer` stores what ended, several at once, and an opening line of what takes long, so
//! that a trace whose server died is seen. Nothing here is waited for: what does not fit into the bounded queue is
//! dropped and counted, and no trace ever changes what becomes of an answer.

mod keep;
mod recorder;
pub mod sample;
pub mod text;
mod tokens;
mod writer;

pub use keep::{clean_up, sweep};
pub use recorder::{Asked, Recorder, Subject};

use crate::clock::Clock;
use crate::db::Db;
use crate::db::traces::Inside;
use crate::metrics::Metrics;
use crate::settings::Settings;
use dashmap::DashMap;
use recorder::Inner;
use shared::accounts::User;
use shared::trace::{Totals, Via};
use shared::{RequestId, TraceId};
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Instant;
use tokio::sync::mpsc;
use writer::Order;

/// Traces that wait to be stored.
const QUEUE: usize = 512;

/// Where a request came from, and when.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Its id, as in the log.
    pub request_id: RequestId,
    /// The web page or a program.
    pub via: Via,
    /// When it came in.
    pub since: Instant,
}

/// The traces of this server.
pub struct Traces {
    db: Db,
    clock: Clock,
    settings: Arc<Settings>,
    metrics: Arc<Metrics>,
    instance: String,
    /// Those that are being recorded.
    live: DashMap<TraceId, Weak<Inner>>,
    queue: mpsc::Sender<Order>,
    /// The other end of the queue, until the writer takes it.
    waiting: Mutex<Option<mpsc::Receiver<Order>>>,
    /// About how many bytes wait in the queue.
    queued: AtomicUsize,
    /// Traces that were dropped and not yet told of.
    lost: AtomicU64,
    /// Traces that found no room since the start, and when the latest did not, in unix milliseconds.
    dropped: (AtomicU64, AtomicI64),
}

impl Traces {
    /// Traces in this database, written by this server.
    #[must_use]
    pub fn new(db: Db, clock: Clock, settings: Arc<Settings>, metrics: Arc<Metrics>, instance: String) -> Arc<Self> {
        let (queue, waiting) = mpsc::channel(QUEUE);
        Arc::new(Self {
            db,
            clock,
            settings,
            metrics,
            instance,
            live: DashMap::new(),
            queue,
            waiting: Mutex::new(Some(waiting)),
            queued: AtomicUsize::new(0),
            lost: AtomicU64::new(0),
            dropped: Default::default(),
        })
    }

    /// A recorder for a request of this person, which notes nothing where no trace is wanted or allowed. What it noted is
    /// stored once it was told what it is about ([`Recorder::arm`]).
    #[must_use]
    pub fn begin(self: &Arc<Self>, who: &User, origin: &Origin, wish: Option<bool>) -> Recorder {
        if !self.settings.trace_rule().wants(who, origin.via, wish) {
            return Recorder::default();
        }
        Recorder::new(self, who, origin)
    }

    /// How many traces wait to be stored, about how many bytes they take, and how many found no room since the start.
    #[must_use]
    pub fn queue(&self) -> (usize, usize, u64) {
        let waiting = self.queue.max_capacity() - self.queue.capacity();
        (waiting, self.queued.load(Ordering::Relaxed), self.dropped.0.load(Ordering::Relaxed))
    }

    /// How many found no room since the start, if one did since this moment, in unix milliseconds.
    #[must_use]
    pub fn dropped_since(&self, moment: i64) -> Option<u64> {
        let dropped = self.dropped.0.load(Ordering::Relaxed);
        (dropped > 0 && self.dropped.1.load(Ordering::Relaxed) >= moment).then_some(dropped)
    }

    /// What is known so far of a trace that is being recorded here.
    #[must_use]
    pub fn under_way(&self, id: &TraceId) -> Option<(Totals, Inside)> {
        let inner = self.live.get(id).and_then(|inner| inner.upgrade())?;
        Some(inner.so_far())
    }
}
