//! The calls to a service: its document, its keys, the code for a token, and what more it knows of a person. Answers are short
//! and come soon, or are none.

use super::discovery::{self, Document, Found};
use super::flow::{Flow, said};
use super::keys::Keys;
use super::{person, trimmed};
use crate::db::providers::ProviderRow;
use crate::error::{AppError, AppResult};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use egress::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use egress::{Egress, Failure, FailureKind, Method, RequestBuilder, Trust};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use shared::ErrorCode;
use std::time::Duration;
use url::{Url, form_urlencoded};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 512 * 1024;

/// The way to a service.
pub(super) struct Way<'a> {
    egress: &'a Egress,
    /// The origins that an administrator vouches for, private or not.
    vouched: Vec<url::Origin>,
}

/// What a code is redeemed for.
#[derive(Deserialize)]
pub(super) struct Tokens {
    pub(super) id_token: String,
    #[serde(default)]
    pub(super) access_token: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

struct Reply {
    status: u16,
    body: Bytes,
}

impl<'a> Way<'a> {
    pub(super) fn to(egress: &'a Egress, provider: &ProviderRow) -> Self {
        let addresses = [Some(&provider.issuer), provider.terms.internal_url.as_ref()];
        let origin = |address: &String| Url::parse(address).ok().map(|url| url.origin());
        Self { egress, vouched: addresses.into_iter().flatten().filter_map(origin).collect() }
    }

    /// Asks the service about itself.
    ///
    /// # Errors
    /// `oidc.unreachable`, `egress.blocked`, `oidc.discovery`.
    pub(super) async fn discover(&self, provider: &ProviderRow) -> AppResult<Found> {
        let address = discovery::address(provider);
        let document: Document = self.json(&address).await?;
        document.check(provider).map_err(|detail| undiscovered(&address, detail))
    }

    /// The service's keys.
    ///
    /// # Errors
    /// `oidc.unreachable`, `egress.blocked`, `oidc.discovery`.
    pub(super) async fn keys(&self, found: &Found) -> AppResult<Keys> {
        let set: Value = self.json(&found.keys).await?;
        Keys::of(&set).ok_or_else(|| undiscovered(&found.keys, "it is no set of keys"))
    }

