//! A running answer: its events numbered, encoded once, kept for those who come late, and handed to all who watch.

use super::hub::{Audience, CHANNEL_FRAMES, waiting};
use crate::db::runs::Chunk;
use crate::trace::Recorder;
use bytes::Bytes;
use shared::events::{RunEventBody, Status, Terminal};
use shared::message::LiveAnswer;
use shared::{AssistantMessage, LoginId, MessageId, RunId, SessionId, UserId};
use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Events kept for those who attach late; whoever wants older ones gets a snapshot.
const KEPT_EVENTS: usize = 16;
/// Most readers of one run; the oldest gives way and may come again.
const MAX_READERS: usize = 256;
/// Bytes of the kept events.
const KEPT_BYTES: usize = 8 * 1024;
/// Frames that may wait for a reader who is handed whole answers: each may be megabytes, and the next one has it all.
const WAITING_WHOLES: usize = 16;

/// An event as it goes over the wire: `id: …\ndata: …\n\n`.
#[derive(Clone, Debug)]
pub struct Frame {
    bytes: Bytes,
    data_at: usize,
}

impl Frame {
    /// Encodes an event. The members of the body follow the run's without a detour through a map, which `flatten` would
    /// take for every token.
    #[must_use]
    pub fn new(run: &RunId, seq: u64, body: &RunEventBody) -> Self {
        let mut bytes = Vec::with_capacity(192);
        // Writing to a Vec cannot fail, and our own types always serialise to an object with a tag.
        let _ = writeln!(bytes, "id: {seq}");
        let data_at = bytes.len();
        let _ = write!(bytes, "data: {{\"runId\":\"{run}\",\"seq\":{seq},");
        let body_at = bytes.len();
        let _ = serde_json::to_writer(&mut bytes, body);
        // The comma takes the place of the body's own opening brace.
        bytes.remove(body_at);
        bytes.extend_from_slice(b"\n\n");
        // Kept by the dozen for every run: no spare capacity.
        Self { bytes: Bytes::copy_from_slice(&bytes), data_at }
    }

    /// With the event's number, for the stream of one run.
    #[must_use]
    pub fn numbered(&self) -> Bytes {
        self.bytes.clone()
    }

    /// Without it, for a tab's stream of many runs.
    #[must_use]
    pub fn data(&self) -> Bytes {
        self.bytes.slice(self.data_at..)
    }
}

/// A running answer.
pub struct RunHandle {
    /// The run.
    pub id: RunId,
    /// Who asked.
    pub user_id: UserId,
    /// The chat.
    pub session_id: SessionId,
    /// The answer.
    pub message_id: MessageId,
    /// The message it answers; none when an answer is continued.
    pub user_message_id: Option<MessageId>,
    /// Cancelled when the person presses Stop.
    pub stop: CancellationToken,
    /// Cancelled after the terminal event.
    pub ended: CancellationToken,
    /// Notes what it goes through, if that is wanted.
    pub trace: Recorder,
    audience: Arc<Audience>,
    state: Mutex<State>,
}

struct State {
    live: LiveAnswer,
    kept: VecDeque<(u64, Frame)>,
    kept_bytes: usize,
    unsaved: Vec<RunEventBody>,
    unsaved_from: u64,
    checkpointed: bool,
    subscribers: Vec<Subscriber>,
    closed: bool,
}

struct Subscriber {
    login: LoginId,
    sender: mpsc::Sender<Bytes>,
}

/// Ids of a new run.
pub struct RunIds {
    /// The run.
    pub run: RunId,
    /// Who asked.
    pub user: UserId,
    /// The chat.
    pub session: SessionId,
    /// The answer.
    pub message: MessageId,
    /// The message it answers.
    pub user_message: Option<MessageId>,
}

impl RunHandle {
    /// A run before its first event. `message` is what the answer holds already (continue).
    pub fn new(ids: RunIds, message: AssistantMessage, audience: Arc<Audience>) -> Self {
        let state = State {
            live: LiveAnswer::at(ids.run.clone(), 0, message),
            kept: VecDeque::new(),
            kept_bytes: 0,
            unsaved: Vec::new(),
            unsaved_from: 1,
            checkpointed: false,
            subscribers: Vec::new(),
            closed: false,
        };
        Self {
            id: ids.run,
            user_id: ids.user,
            session_id: ids.session,
            message_id: ids.message,
            user_message_id: ids.user_message,
            stop: CancellationToken::new(),
            ended: CancellationToken::new(),
            trace: Recorder::default(),
            audience,
            state: Mutex::new(state),
        }
    }

