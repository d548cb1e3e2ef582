//! A running answer: its events numbered, encoded once, kept for those who come late, and handed to all who watch.

use super::hub::{Audience, CHANNEL_FRAMES, waiting};
use crate::db::runs::Chunk;
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
            audience,
            state: Mutex::new(state),
        }
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
mod tests {
    use super::*;
    use shared::{Part, RunEvent};

    fn handle() -> RunHandle {
        let ids =
            RunIds { run: "r".into(), user: "u".into(), session: "s".into(), message: "m".into(), user_message: None };
        RunHandle::new(ids, AssistantMessage::default(), Arc::default())
    }

    fn delta(text: &str) -> RunEventBody {
        RunEventBody::PartDelta { index: 0, text: text.into() }
    }

    fn begin(run: &RunHandle) {
        run.emit(RunEventBody::Started {
            session_id: "s".into(),
            message_id: "m".into(),
            user_message_id: None,
            model: "ok".into(),
            parts_before: 0,
        });
        run.emit(RunEventBody::PartStarted { index: 0, part: Part::text("") });
    }

    /// Reads what is waiting and folds it the way a client does.
    fn fold(receiver: &mut mpsc::Receiver<Bytes>, mut live: LiveAnswer) -> LiveAnswer {
        let mut decoder = shared::sse::Decoder::default();
        while let Ok(frame) = receiver.try_recv() {
            let take = |frame: shared::sse::Frame| {
                let event: RunEvent = serde_json::from_str(&frame.data).expect("an event");
                assert_eq!(frame.id, event.seq.to_string());
                live.apply(&event);
            };
            decoder.push(&frame, take).expect("short");
        }
        live
    }

    #[test]
    fn a_frame_reads_as_the_event_it_was_made_from() {
        let bodies = [
            delta("\"quoted\" \n{"),
            RunEventBody::Completed(Box::default()),
            RunEventBody::Snapshot { message: Box::default() },
        ];
        for body in bodies {
            let frame = Frame::new(&"r".into(), 7, &body);
            let text = String::from_utf8(frame.data().to_vec()).expect("text");
            let data = text.strip_prefix("data: ").and_then(|data| data.strip_suffix("\n\n")).expect("one event");
            let event: RunEvent = serde_json::from_str(data).expect("an event");
            assert_eq!(event, RunEvent { run_id: "r".into(), seq: 7, body });
            assert!(frame.numbered().starts_with(b"id: 7\ndata: "));
        }
    }

    #[test]
    fn every_reader_ends_with_the_same_answer_wherever_it_attached() {
        let run = handle();
        begin(&run);
        let mut early = run.subscribe(0, &"l".into());
        let mut half = None;
        for n in 0..200 {
            run.emit(delta(&format!("{n} ")));
            if n == 150 {
                half = Some((fold(&mut early, LiveAnswer::default()), run.seq()));
            }
        }
        let (seen, seq) = half.expect("half way");
        let mut late = run.subscribe(0, &"l".into());
        let mut again = run.subscribe(seq, &"l".into());
        run.emit(RunEventBody::Completed(Box::default()));
        assert_eq!(fold(&mut late, LiveAnswer::default()), run.live());
        assert_eq!(fold(&mut again, seen), run.live());
        assert!(run.subscribe(u64::MAX, &"l".into()).try_recv().is_err(), "nothing comes after the end");
        let mut after_the_end = run.subscribe(0, &"l".into());
        assert_eq!(fold(&mut after_the_end, LiveAnswer::default()), run.live(), "a snapshot, then the terminal event");
        assert!(run.ended.is_cancelled());
    }

    #[test]
    fn a_reader_that_does_not_read_is_dropped_and_harms_nobody() {
        let run = handle();
        begin(&run);
        let slow = run.subscribe(0, &"slow".into());
        let mut quick = run.subscribe(0, &"quick".into());
        let mut seen = LiveAnswer::default();
        for n in 0..CHANNEL_FRAMES + 50 {
            run.emit(delta(&n.to_string()));
            seen = fold(&mut quick, seen);
        }
        assert_eq!(seen, run.live());
        assert_eq!(run.readers(), ["quick".into()], "the slow one is gone");
        assert_eq!(slow.len(), CHANNEL_FRAMES, "and finds what fitted");
    }

    #[test]
    fn checkpoints_merge_growth_and_come_back_when_they_failed() {
        let run = handle();
        begin(&run);
        run.emit(delta("a"));
        run.emit(delta("b"));
        let first = run.take_unsaved().expect("something");
        assert_eq!((first.from_seq, first.to_seq), (1, 4));
        assert_eq!(first.bodies.len(), 3);
        assert!(run.take_unsaved().is_none());
        run.emit(delta("c"));
        run.restore_unsaved(first);
        let again = run.take_unsaved().expect("both");
        assert_eq!((again.from_seq, again.to_seq), (1, 5));
        let mut message = AssistantMessage::default();
        again.bodies.iter().for_each(|body| message.apply(body));
        assert_eq!(message.text(), "abc");
    }

    #[test]
    fn what_another_server_stored_is_shown_as_wholes_and_ends_once() {
        let run = handle();
        begin(&run);
        let mut reader = run.subscribe(0, &"l".into());
        let mut live = run.live();
        live.message.parts[0].push_str("abc");
        run.show(live.clone());
        assert_eq!(reader.len(), 2, "it is no news");
        live.seq = 9;
        run.show(live.clone());
        let mut late = run.subscribe(3, &"l".into());
        live.message.status = Status::Stopped;
        live.seq = 10;
        run.show(live.clone());
        run.show(live.clone());
        assert_eq!(fold(&mut reader, LiveAnswer::default()), live);
        assert_eq!(fold(&mut late, LiveAnswer::at("r".into(), 3, AssistantMessage::default())), live);
        assert_eq!(fold(&mut run.subscribe(0, &"l".into()), LiveAnswer::default()), live);
        assert!(run.ended.is_cancelled());
    }

    #[test]
    fn an_end_without_a_checkpoint_before_it_is_news_to_whoever_saw_the_begin() {
        let run = handle();
        begin(&run);
        let mut reader = run.subscribe(0, &"l".into());
        let status = Status::Interrupted;
        run.show(LiveAnswer::at("r".into(), 1, AssistantMessage { status, ..AssistantMessage::default() }));
        assert_eq!(fold(&mut reader, LiveAnswer::default()).message.status, status);
    }

    #[test]
    fn readers_of_other_logins_can_be_closed() {
        let run = handle();
        begin(&run);
        let mut other = run.subscribe(2, &"a".into());
        let kept = run.subscribe(2, &"b".into());
        run.close_readers(|login| *login != "b".into());
        assert!(matches!(other.try_recv(), Err(mpsc::error::TryRecvError::Disconnected)));
        assert!(!kept.is_closed());
    }
}
