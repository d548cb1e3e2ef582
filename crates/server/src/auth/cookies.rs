//! The cookies of a browser login. Their values never stand in a body.

use super::Grant;
use super::client::Client;
use super::known_device::LIFE_MS;
use crate::oidc::FLOW_LIFE_MS;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

/// Carries the access token to every route.
pub const ACCESS: &str = "aichat_access";
/// Carries the refresh token to the routes below `/api/auth` alone.
pub const REFRESH: &str = "aichat_refresh";
/// Carries a sign-in through another service from its begin to its end.
pub const FLOW: &str = "aichat_flow";
/// Says who signed in there before, and opens nothing: see `known_device.rs`.
pub const DEVICE: &str = "aichat_device";
/// Header that a page of ours sends with every request that changes something; a foreign page cannot.
pub const CSRF_HEADER: &str = "x-aichat-request";

/// The cookies of a new or refreshed login. Its tokens live as long as the login: an access token that has run out is still
/// sent, and answered with `auth.expired` rather than `auth.required`. Signing out leaves the browser known.
pub fn set(grant: &Grant, client: &Client) -> impl Iterator<Item = Cookie<'static>> {
    let life = Duration::milliseconds(grant.login_ms);
    let known = |mark: &String| cookie(DEVICE, mark.clone(), Duration::milliseconds(LIFE_MS), client);
    let tokens = [
        cookie(ACCESS, grant.access_token.clone(), life, client),
        cookie(REFRESH, grant.refresh_token.clone(), life, client),
    ];
    tokens.into_iter().chain(grant.device.as_ref().map(known))
}

/// Cookies that delete the others.
#[must_use]
pub fn clear(client: &Client) -> [Cookie<'static>; 2] {
    [ACCESS, REFRESH].map(|name| cookie(name, String::new(), Duration::ZERO, client))
}

/// Cookies that delete all of them: of somebody who is gone.
#[must_use]
pub fn forget(client: &Client) -> [Cookie<'static>; 3] {
    [ACCESS, REFRESH, DEVICE].map(|name| cookie(name, String::new(), Duration::ZERO, client))
}

/// The cookie that a browser holds while it is at another service; an empty one deletes it. The service sends the browser back
/// to a page of ours, which is what asks next.
#[must_use]
pub fn flow(sealed: String, client: &Client) -> Cookie<'static> {
    let life = if sealed.is_empty() { Duration::ZERO } else { Duration::milliseconds(FLOW_LIFE_MS) };
    cookie(FLOW, sealed, life, client)
}

fn cookie(name: &'static str, value: String, life: Duration, client: &Client) -> Cookie<'static> {
    let path = match name {
        REFRESH | DEVICE => "/api/auth",
        FLOW => "/api/auth/oidc",
        _ => "/",
    };
    Cookie::build(name, value)
        .path(path)
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(client.secure)
        .max_age(life)
        .finish()
}
