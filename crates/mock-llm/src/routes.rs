//! Every path of the server but those of `oidc`: model lists, answers in every protocol, ledger. Nothing here decides what
//! a model does.

use crate::act::{Refused, Reply, Script, Style};
use crate::behaviour;
use crate::body::{Answer, Torn};
use crate::catalogue;
use crate::encode::{Identity, encoder};
use crate::keys::{self, Listing};
use crate::ledger::{Ledger, Served, now_ms};
use crate::oidc::{self, Issuer};
use crate::protocol::Protocol;
use crate::request::{Ask, ChatRequest, Form};
use crate::tokens;
use crate::whole::{self, Outcome};
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{self, Bytes, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::time::{Instant, sleep};

/// Largest request body. Real servers stop earlier; a test of large prompts must reach its behaviour.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;
/// Where keys are found, besides `Authorization: Bearer`.
const KEY_HEADERS: &[&str] = &["api-key", "x-api-key", "x-goog-api-key"];

/// What all workers share.
pub(crate) struct State {
    pub(crate) key: Option<String>,
    pub(crate) ledger: Ledger,
    pub(crate) issuer: Issuer,
}

/// Registers every path.
pub(crate) fn configure(config: &mut ServiceConfig, base_paths: &[String]) {
    config.app_data(web::PayloadConfig::new(MAX_BODY_BYTES)).configure(oidc::configure);
    for base in base_paths {
        config
            .route(&format!("{base}/models"), web::get().to(list_openai))
            .route(&format!("{base}/chat/completions"), web::post().to(answer_openai_chat))
            .route(&format!("{base}/completions"), web::post().to(answer_openai_text))
            .route(&format!("{base}/responses"), web::post().to(answer_responses))
            .route(&format!("{base}/messages"), web::post().to(answer_anthropic))
            .route(&format!("{base}/embeddings"), web::post().to(answer_embeddings))
            .route(&format!("{base}/rerank"), web::post().to(answer_rerank))
            .route(&format!("{base}/reranks"), web::post().to(answer_rerank));
    }
    config
        .route("/openai/models", web::get().to(list_openai))
        .route("/openai/v1/models", web::get().to(list_openai))
        .route("/openai/v1/chat/completions", web::post().to(answer_openai_chat))
        .route("/openai/deployments/{model}/chat/completions", web::post().to(answer_deployment))
        .route("/v2/rerank", web::post().to(answer_rerank))
        .route("/v1beta/models", web::get().to(list_gemini))
        .route("/v1beta/models/{call:.*}", web::post().to(answer_gemini))
        .route("/api/tags", web::get().to(list_ollama))
        .route("/api/show", web::post().to(show_ollama))
        .route("/api/chat", web::post().to(answer_ollama))
        .route("/ledger", web::get().to(show_ledger))
        .route("/ledger", web::delete().to(clear_ledger))
        .default_service(web::to(stray));
}

/// Anthropic has its list at the address of OpenAI's; the header that it demands tells whose is meant.
async fn list_openai(request: HttpRequest, state: Data<State>) -> HttpResponse {
    let anthropic = request.headers().contains_key("anthropic-version");
    list(&request, &state, if anthropic { Protocol::Anthropic } else { Protocol::OpenAiChat })
}

async fn list_gemini(request: HttpRequest, state: Data<State>) -> HttpResponse {
    list(&request, &state, Protocol::Gemini)
}

async fn list_ollama(request: HttpRequest, state: Data<State>) -> HttpResponse {
    list(&request, &state, Protocol::Ollama)
}

fn list(request: &HttpRequest, state: &State, protocol: Protocol) -> HttpResponse {
    state.ledger.count_list();
    if let Some(refusal) = refuse_key(state, key(request), protocol) {
        return refusal;
    }
    let names: Vec<&str> = behaviour::behaviours().map(|about| about.example).collect();
    match keys::listing(key(request).unwrap_or_default()) {
        Listing::Usual => HttpResponse::Ok().json(catalogue::list(protocol, names.into_iter())),
        Listing::Relay => {
            HttpResponse::Ok().json(catalogue::list(protocol, catalogue::relay(&names).iter().map(String::as_str)))
        }
        Listing::Missing => plain(Reply::error(404, "invalid_request_error", None, "There is no such list."), protocol),
        Listing::Refused => plain(behaviour::wrong_key("a dead key"), protocol),
    }
}

/// Ollama tells what a model can in an answer of its own.
async fn show_ollama(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    if let Some(refusal) = refuse_key(&state, key(&request), Protocol::Ollama) {
        return refusal;
    }
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    HttpResponse::Ok().json(catalogue::shown(asked["model"].as_str().unwrap_or_default()))
}

async fn answer_openai_chat(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    answer(&request, &body, &state, Protocol::OpenAiChat, |_| {}).await
}

async fn answer_openai_text(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    answer(&request, &body, &state, Protocol::OpenAiText, |_| {}).await
}

async fn answer_responses(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    answer(&request, &body, &state, Protocol::OpenAiResponses, |_| {}).await
}

async fn answer_anthropic(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    answer(&request, &body, &state, Protocol::Anthropic, |_| {}).await
}

async fn answer_ollama(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    answer(&request, &body, &state, Protocol::Ollama, |_| {}).await
}

async fn answer_embeddings(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    answer(&request, &body, &state, Protocol::Embeddings, |_| {}).await
}

async fn answer_rerank(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    answer(&request, &body, &state, Protocol::Rerank, |_| {}).await
}

/// Azure's older form: the path names the deployment.
async fn answer_deployment(request: HttpRequest, model: Path<String>, body: Bytes, state: Data<State>) -> HttpResponse {
    answer(&request, &body, &state, Protocol::OpenAiChat, |ask| ask.model = model.into_inner()).await
}

/// `{model}:generateContent`, `{model}:streamGenerateContent` or `{model}:batchEmbedContents`.
async fn answer_gemini(request: HttpRequest, call: Path<String>, body: Bytes, state: Data<State>) -> HttpResponse {
    let Some((model, method)) = call.rsplit_once(':') else { return stray(request, state).await };
    let stream = method == "streamGenerateContent";
    let protocol = if method == "batchEmbedContents" { Protocol::Embeddings } else { Protocol::Gemini };
    answer(&request, &body, &state, protocol, |ask| {
        ask.model = model.to_owned();
        ask.stream = stream;
    })
    .await
}

async fn answer(
    request: &HttpRequest,
    body: &[u8],
    state: &State,
    protocol: Protocol,
    complete: impl FnOnce(&mut ChatRequest),
) -> HttpResponse {
    let started = Instant::now();
    let key = key(request);
    if let Some(refusal) = refuse_key(state, key, protocol) {
        return refusal;
    }
    let mut chat = match serde_json::from_slice::<Value>(body) {
        Ok(body) => ChatRequest::read(protocol, &body),
        Err(error) => return plain(Reply::error(400, "invalid_request_error", None, &error.to_string()), protocol),
    };
    complete(&mut chat);
    let served = state.ledger.open(&chat, key);
    if let Some(refusal) = key.and_then(|key| keys::refusal(key, protocol)) {
        finish(served);
        return plain(refusal, protocol);
    }
    let identity = identity(&chat.model);
    let mut ask = Ask { request: chat, key: key.map(str::to_owned), numbers: Vec::new(), identity };
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
            plain(other, protocol)
        }
    }
}

