//! From the bytes of an answer to its events: frames by `shared::sse`, meaning by a protocol's [`Mapper`], patience here.
//!
//! It neither knows a protocol nor opens a connection: tests feed it bytes cut anywhere.

mod lines;
mod patience;

use crate::CompletionEvent;
use crate::Correlation;
use crate::classify::Refusal;
use crate::error::Error;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use lines::Lines;
pub(crate) use patience::Patience;
use patience::Waited;
use shared::ErrorCode;
use shared::sse::{Decoder, Frame, TooLong};
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// How much of a web page is read to find its title.
const MAX_PAGE_BYTES: usize = 8 * 1024;
/// How much of a body without frames an error repeats.
const MAX_HEAD_BYTES: usize = 200;
/// How long the rest of a finished answer may take, so that its connection can be used again.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// Takes the events that a mapper makes, in order.
pub(crate) type Queue = VecDeque<Result<CompletionEvent, Error>>;

/// Whether more is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// Yes.
    More,
    /// The answer has everything but, perhaps, its usage: waiting long for the rest is not worth it.
    Ending,
    /// No; whatever follows is not looked at.
    Done,
}

/// How a protocol parts its frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Server-Sent Events.
    Events,
    /// One JSON document per line.
    Lines,
}

/// The meaning of frames in one protocol.
pub(crate) trait Mapper: Send + Unpin + 'static {
    /// How its frames are parted.
    const FRAMING: Framing;
    /// Longest answer that comes whole instead of streamed, in bytes.
    const MAX_WHOLE_BYTES: usize = 16 * 1024 * 1024;
    /// Takes one frame.
    fn frame(&mut self, frame: &Frame, out: &mut Queue) -> Result<Flow, Error>;
    /// Takes an answer that came as one JSON document instead of a stream.
    fn whole(&mut self, body: &[u8], out: &mut Queue) -> Result<(), Error>;
    /// Ends the answer: the stream is over, or nothing more is waited for.
    fn end(&mut self, out: &mut Queue) -> Result<(), Error>;
}

/// What a body turned out to be, told by its first byte that means anything.
enum Shape {
    Unknown,
    Frames,
    Whole(Vec<u8>),
    Page(Vec<u8>),
}

/// Parts bytes into frames.
enum Framer {
    Events(Decoder),
    Lines(Lines),
}

impl Framer {
    fn new(framing: Framing) -> Self {
        match framing {
            Framing::Events => Self::Events(Decoder::default()),
            Framing::Lines => Self::Lines(Lines::default()),
        }
    }

    fn push(&mut self, chunk: &[u8], sink: impl FnMut(Frame)) -> Result<(), Error> {
        let pushed = match self {
            Self::Events(decoder) => decoder.push(chunk, sink),
            Self::Lines(lines) => lines.push(chunk, sink),
        };
        pushed.map_err(|TooLong| malformed("a line is too long"))
    }

    fn finish(&mut self, sink: impl FnMut(Frame)) {
        match self {
            Self::Events(decoder) => decoder.finish(sink),
            Self::Lines(lines) => lines.finish(sink),
        }
    }
}

/// The events of one answer.
pub(crate) struct Events<B, M> {
    body: Option<B>,
    mapper: M,
    framer: Framer,
    shape: Shape,
    /// Whether the headers promise frames; without that promise a body must look like some.
    promised: bool,
    framed: bool,
    /// The beginning of a body that may turn out to hold no frames.
    head: Vec<u8>,
    queue: Queue,
    patience: Patience,
    /// Who is told what came, as long as that says nothing.
    witness: Option<Correlation>,
}

