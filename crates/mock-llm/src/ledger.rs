//! What was asked of the server and how each answer ended. Bounded; never the value of a key.

use crate::keys;
use crate::request::ChatRequest;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Requests remembered; older ones are forgotten, the totals stay.
const MAX_RECORDS: usize = 10_000;
/// Characters kept of a person's text.
const MAX_TEXT_CHARS: usize = 2_000;

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It has not ended yet.
    Open,
    /// Everything that the behaviour wanted to send was sent; a behaviour that cuts the connection ends so too.
    Done,
    /// The client closed the connection before that.
    ClientLeft,
}

/// One request for an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// The protocol: `openai_chat`, `openai_text`, `openai_responses`, `anthropic`, `gemini`, `ollama`,
    /// `embeddings` or `rerank`.
    pub protocol: String,
    /// The model asked for.
    pub model: String,
    /// Whether a stream was asked for.
    pub stream: bool,
    /// Whether usage was asked for.
    pub include_usage: bool,
    /// The number of messages; of texts to embed; of documents to rank and their query.
    pub messages: usize,
    /// Bytes of text in all messages.
    pub prompt_bytes: u64,
    /// The person's last text, the last text to embed or the query, its first 2,000 characters.
    pub last_user_text: String,
    /// The suffix of a completion, its first 2,000 characters.
    pub suffix: Option<String>,
    /// Pictures in all messages.
    pub images: usize,
    /// The tools that were offered.
    pub tools: usize,
    /// The results of tools at the end of the conversation.
    pub tool_results: usize,
    /// The instructions, their first 2,000 characters.
    pub system: String,
    /// The names of documents that came as such.
    pub files: Vec<String>,
    /// Whether a key came with it.
    pub authorization: bool,
    /// The last four characters of the key.
    pub key: Option<String>,
    /// Tokens of the request, as usage says it; none where no answer was begun.
    pub prompt_tokens: u64,
    /// Deltas of text or thoughts sent so far; vectors and rankings have none.
    pub tokens: u64,
    /// Began at, milliseconds since 1970.
    pub started_ms: u64,
    /// Ended at, milliseconds since 1970.
    pub ended_ms: Option<u64>,
    /// How it ended.
    pub end: End,
}

/// Sums over everything since the start or the last clearing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Requests for an answer.
    pub requests: u64,
    /// Requests for the model list.
    pub lists: u64,
    /// Requests for paths that do not exist, for instance the target of a redirect.
    pub strays: u64,
    /// Sign-ins that ended in tokens.
    pub logins: u64,
    /// Requests that are being answered.
    pub open: u64,
    /// Answers ended by the server.
    pub done: u64,
    /// Answers ended by the client.
    pub client_left: u64,
    /// Tokens of the requests of ended answers.
    pub prompt_tokens: u64,
    /// Deltas of text or thoughts in ended answers.
    pub tokens: u64,
}

/// The records, shared by all workers and the test that looks at them.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    entries: VecDeque<Arc<Entry>>,
    totals: Totals,
}

/// A record under way: the counters change without the ledger's lock.
struct Entry {
    record: Record,
    prompt_tokens: AtomicU64,
    tokens: AtomicU64,
    ended_ms: AtomicU64,
    end: AtomicU8,
    forgotten: AtomicBool,
}

impl Entry {
    fn snapshot(&self) -> Record {
        let end = match self.end.load(Ordering::Acquire) {
            0 => End::Open,
            1 => End::Done,
            _ => End::ClientLeft,
        };
        let ended_ms = (end != End::Open).then(|| self.ended_ms.load(Ordering::Relaxed));
        let (prompt_tokens, tokens) = (self.prompt_tokens.load(Ordering::Relaxed), self.tokens.load(Ordering::Relaxed));
        Record { prompt_tokens, tokens, ended_ms, end, ..self.record.clone() }
    }
}

