//! An event of the stream, read in one pass. The shared types can do the same by themselves, but what `serde` writes for
//! tagged, flattened and untagged enums weighs as much as a page of the client and reads every event twice; a test holds
//! the two together.

use serde::Deserialize;
use shared::accounts::User;
use shared::chat::{Session, Usage};
use shared::error::Params;
use shared::events::{RunEventBody, Status, Terminal, UserEvent};
use shared::{ApiError, AssistantMessage, Build, Event, MessageId, Part, RunEvent, RunId, SessionId};

/// Every field that any event has.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Wire {
    #[serde(rename = "type")]
    kind: String,
    run_id: Option<RunId>,
    seq: u64,
    session_id: Option<SessionId>,
    message_id: Option<MessageId>,
    user_message_id: Option<MessageId>,
    model: String,
    parts_before: usize,
    index: usize,
    part: Option<Part>,
    text: String,
    duration_ms: Option<u64>,
    signature: Option<String>,
    code: String,
    params: Params,
    usage: Option<Usage>,
    message: Option<Box<AssistantMessage>>,
    length: u64,
    sha256: String,
    error: Option<ApiError>,
    truncated: bool,
    version: String,
    commit: String,
    running: Vec<RunId>,
    mark: String,
    session: Option<Session>,
    user: Option<User>,
}

/// The event in a frame's data; none for what this build does not know.
#[must_use]
pub fn event(data: &str) -> Option<Event> {
    let wire: Wire = serde_json::from_str(data).ok()?;
    match wire.run_id.clone() {
        Some(run_id) => Some(Event::Run(RunEvent { run_id, seq: wire.seq, body: wire.run()? })),
        None => Some(Event::User(wire.news()?)),
    }
}

impl Wire {
    fn run(self) -> Option<RunEventBody> {
        Some(match self.kind.as_str() {
            "run.started" => RunEventBody::Started {
                session_id: self.session_id?,
                message_id: self.message_id?,
                user_message_id: self.user_message_id,
                model: self.model,
                parts_before: self.parts_before,
            },
            "part.started" => RunEventBody::PartStarted { index: self.index, part: self.part? },
            "part.delta" => RunEventBody::PartDelta { index: self.index, text: self.text },
            "part.done" => {
                let (index, duration_ms) = (self.index, self.duration_ms);
                RunEventBody::PartDone { index, duration_ms, signature: self.signature }
            }
            "part.updated" => RunEventBody::PartUpdated { index: self.index, part: self.part? },
            "notice" => RunEventBody::Notice { index: self.index, code: self.code, params: self.params },
            "usage" => RunEventBody::Usage { usage: self.usage? },
            "snapshot" => RunEventBody::Snapshot { message: self.message? },
            end => {
                let status = Status::parse(end.strip_prefix("run.")?)?;
                let (length, sha256) = (self.length, self.sha256);
                let end = Terminal { length, sha256, error: self.error, truncated: self.truncated };
                RunEventBody::ending(status, end)?
            }
        })
    }

