//! What all protocols share: asking, waiting, listing; that makes a provider of each. A protocol says where to ask, what
//! to send and how to read it.

use crate::classify::{Asked, Refusal, classify};
use crate::error::Error;
use crate::event::CompletionEvent;
use crate::history::untakeable;
use crate::request::CompletionRequest;
use crate::stream::{Events, Mapper, Patience, Queue};
use crate::transport::Transport;
use crate::{CompletionStream, Fields, Hop, Interface, ModelInfo, Passage, Passing, Provider};
use async_trait::async_trait;
use egress::Response;
use egress::header::CONTENT_TYPE;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use shared::ErrorCode;
use std::time::Duration;
use tokio::time::Instant;

/// Largest list of models, in bytes; the longest in use has about one million.
const MAX_LIST_BYTES: usize = 8 * 1024 * 1024;
/// Longest wait for a list of models.
const LIST_TIME: Duration = Duration::from_secs(30);
/// Most pages of a list that are read.
const MAX_PAGES: usize = 20;
/// How much of a line that is no JSON an error repeats, in characters.
const SHOWN_CHARS: usize = 200;

/// What one protocol adds.
pub(crate) trait Wire: Send + Sync {
    /// How it reads an answer.
    type Mapper: Mapper;
    /// Whom it asks.
    fn transport(&self) -> &Transport;
    /// What it sends for one answer.
    fn question(&self, request: &CompletionRequest) -> Result<Question, Error>;
    /// A reader for one answer.
    fn mapper(&self, asked: Asked) -> Self::Mapper;
    /// Whether the refusal teaches it to do without what it added to the question by itself; then it asks once more.
    fn learns(&self, _refusal: &Refusal) -> bool {
        false
    }
    /// Where it takes requests of an interface as they are, below the base URL.
    fn door(&self, _interface: Interface, _model: &str) -> Option<String> {
        None
    }
    /// Whether its answer there has the form of the interface, so that it may be handed on as it is.
    fn answers_alike(&self, _interface: Interface, _model: &str) -> bool {
        true
    }
    /// Lays what is set for the model over the fields of a request that is passed on. Answers whether it wished for usage
    /// that nobody asked for; an error where the request cannot be said in its words.
    fn dress(&self, passing: &Passing, fields: &mut Fields) -> Result<bool, Error> {
        fields.set("model", &passing.rules.model.as_str().into());
        fields.lay_over(&passing.rules.extra);
        Ok(false)
    }
    /// Where the list of models is, or its next page.
    fn list_path(&self, page: Option<&str>) -> String;
    /// Whether the provider searches the web for a model when it is told to.
    fn searches(&self, _model: &str) -> bool {
        false
    }
    /// What is learnt of the models beside the list, for providers that keep it elsewhere.
    fn looked_up(&self, models: Vec<ModelInfo>) -> BoxFuture<'_, Vec<ModelInfo>> {
        Box::pin(std::future::ready(models))
    }
    /// Reads a page of the list, and the name of the next one.
    fn read_list(&self, body: &[u8], asked: &Asked) -> Result<Page, Error>;
}

/// A request for one answer.
pub(crate) struct Question {
    /// Below the base URL.
    pub(crate) path: String,
    /// JSON.
    pub(crate) body: Vec<u8>,
    /// Whether it holds anything that nobody asked for and a server may not know.
    pub(crate) adorned: bool,
}

impl Question {
    /// Lays the vendor's own fields over a body.
    pub(crate) fn new(path: impl Into<String>, mut body: Map<String, Value>, request: &CompletionRequest) -> Self {
        lay_over(&mut body, &request.extra);
        let body = serde_json::to_vec(&body).expect("strings and numbers always serialise");
        Self { path: path.into(), body, adorned: false }
    }
}

/// A page of a list of models.
pub(crate) struct Page {
    pub(crate) models: Vec<ModelInfo>,
    pub(crate) next: Option<String>,
}

/// Objects are merged, `null` removes a field, everything else replaces.
pub(crate) fn lay_over(body: &mut Map<String, Value>, extra: &Map<String, Value>) {
    for (name, value) in extra {
        match (body.get_mut(name), value) {
            (Some(Value::Object(below)), Value::Object(above)) => lay_over(below, above),
            (_, Value::Null) => drop(body.remove(name)),
            _ => drop(body.insert(name.clone(), value.clone())),
        }
    }
}

/// Puts a field that has a value.
pub(crate) fn put(body: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        body.insert(name.to_owned(), value.into());
    }
}

/// Whatever speaks a protocol is a provider.
#[async_trait]
impl<W: Wire> Provider for W {
    async fn models(&self) -> Result<Vec<ModelInfo>, Error> {
        let limit = LIST_TIME.min(self.transport().endpoint().timeouts.first_byte);
        let listed = tokio::time::timeout(limit, list(self)).await;
        listed.unwrap_or_else(|_| Err(self.transport().timed_out(limit)))
    }

    async fn reach(&self) -> Vec<Hop> {
        self.transport().reach().await
    }

    async fn stream(&self, request: CompletionRequest) -> Result<CompletionStream, Error> {
        answer(self, request).await
    }

    fn takes(&self, interface: Interface) -> bool {
        self.door(interface, "").is_some()
    }

    async fn pass(&self, passing: Passing) -> Result<Passage, Error> {
        crate::passage::pass(self, passing).await
    }
}

