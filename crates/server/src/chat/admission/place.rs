//! Where an answer goes and whether that is allowed; what a request must not say.

use crate::db::sessions::SessionRow;
use crate::error::{AppError, AppResult};
use shared::chat::{Message, NewChat, Role, SendMessage};
use shared::events::Status;
use shared::limits::{MAX_ANSWERS_AT_ONCE, MAX_CLIENT_ID_BYTES, MAX_CONTENT_BYTES};
use shared::message::digest;
use shared::models::Parameters;
use shared::part::plain_text;
use shared::{AssistantMessage, ErrorCode, FileId};

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// To answer something new.
    Message,
    /// To answer once more what was asked.
    AnswerAgain,
    /// To go on with an answer.
    Continue,
}

pub(super) fn mode(body: &SendMessage) -> Mode {
    match (&body.continue_message_id, body.content.is_some() || !body.parts.is_empty()) {
        (Some(_), _) => Mode::Continue,
        (None, true) => Mode::Message,
        (None, false) => Mode::AnswerAgain,
    }
}

/// Where an answer goes.
pub(super) struct Place {
    /// The chat; none for a new one.
    pub session: Option<SessionRow>,
    /// The message above a new one, the one to answer again, or the one to continue.
    pub parent: Option<Message>,
    /// Whether the caller named the parent; else it is the end of the active path.
    pub chosen: bool,
    /// What is asked for.
    pub mode: Mode,
    /// How many runs had written the answer to continue.
    pub runs: u64,
    /// What a new chat is besides.
    pub about: NewChat,
    /// What the model is told in every chat of the folder.
    pub folder: Option<String>,
    /// Whether it stands beside an answer that was asked for with it, which stays on the path.
    pub beside: bool,
}

impl Place {
    pub(super) fn new_chat(about: NewChat, folder: Option<String>) -> Self {
        let mode = Mode::Message;
        Self { session: None, parent: None, chosen: false, mode, runs: 0, about, folder, beside: false }
    }

    /// What is wished in this chat.
    pub(super) fn instructions(&self) -> Option<&str> {
        match &self.session {
            Some(row) => row.session.instructions.as_deref(),
            None => self.about.instructions.as_deref(),
        }
    }

    /// What every request of this chat carries.
    pub(super) fn parameters(&self) -> Option<&Parameters> {
        match &self.session {
            Some(row) => row.session.parameters.as_ref(),
            None => self.about.parameters.as_ref(),
        }
    }

    /// Whether a model may name the chat, as far as that is known.
    pub(super) fn is_unnamed(&self) -> bool {
        match &self.session {
            Some(row) => !row.named && !row.session.temporary,
            None => !self.about.temporary,
        }
    }

    /// Whether the parent is a question at which the active path ends: its answer was deleted, or was not copied.
    fn ends_with_question(&self, parent: &Message) -> bool {
        self.session.as_ref().is_some_and(|row| row.active_leaf.as_ref() == Some(&parent.id))
    }

    /// Whether an answer may go here.
    pub(super) fn check(&self) -> AppResult<()> {
        let Some(parent) = &self.parent else {
            return if self.mode == Mode::AnswerAgain { Err(ErrorCode::MessageEmpty.into()) } else { Ok(()) };
        };
        if parent.status == Status::Streaming {
            return Err(ErrorCode::ChatBusy.into());
        }
        let ended_early = parent.status.ended_early() || parent.truncated;
        match (self.mode, parent.role) {
            (Mode::Message, Role::Assistant) | (Mode::AnswerAgain, Role::User) => Ok(()),
            (Mode::Message, Role::User) if self.ends_with_question(parent) => Ok(()),
            (Mode::Message, Role::User) => Err(ErrorCode::MessageParent.into()),
            (Mode::AnswerAgain, Role::Assistant) => Err(ErrorCode::MessageEmpty.into()),
            (Mode::Continue, Role::Assistant) if ended_early => Ok(()),
            (Mode::Continue, _) => Err(ErrorCode::MessageNotContinuable.into()),
        }
    }

    /// Whether there is something to continue: without it the model answers the question anew.
    pub(super) fn has_text(&self) -> bool {
        self.parent.as_ref().is_some_and(|message| !plain_text(&message.parts).trim().is_empty())
    }

    /// What the answer holds already. What it cost so far is booked; the new run counts from nothing.
    pub(super) fn continued(&self) -> AssistantMessage {
        match &self.parent {
            Some(message) if self.mode == Mode::Continue => {
                AssistantMessage { usage: None, ..AssistantMessage::from(message) }
            }
            _ => AssistantMessage::default(),
        }
    }
}

/// Refuses what needs no look at anything else.
pub(super) fn check(body: &SendMessage) -> AppResult<()> {
    let content = body.content.as_deref();
    let says_nothing = body.parts.is_empty() && content.is_none_or(|content| content.trim().is_empty());
    if says_nothing && (content.is_some() || body.session_id.is_none()) {
        return Err(ErrorCode::MessageEmpty.into());
    }
    if content.is_some_and(|content| content.len() > MAX_CONTENT_BYTES) {
        return Err(AppError::new(ErrorCode::MessageTooLong).with("limit", "1 MiB"));
    }
    if body.continue_message_id.is_some()
        && (body.content.is_some() || body.parent_id.is_some() || !body.parts.is_empty())
    {
        return Err(AppError::invalid("continueMessageId goes without content, parts and parentId"));
    }
    if body.session_id.is_none() && (body.parent_id.is_some() || body.continue_message_id.is_some()) {
        return Err(AppError::invalid("parentId and continueMessageId need the sessionId of their chat"));
    }
    check_also(body)?;
    if body.session_id.is_some() && body.new_chat.is_some() {
        return Err(AppError::invalid("newChat goes without sessionId"));
    }
    match &body.client_message_id {
        Some(id) if id.is_empty() || id.len() > MAX_CLIENT_ID_BYTES || id.chars().any(char::is_control) => {
            Err(AppError::invalid(format!(
                "clientMessageId must have 1 to {MAX_CLIENT_ID_BYTES} bytes and no control characters"
            )))
        }
        _ => Ok(()),
    }
}

/// Further models answer what is said now; what was said before is answered again one by one.
fn check_also(body: &SendMessage) -> AppResult<()> {
    let most = MAX_ANSWERS_AT_ONCE as usize - 1;
    if body.also.len() > most {
        return Err(AppError::invalid(format!("also takes at most {most} models")));
    }
    if !body.also.is_empty() && mode(body) != Mode::Message {
        return Err(AppError::invalid("also goes with content or parts"));
    }
    Ok(())
}

/// Tells a repetition from another request. The client id itself is not part of it.
pub(super) fn request_hash(body: &SendMessage) -> String {
    let files: Vec<Option<&FileId>> = body.parts.iter().map(|part| part.file().map(|file| &file.file_id)).collect();
    let facts = (&body.session_id, &body.content, &body.parent_id, &body.model, &body.continue_message_id);
    let facts = (facts, files, body.effort, body.web_search);
    let mut facts = serde_json::to_string(&facts).unwrap_or_default();
    if let Some(about) = &body.new_chat {
        facts.push_str(&serde_json::to_string(about).unwrap_or_default());
    }
    if !body.also.is_empty() {
        facts.push_str(&serde_json::to_string(&body.also).unwrap_or_default());
    }
    digest(&facts).1
}
