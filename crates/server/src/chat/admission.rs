//! What can be refused is refused here, before anything is written and before the first byte of an answer.

use super::Runs;
use super::context::{Fitted, Past, Window};
use super::driver::{self, Job};
use super::run::{RunHandle, RunIds};
use super::store::{Plan, Target};
use super::stored;
use super::title;
use crate::auth::CurrentUser;
use crate::catalog::Resolved;
use crate::clock::new_id;
use crate::db::runs::RunRow;
use crate::db::sessions::SessionRow;
use crate::db::{messages, runs, sessions};
use crate::error::{AppError, AppResult};
use bytes::Bytes;
use llm::CompletionRequest;
use shared::chat::{Message, Role, RunAccepted, SendMessage};
use shared::events::Status;
use shared::limits::{MAX_CLIENT_ID_BYTES, MAX_CONTENT_BYTES};
use shared::message::digest;
use shared::part::plain_text;
use shared::{AssistantMessage, ErrorCode, MessageId, Part, RunId, SessionId};
use std::sync::Arc;
use tokio::sync::mpsc;

/// A run that was started or joined.
pub struct Admitted {
    /// Its ids.
    pub accepted: RunAccepted,
    /// The run, if this server is writing it; else it is read from the database.
    pub run: Option<Arc<RunHandle>>,
    /// All its events from the first, for whoever started it.
    pub events: Option<mpsc::Receiver<Bytes>>,
}

/// Messages read at once while the window is filled.
const PATH_PAGE: u32 = 100;
/// What a model is told when its answer is to be continued. It is not stored.
const CONTINUE: &str =
    "Continue your last answer exactly where it stopped. Do not repeat anything, do not comment on the interruption.";

impl Runs {
    /// Starts an answer, or joins the one that the same request started before. Answers after message and placeholder
    /// are on disk.
    pub async fn send(
        self: &Arc<Self>,
        caller: &CurrentUser,
        body: SendMessage,
        request_id: &str,
    ) -> AppResult<Admitted> {
        if self.shutdown.is_cancelled() {
            return Err(ErrorCode::ServerRestarting.into());
        }
        check(&body)?;
        let Some(client_id) = &body.client_message_id else { return self.admit(caller, body, request_id).await };
        let key = format!("{}/{client_id}", caller.user.id);
        let queue = Queue { runs: self, place: Arc::clone(&self.admitting.entry(key.clone()).or_default()), key };
        let _turn = queue.place.lock().await;
        self.admit(caller, body, request_id).await
    }

