//! What only a hand-made server shows: bodies and headers to the byte, connections counted, doors closed.

use egress::{Config, Egress, Trust};
use futures_util::StreamExt;
use llm::openai_chat::OpenAiChat;
use llm::{ChatMessage, CompletionEvent, CompletionRequest, Endpoint, Error, Provider, Role, Secret, Timeouts};
use shared::ErrorCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Every request as it came, by connection.
type Seen = Arc<Mutex<Vec<Vec<String>>>>;

const STREAM: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const REFUSAL: &str =
    "{\"error\":{\"message\":\"Unknown parameter: 'stream_options'.\",\"code\":\"unknown_parameter\"}}";

fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

fn good() -> String {
    let data = "data: {\"id\":\"1\",\"choices\":[{\"delta\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}]}\n\n";
    format!("{STREAM}{}{}", chunk(data), chunk("data: [DONE]\n\n"))
}

async fn read_request(socket: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                return Some(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// Answers by `answer`, keeps connections open, and sends the end of a chunked body a little later than the rest.
async fn serve(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> (String, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let (seen, answer) = (Seen::default(), Arc::new(answer));
    let log = seen.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let number = {
                let mut log = log.lock().expect("a log");
                log.push(Vec::new());
                log.len() - 1
            };
            let (log, answer) = (log.clone(), answer.clone());
            tokio::spawn(async move {
                while let Some(request) = read_request(&mut socket).await {
                    let reply = answer(&request);
                    log.lock().expect("a log")[number].push(request);
                    socket.write_all(reply.as_bytes()).await.expect("a client");
                    if reply.contains("chunked") {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        _ = socket.write_all(b"0\r\n\r\n").await;
                    }
                }
            });
        }
    });
    (url, seen)
}

fn provider(base_url: &str, key: &str) -> OpenAiChat {
    let endpoint = Endpoint {
        name: "Hand-made".into(),
        base_url: base_url.to_owned(),
        key: (!key.is_empty()).then(|| Secret::new(key)),
        trust: Trust::Admin,
        timeouts: Timeouts { first_byte: Duration::from_secs(5), idle: Duration::from_secs(5) },
        headers: Vec::new(),
    };
    let config = Config { connect_timeout: Duration::from_millis(500), ..Config::default() };
    OpenAiChat::new(Egress::new(config).expect("a client"), endpoint)
}

async fn ask(provider: &OpenAiChat) -> Result<String, Error> {
    let messages = vec![ChatMessage::new(Role::User, "hi")];
    let mut stream = provider.stream(CompletionRequest::new("m", messages)).await?;
    let mut text = String::new();
    while let Some(event) = stream.next().await {
        if let CompletionEvent::Text(more) = event? {
            text.push_str(&more);
        }
    }
    Ok(text)
}

#[tokio::test]
async fn a_server_that_does_not_know_the_wish_for_usage_is_asked_without_it_from_then_on() {
    let (url, seen) = serve(|request| {
        if request.contains("stream_options") {
            format!("HTTP/1.1 400 Bad Request\r\ncontent-length: {}\r\n\r\n{REFUSAL}", REFUSAL.len())
        } else {
            good()
        }
    })
    .await;
    let provider = provider(&url, "");
    assert_eq!(ask(&provider).await, Ok("ok".to_owned()));
    assert_eq!(ask(&provider).await, Ok("ok".to_owned()));
    let requests: Vec<_> = seen.lock().expect("a log").concat();
    let wishes: Vec<_> = requests.iter().map(|request| request.contains("stream_options")).collect();
    assert_eq!(wishes, [true, false, false]);
}

