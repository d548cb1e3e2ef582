//! Every path of the server: model list, completions, ledger. Nothing here decides what a model does.

use crate::act::{Reply, Script, Style};
use crate::behaviour;
use crate::body::{Answer, Torn};
use crate::frames::{Frames, Identity};
use crate::ledger::{Ledger, Served, now_ms};
use crate::request::{Ask, ChatRequest};
use crate::whole::{self, Whole};
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::time::{Instant, sleep};

/// Largest request body. Real servers stop earlier; a test of large prompts must reach its behaviour.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// What all workers share.
pub(crate) struct State {
    pub(crate) key: Option<String>,
    pub(crate) ledger: Ledger,
}

/// Registers every path.
pub(crate) fn configure(config: &mut ServiceConfig, base_paths: &[String]) {
    config.app_data(web::PayloadConfig::new(MAX_BODY_BYTES));
    for base in base_paths {
        config
            .route(&format!("{base}/models"), web::get().to(list_models))
            .route(&format!("{base}/chat/completions"), web::post().to(create_completion));
    }
    config
        .route("/ledger", web::get().to(show_ledger))
        .route("/ledger", web::delete().to(clear_ledger))
        .default_service(web::to(stray));
}

async fn list_models(request: HttpRequest, state: Data<State>) -> HttpResponse {
    state.ledger.count_list();
    if let Some(refusal) = refuse_key(&state, bearer(&request)) {
        return refusal;
    }
    let models = behaviour::behaviours()
        .map(|about| json!({"id": about.example, "object": "model", "created": 0, "owned_by": "mock-llm"}));
    HttpResponse::Ok().json(json!({"object": "list", "data": models.collect::<Vec<_>>()}))
}

async fn create_completion(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    let started = Instant::now();
    let bearer = bearer(&request);
    if let Some(refusal) = refuse_key(&state, bearer) {
        return refusal;
    }
    let chat: ChatRequest = match serde_json::from_slice(&body) {
        Ok(chat) => chat,
        Err(error) => return plain(Reply::error(400, "invalid_request_error", None, &error.to_string())),
    };
    let served = state.ledger.open(&chat, bearer.is_some());
    let mut ask = Ask { request: chat, bearer: bearer.map(str::to_owned), numbers: Vec::new() };
    match behaviour::reply(&mut ask) {
        Reply::Chat { script, style, delay } => {
            if !delay.is_zero() {
                sleep(delay).await;
            }
            if ask.request.stream {
                stream(&ask, script, style, served, started)
            } else {
                whole(&ask, script, served, started).await
            }
        }
        Reply::WholeChat(script) => whole(&ask, script, served, started).await,
        other => {
            finish(served);
            plain(other)
        }
    }
}

fn stream(ask: &Ask, script: Script, style: Style, served: Served, started: Instant) -> HttpResponse {
    let frames = Frames::new(style, identity(ask));
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(Answer::new(script, frames, served, prompt_tokens(ask), started))
}

async fn whole(ask: &Ask, script: Script, served: Served, started: Instant) -> HttpResponse {
    let whole = whole::fold(script, &identity(ask), &served, prompt_tokens(ask), started).await;
    finish(served);
    match whole {
        Whole::Completion(document) => HttpResponse::Ok().json(document),
        Whole::Failed(error) => HttpResponse::InternalServerError().json(error),
        Whole::Broken(text) => HttpResponse::Ok().content_type("application/json").body(text),
        Whole::Cut(text) => {
            HttpResponse::Ok().content_type("application/json").body(Torn((!text.is_empty()).then(|| text.into())))
        }
    }
}

fn plain(reply: Reply) -> HttpResponse {
    let Reply::Plain { status, headers, content_type, body } = reply else {
        return HttpResponse::InternalServerError().finish();
    };
    let mut response = HttpResponse::build(status);
    for header in headers {
        response.insert_header(header);
    }
    response.content_type(content_type).body(body)
}

fn finish(mut served: Served) {
    served.finish();
}

fn identity(ask: &Ask) -> Identity {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    Identity { id: format!("chatcmpl-{number}"), model: ask.request.model.clone(), created: now_ms() / 1000 }
}

/// A fixed rule instead of a tokenizer: a token for every four bytes begun.
fn prompt_tokens(ask: &Ask) -> u64 {
    ask.request.prompt_bytes().div_ceil(4)
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    request.headers().get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn refuse_key(state: &State, bearer: Option<&str>) -> Option<HttpResponse> {
    let key = state.key.as_deref()?;
    (bearer != Some(key)).then(|| plain(behaviour::wrong_key("a key")))
}

async fn show_ledger(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(json!({"totals": state.ledger.totals(), "records": state.ledger.records()}))
}

async fn clear_ledger(state: Data<State>) -> HttpResponse {
    state.ledger.clear();
    HttpResponse::NoContent().finish()
}

async fn stray(request: HttpRequest, state: Data<State>) -> HttpResponse {
    state.ledger.count_stray();
    let message = format!("Invalid URL ({} {})", request.method(), request.path());
    plain(Reply::error(404, "invalid_request_error", None, &message))
}
