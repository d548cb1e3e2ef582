//! An answer on its way: passed through by a provider that speaks the program's own protocol, or translated.

use super::question::{Question, rules};
use super::{Standard, gap, ranking};
use crate::catalog::Route;
use crate::error::AppResult;
use futures_util::{FutureExt as _, StreamExt as _};
use llm::{CompletionStream, Correlation, Error, Passage, Passing, Piece};

/// Events that are taken from the socket at once.
const MERGED_EVENTS: usize = 512;

/// An answer on its way.
pub(super) enum Source {
    /// Its bytes are handed on.
    Passed(Passage),
    /// Its events are told anew.
    Translated(CompletionStream),
}

/// A call that is ready to be made.
pub(super) enum Ready {
    Pass(Box<Passing>),
    Translate(Box<llm::CompletionRequest>),
}

impl Ready {
    /// What to send on one way.
    ///
    /// # Errors
    /// `request.invalid` where the way speaks another protocol that cannot say the same.
    pub(super) fn of(
        question: &Question,
        route: &Route,
        headers: &[(&'static str, String)],
        limit: Option<u32>,
        window: u32,
    ) -> AppResult<Self> {
        let (interface, fields) = match question.standard {
            Standard::Completions => (question.interface, gap::shape(question, route)?),
            Standard::Rerank => ranking::shape(question, route),
            _ => (question.interface, question.fields.clone()),
        };
        if !route.provider.takes(interface) {
            return Ok(Self::Translate(Box::new(question.request(route, limit, window)?)));
        }
        Ok(Self::Pass(Box::new(Passing {
            interface,
            fields,
            stream: question.stream,
            headers: headers.to_vec(),
            rules: rules(route),
            limit,
        })))
    }
}

impl Ready {
    /// Gives the call the name that its request has here, and hears the provider's.
    pub(super) fn correlate(&mut self, request_id: &str) -> Correlation {
        let correlation = Correlation::new(request_id);
        match self {
            Self::Pass(passing) => passing.rules.correlation = correlation.clone(),
            Self::Translate(request) => request.correlation = correlation.clone(),
        }
        correlation
    }
}

impl Source {
    /// Calls the provider.
    pub(super) async fn open(route: &Route, ready: Ready) -> Result<Self, Error> {
        match ready {
            Ready::Pass(passing) => Ok(Self::Passed(route.provider.pass(*passing).await?)),
            Ready::Translate(request) => Ok(Self::Translated(route.provider.stream(*request).await?)),
        }
    }

    /// Whether its bytes are a stream that may be handed on.
    pub(super) fn is_passed_stream(&self) -> bool {
        matches!(self, Self::Passed(passage) if passage.is_stream)
    }

    /// What came at once.
    pub(super) async fn next(&mut self) -> Option<Piece> {
        match self {
            Self::Passed(passage) => passage.pieces.next().await,
            Self::Translated(stream) => {
                let mut events = vec![stream.next().await?];
                while events.len() < MERGED_EVENTS {
                    match stream.next().now_or_never() {
                        Some(Some(event)) => events.push(event),
                        _ => break,
                    }
                }
                Some(Piece { bytes: bytes::Bytes::new(), events })
            }
        }
    }
}
