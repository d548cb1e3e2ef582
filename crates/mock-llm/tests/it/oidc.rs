//! The issuer, from discovery to userinfo, as a relying party meets it. Tokens are checked by another implementation.

use crate::support::{Answer, Client, start};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use mock_llm::MockLlm;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use url::Url;
use url::form_urlencoded::Serializer;

const CALLBACK: &str = "http://127.0.0.1:1/callback?kept=1";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn send(mock: &MockLlm, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let mut client = Client::new(mock);
    client.send(method, path, headers, body);
    client.answer()
}

fn get(mock: &MockLlm, path: &str) -> Answer {
    send(mock, "GET", path, "", "")
}

fn form(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The path of an address that discovery tells.
fn endpoint(mock: &MockLlm, name: &str) -> String {
    let document = get(mock, "/.well-known/openid-configuration").json();
    let address = document[name].as_str().unwrap_or_else(|| panic!("{name} is missing"));
    address.strip_prefix(&mock.issuer()).expect("an address of the issuer").to_owned()
}

/// What a well-behaved client sends the browser with; later fields win.
fn authorize(mock: &MockLlm, changes: &[(&str, &str)]) -> Answer {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let mut fields = HashMap::from([
        ("client_id", "aichat"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("state", "s /&汉"),
        ("nonce", "n-1"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    fields.extend(changes.iter().copied());
    let fields: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    get(mock, &format!("{}?{}", endpoint(mock, "authorization_endpoint"), form(&fields)))
}

/// What the browser brings back.
fn returned(answer: &Answer) -> HashMap<String, String> {
    assert_eq!(answer.status, 302);
    let target = Url::parse(answer.header("location").expect("a target")).expect("an address");
    assert!(target.as_str().starts_with(CALLBACK));
    target.query_pairs().into_owned().collect()
}

fn redeem(mock: &MockLlm, code: &str, changes: &[(&str, &str)]) -> Answer {
    let mut fields = HashMap::from([
        ("grant_type", "authorization_code"),
        ("client_id", "aichat"),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("code", code),
    ]);
    fields.extend(changes.iter().copied());
    let fields: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    send(mock, "POST", &endpoint(mock, "token_endpoint"), kind, &form(&fields))
}

/// The whole way of a person to their tokens.
fn sign_in(mock: &MockLlm, person: &str, client: &str) -> Value {
    let back = returned(&authorize(mock, &[("login_hint", person), ("client_id", client)]));
    let answer = redeem(mock, &back["code"], &[("client_id", client)]);
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")), "{person}");
    answer.json()
}

fn userinfo(mock: &MockLlm, tokens: &Value) -> Answer {
    let token = tokens["access_token"].as_str().expect("a token");
    send(mock, "GET", &endpoint(mock, "userinfo_endpoint"), &format!("Authorization: Bearer {token}\r\n"), "")
}

/// Checks a token as OpenID Connect Core 1.0, 3.1.3.7 demands, but for the nonce.
fn checked(mock: &MockLlm, tokens: &Value, client: &str) -> Result<Value, Error> {
    let token = tokens["id_token"].as_str().expect("a token");
    let keys: JwkSet = serde_json::from_value(get(mock, &endpoint(mock, "jwks_uri")).json()).expect("keys");
    let kid = jsonwebtoken::decode_header(token)?.kid.unwrap_or_default();
    let key = keys.find(&kid).ok_or(ErrorKind::InvalidKeyFormat)?;
    let mut validation = Validation::new(Algorithm::ES256);
    validation.leeway = 60;
    validation.validate_nbf = true;
    validation.set_audience(&[client]);
    validation.set_issuer(&[mock.issuer()]);
    Ok(jsonwebtoken::decode::<Value>(token, &DecodingKey::from_jwk(key)?, &validation)?.claims)
}

#[test]
fn discovery_names_the_issuer_whatever_host_and_application_is_asked() {
    let mock = start();
    let document = get(&mock, "/.well-known/openid-configuration").json();
    assert_eq!(document["issuer"], mock.issuer());
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(get(&mock, "/.well-known/app-built-in/openid-configuration").json(), document);
    assert_eq!(endpoint(&mock, "authorization_endpoint"), "/login/oauth/authorize");
}

#[test]
fn a_sign_in_leads_to_a_token_that_another_implementation_accepts() {
    let mock = start();
    let back = returned(&authorize(&mock, &[]));
    assert_eq!((back["kept"].as_str(), back["state"].as_str()), ("1", "s /&汉"));
    let tokens = redeem(&mock, &back["code"], &[]).json();
    assert_eq!((&tokens["token_type"], &tokens["scope"]), (&json!("Bearer"), &json!("openid profile email")));
    let claims = checked(&mock, &tokens, "aichat").expect("a valid token");
    assert_eq!((&claims["nonce"], &claims["aud"]), (&json!("n-1"), &json!("aichat")));
    assert_eq!((&claims["name"], &claims["preferred_username"]), (&json!("Ada"), &json!("ada")));
    assert_eq!((&claims["email"], &claims["email_verified"]), (&json!("ada@example.com"), &json!(true)));
    let profile = userinfo(&mock, &tokens).json();
    assert_eq!((&profile["sub"], &profile["name"]), (&claims["sub"], &json!("Ada")));
    let (totals, other) = (mock.ledger().totals(), start());
    assert_eq!((totals.logins, totals.requests, totals.strays), (1, 0, 0));
    assert!(checked(&other, &tokens, "aichat").is_err(), "every issuer has a key of its own");
}

#[test]
fn a_code_is_worth_something_once_and_only_with_what_it_was_given_for() {
    let mock = start();
    let code = || returned(&authorize(&mock, &[]))["code"].clone();
    let used = code();
    assert_eq!(redeem(&mock, &used, &[]).status, 200);
    let first = code();
    for (code, changes, error) in [
        (used, ("state", ""), "invalid_grant"),
        ("made-up".to_owned(), ("state", ""), "invalid_grant"),
        (code(), ("code_verifier", "another-verifier"), "invalid_grant"),
        (code(), ("code_verifier", ""), "invalid_grant"),
        (code(), ("client_id", "another-client"), "invalid_grant"),
        (code(), ("redirect_uri", "http://127.0.0.1:1/other"), "invalid_grant"),
        (code(), ("grant_type", "password"), "unsupported_grant_type"),
    ] {
        let answer = redeem(&mock, &code, &[changes]);
        assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some(error)), "{changes:?}");
        assert!(answer.json()["error_description"].is_string());
    }
    assert_eq!(redeem(&mock, &first, &[]).status, 200, "others do not matter to it");
    let plain = [("code_challenge", ""), ("code_challenge_method", "")];
    let code = || returned(&authorize(&mock, &plain))["code"].clone();
    assert_eq!(redeem(&mock, &code(), &[]).status, 400, "a verifier that nothing asks for");
    assert_eq!(redeem(&mock, &code(), &[("code_verifier", "")]).status, 200);
}

#[test]
fn a_client_may_say_who_it_is_in_the_header_and_must_be_known() {
    let mock = start();
    let code = returned(&authorize(&mock, &[("client_id", "a client")]))["code"].clone();
    let body = form(&[
        ("grant_type", "authorization_code"),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("code", &code),
    ]);
    let header = format!("Authorization: Basic {}\r\n", STANDARD.encode("a+client:s%3Acret"));
    assert_eq!(send(&mock, "POST", "/api/login/oauth/access_token", &header, &body).status, 200);
    for wrong in [("client_id", "unknown"), ("client_id", ""), ("client_secret", "wrong")] {
        let answer = redeem(&mock, "any", &[wrong]);
        assert_eq!((answer.status, answer.json()["error"].as_str()), (401, Some("invalid_client")), "{wrong:?}");
        assert!(answer.header("www-authenticate").is_some_and(|value| value.starts_with("Basic")));
    }
}

#[test]
fn an_authorization_that_cannot_be_comes_back_as_an_error() {
    let mock = start();
    for (change, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("scope", "profile"), "invalid_scope"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("person", "denied"), "access_denied"),
    ] {
        let back = returned(&authorize(&mock, &[change]));
        assert_eq!((back["error"].as_str(), back["state"].as_str()), (error, "s /&汉"));
        assert!(!back.contains_key("code"));
    }
    for nowhere in [("redirect_uri", "callback"), ("redirect_uri", ""), ("client_id", "")] {
        assert_eq!(authorize(&mock, &[nowhere]).status, 400, "{nowhere:?}");
    }
}

#[test]
fn people_differ_in_what_is_known_about_them() {
    let mock = start();
    let claims = |person: &str| checked(&mock, &sign_in(&mock, person, "aichat"), "aichat").expect(person);
    let bare = claims("bare");
    let mut names: Vec<_> = bare.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["aud", "exp", "iat", "iss", "nbf", "nonce", "sub"]);
    assert_eq!(claims("no-email")["email"], "");
    assert_eq!(claims("unverified")["email_verified"], false);
    assert_eq!(claims("forbidden")["isForbidden"], true);
    assert!(claims("address-text")["address"].is_string());
    assert!(claims("address-list")["address"].is_array());
    assert!(claims("address-object")["address"].is_object());
    let eve = claims("Eve@somewhere.example");
    assert_eq!((&eve["preferred_username"], &eve["email"]), (&json!("Eve"), &json!("eve@example.com")));
    assert_eq!(claims("Eve")["sub"], eve["sub"]);
    let other = start();
    let there = checked(&other, &sign_in(&other, "Eve", "aichat"), "aichat").expect("a valid token");
    assert_eq!((&there["sub"], there["iss"] == eve["iss"]), (&eve["sub"], false), "one subject at two issuers");
}

#[test]
fn a_client_of_casdoor_gets_tokens_as_casdoor_writes_them() {
    let mock = start();
    let tokens = sign_in(&mock, "eve", "casdoor-app");
    assert_eq!(tokens["access_token"], tokens["id_token"]);
    let claims = checked(&mock, &tokens, "casdoor-app").expect("a valid token");
    assert_eq!((&claims["name"], &claims["displayName"]), (&json!("eve"), &json!("Eve")));
    assert_eq!((&claims["aud"], &claims["id"]), (&json!(["casdoor-app"]), &claims["sub"]));
    assert!(claims["address"].is_array() && claims["preferred_username"].is_null());
    let profile = userinfo(&mock, &tokens).json();
    assert_eq!((&profile["name"], &profile["preferred_username"]), (&json!("Eve"), &json!("eve")));
    let shared = sign_in(&mock, "org-audience", "casdoor-app");
    assert!(checked(&mock, &shared, "casdoor-app").is_err());
    assert!(checked(&mock, &shared, "casdoor-app-org-built-in").is_ok());
}

#[test]
fn tokens_are_wrong_in_exactly_the_way_that_the_person_says() {
    let mock = start();
    for (person, kind) in [
        ("wrong-audience", Some(ErrorKind::InvalidAudience)),
        ("wrong-issuer", Some(ErrorKind::InvalidIssuer)),
        ("expired-3600", Some(ErrorKind::ExpiredSignature)),
        ("expired-0", None),
        ("bad-signature", Some(ErrorKind::InvalidSignature)),
        ("unknown-key", Some(ErrorKind::InvalidKeyFormat)),
        ("wrong-nonce", None),
        ("no-nonce", None),
        ("early-60", None),
        ("early-3600", Some(ErrorKind::ImmatureSignature)),
        ("other-userinfo", None),
    ] {
        let checked = checked(&mock, &sign_in(&mock, person, "aichat"), "aichat");
        assert_eq!(checked.err().map(Error::into_kind), kind, "{person}");
    }
    let unsigned = sign_in(&mock, "alg-none", "aichat");
    let parts: Vec<_> = unsigned["id_token"].as_str().expect("a token").split('.').collect();
    assert_eq!(URL_SAFE_NO_PAD.decode(parts[0]).expect("base64"), br#"{"alg":"none","typ":"JWT"}"#);
    assert_eq!((parts.len(), parts[2]), (3, ""));
    let nonce = |person| checked(&mock, &sign_in(&mock, person, "aichat"), "aichat").expect(person)["nonce"].take();
    assert_eq!((nonce("wrong-nonce"), nonce("no-nonce")), (json!("another-nonce"), Value::Null));
    let tokens = sign_in(&mock, "other-userinfo", "aichat");
    let claims = checked(&mock, &tokens, "aichat").expect("a valid token");
    assert_ne!(userinfo(&mock, &tokens).json()["sub"], claims["sub"]);
}

#[test]
fn userinfo_is_for_bearers_of_a_token_alone() {
    let mock = start();
    for headers in ["", "Authorization: Bearer made-up\r\n"] {
        let answer = send(&mock, "GET", "/api/userinfo", headers, "");
        assert_eq!(answer.status, 401);
        assert!(answer.header("www-authenticate").is_some_and(|value| value.contains("invalid_token")));
    }
}
