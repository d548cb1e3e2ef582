//! Lists of models over time: what typing, moving, failing and fetching at the same moment do to them, and what may not
//! grow without end.

use crate::catalog::{Provider, create, decide, id, offered, shelved};
use crate::recorder::{Recorder, Reply};
use crate::support::{Events, TestApp, TestUser, allow_own_connections, anybody, behind_a_proxy, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use server::catalog::Scope;
use server::db::connections::{self, SealedKey};
use server::db::models::{self, Listed, MAX_UNLISTED};
use server::redact::redact;
use shared::{ConnectionId, ModelId};

async fn change(admin: &TestUser, connection: &Value, change: Value) -> Value {
    let reply = admin.patch(&format!("/api/connections/{}", id(connection)), change).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body
}

async fn refresh(admin: &TestUser, connection: &Value) -> crate::support::Reply {
    admin.post(&format!("/api/connections/{}/refresh", id(connection)), json!(null)).await
}

fn names(count: usize, word: &str) -> Vec<Listed> {
    let listed = |number| Listed { name: format!("{word}{number:04}"), facts: None, shown: true, named: false };
    (0..count).map(listed).collect()
}

#[tokio::test]
async fn models_that_are_gone_are_kept_up_to_a_number_and_those_that_matter_for_ever() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let body = json!({"baseUrl": "http://127.0.0.1:9/v1", "models": ["m"]});
    let connection = ConnectionId::from(id(&create(&admin, body).await));
    let tx = app.app.db.begin().await.expect("a transaction");
    models::set_list(&tx, &connection, &names(MAX_UNLISTED + 60, "old"), 1).await.expect("stored");
    tx.commit().await.expect("committed");
    app.app.catalog.reload().await.expect("read");
    for (number, name) in ["old0000", "old0001", "old0002"].into_iter().enumerate() {
        let model = shelved(&admin, name).await;
        match number {
            0 => drop(decide(&admin, &model, json!({"access": ["admin"]})).await),
            1 => drop(admin.put("/api/settings/system/default_model", json!({"value": model["id"]})).await),
            _ => drop(admin.patch("/api/auth/me", json!({"defaultModel": model["id"]})).await),
        }
    }
    let tx = app.app.db.begin().await.expect("a transaction");
    models::set_list(&tx, &connection, &names(1, "new"), 2).await.expect("stored");
    tx.commit().await.expect("committed");
    let left = models::of(app.app.db.read(), &connection).await.expect("rows");
    let left: Vec<&str> = left.iter().filter(|model| !model.listed).map(|model| model.name.as_str()).collect();
    assert_eq!(left.len(), MAX_UNLISTED + 3);
    assert!(["old0000", "old0001", "old0002"].iter().all(|name| left.contains(name)), "somebody cares for them");
    assert!(!left.contains(&"old0003") && left.contains(&"old2059"), "the oldest went");
}

#[tokio::test]
async fn a_name_that_somebody_types_is_shown_even_if_it_was_hidden() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Provider::start(&["a", "b"]).await;
    let connection = create(&admin, json!({"baseUrl": provider.url, "shown": ["a"]})).await;
    assert_eq!(offered(&admin).await, ["a"]);
    change(&admin, &connection, json!({"models": ["b"]})).await;
    assert_eq!(offered(&admin).await, ["b"]);
}

#[tokio::test]
async fn all_names_that_were_typed_are_told_so_that_editing_loses_none() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let typed: Vec<String> = (0..60).map(|number| format!("m{number:02}")).collect();
    let connection = create(&admin, json!({"baseUrl": "http://127.0.0.1:9/v1", "models": typed})).await;
    assert_eq!(connection["models"], json!(typed));
}

#[tokio::test]
async fn a_secret_that_was_added_meanwhile_does_not_travel() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (here, there) = (Provider::start(&["a"]).await, Provider::start(&["a"]).await);
    let connection = create(&admin, json!({"baseUrl": here.url})).await;
    // As another server writes it, of which this one has not heard yet.
    let tx = app.app.db.begin().await.expect("a transaction");
    let key =
        SealedKey { id: "k".into(), label: "1".into(), sealed: "sealed".into(), enabled: true, models: Vec::new() };
    connections::set_keys(&tx, &ConnectionId::from(id(&connection)), &[key], 1).await.expect("stored");
    tx.commit().await.expect("committed");
    let path = format!("/api/connections/{}", id(&connection));
    let moved = admin.patch(&path, json!({"baseUrl": there.url})).await;
    assert_eq!((moved.status, moved.code()), (409, "connection.changed"));
    let given = change(&admin, &connection, json!({"baseUrl": there.url, "key": "sk-of-its-own-0001"})).await;
    assert!(given["baseUrl"].as_str().is_some_and(|url| there.url.starts_with(url)), "{given}");
}

