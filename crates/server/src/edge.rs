//! The outermost layer: every request gets an id, every failure its envelope and its log line, every answer the headers
//! that keep caches, sniffers and frames away from it.

mod cors;

pub use cors::Origins;

use crate::App;
use crate::auth::gate::Credential;
use crate::error::AppError;
use crate::error::standards::Form;
use crate::trace::Origin;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap,
    HeaderName, HeaderValue, ORIGIN, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, HttpResponse, dev::Payload, web};
use shared::trace::Via;
use shared::{ErrorCode, RequestId};
use std::future::{Ready, ready};
use std::time::Instant;

/// What the browser may load and run. Styles inline: formulas and diagrams set style attributes.
pub const CSP: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; \
    base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// What the frames of previews are: pages of nobody, without an origin, a network or anything of this server but the
/// scripts beside them. Code of models runs in one, so their own pages narrow this further.
pub const PREVIEW_CSP: &str = "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'; \
    img-src data: blob:; font-src data:; media-src data: blob:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'self'; sandbox allow-scripts";

/// Where metrics are: of the server, and nothing that the edge passes on.
const METRICS: &str = "/metrics";
const REQUEST_ID: &str = "x-request-id";
/// Longest request id taken over from a proxy, in bytes.
const MAX_REQUEST_ID: usize = 64;

/// The id of the request that is being answered.
#[derive(Clone, Debug)]
pub struct ThisRequest(pub RequestId);

/// When the head of the request was read.
#[derive(Clone, Copy, Debug)]
pub struct Arrived(pub Instant);

impl FromRequest for Arrived {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(request.extensions().get::<Self>().copied().unwrap_or_else(|| Self(Instant::now()))))
    }
}

impl FromRequest for ThisRequest {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.extensions().get::<Self>().cloned();
        ready(id.ok_or_else(|| AppError::internal(anyhow::anyhow!("request without an id"))))
    }
}

impl FromRequest for Origin {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let since = request.extensions().get::<Arrived>().map_or_else(Instant::now, |arrived| arrived.0);
        let via = match Credential::of(request) {
            Some(Credential::Cookie(_)) => Via::Spa,
            _ => Via::Api,
        };
        let id = ThisRequest::from_request(request, payload).into_inner();
        ready(id.map(|id| Self { request_id: id.0, via, since }))
    }
}

/// The layer, for `actix_web::middleware::from_fn`.
///
/// # Errors
/// A failure of an inner layer, with our answer inside.
pub async fn stamp<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let id = request_id(&request);
    request.extensions_mut().insert(ThisRequest(id.clone()));
    request.extensions_mut().insert(Arrived(started));
    // The request itself must not be kept: the router insists on being its only holder.
    let call = Call { method: request.method().clone(), path: request.path().to_owned(), id };
    let app = request.app_data::<web::Data<App>>().cloned();
    let count = |pattern: Option<&str>, status: StatusCode| {
        if let Some(app) = &app {
            app.metrics.requests.count(call.method.as_str(), pattern, status.as_u16(), started.elapsed());
        }
    };
    if is_api(&call.path) && request.headers().contains_key(ORIGIN) {
        name_refused(&request);
    }
    match next.call(request).await {
        Ok(response) => {
            count(response.request().match_pattern().as_deref(), response.status());
            let failure = response.response().error().map(describe);
            let mut response = match failure {
                Some(failure) => {
                    let refusal = keep_cors(response.headers(), call.refuse(&failure));
                    response.into_response(refusal)
                }
                None => response.map_into_boxed_body(),
            };
            protect(response.headers_mut(), &call);
            call.log(response.status().as_u16(), started);
            Ok(response)
        }
        Err(error) => {
            let failure = describe(&error);
            let mut response = call.refuse(&failure);
            count(None, response.status());
            protect(response.headers_mut(), &call);
            call.log(response.status().as_u16(), started);
            Err(InternalError::from_response(failure, response).into())
        }
    }
}

/// Logs a page of another website that may not call the API.
fn name_refused(request: &ServiceRequest) {
    let Some(app) = request.app_data::<web::Data<App>>() else { return };
    if let Some(line) = app.origins.complaint(request.request(), app.auth.trust()) {
        tracing::warn!("{line}");
    }
}

