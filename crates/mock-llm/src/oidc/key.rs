//! The issuer's key: made at its first use, forgotten with the issuer, never told but by its public half.

use super::person::{Seal, SignIn};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::rand_core::{OsRng, RngCore as _};
use serde_json::{Value, json};
use std::sync::LazyLock;

const KEY_ID: &str = "mock-llm-1";

pub(super) struct Key(LazyLock<SigningKey>);

impl Default for Key {
    fn default() -> Self {
        Self(LazyLock::new(made))
    }
}

impl Key {
    /// The set of public keys (RFC 7517).
    pub(super) fn published(&self) -> Value {
        let point = self.0.verifying_key().to_encoded_point(false);
        json!({"keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": KEY_ID,
            "x": point.x().map(base64url), "y": point.y().map(base64url),
        }]})
    }

    /// The identity token of a sign-in, sealed as the person wants it.
    pub(super) fn token(&self, sign_in: &SignIn) -> String {
        let header = match sign_in.seal {
            Seal::Right | Seal::OtherKey => json!({"alg": "ES256", "typ": "JWT", "kid": KEY_ID}),
            Seal::UnknownKey => json!({"alg": "ES256", "typ": "JWT", "kid": "unknown"}),
            Seal::Missing => json!({"alg": "none", "typ": "JWT"}),
        };
        let signed = format!("{}.{}", base64url(header.to_string()), base64url(sign_in.claims.to_string()));
        let signature: Option<Signature> = match sign_in.seal {
            Seal::Right | Seal::UnknownKey => Some(self.0.sign(signed.as_bytes())),
            Seal::OtherKey => Some(made().sign(signed.as_bytes())),
            Seal::Missing => None,
        };
        let signature = signature.map(|signature| base64url(signature.to_bytes()));
        format!("{signed}.{}", signature.unwrap_or_default())
    }
}

fn made() -> SigningKey {
    SigningKey::random(&mut OsRng)
}

/// A text that nobody can guess.
pub(super) fn secret() -> String {
    let mut bytes = [0; 32];
    OsRng.fill_bytes(&mut bytes);
    base64url(bytes)
}

pub(super) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
