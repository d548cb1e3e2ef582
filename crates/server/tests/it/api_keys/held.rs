//! What a key is held to: a time, addresses, models, and the role of its person.

use super::{made, path, program, refused};
use crate::support::{Events, PATIENCE, TestApp, TestUser};
use reqwest::Method;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

#[tokio::test]
async fn a_key_ends_with_its_time_and_so_do_its_streams() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let end = server::db::rfc3339(app.app.clock.now() + 60_000);
    let key = made(&admin, json!({"expiresAt": end})).await;
    assert_eq!(key["key"]["expiresAt"], json!(end));
    let program = program(&app, &key);
    let mut stream = Events::open(program.request(Method::GET, "/api/events")).await;
    stream.frame().await.expect("hello");
    app.app.clock.shift(59_000);
    assert_eq!(program.get("/api/sessions").await.status, 200);
    app.app.clock.shift(1_000);
    let late = program.get("/api/sessions").await;
    assert_eq!((refused(&late), &late.body["params"]["name"]), ((401, "auth.key_expired"), &json!("notes")));
    while stream.frame().await.is_some() {}
    let later = server::db::rfc3339(app.app.clock.now() + 60_000);
    assert_eq!(admin.patch(&path(&key), json!({"expiresAt": later})).await.body["expiresAt"], json!(later));
    assert_eq!(program.get("/api/sessions").await.status, 200, "a later end brings it back");
    let forever = admin.patch(&path(&key), json!({"expiresAt": null})).await.body;
    assert!(forever.get("expiresAt").is_none(), "{forever}");
    app.app.clock.shift(400 * 24 * 3_600_000);
    assert_eq!(program.get("/api/sessions").await.status, 200);
}

/// Shows a key from a local address, as a proxy that speaks for somebody.
async fn shows(app: &TestApp, key: &Value, peer: Ipv4Addr, said: &str) -> (u16, String) {
    let client = reqwest::Client::builder().local_address(IpAddr::from(peer)).timeout(PATIENCE);
    let request = client.build().expect("a client").get(format!("{}/api/sessions", app.url));
    let request = request.bearer_auth(key["secret"].as_str().expect("a secret")).header("x-forwarded-for", said);
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let body: Value = response.json().await.expect("JSON");
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_key_is_taken_from_its_addresses_alone_as_trusted_proxies_tell_them() {
    let (trusted, stranger) = (Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3));
    let app = TestApp::with(|config| config.trusted_proxies = vec!["127.0.0.2/32".parse().expect("a network")]).await;
    let admin = app.admin().await;
    let networks = json!({"addresses": ["203.0.113.0/24", "::ffff:198.51.100.7", "2001:db8::/32"]});
    let key = made(&admin, networks).await;
    assert_eq!(key["key"]["addresses"], json!(["203.0.113.0/24", "198.51.100.7", "2001:db8::/32"]));
    let outside = (403, "auth.key_address".to_owned());
    for (said, taken) in [
        ("203.0.113.9", true),
        ("::ffff:203.0.113.9", true),
        ("[2001:db8::1]:4711", true),
        ("198.51.100.7", true),
        ("198.51.100.8", false),
        ("2001:db9::1", false),
        ("203.0.113.9, 192.0.2.1", false),
    ] {
        let due = if taken { (200, String::new()) } else { outside.clone() };
        assert_eq!(shows(&app, &key, trusted, said).await, due, "{said}");
        assert_eq!(shows(&app, &key, stranger, said).await, outside, "{said}: nobody believes a stranger");
    }
    assert_eq!(admin.patch(&path(&key), json!({"addresses": ["127.0.0.3"]})).await.status, 200);
    assert_eq!(shows(&app, &key, stranger, "203.0.113.9").await.0, 200, "a change counts at once");
    assert_eq!(shows(&app, &key, trusted, "203.0.113.9").await, outside);
    assert_eq!(admin.patch(&path(&key), json!({"addresses": []})).await.status, 200);
    assert_eq!(shows(&app, &key, trusted, "203.0.113.9").await.0, 200);
}

