//! Messages and events for tests: chat `s`, the person's message `q`, its answer `a`.

use crate::state::composer::Draft;
use shared::chat::{Message, Role, RunAccepted};
use shared::events::{RunEvent, RunEventBody, Status, Terminal};
use shared::message::digest;
use shared::page::MessagePage;
use shared::{AssistantMessage, Part};

pub(crate) fn answer(id: &str, status: Status, text: &str, run: Option<(&str, u64)>) -> Message {
    Message {
        role: Role::Assistant,
        status,
        parent_id: Some("q".into()),
        model: Some("small".into()),
        run_id: run.map(|(run, _)| run.into()),
        run_seq: run.map(|(_, seq)| seq),
        ..question(id, text, None)
    }
}

pub(crate) fn question(id: &str, text: &str, client_id: Option<&str>) -> Message {
    Message {
        edited_at: None,
        id: id.into(),
        session_id: "s".into(),
        parent_id: None,
        role: Role::User,
        status: Status::Completed,
        parts: if text.is_empty() { Vec::new() } else { vec![Part::text(text)] },
        model: None,
        error: None,
        usage: None,
        client_message_id: client_id.map(str::to_owned),
        siblings: Vec::new(),
        run_id: None,
        run_seq: None,
        length: None,
        sha256: None,
        truncated: false,
        created_at: String::new(),
    }
}

pub(crate) fn page(items: Vec<Message>) -> MessagePage {
    MessagePage { items, ..MessagePage::default() }
}

pub(crate) fn run_event(run: &str, seq: u64, body: RunEventBody) -> RunEvent {
    RunEvent { run_id: run.into(), seq, body }
}

pub(crate) fn started(run: &str, parts_before: usize) -> RunEvent {
    let body = RunEventBody::Started {
        session_id: "s".into(),
        message_id: "a".into(),
        user_message_id: Some("q".into()),
        model: "small".into(),
        parts_before,
    };
    run_event(run, 1, body)
}

pub(crate) fn part(run: &str, seq: u64) -> RunEvent {
    run_event(run, seq, RunEventBody::PartStarted { index: 0, part: Part::text("") })
}

pub(crate) fn delta(run: &str, seq: u64, text: &str) -> RunEvent {
    run_event(run, seq, RunEventBody::PartDelta { index: 0, text: text.into() })
}

/// The end of a run whose stored text is `stored`.
pub(crate) fn ended(run: &str, seq: u64, stored: &str) -> RunEvent {
    let (length, sha256) = digest(stored);
    run_event(run, seq, RunEventBody::Completed(Box::new(Terminal { length, sha256, ..Terminal::default() })))
}

pub(crate) fn snapshot(run: &str, seq: u64, text: &str) -> RunEvent {
    let message = AssistantMessage {
        message_id: Some("a".into()),
        session_id: Some("s".into()),
        user_message_id: Some("q".into()),
        model: "small".into(),
        parts: vec![Part::text(text)],
        ..AssistantMessage::default()
    };
    run_event(run, seq, RunEventBody::Snapshot { message: Box::new(message) })
}

pub(crate) fn accepted(run: &str, created: bool) -> RunAccepted {
    RunAccepted {
        run_id: run.into(),
        session_id: "s".into(),
        user_message_id: Some("q".into()),
        message_id: "a".into(),
        created,
        also: Vec::new(),
    }
}

/// What somebody types.
pub(crate) fn saying(text: &str) -> Draft {
    Draft { text: text.to_owned(), files: Vec::new() }
}
