//! How files are sent: what a browser may keep, what it may show, and what it must not run.

use super::{address, id, picture};
use crate::support::TestApp;
use reqwest::{Method, header::HeaderMap};
use server::cli::Cli;
use server::config::Config;

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map(|value| value.to_str().expect("text")).unwrap_or_default()
}

#[tokio::test]
async fn a_picture_is_shown_and_kept_by_the_browser_of_its_owner_alone() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let path = address(&id(&user.upload("猫.jpg", picture(20, 20)).await));
    let answer = user.call(user.request(Method::GET, &path)).await;
    let sent = |name| header(&answer.headers, name);
    assert_eq!((sent("content-type"), sent("x-content-type-options")), ("image/jpeg", "nosniff"));
    assert_eq!(sent("content-disposition"), "inline; filename=\"_.jpg\"; filename*=UTF-8''%E7%8C%AB.jpg");
    assert_eq!(sent("cache-control"), "private, max-age=31536000, immutable");
    assert!(sent("content-security-policy").contains("sandbox") && sent("vary").contains("Authorization, Cookie"));
    assert_eq!((sent("x-accel-expires"), sent("x-frame-options")), ("0", "DENY"));
    let tag = sent("etag").to_owned();
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let again = user.call(user.request(Method::GET, &path).header("if-none-match", &known)).await;
        assert_eq!((again.status, again.text.len(), header(&again.headers, "etag")), (304, 0, tag.as_str()), "{known}");
        assert_eq!(header(&again.headers, "cache-control"), "private, max-age=31536000, immutable");
    }
    let changed = user.call(user.request(Method::GET, &path).header("if-none-match", "\"other\"")).await;
    assert_eq!(changed.status, 200);
}

#[tokio::test]
async fn a_document_is_a_download_that_nobody_keeps() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let path = address(&id(&user.upload("page.html", "<!doctype html><script>alert(1)</script>words").await));
    for (path, kind, name) in [
        (path.clone(), "application/octet-stream", "page.html"),
        (format!("{path}/text"), "text/plain; charset=utf-8", "page.html.txt"),
    ] {
        let answer = user.get(&path).await;
        let sent = |name| header(&answer.headers, name);
        assert_eq!((sent("content-type"), sent("cache-control")), (kind, "private, no-store"));
        assert_eq!(sent("content-disposition"), format!("attachment; filename=\"{name}\"; filename*=UTF-8''{name}"));
        assert!(sent("content-security-policy").contains("sandbox") && sent("x-content-type-options") == "nosniff");
    }
}

#[tokio::test]
async fn files_of_others_are_not_there_not_even_for_administrators() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let owner = app.user(&admin, "owner").await;
    let path = address(&id(&owner.upload("a.txt", "secret words").await));
    assert_eq!(owner.get(&path).await.text, "secret words");
    for path in [&path, &format!("{path}/text")] {
        for stranger in [&admin, &app.nobody()] {
            let refused = stranger.get(path).await;
            assert!([401, 404].contains(&refused.status) && !refused.text.contains("secret words"), "{}", refused.text);
        }
    }
    assert_eq!(admin.delete(&path).await.code(), "file.not_found");
    assert_eq!(owner.get(&path).await.status, 200);
}

#[tokio::test]
async fn the_address_of_pictures_is_shown_with_who_decided_it() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let shown = admin.get("/api/settings/public-url").await.body;
    assert_eq!((&shown["publicUrl"], &shown["source"]), (&serde_json::Value::Null, &"default".into()));
    let example = shown["example"].as_str().expect("an address");
    assert!(example.starts_with(&format!("{}/api/files/", app.url)), "{example}");
}

#[tokio::test]
async fn the_address_of_pictures_from_the_environment_is_shown_with_its_variable() {
    let app = TestApp::with(|config| {
        let env = |name: &str| (name == "PUBLIC_URL").then(|| "https://chat.example.com".to_owned());
        let said = Config::load(&Cli::default(), env, "").expect("valid");
        let (data_dir, engine) = (config.data_dir.clone(), config.engine.clone());
        *config = said;
        (config.data_dir, config.engine, config.bcrypt_cost, config.durable) = (data_dir, engine, 4, false);
    })
    .await;
    let shown = app.admin().await.get("/api/settings/public-url").await.body;
    assert_eq!(shown["publicUrl"], "https://chat.example.com");
    assert_eq!((&shown["variable"], &shown["source"]), (&"PUBLIC_URL".into(), &"environment".into()));
    let example = shown["example"].as_str().expect("an address");
    assert!(example.starts_with("https://chat.example.com/api/files/"), "{example}");
}

#[tokio::test]
async fn programs_hear_of_the_limits_before_they_send() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    admin.put("/api/settings/system/file_quota_mib", serde_json::json!({"value": 3})).await;
    let uploads = &app.nobody().get("/api/bootstrap").await.body["uploads"];
    assert_eq!(uploads, &serde_json::json!({"maxBytes": 50 << 20, "maxFiles": 20, "quota": 3 << 20}));
}
