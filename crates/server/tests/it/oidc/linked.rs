//! Linking an account to a service, and taking the link away: only by the person who is signed in.

use super::{Way, issuer, name, set_up, sign_in};
use crate::support::{TestApp, TestUser};
use serde_json::{Value, json};

pub(crate) async fn link(user: &TestUser, provider: &str, person: &str) -> crate::support::Reply {
    Way::to(user, &format!("/api/auth/identities/{provider}/start"), person).await.finish(user).await
}

async fn identities(user: &TestUser) -> Vec<Value> {
    user.get("/api/auth/identities").await.body["items"].as_array().expect("a list").clone()
}

fn path(identity: &Value) -> String {
    format!("/api/auth/identities/{}", identity["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn a_person_links_their_account_and_then_comes_in_through_the_service() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let provider = set_up(&admin, &app.mock, json!({"creation": "off"})).await;
    let done = link(&bob, &provider, "robert").await;
    assert_eq!((done.status, &done.body["linked"], done.body.get("user")), (200, &json!(true), None), "{}", done.text);
    assert_eq!(link(&bob, &provider, "robert").await.body["linked"], true, "twice is no harm");
    let known = identities(&bob).await;
    assert_eq!((known.len(), &known[0]["provider"], &known[0]["label"]), (1, &json!("Casdoor"), &json!("Robert")));
    assert_eq!(sign_in(&app, &provider, "robert").await.body["user"]["id"], bob.id.as_str());

    let carol = app.user(&admin, "carol").await;
    let refused = link(&carol, &provider, "robert").await;
    assert_eq!((refused.status, refused.code()), (409, "identity.taken"));
    assert_eq!(carol.delete(&path(&known[0])).await.code(), "identity.not_found", "somebody else's");
    assert_eq!(bob.delete(&path(&known[0])).await.status, 204);
    assert_eq!(sign_in(&app, &provider, "robert").await.code(), "oidc.closed");
    assert_eq!(bob.delete(&path(&known[0])).await.status, 404);
}

#[tokio::test]
async fn a_link_is_made_only_in_the_login_that_asked_for_it() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = set_up(&admin, &app.mock, json!({})).await;
    let (bob, eve) = (app.user(&admin, "bob").await, app.user(&admin, "eve").await);
    let start = format!("/api/auth/identities/{provider}/start");
    for other in [eve, app.nobody(), app.login("bob").await] {
        let way = Way::to(&bob, &start, "robert").await;
        assert_eq!(way.finish(&other).await.code(), "oidc.state", "another login");
    }
    let way = Way::to(&bob, &start, "robert").await;
    assert_eq!(bob.post("/api/auth/logout", json!({})).await.status, 204);
    assert_eq!(way.finish(&bob).await.code(), "oidc.state", "a login that is over");
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let other = issuer();
    let (first, second) = (set_up(&admin, &app.mock, json!({})).await, set_up(&admin, &other, json!({})).await);
    let reply = sign_in(&app, &first, "ada").await;
    assert_eq!(name(&reply), "ada");
    let ada = app.bearer(reply.body["tokens"]["accessToken"].as_str().expect("a token"));
    let only = identities(&ada).await.remove(0);
    let refused = ada.delete(&path(&only)).await;
    assert_eq!((refused.status, refused.code()), (409, "identity.last"));

    assert_eq!(link(&ada, &second, "ada").await.status, 200);
    let provider = format!("/api/identity-providers/{second}");
    let switch = async |enabled: bool| admin.patch(&provider, json!({"enabled": enabled})).await;
    assert_eq!(switch(false).await.status, 200);
    assert_eq!(ada.delete(&path(&only)).await.code(), "identity.last", "a service that is switched off is no way in");
    assert_eq!(switch(true).await.status, 200);
    assert_eq!(ada.delete(&path(&only)).await.status, 204);

    let last = identities(&ada).await.remove(0);
    assert_eq!(ada.delete(&path(&last)).await.code(), "identity.last");
    let password = json!({"current": "", "new": "a password of my own"});
    assert_eq!(ada.post("/api/auth/password", password).await.status, 204, "who has none gives themselves one");
    assert_eq!(ada.delete(&path(&last)).await.status, 204);
    let credentials = json!({"username": "ada", "password": "a password of my own", "tokens": true});
    assert_eq!(app.nobody().post("/api/auth/login", credentials).await.status, 200);
}
