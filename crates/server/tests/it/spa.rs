//! The web client as browsers, proxies and curl get it from the server itself, and the build that both sides name.

use crate::support::{PATIENCE, TestApp};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response};
use serde_json::Value;
use server::config::Config;
use shared::Build;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

const SCRIPT: &str = "boot-0123456789abcdef.js";

/// A server with a client of three files, and a reader that neither compresses nor unpacks by itself.
struct Site {
    app: TestApp,
    folder: PathBuf,
    client: Client,
}

impl Site {
    async fn open() -> Self {
        let app = TestApp::with(|config: &mut Config| {
            let folder = config.data_dir.join("spa");
            lay(&folder);
            config.spa_dir = Some(folder);
        })
        .await;
        let client = Client::builder().no_gzip().timeout(PATIENCE).build().expect("a client");
        Self { folder: app.data_dir.join("spa"), app, client }
    }

    async fn call(&self, method: Method, path: &str, headers: &[(&'static str, &str)]) -> Response {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"))
        };
        let headers: HeaderMap = headers.iter().map(pair).collect();
        let request = self.client.request(method, format!("{}{path}", self.app.url)).headers(headers);
        request.send().await.expect("an answer")
    }

    async fn get(&self, path: &str, headers: &[(&'static str, &str)]) -> Response {
        self.call(Method::GET, path, headers).await
    }
}

fn lay(folder: &Path) {
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.parent().expect("a parent").join("outside.txt"), "secret").expect("a file");
    for (name, content) in
        [("index.html", "<!doctype html>page"), (SCRIPT, "plain"), ("old.webmanifest", "{}"), ("a_bg.wasm", "\0asm")]
    {
        fs::write(folder.join(name), content).expect("a file");
    }
    for (ending, content) in [("br", "as brotli"), ("gz", "as gzip!")] {
        fs::write(folder.join(format!("{SCRIPT}.{ending}")), content).expect("a file");
    }
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn every_address_inside_the_client_is_its_page_under_the_strict_policy() {
    let site = Site::open().await;
    for path in ["/", "/c/01a1fd3d", "/settings/profile/", "/auth/login?next=/c/1"] {
        let response = site.get(path, &[]).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8");
        assert_eq!(header(&response, "cache-control"), "no-cache");
        assert_eq!(header(&response, "x-accel-expires"), "0", "a proxy's cache would keep the old page");
        assert_eq!(header(&response, "content-security-policy"), server::edge::CSP);
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer");
        assert_eq!(header(&response, "x-frame-options"), "DENY");
        assert_eq!(response.text().await.expect("a body"), "<!doctype html>page");
    }
}

#[tokio::test]
async fn pages_of_previews_belong_to_nobody_and_are_framed_by_the_client_alone() {
    let site = Site::open().await;
    fs::create_dir_all(site.folder.join("preview/mermaid-1.2")).expect("a folder");
    fs::write(site.folder.join("preview/page.html"), "<!doctype html>frame").expect("a file");
    fs::write(site.folder.join("preview/mermaid-1.2/a.mjs"), "export {}").expect("a file");
    for path in ["/preview/page.html", "/preview/mermaid-1.2/a.mjs", "/preview/missing.js"] {
        let response = site.get(path, &[]).await;
        let policy = header(&response, "content-security-policy");
        assert_eq!(policy, server::edge::PREVIEW_CSP, "{path}");
        assert!(policy.starts_with("default-src 'none';") && policy.ends_with("; sandbox allow-scripts"), "{policy}");
        assert_eq!(header(&response, "x-frame-options"), "SAMEORIGIN", "{path}");
        assert_eq!(header(&response, "access-control-allow-origin"), "*", "{path}");
        assert_eq!(header(&response, "access-control-allow-credentials"), "", "{path}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
    }
    assert_eq!(header(&site.get("/preview/page.html", &[]).await, "cache-control"), "no-cache");
    let script = site.get("/preview/mermaid-1.2/a.mjs", &[]).await;
    assert_eq!(header(&script, "cache-control"), "public, max-age=31536000, immutable");
    // Only below this one folder.
    for path in ["/preview", "/previews/x", "/c/preview/", "/vendor/preview/x.js"] {
        let response = site.get(path, &[]).await;
        assert_eq!(header(&response, "x-frame-options"), "DENY", "{path}");
        assert_eq!(header(&response, "content-security-policy"), server::edge::CSP, "{path}");
        assert_eq!(header(&response, "access-control-allow-origin"), "", "{path}");
    }
}

#[tokio::test]
async fn a_file_comes_in_the_best_form_that_the_reader_takes() {
    let site = Site::open().await;
    let path = format!("/{SCRIPT}");
    for (accepted, coding, body) in [
        ("gzip, deflate, br", "br", "as brotli"),
        ("gzip", "gzip", "as gzip!"),
        ("br;q=0, gzip;q=0.5", "gzip", "as gzip!"),
        ("br;q=0, gzip;q=0", "", "plain"),
        ("identity", "", "plain"),
    ] {
        let response = site.get(&path, &[("accept-encoding", accepted)]).await;
        assert_eq!(header(&response, "content-encoding"), coding, "{accepted}");
        assert_eq!(header(&response, "vary"), "Accept-Encoding");
        assert_eq!(header(&response, "content-type"), "text/javascript; charset=utf-8");
        assert_eq!(header(&response, "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(response.headers().get("x-accel-expires"), None, "it may be kept");
        assert_eq!(response.text().await.expect("a body"), body, "{accepted}");
    }
    assert_eq!(header(&site.get("/a_bg.wasm", &[]).await, "content-type"), "application/wasm");
    assert_eq!(header(&site.get("/old.webmanifest", &[]).await, "content-type"), "application/manifest+json");
}

#[tokio::test]
async fn what_a_reader_has_is_not_sent_again() {
    let site = Site::open().await;
    let path = format!("/{SCRIPT}");
    let tag = |response: &Response| header(response, "etag").to_owned();
    let packed = tag(&site.get(&path, &[("accept-encoding", "br")]).await);
    let plain = tag(&site.get(&path, &[]).await);
    assert_ne!(packed, plain, "two different bodies have one tag");
    for seen in [packed.clone(), format!("W/{packed}"), format!("\"x\", {packed}"), "*".to_owned()] {
        let response = site.get(&path, &[("accept-encoding", "br"), ("if-none-match", &seen)]).await;
        assert_eq!(response.status(), 304, "{seen}");
        assert_eq!((header(&response, "etag"), header(&response, "vary")), (packed.as_str(), "Accept-Encoding"));
        assert_eq!(header(&response, "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(response.bytes().await.expect("a body").len(), 0);
    }
    let response = site.get(&path, &[("if-none-match", &packed)]).await;
    assert_eq!(response.status(), 200, "the tag of the compressed form is not that of the plain one");
}

#[tokio::test]
async fn head_says_what_get_would_send() {
    let site = Site::open().await;
    let response = site.call(Method::HEAD, "/", &[]).await;
    assert_eq!((response.status().as_u16(), header(&response, "content-length")), (200, "19"));
    assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8");
    assert_eq!(response.bytes().await.expect("a body").len(), 0);
}

#[tokio::test]
async fn a_client_that_was_built_again_is_served_at_once() {
    let site = Site::open().await;
    let before = site.get("/", &[]).await;
    fs::write(site.folder.join("index.html"), "<!doctype html>newer page").expect("a file");
    let after = site.get("/", &[("if-none-match", header(&before, "etag"))]).await;
    assert_eq!(after.status(), 200);
    assert_eq!(after.text().await.expect("a body"), "<!doctype html>newer page");
}

#[tokio::test]
async fn nothing_else_is_served_and_nothing_outside_the_folder() {
    let site = Site::open().await;
    for path in ["/missing.js", "/frontend-0123456789abcdef_bg.wasm", "/%2e%2e/outside.txt", "/..%2foutside.txt"] {
        let response = site.get(path, &[]).await;
        assert_eq!(response.status(), 404, "{path}");
        let body: Value = response.json().await.expect("our envelope");
        assert_eq!(body["code"], "route.not_found", "{path}");
    }
    // A browser would resolve these before it asks.
    for path in ["/../outside.txt", "/x/../../outside.txt", "//../outside.txt", "/..\\outside.txt"] {
        let answer = raw(&site.app.url, path);
        assert!(answer.starts_with("HTTP/1.1 404 ") && !answer.contains("secret"), "{path}: {answer}");
    }
    assert_eq!(site.call(Method::POST, "/", &[]).await.status(), 405);
    assert_eq!(site.get("/api/missing.js", &[]).await.status(), 404);
}

/// The whole answer to a path that goes out as it is.
fn raw(url: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).expect("a connection");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[tokio::test]
async fn without_a_client_the_page_says_how_to_get_one() {
    let app = TestApp::new().await;
    let reply = app.nobody().get("/").await;
    assert_eq!(reply.status, 200);
    assert!(reply.text.contains("cargo xtask run") && reply.text.contains("--spa"), "{}", reply.text);
}

#[tokio::test]
async fn health_and_the_event_stream_name_the_same_build() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let build: Build = serde_json::from_value(admin.get("/api/health").await.body).expect("version and commit");
    assert_eq!(build.version, env!("CARGO_PKG_VERSION"));
    assert!((7..=12).contains(&build.commit.len()), "{}", build.commit);
    assert_eq!(serde_json::from_value::<Build>(admin.get("/api/settings/health").await.body).expect("both"), build);
    let mut stream = admin.request(Method::GET, "/api/events").send().await.expect("a stream");
    let mut text = String::new();
    while !text.contains("\"hello\"") || !text.ends_with("\n\n") {
        let chunk = stream.chunk().await.expect("no error").expect("more");
        text.push_str(&String::from_utf8_lossy(&chunk));
    }
    let data = text.lines().find_map(|line| line.strip_prefix("data: ")).expect("an event");
    assert_eq!(serde_json::from_str::<Build>(data).expect("version and commit"), build);
}
