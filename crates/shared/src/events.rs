//! The events of a run and of a tab's one event stream.
//!
//! A run's events are numbered from 1. On the wire each is one SSE event with `id:` = `seq` and
//! `data:` = `{type, runId, seq, …}`. `GET /api/events` carries the same data for all runs of the signed-in person,
//! each run led by a `snapshot`, and [`UserEvent`]s between them.

use crate::chat::{Session, Usage};
use crate::error::Params;
use crate::message::AssistantMessage;
use crate::{ApiError, Build, MessageId, Part, RunId, SessionId, accounts::User};
use serde::{Deserialize, Serialize};

/// One numbered event of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunEvent {
    /// The run it belongs to.
    pub run_id: RunId,
    /// Its number within the run, from 1 without gaps. A snapshot carries the number of the last event it includes.
    pub seq: u64,
    /// What happened.
    #[serde(flatten)]
    pub body: RunEventBody,
}

/// What can happen in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum RunEventBody {
    /// The message and its placeholder are on disk; always event 1.
    #[serde(rename = "run.started")]
    Started {
        /// The chat.
        session_id: SessionId,
        /// The answer that is being written.
        message_id: MessageId,
        /// The message that it answers; absent when an answer is continued.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user_message_id: Option<MessageId>,
        /// The model's name.
        model: String,
        /// Parts that the answer already had (continue), else 0. New parts count on from here.
        #[serde(default)]
        parts_before: usize,
    },
    /// A new part begins.
    #[serde(rename = "part.started")]
    PartStarted {
        /// Its place in the message.
        index: usize,
        /// The part as it begins.
        part: Part,
    },
    /// A text or reasoning part grows.
    #[serde(rename = "part.delta")]
    PartDelta {
        /// Its place in the message.
        index: usize,
        /// What to append, to the letter.
        text: String,
    },
    /// A part will not grow any more.
    #[serde(rename = "part.done")]
    PartDone {
        /// Its place in the message.
        index: usize,
        /// How long a reasoning part took, in milliseconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duration_ms: Option<u64>,
        /// Signature of a reasoning part.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    },
    /// A part is another one now: a call of a tool has its result, or text turned out to be thoughts.
    #[serde(rename = "part.updated")]
    PartUpdated {
        /// Its place in the message.
        index: usize,
        /// The part as it is now.
        part: Part,
    },
    /// Something the reader should know; stored as a notice part.
    #[serde(rename = "notice")]
    Notice {
        /// Its place in the message.
        index: usize,
        /// A code of [`crate::ErrorCode`].
        code: String,
        /// Values for its sentence.
        #[serde(default)]
        params: Params,
    },
    /// What the call cost so far.
    #[serde(rename = "usage")]
    Usage {
        /// Token counts.
        usage: Usage,
    },
    /// The whole answer up to `seq`, when more was asked for than the buffer holds.
    #[serde(rename = "snapshot")]
    Snapshot {
        /// The answer so far.
        message: Box<AssistantMessage>,
    },
    /// Ended by itself.
    #[serde(rename = "run.completed")]
    Completed(Box<Terminal>),
    /// Ended by the person.
    #[serde(rename = "run.stopped")]
    Stopped(Box<Terminal>),
    /// Ended by the server.
    #[serde(rename = "run.interrupted")]
    Interrupted(Box<Terminal>),
    /// Ended by a fault.
    #[serde(rename = "run.failed")]
    Failed(Box<Terminal>),
}

impl RunEventBody {
    /// Whether this event ends the run.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        self.terminal().is_some()
    }

    /// The status and closing facts, if this event ends the run.
    #[must_use]
    pub fn terminal(&self) -> Option<(Status, &Terminal)> {
        match self {
            Self::Completed(end) => Some((Status::Completed, end)),
            Self::Stopped(end) => Some((Status::Stopped, end)),
            Self::Interrupted(end) => Some((Status::Interrupted, end)),
            Self::Failed(end) => Some((Status::Failed, end)),
            _ => None,
        }
    }

    /// The event that ends a run with `status`; `None` for [`Status::Streaming`], which is no end.
    #[must_use]
    pub fn ending(status: Status, end: Terminal) -> Option<Self> {
        let end = Box::new(end);
        match status {
            Status::Streaming => None,
            Status::Completed => Some(Self::Completed(end)),
            Status::Stopped => Some(Self::Stopped(end)),
            Status::Interrupted => Some(Self::Interrupted(end)),
            Status::Failed => Some(Self::Failed(end)),
        }
    }
}

