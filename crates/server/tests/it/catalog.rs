//! The catalogue of models: what is known of each, who may use it, what becomes of long lists and of lists that fail.

use crate::support::{Events, TestApp, TestUser, anybody};
use mock_llm::{MockLlm, Options};
use reqwest::Method;
use serde_json::{Value, json};
use server::catalog::{NEWS_PAUSE, Scope};
use server::db;
use shared::ConnectionId;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A provider with a list of models that changes, or fails.
pub(crate) struct Provider {
    pub(crate) url: String,
    names: Arc<Mutex<Option<Vec<String>>>>,
    asked: Arc<AtomicUsize>,
    /// Whoever holds it keeps every answer back.
    pub(crate) gate: Arc<tokio::sync::Mutex<()>>,
}

impl Provider {
    pub(crate) async fn start(names: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
        let names = Arc::new(Mutex::new(Some(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())));
        let asked = Arc::new(AtomicUsize::new(0));
        let gate = Arc::new(tokio::sync::Mutex::new(()));
        let (listed, counted, closed) = (Arc::clone(&names), Arc::clone(&asked), Arc::clone(&gate));
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut request = vec![0; 64 * 1024];
                _ = socket.read(&mut request).await;
                counted.fetch_add(1, Ordering::SeqCst);
                drop(closed.lock().await);
                let list = listed.lock().expect("no test panics in here").clone();
                let models = |names: Vec<String>| names.iter().map(|name| json!({"id": name})).collect::<Vec<_>>();
                let (status, body) = match list {
                    Some(names) => ("200 OK", json!({"object": "list", "data": models(names)})),
                    None => {
                        ("500 Internal Server Error", json!({"error": {"message": "down with sk-proj-0123456789"}}))
                    }
                };
                let body = body.to_string();
                let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n");
                let answer = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
                _ = socket.write_all(answer.as_bytes()).await;
            }
        });
        Self { url, names, asked, gate }
    }

    pub(crate) fn list(&self, names: Option<&[&str]>) {
        let names = names.map(|names| names.iter().map(|&name| name.to_owned()).collect());
        *self.names.lock().expect("no test panics in here") = names;
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

pub(crate) async fn create(admin: &TestUser, body: Value) -> Value {
    let reply = admin.post("/api/connections", body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.body
}

pub(crate) fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().expect("a list").iter().filter_map(|model| model["name"].as_str()).collect()
}

pub(crate) async fn offered(user: &TestUser) -> Vec<String> {
    names(&user.get("/api/models").await.body).into_iter().map(str::to_owned).collect()
}

/// The model of the catalogue with this name.
pub(crate) async fn shelved(admin: &TestUser, name: &str) -> Value {
    let list = admin.get(&format!("/api/catalog?q={name}")).await.body;
    let found = list["items"].as_array().expect("a list").iter().find(|model| model["name"] == name);
    found.unwrap_or_else(|| panic!("{name}: {list}")).clone()
}

pub(crate) async fn decide(admin: &TestUser, model: &Value, change: Value) -> Value {
    let reply = admin.patch(&format!("/api/catalog/{}", id(model)), change).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body
}

#[tokio::test]
async fn a_long_list_is_hidden_until_somebody_shows_more_of_it() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let relay =
        create(&admin, json!({"name": "relay", "baseUrl": app.mock.base_url(), "key": "sk-relay-0123456789"})).await;
    let list = &relay["list"];
    assert!(list["count"].as_u64() >= Some(1_000) && list["showNew"] == false, "{list}");
    assert!(list["fetchedAt"].is_string() && list.get("error").is_none(), "{list}");
    assert_eq!(relay["models"].as_array().map(Vec::len), Some(50), "names enough to recognise it");
    let shown = offered(&admin).await;
    assert!(list["shown"] == shown.len() && (1..300).contains(&shown.len()), "{list}: {}", shown.len());

    let hidden = shelved(&admin, "relay-0900").await;
    assert_eq!((&hidden["shown"], &hidden["listed"]), (&json!(false), &json!(true)));
    let refused = admin.post("/api/chat", json!({"content": "hi", "model": "relay-0900"})).await;
    assert_eq!((refused.status, refused.code()), (404, "model.not_found"));
    assert_eq!(decide(&admin, &hidden, json!({"shown": true})).await["shown"], true);
    assert!(offered(&admin).await.contains(&"relay-0900".to_owned()));
    let path = format!("/api/connections/{}/refresh", id(&relay));
    let again = admin.post(&path, json!(null)).await.body;
    assert_eq!(again["list"]["shown"], shown.len() + 1, "a refresh keeps what was decided");
}