    /// The same, which is traced.
    #[must_use]
    pub fn traced(self, trace: Recorder) -> Self {
        Self { trace, ..self }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Numbers an event, folds it, encodes it once and hands it to everybody. Nothing follows a terminal event.
    pub fn emit(&self, body: RunEventBody) {
        let mut state = self.lock();
        if state.closed {
            return;
        }
        self.note(&body);
        let seq = state.live.seq + 1;
        state.live.seq = seq;
        state.live.message.apply(&body);
        let frame = Frame::new(&self.id, seq, &body);
        state.keep(seq, &frame);
        self.hand_out(&mut state, &frame, usize::MAX);
        if body.is_terminal() {
            self.end(state);
        } else {
            state.pend(body, seq);
        }
    }

    /// What a trace keeps of an event.
    fn note(&self, body: &RunEventBody) {
        match body {
            RunEventBody::PartDelta { text, .. } => self.trace.grew(text.len()),
            RunEventBody::PartStarted { part, .. } => self.trace.grew(part.written()),
            RunEventBody::Notice { code, params, .. } => self.trace.notice(code, params),
            _ => {}
        }
    }

    /// Takes the answer as another server stored it, unless it is older than what is known: everybody gets the whole, and
    /// its last event where it has ended.
    pub fn show(&self, mut live: LiveAnswer) {
        let (length, sha256) = live.message.digest();
        let end = Terminal { length, sha256, error: live.message.error.clone(), truncated: live.message.truncated };
        let ending = RunEventBody::ending(live.message.status, end);
        let mut state = self.lock();
        if state.closed || (ending.is_none() && live.seq <= state.live.seq) {
            return;
        }
        if ending.is_some() {
            // A writer that died early left a number that readers have passed: its end must be news to them.
            live.seq = live.seq.max(state.live.seq + 1);
        }
        (state.closed, state.live) = (ending.is_some(), live);
        // The events between are unknown here: whoever attaches gets the whole, too.
        (state.kept, state.kept_bytes) = (VecDeque::new(), 0);
        let whole = self.snapshot(&state);
        self.hand_out(&mut state, &whole, WAITING_WHOLES);
        if let Some(body) = ending {
            let seq = state.live.seq;
            let last = Frame::new(&self.id, seq, &body);
            state.keep(seq, &last);
            self.hand_out(&mut state, &last, usize::MAX);
            self.end(state);
        }
    }

    /// Lets everybody go: nothing more will be known of this run here.
    pub fn abandon(&self) {
        self.end(self.lock());
    }

    /// Gives a frame to all for whom fewer than `most` wait; the others are dropped and come again.
    fn hand_out(&self, state: &mut State, frame: &Frame, most: usize) {
        let takes = |sender: &mpsc::Sender<Bytes>| waiting(sender) < most && sender.try_send(frame.numbered()).is_ok();
        state.subscribers.retain(|reader| takes(&reader.sender));
        self.audience.send_to(&frame.data(), most);
    }

    fn end(&self, mut state: MutexGuard<'_, State>) {
        state.closed = true;
        state.subscribers = Vec::new();
        drop(state);
        self.ended.cancel();
    }

    /// Attaches a reader after event `after`: what it missed, or a snapshot if that is no longer kept, then the rest.
    pub fn subscribe(&self, after: u64, login: &LoginId) -> mpsc::Receiver<Bytes> {
        let (sender, receiver) = mpsc::channel(CHANNEL_FRAMES);
        let mut state = self.lock();
        let kept_from = state.kept.front().map_or(state.live.seq + 1, |(seq, _)| *seq);
        if after.saturating_add(1) >= kept_from {
            for (_, frame) in state.kept.iter().filter(|(seq, _)| *seq > after) {
                // At most KEPT_EVENTS frames: they fit.
                let _ = sender.try_send(frame.numbered());
            }
        } else {
            for frame in self.all(&state) {
                let _ = sender.try_send(frame.numbered());
            }
        }
        if !state.closed {
            state.subscribers.retain(|reader| !reader.sender.is_closed());
            if state.subscribers.len() >= MAX_READERS {
                state.subscribers.remove(0);
            }
            state.subscribers.push(Subscriber { login: login.clone(), sender });
        }
        receiver
    }

    /// The whole answer so far as one event, and after it its end, if it ended.
    pub fn so_far(&self) -> Vec<Frame> {
        self.all(&self.lock())
    }

    fn all(&self, state: &State) -> Vec<Frame> {
        let end = state.kept.back().filter(|_| state.closed).map(|(_, last)| last.clone());
        std::iter::once(self.snapshot(state)).chain(end).collect()
    }

    /// The snapshot of an answer that ended is numbered one before the end that follows it, so that readers take both.
    fn snapshot(&self, state: &State) -> Frame {
        let body = RunEventBody::Snapshot { message: Box::new(state.live.message.clone()) };
        Frame::new(&self.id, state.live.seq.saturating_sub(u64::from(state.closed)), &body)
    }

    /// The answer so far and the number of the last event in it.
    pub fn live(&self) -> LiveAnswer {
        self.lock().live.clone()
    }

    /// Where it stands.
    pub fn status(&self) -> Status {
        self.lock().live.message.status
    }

    /// Number of the last event.
    pub fn seq(&self) -> u64 {
        self.lock().live.seq
    }

    /// Ends the streams of the readers whose login fits.
    pub fn close_readers(&self, ends: impl Fn(&LoginId) -> bool) {
        self.lock().subscribers.retain(|reader| !ends(&reader.login));
    }

    /// The logins that read this run.
    pub fn readers(&self) -> Vec<LoginId> {
        self.lock().subscribers.iter().map(|reader| reader.login.clone()).collect()
    }

    /// Whether anybody reads it or has a tab that shows it.
    pub fn is_watched(&self) -> bool {
        self.audience.has_tabs() || self.lock().subscribers.iter().any(|reader| !reader.sender.is_closed())
    }

    /// What was not checkpointed yet.
    pub fn take_unsaved(&self) -> Option<Chunk> {
        let mut state = self.lock();
        if state.closed || state.unsaved.is_empty() {
            return None;
        }
        let (from_seq, to_seq) = (state.unsaved_from, state.live.seq);
        state.checkpointed = true;
        state.unsaved_from = to_seq + 1;
        let bodies = std::mem::take(&mut state.unsaved);
        Some(Chunk { run_id: self.id.clone(), from_seq, to_seq, bodies })
    }

    /// Whether something was not checkpointed yet.
    pub fn has_unsaved(&self) -> bool {
        let state = self.lock();
        !state.closed && !state.unsaved.is_empty()
    }

    /// Whether a checkpoint of this run was ever begun.
    pub fn was_checkpointed(&self) -> bool {
        self.lock().checkpointed
    }

    /// Takes back what could not be checkpointed, to try again with the next.
    pub fn restore_unsaved(&self, chunk: Chunk) {
        let mut state = self.lock();
        state.unsaved_from = chunk.from_seq;
        let newer = std::mem::replace(&mut state.unsaved, chunk.bodies);
        state.unsaved.extend(newer);
    }
}

impl State {
    fn keep(&mut self, seq: u64, frame: &Frame) {
        self.kept_bytes += frame.bytes.len();
        self.kept.push_back((seq, frame.clone()));
        while self.kept.len() > KEPT_EVENTS || (self.kept_bytes > KEPT_BYTES && self.kept.len() > 1) {
            if let Some((_, old)) = self.kept.pop_front() {
                self.kept_bytes -= old.bytes.len();
            }
        }
    }

    /// Growth of one part is merged: a checkpoint holds a sentence, not its tokens.
    fn pend(&mut self, body: RunEventBody, seq: u64) {
        if self.unsaved.is_empty() {
            self.unsaved_from = seq;
        }
        match (self.unsaved.last_mut(), &body) {
            (Some(RunEventBody::PartDelta { index: open, text: grown }), RunEventBody::PartDelta { index, text })
                if open == index =>
            {
                grown.push_str(text);
            }
            _ => self.unsaved.push(body),
        }
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
