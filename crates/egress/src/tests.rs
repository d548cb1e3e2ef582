//! The whole client against sockets of this machine: what is refused before one opens, and how failures are named.

use super::*;
use reqwest::dns::Resolve;
use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One list of addresses per look-up.
pub(crate) type Answers = &'static [&'static [&'static str]];

/// A resolver that gives these answers, one list per look-up; the last list stays.
fn fixed(answers: Answers) -> Lookup {
    let calls = AtomicUsize::new(0);
    Arc::new(move |_| {
        let call = calls.fetch_add(1, Ordering::SeqCst).min(answers.len().saturating_sub(1));
        let addresses = answers.get(call).copied().unwrap_or_default();
        let parse = |text: &&str| SocketAddr::new(text.parse().expect("an address"), 0);
        let found: Vec<_> = addresses.iter().map(parse).collect();
        Box::pin(async move { if found.is_empty() { Err(io::Error::other("no such host")) } else { Ok(found) } })
    })
}

pub(crate) fn client(config: Config, answers: Answers) -> Egress {
    Egress::with_lookup(config, fixed(answers)).expect("a client")
}

pub(crate) fn quick() -> Config {
    Config { connect_timeout: Duration::from_millis(300), ..Config::default() }
}

async fn get(egress: &Egress, trust: Trust, url: &str) -> Result<Response, Failure> {
    egress.send(trust, egress.request(trust, Method::GET, url)?).await
}

async fn failure(egress: &Egress, trust: Trust, url: &str) -> Failure {
    get(egress, trust, url).await.expect_err(url)
}

/// What was asked of a server, one text per connection.
pub(crate) type Requests = Arc<Mutex<Vec<String>>>;

/// Listens, reads one request per connection, writes `answer`, and closes unless told to stay silent.
pub(crate) async fn server(answer: &'static [u8], stay: bool) -> (u16, Requests) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let requests = Requests::default();
    let seen = requests.clone();
    tokio::spawn(async move {
        let mut kept: Vec<TcpStream> = Vec::new();
        while let Ok((mut socket, _)) = listener.accept().await {
            if stay {
                kept.push(socket);
                continue;
            }
            let mut request = vec![0; 4096];
            let length = socket.read(&mut request).await.unwrap_or(0);
            seen.lock().expect("a log").push(String::from_utf8_lossy(&request[..length]).to_lowercase());
            _ = socket.write_all(answer).await;
        }
    });
    (port, requests)
}

fn count(requests: &Requests) -> usize {
    requests.lock().expect("a log").len()
}

#[test]
fn disguised_addresses_are_refused_before_anything_is_sent() {
    let egress = client(Config::default(), &[]);
    for url in [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        "http://[::1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://①②⑦.0.0.1/",
        "http://localhost/",
        "http://good.com\\@127.0.0.1/",
        "http://good.com@127.0.0.1/",
        "http://user:pass@8.8.8.8/",
        "http://@8.8.8.8/",
        "http://good.com\t/",
        "http://good.com\r\nHost:evil/",
        " http://8.8.8.8/",
        "file:///etc/passwd",
        "gopher://8.8.8.8/",
        "ftp://8.8.8.8/",
        "//8.8.8.8/",
        "http://",
        "",
    ] {
        let refused = egress.request(Trust::User, Method::GET, url).expect_err(url);
        assert_eq!(refused.kind, FailureKind::Blocked, "{url}");
        assert!(!refused.host.contains("pass@"), "{refused:?}");
    }
    for url in ["http://169.254.169.254/", "http://[fd00:ec2::254]/", "http://0.0.0.0/", "http://[::]/"] {
        assert!(egress.request(Trust::Admin, Method::GET, url).is_err(), "{url}");
    }
    for url in ["http://127.0.0.1:11434/v1", "http://192.168.1.5/", "http://localhost/", "https://api.example/v1"] {
        assert!(egress.request(Trust::Admin, Method::GET, url).is_ok(), "{url}");
    }
}

#[tokio::test]
async fn a_builder_made_for_an_administrator_does_not_serve_a_user() {
    let egress = client(Config::default(), &[]);
    let request = egress.request(Trust::Admin, Method::GET, "http://127.0.0.1:9/").expect("allowed");
    assert_eq!(egress.send(Trust::User, request).await.expect_err("blocked").kind, FailureKind::Blocked);
}

#[tokio::test]
async fn a_name_that_resolves_to_a_private_address_is_blocked_for_users() {
    let (port, requests) = server(b"HTTP/1.1 204 No Content\r\n\r\n", false).await;
    let url = format!("http://sly.example:{port}/");
    let egress = client(Config::default(), &[&["127.0.0.1"]]);
    let blocked = failure(&egress, Trust::User, &url).await;
    assert_eq!((blocked.kind, blocked.host.as_str()), (FailureKind::Blocked, "sly.example"));
    assert_eq!(count(&requests), 0);
    assert_eq!(get(&egress, Trust::Admin, &url).await.expect("an answer").status(), 204);
    let metadata = client(Config::default(), &[&["169.254.169.254", "fd00:ec2::254"]]);
    assert_eq!(failure(&metadata, Trust::Admin, "http://sly.example/").await.kind, FailureKind::Blocked);
}

#[tokio::test]
async fn a_second_answer_of_the_dns_cannot_slip_in() {
    // A rebinding name: public at first, with a private address smuggled in, then private only.
    let (port, requests) = server(b"HTTP/1.1 204 No Content\r\n\r\n", false).await;
    let resolver =
        |trust| Guarded::new(trust, fixed(&[&["8.8.8.8", "127.0.0.1", "::ffff:10.0.0.1"], &["127.0.0.1"]]), None);
    let ask = async |guarded: &Guarded| {
        let name = "rebinding.example".parse().expect("a name");
        guarded
            .resolve(name)
            .await
            .map(|addresses| addresses.map(|address| address.ip().to_string()).collect::<Vec<_>>())
    };
    let user = resolver(Trust::User);
    assert_eq!(ask(&user).await.expect("one is left"), ["8.8.8.8"]);
    assert!(ask(&user).await.is_err());
    assert_eq!(ask(&resolver(Trust::Admin)).await.expect("all").len(), 3);

    let egress = client(quick(), &[&["127.0.0.1"]]);
    let url = format!("http://rebinding.example:{port}/");
    assert_eq!(failure(&egress, Trust::User, &url).await.kind, FailureKind::Blocked);
    assert_eq!(count(&requests), 0);
}

#[tokio::test]
async fn redirects_are_handed_back_and_never_followed() {
    let (port, requests) =
        server(b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n", false).await;
    let egress = Egress::new(Config::default()).expect("a client");
    let response = get(&egress, Trust::Admin, &format!("http://127.0.0.1:{port}/")).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::FOUND);
    assert_eq!(count(&requests), 1);
}

#[tokio::test]
async fn failures_are_named_by_what_helps_against_them() {
    let egress = Egress::new(quick()).expect("a client");
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address").port();
    let refused = failure(&egress, Trust::Admin, &format!("http://127.0.0.1:{closed}/v1")).await;
    assert_eq!((refused.kind, refused.host), (FailureKind::Refused, format!("127.0.0.1:{closed}")));

    let unknown = failure(&egress, Trust::Admin, "https://no-such-host.invalid/").await;
    assert_eq!((unknown.kind, unknown.host.as_str()), (FailureKind::Dns, "no-such-host.invalid"));

    let (plain, _) = server(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", false).await;
    let tls = failure(&egress, Trust::Admin, &format!("https://127.0.0.1:{plain}/")).await;
    assert_eq!(tls.kind, FailureKind::Tls, "{tls:?}");
    assert!(tls.detail.contains("plain http"), "{tls:?}");

    let (hangs_up, _) = server(b"", false).await;
    let handshake = failure(&egress, Trust::Admin, &format!("https://127.0.0.1:{hangs_up}/")).await;
    assert_eq!(handshake.kind, FailureKind::Tls, "{handshake:?}");
    assert_eq!(failure(&egress, Trust::Admin, &format!("http://127.0.0.1:{hangs_up}/")).await.kind, FailureKind::Cut);

    let (silent, _) = server(b"", true).await;
    let silent = failure(&egress, Trust::Admin, &format!("https://127.0.0.1:{silent}/")).await;
    assert_eq!(silent.kind, FailureKind::Timeout, "{silent:?}");

    let (odd, _) = server(b"SSH-2.0-OpenSSH_9.2\r\n", false).await;
    let odd = failure(&egress, Trust::Admin, &format!("http://127.0.0.1:{odd}/")).await;
    assert_eq!((odd.kind, odd.detail.as_str()), (FailureKind::Other, "the answer is not HTTP"));
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_a_cut() {
    let egress = Egress::new(Config::default()).expect("a client");
    for head in [
        &b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"[..],
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ] {
        let (port, _) = server(head, false).await;
        let response = get(&egress, Trust::Admin, &format!("http://127.0.0.1:{port}/")).await.expect("a head");
        let url = response.url().clone();
        let error = response.bytes().await.expect_err("cut");
        assert_eq!(explain(&error, &url).kind, FailureKind::Cut, "{error:?}");
    }
}

#[tokio::test]
async fn a_made_up_address_that_does_not_connect_is_told_apart() {
    // The first answer stands in for a local proxy that does not connect; the second is what its resolver says.
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address").port();
    let egress = client(quick(), &[&["127.0.0.1"], &["198.18.0.7"]]);
    let fake = failure(&egress, Trust::Admin, &format!("http://api.example:{closed}/")).await;
    assert_eq!((fake.kind, fake.host), (FailureKind::FakeIp, format!("api.example:{closed}")));
    let honest = client(quick(), &[&["127.0.0.1"]]);
    let refused = failure(&honest, Trust::Admin, &format!("http://api.example:{closed}/")).await;
    assert_eq!(refused.kind, FailureKind::Refused);
}

#[tokio::test]
async fn a_proxy_resolves_names_itself_and_is_blamed_for_what_it_does_not_reach() {
    let (port, requests) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", false).await;
    let config = Config {
        proxy: Some(format!("http://me:secret@127.0.0.1:{port}")),
        no_proxy: Some("direct.example".to_owned()),
        ..quick()
    };
    let egress = client(config, &[]);
    let answer = get(&egress, Trust::Admin, "http://unknown-here.example/").await.expect("the proxy's answer");
    assert_eq!(answer.text().await.expect("a body"), "hi");
    assert_eq!(count(&requests), 1);
    let request = requests.lock().expect("a log")[0].clone();
    assert!(request.starts_with("get http://unknown-here.example/ http/1.1"), "{request}");
    assert!(request.contains("proxy-authorization: basic bwu6c2vjcmv0"), "{request}");
    assert_eq!(failure(&egress, Trust::User, "http://direct.example/").await.kind, FailureKind::Dns);
    for url in ["http://10.0.0.1/", "http://localhost/", &format!("http://127.0.0.1:{port}/")] {
        assert_eq!(failure(&egress, Trust::User, url).await.kind, FailureKind::Blocked, "{url}");
    }

    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address").port();
    let egress = client(Config { proxy: Some(format!("me:secret@127.0.0.1:{closed}")), ..quick() }, &[]);
    for url in ["http://api.example/", "https://api.example/"] {
        let failure = failure(&egress, Trust::Admin, url).await;
        assert_eq!((failure.kind, failure.host.as_str()), (FailureKind::Proxy, "api.example"), "{failure:?}");
        assert_eq!(failure.proxy, Some(format!("127.0.0.1:{closed}")));
    }
}

#[tokio::test]
async fn a_proxy_is_not_asked_for_what_a_person_may_not_reach() {
    let (port, requests) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", false).await;
    let config = || Config { proxy: Some(format!("http://127.0.0.1:{port}")), ..quick() };
    let refused: [(Answers, FailureKind); 4] = [
        (&[&["10.0.0.7"]], FailureKind::Blocked),
        (&[&["169.254.169.254"]], FailureKind::Blocked),
        (&[&["8.8.8.8", "fd12::1"]], FailureKind::Blocked),
        (&[], FailureKind::Dns),
    ];
    for (answers, kind) in refused {
        for url in ["http://sly.example/", "https://sly.example/"] {
            let refused = failure(&client(config(), answers), Trust::User, url).await;
            assert_eq!((refused.kind, refused.host.as_str()), (kind, "sly.example"), "{answers:?}");
        }
    }
    assert_eq!(count(&requests), 0, "the proxy heard of none of them");
    let allowed: [Answers; 2] = [&[&["8.8.8.8"]], &[&["198.18.0.7"]]];
    for answers in allowed {
        let answer = get(&client(config(), answers), Trust::User, "http://good.example/").await.expect("an answer");
        assert_eq!(answer.text().await.expect("a body"), "hi", "{answers:?}");
    }
    assert_eq!(get(&client(config(), &[]), Trust::User, "http://8.8.8.8/").await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn a_proxy_that_refuses_a_tunnel_or_wants_a_login_is_named() {
    for (answer, url) in [
        (&b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"[..], "https://api.example/"),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n", "https://api.example/"),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n", "http://api.example/"),
    ] {
        let (port, requests) = server(answer, false).await;
        let egress = client(Config { proxy: Some(format!("http://me:secret@127.0.0.1:{port}")), ..quick() }, &[]);
        assert_eq!(failure(&egress, Trust::Admin, url).await.kind, FailureKind::Proxy, "{url}");
        let request = requests.lock().expect("a log")[0].clone();
        assert_eq!(request.starts_with("connect api.example:443 "), url.starts_with("https"), "{request}");
        assert!(request.contains("proxy-authorization: basic "), "{request}");
    }
}

#[tokio::test]
async fn a_proxy_that_was_chosen_is_asked_for_near_places_too() {
    let (port, requests) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", false).await;
    let egress = client(Config { no_proxy: Some("*".to_owned()), ..quick() }, &[]);
    let own = egress.through(&format!("http://me:secret@127.0.0.1:{port}")).expect("a client");
    for url in ["http://10.0.0.1:8000/v1", "http://localhost:1/", "http://ollama:11434/", "http://api.example/"] {
        let answer = get(&own, Trust::Admin, url).await.expect(url);
        assert_eq!(answer.text().await.expect("a body"), "hi", "{url}");
    }
    let seen = requests.lock().expect("a log").clone();
    assert_eq!(seen.len(), 4);
    assert!(seen.iter().all(|request| request.contains("proxy-authorization: basic bwu6c2vjcmv0")), "{seen:?}");
    let blocked = failure(&own, Trust::Admin, "http://169.254.169.254/").await;
    assert_eq!(blocked.kind, FailureKind::Blocked);
    assert_eq!(
        failure(&egress, Trust::Admin, "http://api.example/").await.kind,
        FailureKind::Dns,
        "the first is as before"
    );
}

#[test]
fn clients_with_a_proxy_of_their_own_are_kept_but_not_without_end() {
    let egress = client(Config { user_agent: "Mine/1".to_owned(), ..quick() }, &[]);
    let through = |number: usize| egress.through(&format!("http://10.0.0.1:{}", 3000 + number)).expect("a client");
    let first = through(0);
    assert!(Arc::ptr_eq(&first.shared, &through(0).shared), "the same proxy, the same client");
    assert_eq!((first.connect_timeout(), first.shared.basis.user_agent.as_str()), (quick().connect_timeout, "Mine/1"));
    for number in 1..=MOST_CHOSEN {
        through(number);
    }
    assert_eq!(egress.shared.chosen.lock().expect("the clients").len(), MOST_CHOSEN);
    assert!(!Arc::ptr_eq(&first.shared, &through(0).shared), "the oldest went");
    assert!(egress.through("socks5://10.0.0.1:1080").is_err());
}
