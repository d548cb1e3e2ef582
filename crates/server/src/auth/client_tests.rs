//! Tests of what is believed about a caller.

use super::*;
use crate::cli::Cli;
use actix_web::test::TestRequest;

fn trust(values: &[(&str, &str)]) -> Trust {
    let env = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    Trust::new(&Config::load(&Cli::default(), env, "").expect("a configuration"))
}

fn request(peer: &str, headers: &[(&str, &str)]) -> HttpRequest {
    let peer = SocketAddr::new(peer.parse().expect("an address"), 4000);
    let start = TestRequest::default().peer_addr(peer);
    headers.iter().fold(start, |request, header| request.append_header(*header)).to_http_request()
}

fn address(trust: &Trust, peer: &str, forwarded: &[&str]) -> String {
    let headers: Vec<_> = forwarded.iter().map(|value| ("x-forwarded-for", *value)).collect();
    trust.address(&request(peer, &headers)).to_string()
}

#[test]
fn the_address_is_the_last_one_that_no_trusted_proxy_has() {
    let trust = trust(&[]);
    assert_eq!(address(&trust, "172.18.0.3", &["198.51.100.9, 203.0.113.5, 10.0.0.1"]), "203.0.113.5");
    assert_eq!(address(&trust, "172.18.0.3", &["198.51.100.9", "203.0.113.5"]), "203.0.113.5");
    assert_eq!(address(&trust, "::1", &["[2001:db8::7]:80"]), "2001:db8::7");
    assert_eq!(address(&trust, "::ffff:10.0.0.1", &["::ffff:203.0.113.5"]), "203.0.113.5");
    assert_eq!(address(&trust, "172.18.0.3", &["192.168.1.20"]), "192.168.1.20", "all are trusted: the first hop");
    assert_eq!(address(&trust, "172.18.0.3", &["198.51.100.9, nonsense"]), "172.18.0.3");
    assert_eq!(address(&trust, "172.18.0.3", &[]), "172.18.0.3");
}

#[test]
fn a_stranger_cannot_claim_another_address_or_scheme_or_host() {
    let trust = trust(&[]);
    let headers = [
        ("x-forwarded-for", "10.0.0.1"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "evil.example"),
        ("host", "chat.example:3555"),
        ("origin", "http://evil.example"),
    ];
    let stranger = request("203.0.113.5", &headers);
    let client = trust.client(&stranger);
    assert_eq!(client.address.to_string(), "203.0.113.5");
    assert!(!client.secure && !trust.is_own_page(&stranger));
    let nobody = super::tests::trust(&[("TRUSTED_PROXIES", "none")]);
    assert_eq!(nobody.client(&request("127.0.0.1", &headers)).address.to_string(), "127.0.0.1");
}

#[test]
fn the_scheme_is_the_one_the_caller_used() {
    let secure = |trust: &Trust, headers: &[(&str, &str)]| trust.client(&request("10.0.0.2", headers)).secure;
    let plain = trust(&[]);
    assert!(secure(&plain, &[("x-forwarded-proto", "https")]));
    assert!(secure(&plain, &[("x-forwarded-proto", "HTTPS, http")]));
    assert!(!secure(&plain, &[("x-forwarded-proto", "http")]));
    assert!(!secure(&plain, &[]));
    let public = trust(&[("PUBLIC_URL", "https://chat.example")]);
    assert!(secure(&public, &[("host", "chat.example")]));
    assert!(!secure(&public, &[("host", "192.0.2.1:3555")]), "the same server by its plain address");
}

#[test]
fn an_origin_must_name_us() {
    let ours = |host: &str, origin: &str| {
        trust(&[]).is_own_page(&request("203.0.113.5", &[("host", host), ("origin", origin)]))
    };
    assert!(ours("192.0.2.1:3555", "http://192.0.2.1:3555"));
    assert!(ours("192.0.2.1", "http://192.0.2.1:3555"), "a Host without its port");
    assert!(ours("Chat.Example", "https://chat.example"));
    assert!(ours("chat.example:443", "https://chat.example"));
    assert!(ours("[::1]:8001", "http://[::1]:8001"));
    assert!(ours("[::1]", "http://[::1]:8001"));
    for origin in [
        "http://192.0.2.1:3556",
        "http://192.0.2.2:3555",
        "null",
        "",
        "file://192.0.2.1:3555",
        "http://u@192.0.2.1:3555",
    ] {
        assert!(!ours("192.0.2.1:3555", origin), "{origin}");
    }
    assert!(!ours("chat.example", "http://chat.example.evil.test"));
}

#[test]
fn a_trusted_proxy_and_the_public_url_may_name_us_too() {
    let origin = ("origin", "https://chat.example");
    let inside = ("host", "backend:8001");
    let behind = request("10.0.0.2", &[inside, origin, ("x-forwarded-host", "chat.example")]);
    assert!(trust(&[]).is_own_page(&behind));
    let public = trust(&[("PUBLIC_URL", "https://chat.example")]);
    assert!(public.is_own_page(&request("10.0.0.2", &[inside, origin])));
    assert!(!public.is_own_page(&request("10.0.0.2", &[inside, ("origin", "http://chat.example")])));
}

#[test]
fn the_device_name_is_bounded() {
    let long = format!("agent\t{}", "x".repeat(5000));
    let client = trust(&[]).client(&request("10.0.0.2", &[("user-agent", long.as_str())]));
    assert_eq!(client.device.chars().count(), MAX_DEVICE_CHARS);
    assert!(!client.device.contains('\t'));
}
