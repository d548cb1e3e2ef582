//! The handle on which whoever makes an answer marks its stages. It costs a lock and a look at the clock for each mark, and
//! nothing at all where no trace is wanted.

use super::tokens::Buckets;
use super::{Origin, Traces, sample};
use crate::clock::new_id;
use crate::db::traces::{Ended, Inside, Written};
use shared::accounts::User;
use shared::chat::Usage;
use shared::error::Params;
use shared::events::Status;
use shared::trace::{MAX_EVENTS, Sample, Share, Stage, Totals, TraceEvent, Via};
use shared::{ErrorCode, MessageId, RunId, SessionId, TraceId, UserId};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Marks the stages of one answer; clones mark the same. The default one notes nothing.
#[derive(Clone, Default)]
pub struct Recorder(Option<Arc<Inner>>);

/// What a trace is about.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// The model's name.
    pub model: String,
    /// The run, where there is one.
    pub run: Option<RunId>,
    /// The chat and the answer, where there is one.
    pub message: Option<(SessionId, MessageId)>,
}

/// What a provider is asked.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The connection's name.
    pub connection: &'a str,
    /// The model's name there.
    pub model: &'a str,
}

/// What is noted of one answer.
pub(super) struct Inner {
    traces: Arc<Traces>,
    id: TraceId,
    user: UserId,
    via: Via,
    request_id: String,
    since: Instant,
    /// Unix milliseconds.
    started_at: i64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What it is about; none before it is armed.
    subject: Option<Subject>,
    over: bool,
    /// Whether the writer has stored its opening line.
    opened: bool,
    events: Vec<TraceEvent>,
    left_out: u64,
    call: Option<OpenCall>,
    /// Since when a provider is waited for.
    waiting: Option<u64>,
    totals: Totals,
    request: Option<Sample>,
    /// What came of the latest call, if it said nothing.
    received: Option<llm::Received>,
}

struct OpenCall {
    event: TraceEvent,
    connected: Option<u64>,
    first: Option<u64>,
    buckets: Buckets,
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

impl Recorder {
    pub(super) fn new(traces: &Arc<Traces>, who: &User, origin: &Origin) -> Self {
        let since = origin.since;
        let ago = i64::try_from(since.elapsed().as_millis()).unwrap_or(0);
        let inner = Arc::new(Inner {
            traces: Arc::clone(traces),
            id: TraceId(new_id()),
            user: who.id.clone(),
            via: origin.via,
            request_id: origin.request_id.0.clone(),
            since,
            started_at: traces.clock.now() - ago,
            state: Mutex::new(State::default()),
        });
        Self(Some(inner))
    }

    /// Whether anything is noted: samples need not be made otherwise.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// From now on the trace will be stored, however the answer ends. One that is never armed leaves nothing.
    pub fn arm(&self, subject: Subject) {
        let Some(inner) = &self.0 else { return };
        inner.lock().subject = Some(subject);
        inner.traces.live.insert(inner.id.clone(), Arc::downgrade(inner));
    }

    /// What it is about was not written: it names neither a run nor a message.
    pub fn unbind(&self) {
        let Some(inner) = &self.0 else { return };
        if let Some(subject) = &mut inner.lock().subject {
            (subject.run, subject.message) = (None, None);
        }
    }

    /// There is nothing to tell: the answer was begun by somebody else.
    pub fn discard(&self) {
        if let Some(inner) = &self.0 {
            inner.lock().over = true;
            inner.traces.live.remove(&inner.id);
        }
    }

    /// The begin of a span.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.0.as_ref().map_or(0, |inner| inner.now())
    }

    /// A span that began at `since` and is over now.
    pub fn span(&self, stage: Stage, since: u64) {
        self.note(stage, since, |_| {});
    }

    /// The context was put together, of so many estimated tokens.
    pub fn context(&self, since: u64, tokens: u64) {
        self.note(Stage::Context, since, |event| event.count = Some(tokens));
    }

    /// A tool was called.
    pub fn tool(&self, since: u64, name: &str, failed: bool) {
        self.note(Stage::Tool, since, |event| {
            event.name = Some(name.to_owned());
            event.params.extend(failed.then(|| ("failed".to_owned(), "true".to_owned())));
        });
    }

    fn note(&self, stage: Stage, since: u64, fill: impl FnOnce(&mut TraceEvent)) {
        let Some(inner) = &self.0 else { return };
        let took = inner.now().saturating_sub(since);
        let mut event = TraceEvent { took: Some(took), ..TraceEvent::new(stage, since) };
        fill(&mut event);
        let mut state = inner.lock();
        match stage.share() {
            Share::Tools => state.totals.tools_us += took,
            Share::Provider => state.totals.provider_us += took,
            Share::Own | Share::Moment => {}
        }
        state.push(event);
    }