/// A refusal in our own envelope, with what lets a listed website read it.
fn keep_cors(said: &HeaderMap, mut refusal: HttpResponse) -> HttpResponse {
    for name in [ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, VARY] {
        if let Some(value) = said.get(&name) {
            refusal.headers_mut().insert(name, value.clone());
        }
    }
    refusal
}

/// What the log says of a request.
struct Call {
    method: Method,
    path: String,
    id: RequestId,
}

impl Call {
    fn refuse(&self, failure: &AppError) -> HttpResponse {
        let (id, method, path, code) = (&self.id, &self.method, &self.path, failure.code.as_str());
        if failure.code.status() >= 500 {
            tracing::error!(request_id = %id, %method, path, code, cause = ?failure.cause, "request failed");
        } else {
            tracing::info!(request_id = %id, %method, path, code, "request refused");
        }
        // Below `/v1` programs know the standard's own form alone.
        match Form::at(path) {
            Some(form) => form.response(failure, self.id.as_str()),
            None => failure.response(self.id.as_str()),
        }
    }

    fn log(&self, status: u16, started: Instant) {
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(request_id = %self.id, method = %self.method, path = self.path, status, ms, "answered");
    }
}

/// The roots of what belongs to the server, in production too: the edge passes these on and keeps the rest.
pub const ROOTS: [&str; 5] = ["/api", "/v1", "/ai-gateway", "/code-completion", "/docs"];

/// Whether a path belongs to programs: failures there are JSON, answers are never cached.
#[must_use]
pub fn is_api(path: &str) -> bool {
    ROOTS.iter().any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

fn request_id(request: &ServiceRequest) -> RequestId {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let fits = (8..=MAX_REQUEST_ID).contains(&given.len());
    if fits && given.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') {
        return RequestId(given.to_owned());
    }
    RequestId(crate::clock::new_id())
}

/// Our own error, or a foreign one translated by its status.
fn describe(error: &Error) -> AppError {
    if let Some(own) = error.as_error::<AppError>() {
        return AppError {
            code: own.code,
            params: own.params.clone(),
            cause: own.cause.as_ref().map(|cause| anyhow::anyhow!("{cause:#}")),
        };
    }
    let status = error.as_response_error().status_code().as_u16();
    match status {
        404 => ErrorCode::RouteNotFound.into(),
        405 => ErrorCode::MethodNotAllowed.into(),
        413 => crate::error::too_large(),
        400..=499 => AppError::invalid(error),
        _ => AppError::internal(anyhow::anyhow!("{error}")),
    }
}

/// Headers of every answer. A handler's own `Cache-Control` stands, and so does its stricter policy for what it sends.
fn protect(headers: &mut HeaderMap, call: &Call) {
    let is_preview = call.path.starts_with("/preview/");
    let mut set = |name: &'static str, value: &'static str| {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    };
    set("x-content-type-options", "nosniff");
    set("referrer-policy", "no-referrer");
    set("x-frame-options", if is_preview { "SAMEORIGIN" } else { "DENY" });
    if is_preview {
        // A page without an origin is a stranger to its own scripts. They are the same for everybody.
        set("access-control-allow-origin", "*");
        set("x-dns-prefetch-control", "off");
    }
    if is_api(&call.path) || call.path == METRICS {
        // 1Panel's proxy cache ignores Cache-Control and would hand one person's answer to another; these two it obeys.
        set("x-accel-expires", "0");
        headers.append(VARY, HeaderValue::from_static("Authorization, Cookie"));
        if !headers.contains_key(CACHE_CONTROL) {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        }
        if !headers.contains_key(CONTENT_SECURITY_POLICY) {
            let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
            headers.insert(CONTENT_SECURITY_POLICY, nothing);
        }
    } else {
        let policy = if is_preview { PREVIEW_CSP } else { CSP };
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    if let Ok(value) = HeaderValue::from_str(call.id.as_str()) {
        headers.insert(HeaderName::from_static(REQUEST_ID), value);
    }
}
