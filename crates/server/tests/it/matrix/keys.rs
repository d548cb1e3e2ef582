//! Every route of the table, called with keys: each scope opens what the table says and nothing else, whichever header shows
//! the key.

use super::belongings::empty;
use super::{Who, belongings, call, refusal, sample};
use crate::support::{TestApp, TestUser, allow_own_connections, behind_a_proxy};
use serde_json::json;
use server::auth::Access;
use server::routes::{Line, TABLE};
use shared::keys::Scope;

/// Whose keys are tried, with which scope. No key is without: one that has another than the line names is as one without.
const KEYS: [(Scope, bool); 5] =
    [(Scope::Chat, true), (Scope::Models, true), (Scope::Admin, true), (Scope::Chat, false), (Scope::Models, false)];

/// The refusal that is due to a key of the owner or of an administrator; none for those that may call.
fn refusal_of_key(line: &Line, owned: bool, scope: Scope, of_admin: bool) -> Option<(u16, &'static [&'static str])> {
    match line.access {
        // Whoever shows a key is nobody here.
        Access::Public => None,
        Access::SelfTest => Some((401, &["auth.required"])),
        Access::Metrics => Some((404, &["route.not_found"])),
        _ if line.scope != Some(scope) => Some((403, &["auth.scope"])),
        // Without the scope of administrators, one of theirs is as anybody else's.
        Access::User if owned && of_admin => refusal(line, owned, Who::Other),
        _ => None,
    }
}

/// The same key as every header shows it that the route takes: below `/v1` as Anthropic's clients do, too.
fn shown(line: &Line, key: &TestUser) -> Vec<TestUser> {
    let other = line.path.starts_with("/v1/").then(|| key.showing_in("x-api-key"));
    std::iter::once(key.clone()).chain(other).collect()
}

/// A key with one scope.
async fn key(app: &TestApp, user: &TestUser, scope: Scope) -> TestUser {
    let reply = user.post("/api/keys", json!({"name": scope.as_str(), "scopes": [scope]})).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    app.bearer(reply.body["secret"].as_str().expect("a secret"))
}

#[tokio::test]
async fn every_route_answers_keys_by_their_scope_and_by_nothing_else() {
    let (app, _outside) = behind_a_proxy().await;
    let admin = app.with_models(&["ok", "stall-after-1"]).await;
    allow_own_connections(&admin).await;
    admin.put("/api/settings/system/runs_per_user", json!({"value": 1000})).await;
    app.user(&admin, "owner").await;
    let unknown = app.bearer(&format!("sk-aichat-{}", "A".repeat(43)));
    for line in TABLE {
        // Signing in so often makes the oldest logins give way.
        let (admin, owner) = (app.login("admin").await, app.login("owner").await);
        let mut of = belongings(&app, line, &admin, &owner).await;
        for (scope, of_admin) in KEYS {
            let caller = key(&app, if of_admin { &admin } else { &owner }, scope).await;
            for caller in shown(line, &caller) {
                let sample = sample(line, &of, &app.mock.base_url());
                let (status, code) = call(&caller, line, &sample).await;
                let name = format!("{} {} with {scope:?} of admin {of_admin}: {status} {code}", line.method, line.path);
                match refusal_of_key(line, sample.owned, scope, of_admin) {
                    Some((due, codes)) => assert!(status == due && codes.contains(&code.as_str()), "{name}"),
                    None => {
                        assert_eq!(status, sample.status, "{name}");
                        // It may have taken something away.
                        of = belongings(&app, line, &admin, &owner).await;
                    }
                }
            }
            if !matches!(line.access, Access::Public | Access::SelfTest | Access::Metrics) {
                let sample = sample(line, &of, &app.mock.base_url());
                for unknown in shown(line, &unknown) {
                    let name = format!("{} {}", line.method, line.path);
                    assert_eq!(call(&unknown, line, &sample).await, (401, "auth.key_invalid".to_owned()), "{name}");
                }
            }
        }
        empty(&admin, "/api/keys").await;
        empty(&owner, "/api/keys").await;
    }
}
