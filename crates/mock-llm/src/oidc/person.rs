//! The table of people: a name, what is known about whoever has it, or what is wrong with their tokens.
//!
//! A `<…>` in a name stands for a number. Every other name is that of a person with nothing peculiar about them, so that
//! there are as many people as a test wants; the same name has the same subject at every issuer.

use super::store::Grant;
use crate::behaviour::{About, numbers};
use crate::ledger::now_ms;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Seconds until a token ends.
pub(super) const LIFETIME_SECONDS: u64 = 3_600;
/// Who signs in when nobody is named.
const DEFAULT: &str = "ada";
/// What a token says about itself and not about the person.
const OWN_CLAIMS: &[&str] = &["iss", "sub", "aud", "iat", "nbf", "exp", "nonce"];

/// How a token is sealed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Seal {
    /// With the key that is published.
    #[default]
    Right,
    /// With the key that is published, under a name that is not.
    UnknownKey,
    /// With another key under the published name.
    OtherKey,
    /// Not at all, and the header says so.
    Missing,
    /// The header says that a shared secret did it.
    Shared,
}

/// What comes of a sign-in.
#[derive(Debug)]
pub(super) struct SignIn {
    /// What the identity token says.
    pub(super) claims: Value,
    /// How it is sealed.
    pub(super) seal: Seal,
    /// What the userinfo endpoint says.
    pub(super) profile: Value,
    /// Whether the issuer has a new key from here on.
    pub(super) rotated: bool,
    /// How long the tokens are waited for, in milliseconds.
    pub(super) wait_ms: u64,
}

impl SignIn {
    /// Says something about the person in both places.
    fn say(&mut self, name: &str, value: &Value) {
        self.claims[name] = value.clone();
        self.profile[name] = value.clone();
    }

    /// Moves the token by so many seconds in time.
    fn shift(&mut self, seconds: i64) {
        for name in ["iat", "nbf", "exp"] {
            self.claims[name] = self.claims[name].as_i64().map(|time| time.saturating_add(seconds)).into();
        }
    }
}

struct Row {
    about: About,
    change: fn(&mut SignIn, u64),
}

const fn row(name: &'static str, about: &'static str, change: fn(&mut SignIn, u64)) -> Row {
    with(name, name, about, change)
}

const fn with(name: &'static str, example: &'static str, about: &'static str, change: fn(&mut SignIn, u64)) -> Row {
    Row { about: About { name, example, about }, change }
}

const TABLE: &[Row] = &[
    row("ada", "everything is known about them", |_, _| {}),
    row("bare", "nothing is known but the subject", |sign_in, _| bare(sign_in)),
    row("no-email", "an empty e-mail address", |sign_in, _| sign_in.say("email", &json!(""))),
    row("unverified", "an e-mail address that nobody has verified", |sign_in, _| {
        sign_in.say("email_verified", &json!(false));
    }),
    row("forbidden", "isForbidden, as Casdoor marks who may no longer sign in", |sign_in, _| {
        sign_in.say("isForbidden", &json!(true));
    }),
    row("address-text", "an address as text", |sign_in, _| sign_in.say("address", &json!("1 Main Street"))),
    row("address-list", "an address as a list", |sign_in, _| sign_in.say("address", &json!(["1 Main Street", "Town"]))),
    row("address-object", "an address as an object", |sign_in, _| {
        sign_in.say("address", &json!({"formatted": "1 Main Street"}));
    }),
    row("denied", "access_denied instead of a code", |_, _| {}),
    row("org-audience", "the client's name with an organisation, as of Casdoor's shared applications", |sign_in, _| {
        let audience = &sign_in.claims["aud"];
        let client = audience.as_str().or(audience[0].as_str()).unwrap_or_default();
        sign_in.claims["aud"] = json!([format!("{client}-org-built-in")]);
    }),
    row("wrong-audience", "a token for another client", |sign_in, _| sign_in.claims["aud"] = json!("another-client")),
    row("wrong-issuer", "a token of another issuer", |sign_in, _| {
        sign_in.claims["iss"] = json!("https://issuer.example");
    }),
    row("wrong-nonce", "a token with another nonce", |sign_in, _| sign_in.claims["nonce"] = json!("another-nonce")),
    row("no-nonce", "a token without the nonce", |sign_in, _| drop(sign_in.claims["nonce"].take())),
    with("expired-<s>", "expired-3600", "a token that ended so many seconds ago", |sign_in, seconds| {
        sign_in.shift(-signed(seconds + LIFETIME_SECONDS));
    }),
    with("early-<s>", "early-60", "a token from so many seconds ahead", |sign_in, seconds| {
        sign_in.shift(signed(seconds));
    }),
    row("alg-none", "a token without a signature", |sign_in, _| sign_in.seal = Seal::Missing),
    row("bad-signature", "a token signed with another key", |sign_in, _| sign_in.seal = Seal::OtherKey),
    row("unknown-key", "a token whose key is not published", |sign_in, _| sign_in.seal = Seal::UnknownKey),
    row("hmac", "a token that says it was signed with a shared secret", |sign_in, _| sign_in.seal = Seal::Shared),
    row("rotated", "a token signed with a key that is new, while the old one is no longer published", |sign_in, _| {
        sign_in.rotated = true;
    }),
    row("two-audiences", "a token for two clients, made for the one that asks", |sign_in, _| audiences(sign_in, true)),
    row("foreign-party", "a token for two clients, made for the other one", |sign_in, _| audiences(sign_in, false)),
    with("slow-<ms>", "slow-300", "tokens that are waited for", |sign_in, milliseconds| sign_in.wait_ms = milliseconds),
    row("governor", "a role: `admin`", |sign_in, _| sign_in.say("role", &json!("admin"))),
    row("bare-of-two", "nothing is known but the subject, and the userinfo is of another", |sign_in, _| {
        bare(sign_in);
        sign_in.profile["sub"] = json!(subject("somebody else"));
    }),
    row("other-userinfo", "a token of one person and the userinfo of another", |sign_in, _| {
        sign_in.profile["sub"] = json!(subject("somebody else"));
    }),
];

