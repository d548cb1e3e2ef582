//! One way of a browser to a service and back: what it holds meanwhile, sealed. Pure but for the source of chance.

use crate::config::secrets::random_text;
use crate::db::providers::Terms;
use crate::error::{AppError, AppResult};
use crate::redact;
use crate::seal::Sealer;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use shared::oidc::FinishSignIn;
use shared::{ErrorCode, LoginId, ProviderId, UserId};
use url::Url;

/// How long a person may take at the service, in milliseconds.
pub const FLOW_LIFE_MS: i64 = 10 * 60_000;
/// What the flow is sealed for.
const PLACE: &str = "oidc/flow";
/// Longest sealed flow that is looked at, in bytes.
const MAX_SEALED_BYTES: usize = 4096;
/// Longest address that a person is led back to, in bytes.
const MAX_NEXT_BYTES: usize = 500;
/// Longest words of a service that are repeated, in characters.
const MAX_DETAIL_CHARS: usize = 200;

/// What the browser holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// The service.
    pub provider: ProviderId,
    /// What the service sends back.
    state: String,
    /// What the token has to say.
    pub(super) nonce: String,
    /// What the code is redeemed with (RFC 7636).
    pub(super) verifier: String,
    /// Where the service sends the browser.
    pub redirect: String,
    /// Where the person wanted to be.
    pub next: Option<String>,
    /// Who asked to be linked, and in which login.
    pub link: Option<(UserId, LoginId)>,
    expires_at: i64,
}

impl Flow {
    /// A new one.
    pub(super) fn new(
        provider: &ProviderId,
        redirect: String,
        next: Option<String>,
        link: Option<(UserId, LoginId)>,
        now: i64,
    ) -> Self {
        Self {
            provider: provider.clone(),
            state: random_text(16),
            nonce: random_text(16),
            verifier: random_text(32),
            redirect,
            next: next.filter(|next| next.len() <= MAX_NEXT_BYTES),
            link,
            expires_at: now + FLOW_LIFE_MS,
        }
    }

    /// Where the browser goes.
    pub(super) fn address(&self, authorization: &Url, terms: &Terms) -> AppResult<String> {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier));
        let mut url = authorization.clone();
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &terms.client_id),
            ("redirect_uri", &self.redirect),
            ("scope", &terms.scopes.join(" ")),
            ("state", &self.state),
            ("nonce", &self.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        Ok(url.into())
    }

    /// As the browser holds it.
    pub(super) fn seal(&self, sealer: &Sealer) -> AppResult<String> {
        Ok(sealer.seal(PLACE, &serde_json::to_string(self).map_err(AppError::internal)?))
    }

    /// Opens what the browser brought, if the service sent back the state of this flow.
    ///
    /// # Errors
    /// `oidc.state`.
    pub(super) fn open(sealer: &Sealer, sealed: &str, state: &str, now: i64) -> AppResult<Self> {
        let flow = Some(sealed).filter(|sealed| sealed.len() <= MAX_SEALED_BYTES);
        let flow = flow.and_then(|sealed| sealer.open(PLACE, sealed).ok());
        let flow: Option<Self> = flow.and_then(|text| serde_json::from_str(&text).ok());
        let flow = flow.filter(|flow| flow.state == state && now < flow.expires_at);
        flow.ok_or_else(|| ErrorCode::OidcState.into())
    }
}

/// What the service answered, by the browser.
pub(super) enum Answer<'a> {
    /// What its token is to be had for.
    Code(&'a str),
    /// Why there is none.
    Refused(String),
}

impl<'a> Answer<'a> {
    pub(super) fn of(answer: &'a FinishSignIn) -> Self {
        match (&answer.error, answer.code.as_deref().filter(|code| !code.is_empty())) {
            (None, Some(code)) => Self::Code(code),
            (None, None) => Self::Refused("it sent no code".to_owned()),
            (Some(error), _) => Self::Refused(said(error, answer.error_description.as_deref())),
        }
    }
}

/// A service's own words, short and without what must not be seen.
pub(super) fn said(error: &str, description: Option<&str>) -> String {
    let text = match description.filter(|description| !description.trim().is_empty()) {
        Some(description) => format!("{error} ({description})"),
        None => error.to_owned(),
    };
    redact::redact(&text).chars().filter(|c| !c.is_control()).take(MAX_DETAIL_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::super::discovery::tests::provider;
    use super::*;

    fn flow() -> Flow {
        Flow::new(&"p".into(), "https://chat.example/auth/callback".to_owned(), Some("/c/1".to_owned()), None, 1_000)
    }

    #[test]
    fn a_flow_is_opened_with_its_own_state_in_its_time_and_unchanged() {
        let (sealer, flow) = (Sealer::new("master"), flow());
        let sealed = flow.seal(&sealer).expect("sealed");
        assert!(!sealed.contains(&flow.nonce) && sealed.len() < MAX_SEALED_BYTES);
        let open = |sealed: &str, state: &str, now| Flow::open(&sealer, sealed, state, now).map_err(|error| error.code);
        assert_eq!(open(&sealed, &flow.state, 2_000), Ok(flow.clone()));
        for (sealed, state, now) in [
            (sealed.as_str(), "another", 2_000),
            (&sealed, &flow.state, 1_000 + FLOW_LIFE_MS),
            (&sealed[1..], &flow.state, 2_000),
            ("", &flow.state, 2_000),
        ] {
            assert_eq!(open(sealed, state, now), Err(ErrorCode::OidcState));
        }
        let other = Sealer::new("another").seal(PLACE, "{}");
        assert_eq!(open(&other, "", 0), Err(ErrorCode::OidcState));
    }

    #[test]
    fn the_address_carries_a_challenge_and_never_the_verifier() {
        let flow = flow();
        let authorization = Url::parse("https://id.example/authorize?tenant=1").expect("an address");
        let url = flow.address(&authorization, &provider("https://id.example", None).terms).expect("an address");
        assert!(url.starts_with("https://id.example/authorize?tenant=1&response_type=code&client_id=aichat&"));
        assert!(url.contains("code_challenge_method=S256") && !url.contains(&flow.verifier));
        assert!(url.contains("redirect_uri=https%3A%2F%2Fchat.example%2Fauth%2Fcallback"));
    }

    #[test]
    fn what_a_service_refuses_is_told_in_its_words() {
        let answer = FinishSignIn {
            error: Some("access_denied".to_owned()),
            error_description: Some("not\n you".to_owned()),
            ..FinishSignIn::default()
        };
        let Answer::Refused(detail) = Answer::of(&answer) else { panic!("a refusal") };
        assert_eq!(detail, "access_denied (not you)");
    }
}