#[tokio::test]
async fn a_short_list_is_shown_with_what_comes_later_and_a_chosen_one_is_not() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Provider::start(&["a", "b", "text-embedding-x"]).await;
    let open = create(&admin, json!({"name": "open", "baseUrl": provider.url})).await;
    assert_eq!(offered(&admin).await, ["a", "b"], "what does not chat is not offered");
    assert_eq!((&open["list"]["count"], &open["list"]["shown"]), (&json!(3), &json!(2)));
    provider.list(Some(&["b", "c"]));
    admin.post(&format!("/api/connections/{}/refresh", id(&open)), json!(null)).await;
    assert_eq!(offered(&admin).await, ["b", "c"]);

    admin.delete(&format!("/api/connections/{}", id(&open))).await;
    let chosen = create(&admin, json!({"name": "chosen", "baseUrl": provider.url, "shown": ["c"]})).await;
    provider.list(Some(&["b", "c", "d"]));
    admin.post(&format!("/api/connections/{}/refresh", id(&chosen)), json!(null)).await;
    assert_eq!(offered(&admin).await, ["c"]);
    let path = format!("/api/connections/{}", id(&chosen));
    assert_eq!(admin.patch(&path, json!({"showNew": true})).await.body["list"]["showNew"], true);
    provider.list(Some(&["b", "c", "d", "e"]));
    admin.post(&format!("{path}/refresh"), json!(null)).await;
    assert_eq!(offered(&admin).await, ["c", "e"]);
}

#[tokio::test]
async fn facts_come_from_the_table_the_provider_and_the_administrator_in_this_order() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    create(&admin, json!({"baseUrl": "http://127.0.0.1:9/v1", "models": ["gpt-4o", "my-embedding"]})).await;
    let model = shelved(&admin, "gpt-4o").await;
    assert_eq!((&model["facts"]["vision"], &model["sources"]["vision"]), (&json!(true), &json!("table")));
    let own = json!({
        "label": "Workhorse", "description": "For nearly everything",
        "facts": {"vision": false, "contextWindow": 64_000},
        "parameters": {"temperature": 0.3, "extra": {"seed": 7}},
    });
    let changed = decide(&admin, &model, json!({"overrides": own})).await;
    assert_eq!((&changed["facts"]["vision"], &changed["sources"]["vision"]), (&json!(false), &json!("override")));
    assert_eq!(changed["sources"]["tools"], "table", "the rest stays as it was known");
    let listed = admin.get("/api/models").await.body["items"][0].clone();
    assert_eq!((&listed["label"], &listed["description"]), (&json!("Workhorse"), &json!("For nearly everything")));
    let resolved = app.app.catalog.resolve(Some("gpt-4o"), &anybody()).expect("the model");
    assert_eq!((resolved.facts.context_window, resolved.parameters.temperature), (Some(64_000), Some(0.3)));
    assert_eq!(resolved.parameters.extra["seed"], 7);
    let reset = decide(&admin, &model, json!({"overrides": {}})).await;
    assert_eq!((&reset["facts"], &reset["sources"]), (&model["facts"], &model["sources"]));

    assert_eq!(offered(&admin).await, ["gpt-4o"]);
    let vectors = shelved(&admin, "my-embedding").await;
    assert_eq!(vectors["facts"]["kind"], "embedding");
    decide(&admin, &vectors, json!({"overrides": {"facts": {"kind": "chat"}}})).await;
    assert_eq!(offered(&admin).await, ["gpt-4o", "my-embedding"], "an administrator knows better");
}

#[tokio::test]
async fn what_a_provider_says_of_its_models_is_known() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    create(&admin, json!({"baseUrl": app.mock.base_url()})).await;
    let list = admin.get("/api/catalog?limit=1000").await.body;
    let said = |model: &Value| model["sources"].as_object().is_some_and(|all| all.values().any(|s| s == "provider"));
    assert!(list["items"].as_array().expect("a list").iter().any(said), "{list}");
}

