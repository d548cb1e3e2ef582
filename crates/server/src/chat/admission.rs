//! What can be refused is refused here, before anything is written and before the first byte of an answer.

mod beside;
mod place;

use super::Runs;
use super::compose::{Composed, End, Scope, Wishes};
use super::context::{MAX_PICTURE_BYTES, Past, Room};
use super::driver::{self, Calls, Job, Wanted};
use super::run::{RunHandle, RunIds};
use super::store::{Plan, Target};
use super::stored;
use super::wishes::check_new_chat;
use super::{naming, title};
use crate::auth::CurrentUser;
use crate::catalog::Resolved;
use crate::clock::new_id;
use crate::db::runs::RunRow;
use crate::db::{folders, messages, rfc3339, runs, sessions};
use crate::error::{AppError, AppResult};
use crate::trace::Origin;
use bytes::Bytes;
use place::{Mode, Place, check, mode, request_hash};
use shared::accounts::User;
use shared::chat::{NewChat, RunAccepted, SendMessage};
use shared::error::{Params, params};
use shared::events::Status;
use shared::trace::Stage;
use shared::{ErrorCode, FolderId, MessageId, ModelId, Part, RunId, SessionId};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Most estimated tokens of a message's documents: some 8 MiB of text, of which the bytes are counted when it is read.
const MAX_DOCUMENT_TOKENS: u64 = 4_000_000;
/// Documents of so many windows do not fit, however far an estimate is off.
const HOPELESS: u64 = 4;

/// A run that was started or joined.
pub struct Admitted {
    /// Its ids.
    pub accepted: RunAccepted,
    /// The run, if this server is writing it; else it is read from the database.
    pub run: Option<Arc<RunHandle>>,
    /// All its events from the first, for whoever started it.
    pub events: Option<mpsc::Receiver<Bytes>>,
    /// Our own time until the provider was called, for whoever started it.
    pub admission: Option<Duration>,
}

impl Runs {
    /// Starts an answer, or joins the one that the same request started before. Answers after message and placeholder
    /// are on disk.
    pub async fn send(
        self: &Arc<Self>,
        caller: &CurrentUser,
        body: SendMessage,
        origin: &Origin,
    ) -> AppResult<Admitted> {
        if self.shutdown.is_cancelled() {
            return Err(ErrorCode::ServerRestarting.into());
        }
        check(&body)?;
        if body.also.is_empty() {
            return self.admit_in_turn(caller, body, origin, false).await;
        }
        let others = self.others(caller, &body)?;
        let asked = body.clone();
        let mut admitted = self.admit_in_turn(caller, body, origin, false).await?;
        admitted.accepted.also = self.answer_beside(caller, &asked, others, &admitted.accepted, origin).await;
        Ok(admitted)
    }

    /// Admits a request after its twins. One that is `beside` another belongs to it, and does not take its place.
    async fn admit_in_turn(
        self: &Arc<Self>,
        caller: &CurrentUser,
        body: SendMessage,
        origin: &Origin,
        beside: bool,
    ) -> AppResult<Admitted> {
        let Some(client_id) = &body.client_message_id else {
            return self.admit(caller, body, origin, beside).await;
        };
        let key = format!("{}/{client_id}", caller.user.id);
        let queue = Queue { runs: self, place: Arc::clone(&self.admitting.entry(key.clone()).or_default()), key };
        let _turn = queue.place.lock().await;
        self.admit(caller, body, origin, beside).await
    }

