//! Every route of the table, called as everybody. A route without a sample here fails.

pub(crate) mod events;
mod keys;

use crate::files::picture;
use crate::support::{PASSWORD, TestApp, TestUser, allow_own_connections, behind_a_proxy};
use reqwest::Method;
use serde_json::{Value, json};
use server::auth::Access;
use server::routes::{Line, TABLE};

/// Things of the owner that others must not reach, made anew for every route.
pub(crate) struct Belongings {
    session: String,
    message: String,
    folder: String,
    live_run: String,
    person: String,
    /// Somebody whose logins may end.
    signed_out: String,
    login: String,
    connection: String,
    own_connection: String,
    model: String,
    file: String,
    /// A key of the owner.
    key: String,
    budget: String,
    invitation: String,
    /// A service that signs people in, and what links the owner to it.
    provider: String,
    identity: String,
}

impl Belongings {
    /// Everything under one id, for looking at the samples alone.
    pub(crate) fn named(id: &str) -> Self {
        let id = || id.to_owned();
        Self {
            session: id(),
            message: id(),
            folder: id(),
            live_run: id(),
            person: id(),
            signed_out: id(),
            login: id(),
            connection: id(),
            own_connection: id(),
            model: id(),
            file: id(),
            key: id(),
            budget: id(),
            invitation: id(),
            provider: id(),
            identity: id(),
        }
    }
}

/// The fake model server as people's own connections reach it: through the proxy, under a public name.
const OUTSIDE: &str = "http://8.8.8.8/v1";

/// How to call a route: its path with ids filled in, its body, and the status for those who may.
pub(crate) struct Sample {
    path: String,
    body: Option<Value>,
    status: u16,
    /// Whether the id in the path has an owner, so that everybody else must get 404.
    pub(crate) owned: bool,
}

