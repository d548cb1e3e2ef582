//! Browsers in which somebody signed in before: a cookie says whose, signed with a key of its own that is derived from the
//! installation's secret. It opens nothing. Whoever shows it has tries of their own for that account, so strangers of the
//! same network cannot use them up.

use crate::clock::new_id;
use crate::config::SecretString;
use crate::seal::derive;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use shared::UserId;

/// How long a browser is known after the last sign-in there, in milliseconds.
pub(super) const LIFE_MS: i64 = 180 * 24 * 3_600_000;
/// Longest mark that is looked at, in bytes; ours have about 250.
const MAX_BYTES: usize = 512;

/// What the cookie says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KnownDevice {
    /// Who signed in there.
    pub(super) sub: UserId,
    /// The browser: another one after each sign-in.
    pub(super) device: String,
    /// Made at, unix seconds.
    iat: i64,
}

/// Makes the marks of known browsers and checks them.
pub(super) struct KnownDevices {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl KnownDevices {
    pub(super) fn new(jwt_secret: &SecretString) -> Self {
        let key: [u8; 32] = derive(jwt_secret.expose(), b"aichat known device v1");
        // The library would ask the system clock; ours can be moved by tests.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        Self { encoding: EncodingKey::from_secret(&key), decoding: DecodingKey::from_secret(&key), validation }
    }

    /// The mark of a browser in which this person signed in `now` (unix milliseconds).
    pub(super) fn issue(&self, user: &UserId, now: i64) -> Result<String, jsonwebtoken::errors::Error> {
        let known = KnownDevice { sub: user.clone(), device: new_id(), iat: now.div_euclid(1000) };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &known, &self.encoding)
    }

    /// What a mark says that is ours and not too old.
    pub(super) fn read(&self, mark: &str, now: i64) -> Option<KnownDevice> {
        let decoded = Some(mark).filter(|mark| mark.len() <= MAX_BYTES)?;
        let known = jsonwebtoken::decode::<KnownDevice>(decoded, &self.decoding, &self.validation).ok()?.claims;
        (now.div_euclid(1000) - known.iat < LIFE_MS / 1000).then_some(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_763_709_845_007;

    fn devices(secret: &str) -> KnownDevices {
        KnownDevices::new(&secret.to_owned().into())
    }

    #[test]
    fn a_mark_is_good_here_and_for_half_a_year() {
        let mark = devices("a").issue(&"u".into(), NOW).expect("signed");
        let known = devices("a").read(&mark, NOW + LIFE_MS - 1_000).expect("known");
        assert_eq!(known.sub.as_str(), "u");
        assert_eq!(devices("a").read(&mark, NOW + LIFE_MS), None, "long forgotten");
        assert_eq!(devices("b").read(&mark, NOW), None, "of another installation");
        for nonsense in ["", "a.b.c", &"x".repeat(MAX_BYTES + 1)] {
            assert_eq!(devices("a").read(nonsense, NOW), None);
        }
        let other = devices("a").issue(&"u".into(), NOW).expect("signed");
        assert_ne!(devices("a").read(&other, NOW).expect("known").device, known.device, "each has its own tries");
    }

    #[test]
    fn a_mark_is_no_login_and_a_login_is_no_mark() {
        let secret: SecretString = "the same secret".to_owned().into();
        let keys = super::super::access::AccessKeys::new(&secret);
        let mark = KnownDevices::new(&secret).issue(&"u".into(), NOW).expect("signed");
        assert!(keys.check(&mark, NOW).is_err());
        let token = keys.sign(&"u".into(), &"l".into(), NOW, 60).expect("signed");
        assert_eq!(KnownDevices::new(&secret).read(&token, NOW), None);
    }
}
