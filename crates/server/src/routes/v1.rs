//! The interface for programs: requests in, heads out. What happens between is the gateway's.

use crate::App;
use crate::auth::CurrentUser;
use crate::error::{AppError, AppResult};
use crate::gateway::{Head, Listing, Reply, Request, Standard};
use crate::sse;
use crate::trace::Origin;
use actix_web::http::header::{CACHE_CONTROL, ContentType, ETAG, HeaderMap, IF_NONE_MATCH};
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder, web};
use futures_util::StreamExt as _;
use serde_json::Value;
use shared::ErrorCode;
use shared::limits::MAX_PROGRAM_BODY_BYTES;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// Our own time until the provider was called, in milliseconds.
const ADMISSION: &str = "x-aichat-admission-ms";
/// Headers of Anthropic's interface that go along to a provider that speaks it.
const OF_ANTHROPIC: [&str; 2] = ["anthropic-version", "anthropic-beta"];
/// Longest value of such a header, in bytes.
const MAX_HEADER_BYTES: usize = 1024;

/// A request of a program. Its body is read here, once the gate let it in.
pub struct Asked(Request);

impl FromRequest for Asked {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = AppResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut actix_web::dev::Payload) -> Self::Future {
        let (request, body) = (request.clone(), web::Payload::from_request(request, payload));
        Box::pin(async move {
            let who = CurrentUser::extract(&request).await?;
            let origin = Origin::extract(&request).await?;
            let mut body = body.await.map_err(AppError::invalid)?;
            let mut read = web::BytesMut::new();
            while let Some(chunk) = body.next().await {
                let chunk = chunk.map_err(AppError::invalid)?;
                if read.len() + chunk.len() > MAX_PROGRAM_BODY_BYTES {
                    let limit = format!("{} MiB", MAX_PROGRAM_BODY_BYTES / (1024 * 1024));
                    return Err(AppError::new(ErrorCode::RequestTooLarge).with("limit", limit));
                }
                read.extend_from_slice(&chunk);
            }
            let headers = along(request.headers());
            Ok(Self(Request { who, origin, body: read.freeze(), headers }))
        })
    }
}

fn along(headers: &HeaderMap) -> Vec<(&'static str, String)> {
    let told = OF_ANTHROPIC.into_iter().filter_map(|name| Some((name, headers.get(name)?.to_str().ok()?.to_owned())));
    told.filter(|(_, value)| value.len() <= MAX_HEADER_BYTES).collect()
}

/// `POST /v1/chat/completions`: OpenAI's Chat Completions.
pub async fn complete_chat(app: web::Data<App>, asked: Asked) -> AppResult<HttpResponse> {
    answer(&app, Standard::Chat, asked).await
}

/// `POST /v1/completions`: OpenAI's older Completions, which also fill gaps.
pub async fn complete_text(app: web::Data<App>, asked: Asked) -> AppResult<HttpResponse> {
    let id = asked.0.origin.request_id.0.clone();
    Ok(respond(&app, app.gateway.complete(asked.0).await?, &id))
}

/// `POST /code-completion/api/v1/completions`: the same as CoStrict's editors ask. Nothing to suggest is no content.
pub async fn suggest_code(app: web::Data<App>, asked: Asked) -> AppResult<HttpResponse> {
    let id = asked.0.origin.request_id.0.clone();
    let suggested = app.gateway.suggest(asked.0).await?;
    Ok(suggested.map_or_else(|| HttpResponse::NoContent().finish(), |reply| respond(&app, reply, &id)))
}

/// `POST /v1/embeddings`: vectors.
pub async fn create_embeddings(app: web::Data<App>, asked: Asked) -> AppResult<HttpResponse> {
    let id = asked.0.origin.request_id.0.clone();
    Ok(respond(&app, app.gateway.embed(asked.0).await?, &id))
}

/// `POST /v1/rerank`: documents by relevance.
pub async fn rank_documents(app: web::Data<App>, asked: Asked) -> AppResult<HttpResponse> {
    let id = asked.0.origin.request_id.0.clone();
    Ok(respond(&app, app.gateway.rank(asked.0).await?, &id))
}