pub(crate) fn sample(line: &Line, of: &Belongings, mock: &str) -> Sample {
    let open = |status, body: Option<Value>| Sample { path: line.path.to_owned(), body, status, owned: false };
    let owned = |id: &str, status, body| Sample { path: line.path.replace("{id}", id), body, status, owned: true };
    let global = |id: &str, status, body| Sample { owned: false, ..owned(id, status, body) };
    let new_connection = json!({"name": "x", "baseUrl": mock, "key": "sk-matrix-0123456789", "models": ["ok"]});
    let own_connection = json!({"baseUrl": OUTSIDE, "models": ["ok"]});
    let send = json!({"content": "hi", "model": "ok"});
    match (line.method, line.path) {
        ("GET", "/api/health" | "/api/settings/health" | "/api/bootstrap" | "/api/settings/branding")
        | ("GET", "/api/auth/methods") => open(200, None),
        ("POST", "/api/auth/register") => {
            let name = server::clock::new_id();
            open(202, Some(json!({"username": name, "password": PASSWORD, "tokens": true})))
        }
        ("POST", "/api/auth/login") => {
            open(200, Some(json!({"username": "owner", "password": PASSWORD, "tokens": true})))
        }
        ("POST", "/api/auth/oidc/{id}/start") => global(&of.provider, 200, Some(json!({"tokens": true}))),
        ("POST", "/api/auth/oidc/finish") => open(400, Some(json!({"state": "x", "flow": "nonsense", "tokens": true}))),
        ("GET", "/api/auth/identities" | "/api/identity-providers") => open(200, None),
        ("POST", "/api/auth/identities/{id}/start") => global(&of.provider, 200, Some(json!({"tokens": true}))),
        ("DELETE", "/api/auth/identities/{id}") => owned(&of.identity, 204, None),
        ("POST", "/api/identity-providers") => open(201, Some(new_provider(mock))),
        ("POST", "/api/identity-providers/check") => open(200, Some(new_provider(mock))),
        ("PATCH", "/api/identity-providers/{id}") => global(&of.provider, 200, Some(json!({"name": "y"}))),
        ("DELETE", "/api/identity-providers/{id}") => global(&of.provider, 204, None),
        ("POST", "/api/identity-providers/{id}/check") => global(&of.provider, 200, Some(json!({}))),
        ("POST", "/api/auth/login/code") => open(401, Some(json!({"ticket": "nonsense", "code": "1", "tokens": true}))),
        ("GET" | "POST", "/api/auth/second-factor") => open(200, Some(json!({}))),
        // Nobody here has one, or shows the right code.
        ("POST", "/api/auth/second-factor/confirm") => open(403, Some(json!({"code": "1"}))),
        ("POST", "/api/auth/second-factor/recovery-codes") => open(409, Some(json!({"code": "1"}))),
        ("POST", "/api/auth/second-factor/remove") => open(409, Some(json!({"password": PASSWORD, "code": "1"}))),
        ("DELETE", "/api/admin/users/{id}/second-factor") => global(&of.person, 409, None),
        ("POST", "/api/auth/refresh") => open(401, Some(json!({"refreshToken": "nonsense"}))),
        ("POST", "/api/auth/logout") => open(204, Some(json!({}))),
        ("GET", "/api/auth/me") => open(200, None),
        // Everybody who may has the wrong password: the owner is needed for the rest of the table.
        ("DELETE", "/api/auth/me") => open(403, Some(json!({"password": "not the password"}))),
        ("GET", "/api/auth/me/export") => Sample { path: format!("{}?check=true", line.path), ..open(204, None) },
        ("POST", "/api/auth/invitation") => open(403, Some(json!({"code": "nonsense"}))),
        ("GET", "/api/admin/invitations") => open(200, None),
        ("POST", "/api/admin/invitations") => open(201, Some(json!({"days": 1, "uses": 1}))),
        ("DELETE", "/api/admin/invitations/{id}") => global(&of.invitation, 204, None),
        ("GET", "/api/admin/users/export") => open(200, None),
        // JSON is no list of people.
        ("POST", "/api/admin/users/import") => open(400, Some(json!({}))),
        ("DELETE", "/api/admin/users/{id}") => global(&of.signed_out, 204, None),
        ("PATCH", "/api/auth/me") => open(200, Some(json!({"theme": "dark"}))),
        ("POST", "/api/auth/password") => open(204, Some(json!({"current": PASSWORD, "new": PASSWORD}))),
        // Everybody's body is JSON here, and a face is a picture: who may change theirs is told so.
        ("PUT", "/api/auth/me/avatar") => open(415, Some(json!({}))),
        ("DELETE", "/api/auth/me/avatar") => open(200, None),
        ("GET", "/api/users/{id}/avatar") => global(&of.person, 200, None),
        ("POST", "/api/files") => open(201, Some(json!({"bytes": server::clock::new_id()}))),
        ("GET", "/api/files/usage") => open(200, None),
        ("GET", "/api/files/{id}" | "/api/files/{id}/text") => owned(&of.file, 200, None),
        ("DELETE", "/api/files/{id}") => owned(&of.file, 204, None),
        ("POST", "/api/chat/stream" | "/api/chat") => open(200, Some(send)),
        ("POST", "/api/chat/runs") => open(202, Some(send)),
        ("GET", "/api/chat/runs/{id}" | "/api/chat/runs/{id}/events") => owned(&of.live_run, 200, None),
        ("POST", "/api/chat/runs/{id}/stop") => owned(&of.live_run, 202, Some(json!({}))),
        ("GET", "/api/events" | "/api/sessions" | "/api/models") => open(200, None),
        ("GET", "/api/search") => Sample { path: "/api/search?q=hi".to_owned(), ..open(200, None) },
        ("POST", "/api/sessions") => open(201, Some(json!({"title": "x"}))),
        ("GET", "/api/sessions/{id}" | "/api/sessions/{id}/messages" | "/api/sessions/{id}/context") => {
            owned(&of.session, 200, None)
        }
        ("POST", "/api/sessions/bulk") => open(200, Some(json!({"ids": [of.session], "action": "read"}))),
        ("POST", "/api/sessions/{id}/fork") => owned(&of.session, 201, Some(json!({"messageId": of.message}))),
        ("PATCH", "/api/messages/{id}") => owned(&of.message, 200, Some(json!({"content": "other words"}))),
        ("DELETE", "/api/messages/{id}") => owned(&of.message, 204, None),
        ("POST", "/api/messages/{id}/restore") => owned(&of.message, 204, Some(json!({}))),
        ("GET", "/api/folders" | "/api/tags") => open(200, None),
        ("POST", "/api/folders") => open(201, Some(json!({"name": "x"}))),
        ("PATCH", "/api/folders/{id}") => owned(&of.folder, 200, Some(json!({"name": "y"}))),
        ("DELETE", "/api/folders/{id}") => owned(&of.folder, 204, None),
        ("PATCH", "/api/sessions/{id}") => owned(&of.session, 200, Some(json!({"title": "y"}))),
        ("DELETE", "/api/sessions/{id}") => owned(&of.session, 204, None),
        ("POST", "/api/sessions/{id}/restore") => owned(&of.session, 200, Some(json!({}))),
        ("GET", "/api/connections" | "/api/connections/discover" | "/api/settings/system" | "/api/admin/users")
        | ("GET", "/api/settings/public-url" | "/api/settings/announcement" | "/api/audit" | "/api/overview") => {
            open(200, None)
        }
        ("POST", "/api/connections") => open(201, Some(new_connection)),
        ("POST", "/api/connections/verify") => open(200, Some(new_connection)),
        // Real models exist, so the demo is refused: a conflict is what an administrator gets.
        ("POST", "/api/connections/demo") => open(409, Some(json!({}))),
        ("PATCH", "/api/connections/{id}") => global(&of.connection, 200, Some(json!({"name": "z"}))),
        ("DELETE", "/api/connections/{id}") => global(&of.connection, 204, None),
        ("POST", "/api/connections/{id}/verify" | "/api/connections/{id}/refresh") => {
            global(&of.connection, 200, Some(json!({})))
        }
        ("GET", "/api/my/connections" | "/api/catalog") => open(200, None),
        ("POST", "/api/my/connections") => open(201, Some(own_connection)),
        ("POST", "/api/my/connections/verify") => open(200, Some(own_connection)),
        ("PATCH", "/api/my/connections/{id}") => owned(&of.own_connection, 200, Some(json!({"name": "z"}))),
        ("DELETE", "/api/my/connections/{id}") => owned(&of.own_connection, 204, None),
        ("POST", "/api/my/connections/{id}/verify" | "/api/my/connections/{id}/refresh") => {
            owned(&of.own_connection, 200, Some(json!({})))
        }
        ("PATCH", "/api/catalog") => open(200, Some(json!({"ids": [of.model], "shown": true}))),
        ("PATCH", "/api/catalog/{id}") => global(&of.model, 200, Some(json!({"shown": true}))),
        // As with a face: who may is told that JSON is no picture.
        ("PUT", "/api/settings/logo") => open(415, Some(json!({}))),
        ("GET" | "DELETE", "/api/settings/logo") => open(200, None),
        ("PUT", "/api/settings/system/{key}") => Sample {
            path: line.path.replace("{key}", "brand_name"),
            body: Some(json!({"value": "AIChat"})),
            status: 200,
            owned: false,
        },
        ("GET", "/api/self-test") => open(401, None),
        ("GET", "/api/auth/logins") => open(200, None),
        ("DELETE", "/api/auth/logins") => open(204, None),
        ("DELETE", "/api/auth/logins/{id}") => owned(&of.login, 204, None),
        ("GET", "/api/keys") => open(200, None),
        ("POST", "/api/keys") => open(201, Some(json!({"name": "x", "scopes": ["chat"]}))),
        ("PATCH", "/api/keys/{id}") => owned(&of.key, 200, Some(json!({"name": "y"}))),
        ("DELETE", "/api/keys/{id}") => owned(&of.key, 204, None),
        ("GET", "/api/admin/users/{id}/keys") => global(&of.person, 200, None),
        ("DELETE", "/api/admin/users/{id}/keys/{key}") => {
            let path = line.path.replace("{key}", &of.key);
            Sample { path: path.replace("{id}", &of.person), ..global(&of.person, 204, None) }
        }
        ("GET", "/api/budgets" | "/api/my/budgets") => open(200, None),
        ("POST", "/api/budgets") => {
            let rule =
                json!({"subject": {"kind": "each"}, "unit": "tokens", "window": "day", "limit": 1, "enabled": false});
            open(201, Some(rule))
        }
        ("PATCH", "/api/budgets/{id}") => global(&of.budget, 200, Some(json!({"limit": 5}))),
        ("DELETE", "/api/budgets/{id}") => global(&of.budget, 204, None),
        ("POST", "/api/admin/users") => open(201, Some(json!({"username": server::clock::new_id()}))),
        ("POST", "/api/admin/users/{id}/password") => global(&of.signed_out, 200, Some(json!({}))),
        ("DELETE", "/api/admin/users/{id}/logins") => global(&of.signed_out, 204, None),
        ("PATCH", "/api/admin/users/{id}") => global(&of.person, 200, Some(json!({"role": "user"}))),
        (method, path) => panic!("{method} {path} has no sample: say who may call it and what comes back"),
    }
}