    async fn admit(
        self: &Arc<Self>,
        caller: &CurrentUser,
        body: SendMessage,
        origin: &Origin,
        beside: bool,
    ) -> AppResult<Admitted> {
        let hash = request_hash(&body);
        if let Some(joined) = self.join(caller, &body, &hash).await? {
            return Ok(joined);
        }
        let audience = self.hub.audience(&caller.user.id);
        let limit = self.settings.runs_per_user() as usize;
        let too_many = || AppError::new(ErrorCode::RunLimit).with("limit", limit);
        let trace = self.traces.begin(&caller.user, origin, body.trace);
        let slot = audience.reserve(limit).ok_or_else(too_many)?;
        let place = Place { beside, ..self.place(caller, &body).await? };
        let remembered = place.session.as_ref().and_then(|row| row.session.model.as_ref());
        let resolved = self.model(caller, remembered, body.model.as_deref())?.with(place.parameters());
        check_wishes(&resolved, &body)?;
        if let (Mode::AnswerAgain, Some(asked)) = (place.mode, &place.parent) {
            check_sight(&resolved, &asked.parts)?;
        }
        let question = self.question(&caller.user, &resolved, &body).await?;
        let (plan, ids) = self.plan(caller, &place, &body, question, hash, &resolved, origin);
        let room = self.room(&resolved.routes[0]);
        let since = trace.now();
        let composed = self.compose(scope(&caller.user, &place, &resolved, room, &plan)).await?;
        trace.context(since, composed.tokens);
        let (accepted, mut notices) = (accepted(&ids), notices(&composed));
        let run = Arc::new(RunHandle::new(ids, place.continued(), audience).traced(trace.clone()));
        let unnamed =
            place.is_unnamed() && !beside && composed.messages.len() as u64 + composed.left_out <= naming::SHORT;
        let wanted = Wanted { who: caller.clone(), resolved, wishes: Wishes::from(&body), unnamed, trace };
        let (mut request, mut calls) = Calls::first(wanted, room, composed);
        // Last of all: nothing is refused any more once something is set aside.
        notices.extend(calls.set_aside(self, &run.id, &mut request).await?);
        run.trace.span(Stage::Admission, 0);
        let job = Job { run: Arc::clone(&run), plan, request, calls, notices, slot };
        // Before the first event: the one who asked misses none, however fast the model is.
        let events = run.subscribe(0, &caller.login);
        match driver::start(self, job).await {
            Ok(()) => {
                let admission = origin.since.elapsed();
                self.metrics.own.admission.count(admission);
                Ok(Admitted { accepted, run: Some(run), events: Some(events), admission: Some(admission) })
            }
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
        let (run, accepted) = (self.any_live(&row.id), stored::accepted(&row));
        Ok(Some(Admitted { accepted, run, events: None, admission: None }))
    }

    /// Where the answer goes: the chat, the message above it, and whether that is allowed.
    async fn place(&self, caller: &CurrentUser, body: &SendMessage) -> AppResult<Place> {
        let Some(id) = &body.session_id else {
            let about = check_new_chat(&body.new_chat.clone().unwrap_or_default())?;
            let folder = self.folder(&caller.user, about.folder_id.as_ref()).await?;
            return Ok(Place::new_chat(about, folder));
        };
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
        let (about, folder) = (NewChat::default(), session.folder_instructions.clone());
        let place =
            Place { session: Some(session), parent, chosen, mode: mode(body), runs, about, folder, beside: false };
        place.check()?;
        Ok(place)
    }

    /// What the model is told in every chat of a folder.
    async fn folder(&self, who: &User, id: Option<&FolderId>) -> AppResult<Option<String>> {
        let Some(id) = id else { return Ok(None) };
        let folder = folders::get(self.db.read(), &who.id, id).await?.ok_or(ErrorCode::FolderNotFound)?;
        Ok(Some(folder.instructions).filter(|text| !text.is_empty()))
    }

    /// The model that is wanted, else the one that the chat remembers, else the person's own choice.
    pub(super) fn model(
        &self,
        who: &CurrentUser,
        remembered: Option<&ModelId>,
        wanted: Option<&str>,
    ) -> AppResult<Resolved> {
        let resolve = |wanted| self.catalog.resolve(wanted, who);
        match (wanted, remembered) {
            (Some(wanted), _) => resolve(Some(wanted)),
            // A chat outlives its model: fall back to the default rather than refuse.
            (None, Some(id)) => resolve(Some(id.as_str())).or_else(|_| resolve(None)),
            (None, None) => resolve(None),
        }
    }

    /// What the person says: files first, as models read them best, then the words.
    async fn question(&self, who: &User, resolved: &Resolved, body: &SendMessage) -> AppResult<Vec<Part>> {
        let mut parts = match &body.parts[..] {
            [] => Vec::new(),
            files => self.files.check(&who.id, files.to_vec()).await?,
        };
        check_sight(resolved, &parts)?;
        check_size(resolved.facts.context_window, &parts)?;
        let said = body.content.as_deref().filter(|content| !content.trim().is_empty());
        parts.extend(said.map(Part::text));
        Ok(parts)
    }

    #[expect(clippy::too_many_arguments, reason = "everything that a request brings together meets here, once")]
    fn plan(
        &self,
        caller: &CurrentUser,
        place: &Place,
        body: &SendMessage,
        question: Vec<Part>,
        request_hash: String,
        resolved: &Resolved,
        origin: &Origin,
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
            connection_id: resolved.routes[0].connection_id.clone(),
            api_key: caller.key.as_ref().map(|key| key.id.clone()),
            request_id: origin.request_id.0.clone(),
            created_at: self.clock.now(),
        };
        let target = match (&place.mode, &place.session) {
            (Mode::Continue, _) => Target::Continue { runs: place.runs },
            (Mode::AnswerAgain, _) => Target::AnswerAgain { beside: place.beside },
            (Mode::Message, None) => Target::NewChat {
                model: body.model.as_ref().map(|_| resolved.model_id.clone()),
                about: Box::new(place.about.clone()),
            },
            (Mode::Message, Some(row)) => Target::Message {
                parent: place.parent.as_ref().map(|message| message.id.clone()),
                expected_leaf: (!place.chosen).then(|| row.active_leaf.clone()),
            },
        };
        let title = if place.mode == Mode::Message { title::from_question(&question) } else { String::new() };
        (Plan { run, target, parts: question, title, model: resolved.model.clone() }, ids)
    }
}

