//! What strangers try: foreign pages, guessed passwords, forged headers, odd input.

use super::browser::Browser;
use super::{MINUTE, credentials, program};
use crate::support::{PASSWORD, Reply, TestApp, TestUser};
use reqwest::Method;
use reqwest::header::SET_COOKIE;
use serde_json::{Value, json};

async fn signed_in(app: &TestApp) -> Browser {
    app.admin().await;
    let mut tab = Browser::new(app);
    assert_eq!(tab.post("/api/auth/login", credentials("admin")).await.status, 200);
    tab
}

#[tokio::test]
async fn a_cookie_speaks_only_for_pages_of_ours() {
    let app = TestApp::new().await;
    let tab = signed_in(&app).await;
    let marked = ("x-aichat-request", "1");
    let own = app.url.clone();
    let port = own.rsplit(':').next().expect("a port").to_owned();
    let own_name = format!("http://chat.example:{port}");
    for (headers, allowed) in [
        (vec![marked], true),
        (vec![marked, ("origin", own.as_str())], true),
        // A panel that forwards `Host` without its port, and one that renames the host.
        (vec![marked, ("host", "chat.example"), ("origin", own_name.as_str())], true),
        (vec![marked, ("x-forwarded-host", "chat.example"), ("origin", "https://chat.example")], true),
        (vec![], false),
        (vec![("origin", own.as_str())], false),
        (vec![marked, ("origin", "http://evil.example")], false),
        (vec![marked, ("origin", "null")], false),
        (vec![marked, ("host", "chat.example:1"), ("origin", "http://chat.example:2")], false),
    ] {
        let tab = tab.with(&headers);
        let reply = tab.patch("/api/auth/me", json!({"theme": "dark"})).await;
        let expected = if allowed { (200, "") } else { (403, "auth.csrf") };
        assert_eq!((reply.status, reply.code()), expected, "{headers:?}");
        for path in ["/api/auth/login", "/api/auth/refresh", "/api/auth/logout"] {
            if allowed {
                continue;
            }
            let body = if path.ends_with("login") { credentials("admin") } else { Value::Null };
            assert_eq!(tab.clone().post(path, body).await.code(), "auth.csrf", "{path} {headers:?}");
        }
    }
    let foreign = tab.with(&[("origin", "http://evil.example")]);
    assert_eq!(foreign.get("/api/auth/me").await.code(), "auth.csrf", "nor for reading");
    assert_eq!(tab.with(&[]).get("/api/auth/me").await.status, 200, "our own reading needs no header");
}

#[tokio::test]
async fn a_bearer_token_needs_no_header_and_is_never_replaced_by_a_cookie() {
    let app = TestApp::new().await;
    let tab = signed_in(&app).await;
    let access = tab.cookie("aichat_access");
    let foreign = ("origin", "http://evil.example");
    let program = app.bearer(&access).request(Method::PATCH, "/api/auth/me").header(foreign.0, foreign.1);
    assert_eq!(app.nobody().call(program.json(&json!({"theme": "dark"}))).await.status, 200);
    for value in ["Bearer nonsense", "Basic YWRtaW46eA==", "Bearer"] {
        let reply = tab.with(&[("authorization", value)]).get("/api/auth/me").await;
        assert_eq!(reply.code(), "auth.invalid", "{value}");
    }
    let lower = tab.with(&[("authorization", &format!("bearer {access}"))]).get("/api/auth/me").await;
    assert_eq!(lower.status, 200);
}

#[tokio::test]
async fn no_header_says_who_somebody_is() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let nobody = app.nobody();
    for name in ["x-user", "x-user-id", "x-forwarded-user", "x-auth-user", "x-remote-user", "x-api-key", "remote-user"]
    {
        let request = nobody.request(Method::GET, "/api/auth/me").header(name, admin.id.as_str());
        assert_eq!(nobody.call(request).await.code(), "auth.required", "{name}");
    }
}

#[tokio::test]
async fn cookies_are_closed_and_secure_exactly_when_the_caller_uses_tls() {
    let app = TestApp::new().await;
    app.admin().await;
    let page = ("x-aichat-request", "1");
    for (headers, secure) in [(vec![page], false), (vec![page, ("x-forwarded-proto", "https")], true)] {
        let reply = Browser::new(&app).with(&headers).post("/api/auth/login", credentials("admin")).await;
        let lines: Vec<_> = reply.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().expect("text")).collect();
        assert_eq!(lines.len(), 3);
        for line in &lines {
            assert!(line.contains("HttpOnly") && line.contains("SameSite=Lax"), "{line}");
            assert_eq!(line.contains("Secure"), secure, "{line}");
        }
        assert!(lines[0].starts_with("aichat_access=") && lines[0].contains("Path=/;"), "{}", lines[0]);
        assert!(lines[1].starts_with("aichat_refresh=") && lines[1].contains("Path=/api/auth;"), "{}", lines[1]);
        assert!(lines[2].starts_with("aichat_device=") && lines[2].contains("Path=/api/auth;"), "{}", lines[2]);
    }
}

