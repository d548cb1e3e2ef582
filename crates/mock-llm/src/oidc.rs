//! An OpenID Connect issuer beside the models: the *name of the person* selects what happens (`person`).
//!
//! The authorization code flow with PKCE, as RFC 6749 (sections 4.1, 5.1 and 5.2), RFC 7636 (4.6), OpenID Connect Core 1.0
//! (2, 3.1 and 5.3) and OpenID Connect Discovery 1.0 (3 and 4) describe it. Nobody is asked for a password: `login_hint`,
//! or `person` added to the address of the authorization, says who signs in. Every client is known but `unknown`, every
//! secret right but `wrong`; a client whose name begins with `casdoor` gets tokens as Casdoor writes them. The paths are
//! Casdoor's too, so that a client which guesses them instead of reading the discovery document is found out.
//!
//! Nothing is written to disk. Tokens are signed with ES256: the RS256 that Discovery demands of real issuers needs a key
//! that takes seconds to make without optimisation.

mod key;
mod person;
mod store;
mod token;

pub use person::people;

use crate::ledger::Ledger;
use crate::routes::State;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, LOCATION, WWW_AUTHENTICATE};
use actix_web::web::{self, Bytes, Data, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use key::Key;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::Duration;
use store::{Grant, Store};
use url::Url;

/// What the issuer remembers, until it is dropped.
#[derive(Default)]
pub(crate) struct Issuer {
    key: Key,
    store: Mutex<Store>,
}

/// An error of OAuth: its code and a sentence.
type Refusal = (&'static str, &'static str);

/// Registers the issuer's paths.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .route("/.well-known/openid-configuration", web::get().to(discover))
        // Casdoor's documents of single applications name the one issuer too.
        .route("/.well-known/{application}/openid-configuration", web::get().to(discover))
        .route("/.well-known/jwks", web::get().to(publish))
        .route("/login/oauth/authorize", web::get().to(authorize))
        .route("/api/login/oauth/access_token", web::post().to(redeem))
        .route("/api/userinfo", web::get().to(tell))
        .route("/api/userinfo", web::post().to(tell));
}

/// The issuer's name: where it listens, whatever host the caller asked for.
fn issuer(request: &HttpRequest) -> String {
    format!("http://{}", request.app_config().local_addr())
}

async fn discover(request: HttpRequest) -> HttpResponse {
    let issuer = issuer(&request);
    HttpResponse::Ok().json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/login/oauth/authorize"),
        "token_endpoint": format!("{issuer}/api/login/oauth/access_token"),
        "userinfo_endpoint": format!("{issuer}/api/userinfo"),
        "jwks_uri": format!("{issuer}/.well-known/jwks"),
        "scopes_supported": ["openid", "profile", "email", "address"],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": ["sub", "name", "preferred_username", "email", "email_verified", "address"],
    }))
}

async fn publish(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(state.issuer.key.published())
}

/// What a client sends the browser with. Whatever is missing is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Authorization {
    client_id: String,
    redirect_uri: String,
    response_type: String,
    scope: String,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    login_hint: Option<String>,
    person: Option<String>,
}

impl Authorization {
    fn person(&self) -> String {
        person::login(self.person.as_deref().or(self.login_hint.as_deref()))
    }

    /// Why there is no code (RFC 6749, 4.1.2.1; RFC 7636, 4.4.1).
    fn refusal(&self) -> Option<&'static str> {
        let openid = self.scope.split(' ').any(|scope| scope == "openid");
        let digest = self.code_challenge.is_none() || self.code_challenge_method.as_deref() == Some("S256");
        match () {
            () if self.response_type != "code" => Some("unsupported_response_type"),
            () if !openid => Some("invalid_scope"),
            () if !digest => Some("invalid_request"),
            () if person::denies(&self.person()) => Some("access_denied"),
            () => None,
        }
    }

    fn grant(self) -> Grant {
        Grant {
            person: self.person(),
            client: self.client_id,
            redirect: self.redirect_uri,
            challenge: self.code_challenge,
            nonce: self.nonce,
            scope: self.scope,
        }
    }
}

async fn authorize(query: Query<Authorization>, state: Data<State>) -> HttpResponse {
    let mut asked = query.into_inner();
    // Without a client and its address there is nobody to send an error to.
    let target = Url::parse(&asked.redirect_uri).ok().filter(|_| !asked.client_id.is_empty());
    let Some(mut target) = target else {
        return refuse(("invalid_request", "client_id or redirect_uri is missing or invalid"));
    };
    let carried = asked.state.take();
    let (name, value) = match asked.refusal() {
        Some(error) => ("error", error.to_owned()),
        None => ("code", store::lock(&state.issuer.store).grant(asked.grant())),
    };
    target.query_pairs_mut().append_pair(name, &value).extend_pairs(carried.map(|carried| ("state", carried)));
    HttpResponse::Found().insert_header((LOCATION, target.as_str())).finish()
}

async fn redeem(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    let asked = token::Redemption::read(authorization(&request), &body);
    match tokens(&state.issuer, &state.ledger, &asked, &issuer(&request)) {
        Ok((tokens, wait_ms)) => {
            actix_web::rt::time::sleep(Duration::from_millis(wait_ms)).await;
            HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(tokens)
        }
        Err(refusal) => refuse(refusal),
    }
}

fn tokens(issuer: &Issuer, ledger: &Ledger, asked: &token::Redemption, name: &str) -> Result<(Value, u64), Refusal> {
    asked.check_client()?;
    let mut store = store::lock(&issuer.store);
    // A code is worth something once, also when what comes with it is wrong.
    let grant = store.redeem(&asked.code).ok_or(("invalid_grant", "the code is unknown or was used before"))?;
    asked.check(&grant)?;
    let sign_in = person::sign_in(&grant, name);
    if sign_in.rotated {
        issuer.key.rotate();
    }
    let id_token = issuer.key.token(&sign_in);
    let access_token = if grant.is_casdoor() { id_token.clone() } else { key::secret() };
    store.admit(access_token.clone(), sign_in.profile);
    ledger.count_login();
    let tokens = json!({
        "access_token": access_token, "id_token": id_token, "token_type": "Bearer",
        "expires_in": person::LIFETIME_SECONDS, "scope": grant.scope,
    });
    Ok((tokens, sign_in.wait_ms))
}

/// Tells what is known about the person whose token it is.
async fn tell(request: HttpRequest, state: Data<State>) -> HttpResponse {
    let token = authorization(&request).and_then(|value| value.strip_prefix("Bearer "));
    let profile = token.and_then(|token| store::lock(&state.issuer.store).profile(token));
    match profile {
        Some(profile) => HttpResponse::Ok().json(profile),
        None => HttpResponse::Unauthorized()
            .insert_header((WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#))
            .json(json!({"error": "invalid_token", "error_description": "the access token is unknown"})),
    }
}

fn authorization(request: &HttpRequest) -> Option<&str> {
    request.headers().get(AUTHORIZATION)?.to_str().ok()
}

/// RFC 6749, 5.2: 401 and a challenge for a client that is not who it says, 400 for everything else.
fn refuse((error, description): Refusal) -> HttpResponse {
    let mut response = if error == "invalid_client" {
        let mut response = HttpResponse::Unauthorized();
        response.insert_header((WWW_AUTHENTICATE, r#"Basic realm="mock-llm""#));
        response
    } else {
        HttpResponse::BadRequest()
    };
    response.insert_header((CACHE_CONTROL, "no-store")).json(json!({"error": error, "error_description": description}))
}
