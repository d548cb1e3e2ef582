//! Every route of the table, called as everybody. A route without a sample here fails.

mod belongings;
pub(crate) mod events;
mod headers;
mod keys;
mod random;
mod samples;

pub(crate) use belongings::Belongings;
use belongings::belongings;
pub(crate) use samples::{Sample, sample};

use crate::files::picture;
use crate::support::{PASSWORD, TestApp, TestUser, allow_own_connections, behind_a_proxy};
use reqwest::Method;
use serde_json::{Value, json};
use server::auth::Access;
use server::routes::{Line, TABLE};

/// Status and code; a stream's body is not awaited.
async fn call(user: &TestUser, line: &Line, sample: &Sample) -> (u16, String) {
    let method: Method = line.method.parse().expect("a method");
    let mut request = user.request(method, &sample.path);
    if let Some(body) = &sample.body {
        request = request.json(body);
    }
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let json = response.headers().get("content-type").is_some_and(|kind| kind == "application/json");
    let body: Value = if json { response.json().await.expect("JSON") } else { Value::Null };
    let code = body["code"].as_str().or_else(|| body["error"]["code"].as_str());
    (status, code.unwrap_or_default().to_owned())
}

/// Whoever may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Nobody,
    Forged,
    Expired,
    Disabled,
    /// Has to replace their password.
    Fresh,
    Other,
    Admin,
    Owner,
}

/// Everybody with a login of their own, as some routes end the caller's. The owner comes last: a call may delete what
/// the others were refused.
async fn everybody(app: &TestApp, disabled: &TestUser) -> [(Who, TestUser); 8] {
    let owner = app.login("owner").await;
    [
        (Who::Nobody, app.nobody()),
        (Who::Forged, app.bearer("eyJhbGciOiJIUzI1NiJ9.e30.AAAA")),
        (Who::Expired, app.login("owner").await),
        (Who::Disabled, disabled.clone()),
        (Who::Fresh, app.login("fresh").await),
        (Who::Other, app.login("other").await),
        (Who::Admin, app.login("admin").await),
        (Who::Owner, owner),
    ]
}

/// The refusal that is due: its status and the codes that may say so; none for those who may call.
fn refusal(line: &Line, owned: bool, who: Who) -> Option<(u16, &'static [&'static str])> {
    match (line.access, who) {
        (Access::Public, _) => None,
        // Nobody switched them on.
        (Access::Metrics, _) => Some((404, &["route.not_found"])),
        // No login is a pass.
        (Access::SelfTest, _) | (_, Who::Nobody) => Some((401, &["auth.required"])),
        (_, Who::Forged) => Some((401, &["auth.invalid"])),
        (_, Who::Expired) => Some((401, &["auth.expired"])),
        (_, Who::Disabled) => Some((403, &["auth.disabled"])),
        (Access::Account, Who::Fresh) if line.path == "/api/auth/password" => Some((400, &["password.unchanged"])),
        (Access::User | Access::Admin, Who::Fresh) => Some((403, &["auth.password_change_required"])),
        (Access::Admin, Who::Other | Who::Owner) => Some((403, &["auth.forbidden"])),
        // Administrators read every trace.
        (Access::User, Who::Admin) if line.path.starts_with("/api/task-trace/") => None,
        (Access::User, Who::Other | Who::Admin) if owned => {
            let codes = &[
                "chat.not_found",
                "message.not_found",
                "folder.not_found",
                "run.not_found",
                "connection.not_found",
                "file.not_found",
                "login.not_found",
                "api_key.not_found",
                "identity.not_found",
                "trace.not_found",
            ];
            Some((404, codes))
        }
        _ => None,
    }
}

async fn call_as(app: &TestApp, (who, caller): &(Who, TestUser), line: &Line, sample: &Sample) -> (u16, String) {
    let later = if *who == Who::Expired { 16 * 60_000 } else { 0 };
    app.app.clock.shift(later);
    let answer = call(caller, line, sample).await;
    app.app.clock.shift(-later);
    answer
}