#[tokio::test]
async fn what_breaks_a_rule_about_a_model_is_refused_with_the_rule() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["echo"]).await;
    let model = shelved(&admin, "echo").await;
    let path = format!("/api/catalog/{}", id(&model));
    for (change, word) in [
        (json!({"overrides": {"parameters": {"temperature": 3}}}), "temperature"),
        (json!({"overrides": {"parameters": {"extra": {"stream": false}}}}), "stream"),
        (json!({"overrides": {"facts": {"contextWindow": 0}}}), "contextWindow"),
        (json!({"overrides": {"label": "x".repeat(101)}}), "label"),
        (json!({"overrides": {"colour": "red"}}), "colour"),
        (json!({"access": ["guest"]}), "guest"),
    ] {
        let refused = admin.patch(&path, change.clone()).await;
        assert_eq!((refused.status, refused.code()), (400, "request.invalid"), "{change}");
        assert!(refused.text.contains(word) || word == "guest", "{}", refused.text);
    }
    assert_eq!(shelved(&admin, "echo").await, model);
    for ids in [json!([]), json!(["none"]), json!([model["id"], "none"])] {
        let status = admin.patch("/api/catalog", json!({"ids": ids, "shown": false})).await.status;
        assert!(status == 400 || status == 404, "{ids}: {status}");
    }
    assert_eq!(shelved(&admin, "echo").await["shown"], true, "all of them or none");
    assert_eq!(admin.patch("/api/catalog/none", json!({"shown": true})).await.code(), "model.not_found");
    assert_eq!(admin.get("/api/catalog?after=none").await.code(), "request.invalid");
    assert_eq!(admin.get("/api/catalog?colour=red").await.code(), "request.invalid");
}

#[tokio::test]
async fn the_catalogue_is_searched_filtered_and_paged() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let many: Vec<String> = (0..60).map(|number| format!("m{number:02}")).collect();
    let first = create(&admin, json!({"name": "first", "baseUrl": "http://127.0.0.1:9/v1", "models": many})).await;
    let other = json!({"name": "other", "baseUrl": "http://127.0.0.1:9/v1", "models": ["GPT_x%1"], "prefix": "az/"});
    create(&admin, other).await;
    let found = |path: &'static str| async { names(&admin.get(path).await.body).join(" ") };
    assert_eq!(found("/api/catalog?q=m1").await, (10..20).map(|n| format!("m{n}")).collect::<Vec<_>>().join(" "));
    assert_eq!(found("/api/catalog?q=gpt_X%251").await, "GPT_x%1", "every sign to the letter, whatever the case");
    assert_eq!(found("/api/catalog?q=AZ%2Fgpt").await, "GPT_x%1", "the prefix belongs to the name");
    assert_eq!(found("/api/catalog?q=m_1").await, "");

    let ids: Vec<Value> = admin.get("/api/catalog?q=m0").await.body["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|model| model["id"].clone())
        .collect();
    let changed = admin.patch("/api/catalog", json!({"ids": ids, "shown": false, "access": ["admin"]})).await.body;
    assert_eq!(changed["items"].as_array().map(Vec::len), Some(10));
    assert!(changed["items"].as_array().expect("a list").iter().all(|m| m["access"] == json!(["admin"])));
    assert_eq!(names(&admin.get("/api/catalog?shown=false").await.body).len(), 10);

    let (mut seen, mut path) = (Vec::new(), format!("/api/catalog?connection={}&limit=25", id(&first)));
    loop {
        let page = admin.get(&path).await.body;
        seen.extend(names(&page).into_iter().map(str::to_owned));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/catalog?connection={}&limit=25&after={next}", id(&first));
    }
    assert_eq!(seen, many, "each once, in the provider's order");
}