/// Every peculiar person, in the order of the table.
pub fn people() -> impl Iterator<Item = About> {
    TABLE.iter().map(|row| row.about)
}

/// The login name that is meant: the hint may be an e-mail address.
pub(super) fn login(hint: Option<&str>) -> String {
    let name = hint.and_then(|hint| hint.split('@').next()).unwrap_or_default();
    if name.is_empty() { DEFAULT.to_owned() } else { name.to_owned() }
}

/// Whether this person wants nothing to be known.
pub(super) fn denies(login: &str) -> bool {
    login == "denied"
}

/// What comes of the sign-in that was granted, now.
pub(super) fn sign_in(grant: &Grant, issuer: &str) -> SignIn {
    let profile = profile(&grant.person);
    let mut sign_in =
        SignIn { claims: claims(grant, issuer, &profile), seal: Seal::Right, profile, rotated: false, wait_ms: 0 };
    let found = TABLE.iter().find_map(|row| numbers(row.about.name, &grant.person).map(|numbers| (row, numbers)));
    if let Some((row, numbers)) = found {
        (row.change)(&mut sign_in, numbers.first().copied().unwrap_or_default());
    }
    // What was taken away must not be there as nothing.
    for said in [&mut sign_in.claims, &mut sign_in.profile] {
        if let Some(claims) = said.as_object_mut() {
            claims.retain(|_, value| !value.is_null());
        }
    }
    sign_in
}

/// The standard claims (OpenID Connect Core 1.0, 5.1).
fn profile(login: &str) -> Value {
    json!({
        "sub": subject(login), "name": display(login), "preferred_username": login,
        "email": format!("{}@example.com", login.to_lowercase()), "email_verified": true,
    })
}

/// The identity token: the standard claims, or those of Casdoor's default format, where `name` is the login name.
fn claims(grant: &Grant, issuer: &str, profile: &Value) -> Value {
    let now = now_ms() / 1000;
    let mut claims = profile.clone();
    claims["iss"] = issuer.into();
    claims["aud"] = grant.client.as_str().into();
    claims["iat"] = now.into();
    claims["nbf"] = now.into();
    claims["exp"] = (now + LIFETIME_SECONDS).into();
    claims["nonce"] = grant.nonce.as_deref().into();
    if grant.is_casdoor() {
        claims["aud"] = json!([grant.client]);
        claims["displayName"] = claims["name"].take();
        claims["name"] = claims["preferred_username"].take();
        claims["id"] = claims["sub"].clone();
        claims["owner"] = "built-in".into();
        claims["address"] = json!([]);
        claims["groups"] = json!([]);
        claims["isAdmin"] = false.into();
        claims["isForbidden"] = false.into();
    }
    claims
}

/// A list of audiences, and for whom of them the token was made.
fn audiences(sign_in: &mut SignIn, ours: bool) {
    let audience = &sign_in.claims["aud"];
    let client = audience.as_str().or(audience[0].as_str()).unwrap_or_default().to_owned();
    sign_in.claims["aud"] = json!([client, "another-client"]);
    sign_in.claims["azp"] = if ours { client.into() } else { "another-client".into() };
}

fn bare(sign_in: &mut SignIn) {
    for said in [&mut sign_in.claims, &mut sign_in.profile] {
        if let Some(claims) = said.as_object_mut() {
            claims.retain(|name, _| OWN_CLAIMS.contains(&name.as_str()));
        }
    }
}

/// A subject in the form of a UUID, made from the login name.
fn subject(login: &str) -> String {
    let digest = Sha256::digest(login);
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// The login name with a capital letter.
fn display(login: &str) -> String {
    let mut chars = login.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn signed(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_leads_to_its_own_row() {
        for about in people() {
            let first = TABLE.iter().find(|row| numbers(row.about.name, about.example).is_some());
            assert_eq!(first.map(|row| row.about.name), Some(about.name));
        }
    }

    #[test]
    fn a_hint_names_a_login_with_its_own_lasting_subject() {
        assert_eq!([None, Some(""), Some("@x"), Some("eve@example.com")].map(login), ["ada", "ada", "ada", "eve"]);
        assert_eq!(subject("eve"), subject("eve"));
        assert_ne!(subject("eve"), subject("ada"));
        let lengths: Vec<_> = subject("eve").split('-').map(str::len).collect();
        assert_eq!((lengths, display("éva")), (vec![8, 4, 4, 4, 12], "Éva".to_owned()));
    }
}