#[tokio::test]
async fn every_route_answers_everybody_as_the_table_says() {
    let (app, _outside) = behind_a_proxy().await;
    let admin = app.with_models(&["ok", "stall-after-1"]).await;
    allow_own_connections(&admin).await;
    admin.put("/api/settings/system/runs_per_user", json!({"value": 1000})).await;
    app.user(&admin, "owner").await;
    app.user(&admin, "other").await;
    let fresh = json!({"username": "fresh", "password": PASSWORD});
    assert_eq!(admin.post("/api/admin/users", fresh).await.status, 201);
    let disabled = app.user(&admin, "disabled").await;
    assert_eq!(
        admin.patch(&format!("/api/admin/users/{}", disabled.id), json!({"status": "disabled"})).await.status,
        200
    );
    for line in TABLE {
        let callers = everybody(&app, &disabled).await;
        let [.., (_, admin), (_, owner)] = &callers;
        let of = belongings(&app, line, admin, owner).await;
        for caller in &callers {
            // Made anew for everybody: a name is registered once.
            let sample = sample(line, &of, &app.mock.base_url());
            let (status, code) = call_as(&app, caller, line, &sample).await;
            let name = format!("{} {} as {:?}: {status} {code}", line.method, line.path, caller.0);
            match refusal(line, sample.owned, caller.0) {
                Some((due, codes)) => assert!(status == due && codes.contains(&code.as_str()), "{name}"),
                None => assert_eq!(status, sample.status, "{name}"),
            }
        }
    }
}

#[tokio::test]
async fn ids_of_others_in_bodies_and_cursors_answer_404_and_call_nobody() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    let (owner, other) = (app.user(&admin, "owner").await, app.user(&admin, "other").await);
    let theirs = owner.ask("ok", "secret").await;
    let own = other.ask("ok", "mine").await;
    let (session, message) = (theirs.session(), theirs.message());
    let calls = app.mock.ledger().records().len();
    for body in [
        json!({"sessionId": session, "content": "hi"}),
        json!({"sessionId": session, "continueMessageId": message}),
        json!({"sessionId": session, "parentId": message, "content": "hi"}),
        json!({"sessionId": own.session(), "parentId": message, "content": "hi"}),
        json!({"sessionId": own.session(), "parentId": message}),
        json!({"sessionId": own.session(), "continueMessageId": message}),
    ] {
        for path in ["/api/chat", "/api/chat/stream", "/api/chat/runs"] {
            assert_eq!(other.post(path, body.clone()).await.status, 404, "{body}");
        }
    }
    let folder = owner.post("/api/folders", json!({"name": "theirs"})).await.body["id"].clone();
    assert_eq!(other.post("/api/chat", json!({"content": "hi", "newChat": {"folderId": folder}})).await.status, 404);
    assert_eq!(other.post("/api/sessions", json!({"newChat": {"folderId": folder}})).await.status, 404);
    let lay = json!({"folderId": folder});
    assert_eq!(other.patch(&format!("/api/sessions/{}", own.session()), lay).await.code(), "folder.not_found");
    let lay = json!({"ids": [own.session()], "action": "folder", "folderId": folder});
    assert_eq!(other.post("/api/sessions/bulk", lay).await.code(), "folder.not_found");
    let folder = folder.as_str().expect("an id");
    assert_eq!(other.get(&format!("/api/sessions?folder={folder}")).await.code(), "folder.not_found");
    let steal = json!({"ids": [session], "action": "delete"});
    let reply = other.post("/api/sessions/bulk", steal).await;
    assert_eq!(reply.body["items"][0]["error"], "chat.not_found");
    assert_eq!(owner.get(&format!("/api/sessions/{session}")).await.status, 200);
    let copy = json!({"messageId": message});
    let copied = other.post(&format!("/api/sessions/{}/fork", own.session()), copy).await;
    assert_eq!((copied.status, copied.code()), (404, "message.not_found"));
    let patch = json!({"activeMessageId": message});
    assert_eq!(other.patch(&format!("/api/sessions/{}", own.session()), patch).await.status, 404);
    assert_eq!(other.get(&format!("/api/sessions/{}/messages?after={message}", own.session())).await.status, 404);
    assert_eq!(other.get(&format!("/api/chat/runs/{}/events", theirs.run())).await.status, 404, "a finished stream");
    assert_eq!(app.mock.ledger().records().len(), calls);
}

#[tokio::test]
async fn nothing_else_is_there_and_wrong_methods_say_so() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for path in ["/api/nothing", "/api", "/v1/nothing", "/api/sessions/a/b/c", "/api/auth/%2e%2e/me"] {
        let reply = admin.get(path).await;
        assert_eq!((reply.status, reply.code()), (404, "route.not_found"), "{path}");
    }
    let reply = admin.delete("/api/auth/login").await;
    assert_eq!((reply.status, reply.code()), (405, "method.not_allowed"));
    assert_eq!(admin.get("/api/auth/me/").await.status, 200, "a trailing slash is no redirect");
    assert_eq!(admin.get("/api/settings/health").await.status, 200);
}