    fn news(self) -> Option<UserEvent> {
        Some(match self.kind.as_str() {
            "hello" => {
                let build = Build { version: self.version, commit: self.commit };
                UserEvent::Hello { build, running: self.running, mark: self.mark }
            }
            "session.changed" => UserEvent::SessionChanged { session: self.session? },
            "session.deleted" => UserEvent::SessionDeleted { session_id: self.session_id? },
            "sessions.changed" => UserEvent::SessionsChanged,
            "folders.changed" => UserEvent::FoldersChanged,
            "messages.changed" => UserEvent::MessagesChanged { session_id: self.session_id? },
            "models.changed" => UserEvent::ModelsChanged,
            "settings.changed" => UserEvent::SettingsChanged,
            "user.changed" => UserEvent::UserChanged { user: self.user? },
            "people.changed" => UserEvent::PeopleChanged,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::accounts::{Theme, UserRole, UserStatus};

    fn run_events() -> Vec<RunEventBody> {
        let text = || "a \n\"汉\"".to_owned();
        let message = AssistantMessage { parts: vec![Part::text(text())], ..AssistantMessage::default() };
        let (session_id, message_id) = ("s".into(), "m".into());
        let mut all = vec![
            RunEventBody::Started { session_id, message_id, user_message_id: None, model: text(), parts_before: 2 },
            RunEventBody::PartStarted { index: 1, part: Part::reasoning("") },
            RunEventBody::PartDelta { index: 1, text: text() },
            RunEventBody::PartDone { index: 1, duration_ms: Some(7), signature: Some(text()) },
            RunEventBody::PartUpdated { index: 1, part: Part::Tool(Box::default()) },
            RunEventBody::Notice { index: 2, code: "c".into(), params: shared::error::params([("n", "1".into())]) },
            RunEventBody::Usage { usage: Usage { prompt_tokens: 3, estimated: true, ..Usage::default() } },
            RunEventBody::Snapshot { message: Box::new(message) },
        ];
        let error = Some(ApiError { code: "c".into(), ..ApiError::default() });
        let end = Terminal { length: 9, sha256: "f".into(), error, truncated: true };
        let ends = [Status::Completed, Status::Stopped, Status::Interrupted, Status::Failed];
        all.extend(ends.into_iter().filter_map(|status| RunEventBody::ending(status, end.clone())));
        all
    }

    /// A number for each kind of event. A new kind does not compile without one, and then fails the test below until it
    /// has a sample.
    fn kind(body: &RunEventBody) -> usize {
        match body {
            RunEventBody::Started { .. } => 0,
            RunEventBody::PartStarted { .. } => 1,
            RunEventBody::PartDelta { .. } => 2,
            RunEventBody::PartDone { .. } => 3,
            RunEventBody::PartUpdated { .. } => 4,
            RunEventBody::Notice { .. } => 5,
            RunEventBody::Usage { .. } => 6,
            RunEventBody::Snapshot { .. } => 7,
            RunEventBody::Completed(_) => 8,
            RunEventBody::Stopped(_) => 9,
            RunEventBody::Interrupted(_) => 10,
            RunEventBody::Failed(_) => 11,
        }
    }

    #[test]
    fn every_kind_of_event_has_a_sample() {
        let kinds: std::collections::BTreeSet<usize> = run_events().iter().map(kind).collect();
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), (0..12).collect::<Vec<_>>());
    }

    fn news() -> Vec<UserEvent> {
        let session = Session {
            id: "s".into(),
            title: "t".into(),
            model: Some("m".into()),
            instructions: None,
            has_instructions: false,
            parameters: None,
            pinned_at: Some("p".into()),
            archived_at: None,
            folder_id: Some("f".into()),
            tags: vec!["t".into()],
            temporary: true,
            unread: true,
            created_at: "x".into(),
            last_activity_at: "y".into(),
        };
        let user = User {
            id: "u".into(),
            username: "ada".into(),
            role: UserRole::Admin,
            status: UserStatus::Active,
            reason: None,
            must_change_password: false,
            second_factor: false,
            passwordless: false,
            language: None,
            theme: Theme::Dark,
            about: None,
            default_model: None,
            avatar: None,
            created_at: "x".into(),
            last_login_at: None,
        };
        vec![
            UserEvent::Hello {
                build: Build { version: "1".into(), commit: "c".into() },
                running: vec!["r".into()],
                mark: "m".into(),
            },
            UserEvent::SessionChanged { session },
            UserEvent::SessionDeleted { session_id: "s".into() },
            UserEvent::SessionsChanged,
            UserEvent::FoldersChanged,
            UserEvent::MessagesChanged { session_id: "s".into() },
            UserEvent::ModelsChanged,
            UserEvent::SettingsChanged,
            UserEvent::UserChanged { user },
            UserEvent::PeopleChanged,
        ]
    }

    #[test]
    fn every_event_reads_as_the_shared_types_write_it() {
        let runs =
            run_events().into_iter().zip(1..).map(|(body, seq)| Event::Run(RunEvent { run_id: "r".into(), seq, body }));
        for expected in runs.chain(news().into_iter().map(Event::User)) {
            let data = serde_json::to_string(&expected).expect("serialises");
            assert_eq!(event(&data), Some(expected), "{data}");
        }
    }

    #[test]
    fn an_event_of_a_later_version_is_nobodys_business() {
        assert_eq!(event(r#"{"type":"run.dreamt","runId":"r","seq":1}"#), None);
        assert_eq!(event(r#"{"type":"run.streaming","runId":"r","seq":1}"#), None);
        assert_eq!(event(r#"{"type":"weather.changed"}"#), None);
        assert_eq!(event("not json"), None);
    }
}
