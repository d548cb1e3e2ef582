//! Streams of answers, read and folded.

use super::PATIENCE;
use reqwest::{RequestBuilder, StatusCode, header};
use shared::RunEvent;
use shared::events::Status;
use shared::message::LiveAnswer;

/// A stream being read.
pub(crate) struct Events {
    response: reqwest::Response,
    decoder: shared::sse::Decoder,
    waiting: std::collections::VecDeque<shared::sse::Frame>,
    /// The answer folded so far.
    pub(crate) live: LiveAnswer,
    /// Everything read so far.
    pub(crate) seen: Vec<RunEvent>,
}

/// A stream that was read to its end.
pub(crate) struct Finished {
    /// The folded answer.
    pub(crate) live: LiveAnswer,
    /// All events.
    pub(crate) seen: Vec<RunEvent>,
}

impl Finished {
    /// Where the answer stands.
    pub(crate) fn status(&self) -> Status {
        self.live.message.status
    }

    /// The code it failed with.
    pub(crate) fn code(&self) -> &str {
        self.live.message.error.as_ref().map_or("", |error| error.code.as_str())
    }

    /// The chat.
    pub(crate) fn session(&self) -> String {
        self.live.message.session_id.as_ref().expect("a chat").0.clone()
    }

    /// The answer's id.
    pub(crate) fn message(&self) -> String {
        self.live.message.message_id.as_ref().expect("a message").0.clone()
    }

    /// The run.
    pub(crate) fn run(&self) -> String {
        self.live.run_id.as_ref().expect("a run").0.clone()
    }
}

impl Events {
    /// The next event; none at the end or when the connection breaks.
    pub(crate) async fn try_next(&mut self) -> Option<RunEvent> {
        loop {
            let Some(frame) = self.waiting.pop_front() else {
                let chunk = self.response.chunk().await.ok()??;
                let waiting = &mut self.waiting;
                self.decoder.push(&chunk, |frame| waiting.push_back(frame)).ok()?;
                continue;
            };
            if let Ok(event) = serde_json::from_str::<RunEvent>(&frame.data) {
                self.live.apply(&event);
                return Some(event);
            }
        }
    }

    /// Opens a stream that must succeed.
    pub(crate) async fn open(request: RequestBuilder) -> Self {
        // Each frame has to come in time, not all of them: a long stream takes as long as the machine needs.
        let response = request.timeout(PATIENCE * 20).send().await.expect("the server answers");
        let status = response.status();
        assert_eq!(status, StatusCode::OK, "{}", response.text().await.unwrap_or_default());
        let (decoder, waiting) = (shared::sse::Decoder::default(), std::collections::VecDeque::new());
        Self { response, decoder, waiting, live: LiveAnswer::default(), seen: Vec::new() }
    }

    /// The response's headers.
    pub(crate) fn headers(&self) -> &header::HeaderMap {
        self.response.headers()
    }

    /// The next raw frame; none at the end.
    pub(crate) async fn frame(&mut self) -> Option<shared::sse::Frame> {
        while self.waiting.is_empty() {
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("something comes in time");
            let chunk = chunk.expect("the stream is whole")?;
            let waiting = &mut self.waiting;
            self.decoder.push(&chunk, |frame| waiting.push_back(frame)).expect("short frames");
        }
        self.waiting.pop_front()
    }

    /// The next event of a run, folded; none at the end. Frames of other kinds (a tab's stream) are passed over.
    pub(crate) async fn next(&mut self) -> Option<RunEvent> {
        loop {
            let frame = self.frame().await?;
            if let Ok(event) = serde_json::from_str::<RunEvent>(&frame.data) {
                self.live.apply(&event);
                self.seen.push(event.clone());
                return Some(event);
            }
        }
    }

    /// Reads until visible text arrived.
    pub(crate) async fn until_text(&mut self) {
        while self.live.message.text().is_empty() {
            self.next().await.expect("text before the end");
        }
    }

    /// Reads to the terminal event.
    pub(crate) async fn finish(mut self) -> Finished {
        while let Some(event) = self.next().await {
            if event.body.is_terminal() {
                break;
            }
        }
        Finished { live: self.live, seen: self.seen }
    }
}
