//! An answer that is one JSON document: vectors, a ranking, a count. Only what it cost is read of it here.

use crate::CompletionEvent;
use crate::StopReason;
use crate::classify::Asked;
use crate::client::misfit;
use crate::error::Error;
use crate::lenient::Count;
use crate::stream::{Flow, Framing, Mapper, Queue};
use serde::Deserialize;
use serde::de::IgnoredAny;
use shared::ErrorCode;
use shared::chat::Usage;
use shared::sse::Frame;

pub(super) struct Document {
    asked: Asked,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct About {
    usage: Option<WireUsage>,
    #[serde(rename = "usageMetadata")]
    of_google: Option<OfGoogle>,
    meta: Option<Meta>,
    error: Option<IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireUsage {
    prompt_tokens: Count,
    total_tokens: Count,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OfGoogle {
    #[serde(rename = "promptTokenCount")]
    prompt_tokens: Count,
}

/// Cohere.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    tokens: Option<Tokens>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tokens {
    input_tokens: Count,
}

impl Document {
    pub(super) fn new(asked: Asked) -> Self {
        Self { asked }
    }
}

impl About {
    /// Tokens that were read, where they are told.
    fn tokens(&self) -> u64 {
        let told = self.usage.as_ref().map_or(0, |usage| usage.prompt_tokens.0.max(usage.total_tokens.0));
        let of_google = || self.of_google.as_ref().map(|usage| usage.prompt_tokens.0);
        let of_meta = || self.meta.as_ref()?.tokens.as_ref().map(|tokens| tokens.input_tokens.0);
        if told > 0 { told } else { of_google().or_else(of_meta).unwrap_or(0) }
    }
}

impl Mapper for Document {
    const FRAMING: Framing = Framing::Events;
    /// Vectors of 2,048 texts, of 3,072 numbers each, in digits.
    const MAX_WHOLE_BYTES: usize = 96 * 1024 * 1024;

    fn frame(&mut self, frame: &Frame, _: &mut Queue) -> Result<Flow, Error> {
        Err(super::no_stream(&self.asked, frame.data.as_bytes()))
    }

    fn whole(&mut self, body: &[u8], out: &mut Queue) -> Result<(), Error> {
        // Text Embeddings Inference answers with a bare list.
        let about = match body.first() {
            Some(b'[') => serde_json::from_slice::<Vec<IgnoredAny>>(body).map(|_| About::default()),
            _ => serde_json::from_slice::<About>(body),
        };
        let about = match about {
            Ok(about) if about.error.is_none() => about,
            Err(error) if error.is_eof() => return Err(Error::new(ErrorCode::ProviderCut)),
            _ => return Err(misfit(&self.asked, body)),
        };
        let tokens = about.tokens();
        if tokens > 0 {
            out.push_back(Ok(CompletionEvent::Usage(Usage { prompt_tokens: tokens, ..Usage::default() })));
        }
        out.push_back(Ok(CompletionEvent::Stop(StopReason::End)));
        Ok(())
    }

    fn end(&mut self, _: &mut Queue) -> Result<(), Error> {
        Err(Error::new(ErrorCode::ProviderCut))
    }
}
