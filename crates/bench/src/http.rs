//! HTTP/1.1 over a bare socket: one request after another, bodies by length or in chunks. Nothing else, so that the
//! client costs the same whatever it measures. Loopback only.

use anyhow::{Context as _, Result, bail, ensure};
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Instant;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Bytes read at once.
const READ_BYTES: usize = 16 * 1024;
/// Longest head of an answer.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// A connection that is kept for the next request.
pub(crate) struct Connection {
    socket: TcpStream,
    buffer: Vec<u8>,
    /// Bytes of the buffer that were used up.
    used: usize,
    framing: Framing,
    /// When the latest bytes came in.
    arrived: Instant,
}

/// Where the reader stands in the body.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Framing {
    Length(usize),
    ChunkSize,
    ChunkData(usize),
    ChunkEnd,
    LastEnd,
    Done,
}

/// What a step of the body came to.
enum Step {
    Piece(Range<usize>),
    Again,
    More,
    End,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        ensure!(address.ip().is_loopback(), "{address} is not on loopback");
        let socket = TcpStream::connect(address).await.with_context(|| format!("{address} does not accept"))?;
        socket.set_nodelay(true)?;
        Ok(Self { socket, buffer: Vec::new(), used: 0, framing: Framing::Done, arrived: Instant::now() })
    }

    /// Sends a request that was encoded before.
    pub(crate) async fn send(&mut self, request: &[u8]) -> Result<()> {
        ensure!(self.framing == Framing::Done, "the answer before was not read to its end");
        Ok(self.socket.write_all(request).await?)
    }

    /// Reads the head of the answer and returns its status.
    pub(crate) async fn head(&mut self) -> Result<u16> {
        let end = loop {
            if let Some(end) = find(&self.buffer[self.used..], b"\r\n\r\n") {
                break self.used + end;
            }
            ensure!(self.buffer.len() - self.used < MAX_HEAD_BYTES, "the head of the answer has no end");
            self.fill().await?;
        };
        let head = std::str::from_utf8(&self.buffer[self.used..end]).context("the head is not text")?;
        let (status, framing) = parse_head(head)?;
        self.used = end + 4;
        self.framing = framing;
        Ok(status)
    }

    /// The next piece of the body and when it came in; none at the end.
    pub(crate) async fn piece(&mut self) -> Result<Option<(Instant, &[u8])>> {
        let range = loop {
            match self.step()? {
                Step::Piece(range) => break range,
                Step::Again => {}
                Step::More => self.fill().await?,
                Step::End => return Ok(None),
            }
        };
        Ok(Some((self.arrived, &self.buffer[range])))
    }

    /// The whole rest of the body.
    pub(crate) async fn body(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        while let Some((_, piece)) = self.piece().await? {
            body.extend_from_slice(piece);
        }
        Ok(body)
    }

    fn step(&mut self) -> Result<Step> {
        let rest = &self.buffer[self.used..];
        Ok(match self.framing {
            Framing::Done => Step::End,
            Framing::Length(0) => {
                self.framing = Framing::Done;
                Step::End
            }
            Framing::Length(left) => self.take(left, Framing::Length),
            Framing::ChunkSize => match find(rest, b"\r\n") {
                None => Step::More,
                Some(end) => {
                    let digits = std::str::from_utf8(&rest[..end])?;
                    let size = usize::from_str_radix(digits, 16).with_context(|| format!("chunk size {digits:?}"))?;
                    self.used += end + 2;
                    self.framing = if size == 0 { Framing::LastEnd } else { Framing::ChunkData(size) };
                    Step::Again
                }
            },
            Framing::ChunkData(left) => {
                self.take(left, |left| if left == 0 { Framing::ChunkEnd } else { Framing::ChunkData(left) })
            }
            Framing::ChunkEnd => self.line_end(rest.len(), Framing::ChunkSize),
            Framing::LastEnd => self.line_end(rest.len(), Framing::Done),
        })
    }

    /// Takes what is there of the `left` bytes that belong to the body.
    fn take(&mut self, left: usize, next: impl FnOnce(usize) -> Framing) -> Step {
        let count = left.min(self.buffer.len() - self.used);
        if count == 0 {
            return Step::More;
        }
        let range = self.used..self.used + count;
        self.used = range.end;
        self.framing = next(left - count);
        Step::Piece(range)
    }

    fn line_end(&mut self, available: usize, next: Framing) -> Step {
        if available < 2 {
            return Step::More;
        }
        self.used += 2;
        self.framing = next;
        Step::Again
    }

    async fn fill(&mut self) -> Result<()> {
        self.buffer.drain(..self.used);
        self.used = 0;
        self.buffer.reserve(READ_BYTES);
        let count = self.socket.read_buf(&mut self.buffer).await?;
        self.arrived = Instant::now();
        if count == 0 {
            bail!("the connection closed amid the answer");
        }
        Ok(())
    }
}

fn parse_head(head: &str) -> Result<(u16, Framing)> {
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status line")?;
    let status: u16 = status.parse().context("the status is no number")?;
    let mut framing = None;
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            framing = Some(Framing::Length(value.parse().context("the length is no number")?));
        } else if name.eq_ignore_ascii_case("transfer-encoding") && value.eq_ignore_ascii_case("chunked") {
            framing = Some(Framing::ChunkSize);
        }
    }
    let bodiless = status == 204 || status == 304;
    Ok((status, framing.or(bodiless.then_some(Framing::Done)).context("neither a length nor chunks")?))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Encodes a request with a JSON body, or without a body.
pub(crate) fn encode(method: &str, path: &str, bearer: Option<&str>, body: Option<&serde_json::Value>) -> Vec<u8> {
    let body = body.map(ToString::to_string).unwrap_or_default();
    let authorization = bearer.map(|bearer| format!("Authorization: Bearer {bearer}\r\n")).unwrap_or_default();
    let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{authorization}{kind}Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// Answers one connection with these bytes, in writes of `size`.
    async fn serve(bytes: &'static [u8], size: usize) -> Connection {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.expect("accepts");
            socket.set_nodelay(true).expect("an option");
            for part in bytes.chunks(size) {
                socket.write_all(part).await.expect("writes");
                tokio::task::yield_now().await;
            }
        });
        Connection::open(address).await.expect("connects")
    }

    #[tokio::test]
    async fn bodies_in_chunks_and_by_length_are_read_however_they_are_cut() {
        let bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n\
            HTTP/1.1 404 Not Found\r\ncontent-length: 3\r\n\r\nabcHTTP/1.1 204 No Content\r\n\r\n";
        for size in [1, 2, 7, bytes.len()] {
            let mut connection = serve(bytes, size).await;
            assert_eq!(connection.head().await.expect("a head"), 200);
            assert_eq!(connection.body().await.expect("a body"), b"hello0123456789");
            assert_eq!(connection.head().await.expect("a head"), 404);
            assert_eq!(connection.body().await.expect("a body"), b"abc");
            assert_eq!(connection.head().await.expect("a head"), 204);
            assert_eq!(connection.body().await.expect("a body"), b"");
        }
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_an_error() {
        let mut connection = serve(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", 100).await;
        connection.head().await.expect("a head");
        assert!(connection.body().await.is_err());
    }

    #[tokio::test]
    async fn only_loopback_is_connected_to() {
        let refused = Connection::open("192.0.2.1:80".parse().expect("an address")).await;
        assert!(refused.is_err_and(|error| error.to_string().contains("loopback")));
    }
}
