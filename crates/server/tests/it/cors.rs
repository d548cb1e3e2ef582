//! Pages of other websites: listed ones may call with a bearer token, nobody may with a cookie, the rest is refused.

use crate::accounts::browser::Browser;
use crate::program::{Folder, Program};
use crate::support::{PASSWORD, Reply, TestApp, TestUser};
use reqwest::{Method, RequestBuilder};
use serde_json::json;

const LISTED: &str = "https://app.example.com";
const FOREIGN: &str = "https://evil.example";

async fn listing(origins: &[&str]) -> TestApp {
    let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
    TestApp::with(|config| config.cors_origins = Some(origins)).await
}

/// What a browser asks before a page of `origin` may send a message.
fn preflight(nobody: &TestUser, origin: &str) -> RequestBuilder {
    nobody
        .request(Method::OPTIONS, "/api/chat/stream")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization, content-type, x-stainless-lang")
}

fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
    reply.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether a page of `origin` may read the answer.
fn readable(reply: &Reply, origin: &str) -> bool {
    assert!(!reply.headers.contains_key("access-control-allow-credentials"), "never with cookies");
    assert_ne!(header(reply, "access-control-allow-origin"), "*");
    header(reply, "access-control-allow-origin") == origin
}

#[tokio::test]
async fn it_is_off_by_default() {
    let app = TestApp::new().await;
    let nobody = app.nobody();
    let reply = nobody.call(preflight(&nobody, LISTED)).await;
    assert_eq!((reply.status, readable(&reply, LISTED)), (405, false));
    let reply = nobody.call(nobody.request(Method::GET, "/api/bootstrap").header("origin", LISTED)).await;
    assert_eq!((reply.status, readable(&reply, LISTED)), (200, false));
}

#[tokio::test]
async fn a_listed_page_is_answered_when_it_asks_first() {
    let app = listing(&[LISTED, "http://192.0.2.1:3555"]).await;
    let nobody = app.nobody();
    for origin in [LISTED, "http://192.0.2.1:3555"] {
        let reply = nobody.call(preflight(&nobody, origin)).await;
        assert_eq!((reply.status, readable(&reply, origin)), (200, true), "{}", reply.text);
        let methods = header(&reply, "access-control-allow-methods");
        assert!(["GET", "POST", "PUT", "PATCH", "DELETE"].iter().all(|method| methods.contains(method)), "{methods}");
        let allowed = header(&reply, "access-control-allow-headers");
        assert!(allowed.contains("authorization") && allowed.contains("x-stainless-lang"), "{allowed}");
        assert_eq!(header(&reply, "access-control-max-age"), "3600");
        let vary: Vec<_> = reply.headers.get_all("vary").iter().map(|value| value.to_str().expect("text")).collect();
        assert!(vary.join(", ").contains("Origin"), "{vary:?}");
        assert!(!header(&reply, "x-request-id").is_empty());
    }
    for origin in [FOREIGN, "https://app.example.com.evil.example", "http://app.example.com", "null"] {
        let reply = nobody.call(preflight(&nobody, origin)).await;
        assert_eq!((reply.status, reply.code(), readable(&reply, origin)), (400, "request.invalid", false), "{origin}");
    }
}

#[tokio::test]
async fn a_listed_page_may_use_the_interface_for_programs_with_a_key() {
    let app = listing(&[LISTED]).await;
    let admin = app.with_models(&["ok"]).await;
    let key = admin.post("/api/keys", serde_json::json!({"name": "page", "scopes": ["chat", "models"]})).await;
    let program = app.bearer(key.body["secret"].as_str().expect("a secret"));
    let asks = program
        .request(Method::OPTIONS, "/v1/messages")
        .header("origin", LISTED)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "x-api-key, anthropic-version, content-type");
    let reply = program.call(asks).await;
    assert_eq!((reply.status, readable(&reply, LISTED)), (200, true), "{}", reply.text);
    let body = serde_json::json!({"model": "ok", "messages": [{"role": "user", "content": "hi"}], "stream": true});
    let request = program.request(Method::POST, "/v1/chat/completions").header("origin", LISTED).json(&body);
    let reply = program.call(request).await;
    assert_eq!((reply.status, readable(&reply, LISTED)), (200, true), "{}", reply.text);
    for name in ["x-aichat-admission-ms", "x-ratelimit-remaining-tokens", "request-id"] {
        assert!(header(&reply, "access-control-expose-headers").contains(name), "{name}");
    }
    let lost = program.call(program.request(Method::GET, "/v1/nothing").header("origin", LISTED)).await;
    assert_eq!((lost.status, lost.code(), readable(&lost, LISTED)), (404, "route.not_found", true));
}

