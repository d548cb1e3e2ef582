//! Administrators set services up, try them, change them and take them away.

use super::{issuer, name, set_up, sign_in};
use crate::support::TestApp;
use serde_json::{Value, json};

#[tokio::test]
async fn a_service_is_shown_without_its_secret_and_with_the_address_to_register() {
    let app = TestApp::with(|config| config.public_url = Some("https://chat.example.com/".to_owned())).await;
    let admin = app.admin().await;
    let id = set_up(&admin, &app.mock, json!({"scopes": ["profile groups"], "creation": "pending"})).await;
    let listed = admin.get("/api/identity-providers").await;
    assert!(!listed.text.contains("secret-0123"), "{}", listed.text);
    let provider = &listed.body["items"][0];
    assert_eq!((&provider["id"], &provider["hasSecret"]), (&json!(id), &json!(true)));
    assert_eq!(provider["redirectUrl"], "https://chat.example.com/auth/callback");
    assert_eq!(provider["scopes"], json!(["openid", "profile", "groups"]));
    let path = format!("/api/identity-providers/{id}");
    let changed = admin.patch(&path, json!({"name": "Team", "clientSecret": "", "enabled": false})).await;
    assert_eq!(
        (&changed.body["name"], &changed.body["hasSecret"]),
        (&json!("Team"), &json!(false)),
        "{}",
        changed.text
    );
    let gone = app.nobody().post(&format!("/api/auth/oidc/{id}/start"), json!({"tokens": true})).await;
    assert_eq!((gone.status, gone.code()), (404, "oidc.provider_not_found"), "it is switched off");
    assert_eq!(app.nobody().get("/api/auth/methods").await.body["methods"], json!(["password"]));
    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!(admin.delete(&path).await.status, 404);
}

#[tokio::test]
async fn a_check_says_in_one_line_what_is_wrong() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let check = async |changes: Value| {
        let mut body = json!({"name": "x", "issuer": app.mock.issuer(), "clientId": "aichat"});
        for (field, value) in changes.as_object().expect("an object") {
            body[field] = value.clone();
        }
        admin.post("/api/identity-providers/check", body).await
    };
    assert_eq!(check(json!({})).await.body.get("problem"), None);
    for (changes, due) in [
        (json!({"issuer": "http://127.0.0.1:9"}), "oidc.unreachable"),
        (json!({"issuer": format!("{}/v1", app.mock.issuer())}), "oidc.discovery"),
        (json!({"issuer": app.mock.issuer().replace("127.0.0.1", "localhost")}), "oidc.discovery"),
        (json!({"issuer": "http://169.254.169.254"}), "egress.blocked"),
    ] {
        let reply = check(changes).await;
        assert_eq!((reply.status, reply.body["problem"]["code"].as_str()), (200, Some(due)), "{}", reply.text);
    }
    for bad in [
        json!({"issuer": "id.example.com"}),
        json!({"name": ""}),
        json!({"clientId": " "}),
        json!({"adminClaim": "role"}),
        json!({"scopes": vec!["a"; 21]}),
        json!({"clientSecret": "x".repeat(5_000)}),
    ] {
        let reply = check(bad.clone()).await;
        assert_eq!((reply.status, reply.code()), (400, "request.invalid"), "{bad}");
    }
    let id = set_up(&admin, &app.mock, json!({})).await;
    assert_eq!(admin.post(&format!("/api/identity-providers/{id}/check"), json!({})).await.body.get("problem"), None);
}

#[tokio::test]
async fn one_issuer_has_two_addresses_and_a_secret_goes_to_none_that_it_was_not_given_for() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let internal = app.mock.issuer().replace("127.0.0.1", "localhost");
    let id = set_up(&admin, &app.mock, json!({"internalUrl": internal})).await;
    let started = app.nobody().post(&format!("/api/auth/oidc/{id}/start"), json!({"tokens": true})).await;
    let url = started.body["url"].as_str().expect("an address");
    assert!(url.starts_with(&app.mock.issuer()), "browsers go to the one that they can reach: {url}");
    assert_eq!(name(&sign_in(&app, &id, "ada").await), "ada");
    let (path, other) = (format!("/api/identity-providers/{id}"), issuer());
    let refused = admin.patch(&path, json!({"internalUrl": other.issuer()})).await;
    assert_eq!((refused.status, refused.code()), (400, "request.invalid"));
    let moved = json!({"internalUrl": other.issuer(), "clientSecret": "another-0123"});
    assert_eq!(admin.patch(&path, moved).await.status, 200);
    assert_eq!(admin.patch(&path, json!({"issuer": other.issuer()})).await.status, 400, "people are known by it");
}

#[tokio::test]
async fn there_are_never_too_many() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for number in 0..20 {
        set_up(&admin, &app.mock, json!({"name": format!("Service {number}")})).await;
    }
    let body = json!({"name": "x", "issuer": app.mock.issuer(), "clientId": "aichat"});
    let refused = admin.post("/api/identity-providers", body).await;
    assert_eq!((refused.status, refused.code()), (409, "oidc.limit"));
}
