//! A provider of one's own: it keeps every request as it came and answers what the test says.

use crate::support::TestUser;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The path with its query.
    pub(crate) path: String,
    /// The key.
    pub(crate) key: String,
    /// What the request is called by who asks.
    pub(crate) client_request_id: Option<String>,
    /// The body.
    pub(crate) body: Value,
}

impl Asked {
    /// The messages of Chat Completions.
    pub(crate) fn messages(&self) -> Vec<Value> {
        self.body["messages"].as_array().cloned().unwrap_or_default()
    }

    /// All words of the messages.
    pub(crate) fn words(&self) -> String {
        let text = |message: &Value| match &message["content"] {
            Value::Array(pieces) => pieces.iter().filter_map(|piece| piece["text"].as_str()).collect(),
            content => content.as_str().unwrap_or_default().to_owned(),
        };
        self.messages().iter().map(text).collect::<Vec<String>>().join("\n")
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// A stream of these words, with these counts of prompt and answer.
    Says(String, Option<(u64, u64)>),
    /// A refusal: status, `Retry-After`, code and words.
    Refuses(u16, Option<u32>, &'static str, String),
    /// This stream, to the letter.
    Streams(String),
    /// Nothing, for ever.
    Silence,
}

impl Reply {
    /// A stream of these words without counts.
    pub(crate) fn says(words: &str) -> Self {
        Self::Says(words.to_owned(), None)
    }

    /// A refusal with this status.
    pub(crate) fn refuses(status: u16) -> Self {
        Self::Refuses(status, None, "error", format!("refused with {status}"))
    }

    fn encode(&self) -> Option<String> {
        let head = |status: u16, kind: &str, more: &str, body: &str| {
            let length = body.len();
            format!(
                "HTTP/1.1 {status} X\r\nx-request-id: {REQUEST_ID}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n{more}connection: close\r\n\r\n{body}"
            )
        };
        match self {
            Self::Silence => None,
            Self::Streams(body) => Some(head(200, "text/event-stream", "", body)),
            Self::Refuses(status, retry, code, words) => {
                let body = json!({"error": {"message": words, "type": code, "code": code}}).to_string();
                let retry = retry.map(|seconds| format!("retry-after: {seconds}\r\n")).unwrap_or_default();
                Some(head(*status, "application/json", &retry, &body))
            }
            Self::Says(words, counts) => {
                let chunk = |choices: Value, usage: Value| {
                    let chunk =
                        json!({"id": "x", "object": "chat.completion.chunk", "choices": choices, "usage": usage});
                    format!("data: {chunk}\n\n")
                };
                let delta = json!([{"index": 0, "delta": {"content": words}, "finish_reason": null}]);
                let stop = json!([{"index": 0, "delta": {}, "finish_reason": "stop"}]);
                let mut body = chunk(delta, Value::Null) + &chunk(stop, Value::Null);
                if let Some((prompt, answer)) = counts {
                    let total = prompt + answer;
                    let usage = json!({"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": total});
                    body += &chunk(json!([]), usage);
                }
                body += "data: [DONE]\n\n";
                Some(head(200, "text/event-stream", "", &body))
            }
        }
    }
}

/// What the provider calls every request.
pub(crate) const REQUEST_ID: &str = "req_of_the_provider_1";

type Script = dyn Fn(&Asked) -> Reply + Send + Sync;

/// The provider. It speaks Chat Completions and goes with the test.
pub(crate) struct Recorder {
    /// Its base URL.
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Recorder {
    /// A provider that answers what `script` says.
    pub(crate) async fn start(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (kept, script): (_, Arc<Script>) = (Arc::clone(&asked), Arc::new(script));
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&kept), Arc::clone(&script)));
            }
        });
        Self { url, asked, task }
    }

    /// Everything that was asked so far, lists of models aside.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("not poisoned").clone()
    }

    /// The latest request.
    pub(crate) fn last(&self) -> Asked {
        self.asked().pop().expect("a request")
    }

    /// Connects it with these models.
    pub(crate) async fn connect(&self, admin: &TestUser, name: &str, models: &[&str]) -> Value {
        let body = json!({"name": name, "baseUrl": self.url, "key": "sk-recorder-0123456789", "models": models});
        let reply = admin.post("/api/connections", body).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        reply.body
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut socket: TcpStream, kept: Arc<Mutex<Vec<Asked>>>, script: Arc<Script>) {
    let Some(asked) = read(&mut socket).await else { return };
    let answer = if asked.path.ends_with("/models") {
        let list = r#"{"object":"list","data":[{"id":"m","object":"model"}]}"#;
        let head = format!("content-length: {}\r\nconnection: close\r\n\r\n{list}", list.len());
        Some(format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{head}"))
    } else {
        kept.lock().expect("not poisoned").push(asked.clone());
        script(&asked).encode()
    };
    match answer {
        Some(answer) => drop(socket.write_all(answer.as_bytes()).await),
        // Until the client leaves.
        None => drop(socket.read(&mut [0; 16]).await),
    }
}

async fn read(socket: &mut TcpStream) -> Option<Asked> {
    let (mut bytes, mut piece) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        let read = socket.read(&mut piece).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
        let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..at]).into_owned();
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(':'));
            lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
        };
        let length = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let body = &bytes[at + 4..];
        if body.len() >= length {
            let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
            let key = header("authorization").unwrap_or_default().replace("Bearer ", "");
            let client_request_id = header("x-client-request-id");
            return Some(Asked {
                path,
                key,
                client_request_id,
                body: serde_json::from_slice(body).unwrap_or_default(),
            });
        }
    }
}