#[tokio::test]
async fn a_model_for_administrators_is_not_there_for_others() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["echo", "ok"]).await;
    let user = app.user(&admin, "reader").await;
    let echo = shelved(&admin, "echo").await;
    decide(&admin, &echo, json!({"access": ["admin"]})).await;
    assert_eq!((offered(&admin).await, offered(&user).await), (vec!["echo".into(), "ok".into()], vec!["ok".into()]));
    for model in ["echo", id(&echo)] {
        let refused = user.post("/api/chat", json!({"content": "hi", "model": model})).await;
        assert_eq!((refused.status, refused.code()), (404, "model.not_found"));
    }
    assert_eq!(admin.ask("echo", "hi").await.live.message.text(), "hi");
    let theirs = user.get("/api/models").await.body;
    assert_eq!(theirs["default"], theirs["items"][0]["id"], "a default that they may use");
    decide(&admin, &echo, json!({"access": ["admin", "user"]})).await;
    assert_eq!(shelved(&admin, "echo").await["access"], json!([]), "all roles are everybody");
    assert_eq!(offered(&user).await, ["echo", "ok"]);
}

#[tokio::test]
async fn everybodys_default_and_ones_own_count_while_they_can_be_used() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["echo", "ok", "length"]).await;
    let user = app.user(&admin, "chooser").await;
    let (ok, length) = (shelved(&admin, "ok").await, shelved(&admin, "length").await);
    let default = |user: TestUser| async move { user.get("/api/models").await.body["default"].clone() };
    let first = default(user.clone()).await;
    let mut tab = Events::open(user.request(Method::GET, "/api/events")).await;
    tab.frame().await.expect("a greeting");
    admin.put("/api/settings/system/default_model", json!({"value": ok["id"]})).await;
    assert_eq!(tab.frame().await.expect("news").data, r#"{"type":"settings.changed"}"#);
    assert_eq!(tab.frame().await.expect("news").data, r#"{"type":"models.changed"}"#);
    assert_eq!(default(user.clone()).await, ok["id"]);
    assert_eq!(user.patch("/api/auth/me", json!({"defaultModel": length["id"]})).await.status, 200);
    assert_eq!((default(user.clone()).await, default(admin.clone()).await), (length["id"].clone(), ok["id"].clone()));
    decide(&admin, &length, json!({"shown": false})).await;
    assert_eq!(default(user.clone()).await, ok["id"], "one's own is hidden now");
    decide(&admin, &ok, json!({"access": ["admin"]})).await;
    assert_eq!(default(user.clone()).await, first, "and everybody's is not for them");
    assert_eq!(user.post("/api/chat", json!({"content": "hi"})).await.body["text"], "hi", "echo answers");
}

#[tokio::test]
async fn who_has_the_list_already_is_told_so() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["echo"]).await;
    let user = app.user(&admin, "reader").await;
    let first = user.get("/api/models").await;
    let tag = first.headers["etag"].to_str().expect("a tag").to_owned();
    let again = |user: TestUser, tag: String| async move {
        user.call(user.request(Method::GET, "/api/models").header("if-none-match", tag)).await
    };
    let same = again(user.clone(), tag.clone()).await;
    assert_eq!((same.status, same.text.as_str()), (304, ""));
    assert_eq!(again(user.clone(), format!("W/{tag}")).await.status, 304, "a proxy may have weakened it");
    decide(&admin, &shelved(&admin, "echo").await, json!({"overrides": {"label": "Parrot"}})).await;
    let changed = again(user, tag).await;
    assert_eq!((changed.status, &changed.body["items"][0]["label"]), (200, &json!("Parrot")));
}