    async fn admit(self: &Arc<Self>, caller: &CurrentUser, body: SendMessage, request_id: &str) -> AppResult<Admitted> {
        let hash = request_hash(&body);
        if let Some(joined) = self.join(caller, &body, &hash).await? {
            return Ok(joined);
        }
        let audience = self.hub.audience(&caller.user.id);
        let limit = self.settings.runs_per_user() as usize;
        let too_many = || AppError::new(ErrorCode::RunLimit).with("limit", limit);
        let slot = audience.reserve(limit).ok_or_else(too_many)?;
        let place = self.place(caller, &body).await?;
        let resolved = self.model(&place, body.model.as_deref())?;
        let (fitted, dropped) = self.context(&place, &resolved).await?;
        let (plan, ids) = self.plan(caller, &place, &body, hash, &resolved, request_id);
        let accepted = RunAccepted {
            run_id: ids.run.clone(),
            session_id: ids.session.clone(),
            user_message_id: ids.user_message.clone(),
            message_id: ids.message.clone(),
            created: true,
        };
        let request = CompletionRequest::new(resolved.model.clone(), fitted.messages);
        let run = Arc::new(RunHandle::new(ids, place.continued(), audience));
        let job = Job { run: Arc::clone(&run), plan, request, resolved, dropped, estimate: fitted.estimate, slot };
        // Before the first event: the one who asked misses none, however fast the model is.
        let events = run.subscribe(0, &caller.login);
        match driver::start(self, job).await {
            Ok(()) => Ok(Admitted { accepted, run: Some(run), events: Some(events) }),
            // Somebody sent the same request at the same moment and was faster.
            Err(error) if error.code == ErrorCode::MessageClientId => {
                self.join(caller, &body, &request_hash(&body)).await?.ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// The run that the same client id started before, if any.
    async fn join(&self, caller: &CurrentUser, body: &SendMessage, hash: &str) -> AppResult<Option<Admitted>> {
        let Some(client_id) = &body.client_message_id else { return Ok(None) };
        let found = runs::by_client_id(self.db.read(), &caller.user.id, body.session_id.as_ref(), client_id).await?;
        let Some(row) = found else { return Ok(None) };
        if row.request_hash != hash {
            return Err(ErrorCode::MessageClientId.into());
        }
        // An answer that was continued since then has a newer run, which is the one to watch.
        let row = runs::latest_of_message(self.db.read(), &row.message_id).await?.unwrap_or(row);
        Ok(Some(Admitted { run: self.any_live(&row.id), accepted: stored::accepted(&row), events: None }))
    }

    /// Where the answer goes: the chat, the message above it, and whether that is allowed.
    async fn place(&self, caller: &CurrentUser, body: &SendMessage) -> AppResult<Place> {
        let Some(id) = &body.session_id else { return Ok(Place::new_chat(body)) };
        let session = sessions::get(self.db.read(), &caller.user.id, id).await?.ok_or(ErrorCode::ChatNotFound)?;
        let parent_id = match (&body.continue_message_id, &body.parent_id) {
            (Some(message), _) => Some(message.clone()),
            (None, Some(chosen)) => chosen.clone(),
            (None, None) => session.active_leaf.clone(),
        };
        let chosen = body.continue_message_id.is_some() || body.parent_id.is_some();
        // Counted before the answer is read: who continues it in between is noticed.
        let runs = match &body.continue_message_id {
            Some(message) => runs::count_of_message(self.db.read(), message).await?,
            None => 0,
        };
        let parent = match &parent_id {
            Some(parent) => {
                let code = if chosen { ErrorCode::MessageNotFound } else { ErrorCode::MessageParent };
                Some(messages::get(self.db.read(), id, parent).await?.ok_or(code)?)
            }
            None => None,
        };
        let place =
            Place { session: Some(session), parent, content: body.content.clone(), chosen, mode: mode(body), runs };
        place.check()?;
        Ok(place)
    }

    fn model(&self, place: &Place, wanted: Option<&str>) -> AppResult<Resolved> {
        let remembered = place.session.as_ref().and_then(|row| row.session.model.as_ref());
        match (wanted, remembered) {
            (Some(wanted), _) => self.catalog.resolve(Some(wanted)),
            // A chat outlives its model: fall back to the default rather than refuse.
            (None, Some(id)) => self.catalog.resolve(Some(id.as_str())).or_else(|_| self.catalog.resolve(None)),
            (None, None) => self.catalog.resolve(None),
        }
    }

    /// Fills the model's window from the newest message upwards. Answers how many messages did not fit, if the reader
    /// was not told before.
    async fn context(&self, place: &Place, resolved: &Resolved) -> AppResult<(Fitted, Option<u64>)> {
        let tokens = resolved.context_window.unwrap_or_else(|| self.settings.context_token_limit());
        let mut window = Window::new(tokens, resolved.token_ratio);
        if let Some(content) = &place.content {
            window.offer(&Past { from_user: true, parts: vec![Part::text(content.clone())] });
        }
        let mut continues = place.mode == Mode::Continue && place.has_text();
        let own = u64::from(continues || place.content.is_some());
        let (Some(session), Some(parent)) = (&place.session, &place.parent) else { return Ok((window.fit(), None)) };
        let id = &session.session.id;
        let mut from = Some(parent.id.clone());
        let mut all_fit = true;
        while let (Some(start), true) = (&from, all_fit) {
            let page = messages::path(self.db.read(), id, start, PATH_PAGE).await?;
            from = page.last().and_then(|message| message.parent_id.clone());
            let past = |message: Message| Past { from_user: message.role == Role::User, parts: message.parts };
            let mut page = page.into_iter().map(past);
            if std::mem::take(&mut continues)
                && let Some(answer) = page.next()
            {
                window.continue_answer(CONTINUE, &answer, page.next().as_ref());
            }
            all_fit = page.all(|past| window.offer(&past));
        }
        let fitted = window.fit();
        if all_fit || fitted.noticed {
            return Ok((fitted, None));
        }
        let length = messages::path_length(self.db.read(), id, &parent.id).await?;
        let dropped = (length + own).saturating_sub(fitted.taken as u64);
        Ok((fitted, Some(dropped).filter(|&dropped| dropped > 0)))
    }

    fn plan(
        &self,
        caller: &CurrentUser,
        place: &Place,
        body: &SendMessage,
        request_hash: String,
        resolved: &Resolved,
        request_id: &str,
    ) -> (Plan, RunIds) {
        let session = place.session.as_ref().map_or_else(|| SessionId(new_id()), |row| row.session.id.clone());
        let continued = place.parent.as_ref().filter(|_| place.mode == Mode::Continue);
        let answered = place.parent.as_ref().filter(|_| place.mode == Mode::AnswerAgain);
        let user_message = match place.mode {
            Mode::Message => Some(MessageId(new_id())),
            Mode::AnswerAgain => answered.map(|message| message.id.clone()),
            Mode::Continue => None,
        };
        let message = continued.map_or_else(|| MessageId(new_id()), |message| message.id.clone());
        let ids = RunIds { run: RunId(new_id()), user: caller.user.id.clone(), session, message, user_message };
        let run = RunRow {
            id: ids.run.clone(),
            message_id: ids.message.clone(),
            session_id: ids.session.clone(),
            user_id: ids.user.clone(),
            user_message_id: ids.user_message.clone(),
            client_message_id: body.client_message_id.clone(),
            creates_chat: place.session.is_none(),
            request_hash,
            status: Status::Streaming,
            parts_before: continued.map_or(0, |message| message.parts.len()),
            last_seq: 0,
            connection_id: resolved.connection_id.clone(),
            request_id: request_id.to_owned(),
            created_at: self.clock.now(),
        };
        let target = match (&place.mode, &place.session) {
            (Mode::Continue, _) => Target::Continue { runs: place.runs },
            (Mode::AnswerAgain, _) => Target::AnswerAgain,
            (Mode::Message, None) => Target::NewChat { model: body.model.as_ref().map(|_| resolved.model_id.clone()) },
            (Mode::Message, Some(row)) => Target::Message {
                parent: place.parent.as_ref().map(|message| message.id.clone()),
                expected_leaf: (!place.chosen).then(|| row.active_leaf.clone()),
            },
        };
        let content = place.content.clone().unwrap_or_default();
        let title = if place.mode == Mode::Message { title::from_message(&content) } else { String::new() };
        (Plan { run, target, content, title, model: resolved.model.clone() }, ids)
    }
}

/// A place in the queue of requests with the same client id; the last to leave removes the queue, however it leaves.
struct Queue<'a> {
    runs: &'a Runs,
    key: String,
    place: Arc<tokio::sync::Mutex<()>>,
}

impl Drop for Queue<'_> {
    fn drop(&mut self) {
        // This place and the map's.
        self.runs.admitting.remove_if(&self.key, |_, queue| Arc::strong_count(queue) <= 2);
    }
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Message,
    AnswerAgain,
    Continue,
}

fn mode(body: &SendMessage) -> Mode {
    match (&body.continue_message_id, &body.content) {
        (Some(_), _) => Mode::Continue,
        (None, Some(_)) => Mode::Message,
        (None, None) => Mode::AnswerAgain,
    }
}

struct Place {
    session: Option<SessionRow>,
    /// The message above a new one, the one to answer again, or the one to continue.
    parent: Option<Message>,
    content: Option<String>,
    /// Whether the caller named the parent; else it is the end of the active path.
    chosen: bool,
    mode: Mode,
    /// How many runs had written the answer to continue.
    runs: u64,
}

impl Place {
    fn new_chat(body: &SendMessage) -> Self {
        Self { session: None, parent: None, content: body.content.clone(), chosen: false, mode: Mode::Message, runs: 0 }
    }

