//! Further models that answer the same message: each is an answer beside the first, begun once that one is on disk. The
//! request that asked for all of them is one, so a page that dies in between loses none: sent again, it joins what was begun
//! and begins the rest.

use super::{Mode, Runs, check_sight, check_size, mode};
use crate::auth::CurrentUser;
use crate::catalog::Resolved;
use crate::db::messages;
use crate::error::{AppError, AppResult};
use crate::trace::Origin;
use shared::chat::{AlsoAccepted, RunAccepted, SendMessage};
use shared::models::Effort;
use shared::{ErrorCode, MessageId, SessionId};
use std::sync::Arc;

impl Runs {
    /// The further models of a request. One that is not known, or cannot take what is said, refuses all of it while
    /// nothing is written.
    pub(super) fn others(&self, who: &CurrentUser, body: &SendMessage) -> AppResult<Vec<Resolved>> {
        debug_assert_eq!(mode(body), Mode::Message);
        let mut others = Vec::with_capacity(body.also.len());
        for wanted in &body.also {
            let resolved = self.model(who, None, Some(wanted))?;
            check_sight(&resolved, &body.parts)?;
            check_size(resolved.facts.context_window, &body.parts)?;
            others.push(resolved);
        }
        Ok(others)
    }

    /// Begins the further answers, in their order, or joins those that the same request began before.
    pub(super) async fn answer_beside(
        self: &Arc<Self>,
        caller: &CurrentUser,
        asked: &SendMessage,
        others: Vec<Resolved>,
        first: &RunAccepted,
        origin: &Origin,
    ) -> Vec<AlsoAccepted> {
        let question = self.question_of(first).await;
        let mut all = Vec::with_capacity(others.len());
        for (place, (wanted, resolved)) in asked.also.iter().zip(others).enumerate() {
            let begun = match &question {
                Ok(question) => {
                    let body = beside(asked, (&first.session_id, question), (place, wanted), &resolved);
                    self.admit_in_turn(caller, body, origin, true).await.map(|admitted| admitted.accepted)
                }
                Err(code) => Err((*code).into()),
            };
            all.push(told(resolved.model, begun, origin.request_id.as_str()));
        }
        all
    }

    /// The message that the first answer answers. One that was continued since then is joined by a run that names none.
    async fn question_of(&self, first: &RunAccepted) -> Result<MessageId, ErrorCode> {
        if let Some(question) = &first.user_message_id {
            return Ok(question.clone());
        }
        let answer = messages::get(self.db.read(), &first.session_id, &first.message_id).await;
        let question = answer.map_err(|_| ErrorCode::StorageUnavailable)?.and_then(|answer| answer.parent_id);
        question.ok_or(ErrorCode::MessageNotFound)
    }
}

/// The request of a further answer. Of how it is to be written the model gets what it understands.
fn beside(
    asked: &SendMessage,
    (session, question): (&SessionId, &MessageId),
    (place, wanted): (usize, &String),
    resolved: &Resolved,
) -> SendMessage {
    let facts = &resolved.facts;
    let understands = |effort: &Effort| facts.efforts.as_ref().is_none_or(|efforts| efforts.contains(effort));
    SendMessage {
        session_id: Some(session.clone()),
        parent_id: Some(Some(question.clone())),
        model: Some(wanted.clone()),
        effort: asked.effort.filter(understands),
        web_search: asked.web_search.filter(|search| !search || facts.web_search != Some(false)),
        // A person's own id has no control characters, so none of theirs is met.
        client_message_id: asked.client_message_id.as_ref().map(|id| format!("{id}\u{1}{place}")),
        trace: asked.trace,
        ..SendMessage::default()
    }
}

fn told(model: String, begun: AppResult<RunAccepted>, request_id: &str) -> AlsoAccepted {
    match begun {
        Ok(RunAccepted { run_id, message_id, .. }) => {
            AlsoAccepted { model, run_id: Some(run_id), message_id: Some(message_id), error: None }
        }
        Err(error) => {
            note(&error, &model, request_id);
            AlsoAccepted { model, error: Some(error.to_api(request_id)), ..AlsoAccepted::default() }
        }
    }
}

/// The first answer is what the request is answered with, so a fault of ours is told to the log here.
fn note(error: &AppError, model: &str, request_id: &str) {
    let (code, cause) = (error.code.as_str(), &error.cause);
    if error.code == ErrorCode::Internal {
        tracing::error!(request_id, code, model, ?cause, "a further answer could not be begun");
    } else {
        tracing::debug!(request_id, code, model, ?cause, "a further answer was refused");
    }
}
