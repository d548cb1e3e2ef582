//! The second step of a sign-in: tickets and codes are good once, for a while, and from one place.

use super::{first_step, later, second_step, set_up, ticket};
use crate::support::{PASSWORD, TestApp, TestUser};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_sign_in_takes_a_password_and_a_code_and_tells_nothing_before() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (phone, _) = set_up(&app, &admin).await;
    let wrong = json!({"username": "admin", "password": "wrong horse battery", "tokens": true});
    let unknown = json!({"username": "nobody", "password": "wrong horse battery", "tokens": true});
    let [one, other] =
        [app.nobody().post("/api/auth/login", wrong).await, app.nobody().post("/api/auth/login", unknown).await];
    assert_eq!(
        (one.status, one.code()),
        (other.status, other.code()),
        "a second factor shows behind the password only"
    );

    let first = first_step(&app, "admin").await;
    assert_eq!(first.status, 202);
    let told: Vec<_> = first.body.as_object().expect("an object").keys().collect();
    assert_eq!(told, ["secondFactor"], "neither the person nor a token");
    assert!(first.headers.get("set-cookie").is_none());
    let ticket = first.body["secondFactor"]["ticket"].as_str().expect("a ticket");
    assert_eq!(app.bearer(ticket).get("/api/auth/me").await.code(), "auth.invalid", "a ticket is no token");
    assert_eq!(second_step(&app, ticket, &phone.wrong(&app)).await.code(), "auth.code");
    let done = second_step(&app, ticket, &phone.code(&app, 0)).await;
    assert_eq!((done.status, &done.body["user"]["username"]), (200, &json!("admin")));
    let token = done.body["tokens"]["accessToken"].as_str().expect("a token");
    assert_eq!(app.bearer(token).get("/api/sessions").await.status, 200);
}

#[tokio::test]
async fn a_browser_gets_its_cookies_with_the_second_step_and_needs_the_mark_for_both() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (phone, _) = set_up(&app, &admin).await;
    let browser = app.nobody();
    let marked = |path: &str, body| browser.request(Method::POST, path).header("x-aichat-request", "1").json(&body);
    let credentials = json!({"username": "admin", "password": PASSWORD});
    let first = browser.call(marked("/api/auth/login", credentials)).await;
    let body = json!({"ticket": first.body["secondFactor"]["ticket"], "code": phone.code(&app, 0)});
    assert_eq!(browser.post("/api/auth/login/code", body.clone()).await.code(), "auth.csrf");
    let done = browser.call(marked("/api/auth/login/code", body)).await;
    assert_eq!((done.status, done.body.get("tokens")), (200, None));
    assert_eq!(done.headers.get_all("set-cookie").iter().count(), 3);
}

#[tokio::test]
async fn a_code_a_ticket_and_a_recovery_code_are_good_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (phone, recovery) = set_up(&app, &admin).await;
    let [one, other] = [ticket(&app, "admin").await, ticket(&app, "admin").await];
    let code = phone.code(&app, 0);
    assert_eq!(second_step(&app, &one, &code).await.status, 200);
    assert_eq!(second_step(&app, &other, &code).await.code(), "auth.code", "the code was used");
    assert_eq!(second_step(&app, &other, &phone.code(&app, -1)).await.code(), "auth.code", "and so are those before");
    assert_eq!(second_step(&app, &one, &phone.code(&app, 1)).await.code(), "auth.ticket", "the ticket was used");
    assert_eq!(second_step(&app, &other, &recovery[0]).await.status, 200);
    let third = ticket(&app, "admin").await;
    assert_eq!(second_step(&app, &third, &recovery[0]).await.code(), "auth.code", "the recovery code was used");
}

#[tokio::test]
async fn of_many_who_show_one_code_at_the_same_moment_one_gets_in() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (phone, _) = set_up(&app, &admin).await;
    let code = phone.code(&app, 0);
    let mut tickets = Vec::new();
    for _ in 0..5 {
        tickets.push(ticket(&app, "admin").await);
    }
    let tries = tickets.iter().map(|ticket| second_step(&app, ticket, &code));
    let statuses: Vec<u16> = futures_util::future::join_all(tries).await.iter().map(|reply| reply.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
}

#[tokio::test]
async fn a_ticket_ends_with_its_time_its_tries_and_the_password() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (phone, _) = set_up(&app, &admin).await;
    let late = ticket(&app, "admin").await;
    app.app.clock.shift(5 * 60_000);
    assert_eq!(second_step(&app, &late, &phone.code(&app, 0)).await.code(), "auth.ticket");

    let tried = ticket(&app, "admin").await;
    for _ in 0..5 {
        assert_eq!(second_step(&app, &tried, &phone.wrong(&app)).await.code(), "auth.code");
    }
    assert_eq!(second_step(&app, &tried, &phone.code(&app, 0)).await.code(), "auth.ticket");

    let old = ticket(&app, "admin").await;
    let change = json!({"current": PASSWORD, "new": "another horse battery"});
    let login = app.login_again(&admin).await;
    assert_eq!(login.post("/api/auth/password", change).await.status, 204);
    assert_eq!(second_step(&app, &old, &phone.code(&app, 0)).await.code(), "auth.ticket");
    let made_up = second_step(&app, "nonsense", "123456").await;
    assert_eq!((made_up.status, made_up.code()), (401, "auth.ticket"));
}

#[tokio::test]
async fn a_ticket_is_worth_nothing_in_another_network() {
    let app = TestApp::with(|config| config.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")]).await;
    let admin = app.admin().await;
    let (phone, _) = set_up(&app, &admin).await;
    let from = |address: &'static str, path: &'static str, body| {
        let nobody = app.nobody();
        let request = nobody.request(Method::POST, path).header("x-forwarded-for", address).json(&body);
        async move { nobody.call(request).await }
    };
    let credentials = json!({"username": "admin", "password": PASSWORD, "tokens": true});
    let first = from("203.0.113.5", "/api/auth/login", credentials).await;
    let second = json!({"ticket": first.body["secondFactor"]["ticket"], "code": phone.code(&app, 0), "tokens": true});
    assert_eq!(from("203.0.113.6", "/api/auth/login/code", second.clone()).await.code(), "auth.ticket");
    assert_eq!(from("203.0.113.5", "/api/auth/login/code", second).await.status, 200);
}

#[tokio::test]
async fn codes_are_tried_as_seldom_as_passwords_and_the_right_password_forgives_none() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (phone, _) = set_up(&app, &admin).await;
    for _ in 0..2 {
        let ticket = ticket(&app, "admin").await;
        for _ in 0..5 {
            assert_eq!(second_step(&app, &ticket, &phone.wrong(&app)).await.code(), "auth.code");
        }
    }
    let next = ticket(&app, "admin").await;
    let closed = second_step(&app, &next, &phone.code(&app, 0)).await;
    assert_eq!((closed.status, closed.code()), (429, "auth.throttled"));
    app.app.clock.shift(15 * 60_000);
    let next = ticket(&app, "admin").await;
    assert_eq!(second_step(&app, &next, &phone.code(&app, 0)).await.status, 200);
    later(&app);
}

impl TestApp {
    /// The same person after their access token ran out.
    async fn login_again(&self, user: &TestUser) -> TestUser {
        let body = json!({"refreshToken": user.refresh.as_deref().expect("a token")});
        let reply = self.nobody().post("/api/auth/refresh", body).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        user.clone().holding(reply.body["tokens"]["accessToken"].as_str().map(str::to_owned))
    }
}
