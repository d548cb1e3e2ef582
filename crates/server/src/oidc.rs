//! Signing in through another service (OpenID Connect Core 1.0, the code flow with PKCE).
//!
//! A browser is sent to the service with a state, a nonce and a challenge, which it holds itself, sealed, so that any server
//! can finish what another one began. What it brings back is redeemed here, and the identity token is checked before anything
//! of it is believed. This module proves who somebody is to a service; who that is here is decided in `auth/identity.rs`.
//! Everything goes through the guarded client.

mod discovery;
mod edit;
mod flow;
mod keys;
mod outside;
mod person;
mod probe;
mod token;

pub use flow::{FLOW_LIFE_MS, Flow};
pub use person::Profile;
pub use probe::Probed;

use crate::clock::Clock;
use crate::db::Db;
use crate::db::providers::{self, ProviderRow};
use crate::error::{AppError, AppResult};
use crate::seal::Sealer;
use discovery::Found;
use egress::Egress;
use flow::Answer;
use keys::Keys;
use outside::Way;
use serde_json::{Map, Value};
use shared::oidc::FinishSignIn;
use shared::{ErrorCode, LoginId, ProviderId, UserId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use token::{Expected, Fault};

/// How long what a service says of itself is believed, in milliseconds.
const KEPT_MS: i64 = 10 * 60_000;

/// The services and what is known of them.
pub struct Oidc {
    db: Db,
    clock: Clock,
    sealer: Sealer,
    egress: Egress,
    kept: Mutex<HashMap<ProviderId, Arc<Kept>>>,
}

/// What a service said of itself.
struct Kept {
    /// The addresses it was asked at, to know when an administrator changed them.
    asked: (String, Option<String>),
    found: Found,
    keys: Keys,
    at: i64,
}

/// Somebody whom a service vouches for.
pub struct Proven {
    /// The service.
    pub provider: ProviderRow,
    /// The person.
    pub profile: Profile,
    /// What they set out to do.
    pub flow: Flow,
}

impl Oidc {
    /// Services over this database.
    #[must_use]
    pub fn new(db: Db, clock: Clock, sealer: Sealer, egress: Egress) -> Self {
        Self { db, clock, sealer, egress, kept: Mutex::default() }
    }

    /// Where to send the browser, and the sealed flow that it has to bring back.
    ///
    /// # Errors
    /// `oidc.provider_not_found`, `oidc.unreachable`, `oidc.discovery`, `egress.blocked`.
    pub async fn start(
        &self,
        id: &ProviderId,
        redirect: String,
        next: Option<String>,
        link: Option<(UserId, LoginId)>,
    ) -> AppResult<(String, String)> {
        let provider = self.usable(id).await?;
        let known = self.known(&provider).await?;
        let flow = Flow::new(&provider.id, redirect, next, link, self.clock.now());
        let url = flow.address(&known.found.authorization, &provider.terms)?;
        Ok((url, flow.seal(&self.sealer)?))
    }

    /// Redeems what the browser brought back.
    ///
    /// # Errors
    /// `oidc.state`, `oidc.denied`, `oidc.client`, `oidc.token`, `oidc.forbidden`, and those of [`Oidc::start`].
    pub async fn finish(&self, sealed: &str, answer: &FinishSignIn) -> AppResult<Proven> {
        let flow = Flow::open(&self.sealer, sealed, &answer.state, self.clock.now())?;
        let provider = self.usable(&flow.provider).await?;
        let code = match Answer::of(answer) {
            Answer::Code(code) => code,
            Answer::Refused(detail) => return Err(AppError::new(ErrorCode::OidcDenied).with("detail", detail)),
        };
        let known = self.known(&provider).await?;
        // RFC 9207. Behind two addresses a service may call itself by either.
        let names = [provider.issuer.as_str(), known.found.issuer.as_str()];
        if answer.iss.as_deref().is_some_and(|issuer| !names.contains(&trimmed(issuer))) {
            return Err(ErrorCode::OidcState.into());
        }
        let secret = self.secret(&provider)?;
        let way = Way::to(&self.egress, &provider);
        let tokens = way.redeem(&known.found, &provider, secret.as_deref(), &flow, code).await?;
        let claims = self.checked(&provider, &known, &tokens.id_token, &flow.nonce).await?;
        let claims = way.completed(&known.found, claims, &tokens.access_token).await?;
        let profile = Profile::of(&claims, provider.terms.admin.as_ref())?;
        Ok(Proven { provider, profile, flow })
    }

    /// The service, if people may sign in through it.
    async fn usable(&self, id: &ProviderId) -> AppResult<ProviderRow> {
        let row = providers::get(self.db.read(), id).await?.filter(|row| row.terms.enabled);
        row.ok_or_else(|| ErrorCode::OidcProviderNotFound.into())
    }

    /// What an identity token says, once it was checked. A key that is not known may be new: then the keys are asked for once
    /// more.
    async fn checked(
        &self,
        provider: &ProviderRow,
        known: &Arc<Kept>,
        token: &str,
        nonce: &str,
    ) -> AppResult<Map<String, Value>> {
        let expected = Expected {
            issuers: [&provider.issuer, &known.found.issuer],
            client_id: &provider.terms.client_id,
            nonce,
            now: self.clock.now().div_euclid(1000),
        };
        let refused = |fault: Fault| AppError::new(ErrorCode::OidcToken).with("detail", fault);
        match token::check(token, &known.keys, &expected) {
            Err(Fault::UnknownKey) => {
                let fresh = self.ask(provider).await?;
                token::check(token, &fresh.keys, &expected).map_err(refused)
            }
            checked => checked.map_err(refused),
        }
    }

    /// What the service says of itself, from memory if that is fresh.
    async fn known(&self, provider: &ProviderRow) -> AppResult<Arc<Kept>> {
        let now = self.clock.now();
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&provider.id).cloned();
        let is_fresh = |kept: &Arc<Kept>| kept.asked == asked(provider) && (0..KEPT_MS).contains(&(now - kept.at));
        match kept.filter(is_fresh) {
            Some(kept) => Ok(kept),
            None => self.ask(provider).await,
        }
    }

    /// Asks the service about itself, and remembers it. There are as many as administrators set up, which are few.
    async fn ask(&self, provider: &ProviderRow) -> AppResult<Arc<Kept>> {
        let way = Way::to(&self.egress, provider);
        let found = way.discover(provider).await?;
        let keys = way.keys(&found).await?;
        let kept = Arc::new(Kept { asked: asked(provider), found, keys, at: self.clock.now() });
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(provider.id.clone(), Arc::clone(&kept));
        Ok(kept)
    }
}

fn asked(provider: &ProviderRow) -> (String, Option<String>) {
    (provider.issuer.clone(), provider.terms.internal_url.clone())
}

/// An address as it is compared: some write a slash at its end and some do not.
fn trimmed(address: &str) -> &str {
    address.trim().trim_end_matches('/')
}
