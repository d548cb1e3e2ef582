//! One request from the first call of a provider to the last byte: asks one way after the other until somebody speaks, then
//! hands on what comes. It is a task of its own, so that a program that leaves cannot keep its calls from being booked.

use super::ledger::Ledger;
use super::question::Question;
use super::sink::{self, Sink};
use super::source::{Ready, Source};
use super::{Gateway, Head, Standard, ranking, vectors};
use crate::catalog::{Resolved, Route};
use crate::chat::failover::{Failover, Next};
use crate::chat::hub::OpenCall;
use crate::error::{AppError, AppResult};
use crate::trace::{Asked, Recorder, sample};
use bytes::Bytes;
use llm::{CompletionEvent, Error, Piece, StopReason};
use shared::ErrorCode;
use shared::chat::Usage;
use shared::error::Params;
use shared::events::Status;
use shared::tokens::Estimate;
use shared::trace::Stage;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// When a stream begins although nobody has spoken: proxies and programs give up on a server that is silent for longer.
/// Until then a failure still has its own status, and another key or connection may help.
const SILENCE: Duration = Duration::from_secs(10);
/// Longest answer that is kept in memory because it is to come whole, in bytes.
const MAX_WHOLE_BYTES: u64 = 16 * 1024 * 1024;

/// What is to be answered.
pub(super) struct Order {
    pub(super) id: String,
    pub(super) standard: Standard,
    pub(super) question: Question,
    pub(super) model: Resolved,
    pub(super) headers: Vec<(&'static str, String)>,
    /// The longest answer that budgets allow.
    pub(super) limit: Option<u32>,
}

/// One request under way.
pub(super) struct Call {
    pub(super) gateway: Arc<Gateway>,
    pub(super) order: Order,
    pub(super) ledger: Ledger,
    pub(super) head: Head,
    pub(super) arrived: Instant,
    /// Until its login or key is over.
    pub(super) open: OpenCall,
    pub(super) trace: Recorder,
}

/// Tells how the answer begins: by its head and, where it comes whole, by all of it.
pub(super) type Begin = oneshot::Sender<AppResult<(Head, Option<Bytes>)>>;

/// Whom the answer goes to.
struct Reader {
    /// Until the head is sent.
    begin: Option<Begin>,
    frames: mpsc::Sender<Bytes>,
    head: Head,
    /// Whether anything of an answer was sent.
    has_sent: bool,
}

/// How a call ended.
enum End {
    /// The answer is whole. The code says what is wrong with one that holds nothing.
    Done(Option<ErrorCode>),
    Failed(Error),
    Cut(Cut),
}

/// Why a call is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// The program left.
    Left,
    /// Its login or key is over.
    Revoked,
    /// The server goes down.
    Restart,
}

impl Cut {
    /// How it is booked.
    fn booked(self) -> (Status, Option<ErrorCode>) {
        match self {
            Self::Left => (Status::Stopped, None),
            Self::Revoked => (Status::Stopped, Some(ErrorCode::AuthRevoked)),
            Self::Restart => (Status::Interrupted, Some(ErrorCode::ServerRestarting)),
        }
    }
}

/// What was heard of an answer.
struct Heard {
    began: Instant,
    /// The same in unix milliseconds.
    started_at: i64,
    /// Whether anything was said.
    speaks: bool,
    /// Whether anything was said that is not only thought.
    answers: bool,
    written: Estimate,
    bytes: u64,
    /// The beginning of what was said, where a trace keeps it.
    said: Option<String>,
    usage: Option<Usage>,
    stop: Option<StopReason>,
    first_token: Option<Duration>,
}

impl Call {
    /// Answers.
    pub(super) async fn run(mut self, begin: Begin, frames: mpsc::Sender<Bytes>) {
        let mut reader = Reader { begin: Some(begin), frames, head: std::mem::take(&mut self.head), has_sent: false };
        let mut failover = Failover::new(self.order.model.routes.len());
        let mut said = None;
        let outcome = loop {
            let route = self.order.model.routes[failover.at()].clone();
            let error = match self.attempt(&route, &mut reader, &mut said).await {
                Ok(outcome) => break outcome,
                Err(error) => error,
            };
            match failover.next(&self.order.model.routes, &error, false) {
                Next::Key { .. } | Next::Connection => {}
                Next::Wait(wait) => {
                    if let Err(cut) = self.wait(&mut reader, tokio::time::sleep(wait)).await {
                        break Err(Stopped::Cut(cut));
                    }
                }
                Next::Refit | Next::GiveUp => {
                    break Err(Stopped::Failed(failover.instead_of(&error).unwrap_or(error).into()));
                }
            }
        };
        self.conclude(reader, outcome, said).await;
    }