fn new_provider(mock: &str) -> Value {
    json!({"name": "x", "issuer": mock.trim_end_matches("/v1"), "clientId": "aichat"})
}

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
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

async fn belongings(app: &TestApp, line: &Line, admin: &TestUser, owner: &TestUser) -> Belongings {
    let mut live = owner.stream(json!({"content": "hi", "model": "stall-after-1"})).await;
    live.until_text().await;
    let id = |id: Option<String>| id.expect("an id");
    let connection = app.connect(admin, &["other"]).await;
    let models = admin.get("/api/catalog?q=other").await.body;
    // A person may have but a few.
    for old in owner.get("/api/my/connections").await.body["items"].as_array().expect("a list") {
        owner.delete(&format!("/api/my/connections/{}", old["id"].as_str().expect("an id"))).await;
    }
    let own = owner.post("/api/my/connections", json!({"baseUrl": OUTSIDE, "models": ["ok"]})).await.body;
    let file = owner.upload("notes.txt", server::clock::new_id()).await;
    assert_eq!(owner.put_bytes("/api/auth/me/avatar", picture(8, 8)).await.status, 200);
    assert_eq!(admin.put_bytes("/api/settings/logo", picture(8, 8)).await.status, 200);
    let session = id(live.live.message.session_id.clone().map(|id| id.0));
    let question = owner.messages(&session).await[0]["id"].as_str().map(str::to_owned);
    for old in owner.get("/api/folders").await.body.as_array().expect("a list") {
        owner.delete(&format!("/api/folders/{}", old["id"].as_str().expect("an id"))).await;
    }
    let folder = owner.post("/api/folders", json!({"name": "mine"})).await.body;
    let signed_out = admin.post("/api/admin/users", json!({"username": server::clock::new_id()})).await.body;
    for old in owner.get("/api/keys").await.body["items"].as_array().expect("a list") {
        owner.delete(&format!("/api/keys/{}", old["id"].as_str().expect("an id"))).await;
    }
    let key = owner.post("/api/keys", json!({"name": "mine", "scopes": ["chat"]})).await.body;
    for old in admin.get("/api/budgets").await.body["items"].as_array().expect("a list") {
        admin.delete(&format!("/api/budgets/{}", old["id"].as_str().expect("an id"))).await;
    }
    let rule =
        json!({"subject": {"kind": "everyone"}, "unit": "requests", "window": "total", "limit": 0, "enabled": false});
    let budget = admin.post("/api/budgets", rule).await.body;
    for old in admin.get("/api/admin/invitations").await.body["items"].as_array().expect("a list") {
        admin.delete(&format!("/api/admin/invitations/{}", old["id"].as_str().expect("an id"))).await;
    }
    let invitation = admin.post("/api/admin/invitations", json!({"days": 1, "uses": 1})).await.body;
    // A way to another service and back for every line would take longer than all of them.
    let (provider, identity) = match line.path.contains("oidc") || line.path.contains("identit") {
        true => crate::oidc::known(app, admin, owner).await,
        false => Default::default(),
    };
    app.login("owner").await;
    let logins = owner.get("/api/auth/logins").await.body;
    let login = logins["items"].as_array().expect("a list").iter().find(|login| login["current"] != true);
    let login = login.expect("another login of the owner");
    Belongings {
        message: id(question),
        folder: id(folder["id"].as_str().map(str::to_owned)),
        file: id(file.body["id"].as_str().map(str::to_owned)),
        session,
        live_run: id(live.live.run_id.clone().map(|id| id.0)),
        person: owner.id.clone(),
        invitation: id(invitation["invitation"]["id"].as_str().map(str::to_owned)),
        key: id(key["key"]["id"].as_str().map(str::to_owned)),
        budget: id(budget["id"].as_str().map(str::to_owned)),
        provider,
        identity,
        signed_out: id(signed_out["user"]["id"].as_str().map(str::to_owned)),
        login: id(login["id"].as_str().map(str::to_owned)),
        connection: id(connection["id"].as_str().map(str::to_owned)),
        own_connection: id(own["id"].as_str().map(str::to_owned)),
        model: id(models["items"][0]["id"].as_str().map(str::to_owned)),
    }
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
        // No login is a pass.
        (Access::SelfTest, _) | (_, Who::Nobody) => Some((401, &["auth.required"])),
        (_, Who::Forged) => Some((401, &["auth.invalid"])),
        (_, Who::Expired) => Some((401, &["auth.expired"])),
        (_, Who::Disabled) => Some((403, &["auth.disabled"])),
        (Access::Account, Who::Fresh) if line.path == "/api/auth/password" => Some((400, &["password.unchanged"])),
        (Access::User | Access::Admin, Who::Fresh) => Some((403, &["auth.password_change_required"])),
        (Access::Admin, Who::Other | Who::Owner) => Some((403, &["auth.forbidden"])),
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
    for path in
        ["/api/nothing", "/api", "/v1/nothing", "/v1", "/api/chat/streams", "/ai-gateway/api/v1/nothing", "/docs"]
    {
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