fn stream(ask: &Ask, script: Script, style: Style, served: Served, started: Instant) -> HttpResponse {
    served.begin(prompt_tokens(ask));
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, ask.request.protocol.stream_type()))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(Answer::new(script, encoder(ask, style), served, prompt_tokens(ask), started))
}

async fn whole(ask: &Ask, script: Script, served: Served, started: Instant) -> HttpResponse {
    served.begin(prompt_tokens(ask));
    let counted = (ask.request.form == Form::Words).then_some(&served);
    let encoder = encoder(ask, Style::Plain);
    let outcome = whole::fold(script, &*encoder, counted, prompt_tokens(ask), started).await;
    finish(served);
    match outcome {
        Outcome::Completion(document) => HttpResponse::Ok().json(document),
        Outcome::Failed(refused) => refuse(&refused, Vec::new(), ask.request.protocol),
        Outcome::Broken(text) => HttpResponse::Ok().content_type("application/json").body(text),
        Outcome::Cut(text) => {
            HttpResponse::Ok().content_type("application/json").body(Torn((!text.is_empty()).then(|| text.into())))
        }
    }
}

fn refuse(refused: &Refused, headers: Vec<(&'static str, &'static str)>, protocol: Protocol) -> HttpResponse {
    let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for header in headers {
        response.insert_header(header);
    }
    response.json(protocol.refusal(refused))
}

fn plain(reply: Reply, protocol: Protocol) -> HttpResponse {
    let (status, headers, content_type, body) = match reply {
        Reply::Refusal(refused, headers) => return refuse(&refused, headers, protocol),
        Reply::Plain { status, headers, content_type, body } => (status, headers, content_type, body),
        Reply::Chat { .. } | Reply::WholeChat(_) => return HttpResponse::InternalServerError().finish(),
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

fn identity(model: &str) -> Identity {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    Identity { number, model: model.to_owned(), created: now_ms() / 1000 }
}

/// A fixed rule instead of a tokenizer: a token for every four bytes begun, unless the model counts as real ones do.
fn prompt_tokens(ask: &Ask) -> u64 {
    if behaviour::COUNTING.contains(&ask.request.model.as_str()) {
        return tokens::conversation(&ask.request);
    }
    ask.request.prompt_bytes().div_ceil(4)
}

/// The key, in whichever way the protocol sends it.
fn key(request: &HttpRequest) -> Option<&str> {
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let bearer = header(AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "));
    bearer.or_else(|| KEY_HEADERS.iter().find_map(|name| header(name)))
}

fn refuse_key(state: &State, given: Option<&str>, protocol: Protocol) -> Option<HttpResponse> {
    let key = state.key.as_deref()?;
    (given != Some(key)).then(|| plain(behaviour::wrong_key("a key"), protocol))
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
    plain(Reply::error(404, "invalid_request_error", None, &message), Protocol::OpenAiChat)
}
