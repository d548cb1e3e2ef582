//! Sends requests to one endpoint and reads answers that are no streams. It knows no protocol.

use crate::classify::{Asked, Refusal, classify_answer};
use crate::endpoint::header;
use crate::error::{Error, seconds};
use crate::{Correlation, Endpoint, Hop, Secret};
use egress::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use egress::{Egress, Method, RequestBuilder, Response, Taken};
use shared::ErrorCode;
use std::time::Duration;

/// Most bytes read of a refusal.
const MAX_REFUSAL_BYTES: usize = 64 * 1024;
/// Longest wait for the body of a refusal; its status alone says enough.
const REFUSAL_TIME: Duration = Duration::from_secs(5);

/// Kept connections that may turn out to be closed before a question is given up.
const KEPT_CONNECTIONS_TRIED: u32 = 2;

/// How a provider wants its key.
#[derive(Clone, Copy)]
pub(crate) enum Auth {
    /// `Authorization: Bearer …`.
    Bearer,
    /// In a header of its own.
    Header(&'static str),
}

/// One endpoint and the client to reach it.
#[derive(Clone)]
pub(crate) struct Transport {
    egress: Egress,
    endpoint: Endpoint,
    auth: Auth,
    /// A header that the protocol demands with every request.
    fixed: Option<(&'static str, &'static str)>,
}

impl Transport {
    pub(crate) fn new(egress: Egress, endpoint: Endpoint, auth: Auth) -> Self {
        Self { egress, endpoint, auth, fixed: None }
    }