#[tokio::test]
async fn a_change_of_a_model_and_of_a_key_is_heard_in_open_tabs() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["echo"]).await;
    let user = app.user(&admin, "listener").await;
    let mut tab = Events::open(user.request(Method::GET, "/api/events")).await;
    tab.frame().await.expect("a greeting");
    let model = shelved(&admin, "echo").await;
    let told = || app.app.runs.hub().mark(&user.id.as_str().into());
    let before = told();
    decide(&admin, &model, json!({"overrides": {"label": "Parrot"}})).await;
    assert_ne!(told(), before, "tabs are told before the change is answered");
    assert_eq!(tab.frame().await.expect("news").data, r#"{"type":"models.changed"}"#);

    // News of keys are gathered for a moment, which is part of the second in which a tab hears of them.
    const { assert!(NEWS_PAUSE.as_millis() < 1_000) };
    let route = app.app.catalog.resolve(None, &anybody()).expect("the default").routes.remove(0);
    let refused = llm::Error::new(shared::ErrorCode::ProviderUnauthorized);
    app.app.catalog.note(&route, Err(&refused), app.app.clock.now());
    assert_eq!(tab.frame().await.expect("news").data, r#"{"type":"models.changed"}"#);
    let list = user.get("/api/models").await.body;
    assert_eq!(list["items"][0]["trouble"], "provider.unauthorized", "every key rests for it");
    let connections = admin.get("/api/connections").await.body;
    let state = &connections["items"][0]["keys"][0]["state"];
    assert!(state["code"] == "provider.unauthorized" && state["until"].is_string(), "{state}");
    let check = format!("/api/connections/{}/verify", id(&connections["items"][0]));
    assert_eq!(admin.post(&check, json!(null)).await.body["ok"], true);
    assert_eq!(tab.frame().await.expect("news").data, r#"{"type":"models.changed"}"#);
    assert_eq!(user.get("/api/models").await.body["items"][0].get("trouble"), None, "a check that works wakes it up");
}

#[tokio::test]
async fn a_list_that_fails_keeps_its_last_good_state_and_recovers_by_itself() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Provider::start(&["a", "b"]).await;
    create(&admin, json!({"name": "p", "baseUrl": provider.url})).await;
    let state = |admin: TestUser| async move { admin.get("/api/connections").await.body["items"][0]["list"].clone() };
    let good = state(admin.clone()).await;
    let catalog = &app.app.catalog;
    provider.list(None);
    let asked = provider.asked();
    catalog.refresh_due().await;
    assert_eq!(provider.asked(), asked, "it is not due");
    app.app.clock.shift(7 * 3_600_000);
    catalog.refresh_due().await;
    assert!(provider.asked() > asked, "hours later it is");
    // A token does not live as long.
    let admin = app.login("admin").await;
    let failed = state(admin.clone()).await;
    assert_eq!((&failed["error"]["code"], &failed["fetchedAt"]), (&json!("provider.server_error"), &good["fetchedAt"]));
    assert!(failed["failedAt"].is_string() && !failed.to_string().contains("0123456789"), "{failed}");
    assert_eq!(offered(&admin).await, ["a", "b"], "the last good list stays");
    assert_eq!(admin.get("/api/models").await.body["items"][0]["trouble"], "provider.server_error");

    let asked = provider.asked();
    catalog.refresh_due().await;
    assert_eq!(provider.asked(), asked, "it waits after a failure");
    provider.list(Some(&["a", "c"]));
    app.app.clock.shift(31_000);
    catalog.refresh_due().await;
    let well = state(admin.clone()).await;
    assert_eq!((well.get("error"), well.get("failedAt")), (None, None));
    assert!(well["fetchedAt"] != good["fetchedAt"], "{well}");
    assert_eq!(offered(&admin).await, ["a", "c"]);
    assert_eq!(admin.get("/api/models").await.body["items"][0].get("trouble"), None);
}

#[tokio::test]
async fn a_list_that_was_never_fetched_is_asked_for_later_and_later() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Provider::start(&[]).await;
    provider.list(None);
    let nothing = create(&admin, json!({"baseUrl": provider.url})).await;
    assert_eq!(nothing["list"]["error"]["code"], "provider.server_error");
    for wait in [30, 60, 120] {
        let asked = provider.asked();
        app.app.clock.shift(wait * 500);
        app.app.catalog.refresh_due().await;
        assert_eq!(provider.asked(), asked, "not before {wait} s");
        app.app.clock.shift(wait * 500 + 1_000);
        app.app.catalog.refresh_due().await;
        assert!(provider.asked() > asked, "after {wait} s");
    }
}

#[tokio::test]
async fn names_that_were_typed_need_no_list() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Provider::start(&[]).await;
    provider.list(None);
    let connection = create(&admin, json!({"baseUrl": provider.url, "models": ["deployment-1"]})).await;
    assert_eq!((&connection["list"]["typed"], connection["list"].get("error")), (&json!(true), None));
    let failed = admin.post(&format!("/api/connections/{}/refresh", id(&connection)), json!(null)).await;
    assert_eq!((failed.status, failed.code()), (502, "provider.server_error"));
    assert_eq!(admin.get("/api/models").await.body["items"][0].get("trouble"), None);
    let asked = provider.asked();
    app.app.clock.shift(30 * 24 * 3_600_000);
    app.app.catalog.refresh_due().await;
    assert_eq!(provider.asked(), asked, "nobody asks for it by himself");
}

