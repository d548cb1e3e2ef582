//! What people may say about a connection, and what not.

use super::*;

fn new(base_url: &str) -> NewConnection {
    NewConnection { base_url: base_url.to_owned(), ..NewConnection::default() }
}

fn good() -> NewConnection {
    new("https://api.example.com/v1")
}

fn checked(wish: &NewConnection) -> AppResult<Wanted> {
    check(wish, &Scope::Everybody)
}

/// The error of a wish that must not pass.
fn refusal(wish: &NewConnection, what: &str) -> AppError {
    match checked(wish) {
        Ok(_) => panic!("{what} passed"),
        Err(error) => error,
    }
}

#[test]
fn blanks_go_and_a_missing_name_is_the_host() {
    let mut wish = new(" https://api.example.com/v1 ");
    wish.key = Some(" sk-1\n".to_owned());
    wish.models = vec![" a".to_owned(), "a ".to_owned(), "b".to_owned()];
    let wanted = checked(&wish).expect("a good one");
    assert_eq!(wanted.name, "api.example.com");
    assert_eq!(wanted.keys[0].secret.as_ref().map(Secret::expose), Some("sk-1"));
    assert_eq!(wanted.models, ["a", "b"]);
    assert_eq!(wanted.candidates[0], "https://api.example.com/v1");
    wish.key = Some("  ".to_owned());
    assert!(checked(&wish).expect("a good one").keys.is_empty());
}

#[test]
fn an_origin_is_scheme_host_and_port() {
    assert!(same_origin("https://a.example/v1", "https://a.example:443/api/v4"));
    for other in ["http://a.example/v1", "https://b.example/v1", "https://a.example:8443/v1", ""] {
        assert!(!same_origin("https://a.example/v1", other), "{other}");
    }
}

#[test]
fn what_does_not_fit_is_refused_with_its_rule_and_without_the_key() {
    let with_header = |name: &str, value: &str| NewConnection {
        headers: BTreeMap::from([(name.to_owned(), value.to_owned())]),
        ..good()
    };
    let with_key = |key: NewKey| NewConnection { keys: vec![key], ..good() };
    for (wish, field) in [
        (NewConnection { name: "x".repeat(101), ..good() }, "name"),
        (NewConnection { models: vec![String::new()], ..good() }, "models"),
        (NewConnection { prefix: "x".repeat(41), ..good() }, "prefix"),
        (NewConnection { proxy: Some("socks5://127.0.0.1:1080".into()), ..good() }, "SOCKS"),
        (NewConnection { proxy: Some("ftp://x".into()), ..good() }, "proxy"),
        (NewConnection { proxy: Some("http://me:canary@a b".into()), ..good() }, "proxy"),
        (with_header("Host", "evil.example"), "host"),
        (with_header("Content-Length", "1"), "content-length"),
        (with_header("Proxy-Authorization", "Basic x"), "proxy-authorization"),
        (with_header("two words", "x"), "two words"),
        (with_header("x-a", "line\r\nx-b: canary"), "x-a"),
        (with_header("x-a", ""), "x-a"),
        (with_key(NewKey::default()), "key"),
        (with_key(NewKey { id: Some("k".into()), ..NewKey::default() }), "id"),
        (NewConnection { keys: vec![NewKey::default(); MAX_KEYS + 1], ..good() }, "keys"),
        (NewConnection { key: Some("a".into()), ..with_key(NewKey::default()) }, "keys"),
        (
            NewConnection {
                timeouts: ConnectionTimeouts { idle_seconds: Some(4), first_token_seconds: None },
                ..good()
            },
            "timeouts",
        ),
    ] {
        let error = refusal(&wish, field);
        assert!(
            error.code == ErrorCode::RequestInvalid && error.params["detail"].contains(field),
            "{field}: {error:?}"
        );
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
    for key in ["sk-ca nary", "密钥", &"k".repeat(4097)] {
        let error = refusal(&NewConnection { key: Some(key.to_owned()), ..good() }, key);
        assert!(error.code == ErrorCode::ConnectionKeyCharacters && error.params["max"] == "4096", "{key}");
        assert!(!format!("{error:?}").contains("nary"));
    }
    for url in ["", "ftp://example.com", &format!("https://e.example/{}", "x".repeat(3000))] {
        assert_eq!(refusal(&new(url), url).code, ErrorCode::ConnectionUrl, "{url}");
    }
}

#[test]
fn headers_and_proxies_are_taken_as_people_write_them() {
    let mut wish = good();
    wish.headers = BTreeMap::from([
        ("Authorization".to_owned(), "Token abc".to_owned()),
        (" X-Team ".to_owned(), " 研发 ".to_owned()),
    ]);
    wish.proxy = Some(" 10.0.0.2:3128/ ".to_owned());
    let wanted = checked(&wish).expect("a good one");
    let names: Vec<&str> = wanted.hidden.headers.keys().map(String::as_str).collect();
    assert_eq!(names, ["authorization", "x-team"]);
    assert_eq!(wanted.hidden.proxy.as_deref(), Some("http://10.0.0.2:3128"));
}

#[test]
fn keys_without_a_name_are_numbered_and_a_proxy_is_not_for_people() {
    let key = |label: &str| NewKey { label: label.to_owned(), key: Some("sk-1".to_owned()), ..NewKey::default() };
    let wish = NewConnection { keys: vec![key("main"), key(" ")], ..good() };
    let labels: Vec<String> = checked(&wish).expect("good ones").keys.into_iter().map(|key| key.label).collect();
    assert_eq!(labels, ["main", "2"]);
    let wish = NewConnection { proxy: Some("http://10.0.0.2:3128".to_owned()), ..good() };
    let own = Scope::Own("u".into());
    assert!(check(&wish, &own).is_err() && check(&good(), &own).is_ok());
}