async fn names(program: &TestUser) -> Vec<String> {
    let list = program.get("/api/models").await.body;
    let items = list["items"].as_array().expect("a list");
    items.iter().map(|model| model["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn other_models_are_not_there_for_a_key() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok", "echo"]).await;
    let bob = app.user(&admin, "bob").await;
    let key = made(&bob, json!({"scopes": ["chat", "models"], "models": ["echo"]})).await;
    let list = bob.get("/api/models").await.body;
    let id = |name: &str| {
        let found = list["items"].as_array().expect("a list").iter().find(|model| model["name"] == name);
        found.expect("the model")["id"].clone()
    };
    assert_eq!(key["key"]["models"], json!([id("echo")]), "a name is kept as an id");
    let program = program(&app, &key);
    let offered = program.get("/api/models").await.body;
    assert_eq!((names(&program).await, &offered["default"]), (vec!["echo".to_owned()], &id("echo")));
    for model in [json!("ok"), id("ok")] {
        let body = json!({"content": "hi", "model": model});
        for path in ["/api/chat", "/api/chat/stream", "/api/chat/runs"] {
            assert_eq!(refused(&program.post(path, body.clone()).await), (404, "model.not_found"), "{body}");
        }
        let also = json!({"content": "hi", "model": "echo", "also": [model]});
        assert_eq!(refused(&program.post("/api/chat", also).await), (404, "model.not_found"));
        let chat = json!({"title": "x", "model": model});
        assert_eq!(program.post("/api/sessions", chat).await.status, 404);
    }
    let plain = program.post("/api/chat", json!({"content": "said"})).await;
    assert_eq!((plain.status, plain.body["text"].as_str().map(|text| text.contains("said"))), (200, Some(true)));
    let theirs = bob.ask("ok", "hi").await.session();
    let gauge = program.get(&format!("/api/sessions/{theirs}/context")).await.body;
    assert_eq!(gauge["model"], id("echo"), "a chat with another model goes on with one that is there: {gauge}");
    assert_eq!(bob.post("/api/chat", json!({"content": "hi", "model": "ok"})).await.status, 200, "bob is held to none");

    let both = json!({"models": [id("echo"), "ok"]});
    assert_eq!(bob.patch(&path(&key), both).await.status, 200);
    assert_eq!(names(&program).await.len(), 2);
    assert_eq!(
        admin
            .patch(&format!("/api/catalog/{}", id("echo").as_str().expect("an id")), json!({"shown": false}))
            .await
            .status,
        200
    );
    assert_eq!(bob.patch(&path(&key), json!({"models": [id("echo")]})).await.status, 200, "one that went may stay");
    assert!(names(&program).await.is_empty(), "and is not everything");
    assert_eq!(bob.patch(&path(&key), json!({"models": []})).await.status, 200);
    assert_eq!(names(&program).await, ["ok"]);
}

