//! The issuer's key: made at its first use, forgotten with the issuer, never told but by its public half.

use super::person::{Seal, SignIn};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::rand_core::{OsRng, RngCore as _};
use serde_json::{Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The key and how many there were before it.
#[derive(Default)]
pub(super) struct Key(Mutex<Ring>);

#[derive(Default)]
struct Ring {
    number: u32,
    key: Option<SigningKey>,
}

impl Ring {
    fn key(&mut self) -> &SigningKey {
        self.key.get_or_insert_with(made)
    }

    fn id(&self) -> String {
        format!("mock-llm-{}", self.number + 1)
    }
}

impl Key {
    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts another key in the place of the present one, which is no longer published.
    pub(super) fn rotate(&self) {
        let mut ring = self.ring();
        (ring.number, ring.key) = (ring.number + 1, None);
    }

    /// The set of public keys (RFC 7517).
    pub(super) fn published(&self) -> Value {
        let mut ring = self.ring();
        let point = ring.key().verifying_key().to_encoded_point(false);
        json!({"keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": ring.id(),
            "x": point.x().map(base64url), "y": point.y().map(base64url),
        }]})
    }

    /// The identity token of a sign-in, sealed as the person wants it.
    pub(super) fn token(&self, sign_in: &SignIn) -> String {
        let mut ring = self.ring();
        let header = match sign_in.seal {
            Seal::Right | Seal::OtherKey => json!({"alg": "ES256", "typ": "JWT", "kid": ring.id()}),
            Seal::UnknownKey => json!({"alg": "ES256", "typ": "JWT", "kid": "unknown"}),
            Seal::Missing => json!({"alg": "none", "typ": "JWT"}),
            Seal::Shared => json!({"alg": "HS256", "typ": "JWT", "kid": ring.id()}),
        };
        let signed = format!("{}.{}", base64url(header.to_string()), base64url(sign_in.claims.to_string()));
        let signature: Option<Signature> = match sign_in.seal {
            Seal::Right | Seal::UnknownKey | Seal::Shared => Some(ring.key().sign(signed.as_bytes())),
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
