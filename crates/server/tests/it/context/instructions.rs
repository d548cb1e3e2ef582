//! Who tells a model what, in which order, and that every request begins like the one before.

use super::go_on;
use crate::recorder::{Recorder, Reply};
use crate::support::TestApp;
use serde_json::{Value, json};

#[tokio::test]
async fn layers_are_told_in_order_and_every_request_begins_as_the_one_before() {
    let app = TestApp::with(|config| config.time_zone = Some("Asia/Shanghai".to_owned())).await;
    let admin = app.admin().await;
    let provider = Recorder::start(|_| Reply::says("An answer.")).await;
    provider.connect(&admin, "one", &["m-1"]).await;
    let everybody = "You are {{model}}. Today is {{date}}, a {{weekday}}, {{time}}.";
    let set = admin.put("/api/settings/system/system_prompt", json!({"value": everybody})).await;
    assert_eq!(set.status, 200, "{}", set.text);
    let me = admin.patch("/api/auth/me", json!({"about": "I am {{user}}, a nurse."})).await;
    assert_eq!((me.status, &me.body["about"]), (200, &json!("I am {{user}}, a nurse.")));
    let session = admin.ask("m-1", "First?").await.session();
    let change = json!({"instructions": " Speak Latin. "});
    let changed = admin.patch(&format!("/api/sessions/{session}"), change).await;
    assert_eq!(changed.body["instructions"], "Speak Latin.");
    assert_eq!(admin.get(&format!("/api/sessions/{session}")).await.body["instructions"], "Speak Latin.");
    let listed = admin.get("/api/sessions").await.body["items"][0].clone();
    assert_eq!((&listed["hasInstructions"], &listed["instructions"]), (&json!(true), &Value::Null), "a list is short");
    go_on(&admin, &session, "Second?").await;
    app.app.clock.shift(26 * 3_600_000);
    go_on(&app.login("admin").await, &session, "Third?").await;

    let asked = provider.asked();
    let system = asked[1].messages()[0]["content"].as_str().expect("text").to_owned();
    let places = ["You are m-1.", "I am admin, a nurse.", "Speak Latin.", "the later ones win"];
    let places: Vec<_> = places.iter().map(|text| system.find(text)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{system}");
    assert!(!system.contains("{{") && system.contains("(the date given with the last message)"), "{system}");
    let (second, third) = (asked[1].messages(), asked[2].messages());
    assert_eq!(third[..second.len()], second[..], "a prefix, to the letter, a day later");
    assert!(second[1]["content"].to_string().contains("[Asked: "), "{}", second[1]);
    assert!(third.last().expect("a question")["content"].to_string().contains("(UTC+08:00)]"));
    assert_ne!(second[3]["content"].to_string().split("20").nth(1), third[5]["content"].to_string().split("20").nth(1));
    let removed = json!({"instructions": ""});
    let removed = app.login("admin").await.patch(&format!("/api/sessions/{session}"), removed).await;
    assert_eq!((&removed.body["instructions"], &removed.body["hasInstructions"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn without_variables_no_question_carries_a_moment() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|_| Reply::says("An answer.")).await;
    provider.connect(&admin, "one", &["m-1"]).await;
    admin.put("/api/settings/system/system_prompt", json!({"value": "Be brief."})).await;
    admin.ask("m-1", "First?").await;
    let expected = json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "First?"}]);
    assert_eq!(json!(provider.last().messages()), expected);
}

#[tokio::test]
async fn instructions_are_bounded_and_nobody_else_reads_what_a_person_says_about_themselves() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    let bob = app.user(&admin, "bob").await;
    let long = "x".repeat(shared::limits::MAX_INSTRUCTIONS_CHARS + 1);
    let refused = bob.patch("/api/auth/me", json!({"about": long})).await;
    assert_eq!((refused.status, refused.code()), (400, "request.invalid"));
    let session = bob.ask("ok", "hi").await.session();
    let refused = bob.patch(&format!("/api/sessions/{session}"), json!({"instructions": long})).await;
    assert_eq!((refused.status, refused.code()), (400, "request.invalid"));
    let refused = bob.patch("/api/auth/me", json!({"defaultModel": "nonsense"})).await;
    assert_eq!((refused.status, refused.code()), (404, "model.not_found"));
    assert_eq!(bob.patch("/api/auth/me", json!({"about": "a secret of mine"})).await.status, 200);
    assert!(bob.get("/api/auth/me").await.text.contains("a secret of mine"));
    assert!(!admin.get("/api/admin/users").await.text.contains("a secret of mine"));
    let path = format!("/api/admin/users/{}", bob.id);
    for role in ["user", "admin"] {
        assert!(!admin.patch(&path, json!({"role": role})).await.text.contains("a secret of mine"), "{role}");
    }
}
