//! What a proxy says counts when it is a trusted one: the same request from two peers.

use crate::support::{PASSWORD, PATIENCE, TestApp};
use reqwest::header::SET_COOKIE;
use serde_json::json;
use std::net::Ipv4Addr;

/// Signs in through a peer that says it is a proxy of `https://chat.example`. Answers the status and whether the cookies
/// are for https alone.
async fn sign_in(app: &TestApp, peer: Ipv4Addr, origin: &str) -> (u16, bool) {
    let client = reqwest::Client::builder().local_address(std::net::IpAddr::from(peer)).timeout(PATIENCE);
    let request = client.build().expect("a client").post(format!("{}/api/auth/login", app.url));
    let request = request
        .header("x-aichat-request", "1")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-host", "chat.example")
        .header("origin", origin)
        .json(&json!({"username": "admin", "password": PASSWORD}));
    let response = request.send().await.expect("an answer");
    let cookies: Vec<_> = response.headers().get_all(SET_COOKIE).iter().collect();
    let secure = cookies.iter().filter(|cookie| cookie.to_str().is_ok_and(|cookie| cookie.contains("Secure"))).count();
    (response.status().as_u16(), secure == 3)
}

#[tokio::test]
async fn the_address_and_scheme_that_a_proxy_names_count_only_from_a_trusted_one() {
    let (trusted, stranger) = (Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3));
    let app = TestApp::with(|config| config.trusted_proxies = vec!["127.0.0.2/32".parse().expect("a network")]).await;
    app.admin().await;
    let named = "https://chat.example";
    assert_eq!(sign_in(&app, trusted, named).await, (200, true));
    assert_eq!(sign_in(&app, stranger, named).await, (403, false), "its word about who we are is not believed");
    let own = app.url.clone();
    assert_eq!(sign_in(&app, trusted, &own).await, (200, true));
    assert_eq!(sign_in(&app, stranger, &own).await, (200, false), "nor about the scheme");
}

#[tokio::test]
async fn the_public_address_holds_whoever_asks() {
    let app = TestApp::with(|config| {
        config.trusted_proxies = Vec::new();
        config.public_url = Some("https://chat.example".to_owned());
    })
    .await;
    app.admin().await;
    let peer = Ipv4Addr::new(127, 0, 0, 3);
    assert_eq!(sign_in(&app, peer, "https://chat.example").await.0, 200);
    assert_eq!(sign_in(&app, peer, "https://other.example").await.0, 403);
}