    /// Books, and sends the end. Where something was set aside, the booking comes first: who asks again as soon as the
    /// answer is there must find it free.
    async fn conclude(&mut self, mut reader: Reader, outcome: Result<Told, Stopped>, said: Option<String>) {
        let (status, code, params) = match &outcome {
            Ok(told) => (told.status(), told.hollow, Params::new()),
            Err(Stopped::Failed(error)) => (Status::Failed, Some(error.code), error.params.clone()),
            Err(Stopped::Cut(cut)) => (cut.booked().0, cut.booked().1, Params::new()),
        };
        if self.ledger.is_held() {
            self.book().await;
        }
        match outcome {
            Ok(told) if self.order.question.stream => reader.send(told.rest).await,
            Ok(told) => reader.begin_with(Ok(Some(told.rest))),
            Err(Stopped::Cut(cut)) => {
                if let (_, Some(code)) = cut.booked() {
                    self.fail(&mut reader, code.into()).await;
                }
            }
            Err(Stopped::Failed(error)) => self.fail(&mut reader, error).await,
        }
        drop(reader);
        self.book().await;
        let said = said.map(|said| sample::of_words("text", &said));
        self.trace.finish(status, code.map(ErrorCode::as_str), &params, said);
    }

    /// Writes down what there is to book.
    async fn book(&mut self) {
        if !self.ledger.is_empty() {
            let since = self.trace.now();
            self.ledger.close().await;
            self.trace.span(Stage::Saving, since);
        }
    }

    /// Tells of a failure: by a status as long as the head was not sent, then by an event of the stream.
    async fn fail(&self, reader: &mut Reader, error: AppError) {
        if reader.begin.is_some() {
            reader.begin_with(Err(error));
        } else {
            reader.send(sink::failure(self.order.standard, &error, self.ledger.request_id())).await;
        }
    }

    /// Asks on one way. An error means that nothing of an answer was sent, so that another way may be tried. Answers what
    /// is still to be sent.
    async fn attempt(
        &mut self,
        route: &Route,
        reader: &mut Reader,
        said: &mut Option<String>,
    ) -> Result<Result<Told, Stopped>, Error> {
        let (gateway, order) = (Arc::clone(&self.gateway), &self.order);
        let window = gateway.settings.context_token_limit();
        let mut ready = match Ready::of(&order.question, route, &order.headers, order.limit, window) {
            Ok(ready) => ready,
            Err(refusal) => return Ok(Err(Stopped::Failed(refusal))),
        };
        if reader.begin.is_some() && reader.head.admission.is_none() {
            let admission = self.arrived.elapsed();
            gateway.runs.metrics().own.admission.count(admission);
            reader.head.admission = Some(admission);
        }
        let asked = Asked { connection: &route.connection, model: &route.model };
        self.trace.asks(&asked, || sample::of_words("request", order.question.text()));
        let correlation = ready.correlate(self.ledger.request_id());
        let mut heard = Heard::new(gateway.clock.now(), self.trace.is_on());
        let mut rest = Bytes::new();
        let end = self.follow(route, ready, &mut heard, reader, &mut rest).await;
        let (status, code) = match &end {
            End::Done(None) => (Status::Completed, None),
            End::Done(hollow) => (Status::Failed, *hollow),
            End::Failed(error) => (Status::Failed, Some(error.code)),
            End::Cut(cut) => cut.booked(),
        };
        let started_at = heard.started_at;
        *said = heard.said.take();
        let usage = self.usage(heard, &end);
        if let End::Failed(error) = &end {
            self.trace.failed(error);
        }
        self.trace.answered(&usage, code.map(ErrorCode::as_str), &correlation);
        self.ledger.book(route, usage, (status, code), started_at, &correlation);
        match end {
            End::Done(hollow) => Ok(Ok(Told { rest, hollow })),
            End::Cut(cut) => Ok(Err(Stopped::Cut(cut))),
            End::Failed(error) => {
                gateway.catalog.note(route, Err(&error), started_at);
                if reader.has_sent { Ok(Err(Stopped::Failed(error.into()))) } else { Err(error) }
            }
        }
    }