#[tokio::test]
async fn the_connection_of_a_finished_answer_is_used_again() {
    let (url, seen) = serve(|_| good()).await;
    let provider = provider(&url, "sk-1");
    for _ in 0..3 {
        assert_eq!(ask(&provider).await, Ok("ok".to_owned()));
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    let seen = seen.lock().expect("a log");
    assert_eq!(seen.iter().map(Vec::len).collect::<Vec<_>>(), [3]);
    let head = seen[0][0].split("\r\n\r\n").next().expect("a head").to_lowercase();
    assert!(head.starts_with("post /v1/chat/completions http/1.1\r\n"), "{head}");
    for line in ["authorization: bearer sk-1", "content-type: application/json", "accept-encoding: identity"] {
        assert!(head.contains(line), "{head}");
    }
}

#[tokio::test]
async fn doors_that_are_closed_are_told_apart() {
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    let code = async |url: &str, key: &str| ask(&provider(url, key)).await.expect_err(url).code;
    assert_eq!(code(&format!("http://{closed}/v1"), "").await, ErrorCode::ProviderRefused);
    assert_eq!(code("http://no-such-host.invalid/v1", "").await, ErrorCode::ProviderDns);
    assert_eq!(code("http://169.254.169.254/v1", "").await, ErrorCode::EgressBlocked);
    assert_eq!(code("not a url", "").await, ErrorCode::EgressBlocked);
    let (url, seen) = serve(|_| good()).await;
    assert_eq!(code(&url.replace("http:", "https:"), "").await, ErrorCode::ProviderTimeout);
    assert_eq!(code(&url, "密钥").await, ErrorCode::ProviderUnauthorized);
    assert_eq!(code(&url, "sk-1\nX-Evil: 1").await, ErrorCode::ProviderUnauthorized);
    assert!(seen.lock().expect("a log").concat().is_empty());
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_malformed() {
    let (url, _) = serve(|_| "SSH-2.0-OpenSSH_9.2\r\n\r\n".to_owned()).await;
    let error = ask(&provider(&url, "")).await.expect_err("not HTTP");
    assert_eq!((error.code, error.detail.as_deref()), (ErrorCode::ProviderMalformed, Some("the answer is not HTTP")));
}

#[tokio::test]
async fn headers_of_a_connection_replace_the_protocols_own_and_are_kept_out_of_errors() {
    let refusal = "{\"error\":{\"message\":\"gw-canary-0123456789abcdef may not, nor may sk-canary-0123456789\"}}";
    let (url, seen) = serve(move |request| {
        if request.starts_with("GET") {
            return "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{\"data\":[]}".to_owned();
        }
        format!("HTTP/1.1 400 Bad Request\r\ncontent-length: {}\r\n\r\n{refusal}", refusal.len())
    })
    .await;
    let with = |headers: &[(&str, &str)]| {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(value))).collect();
        let endpoint = Endpoint {
            name: "Gate".into(),
            base_url: url.clone(),
            key: Some(Secret::new("sk-canary-0123456789")),
            trust: Trust::Admin,
            timeouts: Timeouts::default(),
            headers,
        };
        assert!(!format!("{endpoint:?}").contains("canary"));
        OpenAiChat::new(Egress::new(Config::default()).expect("a client"), endpoint)
    };
    let own = with(&[("authorization", "Token gw-canary-0123456789abcdef"), ("X-Tenant", "blue")]);
    assert_eq!(own.models().await, Ok(Vec::new()));
    let error = ask(&own).await.expect_err("a refusal");
    assert_eq!(error.detail.as_deref(), Some("*** may not, nor may ***"));
    let seen: Vec<_> = seen.lock().expect("a log").iter().flatten().map(|request| request.to_lowercase()).collect();
    assert_eq!(seen.len(), 2);
    for request in seen {
        assert!(request.contains("\r\nauthorization: token gw-canary-0123456789abcdef\r\n"), "{request}");
        assert!(request.contains("\r\nx-tenant: blue\r\n") && !request.contains("sk-canary"), "{request}");
        assert_eq!(request.matches("\r\nauthorization:").count(), 1, "{request}");
    }
    let error = ask(&with(&[("host", "evil.example")])).await.expect_err("not sent");
    assert_eq!(error.code, ErrorCode::ProviderInvalidRequest);
    assert!(error.detail.is_some_and(|words| words.contains("host")));
}
