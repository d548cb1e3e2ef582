//! Pictures of people.

use super::fixtures::pdf_of_pages;
use super::{bytes, picture, stored, used};
use crate::support::{Events, TestApp, eventually};
use reqwest::Method;
use serde_json::{Value, json};

const OWN: &str = "/api/auth/me/avatar";

#[tokio::test]
async fn a_face_is_small_seen_by_all_who_are_signed_in_and_changed_by_its_person_alone() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let mut tab = Events::open(bob.request(Method::GET, "/api/events")).await;
    let path = format!("/api/users/{}/avatar", bob.id);
    assert_eq!(admin.get(&path).await.code(), "file.not_found");
    let changed = bob.put_bytes(OWN, picture(600, 300)).await;
    let address = changed.body["avatar"].as_str().expect("an address").to_owned();
    assert!(address.starts_with(&format!("{path}?v=")), "{address}");
    loop {
        let frame = tab.frame().await.expect("told");
        if frame.data.contains("user.changed") {
            let event: Value = serde_json::from_str(&frame.data).expect("JSON");
            assert_eq!(event["user"]["avatar"], json!(address));
            break;
        }
    }
    assert_eq!(bob.get("/api/auth/me").await.body["avatar"], json!(address));
    let face = image::load_from_memory(&bytes(&admin, &address).await).expect("a picture");
    assert_eq!((face.width(), face.height()), (256, 128));
    let cache = |reply: &crate::support::Reply| reply.headers["cache-control"].to_str().expect("text").to_owned();
    assert!(cache(&admin.get(&address).await).contains("immutable"));
    assert_eq!(cache(&admin.get(&path).await), "private, no-cache", "it may be another one tomorrow");
    assert_eq!(app.nobody().get(&path).await.status, 401);
    assert_eq!(used(&bob).await, 0, "it takes no room");
    let listed = admin.get("/api/admin/users").await.body;
    let listed = listed["items"].as_array().expect("people").iter().find(|person| person["id"] == json!(bob.id));
    assert_eq!(listed.expect("bob")["avatar"], json!(address));
}

#[tokio::test]
async fn another_face_takes_the_place_of_the_one_before_and_none_leaves_nothing() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let first = user.put_bytes(OWN, picture(20, 20)).await.body["avatar"].clone();
    let second = user.put_bytes(OWN, picture(30, 30)).await.body["avatar"].clone();
    assert_ne!(first, second);
    let left = async |count| eventually("nothing else is left", || async { stored(&app).len() == count }).await;
    left(1).await;
    assert_eq!(user.put_bytes(OWN, picture(30, 30)).await.body["avatar"], second);
    left(1).await;
    assert_eq!(user.delete(OWN).await.body["avatar"], json!(null));
    left(0).await;
    assert_eq!(user.delete(OWN).await.status, 200, "none is none");
    assert_eq!(user.get(&format!("/api/users/{}/avatar", user.id)).await.status, 404);
}

#[tokio::test]
async fn a_face_is_a_picture_of_pixels_and_needs_no_room() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    user.put("/api/settings/system/file_quota_mib", json!({"value": 0})).await;
    let before = user.put_bytes(OWN, picture(20, 20)).await.body["avatar"].clone();
    assert!(before.is_string());
    let drawing = r#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#.as_bytes().to_vec();
    for (file, status, code) in [
        (drawing, 415, "image.unsupported"),
        (pdf_of_pages(&["BT /F1 9 Tf (x) Tj ET"], ""), 415, "image.unsupported"),
        (picture(20, 20)[..60].to_vec(), 400, "image.broken"),
        (Vec::new(), 400, "file.empty"),
    ] {
        let refused = user.put_bytes(OWN, file).await;
        assert_eq!((refused.status, refused.code()), (status, code), "{}", refused.text);
    }
    assert_eq!(user.get("/api/auth/me").await.body["avatar"], before, "the one before stays");
}