#[tokio::test]
async fn headers_that_do_not_open_are_given_again_as_a_whole() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Provider::start(&["a"]).await;
    let body = json!({"baseUrl": provider.url, "headers": {"x-team": "blue"}, "key": "sk-0123456789"});
    let connection = create(&admin, body).await;
    let id_of = ConnectionId::from(id(&connection));
    let row = connections::get(app.app.db.read(), &Scope::Everybody, &id_of).await.expect("read").expect("the row");
    let tx = app.app.db.begin().await.expect("a transaction");
    let about = connections::About { sealed: Some("of another master key".into()), ..row.about };
    connections::update(&tx, &id_of, &about, 1).await.expect("stored");
    connections::bump(&tx, 1).await.expect("counted");
    tx.commit().await.expect("committed");
    app.app.catalog.reload().await.expect("read");
    assert_eq!(admin.get("/api/connections").await.body["items"][0]["locked"], true);
    assert_eq!(change(&admin, &connection, json!({"name": "renamed"})).await["locked"], true);
    let path = format!("/api/connections/{}", id(&connection));
    for half in [json!({"headers": {}}), json!({"proxy": ""}), json!({"key": "sk-new-0123456789"})] {
        let refused = admin.patch(&path, half.clone()).await;
        assert_eq!((refused.status, refused.code()), (400, "request.invalid"), "{half}");
        assert!(refused.text.contains("`headers` and `proxy`"), "{}", refused.text);
    }
    let whole = change(&admin, &connection, json!({"headers": {"x-team": "red"}, "proxy": ""})).await;
    assert_eq!((whole.get("locked"), &whole["headers"]), (None, &json!(["x-team"])));
}

#[tokio::test]
async fn an_empty_list_where_there_was_one_is_a_fault() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Provider::start(&["a", "b"]).await;
    let connection = create(&admin, json!({"baseUrl": provider.url})).await;
    provider.list(Some(&[]));
    let failed = refresh(&admin, &connection).await;
    assert_eq!((failed.status, failed.code()), (502, "provider.empty"));
    assert_eq!(offered(&admin).await, ["a", "b"], "the last good list stays");
    let list = change(&admin, &connection, json!({"key": "sk-another-0123456789"})).await["list"].clone();
    assert_eq!((&list["error"]["code"], &list["count"]), (&json!("provider.empty"), &json!(2)));
}

#[tokio::test]
async fn who_wants_the_list_instead_of_typed_names_gets_it_when_it_can_be_had() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Provider::start(&["a", "b"]).await;
    let connection = create(&admin, json!({"baseUrl": provider.url, "models": ["deployment-1"]})).await;
    provider.list(None);
    let list = change(&admin, &connection, json!({"models": []})).await["list"].clone();
    assert_eq!((list.get("typed"), &list["error"]["code"]), (None, &json!("provider.server_error")));
    assert_eq!(offered(&admin).await, ["deployment-1"], "until then the names stay");
    provider.list(Some(&["a", "b"]));
    app.app.clock.shift(31_000);
    app.app.catalog.refresh_due().await;
    assert_eq!(offered(&admin).await, ["a", "b"]);
}

#[tokio::test]
async fn another_provider_begins_with_a_list_of_its_own() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (here, there) = (Provider::start(&["a", "b"]).await, Provider::start(&["c", "d"]).await);
    let connection = create(&admin, json!({"baseUrl": here.url, "shown": ["a"]})).await;
    assert_eq!(connection["list"]["showNew"], false);
    let moved = change(&admin, &connection, json!({"baseUrl": there.url})).await;
    assert_eq!((offered(&admin).await, &moved["list"]["showNew"]), (vec!["c".into(), "d".into()], &json!(true)));
}