/// Where an answer stands. Exactly one of the last four in the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being written.
    #[default]
    Streaming,
    /// Ended by itself.
    Completed,
    /// Ended by the person.
    Stopped,
    /// Ended by the server: restart, crash.
    Interrupted,
    /// Ended by a fault.
    Failed,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Streaming, Self::Completed, Self::Stopped, Self::Interrupted, Self::Failed];

    /// Whether an answer that stands here ended before the model was done with it, so that it can be continued.
    #[must_use]
    pub fn ended_early(self) -> bool {
        matches!(self, Self::Stopped | Self::Interrupted | Self::Failed)
    }

    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Streaming => "streaming",
            Self::Completed => "completed",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
        }
    }

    /// The status with this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// The closing facts of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Terminal {
    /// Length of the stored visible text in UTF-8 bytes.
    pub length: u64,
    /// SHA-256 of the stored visible text, lower-case hexadecimal.
    pub sha256: String,
    /// Why, unless completed or stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
    /// Whether the model stopped because of its length limit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

/// What a tab hears beside runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum UserEvent {
    /// First event of every connection: what runs now is listed, everything else has ended.
    #[serde(rename = "hello")]
    Hello {
        /// Which build the server is; a page of another build offers to reload.
        #[serde(flatten)]
        build: Build,
        /// The runs that are going on; a snapshot of each follows.
        running: Vec<RunId>,
        /// Where the stream stands, opaque: it changes with everything that the person's tabs are told beside the events
        /// of runs.
        mark: String,
    },
    /// A chat was created or changed.
    #[serde(rename = "session.changed")]
    SessionChanged {
        /// The chat as it is now.
        session: Session,
    },
    /// A chat was deleted.
    #[serde(rename = "session.deleted")]
    SessionDeleted {
        /// The chat.
        session_id: SessionId,
    },
    /// Many chats changed at once: lists have to be asked for again.
    #[serde(rename = "sessions.changed")]
    SessionsChanged,
    /// A folder was made, changed or removed.
    #[serde(rename = "folders.changed")]
    FoldersChanged,
    /// Messages of a chat were changed, removed or restored: what is shown of it has to be asked for again.
    #[serde(rename = "messages.changed")]
    MessagesChanged {
        /// The chat.
        session_id: SessionId,
    },
    /// The list of models changed.
    #[serde(rename = "models.changed")]
    ModelsChanged,
    /// Settings that the client shows changed.
    #[serde(rename = "settings.changed")]
    SettingsChanged,
    /// The signed-in person changed: role, status, language, theme.
    #[serde(rename = "user.changed")]
    UserChanged {
        /// The person as they are now.
        user: User,
    },
    /// Somebody registered, was approved, disabled …; administrators only.
    #[serde(rename = "people.changed")]
    PeopleChanged,
}

/// Who hears of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The tabs and programs of one person.
    Person,
    /// Everybody who is signed in.
    Everybody,
    /// Administrators; of their keys those that may govern.
    Administrators,
}

impl UserEvent {
    /// Whom it may be told to. The hub sends nothing further, and the route matrix listens as everybody.
    #[must_use]
    pub fn reach(&self) -> Reach {
        match self {
            Self::Hello { .. }
            | Self::SessionChanged { .. }
            | Self::SessionDeleted { .. }
            | Self::SessionsChanged
            | Self::FoldersChanged
            | Self::MessagesChanged { .. }
            | Self::UserChanged { .. } => Reach::Person,
            Self::ModelsChanged | Self::SettingsChanged => Reach::Everybody,
            Self::PeopleChanged => Reach::Administrators,
        }
    }
}

/// Anything on `GET /api/events`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Event {
    /// An event of a run.
    Run(RunEvent),
    /// Something else.
    User(UserEvent),
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_wire_form_is_flat_and_tagged() {
        let event =
            RunEvent { run_id: "r".into(), seq: 3, body: RunEventBody::PartDelta { index: 0, text: " \n".into() } };
        let wire = serde_json::to_value(&event).expect("serialises");
        assert_eq!(wire, json!({"type": "part.delta", "runId": "r", "seq": 3, "index": 0, "text": " \n"}));
        assert_eq!(serde_json::from_value::<Event>(wire).expect("parses"), Event::Run(event));
    }

    #[test]
    fn both_families_parse_from_one_stream() {
        let deleted = json!({"type": "session.deleted", "sessionId": "s"});
        let expected = Event::User(UserEvent::SessionDeleted { session_id: "s".into() });
        assert_eq!(serde_json::from_value::<Event>(deleted).expect("parses"), expected);
        let ended = RunEventBody::ending(Status::Failed, Terminal::default()).expect("an end");
        let event = Event::Run(RunEvent { run_id: "r".into(), seq: 9, body: ended });
        let wire = serde_json::to_value(&event).expect("serialises");
        assert_eq!(wire["type"], "run.failed");
        assert_eq!(serde_json::from_value::<Event>(wire).expect("parses"), event);
    }
}