#[tokio::test]
async fn a_listed_page_reads_answers_refusals_and_streams() {
    let app = listing(&[LISTED]).await;
    let admin = app.with_models(&["ok"]).await;
    let from = |origin: &str, user: &TestUser, path: &str| user.request(Method::GET, path).header("origin", origin);
    let models = admin.call(from(LISTED, &admin, "/api/models")).await;
    assert_eq!((models.status, readable(&models, LISTED)), (200, true));
    for name in ["x-request-id", "retry-after"] {
        assert!(header(&models, "access-control-expose-headers").contains(name), "{name}");
    }
    let vary: Vec<_> = models.headers.get_all("vary").iter().map(|value| value.to_str().expect("text")).collect();
    let vary = vary.join(", ");
    assert!(["Origin", "Authorization", "Cookie"].iter().all(|name| vary.contains(name)), "{vary}");
    let nobody = app.nobody();
    for (path, user, status, code) in [
        ("/api/models", &nobody, 401, "auth.required"),
        ("/api/sessions/x", &admin, 404, "chat.not_found"),
        ("/api/nothing", &admin, 404, "route.not_found"),
    ] {
        let reply = user.call(from(LISTED, user, path)).await;
        assert_eq!((reply.status, reply.code(), readable(&reply, LISTED)), (status, code, true), "{path}");
    }
    let send = admin.request(Method::POST, "/api/chat/stream").header("origin", LISTED);
    let stream = admin.call(send.json(&json!({"content": "hi", "model": "ok"}))).await;
    assert_eq!((stream.status, readable(&stream, LISTED)), (200, true));
    let page = nobody.call(from(LISTED, &nobody, "/auth/login")).await;
    assert!(!readable(&page, LISTED), "the pages are for themselves");
}

#[tokio::test]
async fn a_page_that_is_not_listed_may_read_nothing() {
    let app = listing(&[LISTED]).await;
    let admin = app.admin().await;
    let reply = admin.call(admin.request(Method::GET, "/api/auth/me").header("origin", FOREIGN)).await;
    assert_eq!((reply.status, readable(&reply, FOREIGN)), (200, false), "a program with any Origin is served");
    assert!(!reply.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn a_cookie_never_speaks_for_another_website_listed_or_not() {
    let app = listing(&[LISTED]).await;
    app.admin().await;
    let mut tab = Browser::new(&app);
    let credentials = json!({"username": "admin", "password": PASSWORD});
    assert_eq!(tab.post("/api/auth/login", credentials.clone()).await.status, 200);
    for origin in [LISTED, FOREIGN, "null"] {
        let mut page = tab.with(&[("origin", origin), ("x-aichat-request", "1")]);
        let reply = page.get("/api/auth/me").await;
        assert_eq!((reply.status, reply.code()), (403, "auth.csrf"), "reading from {origin}");
        assert_eq!(page.patch("/api/auth/me", json!({"theme": "dark"})).await.code(), "auth.csrf", "{origin}");
        assert_eq!(page.post("/api/auth/login", credentials.clone()).await.code(), "auth.csrf", "{origin}");
        assert_eq!(page.get("/api/bootstrap").await.body.get("user"), None, "unknown to public routes: {origin}");
    }
    assert_eq!(tab.get("/api/auth/me").await.status, 200);
    assert_eq!(tab.with(&[("origin", &app.url)]).get("/api/auth/me").await.status, 200, "our own page");
}

#[tokio::test]
async fn a_refused_page_is_logged_once_with_the_value_to_set() {
    let folder = Folder::new();
    let mut program = Program::start(&folder, &[("ENABLE_CORS", "true"), ("CORS_ORIGIN", LISTED)]);
    let nobody = TestUser::at(&program.url());
    for origin in [LISTED, FOREIGN, FOREIGN, "https://last.example"] {
        assert_eq!(nobody.call(preflight(&nobody, origin)).await.status, if origin == LISTED { 200 } else { 400 });
        nobody.call(nobody.request(Method::GET, "/api/bootstrap").header("origin", origin)).await;
    }
    program.line_with("cors.refused a page of https://last.example");
    let refused: Vec<_> = program.seen.iter().filter(|line| line.contains("cors.refused")).collect();
    assert_eq!(refused.len(), 2, "once each: {refused:?}");
    assert!(refused[0].contains(&format!("CORS_ORIGIN={LISTED},{FOREIGN} ")), "{}", refused[0]);
}
