//! The gate: before anything of a request but its head is read, finds out who calls and whether they may. What the
//! table of routes does not name is not let through to a handler: it ends in the 404 of the default service.

use super::{Auth, CurrentUser, cookies};
use crate::App;
use crate::config::SecretString;
use crate::error::{AppError, AppResult};
use crate::routes::Line;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, web};
use sha2::{Digest as _, Sha256};
use shared::ErrorCode;
use shared::accounts::UserRole;
use shared::keys::SECRET_PREFIX;
use shared::second_factor::SecondFactorRule;

/// Where Anthropic's clients show a key.
const API_KEY: &str = "x-api-key";

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody; a signed-in caller is known all the same, one with a key is not.
    Public,
    /// Everybody with an active account, also who has to replace their password or set up a second factor first.
    Account,
    /// Everybody with an active account, a password of their own, and a second factor where the rule asks for one.
    User,
    /// Active administrators.
    Admin,
    /// Whoever shows a pass for the self-test, and no login.
    SelfTest,
    /// Whoever shows the operator's token for metrics, and active administrators; nobody while metrics are switched off.
    Metrics,
}

/// Middleware for `actix_web::middleware::from_fn`.
///
/// # Errors
/// Those of the layers inside.
pub async fn gate<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match admit(&request).await {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        // An answer, not an error: the layers around add their headers to answers alone.
        Err(refusal) => Ok(request.error_response(refusal).map_into_right_body()),
    }
}

/// Lets the caller pass, known to the handler, or says why not.
async fn admit(request: &ServiceRequest) -> AppResult<()> {
    let pattern = request.match_pattern();
    let line = pattern.and_then(|pattern| crate::routes::line(request.method().as_str(), &pattern));
    let Some(line) = line else { return Ok(()) };
    let app = request.app_data::<web::Data<App>>().cloned();
    let app = app.ok_or_else(|| AppError::internal(anyhow::anyhow!("the application state is missing")))?;
    if line.access == Access::SelfTest {
        request.extensions_mut().insert(app.auth.admit_self_test(request.request())?);
        return Ok(());
    }
    if line.access == Access::Metrics {
        if !app.settings.metrics_enabled() {
            return Err(ErrorCode::RouteNotFound.into());
        }
        if shows_metrics_token(request.request(), app.config.metrics_token.as_ref()) {
            return Ok(());
        }
    }
    let caller = match app.auth.authenticate(request.request()).await {
        // Whom a key stands for is nobody's business on a public route: no line gives it the scope to be told.
        Ok(caller) if line.access == Access::Public && caller.key.is_some() => return Ok(()),
        Ok(caller) => caller,
        Err(_) if line.access == Access::Public => return Ok(()),
        Err(refusal) => return Err(refusal),
    };
    check(line, &caller, app.settings.second_factor_rule())?;
    if let Some(key) = &caller.key {
        app.auth.note_key_use(key, app.auth.trust().address(request.request()));
    }
    request.extensions_mut().insert(caller);
    Ok(())
}

/// Whether a request shows the operator's token. The time that it takes tells nothing of the token.
fn shows_metrics_token(request: &HttpRequest, token: Option<&SecretString>) -> bool {
    let (Some(Credential::Bearer(shown)), Some(token)) = (Credential::of(request), token) else { return false };
    Sha256::digest(shown) == Sha256::digest(token.expose())
}

/// Whether a known caller may call a route.
fn check(line: &Line, caller: &CurrentUser, rule: SecondFactorRule) -> AppResult<()> {
    let has_own_password = !caller.user.must_change_password;
    let is_enough = matches!(line.access, Access::Public | Access::Account) && caller.key.is_none();
    if !has_own_password && !is_enough {
        return Err(ErrorCode::AuthPasswordChange.into());
    }
    // A key was made by somebody who was in already, and shows no codes.
    if !is_enough && caller.key.is_none() && caller.user.lacks_second_factor(rule) {
        return Err(ErrorCode::AuthSecondFactorRequired.into());
    }
    if let Some(key) = &caller.key {
        key.check_scope(line.scope)?;
    }
    // Also for a key with the scope of administrators: it is lost with the role.
    if matches!(line.access, Access::Admin | Access::Metrics) && caller.user.role != UserRole::Admin {
        return Err(ErrorCode::AuthForbidden.into());
    }
    Ok(())
}

/// What a caller shows to be known.
#[derive(Clone)]
pub enum Credential {
    /// An access token or an API key of a program.
    Bearer(String),
    /// An access token of a browser.
    Cookie(String),
}

impl Credential {
    /// A bearer token wins over a cookie and is never replaced by it: a program with a bad token must hear so.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Option<Self> {
        if let Some(value) = request.headers().get(AUTHORIZATION) {
            let (scheme, token) = value.to_str().ok()?.split_once(' ').unwrap_or_default();
            let token = if scheme.eq_ignore_ascii_case("bearer") { token.trim() } else { "" };
            return Some(Self::Bearer(token.to_owned()));
        }
        // Anthropic's clients show keys so; where nothing else speaks for the caller, below `/v1` alone.
        if let Some(value) = request.headers().get(API_KEY).filter(|_| request.path().starts_with("/v1/")) {
            return Some(Self::Bearer(value.to_str().ok()?.trim().to_owned()));
        }
        let cookie = request.cookie(cookies::ACCESS).filter(|cookie| !cookie.value().is_empty());
        cookie.map(|cookie| Self::Cookie(cookie.value().to_owned()))
    }

    /// The access token.
    #[must_use]
    pub fn token(&self) -> &str {
        match self {
            Self::Bearer(token) | Self::Cookie(token) => token,
        }
    }
}

impl Auth {
    /// The person behind a request.
    ///
    /// # Errors
    /// `auth.required`, `auth.invalid`, `auth.expired`, `auth.revoked`, the account's status, `auth.csrf`, or those of keys:
    /// `auth.key_invalid`, `auth.key_revoked`, `auth.key_expired`, `auth.key_address`.
    pub async fn authenticate(&self, request: &HttpRequest) -> AppResult<CurrentUser> {
        match Credential::of(request) {
            None => Err(AppError::new(ErrorCode::AuthRequired)),
            Some(Credential::Bearer(token)) if token.starts_with(SECRET_PREFIX) => {
                self.identify_key(&token, self.trust().address(request)).await
            }
            Some(Credential::Bearer(token)) => self.identify(&token).await,
            Some(Credential::Cookie(token)) => {
                let user = self.identify(&token).await?;
                self.check_cookie(request)?;
                Ok(user)
            }
        }
    }

    /// Whether a cookie may speak for a request: never for a page of somebody else, and for a change only with the mark.
    fn check_cookie(&self, request: &HttpRequest) -> AppResult<()> {
        if !is_safe(request.method()) {
            return self.check_csrf(request);
        }
        if self.trust().is_own_page(request) { Ok(()) } else { Err(ErrorCode::AuthCsrf.into()) }
    }

    /// Whether a request that a cookie speaks for comes from a page of ours: it has the header that foreign pages cannot
    /// send, and no foreign origin.
    ///
    /// # Errors
    /// `auth.csrf`.
    pub fn check_csrf(&self, request: &HttpRequest) -> AppResult<()> {
        let marked = request.headers().contains_key(cookies::CSRF_HEADER);
        if marked && self.trust().is_own_page(request) { Ok(()) } else { Err(ErrorCode::AuthCsrf.into()) }
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}
