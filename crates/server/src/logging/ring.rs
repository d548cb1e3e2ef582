//! The latest lines in memory, and whoever follows them. Bounded in lines and bytes; a reader that is too slow loses
//! lines and is told how many, and whoever logs never waits for one.

use crate::redact::redact;
use shared::RequestId;
use shared::logs::{Level, LogEvent, LogFilter, LogLine, LogQuery, MAX_LINE_CHARS, MAX_LINES};
use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::broadcast::{self, error::RecvError, error::TryRecvError};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

/// Most bytes of all lines together.
const MAX_BYTES: usize = 512 * 1024;
/// Lines that may wait for a slow reader.
const WAITING: usize = 512;
/// Lines that are told at once.
const BATCH: usize = 200;
/// What is taken of a line before its secrets are looked for, in bytes: more than is kept, so that none is cut in two.
const TAKEN_BYTES: usize = MAX_LINE_CHARS * 4 + 1_024;

/// The lines of this process.
static RING: LazyLock<Ring> = LazyLock::new(Ring::new);
/// Another one after each start: numbers of lines mean nothing to another process.
static SERVER: LazyLock<String> = LazyLock::new(crate::clock::new_id);

struct Ring {
    kept: Mutex<Kept>,
    live: broadcast::Sender<Arc<LogLine>>,
}

#[derive(Default)]
struct Kept {
    lines: VecDeque<Arc<LogLine>>,
    bytes: usize,
    next: u64,
}

impl Ring {
    fn new() -> Self {
        Self { kept: Mutex::default(), live: broadcast::channel(WAITING).0 }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, mut line: LogLine) {
        let mut kept = self.lock();
        kept.next += 1;
        line.seq = kept.next;
        let line = Arc::new(line);
        kept.bytes += weight(&line);
        kept.lines.push_back(Arc::clone(&line));
        while kept.lines.len() > MAX_LINES || kept.bytes > MAX_BYTES {
            let Some(oldest) = kept.lines.pop_front() else { break };
            kept.bytes -= weight(&oldest);
        }
        // Within the lock: who begins to follow hears each line once. Without a reader there is nobody to tell.
        let _ = self.live.send(line);
    }

    fn follow(&self, query: &LogQuery) -> Follower {
        let filter = LogFilter::of(query);
        let most = query.tail.map_or(MAX_LINES, |tail| tail as usize);
        let after = query.after.filter(|_| query.server.as_ref() == Some(&*SERVER)).unwrap_or(0);
        let kept = self.lock();
        let wanted = kept.lines.iter().rev().filter(|line| line.seq > after && filter.wants(line)).take(most);
        let mut tail: Vec<_> = wanted.map(|line| (**line).clone()).collect();
        tail.reverse();
        Follower { filter, tail: Some(tail), lost: 0, live: self.live.subscribe() }
    }
}

/// About how many bytes a line takes.
fn weight(line: &LogLine) -> usize {
    let id = line.request_id.as_ref().map_or(0, |id| id.as_str().len());
    160 + line.text.len() + id + line.code.as_ref().map_or(0, String::len)
}

/// Somebody who follows the log.
pub struct Follower {
    filter: LogFilter,
    /// What was kept, until it is told.
    tail: Option<Vec<LogLine>>,
    /// Lines that it was too slow for and was not told of.
    lost: u64,
    live: broadcast::Receiver<Arc<LogLine>>,
}

impl Follower {
    /// Follows the log of this process.
    #[must_use]
    pub fn new(query: &LogQuery) -> Self {
        RING.follow(query)
    }

