//! Requests that are in a provider's own form already: they are passed on, and the bytes of the answer go through as they
//! are. They are only watched: the same readers that serve translated answers tell what was said, what it cost and how it
//! ended.

mod document;
mod frames;
mod text;

use crate::classify::Asked;
use crate::client::Wire;
use crate::error::Error;
use crate::stream::{Events, Mapper, Patience};
use crate::{CompletionEvent, CompletionRequest, Fields, anthropic, openai_chat};
use bytes::Bytes;
use document::Document;
use egress::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use frames::Frames;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _};
use shared::ErrorCode;
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll};
use text::TextMapper;
use tokio::time::Instant;

/// Events of an answer that are taken from the socket at once.
const MERGED_EVENTS: usize = 512;

/// An interface of programs that a provider may take as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interface {
    /// OpenAI Chat Completions.
    Chat,
    /// Anthropic Messages.
    Messages,
    /// Anthropic's count of a request's tokens.
    CountTokens,
    /// OpenAI's older Completions, which also fill gaps.
    Completions,
    /// OpenAI's embeddings.
    Embeddings,
    /// A ranking.
    Rerank(Ranking),
}

/// How a ranking is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ranking {
    /// `rerank`, as Jina, Cohere and vLLM take it.
    Standard,
    /// The same at `reranks`, as Alibaba has it.
    Plural,
    /// `rerank` of Text Embeddings Inference, outside of `/v1`: `texts` in, a bare list out.
    Texts,
}

