//! What is and what is not an identity token for us. The cases that need a signature are in `tests/it/oidc`.

use super::*;
use serde_json::json;

const NOW: i64 = 1_763_709_845;

fn claims(change: &Value) -> Map<String, Value> {
    let mut claims = json!({"iss": "https://id.example", "aud": "aichat", "exp": NOW + 3600, "iat": NOW, "sub": "1"});
    for (name, value) in change.as_object().expect("an object") {
        claims[name] = value.clone();
    }
    claims.as_object().expect("an object").clone()
}

fn expected() -> Expected<'static> {
    Expected { issuers: ["https://id.example", "http://casdoor:8000"], client_id: "aichat", nonce: "n", now: NOW }
}

#[test]
fn an_audience_is_one_name_or_a_list_that_says_for_whom() {
    for (change, due) in [
        (json!({}), Ok(())),
        (json!({"aud": ["aichat"]}), Ok(())),
        (json!({"aud": "aichat-org-built-in"}), Ok(())),
        (json!({"aud": ["aichat", "other"], "azp": "aichat"}), Ok(())),
        (json!({"aud": ["aichat", "other"]}), Err(Fault::Party)),
        (json!({"aud": ["aichat", "other"], "azp": "other"}), Err(Fault::Party)),
        (json!({"aud": "aichat", "azp": "other"}), Err(Fault::Party)),
        (json!({"aud": "other"}), Err(Fault::Audience)),
        (json!({"aud": "aichat2"}), Err(Fault::Audience)),
        (json!({"aud": "aichat-org-"}), Err(Fault::Audience)),
        (json!({"aud": []}), Err(Fault::Audience)),
        (json!({"aud": null}), Err(Fault::Audience)),
        (json!({"aud": {"aichat": 1}}), Err(Fault::Audience)),
        (json!({"iss": "https://id.example/"}), Ok(())),
        (json!({"iss": "http://casdoor:8000"}), Ok(())),
        (json!({"iss": "https://evil.example"}), Err(Fault::Issuer("https://evil.example".to_owned()))),
    ] {
        assert_eq!(check_parties(&claims(&change), &expected()), due, "{change}");
    }
}

#[test]
fn clocks_may_differ_by_a_minute_and_no_more() {
    for (change, due) in [
        (json!({"exp": NOW - 59}), Ok(())),
        (json!({"exp": NOW - 60}), Err(Fault::Expired)),
        (json!({"exp": null}), Err(Fault::Expired)),
        (json!({"exp": "soon"}), Err(Fault::Form)),
        (json!({"iat": NOW + 60}), Ok(())),
        (json!({"iat": NOW + 61}), Err(Fault::Early)),
        (json!({"nbf": NOW + 60}), Ok(())),
        (json!({"nbf": NOW + 61}), Err(Fault::Early)),
        (json!({"exp": i64::MAX, "nbf": i64::MIN}), Ok(())),
    ] {
        assert_eq!(check_times(&claims(&change), NOW), due, "{change}");
    }
}

#[test]
fn only_public_keys_sign_here() {
    let keys = Keys::of(&json!({"keys": []})).expect("a set");
    let token = |alg: &str| {
        let head = URL_SAFE_NO_PAD.encode(json!({"alg": alg}).to_string());
        format!("{head}.{}.", URL_SAFE_NO_PAD.encode(json!(claims(&json!({}))).to_string()))
    };
    for alg in ["none", "None", "NONE", "HS256", "HS384", "HS512", "", "rs256"] {
        assert_eq!(check(&token(alg), &keys, &expected()), Err(Fault::Algorithm(alg.to_owned())), "{alg}");
    }
    assert_eq!(check(&token("RS256"), &keys, &expected()), Err(Fault::UnknownKey));
    for text in ["", ".", "a.b.c", "e30.e30.e30", &"a".repeat(100_000)] {
        assert_eq!(check(text, &keys, &expected()), Err(Fault::Form), "{text:.20}");
    }
}