    /// Sends this header with every request.
    pub(crate) fn with_header(self, name: &'static str, value: &'static str) -> Self {
        Self { fixed: Some((name, value)), ..self }
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub(crate) fn asked(&self, model: Option<&str>) -> Asked {
        Asked { endpoint: self.endpoint.clone(), model: model.map(str::to_owned) }
    }

    /// Asks for something by `path` below the base URL. A kept connection that the server closed at this very moment
    /// says nothing about the server: asking again is safe (RFC 9110, 9.2.2) and finds out.
    pub(crate) async fn get(&self, path: &str) -> Result<Response, Error> {
        for _ in 0..KEPT_CONNECTIONS_TRIED {
            match self.send(self.request(Method::GET, path, &[])?).await {
                Err(error) if error.code == ErrorCode::ProviderCut => {}
                answered => return answered,
            }
        }
        self.send(self.request(Method::GET, path, &[])?).await
    }

    /// Asks for an answer: posts JSON under the names that the request has, with headers of its own.
    pub(crate) async fn ask(
        &self,
        path: &str,
        json: Vec<u8>,
        mut headers: Vec<(HeaderName, HeaderValue)>,
        correlation: &Correlation,
    ) -> Result<Response, Error> {
        headers.extend(correlation.header(&self.endpoint.base_url));
        let request = self.request(Method::POST, path, &headers)?;
        let response = self.send(request.body(json)).await?;
        correlation.hear(response.headers());
        Ok(response)
    }

    /// Posts JSON. Compression is not asked for: what compresses a stream tends to hold it back.
    pub(crate) async fn post(&self, path: &str, json: Vec<u8>) -> Result<Response, Error> {
        self.send(self.request(Method::POST, path, &[])?.body(json)).await
    }

    fn request(&self, method: Method, path: &str, own: &[(HeaderName, HeaderValue)]) -> Result<RequestBuilder, Error> {
        let url = format!("{}/{path}", self.endpoint.base_url.trim_end_matches('/'));
        let request_is_posted = method == Method::POST;
        let request =
            self.egress.request(self.endpoint.trust, method, &url).map_err(|failure| self.failed(&failure))?;
        let posted = request_is_posted.then(|| {
            let of_json = HeaderValue::from_static("application/json");
            [(CONTENT_TYPE, of_json), (ACCEPT_ENCODING, HeaderValue::from_static("identity"))]
        });
        Ok(request.headers(self.headers(posted.into_iter().flatten(), own)?))
    }

    /// The protocol's headers, over them the request's own, and over all those that the connection has by itself.
    fn headers(
        &self,
        of_the_request: impl Iterator<Item = (HeaderName, HeaderValue)>,
        own: &[(HeaderName, HeaderValue)],
    ) -> Result<HeaderMap, Error> {
        let mut headers: HeaderMap = of_the_request.collect();
        if let Some((name, value)) = self.fixed {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers.extend(own.iter().cloned());
        match (&self.endpoint.key, self.auth) {
            (Some(key), Auth::Bearer) => drop(headers.insert(AUTHORIZATION, self.proof("Bearer ", key)?)),
            (Some(key), Auth::Header(name)) => {
                headers.insert(HeaderName::from_static(name), self.proof("", key)?);
            }
            (None, _) => {}
        }
        for (name, value) in &self.endpoint.headers {
            let (name, value) = header(name, value).map_err(|why| {
                let words = format!("the header {name} cannot be sent: {why}");
                Error::new(ErrorCode::ProviderInvalidRequest).with_detail(&words, None)
            })?;
            headers.insert(name, value);
        }
        Ok(headers)
    }

    fn proof(&self, scheme: &str, key: &Secret) -> Result<HeaderValue, Error> {
        // Pasting leaves invisible and full-width characters; no key has any, and each server complains differently.
        let plain = key.expose().chars().all(|c| c.is_ascii_graphic());
        let value = HeaderValue::from_str(&format!("{scheme}{}", key.expose())).ok().filter(|_| plain);
        let mut value = value.ok_or_else(|| {
            Error::new(ErrorCode::ProviderUnauthorized)
                .with("connection", &*self.endpoint.name)
                .with_detail("the key has characters that no key has", None)
        })?;
        value.set_sensitive(true);
        Ok(value)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Error> {
        self.egress.send(self.endpoint.trust, request).await.map_err(|failure| self.failed(&failure))
    }

    /// Opens a connection step by step, and closes it again.
    pub(crate) async fn reach(&self) -> Vec<Hop> {
        // What may not be reached at all is said by the request itself.
        let taken = self.egress.reach(self.endpoint.trust, &self.endpoint.base_url).await.unwrap_or_default();
        let hop =
            |Taken { step, time, failure }| Hop { step, time, error: failure.map(|failure| self.failed(&failure)) };
        taken.into_iter().map(hop).collect()
    }

    /// The error for a request that got no answer.
    fn failed(&self, failure: &egress::Failure) -> Error {
        Error::from_failure(failure, &self.endpoint, self.egress.connect_timeout())
    }

    /// The error for an answer whose first token did not come in time.
    pub(crate) fn timed_out(&self, limit: Duration) -> Error {
        Error::new(ErrorCode::ProviderTimeout).with("host", self.host()).with("seconds", seconds(limit))
    }

    fn host(&self) -> String {
        let url = url::Url::parse(&self.endpoint.base_url).ok();
        let host = url.as_ref().and_then(|url| Some((url.host_str()?, url.port())));
        match host {
            Some((host, Some(port))) => format!("{host}:{port}"),
            Some((host, None)) => host.to_owned(),
            None => self.endpoint.name.clone(),
        }
    }

    /// Reads what a provider says instead of an answer.
    pub(crate) async fn refusal(&self, response: Response) -> (Answered, Refusal) {
        let answered = Answered {
            url: response.url().to_string(),
            status: response.status().as_u16(),
            headers: response.headers().clone(),
        };
        let read = tokio::time::timeout(REFUSAL_TIME, collect(response, MAX_REFUSAL_BYTES)).await;
        let body = read.map_or_else(|_| Vec::new(), |(body, _)| body);
        (answered, Refusal::read(&body))
    }

    /// Reads a whole body of at most `most` bytes.
    pub(crate) async fn body(&self, response: Response, most: usize) -> Result<Vec<u8>, Error> {
        let url = response.url().clone();
        match collect(response, most).await {
            (body, None) if body.len() <= most => Ok(body),
            (_, None) => Err(Error::new(ErrorCode::ProviderMalformed).with_detail("the answer is too large", None)),
            (_, Some(error)) => Err(self.failed(&egress::explain(&error, &url))),
        }
    }

    /// How to explain a body that breaks off while `url` is being read.
    pub(crate) fn breaks(&self, url: url::Url) -> impl Fn(egress::Error) -> Error + Send + Unpin + use<> {
        let transport = self.clone();
        move |error| transport.failed(&egress::explain(&error, &url))
    }
}

/// The head of an answer that is no success.
pub(crate) struct Answered {
    url: String,
    pub(crate) status: u16,
    headers: HeaderMap,
}

impl Answered {
    pub(crate) fn classify(&self, asked: &Asked, refusal: &Refusal) -> Error {
        classify_answer(asked, &self.url, self.status, &self.headers, refusal)
    }
}

/// Reads until the end, an error, or more than `most` bytes.
async fn collect(mut response: Response, most: usize) -> (Vec<u8>, Option<egress::Error>) {
    let mut body = Vec::new();
    while body.len() <= most {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) => return (body, Some(error)),
        }
    }
    (body, None)
}