    /// Which process that is.
    #[must_use]
    pub fn server() -> &'static str {
        &SERVER
    }

    /// What is to be told next. The first time that is what was kept, be it nothing.
    pub async fn next(&mut self) -> LogEvent {
        if let Some(lines) = self.tail.take() {
            return LogEvent::Lines { lines };
        }
        if self.lost > 0 {
            return LogEvent::Lost { count: std::mem::take(&mut self.lost) };
        }
        loop {
            match self.live.recv().await {
                Ok(line) if self.filter.wants(&line) => return self.batch(&line),
                Ok(_) => {}
                Err(RecvError::Lagged(count)) => return LogEvent::Lost { count },
                // The ring lives as long as the process.
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    /// A line with those that came meanwhile. What was lost is told with the next event.
    fn batch(&mut self, first: &LogLine) -> LogEvent {
        let mut lines = vec![first.clone()];
        while lines.len() < BATCH && !self.live.is_empty() {
            match self.live.try_recv() {
                Ok(line) if self.filter.wants(&line) => lines.push((*line).clone()),
                Ok(_) => {}
                Err(TryRecvError::Lagged(count)) => {
                    self.lost = count;
                    break;
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        LogEvent::Lines { lines }
    }
}

/// Puts every event that is logged into the ring.
pub(super) struct Capture;

impl<S: Subscriber> Layer<S> for Capture {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        RING.push(line_of(event));
    }
}

fn line_of(event: &Event<'_>) -> LogLine {
    let mut words = Words::default();
    event.record(&mut words);
    let Words { mut text, fields, code, request_id } = words;
    text.push_str(&fields);
    let clean = redact(&text);
    let text = match clean.char_indices().nth(MAX_LINE_CHARS) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean.into_owned(),
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    LogLine {
        seq: 0,
        at: crate::db::rfc3339(i64::try_from(now.as_millis()).unwrap_or(i64::MAX)),
        level: level_of(*event.metadata().level()),
        text,
        code: code.map(|code| redact(&code).into_owned()),
        request_id: request_id.map(|id| RequestId(redact(&id).into_owned())),
    }
}

fn level_of(level: tracing::Level) -> Level {
    match level {
        tracing::Level::ERROR => Level::Error,
        tracing::Level::WARN => Level::Warn,
        tracing::Level::INFO => Level::Info,
        tracing::Level::DEBUG => Level::Debug,
        tracing::Level::TRACE => Level::Trace,
    }
}

/// The words of an event.
#[derive(Default)]
struct Words {
    text: String,
    fields: String,
    code: Option<String>,
    request_id: Option<String>,
}

impl Words {
    fn put(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let known = match field.name() {
            "message" => return put(&mut self.text, value),
            "code" => Some(&mut self.code),
            "request_id" => Some(&mut self.request_id),
            _ => None,
        };
        if let Some(known) = known {
            *known = Some(value.to_string());
        }
        put(&mut self.fields, format_args!(" {}={value}", field.name()));
    }
}

impl Visit for Words {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format_args!("{value:?}"));
    }
}

/// Adds words up to a limit.
fn put(text: &mut String, words: fmt::Arguments<'_>) {
    struct Bounded<'a>(&'a mut String);
    impl fmt::Write for Bounded<'_> {
        fn write_str(&mut self, piece: &str) -> fmt::Result {
            let room = TAKEN_BYTES.saturating_sub(self.0.len());
            self.0.push_str(&piece[..piece.floor_char_boundary(room)]);
            Ok(())
        }
    }
    // Writing to a string cannot fail.
    let _ = Bounded(text).write_fmt(words);
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing_subscriber::layer::SubscriberExt as _;

    fn line(text: &str) -> LogLine {
        let (code, request_id) = (None, Some("r-1".into()));
        LogLine { seq: 0, at: String::new(), level: Level::Info, text: text.to_owned(), code, request_id }
    }

    fn texts(event: LogEvent) -> Vec<String> {
        match event {
            LogEvent::Lines { lines } => lines.into_iter().map(|line| line.text).collect(),
            other => panic!("lines and not {other:?}"),
        }
    }

    #[tokio::test]
    async fn who_follows_gets_the_kept_lines_and_then_every_new_one_once() {
        let ring = Ring::new();
        ["a", "b", "c"].into_iter().for_each(|text| ring.push(line(text)));
        let mut follower = ring.follow(&LogQuery { tail: Some(2), ..LogQuery::default() });
        assert_eq!(texts(follower.next().await), ["b", "c"]);
        ["d", "e"].into_iter().for_each(|text| ring.push(line(text)));
        assert_eq!(texts(follower.next().await), ["d", "e"], "together");
        let query = LogQuery { after: Some(4), server: Some(Follower::server().to_owned()), ..LogQuery::default() };
        assert_eq!(texts(ring.follow(&query).next().await), ["e"]);
        let elsewhere = LogQuery { server: Some("another".to_owned()), ..query };
        assert_eq!(texts(ring.follow(&elsewhere).next().await).len(), 5, "numbers of another server mean nothing");
    }

    #[tokio::test]
    async fn who_is_too_slow_is_told_how_much_is_missing() {
        let ring = Ring::new();
        let mut follower = ring.follow(&LogQuery::default());
        assert!(texts(follower.next().await).is_empty());
        (0..WAITING + 10).for_each(|n| ring.push(line(&n.to_string())));
        let LogEvent::Lost { count } = follower.next().await else { panic!("something is lost") };
        assert_eq!(texts(follower.next().await)[0], count.to_string(), "it goes on after the gap");
    }

    #[test]
    fn the_ring_is_bounded_in_lines_and_in_bytes() {
        let ring = Ring::new();
        (0..MAX_LINES + 100).for_each(|_| ring.push(line("x")));
        assert!(ring.lock().lines.len() <= MAX_LINES);
        (0..1_000).for_each(|_| ring.push(line(&"x".repeat(MAX_LINE_CHARS))));
        let kept = ring.lock();
        assert!(kept.bytes <= MAX_BYTES && kept.lines.len() > 50, "{} {}", kept.bytes, kept.lines.len());
        assert_eq!(kept.bytes, kept.lines.iter().map(|line| weight(line)).sum::<usize>());
    }

    #[test]
    fn a_line_has_its_words_its_code_and_its_request_and_no_secret() {
        struct Keep(Arc<Mutex<Vec<LogLine>>>);
        impl<S: Subscriber> Layer<S> for Keep {
            fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
                self.0.lock().expect("not poisoned").push(line_of(event));
            }
        }
        let kept = Arc::<Mutex<Vec<LogLine>>>::default();
        let subscriber = tracing_subscriber::registry().with(Keep(Arc::clone(&kept)));
        tracing::subscriber::with_default(subscriber, || {
            let id = "0193-abc";
            tracing::warn!(request_id = %id, code = "provider.empty", total_ms = 12, "answer ended");
            tracing::error!(token = "sk-abcdefghijkl", "calling with Bearer abcdefghijkl {}", "x".repeat(20_000));
        });
        let kept = kept.lock().expect("not poisoned");
        assert_eq!(kept[0].text, "answer ended request_id=0193-abc code=provider.empty total_ms=12");
        assert_eq!((kept[0].level, kept[0].code.as_deref()), (Level::Warn, Some("provider.empty")));
        assert_eq!(kept[0].request_id.as_ref().map(RequestId::as_str), Some("0193-abc"));
        assert!(kept[1].text.starts_with("calling with Bearer ***") && !kept[1].text.contains("abcdefgh"));
        assert_eq!(kept[1].text.chars().count(), MAX_LINE_CHARS + 1);
    }
}
