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
use crate::{CompletionEvent, CompletionRequest, Correlation, Fields, anthropic, openai_chat};
use bytes::Bytes;
use document::Document;
use egress::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use frames::Frames;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _, stream};
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
    /// Whether it comes as Server-Sent Events that may be handed on.
    pub is_stream: bool,
    /// It, piece by piece.
    pub pieces: BoxStream<'static, Piece>,
}

/// What came at once. The bytes of a stream end where a frame ends, and those that tell of a failure are not among them: a
/// provider's words may hold more than they should.
#[derive(Debug)]
pub struct Piece {
    /// To be handed on as they are; none of an answer in another form than the interface's, of which only events count.
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
    let is_alike = wire.answers_alike(passing.interface, &passing.rules.model);
    let (interface, stream, correlation) = (passing.interface, passing.stream, passing.rules.correlation.clone());
    let answered = match tokio::time::timeout_at(deadline, ask(wire, passing)).await {
        Ok(answered) => answered?,
        Err(_) => return Err(late),
    };
    let (response, hides_usage) = answered;
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = content_type.to_ascii_lowercase();
    let is_stream = stream && is_alike && content_type.starts_with("text/event-stream");
    let breaks = transport.breaks(response.url().clone());
    let (tell, taken) = mpsc::channel();
    let body = response.bytes_stream().map(move |read| read.map_err(&breaks));
    let body: BoxStream<'static, Result<Bytes, Error>> = if is_stream { framed(body).boxed() } else { body.boxed() };
    let body = body.map(move |read| {
        if let Ok(bytes) = &read {
            let shown = match (is_stream, hides_usage) {
                _ if !is_alike => None,
                (false, _) => Some(bytes.clone()),
                (true, true) if frames::is_usage_alone(bytes) => None,
                (true, _) => Some(frames::ended(bytes)),
            };
            // Once the answer is over nobody wants the rest, which is read to keep the connection.
            shown.into_iter().for_each(|shown| drop(tell.send(shown)));
        }
        read
    });
    let patience = Patience::new(deadline, late, timeouts);
    let source = Source { body, content_type: &content_type, patience, correlation, taken };
    let pieces = match interface {
        Interface::Chat => source.watched(openai_chat::EventMapper::new(asked)),
        Interface::Messages => source.watched(anthropic::EventMapper::new(asked)),
        Interface::Completions => source.watched(TextMapper::new(asked)),
        Interface::CountTokens | Interface::Embeddings | Interface::Rerank(_) => source.watched(Document::new(asked)),
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

/// An answer that is about to be read.
struct Source<'a, B> {
    body: B,
    content_type: &'a str,
    patience: Patience,
    correlation: Correlation,
    /// The body once more, as it is handed on.
    taken: mpsc::Receiver<Bytes>,
}

impl<B> Source<'_, B>
where
    B: Stream<Item = Result<Bytes, Error>> + Send + Unpin + 'static,
{
    /// Its pieces, as a protocol understands them.
    fn watched(self, mapper: impl Mapper) -> BoxStream<'static, Piece> {
        let events = Events::new(self.body, mapper, self.content_type, self.patience).witnessed(self.correlation);
        Pieces { events, taken: self.taken, is_over: false }.boxed()
    }
}

/// A body frame by frame. What breaks takes a frame along that is not whole.
fn framed(
    body: impl Stream<Item = Result<Bytes, Error>> + Send + 'static,
) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
    let mut frames = Frames::default();
    body.map(Some).chain(stream::iter([None])).flat_map(move |read| {
        stream::iter(match read {
            Some(Ok(chunk)) => frames.push(chunk).into_iter().map(Ok).collect(),
            Some(Err(error)) => {
                frames = Frames::default();
                vec![Err(error)]
            }
            None => frames.finish().into_iter().map(Ok).collect::<Vec<_>>(),
        })
    })
}

/// Bytes and what they say, side by side.
struct Pieces<B, M> {
    events: Events<B, M>,
    taken: mpsc::Receiver<Bytes>,
    is_over: bool,
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
        let (mut events, mut whole, mut fails) = (Vec::new(), Vec::new(), false);
        while events.len() < MERGED_EVENTS {
            match self.events.poll_next_unpin(cx) {
                Poll::Ready(Some(event)) => {
                    fails |= event.is_err();
                    events.push(event);
                }
                Poll::Ready(None) => {
                    self.is_over = true;
                    break;
                }
                Poll::Pending => break,
            }
            // All that was read so far has said what it says, so it is known to be good.
            if !fails && self.events.is_idle() {
                whole.extend(self.taken.try_iter());
            }
        }
        if events.len() == MERGED_EVENTS {
            // Nothing else would wake the reader.
            cx.waker().wake_by_ref();
        }
        if !fails && self.events.is_idle() {
            whole.extend(self.taken.try_iter());
        }
        let bytes = join(whole);
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
