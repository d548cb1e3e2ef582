//! The loads. Each is bounded in count and in time, and is the same for every endpoint.

use crate::endpoint::Endpoint;
use crate::http::{self, Connection};
use crate::stream::{self, Stream, Tokens};
use anyhow::{Context as _, Result, ensure};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime};
use tokio::task::LocalSet;
use tokio::time::{sleep, sleep_until};

/// Longest life of one stream.
const STREAM_LIMIT: Duration = Duration::from_secs(120);
/// How long before its turn a stream of a burst connects: long enough for all of a burst at once.
const AHEAD: Duration = Duration::from_secs(1);
/// Longest wait until all held streams have begun.
const HOLD_LIMIT: Duration = Duration::from_secs(60);
/// Longest wait until a model that was left has noticed.
const LEAVE_LIMIT: Duration = Duration::from_secs(30);
/// Time after which memory that comes and goes with a beginning has gone.
const SETTLE: Duration = Duration::from_secs(2);

/// Several streams that begin within a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Burst {
    /// How many, each on a connection of its own.
    pub(crate) streams: u32,
    /// What each answers.
    pub(crate) tokens: Tokens,
    /// The time over which their beginnings are spread evenly.
    pub(crate) within: Duration,
}

/// Requests one after another on one connection.
pub(crate) async fn one_at_a_time(endpoint: &Endpoint, count: usize, tokens: Tokens) -> Result<Vec<Stream>> {
    let mut connection = Connection::open(endpoint.address).await?;
    let mut streams = Vec::with_capacity(count);
    for _ in 0..count {
        let stream = stream::run(&mut connection, endpoint, tokens, STREAM_LIMIT).await;
        if stream.failure.is_some() {
            // What is left of the answer must not be taken for the next one.
            connection = Connection::open(endpoint.address).await?;
        }
        streams.push(stream);
    }
    Ok(streams)
}

/// All streams of a burst, each from its turn to its end. Connecting is not part of it: that is done ahead, but not so long
/// that a server takes a connection without a request for dead.
pub(crate) async fn burst(endpoint: &Endpoint, burst: Burst) -> Result<Vec<Stream>> {
    let begin = tokio::time::Instant::now() + AHEAD;
    let tasks = LocalSet::new();
    let handles = (0..burst.streams).map(|number| {
        let endpoint = endpoint.of(number);
        let turn = begin + burst.within * number / burst.streams;
        tasks.spawn_local(async move {
            sleep_until(turn - AHEAD).await;
            let mut connection = Connection::open(endpoint.address).await?;
            sleep_until(turn).await;
            anyhow::Ok(stream::run(&mut connection, &endpoint, burst.tokens, STREAM_LIMIT).await)
        })
    });
    let handles: Vec<_> = handles.collect();
    tasks.await;
    let mut streams = Vec::new();
    for handle in handles {
        streams.push(handle.await??);
    }
    Ok(streams)
}

/// Opens `count` streams, waits until each has begun and a little more, calls `look`, and leaves.
pub(crate) async fn hold<T>(
    endpoint: &Endpoint,
    count: u32,
    tokens: Tokens,
    look: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let begun = Rc::new(Cell::new(0));
    let fault = Rc::new(RefCell::new(None::<String>));
    let tasks = LocalSet::new();
    for number in 0..count {
        let mut connection = Connection::open(endpoint.address).await?;
        let (endpoint, begun, fault) = (endpoint.of(number), Rc::clone(&begun), Rc::clone(&fault));
        tasks.spawn_local(async move {
            let held = stream::hold(&mut connection, &endpoint, tokens, || begun.set(begun.get() + 1)).await;
            let why = held.map_or_else(|error| format!("{error:#}"), |()| "a stream ended too early".into());
            fault.borrow_mut().get_or_insert(why);
        });
    }
    tasks
        .run_until(async {
            let deadline = Instant::now() + HOLD_LIMIT;
            while begun.get() < count && fault.borrow().is_none() && Instant::now() < deadline {
                sleep(Duration::from_millis(20)).await;
            }
            sleep(SETTLE).await;
            let fault = fault.borrow();
            let why = fault.as_deref().unwrap_or("the others are silent");
            ensure!(begun.get() == count && fault.is_none(), "{} of {count} streams began: {why}", begun.get());
            look()
        })
        .await
}