#[tokio::test]
async fn a_model_that_comes_back_has_kept_what_was_decided() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Provider::start(&["a", "b"]).await;
    let connection = create(&admin, json!({"baseUrl": provider.url})).await;
    let refresh = format!("/api/connections/{}/refresh", id(&connection));
    let model = shelved(&admin, "b").await;
    decide(&admin, &model, json!({"overrides": {"label": "B"}})).await;
    provider.list(Some(&["a"]));
    admin.post(&refresh, json!(null)).await;
    assert_eq!(offered(&admin).await, ["a"]);
    assert_eq!(shelved(&admin, "b").await["listed"], false, "it waits on the shelf");
    provider.list(Some(&["b", "a"]));
    admin.post(&refresh, json!(null)).await;
    let back = shelved(&admin, "b").await;
    assert_eq!((&back["id"], &back["overrides"]["label"]), (&model["id"], &json!("B")));
    assert_eq!(offered(&admin).await, ["a", "b"]);
}

#[tokio::test]
async fn of_several_servers_one_asks_for_a_list() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["echo"]).await;
    let connections = admin.get("/api/connections").await.body;
    let connection = ConnectionId::from(id(&connections["items"][0]));
    let claim = |seen, now| {
        let (app, connection) = (&app, &connection);
        async move {
            let tx = app.app.db.begin().await.expect("a transaction");
            let claimed = db::connections::claim(&tx, connection, seen, now).await.expect("an answer");
            tx.commit().await.expect("committed");
            claimed
        }
    };
    assert!(claim(None, 1_000).await);
    assert!(!claim(None, 1_001).await, "another server saw the same and was slower");
    assert!(claim(Some(1_000), 2_000).await);
    let row = db::connections::get(app.app.db.read(), &Scope::Everybody, &connection).await.expect("an answer");
    assert_eq!(row.expect("the connection").list.asked_at, Some(2_000));
}

#[tokio::test]
async fn a_thousand_models_are_found_and_named_by_prefix() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let wanted: Vec<String> = (0..1_000).map(|number| format!("m{number:04}")).collect();
    for prefix in ["", "b/"] {
        let body = json!({"name": format!("p{prefix}"), "baseUrl": "http://127.0.0.1:9/v1", "prefix": prefix,
            "models": wanted});
        create(&admin, body).await;
    }
    let plain = app.app.catalog.resolve(Some("m0999"), &anybody()).expect("the model");
    let named = app.app.catalog.resolve(Some("b/m0999"), &anybody()).expect("the model");
    assert!(plain.model_id != named.model_id && named.model == "b/m0999");
    assert_eq!(named.routes[0].model, "m0999", "the provider knows nothing of the prefix");
    assert_eq!((named.routes[0].connection.as_str(), named.routes[1].connection.as_str()), ("pb/", "p"));
}

#[tokio::test]
async fn fifty_chats_over_ten_connections_never_mix_keys() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    admin.put("/api/settings/system/runs_per_user", json!({"value": 100})).await;
    let mock = MockLlm::start(Options { workers: 2, ..Options::default() }).expect("it starts");
    for number in 0..10 {
        let key = format!("sk-connection-{number:04}");
        let body = json!({"name": format!("c{number}"), "baseUrl": mock.base_url(), "key": key,
            "prefix": format!("c{number}/"), "models": ["echo"]});
        create(&admin, body).await;
    }
    let asks = (0..50).map(|number| {
        let admin = admin.clone();
        async move {
            let text = format!("chat {number} by {:04}", number % 10);
            admin.ask(&format!("c{}/echo", number % 10), &text).await.live.message.text() == text
        }
    });
    assert!(futures_util::future::join_all(asks).await.into_iter().all(|right| right));
    let records = mock.ledger().records();
    assert_eq!(records.len(), 50);
    for record in records {
        let key = record.key.expect("a key");
        assert!(record.last_user_text.ends_with(&key), "{} with {key}", record.last_user_text);
    }
}
