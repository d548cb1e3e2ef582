//! Calls about other services: signing in through one, the links of the signed-in person, and setting services up.

use super::{ApiResult, delete, escape, get, patch, post};
use shared::oidc::{
    CreateProvider, FinishSignIn, FinishedSignIn, Identities, IdentityProvider, ProviderCheck, StartSignIn,
    StartedSignIn, UpdateProvider,
};
use shared::{IdentityId, Page, ProviderId};

const LINKS: &str = "/api/auth/identities";
const PROVIDERS: &str = "/api/identity-providers";

/// Begins to sign in.
pub async fn start(id: &ProviderId, next: Option<String>) -> ApiResult<StartedSignIn> {
    let wish = StartSignIn { next, tokens: false };
    post(&format!("/api/auth/oidc/{}/start", escape(id.as_str())), &wish).await
}

/// Begins to link a service.
pub async fn start_link(id: &ProviderId) -> ApiResult<StartedSignIn> {
    post(&format!("{LINKS}/{}/start", escape(id.as_str())), &StartSignIn::default()).await
}

/// Hands over what a service sent the browser back with.
pub async fn finish(answer: &FinishSignIn) -> ApiResult<FinishedSignIn> {
    post("/api/auth/oidc/finish", answer).await
}

/// The services that know the person, and those that could be linked.
pub async fn identities() -> ApiResult<Identities> {
    get(LINKS).await
}

/// Takes a link away.
pub async fn unlink(id: &IdentityId) -> ApiResult<()> {
    delete(&format!("{LINKS}/{}", escape(id.as_str()))).await
}

fn one(id: &ProviderId) -> String {
    format!("{PROVIDERS}/{}", escape(id.as_str()))
}

/// Every service.
pub async fn providers() -> ApiResult<Page<IdentityProvider>> {
    get(PROVIDERS).await
}

/// Sets a service up.
pub async fn create(wish: &CreateProvider) -> ApiResult<IdentityProvider> {
    post(PROVIDERS, wish).await
}

/// Changes a service.
pub async fn update(id: &ProviderId, wish: &UpdateProvider) -> ApiResult<IdentityProvider> {
    patch(&one(id), wish).await
}

/// Takes a service away.
pub async fn remove(id: &ProviderId) -> ApiResult<()> {
    delete(&one(id)).await
}

/// Whether a service does.
pub async fn check(id: &ProviderId) -> ApiResult<ProviderCheck> {
    post(&format!("{}/check", one(id)), &()).await
}

/// Whether a service would do.
pub async fn check_new(wish: &CreateProvider) -> ApiResult<ProviderCheck> {
    post(&format!("{PROVIDERS}/check"), wish).await
}