impl<B, M> Events<B, M>
where
    B: Stream<Item = Result<Bytes, Error>> + Send + Unpin + 'static,
    M: Mapper,
{
    /// Reads `body`, no longer than `patience` allows.
    pub(crate) fn new(body: B, mapper: M, content_type: &str, patience: Patience) -> Self {
        Self {
            body: Some(body),
            mapper,
            framer: Framer::new(M::FRAMING),
            shape: Shape::Unknown,
            promised: content_type.starts_with("text/event-stream"),
            framed: false,
            head: Vec::new(),
            queue: Queue::new(),
            patience,
            witness: None,
        }
    }

    /// Tells of what came as long as that says nothing.
    pub(crate) fn witnessed(self, witness: Correlation) -> Self {
        Self { witness: Some(witness), ..self }
    }

    /// Whether all that was read has been told.
    pub(crate) fn is_idle(&self) -> bool {
        self.queue.is_empty()
    }

    fn take(&mut self, mut chunk: &[u8]) -> Result<Flow, Error> {
        if matches!(self.shape, Shape::Unknown) {
            let blanks = chunk.iter().take_while(|byte| is_blank(**byte)).count();
            self.recognise(chunk.get(blanks));
            // Blanks ahead of everything mean nothing, in whichever reads they come.
            chunk = &chunk[blanks..];
        }
        match &mut self.shape {
            Shape::Unknown | Shape::Frames => {
                if !self.framed && !self.promised {
                    self.head.extend(chunk.iter().take(MAX_HEAD_BYTES.saturating_sub(self.head.len())));
                }
                self.decode(chunk)
            }
            Shape::Whole(body) => {
                body.extend_from_slice(chunk);
                if body.len() > M::MAX_WHOLE_BYTES { Err(malformed("the answer is too large")) } else { Ok(Flow::More) }
            }
            Shape::Page(page) => {
                page.extend_from_slice(chunk);
                if page.len() > MAX_PAGE_BYTES { Err(not_a_stream(page)) } else { Ok(Flow::More) }
            }
        }
    }

    fn recognise(&mut self, first: Option<&u8>) {
        self.shape = match first {
            None => Shape::Unknown,
            Some(b'{') if M::FRAMING == Framing::Lines => Shape::Frames,
            Some(b'{' | b'[') => Shape::Whole(Vec::new()),
            Some(b'<') => Shape::Page(Vec::new()),
            Some(_) => Shape::Frames,
        };
    }

    fn decode(&mut self, chunk: &[u8]) -> Result<Flow, Error> {
        let (mapper, queue, framed) = (&mut self.mapper, &mut self.queue, &mut self.framed);
        let mut flow = Ok(Flow::More);
        self.framer.push(chunk, |frame| step(mapper, &frame, queue, framed, &mut flow))?;
        flow
    }

    /// The provider closed the stream.
    fn close(&mut self) -> Result<(), Error> {
        match &self.shape {
            Shape::Whole(body) => return self.mapper.whole(body, &mut self.queue),
            Shape::Page(page) => return Err(not_a_stream(page)),
            Shape::Unknown | Shape::Frames => {}
        }
        let (mapper, queue, framed) = (&mut self.mapper, &mut self.queue, &mut self.framed);
        let mut flow = Ok(Flow::More);
        self.framer.finish(|frame| step(mapper, &frame, queue, framed, &mut flow));
        match flow {
            Ok(Flow::Done) => Ok(()),
            // A last line that is not whole is where the stream was cut.
            Err(error) if error.code != ErrorCode::ProviderMalformed => Err(error),
            _ if !self.framed && !self.promised && !self.head.is_empty() => Err(not_a_stream(&self.head)),
            _ => self.mapper.end(&mut self.queue),
        }
    }

    /// Reads once and queues what came. The body is gone when nothing more will be read.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(body) = &mut self.body else { return Poll::Ready(()) };
        let read = match body.poll_next_unpin(cx) {
            Poll::Ready(read) => read,
            Poll::Pending => {
                let waited = ready!(self.patience.poll_spent(cx));
                self.give_up(waited);
                return Poll::Ready(());
            }
        };
        match read {
            Some(Ok(chunk)) => self.heard(&chunk),
            // What breaks after the answer was complete does not matter any more.
            Some(Err(error)) => {
                let ended = self.mapper.end(&mut self.queue).map_err(|_| error);
                self.over(ended);
            }
            None => {
                let ended = self.close();
                self.over(ended);
            }
        }
        Poll::Ready(())
    }

    fn heard(&mut self, chunk: &[u8]) {
        self.patience.heard();
        if let Some(witness) = &self.witness {
            witness.receive(chunk);
        }
        match self.take(chunk) {
            Ok(Flow::More) => self.note_progress(),
            Ok(Flow::Ending) => self.patience.ending(),
            Ok(Flow::Done) => self.drain(),
            Err(error) => self.over(Err(error)),
        }
    }

    fn note_progress(&mut self) {
        let is_token = |event: &_| {
            use CompletionEvent::{Text, Thinking, ToolCall};
            matches!(event, Ok(Text(_) | Thinking { .. } | ToolCall(_)))
        };
        if self.queue.iter().any(is_token) {
            self.patience.told();
            if let Some(witness) = self.witness.take() {
                witness.forget();
            }
        }
    }

    fn give_up(&mut self, waited: Waited) {
        let ended = match waited {
            Waited::Ending => self.mapper.end(&mut self.queue),
            // What the mapper holds back is not lost.
            Waited::TooLong(error) => self.mapper.end(&mut self.queue).map_err(|_| error),
        };
        self.over(ended);
    }

    fn over(&mut self, ended: Result<(), Error>) {
        self.queue.extend(ended.err().map(Err));
        self.body = None;
    }

    /// Lets a finished answer's connection live: its last bytes are read elsewhere, and nobody waits for them.
    fn drain(&mut self) {
        let Some(mut body) = self.body.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            let rest = async { while matches!(body.next().await, Some(Ok(_))) {} };
            _ = tokio::time::timeout(DRAIN_TIME, rest).await;
        });
    }
}

impl<B, M> Stream for Events<B, M>
where
    B: Stream<Item = Result<Bytes, Error>> + Send + Unpin + 'static,
    M: Mapper,
{
    type Item = Result<CompletionEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Poll::Ready(Some(event));
            }
            if self.body.is_none() {
                return Poll::Ready(None);
            }
            ready!(self.poll_read(cx));
        }
    }
}

fn step<M: Mapper>(
    mapper: &mut M,
    frame: &Frame,
    queue: &mut Queue,
    framed: &mut bool,
    flow: &mut Result<Flow, Error>,
) {
    if matches!(flow, Ok(Flow::More | Flow::Ending)) {
        // Any text has lines; only JSON makes frames of them.
        *framed |= M::FRAMING == Framing::Events || frame.data.starts_with('{');
        *flow = mapper.frame(frame, queue);
    }
}

/// White space, or part of a byte order mark.
fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"\xEF\xBB\xBF".contains(&byte)
}

fn malformed(detail: &str) -> Error {
    Error::new(ErrorCode::ProviderMalformed).with_detail(detail, None)
}

fn not_a_stream(page: &[u8]) -> Error {
    Error::new(ErrorCode::ProviderNotAStream).with_detail(&Refusal::read(page).message, None)
}

#[cfg(test)]
mod tests;