async fn try_from(somebody: &TestUser, address: &str, name: &str, password: &str) -> Reply {
    let body = json!({"username": name, "password": password, "tokens": true});
    let request = somebody.request(Method::POST, "/api/auth/login").header("x-forwarded-for", address);
    somebody.call(request.json(&body)).await
}

#[tokio::test]
async fn guessing_is_slowed_down_here_and_locks_nobody_out_elsewhere() {
    let app = TestApp::new().await;
    app.admin().await;
    let nobody = app.nobody();
    for _ in 0..10 {
        assert_eq!(try_from(&nobody, "203.0.113.5", "Admin", "wrong horse").await.code(), "auth.credentials");
    }
    let throttled = try_from(&nobody, "203.0.113.5", "admin", PASSWORD).await;
    assert_eq!((throttled.status, throttled.code()), (429, "auth.throttled"));
    let seconds: u64 = throttled.body["params"]["seconds"].as_str().expect("seconds").parse().expect("a number");
    assert!((880..=900).contains(&seconds), "{seconds}");
    assert_eq!(throttled.headers["retry-after"], seconds.to_string().as_str());

    assert_eq!(try_from(&nobody, "203.0.113.6", "admin", PASSWORD).await.status, 200, "the owner at home");
    app.app.clock.shift(15 * MINUTE);
    assert_eq!(try_from(&nobody, "203.0.113.5", "admin", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn one_address_has_fifty_tries_whatever_the_names() {
    let app = TestApp::new().await;
    app.admin().await;
    let nobody = app.nobody();
    for number in 0..50 {
        let reply = try_from(&nobody, "203.0.113.5", &format!("name{number}"), "wrong horse").await;
        assert_eq!(reply.code(), "auth.credentials");
    }
    assert_eq!(try_from(&nobody, "203.0.113.5", "admin", PASSWORD).await.code(), "auth.throttled");
    assert_eq!(try_from(&nobody, "2001:db8::1", "admin", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn forged_addresses_do_not_help_to_guess_and_lock_no_known_place_out() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let nobody = app.nobody();
    let guess = async || {
        for number in 0..100 {
            let reply = try_from(&nobody, &format!("198.51.100.{number}"), "admin", "wrong horse").await;
            assert_eq!(reply.code(), "auth.credentials", "{number}");
        }
    };
    guess().await;
    let throttled = try_from(&nobody, "203.0.113.5", "Admin", PASSWORD).await;
    assert_eq!((throttled.status, throttled.code()), (429, "auth.throttled"));
    assert_eq!(try_from(&nobody, "203.0.113.5", "somebody else", PASSWORD).await.code(), "auth.credentials");

    assert_eq!(admin.get("/api/auth/me").await.status, 200, "a login that is there stays");
    assert_eq!(try_from(&nobody, "127.0.0.1", "admin", PASSWORD).await.status, 200, "and its place is known");
    for _ in 0..10 {
        assert_eq!(try_from(&nobody, "127.0.0.1", "admin", "wrong horse").await.code(), "auth.credentials");
    }
    assert_eq!(try_from(&nobody, "127.0.0.1", "admin", PASSWORD).await.code(), "auth.throttled", "it has ten tries");
    assert_eq!(try_from(&nobody, "203.0.113.5", "admin", PASSWORD).await.code(), "auth.throttled", "others still wait");

    app.app.clock.shift(15 * MINUTE);
    assert_eq!(try_from(&nobody, "203.0.113.5", "admin", PASSWORD).await.status, 200);
    app.app.clock.shift(31 * 24 * 60 * MINUTE);
    guess().await;
    assert_eq!(try_from(&nobody, "127.0.0.1", "admin", PASSWORD).await.code(), "auth.throttled", "long forgotten");
}

#[tokio::test]
async fn the_current_password_is_not_guessed_from_forged_addresses_either() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let change = async |number: u32, current: &str| {
        let request = admin.request(Method::POST, "/api/auth/password");
        let request = request.header("x-forwarded-for", format!("198.51.100.{number}"));
        admin.call(request.json(&json!({"current": current, "new": "another horse"}))).await
    };
    for number in 0..10 {
        assert_eq!(change(number, "wrong horse").await.code(), "auth.password");
    }
    assert_eq!(change(10, PASSWORD).await.code(), "auth.throttled");
    assert_eq!(app.login("admin").await.get("/api/auth/me").await.status, 200, "signing in has tries of its own");
}

#[tokio::test]
async fn an_office_registers_from_one_address_within_bounds() {
    let app = TestApp::new().await;
    app.admin().await;
    let nobody = app.nobody();
    let register = async |number: u32, address: &str| {
        let request = nobody.request(Method::POST, "/api/auth/register").header("x-forwarded-for", address);
        nobody.call(request.json(&program(&format!("name{number}")))).await
    };
    for number in 0..60 {
        assert_eq!(register(number, "2001:db8::1").await.status, 202, "{number}");
    }
    assert_eq!(register(60, "2001:db8::ffff").await.code(), "auth.throttled", "one IPv6 network is one address");
    assert_eq!(register(61, "203.0.113.5").await.status, 202);
    app.app.clock.shift(60 * MINUTE);
    assert_eq!(register(62, "2001:db8::1").await.status, 202);
}

#[tokio::test]
async fn quotes_and_other_odd_text_are_just_text() {
    let app = TestApp::new().await;
    app.admin().await;
    let nobody = app.nobody();
    for text in ["' OR '1'='1", "admin'--", "\"; DROP TABLE users; --", "$1 ?1 %s {0}", "名字🎉\\"] {
        let body = json!({"username": text, "password": text, "tokens": true});
        assert_eq!(nobody.post("/api/auth/login", body.clone()).await.code(), "auth.credentials", "{text}");
        let padded = json!({"username": text, "password": format!("{text} and a horse"), "tokens": true});
        let registered = nobody.post("/api/auth/register", padded).await;
        assert_eq!(
            (registered.status, &registered.body["user"]["username"]),
            (202, &json!(text)),
            "{}",
            registered.text
        );
        let admin = json!({"username": "admin", "password": text, "tokens": true});
        assert_eq!(nobody.post("/api/auth/login", admin).await.code(), "auth.credentials", "{text}");
    }
    for text in ["a\u{0}b", "\u{0}", "", &"x".repeat(100_000)] {
        let body = json!({"username": text, "password": text, "tokens": true});
        assert_eq!(nobody.post("/api/auth/login", body).await.code(), "auth.credentials");
    }
    assert_eq!(nobody.post("/api/auth/login", program("admin")).await.status, 200);
}

#[tokio::test]
async fn the_stored_hash_is_no_password_and_leaves_no_answer() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let account = server::db::users::account_by_key(app.app.db.read(), "admin").await.expect("read").expect("there");
    let body = json!({"username": "admin", "password": account.password_hash, "tokens": true});
    assert_eq!(app.nobody().post("/api/auth/login", body).await.code(), "auth.credentials");
    for path in ["/api/auth/me", "/api/admin/users", "/api/bootstrap"] {
        let text = admin.get(path).await.text;
        assert!(!text.contains(&account.password_hash) && !text.to_lowercase().contains("password"), "{text}");
    }
}

#[tokio::test]
async fn what_is_not_a_request_of_ours_is_refused_with_a_reason() {
    let app = TestApp::new().await;
    app.admin().await;
    let nobody = app.nobody();
    for (path, body) in [
        ("/api/auth/login", json!({"username": "admin", "password": PASSWORD, "tokens": true, "role": "admin"})),
        ("/api/auth/register", json!({"username": "bob", "password": PASSWORD, "tokens": true, "status": "active"})),
        ("/api/auth/register", json!({"username": "bob", "password": "short", "tokens": true})),
        ("/api/auth/register", json!({"username": "bob", "password": "x".repeat(73), "tokens": true})),
        ("/api/auth/register", json!({"username": "b", "password": PASSWORD, "tokens": true})),
        ("/api/auth/register", json!({"username": "a\nb", "password": PASSWORD, "tokens": true})),
        ("/api/auth/login", json!({"username": "admin"})),
    ] {
        let reply = nobody.post(path, body.clone()).await;
        assert_eq!((reply.status, reply.code()), (400, "request.invalid"), "{path} {body}");
        assert!(!reply.body["message"].as_str().expect("a sentence").is_empty());
    }
    let long = json!({"username": "admin", "password": "x".repeat(100), "tokens": true});
    assert_eq!(nobody.post("/api/auth/login", long).await.code(), "auth.credentials");
}
