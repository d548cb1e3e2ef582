//! A client for each thread that asks. A connection is read by the thread that opened it: were connections shared by all
//! threads, every piece of an answer would cross from the one that reads it to the one that waits for it, and wake it.

use reqwest::Client;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most clients of one kind; further threads share them.
const MOST: usize = 16;

thread_local! {
    /// The number of this thread, in the order in which threads first asked.
    static NUMBER: usize = {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        THREADS.fetch_add(1, Ordering::Relaxed)
    };
}

/// The clients, one for each core and one for the thread that starts everything.
pub(crate) struct Lanes(Box<[Client]>);

impl Lanes {
    /// Builds them.
    ///
    /// # Errors
    /// The first that cannot be built.
    pub(crate) fn new(build: impl Fn() -> Result<Client, reqwest::Error>) -> Result<Self, reqwest::Error> {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        (0..(cores + 1).min(MOST)).map(|_| build()).collect::<Result<_, _>>().map(Self)
    }

    /// The client of the calling thread.
    pub(crate) fn own(&self) -> &Client {
        &self.0[NUMBER.with(|number| *number) % self.0.len()]
    }
}
