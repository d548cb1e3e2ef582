//! The public keys of a service (RFC 7517). What is not understood among them is passed over: services publish keys for
//! purposes of their own. Pure.

use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

/// Most keys that are looked at.
const MAX_KEYS: usize = 50;

/// The keys for signatures.
#[derive(Clone)]
pub(super) struct Keys(Vec<Jwk>);

impl Keys {
    /// The keys of a published set; none for what is no set.
    pub(super) fn of(set: &Value) -> Option<Self> {
        let keys = set.get("keys")?.as_array()?;
        let read = |key: &Value| serde_json::from_value::<Jwk>(key.clone()).ok();
        let signs = |key: &Jwk| !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption));
        Some(Self(keys.iter().take(MAX_KEYS).filter_map(read).filter(signs).collect()))
    }

    /// Those that may have signed a token: the one that it names, or all of its kind when it names none.
    pub(super) fn candidates(&self, id: Option<&str>, algorithm: Algorithm) -> Vec<DecodingKey> {
        let is_meant = |key: &&Jwk| id.is_none_or(|id| key.common.key_id.as_deref() == Some(id));
        let agrees =
            |key: &&Jwk| key.common.key_algorithm.is_none_or(|named| named.to_string() == format!("{algorithm:?}"));
        let usable = |key: &Jwk| DecodingKey::from_jwk(key).ok();
        let of_kind = |key: &DecodingKey| key.family() == algorithm.family();
        self.0.iter().filter(is_meant).filter(agrees).filter_map(usable).filter(of_kind).collect()
    }
}
