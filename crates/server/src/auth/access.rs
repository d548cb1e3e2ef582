//! Access tokens: short-lived JWTs (HS256) that say who and which login. Pure: time is an argument, and whether the
//! login still stands is asked elsewhere.

use crate::config::SecretString;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use shared::{ErrorCode, LoginId, UserId};

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claims {
    /// The person.
    pub(super) sub: UserId,
    /// The login.
    pub(super) sid: LoginId,
    /// Ends at, unix seconds.
    pub(super) exp: i64,
    /// Made at, unix seconds.
    iat: i64,
}

/// Signs and checks.
pub(super) struct AccessKeys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl AccessKeys {
    pub(super) fn new(secret: &SecretString) -> Self {
        let secret = secret.expose().as_bytes();
        // The library would ask the system clock; ours can be moved by tests.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        Self { encoding: EncodingKey::from_secret(secret), decoding: DecodingKey::from_secret(secret), validation }
    }

    /// A token for this login, made `now` (unix milliseconds) and good for so many seconds.
    pub(super) fn sign(
        &self,
        user: &UserId,
        login: &LoginId,
        now: i64,
        seconds: u32,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let iat = now.div_euclid(1000);
        let exp = iat + i64::from(seconds);
        let claims = Claims { sub: user.clone(), sid: login.clone(), exp, iat };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
    }

    /// What a token of ours says, however old it is.
    pub(super) fn read(&self, token: &str) -> Result<Claims, ErrorCode> {
        // Ours have about 250 bytes: anything far longer is not worth hashing.
        if token.len() > 1024 {
            return Err(ErrorCode::AuthInvalid);
        }
        let decoded = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation);
        decoded.map(|data| data.claims).map_err(|_| ErrorCode::AuthInvalid)
    }

    /// What a token says that is ours and still good `now`.
    pub(super) fn check(&self, token: &str, now: i64) -> Result<Claims, ErrorCode> {
        let claims = self.read(token)?;
        if claims.exp <= now.div_euclid(1000) { Err(ErrorCode::AuthExpired) } else { Ok(claims) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_763_709_845_007;

    fn keys(secret: &str) -> AccessKeys {
        AccessKeys::new(&secret.to_owned().into())
    }

    #[test]
    fn a_token_is_good_for_its_life_and_no_longer() {
        let keys = keys("k");
        let token = keys.sign(&"u".into(), &"l".into(), NOW, 15 * 60).expect("signed");
        let claims = keys.check(&token, NOW + 14 * 60_000).expect("good");
        assert_eq!((claims.sub.as_str(), claims.sid.as_str()), ("u", "l"));
        assert_eq!(keys.check(&token, NOW - 300_000), Ok(claims), "a clock set back five minutes does no harm");
        assert_eq!(keys.check(&token, NOW + 15 * 60_000), Err(ErrorCode::AuthExpired));
    }

    #[test]
    fn a_token_of_another_secret_or_algorithm_is_invalid() {
        let keys = keys("k");
        let forged = super::tests::keys("other").sign(&"u".into(), &"l".into(), NOW, 15 * 60).expect("signed");
        assert_eq!(keys.check(&forged, NOW), Err(ErrorCode::AuthInvalid));
        let good = keys.sign(&"u".into(), &"l".into(), NOW, 15 * 60).expect("signed");
        // {"alg":"none","typ":"JWT"}
        let body = good.split('.').nth(1).expect("a body");
        assert_eq!(
            keys.check(&format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{body}."), NOW),
            Err(ErrorCode::AuthInvalid)
        );
        assert_eq!(keys.check("", NOW), Err(ErrorCode::AuthInvalid));
        assert_eq!(keys.check(&"a".repeat(100_000), NOW), Err(ErrorCode::AuthInvalid));
    }
}