    fn check(&self) -> AppResult<()> {
        let Some(parent) = &self.parent else {
            return if self.mode == Mode::AnswerAgain { Err(ErrorCode::MessageEmpty.into()) } else { Ok(()) };
        };
        if parent.status == Status::Streaming {
            return Err(ErrorCode::ChatBusy.into());
        }
        let ended_early = parent.status.ended_early() || parent.truncated;
        match (self.mode, parent.role) {
            (Mode::Message, Role::Assistant) | (Mode::AnswerAgain, Role::User) => Ok(()),
            (Mode::Message, Role::User) => Err(ErrorCode::MessageParent.into()),
            (Mode::AnswerAgain, Role::Assistant) => Err(ErrorCode::MessageEmpty.into()),
            (Mode::Continue, Role::Assistant) if ended_early => Ok(()),
            (Mode::Continue, _) => Err(ErrorCode::MessageNotContinuable.into()),
        }
    }

    /// Whether there is something to continue: without it the model answers the question anew.
    fn has_text(&self) -> bool {
        self.parent.as_ref().is_some_and(|message| !plain_text(&message.parts).trim().is_empty())
    }

    /// What the answer holds already. What it cost so far is booked; the new run counts from nothing.
    fn continued(&self) -> AssistantMessage {
        match &self.parent {
            Some(message) if self.mode == Mode::Continue => {
                AssistantMessage { usage: None, ..AssistantMessage::from(message) }
            }
            _ => AssistantMessage::default(),
        }
    }
}

fn check(body: &SendMessage) -> AppResult<()> {
    if let Some(content) = &body.content {
        if content.trim().is_empty() {
            return Err(ErrorCode::MessageEmpty.into());
        }
        if content.len() > MAX_CONTENT_BYTES {
            return Err(AppError::new(ErrorCode::MessageTooLong).with("limit", "1 MiB"));
        }
    } else if body.session_id.is_none() {
        return Err(ErrorCode::MessageEmpty.into());
    }
    if body.continue_message_id.is_some() && (body.content.is_some() || body.parent_id.is_some()) {
        return Err(AppError::invalid("continueMessageId goes without content and parentId"));
    }
    if body.session_id.is_none() && (body.parent_id.is_some() || body.continue_message_id.is_some()) {
        return Err(AppError::invalid("parentId and continueMessageId need the sessionId of their chat"));
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

/// Tells a repetition from another request. The client id itself is not part of it.
fn request_hash(body: &SendMessage) -> String {
    let facts = (&body.session_id, &body.content, &body.parent_id, &body.model, &body.continue_message_id);
    digest(&serde_json::to_string(&facts).unwrap_or_default()).1
}
