//! Passes for the self-test: short-lived, signed with a key of their own that is derived from the installation's secret.
//! Whoever can read that secret (`aichat doctor` on the same data) can make one. A pass is no login and names nobody;
//! an access token is no pass.

use super::Auth;
use crate::config::SecretString;
use crate::error::AppResult;
use crate::seal::derive;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use shared::ErrorCode;
use shared::self_test::PASS_HEADER;
use std::future::{Ready, ready};

/// How long a pass is good, in seconds.
const LIFE_SECONDS: i64 = 60;
/// Longest pass that is looked at, in bytes; ours have about 200.
const MAX_BYTES: usize = 512;

/// What a pass says.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    nonce: String,
    exp: i64,
}

/// Makes passes and checks them.
pub struct Passes {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl Passes {
    /// The passes of the installation with this secret.
    #[must_use]
    pub fn new(jwt_secret: &SecretString) -> Self {
        let key: [u8; 32] = derive(jwt_secret.expose(), b"aichat self-test v1");
        // The library would ask the system clock; ours can be moved by tests.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        Self { encoding: EncodingKey::from_secret(&key), decoding: DecodingKey::from_secret(&key), validation }
    }

    /// A pass made `now` (unix milliseconds).
    ///
    /// # Errors
    /// The library's, which never happens for texts.
    pub fn issue(&self, nonce: &str, now: i64) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims { nonce: nonce.to_owned(), exp: now.div_euclid(1000) + LIFE_SECONDS };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
    }

    /// The nonce of a pass that is ours and still good.
    ///
    /// # Errors
    /// `auth.invalid`, `auth.expired`.
    pub fn check(&self, pass: &str, now: i64) -> Result<String, ErrorCode> {
        if pass.len() > MAX_BYTES {
            return Err(ErrorCode::AuthInvalid);
        }
        let decoded = jsonwebtoken::decode::<Claims>(pass, &self.decoding, &self.validation);
        let Claims { nonce, exp } = decoded.map_err(|_| ErrorCode::AuthInvalid)?.claims;
        match exp - now.div_euclid(1000) {
            ..=0 => Err(ErrorCode::AuthExpired),
            // A clock that was set back must not make a pass good for long.
            left if left > LIFE_SECONDS => Err(ErrorCode::AuthInvalid),
            _ => Ok(nonce),
        }
    }
}

/// The nonce of the pass that opened this route. The gate put it into the request.
#[derive(Clone, Debug)]
pub struct SelfTest(pub String);

impl Auth {
    /// The pass of a request.
    ///
    /// # Errors
    /// `auth.required` without one, `auth.invalid`, `auth.expired`.
    pub(super) fn admit_self_test(&self, request: &HttpRequest) -> AppResult<SelfTest> {
        let pass = request.headers().get(PASS_HEADER).ok_or(ErrorCode::AuthRequired)?;
        let pass = pass.to_str().map_err(|_| ErrorCode::AuthInvalid)?;
        Ok(SelfTest(self.passes.check(pass, self.clock.now())?))
    }
}

impl FromRequest for SelfTest {
    type Error = crate::error::AppError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or_else(|| ErrorCode::AuthRequired.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_763_709_845_007;

    fn passes(secret: &str) -> Passes {
        Passes::new(&secret.to_owned().into())
    }

    #[test]
    fn a_pass_is_good_for_a_minute_here_and_nowhere_else() {
        let pass = passes("a").issue("n1", NOW).expect("signed");
        assert_eq!(passes("a").check(&pass, NOW), Ok("n1".to_owned()));
        assert_eq!(passes("a").check(&pass, NOW + 59_000), Ok("n1".to_owned()));
        assert_eq!(passes("a").check(&pass, NOW + 60_000), Err(ErrorCode::AuthExpired));
        assert_eq!(passes("a").check(&pass, NOW - 5_000), Err(ErrorCode::AuthInvalid), "made in the future");
        assert_eq!(passes("b").check(&pass, NOW), Err(ErrorCode::AuthInvalid), "of another installation");
        for nonsense in ["", "a.b.c", &"x".repeat(MAX_BYTES + 1)] {
            assert_eq!(passes("a").check(nonsense, NOW), Err(ErrorCode::AuthInvalid));
        }
    }

    #[test]
    fn a_pass_is_no_login_and_a_login_is_no_pass() {
        let secret: SecretString = "the same secret".to_owned().into();
        let keys = super::super::access::AccessKeys::new(&secret);
        let pass = Passes::new(&secret).issue("n1", NOW).expect("signed");
        assert!(keys.check(&pass, NOW).is_err());
        let token = keys.sign(&"u".into(), &"l".into(), NOW, 60).expect("signed");
        assert_eq!(Passes::new(&secret).check(&token, NOW), Err(ErrorCode::AuthInvalid));
    }
}
