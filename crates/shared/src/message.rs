//! The one fold: events in, message out. The server stores its result, the client draws it; they cannot differ.

use crate::chat::{Message, Usage};
use crate::events::{RunEvent, RunEventBody, Status, Terminal};
use crate::part::{Part, plain_text};
use crate::{ApiError, MessageId, RunId, SessionId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// An answer while it is written and after.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AssistantMessage {
    /// The message.
    pub message_id: Option<MessageId>,
    /// Its chat.
    pub session_id: Option<SessionId>,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_message_id: Option<MessageId>,
    /// Where it stands.
    pub status: Status,
    /// The model's name.
    pub model: String,
    /// What it is made of, in order.
    pub parts: Vec<Part>,
    /// What it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Why it ended, unless completed or stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
    /// Whether the model stopped because of its length limit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

impl From<&Message> for AssistantMessage {
    /// A stored answer in the form that events are folded into.
    fn from(message: &Message) -> Self {
        Self {
            message_id: Some(message.id.clone()),
            session_id: Some(message.session_id.clone()),
            user_message_id: message.parent_id.clone(),
            status: message.status,
            model: message.model.clone().unwrap_or_default(),
            parts: message.parts.clone(),
            usage: message.usage.clone(),
            error: message.error.clone(),
            truncated: message.truncated,
        }
    }
}

impl AssistantMessage {
    /// Takes one event. Events must come in order; [`LiveAnswer`] sees to that.
    pub fn apply(&mut self, event: &RunEventBody) {
        match event {
            RunEventBody::Started { session_id, message_id, user_message_id, model, parts_before } => {
                self.session_id = Some(session_id.clone());
                self.message_id = Some(message_id.clone());
                self.user_message_id.clone_from(user_message_id);
                self.model.clone_from(model);
                self.status = Status::Streaming;
                self.error = None;
                self.truncated = false;
                self.parts.truncate(*parts_before);
            }
            RunEventBody::PartStarted { index, part } => self.put(*index, part.clone()),
            RunEventBody::PartDelta { index, text } => {
                if let Some(part) = self.parts.get_mut(*index) {
                    part.push_str(text);
                }
            }
            RunEventBody::PartDone { index, duration_ms, signature } => {
                if let Some(Part::Reasoning { duration_ms: duration, signature: proof, .. }) =
                    self.parts.get_mut(*index)
                {
                    *duration = duration_ms.or(*duration);
                    if signature.is_some() {
                        proof.clone_from(signature);
                    }
                }
            }
            RunEventBody::PartUpdated { index, part } => {
                if let Some(known) = self.parts.get_mut(*index) {
                    known.clone_from(part);
                }
            }
            RunEventBody::Notice { index, code, params } => {
                self.put(*index, Part::Notice { code: code.clone(), params: params.clone() });
            }
            RunEventBody::Usage { usage } => self.usage = Some(usage.clone()),
            RunEventBody::Snapshot { message } => self.clone_from(message),
            RunEventBody::Completed(end) => self.end(Status::Completed, end),
            RunEventBody::Stopped(end) => self.end(Status::Stopped, end),
            RunEventBody::Interrupted(end) => self.end(Status::Interrupted, end),
            RunEventBody::Failed(end) => self.end(Status::Failed, end),
        }
    }

    /// The visible text.
    #[must_use]
    pub fn text(&self) -> String {
        plain_text(&self.parts)
    }

    /// Length in UTF-8 bytes and SHA-256 of the visible text, as a terminal event carries them.
    #[must_use]
    pub fn digest(&self) -> (u64, String) {
        digest(&self.text())
    }

    fn put(&mut self, index: usize, part: Part) {
        // An index that is already there is a repetition of an event that was applied; one beyond the end cannot come.
        if index == self.parts.len() {
            self.parts.push(part);
        }
    }

    fn end(&mut self, status: Status, end: &Terminal) {
        self.status = status;
        self.error.clone_from(&end.error);
        self.truncated = end.truncated;
    }
}

/// Length in UTF-8 bytes and lower-case hexadecimal SHA-256 of a text.
#[must_use]
pub fn digest(text: &str) -> (u64, String) {
    let hash = Sha256::digest(text.as_bytes());
    let mut hex = String::with_capacity(64);
    for byte in hash {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    (text.len() as u64, hex)
}

/// A run as its subscriber knows it: the answer so far and the number of the last event in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveAnswer {
    /// The run; none before the first event.
    pub run_id: Option<RunId>,
    /// Number of the last event applied.
    pub seq: u64,
    /// The answer so far.
    pub message: AssistantMessage,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It was next and is now part of the answer.
    Yes,
    /// It was applied before, or belongs to another run.
    Ignored,
    /// Events before it are missing: attach again after [`LiveAnswer::seq`].
    Gap,
}

impl LiveAnswer {
    /// An answer that already stands at `seq` of `run_id`, for instance as `GET /api/sessions/{id}/messages` gave it.
    #[must_use]
    pub fn at(run_id: RunId, seq: u64, message: AssistantMessage) -> Self {
        Self { run_id: Some(run_id), seq, message }
    }

    /// Takes an event from any source: duplicates are ignored, gaps are reported, a snapshot always fits.
    pub fn apply(&mut self, event: &RunEvent) -> Applied {
        let same_run = self.run_id.as_ref() == Some(&event.run_id);
        let first = event.seq == 1 && !same_run;
        match &event.body {
            RunEventBody::Snapshot { .. } if same_run && event.seq < self.seq => return Applied::Ignored,
            RunEventBody::Snapshot { .. } => {}
            _ if first => {}
            _ if !same_run || event.seq <= self.seq => return Applied::Ignored,
            _ if event.seq != self.seq + 1 => return Applied::Gap,
            _ => {}
        }
        if !same_run {
            self.run_id = Some(event.run_id.clone());
        }
        self.seq = event.seq;
        self.message.apply(&event.body);
        Applied::Yes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: u64, body: RunEventBody) -> RunEvent {
        RunEvent { run_id: "r".into(), seq, body }
    }

    fn story() -> Vec<RunEvent> {
        let started = RunEventBody::Started {
            session_id: "s".into(),
            message_id: "m".into(),
            user_message_id: Some("u".into()),
            model: "ok".into(),
            parts_before: 0,
        };
        let bodies = vec![
            started,
            RunEventBody::PartStarted { index: 0, part: Part::reasoning("") },
            RunEventBody::PartDelta { index: 0, text: "hm".into() },
            RunEventBody::PartDone { index: 0, duration_ms: Some(5), signature: None },
            RunEventBody::PartStarted { index: 1, part: Part::text("") },
            RunEventBody::PartDelta { index: 1, text: "Hel".into() },
            RunEventBody::PartDelta { index: 1, text: " \n".into() },
            RunEventBody::Completed(Box::default()),
        ];
        bodies.into_iter().zip(1..).map(|(body, seq)| event(seq, body)).collect()
    }

    fn fold(events: &[RunEvent]) -> LiveAnswer {
        let mut live = LiveAnswer::default();
        for event in events {
            live.apply(event);
        }
        live
    }

    #[test]
    fn deltas_add_up_to_the_letter() {
        let live = fold(&story());
        assert_eq!(live.message.text(), "Hel \n");
        assert_eq!(live.message.status, Status::Completed);
        assert_eq!(live.message.parts[0], Part::Reasoning { text: "hm".into(), signature: None, duration_ms: Some(5) });
    }

    #[test]
    fn duplicates_are_ignored_and_gaps_reported() {
        let events = story();
        let mut live = fold(&events[..4]);
        assert_eq!(live.apply(&events[2]), Applied::Ignored);
        assert_eq!(live.apply(&events[6]), Applied::Gap);
        for event in &events[4..] {
            assert_eq!(live.apply(event), Applied::Yes);
        }
        assert_eq!(live, fold(&events));
    }

    #[test]
    fn a_snapshot_at_any_point_leads_to_the_same_answer() {
        let events = story();
        for cut in 1..=events.len() {
            let so_far = fold(&events[..cut]);
            let snapshot = RunEventBody::Snapshot { message: Box::new(so_far.message.clone()) };
            let mut late = LiveAnswer::default();
            assert_eq!(late.apply(&event(so_far.seq, snapshot)), Applied::Yes);
            for event in &events {
                late.apply(event);
            }
            assert_eq!(late, fold(&events), "cut after {cut}");
        }
    }

    #[test]
    fn continuing_keeps_what_was_there_and_appends() {
        let mut live = fold(&story());
        let started = RunEventBody::Started {
            session_id: "s".into(),
            message_id: "m".into(),
            user_message_id: None,
            model: "ok".into(),
            parts_before: 2,
        };
        for (body, seq) in
            [started, RunEventBody::PartStarted { index: 2, part: Part::text("lo") }].into_iter().zip(1..)
        {
            assert_eq!(live.apply(&RunEvent { run_id: "r2".into(), seq, body }), Applied::Yes);
        }
        assert_eq!(live.message.text(), "Hel \nlo");
        assert_eq!(live.message.status, Status::Streaming);
    }

    #[test]
    fn the_digest_is_plain_sha256() {
        let (length, hash) = digest("汉");
        assert_eq!(length, 3);
        assert_eq!(digest("abc").1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(hash.len(), 64);
    }
}
