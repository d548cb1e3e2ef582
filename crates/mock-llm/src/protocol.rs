//! The protocols that the server speaks, and what they call things outside an answer.

use crate::act::Refused;
use serde_json::{Value, json};

/// A protocol. Azure's is that of Chat Completions at other addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// OpenAI Chat Completions.
    #[default]
    OpenAiChat,
    /// OpenAI's older Completions: a text that goes on, or the gap between a prompt and its suffix.
    OpenAiText,
    /// OpenAI Responses.
    OpenAiResponses,
    /// Anthropic Messages.
    Anthropic,
    /// Google `generateContent`.
    Gemini,
    /// Ollama's own.
    Ollama,
    /// OpenAI's embeddings.
    Embeddings,
    /// Rankings of Cohere, Jina, vLLM and Text Embeddings Inference.
    Rerank,
}

impl Protocol {
    /// The name in the ledger.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OpenAiChat => "openai_chat",
            Self::OpenAiText => "openai_text",
            Self::OpenAiResponses => "openai_responses",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Ollama => "ollama",
            Self::Embeddings => "embeddings",
            Self::Rerank => "rerank",
        }
    }

    /// Whether a stream tells its token counts unasked.
    pub(crate) fn tells_usage(self) -> bool {
        !matches!(self, Self::OpenAiChat | Self::OpenAiText)
    }

    /// The content type of a stream.
    pub(crate) fn stream_type(self) -> &'static str {
        if self == Self::Ollama { "application/x-ndjson" } else { "text/event-stream" }
    }

    /// A refusal, or an error amid an answer that came whole.
    pub(crate) fn refusal(self, refused: &Refused) -> Value {
        let Refused { status, kind, code, param, message } = refused;
        match self {
            Self::Anthropic => {
                json!({"type": "error", "error": {"type": anthropic_kind(*status), "message": message}})
            }
            Self::Gemini => {
                json!({"error": {"code": status, "message": message, "status": google_status(*status)}})
            }
            Self::Ollama => json!({ "error": message }),
            _ => json!({"error": {"message": message, "type": kind, "param": param, "code": code}}),
        }
    }
}

fn anthropic_kind(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 | 529 => "overloaded_error",
        500.. => "api_error",
        _ => "invalid_request_error",
    }
}

fn google_status(status: u16) -> &'static str {
    match status {
        401 => "UNAUTHENTICATED",
        402 | 403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 | 529 => "UNAVAILABLE",
        500.. => "INTERNAL",
        _ => "INVALID_ARGUMENT",
    }
}