    /// Follows one call to its end. Until somebody speaks nothing goes out, so that a failure is still one.
    async fn follow(
        &self,
        route: &Route,
        ready: Ready,
        heard: &mut Heard,
        reader: &mut Reader,
        rest: &mut Bytes,
    ) -> End {
        let mut source = match self.wait(reader, Source::open(route, ready)).await {
            Ok(Ok(source)) => source,
            Ok(Err(error)) => return End::Failed(error),
            Err(cut) => return End::Cut(cut),
        };
        self.trace.connected();
        let Order { id, question, model, standard, .. } = &self.order;
        let mut sink = Sink::new(question, id, &model.model, heard.started_at.div_euclid(1_000));
        let passes = source.is_passed_stream();
        let mut waiting = Vec::new();
        loop {
            self.trace.waits();
            let next = self.wait(reader, source.next()).await;
            self.trace.heard();
            let piece = match next {
                Ok(Some(piece)) => piece,
                Ok(None) => return End::Failed(Error::new(ErrorCode::ProviderCut)),
                Err(cut) => return End::Cut(cut),
            };
            let before = heard.bytes;
            let failure = heard.take(&piece, *standard);
            if heard.bytes > before {
                self.trace.grew(usize::try_from(heard.bytes - before).unwrap_or(usize::MAX));
            }
            if heard.is_first_word() {
                self.gateway.catalog.note(route, Ok(()), heard.started_at);
            }
            let goes_out = question.stream && heard.speaks;
            let bytes = sink.take(piece, passes);
            if failure.is_none() || goes_out {
                waiting.push(bytes);
            }
            if failure.is_none() && heard.stop.is_some() {
                // All that is left goes out with the end.
                if question.stream {
                    *rest = waiting.concat().into();
                    return End::Done(heard.hollow(*standard));
                }
                let read = heard.usage.as_ref().map_or_else(|| question.estimate(), |usage| usage.prompt_tokens);
                return match mended(question, &model.model, read, sink.document()) {
                    Ok(document) => {
                        *rest = document;
                        End::Done(heard.hollow(*standard))
                    }
                    Err(error) => End::Failed(error),
                };
            }
            if goes_out {
                reader.send_all(&mut waiting).await;
            }
            if let Some(error) = failure {
                return End::Failed(error);
            }
            if !question.stream && heard.bytes > MAX_WHOLE_BYTES {
                let words = "the answer is too large to come whole";
                return End::Failed(Error::new(ErrorCode::ProviderMalformed).with_detail(words, None));
            }
        }
    }

    /// Waits for something, unless the call is given up meanwhile. A stream whose provider is silent begins
    /// meanwhile.
    async fn wait<T>(&self, reader: &mut Reader, what: impl Future<Output = T>) -> Result<T, Cut> {
        let silence = tokio::time::sleep_until((self.arrived + SILENCE).into());
        tokio::pin!(what, silence);
        loop {
            let begins = self.order.question.stream && reader.begin.is_some();
            tokio::select! {
                biased;
                () = self.gateway.shutdown.cancelled() => return Err(Cut::Restart),
                () = self.open.ended() => return Err(Cut::Revoked),
                () = reader.left() => return Err(Cut::Left),
                done = &mut what => return Ok(done),
                () = &mut silence, if begins => reader.begin_with(Ok(None)),
            }
        }
    }

    /// What a call took: what the provider says, else what can be estimated. One that was refused took nothing.
    fn usage(&self, heard: Heard, end: &End) -> Usage {
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let is_refused = !heard.speaks && heard.usage.is_none() && matches!(end, End::Failed(_));
        let (written, first_token, total) = (heard.written.tokens(), heard.first_token.map(ms), heard.began.elapsed());
        let usage = heard.usage.unwrap_or_else(|| Usage {
            prompt_tokens: if is_refused { 0 } else { self.order.question.estimate() },
            completion_tokens: written,
            estimated: true,
            ..Usage::default()
        });
        Usage { first_token_ms: first_token, total_ms: Some(ms(total)), ..usage }
    }
}

/// The document as programs expect it, of a provider that `read` so many tokens.
fn mended(question: &Question, model: &str, read: u64, document: Bytes) -> Result<Bytes, Error> {
    match question.standard {
        Standard::Embeddings => vectors::mend(question, model, read, document),
        Standard::Rerank => ranking::mend(question, model, &document),
        _ => Ok(document),
    }
}

