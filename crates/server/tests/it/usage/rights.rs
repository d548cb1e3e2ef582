//! Whose usage somebody sees, and what is no question.

use super::{call, keys, mixed, report};
use crate::support::{TestApp, TestUser, allow_own_connections, behind_a_proxy};
use serde_json::json;

async fn refused(user: &TestUser, query: &str) -> (u16, String) {
    let mut refusals = Vec::new();
    for path in ["/api/usage", "/api/usage/export"] {
        let reply = user.get(&format!("{path}?{query}")).await;
        refusals.push((reply.status, reply.code().to_owned()));
    }
    assert_eq!(refusals[0], refusals[1], "{query}");
    refusals.remove(0)
}

#[tokio::test]
async fn everybodys_usage_is_for_administrators() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    mixed(&app, &admin, &bob).await;
    let made = admin.post("/api/keys", json!({"name": "chat", "scopes": ["chat"]})).await.body;
    let program = app.bearer(made["secret"].as_str().expect("a secret"));
    let forbidden = (403, "auth.forbidden".to_owned());
    for query in ["scope=all", "by=person", "by=connection", "connection=own", "person=none"] {
        assert_eq!(refused(&bob, query).await, forbidden, "{query}");
        assert_eq!(refused(&program, query).await, forbidden, "{query}: a key that may only chat");
    }
    assert_eq!(refused(&bob, &format!("person={}", admin.id)).await, forbidden);
    assert_eq!(refused(&bob, &format!("person={}", bob.id)).await, forbidden);
    let made = admin.post("/api/keys", json!({"name": "all", "scopes": ["chat", "admin"]})).await.body;
    let program = app.bearer(made["secret"].as_str().expect("a secret"));
    assert_eq!(report(&program, "scope=all&from=2026-03-01&to=2026-03-05").await.totals.calls, 5);
}

#[tokio::test]
async fn nobody_learns_anything_of_a_key_of_somebody_else() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (bob, eve) = (app.user(&admin, "bob").await, app.user(&admin, "eve").await);
    let calls = mixed(&app, &admin, &bob).await;
    let key = calls.iter().find_map(|call| call.key.clone()).expect("a key");
    let time = "from=2026-03-01&to=2026-03-05&by=key";
    let own = report(&bob, &format!("{time}&key={key}")).await;
    assert_eq!((own.totals.calls, own.narrowed.key.as_deref()), (1, Some("Backup")));
    let seen = eve.get(&format!("/api/usage?{time}&key={key}")).await;
    let unknown = eve.get(&format!("/api/usage?{time}&key={}", server::clock::new_id())).await;
    assert_eq!((seen.status, &seen.body), (200, &unknown.body), "as if there were none");
    let sheet = eve.get(&format!("/api/usage/export?from=2026-03-01&to=2026-03-05&key={key}")).await;
    assert_eq!(sheet.text.lines().count(), 1, "{}", sheet.text);
}

#[tokio::test]
async fn connections_of_people_are_one_group_without_their_names() {
    let (app, outside) = behind_a_proxy().await;
    let admin = app.admin().await;
    allow_own_connections(&admin).await;
    let bob = app.user(&admin, "bob").await;
    let body = json!({"name": "my secret lab", "baseUrl": "http://8.8.8.8/v1", "models": ["ok"]});
    let own = bob.post("/api/my/connections", body).await;
    assert_eq!(own.status, 201, "{}", own.text);
    let mut through = call(&bob, "2026-03-02T10:00:00Z");
    own.body["id"].as_str().expect("an id").clone_into(&mut through.connection);
    super::book(&app, &[through]).await;
    let time = "scope=all&from=2026-03-01&to=2026-03-05&by=connection";
    let found = report(&admin, time).await;
    assert_eq!((keys(&found), found.groups[0].name.as_deref()), (vec!["own"], None));
    assert_eq!(report(&admin, &format!("{time}&connection=own")).await.totals.calls, 1);
    let id = own.body["id"].as_str().expect("an id");
    assert!(!admin.get(&format!("/api/usage?{time}&connection={id}")).await.text.contains("secret lab"));
    drop(outside);
}

#[tokio::test]
async fn what_is_no_question_is_refused_with_its_rule() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (query, rule) in [
        ("days=0", "from 1 to 400 days"),
        ("days=401", "from 1 to 400 days"),
        ("from=2025-01-01&to=2026-03-01", "from 1 to 400 days"),
        ("from=0001-01-01", "from 1 to 400 days"),
        ("days=3&to=2026-03-01", "in place of"),
        ("from=2026-03-02&to=2026-03-01", "must not be after"),
        ("from=20260301", "`from` must be a day"),
        ("from=2026-02-30", "`from` must be a day"),
        ("to=2026-03-01T00:00:00", "`to` must be a day"),
        ("person=none", "`scope=all`"),
        ("scope=all&person=somebody", "`person` must be an id"),
        ("key=mine", "`key` must be an id"),
        ("scope=all&connection=none", "`connection` must be an id"),
        ("model=", "`model` must have"),
        ("model=a%00b", "no NUL"),
        ("by=colour", ""),
        ("measure=length", ""),
        ("purpose=fun", ""),
        ("color=red", ""),
        ("to=-009999-01-01", ""),
    ] {
        assert_eq!(refused(&admin, query).await, (400, "request.invalid".to_owned()), "{query}");
        let reply = admin.get(&format!("/api/usage?{query}")).await;
        assert!(
            reply.body["params"]["detail"].as_str().is_some_and(|text| text.contains(rule)),
            "{query}: {}",
            reply.text
        );
    }
    // The calendar ends in the year 9999, and asking for it is no fault of ours.
    for query in ["from=9999-12-30&to=9999-12-31", "from=9998-12-30&to=9998-12-31", "from=0001-01-01&to=0001-01-02"] {
        let status = admin.get(&format!("/api/usage?{query}")).await.status;
        assert!(status == 200 || status == 400, "{query}: {status}");
    }
}