    /// The reader was told something beside the answer.
    pub fn notice(&self, code: &str, params: &Params) {
        let Some(inner) = &self.0 else { return };
        let (code, params) = (Some(code.to_owned()), params.clone());
        inner.lock().push(TraceEvent { code, params, ..TraceEvent::new(Stage::Notice, inner.now()) });
    }

    /// A provider is asked; from now on it is waited for. The sample is made only where it is kept.
    pub fn asks(&self, asked: &Asked<'_>, sample: impl FnOnce() -> Sample) {
        let Some(inner) = &self.0 else { return };
        let sample = sample();
        let now = inner.now();
        let mut state = inner.lock();
        state.close_call(now);
        state.totals.calls += 1;
        let event = TraceEvent {
            call: Some(state.totals.calls),
            name: Some(asked.connection.to_owned()),
            model: Some(asked.model.to_owned()),
            ..TraceEvent::new(Stage::Call, now)
        };
        state.call = Some(OpenCall { event, connected: None, first: None, buckets: Buckets::default() });
        state.request = Some(sample);
        state.waiting = Some(now);
    }

    /// The provider began to answer.
    pub fn connected(&self) {
        let Some(inner) = &self.0 else { return };
        let now = inner.now();
        let mut state = inner.lock();
        state.hear(now);
        if let Some(call) = state.call.as_mut().filter(|call| call.connected.is_none()) {
            call.connected = Some(now);
        }
    }

    /// The provider is waited for again.
    pub fn waits(&self) {
        if let Some(inner) = &self.0 {
            let now = inner.now();
            inner.lock().waiting = Some(now);
        }
    }

    /// The provider said something, or was waited for long enough.
    pub fn heard(&self) {
        if let Some(inner) = &self.0 {
            let now = inner.now();
            inner.lock().hear(now);
        }
    }

    /// The answer grew by so many bytes of text.
    pub fn grew(&self, bytes: usize) {
        let Some(inner) = &self.0 else { return };
        let now = inner.now();
        let mut state = inner.lock();
        state.totals.first_token_us.get_or_insert(now);
        if let Some(call) = &mut state.call {
            call.first.get_or_insert(now);
            call.buckets.add(now, bytes as u64);
        }
    }

    /// The call under way failed in this way; it ends with [`Self::answered`].
    pub fn failed(&self, error: &llm::Error) {
        let Some(inner) = &self.0 else { return };
        if let Some(call) = &mut inner.lock().call {
            // Redacted and cut, as people are shown it.
            let told = crate::error::AppError::from(error.clone());
            call.event.code = Some(told.code.as_str().to_owned());
            (call.event.params, call.event.http) = (told.params, error.status);
        }
    }

    /// The call under way is over; the provider may have named it. What came of one that said nothing is kept.
    pub fn answered(&self, usage: &Usage, code: Option<&str>, correlation: &llm::Correlation) {
        let Some(inner) = &self.0 else { return };
        let now = inner.now();
        let mut state = inner.lock();
        state.totals.prompt_tokens += usage.prompt_tokens;
        state.totals.completion_tokens += usage.completion_tokens;
        if let (Some(call), Some(code)) = (&mut state.call, code)
            && call.event.code.is_none()
        {
            call.event.code = Some(code.to_owned());
        }
        if let Some(call) = &mut state.call {
            call.event.provider_request_id = correlation.theirs();
        }
        state.received = correlation.received();
        state.close_call(now);
    }

    /// All is over and stored: hands the trace to the writer, once.
    pub fn finish(&self, status: Status, code: Option<&str>, params: &Params, response: Option<Sample>) {
        if let Some(inner) = &self.0 {
            inner.finish(status, code, params, response);
        }
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        micros(self.since.elapsed())
    }

    fn finish(&self, status: Status, code: Option<&str>, params: &Params, response: Option<Sample>) {
        let now = self.now();
        let mut state = self.lock();
        if std::mem::replace(&mut state.over, true) {
            return;
        }
        self.traces.live.remove(&self.id);
        let Some(subject) = state.subject.take() else { return };
        state.close_call(now);
        let end = TraceEvent {
            name: Some(status.as_str().to_owned()),
            code: code.map(str::to_owned),
            params: params.clone(),
            ..TraceEvent::new(Stage::End, now)
        };
        let events = state.take_events(end);
        let received = state.received.take().filter(|_| code.is_some());
        // Of an answer that says nothing this shows why.
        let response = received.map_or(response, |received| Some(sample::of_received(&received)));
        let inside = Inside { events, request: state.request.take(), response };
        let (totals, opened) = (state.totals_at(now), state.opened);
        drop(state);
        self.traces.metrics.own.total.count(Duration::from_micros(totals.own_us));
        let ended_at = Some(self.traces.clock.now());
        let code = code.map(str::to_owned);
        let written = self.written(subject, status, code, ended_at, totals);
        self.traces.take(Ended { written, inside, opened });
    }

