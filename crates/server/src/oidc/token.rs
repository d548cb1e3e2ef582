//! The check of an identity token (OpenID Connect Core 1.0, 3.1.3.7): signature, issuer, audience, times and nonce, all of them
//! before anything of it is believed. Pure: time is an argument.

use super::keys::Keys;
use super::trimmed;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::fmt;

/// What clocks may differ by, in seconds.
const SKEW_SECONDS: i64 = 60;
/// Longest token that is looked at, in bytes.
const MAX_TOKEN_BYTES: usize = 64 * 1024;
/// What signs here: public keys alone, so that nobody who knows a secret or none at all can make a token.
const ALGORITHMS: [(&str, Algorithm); 9] = [
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
];

/// What a token has to say.
pub(super) struct Expected<'a> {
    /// Who made it, by any of its names.
    pub(super) issuers: [&'a str; 2],
    /// Whom it is for.
    pub(super) client_id: &'a str,
    /// What was sent along.
    pub(super) nonce: &'a str,
    /// Unix seconds.
    pub(super) now: i64,
}

/// What is wrong with a token, in words that may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The key that signed it is not among those that are known.
    UnknownKey,
    Form,
    Algorithm(String),
    Signature,
    Issuer(String),
    Audience,
    Party,
    Expired,
    Early,
    Nonce,
    Subject,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey => f.write_str("its key is not among those that are published"),
            Self::Form => f.write_str("it is no token"),
            Self::Algorithm(name) => write!(f, "the algorithm `{name}` is not accepted"),
            Self::Signature => f.write_str("its signature is wrong"),
            Self::Issuer(name) => write!(f, "it was made by `{name}`"),
            Self::Audience => f.write_str("it is for another client"),
            Self::Party => f.write_str("it was made for another client (`azp`)"),
            Self::Expired => f.write_str("it has expired"),
            Self::Early => f.write_str("it is from the future"),
            Self::Nonce => f.write_str("its nonce is another"),
            Self::Subject => f.write_str("it names nobody"),
        }
    }
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
}

/// What a token says that is in order.
pub(super) fn check(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Map<String, Value>, Fault> {
    let claims = signed(token, keys)?;
    check_parties(&claims, expected)?;
    check_times(&claims, expected.now)?;
    if claims.get("nonce").and_then(Value::as_str) != Some(expected.nonce) {
        return Err(Fault::Nonce);
    }
    let subject = claims.get("sub").and_then(Value::as_str);
    // OpenID Connect allows no longer ones.
    if !subject.is_some_and(|subject| (1..=255).contains(&subject.len()) && !subject.contains('\0')) {
        return Err(Fault::Subject);
    }
    Ok(claims)
}

fn signed(token: &str, keys: &Keys) -> Result<Map<String, Value>, Fault> {
    let head = token.split('.').next().filter(|_| token.len() <= MAX_TOKEN_BYTES).ok_or(Fault::Form)?;
    let head = URL_SAFE_NO_PAD.decode(head).map_err(|_| Fault::Form)?;
    // Read here first: what the library does not know it does not name.
    let head: Head = serde_json::from_slice(&head).map_err(|_| Fault::Form)?;
    let algorithm = ALGORITHMS.into_iter().find(|(name, _)| *name == head.alg).map(|(_, algorithm)| algorithm);
    let algorithm = algorithm.ok_or_else(|| Fault::Algorithm(head.alg.chars().take(20).collect()))?;
    let candidates = keys.candidates(head.kid.as_deref(), algorithm);
    if candidates.is_empty() {
        return Err(Fault::UnknownKey);
    }
    // The library would ask the system clock, and know one audience; both are checked above.
    let mut validation = Validation::new(algorithm);
    (validation.validate_exp, validation.validate_aud) = (false, false);
    validation.required_spec_claims.clear();
    let decode = |key| jsonwebtoken::decode::<Map<String, Value>>(token, key, &validation).ok();
    candidates.iter().find_map(decode).map(|data| data.claims).ok_or(Fault::Signature)
}

fn check_parties(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<(), Fault> {
    let issuer = claims.get("iss").and_then(Value::as_str).map(trimmed).unwrap_or_default();
    if !expected.issuers.contains(&issuer) {
        return Err(Fault::Issuer(issuer.chars().take(200).collect()));
    }
    let audience: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !audience.iter().any(|name| is_client(name, expected.client_id)) {
        return Err(Fault::Audience);
    }
    match claims.get("azp").map(Value::as_str) {
        Some(Some(party)) if is_client(party, expected.client_id) => Ok(()),
        // Among several audiences it has to say for whom it was made.
        None if audience.len() == 1 => Ok(()),
        _ => Err(Fault::Party),
    }
}

/// Whether an audience is this server. Casdoor puts the organisation behind the client's name when organisations share an
/// application.
fn is_client(name: &str, client_id: &str) -> bool {
    let rest = name.strip_prefix(client_id);
    rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix("-org-").is_some_and(|org| !org.is_empty()))
}

fn check_times(claims: &Map<String, Value>, now: i64) -> Result<(), Fault> {
    let time = |name: &str| match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        // Some write fractions.
        Some(value) => value.as_i64().or_else(|| value.as_f64().map(|time| time as i64)).map(Some).ok_or(Fault::Form),
    };
    let end = time("exp")?.ok_or(Fault::Expired)?;
    if now >= end.saturating_add(SKEW_SECONDS) {
        return Err(Fault::Expired);
    }
    let ahead = |moment: i64| moment > now.saturating_add(SKEW_SECONDS);
    if time("nbf")?.is_some_and(ahead) || time("iat")?.is_some_and(ahead) { Err(Fault::Early) } else { Ok(()) }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