    /// Redeems a code.
    ///
    /// # Errors
    /// `oidc.client` when the service does not know this server, `oidc.denied`, `oidc.token`, `oidc.unreachable`.
    pub(super) async fn redeem(
        &self,
        found: &Found,
        provider: &ProviderRow,
        secret: Option<&str>,
        flow: &Flow,
        code: &str,
    ) -> AppResult<Tokens> {
        let (trust, mut request) = self.request(Method::POST, &found.token)?;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &flow.redirect),
            ("code_verifier", &flow.verifier),
        ]);
        match secret {
            Some(secret) if !found.secret_in_body => {
                request = request.header(AUTHORIZATION, basic(&provider.terms.client_id, secret));
            }
            Some(secret) => {
                form.extend_pairs([("client_id", provider.terms.client_id.as_str()), ("client_secret", secret)]);
            }
            None => {
                form.append_pair("client_id", &provider.terms.client_id);
            }
        }
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.finish());
        let reply = self.send(trust, request, &found.token).await?;
        if reply.status == 200 {
            let unread = |_| AppError::new(ErrorCode::OidcToken).with("detail", "the answer has no identity token");
            return serde_json::from_slice(&reply.body).map_err(unread);
        }
        let refusal: Refusal = serde_json::from_slice(&reply.body).unwrap_or_default();
        Err(match refusal.error.as_str() {
            "invalid_client" | "unauthorized_client" => AppError::new(ErrorCode::OidcClient)
                .with("client", &provider.terms.client_id)
                .with("redirect", &flow.redirect),
            "" => AppError::new(ErrorCode::OidcDenied).with("detail", format!("status {}", reply.status)),
            error => {
                AppError::new(ErrorCode::OidcDenied).with("detail", said(error, refusal.error_description.as_deref()))
            }
        })
    }

    /// The claims with what more the service knows, where they do not say what a person is called. A service that does not
    /// answer takes nothing away; one that answers for somebody else is not believed.
    ///
    /// # Errors
    /// `oidc.token`.
    pub(super) async fn completed(
        &self,
        found: &Found,
        claims: Map<String, Value>,
        access_token: &str,
    ) -> AppResult<Map<String, Value>> {
        let Some(address) = found.userinfo.as_deref().filter(|_| !access_token.is_empty()) else { return Ok(claims) };
        if person::has_name(&claims) {
            return Ok(claims);
        }
        let more = self.tell(address, access_token).await.unwrap_or_default();
        if more.is_empty() {
            return Ok(claims);
        }
        if more.get("sub") != claims.get("sub") {
            let detail = "the service tells of somebody else than the token";
            return Err(AppError::new(ErrorCode::OidcToken).with("detail", detail));
        }
        // What was signed counts more.
        Ok(more.into_iter().chain(claims).collect())
    }

    async fn tell(&self, address: &str, access_token: &str) -> AppResult<Map<String, Value>> {
        let (trust, request) = self.request(Method::GET, address)?;
        let request = request.header(AUTHORIZATION, format!("Bearer {access_token}"));
        let reply = self.send(trust, request, address).await?;
        Ok(serde_json::from_slice(&reply.body).ok().filter(|_| reply.status == 200).unwrap_or_default())
    }

    async fn json<T: DeserializeOwned>(&self, address: &str) -> AppResult<T> {
        let (trust, request) = self.request(Method::GET, address)?;
        let reply = self.send(trust, request, address).await?;
        if reply.status != 200 {
            return Err(undiscovered(address, format!("status {}", reply.status)));
        }
        serde_json::from_slice(&reply.body).map_err(|error| undiscovered(address, error))
    }

    fn request(&self, method: Method, address: &str) -> AppResult<(Trust, RequestBuilder)> {
        let origin = Url::parse(address).map_err(|_| undiscovered(address, "it is no address"))?.origin();
        // What a service names elsewhere is its word alone.
        let trust = if self.vouched.contains(&origin) { Trust::Admin } else { Trust::User };
        let request = self.egress.request(trust, method, address).map_err(unreachable)?;
        Ok((trust, request.header(ACCEPT, "application/json")))
    }

    async fn send(&self, trust: Trust, request: RequestBuilder, address: &str) -> AppResult<Reply> {
        let answer = async {
            let mut response = self.egress.send(trust, request).await.map_err(unreachable)?;
            let mut body = BytesMut::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| broken(address, &error))? {
                if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                    return Err(undiscovered(address, "the answer is too long"));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Reply { status: response.status().as_u16(), body: body.freeze() })
        };
        let late = |_| gone(host(address), format!("no answer within {} s", PATIENCE.as_secs()));
        tokio::time::timeout(PATIENCE, answer).await.map_err(late)?
    }
}

fn basic(client: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(client), encoded(secret))))
}

fn host(address: &str) -> String {
    let host = Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| trimmed(address).chars().take(100).collect())
}

fn undiscovered(address: &str, detail: impl std::fmt::Display) -> AppError {
    AppError::new(ErrorCode::OidcDiscovery).with("address", address).with("detail", detail)
}

fn unreachable(failure: Failure) -> AppError {
    if failure.kind == FailureKind::Blocked {
        return AppError::new(ErrorCode::EgressBlocked).with("host", failure.host).with("detail", failure.detail);
    }
    gone(failure.host, failure.detail)
}

fn broken(address: &str, error: &egress::Error) -> AppError {
    match Url::parse(address) {
        Ok(url) => unreachable(egress::explain(error, &url)),
        Err(_) => gone(host(address), "the answer broke off".to_owned()),
    }
}

fn gone(host: String, detail: String) -> AppError {
    AppError::new(ErrorCode::OidcUnreachable).with("host", host).with("detail", detail)
}
