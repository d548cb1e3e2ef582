//! The headers of every answer, whoever asks and whatever is said.

use super::{TestApp, TestUser};
use crate::files::picture;
use reqwest::Method;
use reqwest::header::HeaderMap;
use server::routes::{Line, TABLE};

/// What keeps caches, sniffers and frames away.
fn check(line: &Line, status: u16, headers: &HeaderMap) {
    let of = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = format!("{} {}: {status}", line.method, line.path);
    assert_eq!(of("x-content-type-options"), "nosniff", "{name}");
    assert_eq!((of("x-frame-options"), of("referrer-policy")), ("DENY", "no-referrer"), "{name}");
    assert_eq!(of("x-accel-expires"), "0", "{name}: a proxy's cache would keep it");
    assert!(!of("x-request-id").is_empty(), "{name}");
    let policy = of("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-eval"), "{name}: {policy}");
    let vary: Vec<_> = headers.get_all("vary").iter().filter_map(|value| value.to_str().ok()).collect();
    let vary = vary.join(", ").to_ascii_lowercase();
    assert!(vary.contains("authorization") && vary.contains("cookie"), "{name}: {vary}");
    let kept = of("cache-control");
    // Pictures and lists with a tag may be kept, by the reader's own browser.
    let may_be_kept = of("content-type").starts_with("image/") || headers.contains_key("etag");
    assert!(kept.starts_with("private") && (may_be_kept || kept.contains("no-store")), "{name}: {kept}");
    if of("content-type").starts_with("text/event-stream") {
        assert!(kept.contains("no-transform") && of("x-accel-buffering") == "no", "{name}: {kept}");
        assert!(matches!(of("content-encoding"), "" | "identity"), "{name}");
    }
}

async fn ask(user: &TestUser, line: &Line, method: &str) {
    let method: Method = method.parse().expect("a method");
    let request = user.request(method, line.path).header("accept-encoding", "gzip, br");
    let response = request.send().await.expect("an answer");
    check(line, response.status().as_u16(), response.headers());
}

#[tokio::test]
async fn every_answer_of_the_api_keeps_caches_sniffers_and_frames_away() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    admin.put_bytes("/api/settings/logo", picture(8, 8)).await;
    let nobody = app.nobody();
    for line in TABLE {
        ask(&nobody, line, line.method).await;
        // Paths with an id in them are 404 here, and methods that nobody takes are 405: these are answers, too.
        if line.method == "GET" {
            ask(&admin, line, "GET").await;
            ask(&admin, line, "TRACE").await;
        }
    }
}

#[tokio::test]
async fn an_answer_that_streams_is_neither_held_back_nor_compressed() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    for (path, body) in [
        ("/api/chat/stream", serde_json::json!({"content": "hi", "model": "ok"})),
        (
            "/v1/chat/completions",
            serde_json::json!({"model": "ok", "stream": true, "messages": [{"role": "user", "content": "hi"}]}),
        ),
    ] {
        let line = TABLE.iter().find(|line| line.path == path).expect("a line");
        let request = admin.request(Method::POST, path).header("accept-encoding", "gzip, br").json(&body);
        let response = request.send().await.expect("an answer");
        assert!(response.headers()["content-type"].to_str().is_ok_and(|kind| kind.starts_with("text/event-stream")));
        check(line, response.status().as_u16(), response.headers());
    }
}
