//! A secret that must be found nowhere: not in the log, not in an answer, not in the database.

use crate::support::{Events, TestApp, TestUser};
use crate::tap;
use serde_json::{Value, json};
use server::db::Engine;
use std::path::Path;

/// One key with a form that any filter knows, one that only its registration gives away.
const CANARIES: [&str; 2] = ["sk-canary-7c1f0a9e5b3d2846", "canary.7c1f0a9e5b3d2846"];
/// What both have in common.
const NEEDLE: &str = "7c1f0a9e5b3d2846";

/// Whether a line of the log matters here.
pub(crate) fn matters(text: &str) -> bool {
    ["connection", "canary", "sk-aichat-", NEEDLE].iter().any(|word| text.contains(word)) || has_given(text)
}

/// Whether a text has a word of the form of the passwords that the server makes.
fn has_given(text: &str) -> bool {
    let mut words = text.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
    words.any(|word| word.len() == 19 && word.split('-').all(|group| group.len() == 4))
}

fn clean(what: &str, text: &str) {
    assert!(!text.contains(NEEDLE), "the canary is in {what}: {text}");
}

/// Sends a request whose answer must not sing.
async fn post(admin: &TestUser, path: &str, body: Value) -> Value {
    let reply = admin.post(path, body).await;
    clean(path, &reply.text);
    reply.body
}

#[tokio::test]
async fn a_key_is_found_nowhere_but_where_it_is_sent() {
    tap::start();
    let app = TestApp::new().await;
    let admin = app.admin().await;
    give_passwords(&app, &admin).await;
    make_keys(&app, &admin).await;
    set_services_up(&app, &admin).await;
    set_second_factor_up(&app, &admin).await;
    for key in CANARIES {
        sing(&app, &admin, key).await;
    }
    tracing::error!("control: connection with {} and {}", CANARIES[0], CANARIES[1]);
    for path in ["/api/connections", "/api/models", "/api/sessions", "/api/settings/system", "/api/audit?limit=200"] {
        clean(path, &admin.get(path).await.text);
    }
    for session in admin.get("/api/sessions").await.body["items"].as_array().expect("chats") {
        let messages = admin.messages(session["id"].as_str().expect("an id")).await;
        let failed = |message: &Value| {
            ["provider.unauthorized", "provider.tls"].iter().any(|code| message["error"]["code"] == *code)
        };
        assert!(messages.iter().any(failed), "the errors are stored: {messages:?}");
        clean("messages", &json!(messages).to_string());
    }
    clean_database(&app, NEEDLE).await;
    clean_files(&app.data_dir, NEEDLE);
    {
        let log = tap::lines();
        assert!(log.iter().any(|line| line.contains("control: connection with ***")), "the tap works: {log:?}");
        assert!(
            log.iter().any(|line| line.contains("connection created")),
            "the server's own lines are there: {log:?}"
        );
        clean("the log", &log.concat());
    }
    clean("the log as administrators follow it", &followed(&admin).await);
}

/// Everything that the browser is told of the log.
async fn followed(admin: &TestUser) -> String {
    let mut events = Events::open(admin.request(reqwest::Method::GET, "/api/logs")).await;
    let mut told = String::new();
    while !told.contains("log.lines") {
        told.push_str(&events.frame().await.expect("the stream goes on").data);
    }
    assert!(told.contains("control: connection with ***"), "the control is in it");
    told
}

/// A password that the server makes is told in one answer; one that an administrator chooses, in none.
async fn give_passwords(app: &TestApp, admin: &TestUser) {
    let bob = admin.post("/api/admin/users", json!({"username": "bob"})).await.body;
    let path = format!("/api/admin/users/{}/password", bob["user"]["id"].as_str().expect("an id"));
    let again = admin.post(&path, json!({})).await.body;
    for made in [&bob["password"], &again["password"]] {
        let made = made.as_str().expect("a password");
        assert!(has_given(made), "the tap knows the form");
        let body = json!({"username": "bob", "password": made, "tokens": true});
        app.nobody().post("/api/auth/login", body).await;
        assert!(!admin.get("/api/admin/users").await.text.contains(made));
        clean_files(&app.data_dir, made);
        let found = |text: &str| tap::lines().iter().any(|line| line.contains(text));
        assert!(!found(made), "a password is in the log");
        tracing::error!("control: {made}");
        assert!(found(made), "the tap works");
    }
    for key in CANARIES {
        post(admin, &path, json!({"password": key})).await;
        post(admin, "/api/admin/users", json!({"username": "carol", "password": key})).await;
    }
}