#[tokio::test]
async fn what_a_key_is_held_to_holds_whichever_header_shows_it() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok", "echo"]).await;
    let key = made(&admin, json!({"models": ["echo"], "addresses": ["203.0.113.0/24"]})).await;
    let bearer = program(&app, &key);
    for program in [bearer.clone(), bearer.showing_in("x-api-key")] {
        let ask = async |path: &str, model: &str, address: &str| {
            let body = json!({"model": model, "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]});
            let request = program.request(Method::POST, path).header("x-forwarded-for", address);
            let reply = program.call(request.json(&body)).await;
            (reply.status, reply.code().to_owned())
        };
        for path in ["/v1/chat/completions", "/v1/messages"] {
            assert_eq!(ask(path, "echo", "203.0.113.9").await.0, 200, "{path}");
            assert_eq!(ask(path, "ok", "203.0.113.9").await.0, 404, "{path}: another model");
            assert_eq!(ask(path, "echo", "198.51.100.7").await.0, 403, "{path}: another address");
        }
        assert_eq!(ask("/v1/chat/completions", "echo", "198.51.100.7").await.1, "auth.key_address");
        let list = program.request(Method::GET, "/v1/models").header("x-forwarded-for", "203.0.113.9");
        assert_eq!(refused(&program.call(list).await), (403, "auth.scope"), "another scope");
    }
    assert_eq!(admin.delete(&path(&key)).await.status, 204);
    for program in [bearer.clone(), bearer.showing_in("x-api-key")] {
        assert_eq!(refused(&program.get("/v1/models").await), (401, "auth.key_revoked"));
    }
}

#[tokio::test]
async fn what_gives_power_over_accounts_wants_a_person_and_no_key() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let program = program(&app, &made(&admin, json!({"scopes": ["admin"]})).await);
    let person = format!("/api/admin/users/{}", bob.id);
    let made = json!({"username": "carol", "role": "admin"});
    for reply in [
        program.post("/api/admin/users", made).await,
        program.patch(&person, json!({"role": "admin"})).await,
        program.post(&format!("{person}/password"), json!({})).await,
        program.delete(&format!("{person}/second-factor")).await,
        program
            .post("/api/identity-providers", json!({"name": "x", "issuer": app.mock.issuer(), "clientId": "x"}))
            .await,
    ] {
        assert_eq!(refused(&reply), (403, "auth.scope"), "{}", reply.text);
    }
    assert_eq!(bob.get("/api/auth/me").await.body["role"], "user");
    assert_eq!(program.patch(&person, json!({"status": "disabled"})).await.status, 200);
    assert_eq!(admin.patch(&person, json!({"role": "admin"})).await.status, 200, "disabled, so none yet");
    assert_eq!(refused(&program.patch(&person, json!({"status": "active"})).await), (403, "auth.scope"));
    assert_eq!(program.patch(&person, json!({"role": "user"})).await.status, 200, "it may take the role away");
    assert_eq!(program.patch(&person, json!({"status": "active"})).await.status, 200);
}

#[tokio::test]
async fn what_administrators_may_is_lost_with_the_role() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let person = format!("/api/admin/users/{}", bob.id);
    assert_eq!(admin.patch(&person, json!({"role": "admin"})).await.status, 200);
    let (all, chat) = (made(&bob, json!({"scopes": ["chat", "admin"]})).await, made(&bob, json!({})).await);
    let (program, plain) = (program(&app, &all), program(&app, &chat));
    assert_eq!(program.get("/api/admin/users").await.status, 200);
    let mut streams = Vec::new();
    for caller in [&program, &plain] {
        let mut stream = Events::open(caller.request(Method::GET, "/api/events")).await;
        stream.frame().await.expect("hello");
        streams.push(stream);
    }
    admin.post("/api/admin/users", json!({"username": "carol"})).await;
    assert!(streams[0].frame().await.expect("an event").data.contains("people.changed"));

    assert_eq!(admin.patch(&person, json!({"role": "user"})).await.status, 200);
    assert_eq!(refused(&program.get("/api/admin/users").await), (403, "auth.forbidden"));
    assert_eq!(program.get("/api/sessions").await.status, 200, "the rest stays");
    while let Some(frame) = streams[1].frame().await {
        assert!(!frame.data.contains("people.changed"), "without the scope nothing is heard of people");
    }
    let renamed = bob.patch(&path(&all), json!({"name": "other", "scopes": ["admin", "chat"]})).await;
    assert_eq!((renamed.status, &renamed.body["scopes"]), (200, &json!(["chat", "admin"])));
    assert_eq!(refused(&bob.patch(&path(&chat), json!({"scopes": ["admin"]})).await), (403, "auth.forbidden"));
    assert_eq!(admin.patch(&person, json!({"role": "admin"})).await.status, 200);
    assert_eq!(program.get("/api/admin/users").await.status, 200, "and comes back with it");
}