impl Ledger {
    /// The remembered requests in the order of their arrival.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        self.lock().entries.iter().map(|entry| entry.snapshot()).collect()
    }

    /// The latest request.
    #[must_use]
    pub fn last(&self) -> Option<Record> {
        self.lock().entries.back().map(|entry| entry.snapshot())
    }

    /// Sums over everything.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.lock().totals
    }

    /// Forgets everything. Answers that are still open are not counted when they end.
    pub fn clear(&self) {
        let mut inner = self.lock();
        for entry in inner.entries.drain(..) {
            entry.forgotten.store(true, Ordering::Relaxed);
        }
        inner.totals = Totals::default();
    }

    pub(crate) fn count_list(&self) {
        self.lock().totals.lists += 1;
    }

    pub(crate) fn count_login(&self) {
        self.lock().totals.logins += 1;
    }

    pub(crate) fn count_stray(&self) {
        self.lock().totals.strays += 1;
    }

    /// Opens a record.
    pub(crate) fn open(&self, ask: &ChatRequest, key: Option<&str>) -> Served {
        let record = Record {
            protocol: ask.protocol.name().to_owned(),
            model: ask.model.clone(),
            stream: ask.stream,
            include_usage: ask.include_usage(),
            messages: ask.messages(),
            prompt_bytes: ask.prompt_bytes(),
            last_user_text: beginning(&ask.last_user_text()),
            suffix: ask.suffix.as_deref().map(beginning),
            images: ask.images(),
            tools: ask.tools().len(),
            tool_results: ask.results().len(),
            system: beginning(&ask.system()),
            files: ask.files().map(str::to_owned).collect(),
            authorization: key.is_some(),
            key: key.map(keys::end),
            prompt_tokens: 0,
            tokens: 0,
            started_ms: now_ms(),
            ended_ms: None,
            end: End::Open,
        };
        let entry = Arc::new(Entry {
            record,
            prompt_tokens: AtomicU64::new(0),
            tokens: AtomicU64::new(0),
            ended_ms: AtomicU64::new(0),
            end: AtomicU8::new(0),
            forgotten: AtomicBool::new(false),
        });
        let mut inner = self.lock();
        if inner.entries.len() == MAX_RECORDS {
            inner.entries.pop_front();
        }
        inner.entries.push_back(Arc::clone(&entry));
        inner.totals.requests += 1;
        inner.totals.open += 1;
        Served { entry, ledger: self.clone(), finished: false }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An open record. Dropped before [`Served::finish`] it says that the client left.
pub(crate) struct Served {
    entry: Arc<Entry>,
    ledger: Ledger,
    finished: bool,
}

impl Served {
    /// An answer to so many tokens begins.
    pub(crate) fn begin(&self, prompt_tokens: u64) {
        self.entry.prompt_tokens.store(prompt_tokens, Ordering::Relaxed);
    }

    /// Counts a delta.
    pub(crate) fn token(&self) {
        self.entry.tokens.fetch_add(1, Ordering::Relaxed);
    }

    /// Everything was sent.
    pub(crate) fn finish(&mut self) {
        self.close(End::Done);
    }

    fn close(&mut self, end: End) {
        if std::mem::replace(&mut self.finished, true) {
            return;
        }
        self.entry.ended_ms.store(now_ms(), Ordering::Relaxed);
        self.entry.end.store(if end == End::Done { 1 } else { 2 }, Ordering::Release);
        let mut inner = self.ledger.lock();
        if self.entry.forgotten.load(Ordering::Relaxed) {
            return;
        }
        inner.totals.open -= 1;
        inner.totals.prompt_tokens += self.entry.prompt_tokens.load(Ordering::Relaxed);
        inner.totals.tokens += self.entry.tokens.load(Ordering::Relaxed);
        match end {
            End::Done => inner.totals.done += 1,
            _ => inner.totals.client_left += 1,
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.close(End::ClientLeft);
    }
}

fn beginning(text: &str) -> String {
    text.chars().take(MAX_TEXT_CHARS).collect()
}

pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