/// What the first request of an answer is made of.
fn scope<'a>(who: &'a User, place: &'a Place, resolved: &'a Resolved, room: Room, plan: &Plan) -> Scope<'a> {
    let end = match place.mode {
        Mode::Message => End::Given(Past {
            from_user: true,
            parts: plan.parts.clone(),
            created_at: rfc3339(plan.run.created_at),
            edited_at: None,
            counted: None,
        }),
        Mode::Continue if place.has_text() => End::Answer,
        Mode::Continue | Mode::AnswerAgain => End::Question,
    };
    let session = place.session.as_ref().map(|row| &row.session);
    Scope {
        who,
        resolved,
        route: &resolved.routes[0],
        room,
        session: session.map(|session| &session.id),
        folder: place.folder.as_deref(),
        instructions: place.instructions(),
        end,
        from: place.parent.as_ref().map(|message| message.id.clone()),
        unfinished: (Vec::new(), Vec::new()),
    }
}

fn accepted(ids: &RunIds) -> RunAccepted {
    RunAccepted {
        run_id: ids.run.clone(),
        session_id: ids.session.clone(),
        user_message_id: ids.user_message.clone(),
        message_id: ids.message.clone(),
        created: true,
        also: Vec::new(),
    }
}

/// What the reader must be told of the request before the answer.
fn notices(composed: &Composed) -> Vec<(ErrorCode, Params)> {
    let trimmed = Some(composed.left_out).filter(|&count| count > 0 && !composed.trim_told);
    let files = Some(composed.files_left_out).filter(|&count| count > 0);
    let count = |count: String| params([("count", count)]);
    let trimmed = trimmed.map(|left_out| (ErrorCode::ContextTrimmed, count(left_out.to_string())));
    let files = files.map(|left_out| (ErrorCode::ContextFilesLeftOut, count(left_out.to_string())));
    trimmed.into_iter().chain(files).collect()
}

/// A model that does not see is not asked about pictures.
fn check_sight(resolved: &Resolved, parts: &[Part]) -> AppResult<()> {
    if resolved.facts.vision == Some(false) && parts.iter().any(|part| matches!(part, Part::Image(_))) {
        return Err(AppError::new(ErrorCode::ModelNoVision).with("model", &resolved.model));
    }
    Ok(())
}

/// Refuses files that no model could take, or this one by far not: they would be held in memory for nothing.
fn check_size(window: Option<u32>, parts: &[Part]) -> AppResult<()> {
    let (mut bytes, mut tokens) = (0, 0);
    for part in parts {
        match part {
            Part::Image(file) => bytes += file.size,
            Part::File(file) => tokens += file.tokens,
            _ => {}
        }
    }
    if bytes > MAX_PICTURE_BYTES {
        let limit = format!("{} MiB", MAX_PICTURE_BYTES >> 20);
        return Err(AppError::new(ErrorCode::MessageTooLong).with("limit", limit));
    }
    let too_long = |limit| AppError::new(ErrorCode::MessageTooLong).with("limit", format!("{limit} tokens"));
    match window.map(u64::from) {
        Some(window) if tokens > window.saturating_mul(HOPELESS) => Err(too_long(window).with("used", tokens)),
        _ if tokens > MAX_DOCUMENT_TOKENS => Err(too_long(MAX_DOCUMENT_TOKENS).with("used", tokens)),
        _ => Ok(()),
    }
}

/// Refuses what is known to be impossible with this model; what is not known is tried.
fn check_wishes(resolved: &Resolved, body: &SendMessage) -> AppResult<()> {
    let (facts, model) = (&resolved.facts, &resolved.model);
    if let (Some(effort), Some(efforts)) = (body.effort, &facts.efforts)
        && !efforts.contains(&effort)
    {
        let known: Vec<&str> = efforts.iter().map(|effort| effort.word()).collect();
        let rule = if known.is_empty() { "takes none".to_owned() } else { format!("takes {}", known.join(", ")) };
        return Err(AppError::invalid(format!("effort: the model {model} {rule}")));
    }
    if body.web_search == Some(true) && facts.web_search == Some(false) {
        return Err(AppError::invalid(format!("webSearch: the provider does not search for the model {model}")));
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use shared::part::FilePart;

    fn file(size: u64, tokens: u64) -> FilePart {
        FilePart {
            file_id: "f".into(),
            name: "f".into(),
            media_type: String::new(),
            size,
            width: None,
            height: None,
            tokens,
        }
    }

    #[test]
    fn files_that_no_model_could_take_are_refused_with_numbers() {
        let refused =
            |window, parts: &[Part]| check_size(window, parts).err().map(|error| error.params["limit"].clone());
        let pictures = [Part::Image(file(MAX_PICTURE_BYTES, 1)), Part::Image(file(1, 1))];
        assert_eq!(refused(None, &pictures).as_deref(), Some("20 MiB"));
        assert_eq!(refused(None, &pictures[..1]), None);
        let documents = [Part::File(file(1, 30_000)), Part::File(file(1, 10_001))];
        assert_eq!(refused(Some(10_000), &documents).as_deref(), Some("10000 tokens"));
        assert_eq!(refused(Some(10_001), &documents), None, "the provider says more than an estimate");
        assert_eq!(refused(None, &[Part::File(file(1, 4_000_001))]).as_deref(), Some("4000000 tokens"));
    }
}