#[tokio::test]
async fn a_connection_whose_keys_are_all_switched_off_is_not_asked_without_one() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["echo"]).await;
    let connection = admin.get("/api/connections").await.body["items"][0].clone();
    let keys = json!({"keys": [{"id": connection["keys"][0]["id"], "enabled": false}]});
    change(&admin, &connection, keys).await;
    assert!(offered(&admin).await.is_empty());
    assert!(app.app.catalog.resolve(Some("echo"), &anybody()).is_err());
}

#[tokio::test]
async fn a_list_that_was_overtaken_by_an_edit_is_dropped() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Provider::start(&["a", "b"]).await;
    let connection = create(&admin, json!({"baseUrl": provider.url})).await;
    for fails in [false, true] {
        provider.list(if fails { None } else { Some(&["late"]) });
        let (closed, asked) = (provider.gate.clone().lock_owned().await, provider.asked());
        let slow = {
            let (admin, connection) = (admin.clone(), connection.clone());
            tokio::spawn(async move { refresh(&admin, &connection).await.status })
        };
        eventually("the list is asked for", || async { provider.asked() > asked }).await;
        // As an edit ends that found a list of its own.
        app.app.clock.shift(10);
        let tx = app.app.db.begin().await.expect("a transaction");
        let now = app.app.clock.now();
        connections::set_fetched(&tx, &ConnectionId::from(id(&connection)), now).await.expect("stored");
        tx.commit().await.expect("committed");
        drop(closed);
        slow.await.expect("an answer");
        app.app.catalog.reload().await.expect("read");
        assert_eq!(offered(&admin).await, ["a", "b"]);
        assert_eq!(admin.get("/api/connections").await.body["items"][0]["list"].get("error"), None, "fails: {fails}");
    }
}

#[tokio::test]
async fn a_list_that_is_as_before_is_no_news() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Provider::start(&["a", "b"]).await;
    let connection = create(&admin, json!({"baseUrl": provider.url})).await;
    let version = async || connections::version(app.app.db.read()).await.expect("a version");
    let before = version().await;
    app.app.clock.shift(1_000);
    let again = refresh(&admin, &connection).await.body;
    assert_ne!(again["list"]["fetchedAt"], connection["list"]["fetchedAt"], "its time is known");
    assert_eq!(version().await, before);
    provider.list(None);
    assert_eq!(refresh(&admin, &connection).await.status, 502);
    assert_eq!(version().await, before + 1, "that it fails is news");
    let failed_at = async || admin.get("/api/connections").await.body["items"][0]["list"]["failedAt"].clone();
    let first = failed_at().await;
    app.app.clock.shift(1_000);
    assert_eq!(refresh(&admin, &connection).await.status, 502);
    assert_eq!(version().await, before + 1, "that it still does is none");
    assert_ne!(failed_at().await, first);
    provider.list(Some(&["a", "b"]));
    assert_eq!(refresh(&admin, &connection).await.status, 200);
    assert_eq!(version().await, before + 2);
}

#[tokio::test]
async fn who_was_slower_than_another_server_asks_the_next_time() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Provider::start(&["a"]).await;
    let connection = ConnectionId::from(id(&create(&admin, json!({"baseUrl": provider.url})).await));
    app.app.clock.shift(7 * 3_600_000);
    let tx = app.app.db.begin().await.expect("a transaction");
    assert!(connections::claim(&tx, &connection, None, app.app.clock.now()).await.expect("an answer"));
    tx.commit().await.expect("committed");
    let asked = provider.asked();
    for _ in 0..2 {
        app.app.catalog.refresh_due().await;
        assert_eq!(provider.asked(), asked, "another server is at it");
        app.app.clock.shift(31_000);
    }
    app.app.clock.shift(7 * 3_600_000);
    app.app.catalog.refresh_due().await;
    assert!(provider.asked() > asked);
}

