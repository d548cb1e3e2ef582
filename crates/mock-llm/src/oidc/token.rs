//! What a client sends to have its code redeemed, and whether it may.

use super::Refusal;
use super::key::base64url;
use super::store::Grant;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;

/// The one client that is not known, and the one secret that is not right.
const UNKNOWN_CLIENT: &str = "unknown";
const WRONG_SECRET: &str = "wrong";

#[derive(Debug, Default)]
pub(super) struct Redemption {
    pub(super) code: String,
    grant_type: String,
    redirect: String,
    client: String,
    secret: Option<String>,
    verifier: Option<String>,
}

impl Redemption {
    /// Reads a form. A client says who it is there or, with more weight, in the header (RFC 6749, 2.3.1).
    pub(super) fn read(authorization: Option<&str>, body: &[u8]) -> Self {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let value = value.into_owned();
            match &*name {
                "code" => read.code = value,
                "grant_type" => read.grant_type = value,
                "redirect_uri" => read.redirect = value,
                "client_id" => read.client = value,
                "client_secret" => read.secret = Some(value),
                "code_verifier" => read.verifier = Some(value),
                _ => {}
            }
        }
        if let Some((client, secret)) = authorization.and_then(basic) {
            (read.client, read.secret) = (client, Some(secret));
        }
        read
    }

    /// Whether the client is who it says, and asks for what there is.
    pub(super) fn check_client(&self) -> Result<(), Refusal> {
        let known = !self.client.is_empty() && self.client != UNKNOWN_CLIENT;
        if !known || self.secret.as_deref() == Some(WRONG_SECRET) {
            return Err(("invalid_client", "the client is unknown or its secret is wrong"));
        }
        if self.grant_type != "authorization_code" {
            return Err(("unsupported_grant_type", "only authorization_code is supported"));
        }
        Ok(())
    }

    /// Whether the code was given to this client, for this address, and to whoever holds the verifier.
    pub(super) fn check(&self, grant: &Grant) -> Result<(), Refusal> {
        if self.client != grant.client || self.redirect != grant.redirect {
            return Err(("invalid_grant", "the code was given to another client or address"));
        }
        let digest = self.verifier.as_ref().map(|verifier| base64url(Sha256::digest(verifier)));
        if digest != grant.challenge {
            return Err(("invalid_grant", "the code_verifier does not match the code_challenge"));
        }
        Ok(())
    }
}

/// Client and secret, each form-encoded before they were put together.
fn basic(authorization: &str) -> Option<(String, String)> {
    let decoded = STANDARD.decode(authorization.strip_prefix("Basic ")?).ok()?;
    let (client, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((form_decoded(client), form_decoded(secret)))
}

fn form_decoded(text: &str) -> String {
    form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}