async fn list(wire: &impl Wire) -> Result<Vec<ModelInfo>, Error> {
    let (transport, asked) = (wire.transport(), wire.transport().asked(None));
    let (mut models, mut page) = (Vec::new(), None);
    for _ in 0..MAX_PAGES {
        let response = transport.get(&wire.list_path(page.as_deref())).await?;
        if !response.status().is_success() {
            let (answered, refusal) = transport.refusal(response).await;
            return Err(answered.classify(&asked, &refusal));
        }
        let read = wire.read_list(&transport.body(response, MAX_LIST_BYTES).await?, &asked)?;
        models.extend(read.models);
        page = read.next.filter(|next| !next.is_empty() && page.as_ref() != Some(next));
        if page.is_none() {
            break;
        }
    }
    for model in models.iter_mut().filter(|model| wire.searches(&model.name)) {
        model.facts.web_search = Some(true);
    }
    Ok(wire.looked_up(models).await)
}

async fn answer<W: Wire>(wire: &W, request: CompletionRequest) -> Result<CompletionStream, Error> {
    let transport = wire.transport();
    let timeouts = transport.endpoint().timeouts;
    let deadline = Instant::now() + timeouts.first_byte;
    let late = transport.timed_out(timeouts.first_byte);
    let response = match tokio::time::timeout_at(deadline, ask(wire, &request)).await {
        Ok(answer) => answer?,
        Err(_) => return Err(late),
    };
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = content_type.to_ascii_lowercase();
    let breaks = transport.breaks(response.url().clone());
    let body = response.bytes_stream().map(move |read| read.map_err(&breaks));
    let mapper = wire.mapper(transport.asked(Some(&request.model)));
    let patience = Patience::new(deadline, late, timeouts);
    let events = Events::new(Box::pin(body), mapper, &content_type, patience);
    Ok(events.witnessed(request.correlation.clone()).boxed())
}

/// Asks, and asks once more where a refusal shows how to.
async fn ask(wire: &impl Wire, request: &CompletionRequest) -> Result<Response, Error> {
    let transport = wire.transport();
    if let Some(kind) = untakeable(request) {
        return Err(no_file(kind));
    }
    loop {
        let Question { path, body, adorned } = wire.question(request)?;
        let response = transport.ask(&path, body, Vec::new(), &request.correlation).await?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (answered, refusal) = transport.refusal(response).await;
        if !(adorned && matches!(answered.status, 400 | 422) && wire.learns(&refusal)) {
            return Err(answered.classify(&transport.asked(Some(&request.model)), &refusal));
        }
    }
}

/// What stands where a piece of an answer should: an error in the provider's words, or nothing that is known.
pub(crate) fn misfit(asked: &Asked, data: &[u8]) -> Error {
    said_instead(asked, data)
        .unwrap_or_else(|_| Error::new(ErrorCode::ProviderMalformed).with_detail(&shown(data), Some(&asked.endpoint)))
}

/// What stands where a list of models should.
pub(crate) fn no_list(asked: &Asked, body: &[u8]) -> Error {
    said_instead(asked, body)
        .unwrap_or_else(|words| Error::new(ErrorCode::ProviderNotAStream).with_detail(&words, Some(&asked.endpoint)))
}

/// The error that this JSON tells; else its words.
fn said_instead(asked: &Asked, data: &[u8]) -> Result<Error, String> {
    let refusal = Refusal::read(data);
    let is_error = refusal.is_said() && serde_json::from_slice::<IgnoredAny>(data).is_ok();
    if is_error { Ok(classify(asked, None, &refusal)) } else { Err(refusal.message) }
}

/// The beginning of what was not understood.
pub(crate) fn shown(data: &[u8]) -> String {
    String::from_utf8_lossy(data).chars().take(SHOWN_CHARS).collect()
}

/// A document of a type that the protocol does not take.
pub(crate) fn no_file(media_type: &str) -> Error {
    let words = format!("documents of the type {media_type} cannot be sent to this provider");
    Error::new(ErrorCode::ProviderInvalidRequest).with_detail(&words, None)
}

/// Queues words, unless there are none.
pub(crate) fn say(text: &str, out: &mut Queue) {
    if !text.is_empty() {
        out.push_back(Ok(CompletionEvent::Text(text.to_owned())));
    }
}

/// Queues thoughts, unless there are none.
pub(crate) fn think(text: &str, out: &mut Queue) {
    if !text.is_empty() {
        out.push_back(Ok(CompletionEvent::Thinking { text: text.to_owned(), signature: None }));
    }
}

/// A name as a part of a path or value of a query. Gateways have models below names, so slashes stay; but no piece between
/// them may lead upwards, and `%2E` does that as well as a dot: such a piece is bound to the next one.
pub(crate) fn segment(name: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~:".contains(&byte);
    let escaped = |piece: &str| -> String {
        let escape = |byte: u8| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        piece.bytes().map(escape).collect()
    };
    let mut path = String::new();
    for piece in name.split_inclusive('/') {
        let (piece, slash) = piece.strip_suffix('/').map_or((piece, ""), |piece| (piece, "/"));
        path.push_str(&escaped(piece));
        path.push_str(if matches!(piece, "." | "..") && !slash.is_empty() { "%2F" } else { slash });
    }
    path
}
