//! Invitations: they let people in at once, as long as they hold and no further than their maker may.

use crate::support::{PASSWORD, Reply, TestApp, TestUser};
use serde_json::{Value, json};

const PATH: &str = "/api/admin/invitations";

async fn invite(admin: &TestUser, wish: Value) -> (String, String) {
    let reply = admin.post(PATH, wish).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    (text(&reply.body["invitation"]["id"]), text(&reply.body["code"]))
}

async fn come(app: &TestApp, name: &str, code: &str) -> Reply {
    let wish = json!({"username": name, "password": PASSWORD, "tokens": true, "invite": code});
    app.nobody().post("/api/auth/register", wish).await
}

async fn look_up(app: &TestApp, code: &str) -> Reply {
    app.nobody().post("/api/auth/invitation", json!({"code": code})).await
}

async fn state(admin: &TestUser, id: &str) -> Value {
    let list = admin.get(PATH).await.body;
    let found = list["items"].as_array().expect("a list").iter().find(|invitation| invitation["id"] == id);
    found.expect("the invitation").clone()
}

async fn closed() -> (TestApp, TestUser) {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    assert_eq!(admin.put("/api/settings/system/registration_enabled", json!({"value": false})).await.status, 200);
    (app, admin)
}

#[tokio::test]
async fn an_invitation_lets_so_many_in_at_once_also_where_registration_is_closed() {
    let (app, admin) = closed().await;
    let (id, code) = invite(&admin, json!({"days": 7, "uses": 2, "note": "the office"})).await;
    let open =
        app.nobody().post("/api/auth/register", json!({"username": "eve", "password": PASSWORD, "tokens": true})).await;
    assert_eq!(open.code(), "auth.registration_closed");
    let notice = look_up(&app, &code).await;
    assert_eq!((notice.status, &notice.body["by"], &notice.body["role"]), (200, &json!("admin"), &json!("user")));
    assert!(!notice.text.contains("office"), "the note is for administrators");

    let bob = come(&app, "bob", &code).await;
    assert_eq!((bob.status, &bob.body["user"]["status"]), (201, &json!("active")));
    let bob = app.bearer(bob.body["tokens"]["accessToken"].as_str().expect("a token"));
    assert_eq!(bob.get("/api/auth/me").await.body["username"], "bob");
    assert_eq!(come(&app, "Bob", &code).await.code(), "user.name_taken");
    assert_eq!(come(&app, "carol", &format!(" {code} ")).await.status, 201, "a taken name used nothing up");
    let refused = come(&app, "dave", &code).await;
    assert_eq!((refused.status, refused.code()), (403, "invitation.invalid"));

    let told = state(&admin, &id).await;
    assert_eq!((&told["state"], &told["uses"], &told["by"]), (&json!("used_up"), &json!(2), &json!("admin")));
    let names: Vec<&Value> =
        told["people"].as_array().expect("people").iter().map(|person| &person["username"]).collect();
    assert_eq!(names, ["bob", "carol"]);
    assert!(!admin.get(PATH).await.text.contains(&code), "the code is told once");
}

#[tokio::test]
async fn at_the_same_moment_only_as_many_come_as_it_is_for() {
    let (app, admin) = closed().await;
    let (_, code) = invite(&admin, json!({"days": 1, "uses": 1})).await;
    let (one, two, three) =
        tokio::join!(come(&app, "one", &code), come(&app, "two", &code), come(&app, "three", &code));
    let mut statuses = [one.status, two.status, three.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 403, 403]);
}

#[tokio::test]
async fn an_invitation_that_is_over_revoked_or_without_its_maker_lets_nobody_in() {
    let (app, admin) = closed().await;
    let (id, expired) = invite(&admin, json!({"days": 1, "uses": 5})).await;
    app.app.clock.shift(24 * 3600 * 1000);
    let admin = app.login("admin").await;
    assert_eq!(look_up(&app, &expired).await.code(), "invitation.invalid");
    assert_eq!(come(&app, "bob", &expired).await.code(), "invitation.invalid");
    assert_eq!(state(&admin, &id).await["state"], "expired");

    let (id, revoked) = invite(&admin, json!({"days": 1, "uses": 5})).await;
    assert_eq!(come(&app, "early", &revoked).await.status, 201);
    assert_eq!(admin.delete(&format!("{PATH}/{id}")).await.status, 204);
    assert_eq!(admin.delete(&format!("{PATH}/{id}")).await.code(), "invitation.not_found");
    assert_eq!(come(&app, "late", &revoked).await.code(), "invitation.invalid");
    assert_eq!(state(&admin, &id).await["state"], "revoked");

    let (_, promotion) = invite(&admin, json!({"days": 1, "uses": 5, "role": "admin"})).await;
    let second = come(&app, "second", &promotion).await;
    assert_eq!(second.body["user"]["role"], "admin");
    let second = app.login("second").await;
    let (id, code) = invite(&second, json!({"days": 1, "uses": 5, "role": "admin"})).await;
    let path = format!("/api/admin/users/{}", second.id);
    assert_eq!(admin.patch(&path, json!({"role": "user"})).await.status, 200);
    assert_eq!(come(&app, "third", &code).await.code(), "invitation.invalid", "no more than its maker may now");
    assert_eq!(state(&admin, &id).await["state"], "void");
    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!(look_up(&app, &code).await.code(), "invitation.invalid");
}

#[tokio::test]
async fn guessing_codes_is_slowed_down_and_wishes_have_limits() {
    let (app, admin) = closed().await;
    for (wish, part) in [
        (json!({"days": 0, "uses": 1}), "`days`"),
        (json!({"days": 31, "uses": 1}), "`days`"),
        (json!({"days": 1, "uses": 101}), "`uses`"),
        (json!({"days": 1, "uses": 1, "note": "x".repeat(101)}), "`note`"),
    ] {
        let refused = admin.post(PATH, wish).await;
        assert!(refused.status == 400 && refused.text.contains(part), "{}", refused.text);
    }
    let (_, code) = invite(&admin, json!({"days": 30, "uses": 100})).await;
    for _ in 0..50 {
        assert_eq!(look_up(&app, "guess").await.code(), "invitation.invalid");
    }
    let refused = look_up(&app, &code).await;
    assert_eq!((refused.status, refused.code()), (429, "auth.throttled"));
    for odd in ["", "x\u{0}", &"x".repeat(10_000)] {
        assert!((400..500).contains(&look_up(&app, odd).await.status));
    }
}