    fn written(
        &self,
        subject: Subject,
        status: Status,
        code: Option<String>,
        ended_at: Option<i64>,
        totals: Totals,
    ) -> Written {
        let (session, message) = subject.message.unzip();
        Written {
            id: self.id.clone(),
            user: self.user.clone(),
            via: self.via,
            run: subject.run,
            session,
            message,
            model: subject.model,
            status,
            code,
            request_id: self.request_id.clone(),
            instance: self.traces.instance.clone(),
            started_at: self.started_at,
            ended_at,
            totals,
        }
    }

    /// Its opening line, once, if it has been under way for so long.
    pub(super) fn opening(&self, after: Duration) -> Option<Written> {
        let now = self.now();
        let mut state = self.lock();
        if state.over || state.opened || now < micros(after) {
            return None;
        }
        let subject = state.subject.clone()?;
        state.opened = true;
        let totals = state.totals_at(now);
        Some(self.written(subject, Status::Streaming, None, None, totals))
    }

    /// The opening line could not be stored.
    pub(super) fn not_opened(&self) {
        self.lock().opened = false;
    }

    /// What is known so far.
    pub(super) fn so_far(&self) -> (Totals, Inside) {
        let now = self.now();
        let state = self.lock();
        let mut events = state.events.clone();
        events.extend(state.call.iter().flat_map(|call| call.events(now)));
        events.sort_by_key(|event| event.at);
        events.truncate(MAX_EVENTS);
        let request = state.request.clone().map(super::sample::clean);
        (state.totals_at(now), Inside { events, request, response: None })
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Whoever made the answer left without an end: a fault of ours, which the trace must not hide.
        self.finish(Status::Failed, Some(ErrorCode::Internal.as_str()), &Params::new(), None);
    }
}

impl State {
    fn push(&mut self, event: TraceEvent) {
        if self.events.len() < MAX_EVENTS { self.events.push(event) } else { self.left_out += 1 }
    }

    fn hear(&mut self, now: u64) {
        if let Some(since) = self.waiting.take() {
            self.totals.provider_us += now.saturating_sub(since);
        }
    }

    fn close_call(&mut self, now: u64) {
        self.hear(now);
        if let Some(call) = self.call.take() {
            call.events(now).for_each(|event| self.push(event));
        }
    }

    fn totals_at(&self, now: u64) -> Totals {
        let waited = self.waiting.map_or(0, |since| now.saturating_sub(since));
        let provider_us = self.totals.provider_us + waited;
        let own_us = now.saturating_sub(provider_us + self.totals.tools_us);
        Totals { total_us: now, own_us, provider_us, ..self.totals }
    }

    /// The events in the order of their begin. The end is always among them, and how many are not.
    fn take_events(&mut self, end: TraceEvent) -> Vec<TraceEvent> {
        let mut events = std::mem::take(&mut self.events);
        events.sort_by_key(|event| event.at);
        let room = MAX_EVENTS - 2;
        let left_out = self.left_out + events.len().saturating_sub(room) as u64;
        if left_out > 0 && events.len() > room {
            events.truncate(room);
            let count = Some(left_out);
            events.push(TraceEvent { count, ..TraceEvent::new(Stage::LeftOut, end.at) });
        }
        events.push(end);
        events
    }
}

impl OpenCall {
    fn events(&self, now: u64) -> impl Iterator<Item = TraceEvent> {
        let (began, call) = (self.event.at, self.event.call);
        let whole = TraceEvent { took: Some(now.saturating_sub(began)), ..self.event.clone() };
        let until = |stage, from: u64, to: u64| TraceEvent {
            took: Some(to.saturating_sub(from)),
            call,
            ..TraceEvent::new(stage, from)
        };
        let connect = until(Stage::Connect, began, self.connected.unwrap_or(now));
        let begun = self.connected.unwrap_or(began);
        let first = self.first.map(|first| until(Stage::FirstToken, begun, first));
        std::iter::once(whole).chain(Some(connect)).chain(first).chain(self.buckets.events(call.unwrap_or(0)))
    }
}