/// The secret of a sign-in service goes to the service and nowhere else.
async fn set_services_up(app: &TestApp, admin: &TestUser) {
    for key in CANARIES {
        let body = json!({"name": "x", "issuer": app.mock.issuer(), "clientId": "aichat", "clientSecret": key});
        let made = post(admin, "/api/identity-providers", body).await;
        let id = made["id"].as_str().expect("an id");
        crate::oidc::sign_in(app, id, "ada").await;
        clean("the services", &admin.get("/api/identity-providers").await.text);
    }
}

/// The secret of a second factor and its recovery codes are told in one answer each.
async fn set_second_factor_up(app: &TestApp, admin: &TestUser) {
    let begun = admin.post("/api/auth/second-factor", json!({})).await.body;
    let secret = begun["secret"].as_str().expect("a secret");
    let phone = crate::second_factor::Phone::told(secret);
    let made = admin.post("/api/auth/second-factor/confirm", json!({"code": phone.code(app, 0)})).await.body;
    let code = made["codes"][0].as_str().expect("a code").to_owned();
    assert!(has_given(&code), "the tap knows the form");
    let told = admin.get("/api/auth/second-factor").await.text;
    for secret in [secret, &code] {
        assert!(!told.contains(secret));
        clean_database(app, secret).await;
    }
    assert!(!tap::lines().iter().any(|line| line.contains(&code)), "it is in the log");
    crate::second_factor::later(app);
    let body = json!({"password": crate::support::PASSWORD, "code": phone.code(app, 0)});
    assert_eq!(admin.post("/api/auth/second-factor/remove", body).await.status, 204);
}

/// The secret of an API key is told in one answer, whatever is done with the key.
async fn make_keys(app: &TestApp, admin: &TestUser) {
    let made = admin.post("/api/keys", json!({"name": "canary", "scopes": ["chat"]})).await.body;
    let secret = made["secret"].as_str().expect("a secret");
    let random = secret.strip_prefix("sk-aichat-").expect("its beginning");
    let path = format!("/api/keys/{}", made["key"]["id"].as_str().expect("an id"));
    let program = app.bearer(secret);
    assert_eq!(program.get("/api/sessions").await.status, 200);
    let refused = program.get("/api/models").await;
    let changed = admin.patch(&path, json!({"name": "canary too"})).await;
    let listed = admin.get("/api/keys").await;
    assert_eq!(admin.delete(&path).await.status, 204);
    for reply in [refused, changed, listed, program.get("/api/sessions").await] {
        assert!(!reply.text.contains(random), "a secret is told twice: {}", reply.text);
    }
    clean_files(&app.data_dir, random);
    clean_database(app, random).await;
    tracing::error!("control: canary with {secret}");
    let log = tap::lines();
    assert!(log.iter().any(|line| line.contains("control: canary with ***")), "the tap works: {log:?}");
    assert!(!log.iter().any(|line| line.contains(random)), "a secret is in the log");
}

