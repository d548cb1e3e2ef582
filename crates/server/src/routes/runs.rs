//! Answers: start one, watch it, stop it.

use crate::App;
use crate::auth::CurrentUser;
use crate::chat::admission::Admitted;
use crate::db::runs;
use crate::error::{self, AppResult};
use crate::routes::v1::tell_admission;
use crate::sse;
use crate::trace::Origin;
use actix_web::{HttpResponse, HttpResponseBuilder, web};
use serde::Deserialize;
use shared::chat::{FailedAnswer, RunInfo, SendMessage, WholeAnswer};
use shared::events::Status;
use shared::{AssistantMessage, ErrorCode, RunId};

/// `POST /api/chat/stream`: starts an answer and streams its events. Leaving does not end it.
pub async fn stream_answer(
    app: web::Data<App>,
    user: CurrentUser,
    origin: Origin,
    body: web::Json<SendMessage>,
) -> AppResult<HttpResponse> {
    let admitted = app.runs.send(&user, body.into_inner(), &origin).await?;
    match admitted.events {
        Some(events) => {
            let mut head = HttpResponse::Ok();
            tell_admission(&mut head, admitted.admission);
            Ok(sse::respond_below(head, events))
        }
        None => follow(&app, &user, &admitted.accepted.run_id, 0).await,
    }
}

/// `POST /api/chat/runs`: starts an answer; its events come through `GET /api/events`.
pub async fn start_answer(
    app: web::Data<App>,
    user: CurrentUser,
    origin: Origin,
    body: web::Json<SendMessage>,
) -> AppResult<HttpResponse> {
    let admitted = app.runs.send(&user, body.into_inner(), &origin).await?;
    let mut head = HttpResponse::Accepted();
    tell_admission(&mut head, admitted.admission);
    Ok(head.json(admitted.accepted))
}

/// `POST /api/chat`: starts an answer and waits for all of it.
pub async fn whole_answer(
    app: web::Data<App>,
    user: CurrentUser,
    origin: Origin,
    body: web::Json<SendMessage>,
) -> AppResult<HttpResponse> {
    let admitted = app.runs.send(&user, body.into_inner(), &origin).await?;
    let message = match &admitted.run {
        Some(run) => {
            run.ended.cancelled().await;
            run.live().message
        }
        None => {
            let row = runs::get(app.db.read(), &user.user.id, &admitted.accepted.run_id).await?;
            app.runs.outcome(&row.ok_or(ErrorCode::RunNotFound)?, &user.login).await?
        }
    };
    Ok(outcome(admitted, message))
}

fn outcome(admitted: Admitted, message: AssistantMessage) -> HttpResponse {
    let (run, status, text) = (admitted.accepted, message.status, message.text());
    let head = |mut head: HttpResponseBuilder| {
        tell_admission(&mut head, admitted.admission);
        head
    };
    match message.error {
        Some(error) if matches!(status, Status::Failed | Status::Interrupted) => {
            // A code of a newer version, stored before this one was put back, has no row here.
            let code = error.known().unwrap_or(ErrorCode::Internal);
            head(error::head(code, &error.params)).json(FailedAnswer { error, run, status, text })
        }
        _ => {
            let (parts, usage, truncated) = (message.parts, message.usage, message.truncated);
            head(HttpResponse::Ok()).json(WholeAnswer { run, status, text, parts, usage, truncated })
        }
    }
}

/// `GET /api/chat/runs/{id}`: where an answer stands.
pub async fn get_run(app: web::Data<App>, user: CurrentUser, id: web::Path<RunId>) -> AppResult<web::Json<RunInfo>> {
    let row = runs::get(app.db.read(), &user.user.id, &id).await?.ok_or(ErrorCode::RunNotFound)?;
    let status = app.runs.live(&user.user.id, &id).map_or(row.status, |run| run.status());
    Ok(web::Json(RunInfo { run_id: row.id, session_id: row.session_id, message_id: row.message_id, status }))
}

/// Query of `GET /api/chat/runs/{id}/events`.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// Number of the last event that the reader has.
    #[serde(default)]
    after: u64,
}

/// `GET /api/chat/runs/{id}/events?after=N`: joins an answer, running or finished. `Last-Event-ID` works too.
pub async fn attach_run(
    app: web::Data<App>,
    user: CurrentUser,
    id: web::Path<RunId>,
    query: web::Query<After>,
    request: actix_web::HttpRequest,
) -> AppResult<HttpResponse> {
    let header = request.headers().get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    follow(&app, &user, &id, header.unwrap_or(query.after)).await
}

/// `POST /api/chat/runs/{id}/stop`: idempotent; what was written stays.
pub async fn stop_run(app: web::Data<App>, user: CurrentUser, id: web::Path<RunId>) -> AppResult<HttpResponse> {
    let row = runs::get(app.db.read(), &user.user.id, &id).await?.ok_or(ErrorCode::RunNotFound)?;
    app.runs.stop(&row).await?;
    Ok(HttpResponse::Accepted().finish())
}

async fn follow(app: &App, user: &CurrentUser, id: &RunId, after: u64) -> AppResult<HttpResponse> {
    if let Some(run) = app.runs.live(&user.user.id, id) {
        return Ok(sse::respond(run.subscribe(after, &user.login)));
    }
    let row = runs::get(app.db.read(), &user.user.id, id).await?.ok_or(ErrorCode::RunNotFound)?;
    Ok(sse::respond(app.runs.follow_stored(&row, after, &user.login).await?))
}