/// Leaves `times` answers of a model behind their first words, one after another. Answers how long it took at worst until
/// `provider`, the fake model, was hung up on, in milliseconds.
pub(crate) async fn leave(endpoint: &Endpoint, provider: &Endpoint, model: &str, times: usize) -> Result<f64> {
    let mut ledger = Ledger { connection: Connection::open(provider.address).await? };
    let mut worst = 0.0_f64;
    for _ in 0..times {
        ledger.clear().await?;
        let mut connection = Connection::open(endpoint.address).await?;
        connection.send(&endpoint.request(model)).await?;
        ensure!(connection.head().await? == 200, "{model} does not answer");
        let mut heard = false;
        while !heard {
            let (_, piece) = connection.piece().await?.context("a stream ended too early")?;
            heard = String::from_utf8_lossy(piece).contains("w1");
        }
        let left = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
        drop(connection);
        let ended = tokio::time::timeout(LEAVE_LIMIT, ledger.ended()).await??;
        worst = worst.max(ended as f64 - stream::millis(left));
    }
    Ok(worst.max(0.0))
}

/// The fake model's own account of what it was asked.
struct Ledger {
    connection: Connection,
}

impl Ledger {
    async fn ask(&mut self, method: &str) -> Result<Vec<u8>> {
        self.connection.send(&http::encode(method, "/ledger", None, None)).await?;
        let status = self.connection.head().await?;
        ensure!(status < 300, "the ledger answers {status}");
        self.connection.body().await
    }

    async fn clear(&mut self) -> Result<()> {
        self.ask("DELETE").await.map(drop)
    }

    /// When the only answer ended, once it did, in milliseconds since 1970.
    async fn ended(&mut self) -> Result<u64> {
        loop {
            let told: serde_json::Value = serde_json::from_slice(&self.ask("GET").await?)?;
            if let Some(ended) = told["records"][0]["endedMs"].as_u64() {
                return Ok(ended);
            }
            sleep(Duration::from_millis(5)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mock_llm::{MockLlm, Options};

    fn mock() -> (MockLlm, Endpoint) {
        let mock = MockLlm::start(Options::default()).expect("a free port");
        let endpoint = Endpoint::openai(&mock.base_url(), "k").expect("an endpoint");
        (mock, endpoint)
    }

    #[tokio::test]
    async fn requests_one_after_another_use_one_connection_and_lose_nothing() {
        let (_mock, endpoint) = mock();
        let streams = one_at_a_time(&endpoint, 10, Tokens { count: 20, rate: 0 }).await.expect("streams");
        assert_eq!(streams.len(), 10);
        for stream in &streams {
            assert_eq!((stream.failure.as_deref(), stream.arrivals.len()), (None, 20));
            assert!(stream.first_token_ms().is_some_and(|ms| ms > 0.0));
        }
    }

    #[tokio::test]
    async fn a_burst_is_spread_and_every_stream_comes_to_its_end() {
        let (mock, endpoint) = mock();
        let tokens = Tokens { count: 20, rate: 100 };
        let load = Burst { streams: 30, tokens, within: Duration::from_millis(300) };
        let called = Instant::now();
        let streams = burst(&endpoint, load).await.expect("streams");
        assert_eq!(streams.iter().filter(|stream| stream.failure.is_none()).count(), 30);
        let last = streams.iter().map(|stream| stream.started).max().expect("streams");
        assert!(last >= called + Duration::from_millis(290), "the last one waits for its turn");
        assert_eq!(mock.ledger().totals().tokens, 600);
    }

    #[tokio::test]
    async fn held_streams_are_open_while_one_looks_and_then_left() {
        let (mock, endpoint) = mock();
        let ledger = mock.ledger().clone();
        let open =
            hold(&endpoint, 25, Tokens { count: 300, rate: 1 }, || Ok(ledger.totals().open)).await.expect("held");
        assert_eq!(open, 25);
        let deadline = Instant::now() + Duration::from_secs(20);
        while ledger.totals().client_left < 25 {
            assert!(Instant::now() < deadline, "{:?}", ledger.totals());
            sleep(Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn what_is_left_is_waited_for_until_the_model_has_noticed() {
        let (mock, endpoint) = mock();
        for model in ["tokens-1000-20", "stall-after-2"] {
            let worst = leave(&endpoint, &endpoint, model, 2).await.expect("a time");
            assert!((0.0..10_000.0).contains(&worst), "{model}: {worst}");
        }
        assert_eq!(mock.ledger().totals().open, 0);
    }

    #[tokio::test]
    async fn streams_that_fail_say_why() {
        let (_mock, mut endpoint) = mock();
        let tokens = Tokens { count: 5, rate: 0 };
        endpoint.wire = crate::endpoint::Wire::OpenAi { base: "/nowhere".into() };
        let streams = one_at_a_time(&endpoint, 2, tokens).await.expect("streams");
        assert!(streams.iter().all(|s| s.failure.as_deref().is_some_and(|why| why.contains("status 404"))));
        let held = hold(&endpoint, 3, tokens, || Ok(())).await;
        assert!(held.is_err_and(|error| error.to_string().contains("status 404")));
    }
}
