//! How to call each line of the table: its path with ids filled in, its body, and the status for those who may.

use super::belongings::{Belongings, OUTSIDE};
use crate::support::PASSWORD;
use serde_json::{Value, json};
use server::routes::Line;

/// How to call a route: its path with ids filled in, its body, and the status for those who may.
pub(crate) struct Sample {
    pub(super) path: String,
    pub(super) body: Option<Value>,
    pub(super) status: u16,
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
    let program = json!({"model": "ok", "max_tokens": 50, "messages": [{"role": "user", "content": "hi"}]});
    match (line.method, line.path) {
        (
            "GET",
            "/api/openapi.json" | "/api/health" | "/api/settings/health" | "/api/bootstrap" | "/api/settings/branding",
        )
        | ("GET", "/api/auth/methods") => open(200, None),
        ("GET", "/docs" | "/docs/page.js" | "/docs/page.css") => open(200, None),
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
        ("POST", "/api/diagnosis") => open(200, Some(json!({}))),
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
        ("GET", "/api/catalog/{id}/interfaces") => global(&of.model, 200, None),
        ("PUT", "/api/catalog/{id}/interfaces") => global(&of.model, 200, Some(json!({}))),
        ("GET", "/v1/models" | "/ai-gateway/api/v1/models") => open(200, None),
        ("GET", "/v1/models/{id:.+}") => Sample { path: "/v1/models/ok".to_owned(), ..open(200, None) },
        ("POST", "/v1/chat/completions") => open(200, Some(program)),
        ("POST", "/v1/completions" | "/code-completion/api/v1/completions") => {
            open(200, Some(json!({"model": "ok", "prompt": "def f("})))
        }
        ("POST", "/v1/embeddings") => open(200, Some(json!({"model": "ok", "input": "hi"}))),
        ("POST", "/v1/rerank") => open(200, Some(json!({"model": "ok", "query": "hi", "documents": ["hi", "ho"]}))),
        ("POST", "/v1/messages" | "/v1/messages/count_tokens") => open(200, Some(program)),
        ("GET", "/api/self-test") => open(401, None),
        ("GET", "/api/logs" | "/api/diagnosis/stream") => open(200, None),
        ("GET", "/metrics") => open(404, None),
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
        ("GET", "/api/task-trace") => open(200, None),
        ("GET", "/api/task-trace/{id}" | "/api/task-trace/{id}/export") => owned(&of.trace, 200, None),
        ("POST", "/api/task-trace/cleanup") => open(200, Some(json!({"days": 3_650}))),
        ("GET", "/api/budgets" | "/api/my/budgets") => open(200, None),
        ("GET", "/api/usage" | "/api/usage/export") => open(200, None),
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