#[tokio::test]
async fn a_model_that_stands_in_is_asked_with_what_was_set_for_it() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (gone, there) = (Recorder::start(|_| Reply::refuses(500)).await, Recorder::start(|_| Reply::says("yes")).await);
    let first = gone.connect(&admin, "first", &["m"]).await;
    let _ = there.connect(&admin, "second", &["m"]).await;
    let items = admin.get("/api/catalog").await.body["items"].clone();
    for (number, model) in items.as_array().expect("models").iter().enumerate() {
        let set = json!({"overrides": {"parameters": {"extra": {"from": number}}}});
        decide(&admin, model, set).await;
    }
    drop(first);
    assert_eq!(admin.ask("m", "hi").await.live.message.text(), "yes");
    assert_eq!((&gone.asked()[0].body["from"], &there.asked()[0].body["from"]), (&json!(0), &json!(1)));
    let routes = app.app.catalog.resolve(Some("m"), &anybody()).expect("the model").routes;
    let ids: Vec<&ModelId> = routes.iter().map(|route| &route.model_id).collect();
    assert_eq!(
        ids,
        items
            .as_array()
            .expect("models")
            .iter()
            .map(|m| ModelId::from(id(m)))
            .collect::<Vec<_>>()
            .iter()
            .collect::<Vec<_>>()
    );
}

/// Somebody's own connection to a long list, with a header that looks like a secret.
async fn own_relay(owner: &TestUser) -> Value {
    let body = json!({"baseUrl": "http://8.8.8.8/v1", "key": "sk-own-relay-0123456789", "headers": {"x-a": "common-word-1234"}});
    let reply = owner.post("/api/my/connections", body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.body
}

#[tokio::test]
async fn a_long_list_of_ones_own_is_cut_and_its_owner_chooses_from_it() {
    let (app, _outside) = behind_a_proxy().await;
    let admin = app.admin().await;
    allow_own_connections(&admin).await;
    let owner = app.user(&admin, "owner").await;
    let mut tab = Events::open(admin.request(Method::GET, "/api/events")).await;
    tab.frame().await.expect("a greeting");
    let relay = own_relay(&owner).await;
    assert_eq!((&relay["list"]["count"], relay["models"].as_array().map(Vec::len)), (&json!(300), Some(300)));
    let hidden = relay["models"].as_array().expect("names").last().expect("a name").clone();
    let path = format!("/api/my/connections/{}", id(&relay));
    let chosen = owner.patch(&path, json!({"shown": [hidden]})).await;
    assert_eq!((chosen.status, &chosen.body["list"]["shown"]), (200, &json!(1)), "{}", chosen.text);
    assert_eq!(offered(&owner).await, [hidden.as_str().expect("a name")]);
    let many: Vec<String> = (0..301).map(|number| format!("m{number}")).collect();
    for field in ["models", "shown"] {
        assert_eq!(owner.patch(&path, json!({field: many})).await.code(), "request.invalid");
    }
    admin.put("/api/settings/system/runs_per_user", json!({"value": 7})).await;
    assert_eq!(tab.frame().await.expect("news").data, r#"{"type":"settings.changed"}"#, "nobody else hears of it");
    assert_eq!(redact("a common-word-1234 by another"), "a common-word-1234 by another", "it blots nothing out");
}

#[tokio::test]
async fn lists_of_people_are_fetched_apart_and_only_for_those_who_may_sign_in() {
    let (app, _outside) = behind_a_proxy().await;
    let admin = app.admin().await;
    allow_own_connections(&admin).await;
    let owner = app.user(&admin, "owner").await;
    let relay = ConnectionId::from(id(&own_relay(&owner).await));
    let scope = Scope::Own(owner.id.as_str().into());
    let fetched = async || {
        let row = connections::get(app.app.db.read(), &scope, &relay).await.expect("read").expect("the row");
        (row.list.fetched_at, row.list.asked_at)
    };
    let status = async |status: &str| {
        let admin = app.login("admin").await;
        let path = format!("/api/admin/users/{}", owner.id);
        let reply = admin.patch(&path, json!({"status": status})).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    };
    let first = fetched().await;
    status("disabled").await;
    app.app.clock.shift(7 * 3_600_000);
    app.app.catalog.refresh_due().await;
    app.app.catalog.refresh_own_due().await;
    assert_eq!(fetched().await, first, "its owner may not sign in");
    status("active").await;
    app.app.clock.shift(11 * 60_000);
    app.app.catalog.refresh_due().await;
    assert_eq!(fetched().await, first, "everybody's lists come first and alone");
    app.app.catalog.refresh_own_due().await;
    assert!(fetched().await.0 > first.0);
}
