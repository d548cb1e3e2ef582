//! Reasons for rejecting and disabling, and the search of the list.

use super::path;
use crate::support::{Events, PASSWORD, TestApp, TestUser};
use reqwest::Method;
use serde_json::json;

async fn names(admin: &TestUser, query: &str) -> Vec<String> {
    let reply = admin.get(&format!("/api/admin/users{query}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let items = reply.body["items"].as_array().expect("a list").clone();
    items.iter().map(|person| person["username"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn a_reason_is_told_to_the_person_and_to_administrators_and_goes_with_the_decision() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let mut stream = Events::open(bob.request(Method::GET, "/api/events")).await;
    stream.frame().await.expect("hello");
    let off = json!({"status": "disabled", "reason": " Left the team. "});
    let reply = admin.patch(&path(&bob), off).await;
    assert_eq!((reply.status, &reply.body["reason"]), (200, &json!("Left the team.")), "{}", reply.text);
    assert_eq!(admin.get("/api/admin/users?q=bob").await.body["items"][0]["reason"], "Left the team.");
    let mut told = false;
    while let Some(frame) = stream.frame().await {
        told |= frame.data.contains("Left the team.");
    }
    assert!(told, "an open tab hears why");

    let login = json!({"username": "bob", "password": PASSWORD, "tokens": true});
    let refused = app.nobody().post("/api/auth/login", login.clone()).await;
    assert_eq!((refused.code(), &refused.body["params"]["reason"]), ("auth.disabled", &json!("Left the team.")));
    assert_eq!(refused.body["message"], "Your account is disabled. Reason: Left the team.");
    assert_eq!(bob.get("/api/auth/me").await.body["params"]["reason"], "Left the team.");
    let guess = json!({"username": "bob", "password": "wrong horse", "tokens": true});
    assert!(!app.nobody().post("/api/auth/login", guess).await.text.contains("team"), "strangers hear nothing");

    let kept = admin.patch(&path(&bob), json!({"role": "admin"})).await;
    assert_eq!(kept.body["reason"], "Left the team.", "another change leaves it");
    let other = admin.patch(&path(&bob), json!({"reason": "On leave."})).await;
    assert_eq!(other.body["reason"], "On leave.");
    let none = admin.patch(&path(&bob), json!({"reason": ""})).await;
    assert!(none.status == 200 && none.body.get("reason").is_none(), "{}", none.text);
    assert_eq!(app.nobody().post("/api/auth/login", login.clone()).await.body["message"], "Your account is disabled.");
    admin.patch(&path(&bob), json!({"reason": "Once more."})).await;
    let back = admin.patch(&path(&bob), json!({"status": "active", "role": "user"})).await;
    assert!(back.status == 200 && back.body.get("reason").is_none(), "{}", back.text);
    assert_eq!(app.nobody().post("/api/auth/login", login).await.status, 200);
}

#[tokio::test]
async fn odd_reasons_are_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    for body in [
        json!({"status": "disabled", "reason": "x".repeat(201)}),
        json!({"status": "disabled", "reason": "a\nb"}),
        json!({"status": "disabled", "reason": "a\u{0}b"}),
        json!({"reason": "he is active"}),
        json!({"status": "active", "reason": "he is active"}),
    ] {
        let reply = admin.patch(&path(&bob), body.clone()).await;
        assert_eq!((reply.status, reply.code()), (400, "request.invalid"), "{body}");
    }
    let longest = "因".repeat(200);
    let reply = admin.patch(&path(&bob), json!({"status": "disabled", "reason": longest})).await;
    assert_eq!((reply.status, &reply.body["reason"]), (200, &json!(longest)));
}

#[tokio::test]
async fn people_are_found_by_a_part_of_their_name_and_by_their_status() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for name in ["Ada Lovelace", "Adam", "张三", "50%_off"] {
        assert_eq!(admin.post("/api/admin/users", json!({"username": name})).await.status, 201);
    }
    let waiting = json!({"username": "Adalbert", "status": "pending"});
    assert_eq!(admin.post("/api/admin/users", waiting).await.status, 201);
    assert_eq!(names(&admin, "?q=ADA").await, ["Adalbert", "Ada Lovelace", "Adam"]);
    assert_eq!(names(&admin, "?q=lace").await, ["Ada Lovelace"]);
    assert_eq!(names(&admin, "?q=%E5%BC%A0").await, ["张三"]);
    assert_eq!(names(&admin, "?q=%25_").await, ["50%_off"], "signs are taken to the letter");
    assert_eq!(names(&admin, "?q=nobody").await, [""; 0]);
    assert_eq!(names(&admin, "?status=pending").await, ["Adalbert"]);
    assert_eq!(names(&admin, "?q=ada&status=active").await, ["Ada Lovelace", "Adam"]);
    assert_eq!(names(&admin, "?q=%20%20").await.len(), 6, "nothing is asked for");

    let first = admin.get("/api/admin/users?q=ada&limit=2").await.body;
    let next = first["next"].as_str().expect("more").to_owned();
    assert_eq!(names(&admin, &format!("?q=ada&limit=2&after={next}")).await, ["Adam"]);
    let long = "x".repeat(101);
    for query in [
        format!("?q={long}"),
        "?q=%00".to_owned(),
        "?status=asleep".to_owned(),
        "?order=name".to_owned(),
        "?limit=x".to_owned(),
    ] {
        let odd = admin.get(&format!("/api/admin/users{query}")).await;
        assert_eq!((odd.status, odd.code()), (400, "request.invalid"), "{query}");
    }
}
