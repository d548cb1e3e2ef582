//! A client that is nothing but a socket: what it reads is what was on the wire.

use mock_llm::{MockLlm, Options, Record};
use serde_json::{Value, json};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Nothing on loopback takes this long; a test that waits so long has found a bug.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn start() -> MockLlm {
    MockLlm::start(Options::default()).expect("a free port")
}

/// An answer as it came over the wire.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// The chunks of a chunked body, or the whole body as one.
    pub(crate) chunks: Vec<Vec<u8>>,
    /// Whether the body came to its end.
    pub(crate) complete: bool,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn body(&self) -> String {
        String::from_utf8(self.chunks.concat()).expect("UTF-8")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body()).expect("JSON")
    }

    /// The data lines of the stream, however they are written.
    pub(crate) fn data(&self) -> Vec<String> {
        let body = self.body();
        let lines = body.lines().filter_map(|line| line.strip_prefix("data:"));
        lines.map(|data| data.trim_start().to_owned()).collect()
    }

    /// The data lines that are JSON.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.data().iter().filter_map(|data| serde_json::from_str(data).ok()).collect()
    }

    fn deltas(&self, field: &str) -> Vec<String> {
        let events = self.events();
        let deltas = events.iter().filter_map(|event| event["choices"][0]["delta"][field].as_str());
        deltas.map(str::to_owned).collect()
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        self.deltas("content")
    }

    pub(crate) fn text(&self) -> String {
        self.texts().concat()
    }

    pub(crate) fn thoughts(&self) -> String {
        self.deltas("reasoning_content").concat()
    }

    pub(crate) fn finish_reason(&self) -> Option<String> {
        self.events().iter().find_map(|event| event["choices"][0]["finish_reason"].as_str().map(str::to_owned))
    }

    pub(crate) fn usage(&self) -> Option<Value> {
        self.events().into_iter().map(|mut event| event["usage"].take()).find(|usage| !usage.is_null())
    }

    pub(crate) fn is_done(&self) -> bool {
        self.complete && self.data().last().is_some_and(|data| data == "[DONE]")
    }
}

/// A connection that can be used for several requests.
pub(crate) struct Client {
    socket: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) fn new(mock: &MockLlm) -> Self {
        let socket = TcpStream::connect(mock.address()).expect("connects");
        socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        socket.set_nodelay(true).expect("an option");
        Self { socket, buffer: Vec::new() }
    }

    pub(crate) fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) {
        let length = body.len();
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: mock\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
        self.socket.write_all(request.as_bytes()).expect("sends");
    }

    pub(crate) fn ask(&mut self, model: &str, stream: bool) {
        self.post(&json!({"model": model, "stream": stream, "messages": [{"role": "user", "content": "hi"}]}));
    }

    pub(crate) fn post(&mut self, body: &Value) {
        self.send("POST", "/v1/chat/completions", "Content-Type: application/json\r\n", &body.to_string());
    }

    /// Status and headers.
    pub(crate) fn head(&mut self) -> Answer {
        let end = loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            assert!(self.fill(), "no headers came");
        };
        let head = String::from_utf8(self.buffer.drain(..end + 4).collect()).expect("text");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
        let pairs = lines.filter_map(|line| line.split_once(": "));
        let headers = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Answer { status: status.expect("a status"), headers, ..Answer::default() }
    }

    /// The next chunk of a chunked body; none when the connection closed, empty at the end.
    pub(crate) fn chunk(&mut self) -> Option<Vec<u8>> {
        let (start, length) = loop {
            if let Some(line) = self.buffer.windows(2).position(|two| two == b"\r\n") {
                let digits = std::str::from_utf8(&self.buffer[..line]).expect("digits");
                break (line + 2, usize::from_str_radix(digits, 16).expect("a length"));
            }
            if !self.fill() {
                return None;
            }
        };
        while self.buffer.len() < start + length + 2 {
            if !self.fill() {
                return None;
            }
        }
        let chunk = self.buffer.drain(..start + length + 2).skip(start).take(length).collect();
        Some(chunk)
    }

    pub(crate) fn answer(&mut self) -> Answer {
        let mut answer = self.head();
        if let Some(length) = answer.header("content-length").and_then(|length| length.parse::<usize>().ok()) {
            while self.buffer.len() < length && self.fill() {}
            answer.complete = self.buffer.len() >= length;
            answer.chunks.push(self.buffer.drain(..length.min(self.buffer.len())).collect());
            return answer;
        }
        while let Some(chunk) = self.chunk() {
            if chunk.is_empty() {
                answer.complete = true;
                break;
            }
            answer.chunks.push(chunk);
        }
        answer
    }

    /// Reads more; false when the other side closed. Silence beyond all patience is a failure.
    fn fill(&mut self) -> bool {
        let mut bytes = [0; 16 * 1024];
        match self.socket.read(&mut bytes) {
            Ok(0) => false,
            Ok(count) => {
                self.buffer.extend_from_slice(&bytes[..count]);
                true
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => false,
            Err(error) => panic!("{error}"),
        }
    }

    /// Whether nothing arrives for a while, and the connection stays.
    pub(crate) fn is_silent(&mut self) -> bool {
        self.socket.set_read_timeout(Some(Duration::from_millis(150))).expect("a timeout");
        let read = self.socket.read(&mut [0; 1]);
        self.socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        read.is_err_and(|error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
    }
}

/// Asks once on a connection of its own.
pub(crate) fn ask(mock: &MockLlm, model: &str, stream: bool) -> Answer {
    let mut client = Client::new(mock);
    client.ask(model, stream);
    client.answer()
}

/// The latest record, once it says what it should.
pub(crate) fn record_where(mock: &MockLlm, wanted: impl Fn(&Record) -> bool) -> Record {
    let started = Instant::now();
    loop {
        match mock.ledger().last() {
            Some(record) if wanted(&record) => return record,
            last => assert!(started.elapsed() < PATIENCE, "the ledger says {last:?}"),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