#[tokio::test]
async fn what_everybody_may_read_is_asked_for_by_its_head_too_and_nothing_else_is() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    admin.put_bytes("/api/settings/logo", picture(8, 8)).await;
    for line in TABLE.iter().filter(|line| line.method == "GET") {
        let reply = admin.call(admin.request(Method::HEAD, line.path)).await;
        let due = if line.access == Access::Public { 200 } else { 405 };
        assert_eq!((reply.status, reply.text.as_str()), (due, ""), "{}", line.path);
    }
}

#[tokio::test]
async fn a_trailing_slash_and_a_proxys_scheme_change_no_answer_and_nothing_redirects() {
    let (app, _outside) = behind_a_proxy().await;
    let admin = app.with_models(&["ok", "stall-after-1"]).await;
    allow_own_connections(&admin).await;
    admin.put("/api/settings/system/runs_per_user", json!({"value": 1000})).await;
    app.user(&admin, "owner").await;
    for line in TABLE {
        let mut answers = Vec::new();
        for slash in ["", "/"] {
            // Some routes end the caller's login: everybody comes with a fresh one.
            let (admin, owner) = (app.login("admin").await, app.login("owner").await);
            let of = belongings(&app, line, &admin, &owner).await;
            let caller = match line.access {
                Access::Admin => &admin,
                Access::User | Access::Account => &owner,
                _ => &app.nobody(),
            };
            let mut sample = sample(line, &of, &app.mock.base_url());
            sample.path = with_end(&sample.path, slash);
            for scheme in ["http", "https"] {
                answers.push(status_behind(caller, line, &sample, scheme).await);
            }
        }
        let name = format!("{} {}: {answers:?}", line.method, line.path);
        assert!(answers.iter().all(|status| !(300..400).contains(status)), "{name}");
        let (plain, slashed) = answers.split_at(2);
        assert_eq!(plain, slashed, "{name}");
    }
}

/// An address whose path ends so, before whatever is asked of it.
fn with_end(address: &str, end: &str) -> String {
    match address.split_once('?') {
        Some((path, query)) => format!("{path}{end}?{query}"),
        None => format!("{address}{end}"),
    }
}

/// The status of a call that a proxy passed on, with its body left unread.
async fn status_behind(caller: &TestUser, line: &Line, sample: &Sample, scheme: &str) -> u16 {
    let request = caller.request(line.method.parse().expect("a method"), &sample.path);
    let request = request.header("x-forwarded-proto", scheme);
    let request = match &sample.body {
        Some(body) => request.json(body),
        None => request,
    };
    request.send().await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn unknown_addresses_of_programs_answer_404_in_json_with_and_without_a_slash() {
    let app = TestApp::new().await;
    for path in [
        "/api/nothing",
        "/api",
        "/v1/nothing",
        "/v1",
        "/api/chat/streams",
        "/ai-gateway/api/v1/nothing",
        "/docs/nothing",
    ] {
        for path in [path.to_owned(), format!("{path}/")] {
            for method in [Method::GET, Method::POST, Method::DELETE] {
                let nobody = app.nobody();
                let reply = nobody.call(nobody.request(method, &path)).await;
                assert_eq!((reply.status, reply.code()), (404, "route.not_found"), "{path}");
                assert_eq!(reply.headers["content-type"], "application/json", "{path}: never a page");
            }
        }
    }
}

#[tokio::test]
async fn ids_that_no_database_takes_are_refused_like_any_other() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for line in TABLE.iter().filter(|line| line.path.contains("{id}")) {
        let path = line.path.replace("{id}", "%00");
        let request = admin.request(line.method.parse().expect("a method"), &path).json(&json!({}));
        let status = request.send().await.expect("an answer").status().as_u16();
        assert!((400..500).contains(&status), "{} {path}: {status}", line.method);
    }
    for path in ["/api/sessions?after=1_%00", "/api/admin/users?after=%00"] {
        assert!(admin.get(path).await.status < 500, "{path}");
    }
}

#[tokio::test]
async fn hostile_bodies_get_a_4xx_and_the_server_stays_up() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for line in TABLE.iter().filter(|line| !matches!(line.method, "GET" | "DELETE")) {
        let path = line.path.replace("{id}", "x").replace("{key}", "x");
        for body in ["", "null", "[]", "{\"a\":", "\"\\u0000\"", "{\"content\":{}}", "\u{feff}{}"] {
            let method: Method = line.method.parse().expect("a method");
            let request = admin.request(method, &path).header("content-type", "application/json").body(body);
            let status = request.send().await.expect("an answer").status().as_u16();
            assert!(status < 500, "{} {path} with {body:?}: {status}", line.method);
        }
    }
    assert_eq!(admin.get("/api/settings/health").await.status, 200);
}