/// `POST /v1/messages`: Anthropic's Messages.
pub async fn create_message(app: web::Data<App>, asked: Asked) -> AppResult<HttpResponse> {
    answer(&app, Standard::Messages, asked).await
}

/// `POST /v1/messages/count_tokens`: how many tokens such a request has.
pub async fn count_tokens(app: web::Data<App>, asked: Asked) -> AppResult<HttpResponse> {
    let id = asked.0.origin.request_id.0.clone();
    Ok(respond(&app, app.gateway.count(asked.0).await?, &id))
}

async fn answer(app: &App, standard: Standard, asked: Asked) -> AppResult<HttpResponse> {
    let id = asked.0.origin.request_id.0.clone();
    Ok(respond(app, app.gateway.answer(standard, asked.0).await?, &id))
}

fn respond(app: &App, reply: Reply, id: &str) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    // Anthropic's clients look for the id by this name; OpenAI's is set on every answer.
    response.insert_header(("request-id", id));
    match reply {
        Reply::Whole(head, body) => {
            tell(app, &mut response, &head);
            response.insert_header(ContentType::json()).body(body)
        }
        Reply::Stream(head, frames) => {
            tell(app, &mut response, &head);
            sse::send(response, frames)
        }
    }
}

/// Our own time until the provider was called, where one was.
pub(super) fn tell_admission(response: &mut HttpResponseBuilder, took: Option<Duration>) {
    if let Some(took) = took {
        response.insert_header((ADMISSION, format!("{:.3}", took.as_secs_f64() * 1_000.0)));
    }
}

/// Our own time, and what is left of budgets, in the headers that programs know from providers.
fn tell(app: &App, response: &mut HttpResponseBuilder, head: &Head) {
    tell_admission(response, head.admission);
    let now = app.clock.now();
    for left in &head.left {
        let unit = left.unit.as_str();
        response.insert_header((format!("x-ratelimit-limit-{unit}"), left.limit.to_string()));
        response.insert_header((format!("x-ratelimit-remaining-{unit}"), left.remaining.to_string()));
        if let Some(end) = left.ends_at {
            let seconds = u64::try_from(end.saturating_sub(now)).unwrap_or(0).div_ceil(1_000);
            response.insert_header((format!("x-ratelimit-reset-{unit}"), format!("{seconds}s")));
        }
    }
}

/// `GET /v1/models`: every model that the caller may use. Whoever sends Anthropic's header gets Anthropic's form.
pub async fn list_models(app: web::Data<App>, user: CurrentUser, request: HttpRequest) -> AppResult<HttpResponse> {
    tagged(&request, &app.gateway.models(&user, form(&request)))
}

/// `GET /ai-gateway/api/v1/models`: the same, of what answers in chats alone.
pub async fn list_chat_models(app: web::Data<App>, user: CurrentUser, request: HttpRequest) -> AppResult<HttpResponse> {
    tagged(&request, &app.gateway.models(&user, Listing::Chats))
}

/// `GET /v1/models/{id}`: one of them; names have slashes.
pub async fn get_model(
    app: web::Data<App>,
    user: CurrentUser,
    id: web::Path<String>,
    request: HttpRequest,
) -> AppResult<HttpResponse> {
    tagged(&request, &app.gateway.model(&user, &id, form(&request))?)
}

fn form(request: &HttpRequest) -> Listing {
    if request.headers().contains_key(OF_ANTHROPIC[0]) { Listing::Anthropic } else { Listing::OpenAi }
}

/// The answer, unless the caller has this very one. It may be kept, but is asked for anew each time.
fn tagged(request: &HttpRequest, answer: &Value) -> AppResult<HttpResponse> {
    let body = serde_json::to_vec(answer).map_err(AppError::internal)?;
    let tag = super::models::tag(&body);
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let kept = (CACHE_CONTROL, "private, no-cache");
    if known.is_some_and(|known| super::models::has(known, &tag)) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag)).insert_header(kept).finish());
    }
    Ok(HttpResponse::Ok().insert_header((ETAG, tag)).insert_header(kept).insert_header(ContentType::json()).body(body))
}