/// A request in the form of an interface.
pub struct Passing {
    /// Which.
    pub interface: Interface,
    /// The body, as the program wrote it.
    pub fields: Fields,
    /// Whether a stream is asked for.
    pub stream: bool,
    /// Headers that belong to the interface, such as `anthropic-beta`.
    pub headers: Vec<(&'static str, String)>,
    /// What is set for the model: its name there, what stands where the program says nothing, and the vendor's own fields.
    pub rules: CompletionRequest,
    /// The longest answer that is allowed, where somebody limits it.
    pub limit: Option<u32>,
}

/// An answer on its way through.
pub struct Passage {
    /// Whether it comes as Server-Sent Events.
    pub is_stream: bool,
    /// It, piece by piece.
    pub pieces: BoxStream<'static, Piece>,
}

/// What came at once. The bytes of a stream end where a frame ends.
#[derive(Debug)]
pub struct Piece {
    /// To be handed on as they are.
    pub bytes: Bytes,
    /// What they say.
    pub events: Vec<Result<CompletionEvent, Error>>,
}

/// Sends a request on, and once more where a refusal shows how to.
pub(crate) async fn pass<W: Wire>(wire: &W, passing: Passing) -> Result<Passage, Error> {
    let transport = wire.transport();
    let timeouts = transport.endpoint().timeouts;
    let deadline = Instant::now() + timeouts.first_byte;
    let late = transport.timed_out(timeouts.first_byte);
    let asked = transport.asked(Some(&passing.rules.model));
    let (interface, stream) = (passing.interface, passing.stream);
    let answered = match tokio::time::timeout_at(deadline, ask(wire, passing)).await {
        Ok(answered) => answered?,
        Err(_) => return Err(late),
    };
    let (response, hides_usage) = answered;
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = content_type.to_ascii_lowercase();
    let is_stream = stream && content_type.starts_with("text/event-stream");
    let breaks = transport.breaks(response.url().clone());
    let (tell, taken) = mpsc::channel();
    let body = response.bytes_stream().map(move |read| {
        if let Ok(bytes) = &read {
            // Once the answer is over nobody wants the rest, which is read to keep the connection.
            let _ = tell.send(bytes.clone());
        }
        read.map_err(&breaks)
    });
    let frames = is_stream.then(|| Frames::new(hides_usage));
    let patience = Patience::new(deadline, late, timeouts);
    let body = Box::pin(body);
    let pieces = match interface {
        Interface::Chat => {
            let mapper = openai_chat::EventMapper::new(asked);
            watched(Events::new(body, mapper, &content_type, patience), taken, frames)
        }
        Interface::Messages => {
            let mapper = anthropic::EventMapper::new(asked);
            watched(Events::new(body, mapper, &content_type, patience), taken, frames)
        }
        Interface::Completions => {
            watched(Events::new(body, TextMapper::new(asked), &content_type, patience), taken, frames)
        }
        Interface::CountTokens | Interface::Embeddings | Interface::Rerank(_) => {
            watched(Events::new(body, Document::new(asked), &content_type, patience), taken, frames)
        }
    };
    Ok(Passage { is_stream, pieces })
}

/// Answers the response, and whether usage was wished for that nobody asked for.
async fn ask(wire: &impl Wire, passing: Passing) -> Result<(egress::Response, bool), Error> {
    let transport = wire.transport();
    let Some(path) = wire.door(passing.interface, &passing.rules.model) else {
        return Err(
            Error::new(ErrorCode::ProviderInvalidRequest).with_detail("the provider has no such interface", None)
        );
    };
    let headers = passing
        .headers
        .iter()
        .filter_map(|(name, value)| Some((HeaderName::from_static(name), HeaderValue::from_str(value).ok()?)));
    let headers: Vec<_> = headers.collect();
    loop {
        let mut fields = passing.fields.clone();
        let adorned = wire.dress(&passing, &mut fields)?;
        let response = transport.ask(&path, fields.to_vec(), headers.clone(), &passing.rules.correlation).await?;
        if response.status().is_success() {
            return Ok((response, adorned));
        }
        let (answered, refusal) = transport.refusal(response).await;
        if !(adorned && matches!(answered.status, 400 | 422) && wire.learns(&refusal)) {
            return Err(answered.classify(&transport.asked(Some(&passing.rules.model)), &refusal));
        }
    }
}

fn watched<B, M>(
    events: Events<B, M>,
    taken: mpsc::Receiver<Bytes>,
    frames: Option<Frames>,
) -> BoxStream<'static, Piece>
where
    B: Stream<Item = Result<Bytes, Error>> + Send + Unpin + 'static,
    M: Mapper,
{
    Pieces { events, taken, frames, is_over: false }.boxed()
}

/// Bytes and what they say, side by side.
struct Pieces<B, M> {
    events: Events<B, M>,
    taken: mpsc::Receiver<Bytes>,
    /// None for an answer that comes whole.
    frames: Option<Frames>,
    is_over: bool,
}

impl<B, M> Pieces<B, M>
where
    B: Stream<Item = Result<Bytes, Error>> + Send + Unpin + 'static,
    M: Mapper,
{
    fn bytes(&mut self) -> Bytes {
        let mut read = self.taken.try_iter();
        let Some(frames) = &mut self.frames else { return join(read.collect()) };
        let mut whole = Vec::new();
        for chunk in read.by_ref() {
            whole.extend(frames.push(chunk));
        }
        if self.is_over {
            whole.extend(frames.finish());
        }
        join(whole)
    }
}

/// One piece of several; a single one is not copied.
fn join(mut pieces: Vec<Bytes>) -> Bytes {
    match pieces.len() {
        0 | 1 => pieces.pop().unwrap_or_default(),
        _ => pieces.concat().into(),
    }
}

impl<B, M> Stream for Pieces<B, M>
where
    B: Stream<Item = Result<Bytes, Error>> + Send + Unpin + 'static,
    M: Mapper,
{
    type Item = Piece;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Piece>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let mut events = Vec::new();
        while events.len() < MERGED_EVENTS {
            match self.events.poll_next_unpin(cx) {
                Poll::Ready(Some(event)) => events.push(event),
                Poll::Ready(None) => {
                    self.is_over = true;
                    break;
                }
                Poll::Pending => break,
            }
        }
        if events.len() == MERGED_EVENTS {
            // Nothing else would wake the reader.
            cx.waker().wake_by_ref();
        }
        let bytes = self.bytes();
        if events.is_empty() && bytes.is_empty() {
            return if self.is_over { Poll::Ready(None) } else { Poll::Pending };
        }
        Poll::Ready(Some(Piece { bytes, events }))
    }
}

/// A way to tell an answer that is one document.
pub(crate) fn no_stream(asked: &Asked, data: &[u8]) -> Error {
    crate::client::misfit(asked, data)
}