/// Everything that is done with a key.
async fn sing(app: &TestApp, admin: &TestUser, key: &str) {
    let base_url = app.mock.base_url();
    let tls = base_url.replace("http://", "https://");
    let login = format!("http://me:{key}@{}", app.mock.address());
    let wish = |base_url: &str, model: &str| json!({"baseUrl": base_url, "key": key, "models": [model], "headers": {"x-canary": key}});
    sing_through_a_proxy(admin, &login, key).await;
    let refused = post(admin, "/api/connections/verify", wish(&base_url, "echo-key")).await;
    let chat = refused["steps"].as_array().and_then(|steps| steps.last()).expect("a step");
    assert_eq!(chat["error"]["code"], "provider.unauthorized", "{refused}");
    post(admin, "/api/connections/verify", wish(&tls, "echo-key")).await;
    post(admin, "/api/connections", wish("http://169.254.169.254", "m")).await;
    post(admin, "/api/connections", json!({"baseUrl": key, "key": key, "models": key})).await;
    let saved = post(admin, "/api/connections", wish(&base_url, "echo-key")).await;
    let path = format!("/api/connections/{}", saved["id"].as_str().expect("an id"));
    post(admin, &format!("{path}/verify"), json!(null)).await;
    let models = admin.get("/api/models").await.body;
    let model = models["items"].as_array().expect("a list").iter().find(|model| model["connectionId"] == saved["id"]);
    let model = model.and_then(|model| model["id"].as_str()).expect("its model");

    let finished = admin.ask(model, "hello").await;
    assert_eq!(finished.code(), "provider.unauthorized");
    clean("events", &serde_json::to_string(&finished.seen).expect("events"));
    let whole = admin.post("/api/chat", json!({"content": "hello", "model": model})).await;
    assert_eq!(whole.code(), "provider.unauthorized", "{}", whole.text);
    clean("/api/chat", &whole.text);
    let change = json!({"baseUrl": tls, "key": key, "models": ["echo-key"], "headers": {"x-canary": key}});
    clean(&path, &admin.patch(&path, change).await.text);
    let broken = admin.ask(model, "hello").await;
    // Where an earlier round left a connection with the same model, that one is asked next.
    assert!(["provider.tls", "provider.unauthorized"].contains(&broken.code()), "{}", broken.code());
    clean("events", &serde_json::to_string(&broken.seen).expect("events"));
    clean(&path, &admin.post(&format!("{path}/refresh"), json!(null)).await.text);
    clean(&path, &admin.delete(&path).await.text);
    let kept = post(admin, "/api/connections", wish(&base_url, "echo-key")).await;
    assert_eq!(kept["hasKey"], true, "one stays, sealed, for the search below");
}

/// A proxy's password and the values of headers, with the key of a connection that fails.
async fn sing_through_a_proxy(admin: &TestUser, login: &str, key: &str) {
    let wish = json!({"baseUrl": "http://models.example/v1", "proxy": login, "models": ["echo-key"],
        "keys": [{"label": "a", "key": key}, {"label": "b", "key": format!("{key}-dead")}], "headers": {"x-canary": key}});
    let report = post(admin, "/api/connections/verify", wish.clone()).await;
    assert_eq!(report["keys"].as_array().map(Vec::len), Some(2), "{report}");
    let saved = post(admin, "/api/connections", wish).await;
    assert_eq!(saved["headers"], json!(["x-canary"]));
    let path = format!("/api/connections/{}", saved["id"].as_str().expect("an id"));
    post(admin, &format!("{path}/verify"), json!(null)).await;
    let moved = json!({"baseUrl": "http://other.example/v1"});
    let refused = admin.patch(&path, moved).await;
    assert_eq!(refused.code(), "connection.key_needed_for_new_address");
    clean(&path, &refused.text);
    for change in [
        json!({"proxy": format!("socks5://me:{key}@x")}),
        json!({"headers": {"host": key}}),
        json!({"headers": {"x-a": format!("{key}\r\nx-b: 1")}}),
        json!({"keys": [{"key": format!("{key} {key}")}]}),
        json!({"proxy": "http://127.0.0.1:9"}),
    ] {
        clean(&path, &admin.patch(&path, change).await.text);
    }
    clean("/api/catalog", &admin.get("/api/catalog").await.text);
    clean(&path, &admin.delete(&path).await.text);
}

/// Looks into every file of the data directory, whatever it is.
fn clean_files(folder: &Path, needle: &str) {
    for entry in std::fs::read_dir(folder).expect("the data directory").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            clean_files(&entry, needle);
        } else {
            let bytes = std::fs::read(&entry).expect("a file");
            let found = bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
            assert!(!found, "the canary is in {}", entry.display());
        }
    }
}

/// On PostgreSQL the rows are not in our files: every row of every table is read as text.
async fn clean_database(app: &TestApp, needle: &str) {
    use sqlx::Connection as _;
    let Engine::Postgres(url) = &app.app.config.engine else { return };
    let mut connection = sqlx::PgConnection::connect(url).await.expect("the database answers");
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut connection).await.expect("tables");
    assert!(tables.len() > 8, "{tables:?}");
    for table in tables {
        let query = sqlx::AssertSqlSafe(format!("SELECT t::text FROM {table} t"));
        let rows: Vec<String> = sqlx::query_scalar(query).fetch_all(&mut connection).await.expect("rows");
        assert!(!rows.concat().contains(needle), "the canary is in {table}");
    }
}
