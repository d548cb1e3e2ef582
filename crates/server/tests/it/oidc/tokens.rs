//! What a service may send and what is not believed: every fault ends at the sign-in page with its own code.

use super::{Way, issuer, name, set_up, sign_in};
use crate::support::TestApp;
use serde_json::json;

/// Tries that one address has.
const TRIES: usize = 50;

#[tokio::test]
async fn tokens_with_a_fault_are_refused_each_with_its_reason() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = set_up(&admin, &app.mock, json!({})).await;
    for (person, reason) in [
        ("wrong-nonce", "its nonce is another"),
        ("no-nonce", "its nonce is another"),
        ("wrong-audience", "it is for another client"),
        ("foreign-party", "it was made for another client"),
        ("wrong-issuer", "it was made by `https://issuer.example`"),
        ("expired-3600", "it has expired"),
        ("expired-120", "it has expired"),
        ("early-120", "it is from the future"),
        ("alg-none", "the algorithm `none` is not accepted"),
        ("hmac", "the algorithm `HS256` is not accepted"),
        ("bad-signature", "its signature is wrong"),
        ("unknown-key", "its key is not among those that are published"),
        ("bare-of-two", "the service tells of somebody else than the token"),
    ] {
        let reply = sign_in(&app, &provider, person).await;
        assert_eq!((reply.status, reply.code()), (502, "oidc.token"), "{person}: {}", reply.text);
        let detail = reply.body["params"]["detail"].as_str().expect("a reason");
        assert!(detail.starts_with(reason), "{person}: {detail}");
    }
    assert_eq!(
        admin.get("/api/admin/users").await.body["items"].as_array().map(Vec::len),
        Some(1),
        "nobody else came in"
    );
}

#[tokio::test]
async fn clocks_may_differ_by_a_minute() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = set_up(&admin, &app.mock, json!({})).await;
    for person in ["expired-30", "early-30", "ada"] {
        assert_eq!(name(&sign_in(&app, &provider, person).await), person);
    }
    app.app.clock.shift(-55_000);
    assert_eq!(name(&sign_in(&app, &provider, "ada").await), "ada", "ours is behind by less");
    app.app.clock.shift(-65_000);
    assert_eq!(sign_in(&app, &provider, "ada").await.code(), "oidc.token", "and by more");
}

#[tokio::test]
async fn audiences_come_in_every_form_that_services_write() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = set_up(&admin, &app.mock, json!({})).await;
    for person in ["ada", "two-audiences", "org-audience"] {
        assert_eq!(name(&sign_in(&app, &provider, person).await), person);
    }
}

#[tokio::test]
async fn casdoors_own_tokens_are_read_with_every_form_of_their_claims() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = set_up(&admin, &app.mock, json!({"clientId": "casdoor-chat"})).await;
    for person in ["ada", "no-email", "unverified", "address-text", "address-list", "address-object", "org-audience"] {
        let reply = sign_in(&app, &provider, person).await;
        assert_eq!(name(&reply), person, "the login name and not the one that is shown");
    }
}

#[tokio::test]
async fn a_service_that_changes_its_keys_is_asked_for_them_again() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = set_up(&admin, &app.mock, json!({})).await;
    assert_eq!(name(&sign_in(&app, &provider, "ada").await), "ada");
    for _ in 0..2 {
        assert_eq!(name(&sign_in(&app, &provider, "rotated").await), "rotated");
    }
    assert_eq!(name(&sign_in(&app, &provider, "ada").await), "ada", "with the key that came since");
}

#[tokio::test]
async fn a_slow_service_is_waited_for_and_a_dead_one_is_named() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let slow = set_up(&admin, &app.mock, json!({})).await;
    assert_eq!(name(&sign_in(&app, &slow, "slow-300").await), "slow-300");
    let dying = issuer();
    let provider = set_up(&admin, &dying, json!({"name": "Dying"})).await;
    let nobody = app.nobody();
    let start = format!("/api/auth/oidc/{provider}/start");
    let way = Way::to(&nobody, &start, "ada").await;
    drop(dying);
    let unfinished = way.finish(&nobody).await;
    // By now what it said of itself is no longer believed.
    app.app.clock.shift(10 * 60_000);
    for reply in [unfinished, nobody.post(&start, json!({"tokens": true})).await] {
        assert_eq!((reply.status, reply.code()), (502, "oidc.unreachable"), "{}", reply.text);
    }
}

#[tokio::test]
async fn a_flow_is_good_for_its_own_state_its_own_time_and_one_code() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = set_up(&admin, &app.mock, json!({})).await;
    let (nobody, start) = (app.nobody(), format!("/api/auth/oidc/{provider}/start"));
    let way = Way::to(&nobody, &start, "ada").await;
    let other = Way::to(&nobody, &start, "eve").await;
    for (flow, back) in [(&other.flow, &way.back), (&"nonsense".to_owned(), &way.back)] {
        let mixed = Way { flow: flow.clone(), back: back.clone() };
        assert_eq!(mixed.finish(&nobody).await.code(), "oidc.state");
    }
    // The code of somebody else with one's own state: it was given for another challenge.
    let mut stolen = Way { flow: way.flow.clone(), back: way.back.clone() };
    stolen.back["code"] = other.back["code"].clone();
    assert_eq!(stolen.finish(&nobody).await.code(), "oidc.denied");
    assert_eq!(name(&way.finish(&nobody).await), "ada");
    assert_eq!(way.finish(&nobody).await.code(), "oidc.denied");
    let late = Way::to(&nobody, &start, "ada").await;
    app.app.clock.shift(10 * 60_000);
    assert_eq!(late.finish(&nobody).await.code(), "oidc.state");
    let mut elsewhere = Way::to(&nobody, &start, "ada").await;
    elsewhere.back["iss"] = "https://evil.example".into();
    assert_eq!(elsewhere.finish(&nobody).await.code(), "oidc.state", "an answer of another service");
}

#[tokio::test]
async fn what_a_service_refuses_is_told_in_its_words() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = set_up(&admin, &app.mock, json!({})).await;
    let denied = sign_in(&app, &provider, "denied").await;
    assert_eq!((denied.status, denied.code()), (403, "oidc.denied"));
    assert_eq!(denied.body["params"]["detail"], "access_denied");
    for (changes, name) in [(json!({"clientId": "unknown"}), "unknown"), (json!({"clientSecret": "wrong"}), "aichat")] {
        let provider = set_up(&admin, &app.mock, changes).await;
        let refused = sign_in(&app, &provider, "ada").await;
        assert_eq!((refused.status, refused.code()), (502, "oidc.client"), "{}", refused.text);
        assert_eq!(refused.body["params"]["client"], name);
        let redirect = refused.body["params"]["redirect"].as_str().expect("an address");
        assert!(redirect.ends_with("/auth/callback"), "{redirect}");
    }
}

#[tokio::test]
async fn strangers_do_not_keep_the_server_busy() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = set_up(&admin, &app.mock, json!({})).await;
    let body = || json!({"flow": "nonsense", "state": "nonsense", "code": "x", "tokens": true});
    for _ in 0..TRIES {
        assert_eq!(app.nobody().post("/api/auth/oidc/finish", body()).await.code(), "oidc.state");
    }
    assert_eq!(app.nobody().post("/api/auth/oidc/finish", body()).await.code(), "auth.throttled");
    let start = format!("/api/auth/oidc/{provider}/start");
    assert_eq!(app.nobody().post(&start, json!({"tokens": true})).await.status, 429);
}