/// An answer that is whole.
struct Told {
    /// What of it is still to be sent.
    rest: Bytes,
    /// What is wrong with one that holds nothing: programs get it as it is, and it is booked as what it is.
    hollow: Option<ErrorCode>,
}

impl Told {
    fn status(&self) -> Status {
        if self.hollow.is_some() { Status::Failed } else { Status::Completed }
    }
}

/// Why an answer does not go on.
enum Stopped {
    Failed(AppError),
    Cut(Cut),
}

impl Reader {
    fn begin_with(&mut self, how: AppResult<Option<Bytes>>) {
        if let Some(begin) = self.begin.take() {
            // Who left does not hear it.
            let _ = begin.send(how.map(|body| (self.head.clone(), body)));
        }
    }

    async fn send(&mut self, bytes: Bytes) {
        self.begin_with(Ok(None));
        if !bytes.is_empty() {
            self.has_sent = true;
            // Who left is noticed where the next piece is waited for.
            let _ = self.frames.send(bytes).await;
        }
    }

    async fn send_all(&mut self, waiting: &mut Vec<Bytes>) {
        for bytes in waiting.drain(..) {
            self.send(bytes).await;
        }
    }

    /// Ends when the program has left.
    async fn left(&mut self) {
        match &mut self.begin {
            Some(begin) => begin.closed().await,
            None => self.frames.closed().await,
        }
    }
}

impl Heard {
    fn new(started_at: i64, keeps: bool) -> Self {
        Self {
            began: Instant::now(),
            started_at,
            speaks: false,
            answers: false,
            written: Estimate::default(),
            bytes: 0,
            said: keeps.then(String::new),
            usage: None,
            stop: None,
            first_token: None,
        }
    }

    /// Whether the first word has just been heard.
    fn is_first_word(&mut self) -> bool {
        let is_first = self.speaks && self.first_token.is_none();
        if is_first {
            self.first_token = Some(self.began.elapsed());
        }
        is_first
    }

    /// Takes in what a piece says. Answers what is wrong with it.
    fn take(&mut self, piece: &Piece, standard: Standard) -> Option<Error> {
        for event in &piece.events {
            match event {
                Ok(CompletionEvent::Text(text)) => {
                    self.answers = true;
                    self.say(text);
                }
                Ok(CompletionEvent::Thinking { text, .. }) => self.say(text),
                Ok(CompletionEvent::ToolCall(step)) => {
                    (self.speaks, self.answers) = (true, true);
                    if let llm::ToolCallEvent::Arguments { text, .. } = step {
                        self.say(text);
                    }
                }
                Ok(CompletionEvent::Usage(usage)) => self.usage = Some(usage.clone()),
                Ok(CompletionEvent::Stop(reason)) => {
                    self.stop = Some(reason.clone());
                    return self.judge(reason, standard);
                }
                Ok(CompletionEvent::TextWasThinking) => self.answers = false,
                Ok(CompletionEvent::Started { .. }) => {}
                Err(error) => return Some(error.clone()),
            }
        }
        None
    }

    fn say(&mut self, text: &str) {
        self.speaks = true;
        self.written.push(text);
        self.bytes += text.len() as u64;
        if let Some(said) = self.said.as_mut().filter(|said| said.len() < sample::TAKEN_BYTES) {
            said.push_str(text);
        }
    }

    /// An answer with nothing in it is none, unless it says why. Where a gap needs no words, or where numbers are asked for,
    /// there may be none.
    fn judge(&self, reason: &StopReason, standard: Standard) -> Option<Error> {
        match reason {
            _ if self.speaks || !must_speak(standard) => None,
            StopReason::ContentFilter => Some(Error::new(ErrorCode::ProviderContentFiltered)),
            StopReason::Length => None,
            _ => Some(Error::new(ErrorCode::ProviderEmpty)),
        }
    }

    /// What is wrong with an answer that came to its end and holds nothing for whoever asked: chats call it the same.
    fn hollow(&self, standard: Standard) -> Option<ErrorCode> {
        match self.stop {
            _ if self.answers || !must_speak(standard) => None,
            Some(StopReason::ContentFilter | StopReason::Refusal) => Some(ErrorCode::ProviderContentFiltered),
            _ if self.speaks => Some(ErrorCode::ProviderReasoningOnly),
            _ => Some(ErrorCode::ProviderEmpty),
        }
    }
}

fn must_speak(standard: Standard) -> bool {
    matches!(standard, Standard::Chat | Standard::Messages)
}
