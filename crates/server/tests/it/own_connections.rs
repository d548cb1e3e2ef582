//! Connections that people have of their own: while administrators allow them, and for nobody else.

use crate::support::{TestUser, allow_own_connections, behind_a_proxy};
use serde_json::{Value, json};
use shared::accounts::User;

/// The fake model server as people reach it: through the proxy, under a public address, which nobody has to look up.
const OUTSIDE: &str = "http://8.8.8.8/v1";

async fn create(user: &TestUser, body: Value) -> Value {
    let reply = user.post("/api/my/connections", body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.body
}

fn own(models: &[&str]) -> Value {
    json!({"name": "mine", "baseUrl": OUTSIDE, "key": "sk-of-the-owner-0001", "models": models})
}

fn path(connection: &Value) -> String {
    format!("/api/my/connections/{}", connection["id"].as_str().expect("an id"))
}

async fn person(user: &TestUser) -> User {
    serde_json::from_value(user.get("/api/auth/me").await.body).expect("a person")
}

#[tokio::test]
async fn they_are_there_for_their_owner_alone_and_while_they_are_allowed() {
    let (app, outside) = behind_a_proxy().await;
    let admin = app.admin().await;
    let (owner, other) = (app.user(&admin, "owner").await, app.user(&admin, "other").await);
    let refused = owner.post("/api/my/connections", own(&["echo"])).await;
    assert_eq!((refused.status, refused.code()), (403, "connection.personal_off"));
    allow_own_connections(&admin).await;
    let mine = create(&owner, own(&["echo"])).await;
    assert_eq!((&mine["personal"], &mine["hasKey"]), (&json!(true), &json!(true)));

    let list = owner.get("/api/models").await.body;
    assert_eq!((&list["items"][0]["personal"], &list["default"]), (&json!(true), &list["items"][0]["id"]));
    assert_eq!(owner.ask("echo", "hello").await.live.message.text(), "hello");
    assert_eq!(outside.ledger().last().and_then(|record| record.key).as_deref(), Some("0001"));
    for stranger in [&other, &admin] {
        assert_eq!(stranger.get("/api/models").await.body["items"], json!([]));
        assert_eq!(stranger.get("/api/my/connections").await.body["items"], json!([]));
        let refused = stranger.post("/api/chat", json!({"content": "hi", "model": list["items"][0]["id"]})).await;
        assert_eq!(refused.code(), "model.none");
        for reply in [
            stranger.patch(&path(&mine), json!({"name": "stolen"})).await,
            stranger.post(&format!("{}/verify", path(&mine)), json!(null)).await,
            stranger.post(&format!("{}/refresh", path(&mine)), json!(null)).await,
            stranger.delete(&path(&mine)).await,
        ] {
            assert_eq!((reply.status, reply.code()), (404, "connection.not_found"));
        }
    }
    assert_eq!(admin.get("/api/connections").await.body["items"], json!([]), "administrators do not see them");
    let everybodys = path(&mine).replace("/api/my", "/api");
    assert_eq!(admin.patch(&everybodys, json!({"name": "stolen"})).await.status, 404);
    assert_eq!(admin.delete(&everybodys).await.status, 404);
    assert_eq!(admin.get("/api/catalog").await.body["items"], json!([]));
    let model = format!("/api/catalog/{}", list["items"][0]["id"].as_str().expect("an id"));
    assert_eq!(admin.patch(&model, json!({"shown": false})).await.status, 404);

    assert_eq!(owner.patch(&path(&mine), json!({"name": "renamed"})).await.body["name"], "renamed");
    assert_eq!(owner.post(&format!("{}/verify", path(&mine)), json!(null)).await.body["ok"], true);
    admin.put("/api/settings/system/personal_connections", json!({"value": false})).await;
    assert_eq!(owner.get("/api/models").await.body["items"], json!([]));
    assert_eq!(owner.post("/api/chat", json!({"content": "hi"})).await.code(), "model.none");
    assert_eq!(owner.get("/api/my/connections").await.code(), "connection.personal_off");
    allow_own_connections(&admin).await;
    assert_eq!(owner.delete(&path(&mine)).await.status, 204);
    assert_eq!(owner.get("/api/models").await.body["items"], json!([]));
}

#[tokio::test]
async fn they_reach_no_private_address_and_have_no_proxy_of_their_own() {
    let (app, _outside) = behind_a_proxy().await;
    let admin = app.admin().await;
    allow_own_connections(&admin).await;
    let owner = app.user(&admin, "owner").await;
    for url in [app.mock.base_url(), "http://10.0.0.1/v1".to_owned(), "http://localhost:11434".to_owned()] {
        let body = json!({"baseUrl": url, "models": ["echo"]});
        let refused = owner.post("/api/my/connections", body.clone()).await;
        assert_eq!((refused.status, refused.code()), (403, "egress.blocked"), "{url}");
        let report = owner.post("/api/my/connections/verify", body).await.body;
        assert_eq!(report["steps"][0]["error"]["code"], "egress.blocked", "{report}");
    }
    let through = json!({"baseUrl": OUTSIDE, "models": ["echo"], "proxy": "http://10.0.0.1:3128"});
    assert_eq!(owner.post("/api/my/connections", through).await.code(), "request.invalid");
    let mine = create(&owner, own(&["echo"])).await;
    for change in
        [json!({"proxy": "http://10.0.0.1:3128"}), json!({"baseUrl": "http://127.0.0.1:9", "key": "sk-new-1"})]
    {
        assert!([400, 403].contains(&owner.patch(&path(&mine), change.clone()).await.status), "{change}");
    }
}

#[tokio::test]
async fn a_person_has_but_a_few_and_the_demo_does_not_mind_them() {
    let (app, _outside) = behind_a_proxy().await;
    let admin = app.admin().await;
    allow_own_connections(&admin).await;
    let owner = app.user(&admin, "owner").await;
    assert_eq!(admin.post("/api/connections/demo", json!(null)).await.status, 201);
    for _ in 0..20 {
        create(&owner, own(&["echo"])).await;
    }
    let refused = owner.post("/api/my/connections", own(&["echo"])).await;
    assert_eq!((refused.status, refused.code()), (409, "connection.limit"));
    let demo = &admin.get("/api/models").await.body["items"][0];
    assert_eq!(demo["demo"], true, "it is there for the others");
}

#[tokio::test]
async fn ones_own_and_everybodys_never_stand_in_for_each_other() {
    let (app, _outside) = behind_a_proxy().await;
    let admin = app.with_models(&["echo"]).await;
    allow_own_connections(&admin).await;
    let owner = app.user(&admin, "owner").await;
    let second = json!({"name": "second", "baseUrl": OUTSIDE, "models": ["echo"]});
    create(&owner, own(&["echo"])).await;
    create(&owner, second).await;
    let (owner, admin) = (person(&owner).await, person(&admin).await);
    let connections = |wanted: &str, who: &User| {
        let routes = app.app.catalog.resolve(Some(wanted), who).expect("a model").routes;
        routes.into_iter().map(|route| route.connection).collect::<Vec<_>>()
    };
    assert_eq!(connections("echo", &owner), ["mine", "second"], "nobody else pays for it");
    assert_eq!(connections("echo", &admin), ["mock"], "nobody else's");
    let everybodys = app.app.catalog.resolve(Some("echo"), &admin).expect("a model").model_id;
    assert_eq!(connections(everybodys.as_str(), &owner), ["mock"], "what everybody pays for is not charged to one");
}
