//! Errors below `/v1` in the forms that programs know: OpenAI's, and Anthropic's for its own interface. The code stays ours,
//! but for the one that programs look for by its name.

use super::{AppError, head};
use crate::gateway::Standard;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::{Value, json};
use shared::ErrorCode;
use shared::error::Language;

/// Where Anthropic's clients look for the id of a request.
const REQUEST_ID: &str = "request-id";

/// What programs call a request that is longer than the model reads.
const TOO_LONG: &str = "context_length_exceeded";

/// The form of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `{"error": {"message", "type", "param", "code"}}`.
    OpenAi,
    /// `{"type": "error", "error": {"type", "message"}, "request_id"}`.
    Anthropic,
}

impl Form {
    /// The form of an interface.
    #[must_use]
    pub fn of(standard: Standard) -> Self {
        if matches!(standard, Standard::Messages | Standard::CountTokens) { Self::Anthropic } else { Self::OpenAi }
    }

    /// The form that is due at a path; none where it is our own.
    #[must_use]
    pub fn at(path: &str) -> Option<Self> {
        let below = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if below("/v1/messages") {
            return Some(Self::Anthropic);
        }
        ["/v1", "/ai-gateway", "/code-completion"].into_iter().any(below).then_some(Self::OpenAi)
    }

    /// The body of an answer.
    #[must_use]
    pub fn body(self, error: &AppError, request_id: &str) -> Value {
        let status = status(error.code);
        let message = sentence(error);
        match self {
            Self::OpenAi => json!({"error": {
                "message": message, "type": open_ai_type(error.code, status),
                "param": error.params.get("param"), "code": code(error.code), "request_id": request_id,
            }}),
            Self::Anthropic => json!({
                "type": "error",
                "error": {"type": anthropic_type(status), "message": message, "code": code(error.code)},
                "request_id": request_id,
            }),
        }
    }

    /// The answer.
    #[must_use]
    pub fn response(self, error: &AppError, request_id: &str) -> HttpResponse {
        let status = StatusCode::from_u16(status(error.code)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut head = head(error.code, &error.params);
        if self == Self::Anthropic {
            head.insert_header((REQUEST_ID, request_id));
        }
        head.status(status).json(self.body(error, request_id))
    }
}

fn code(code: ErrorCode) -> &'static str {
    if code == ErrorCode::ProviderContextLength { TOO_LONG } else { code.as_str() }
}

/// The status, as programs understand it: what the provider refuses because of the request is the request's fault, and what
/// will do later is to be tried later.
fn status(code: ErrorCode) -> u16 {
    match code {
        ErrorCode::ProviderContextLength | ErrorCode::ProviderContentFiltered | ErrorCode::ProviderInvalidRequest => {
            400
        }
        ErrorCode::ProviderRateLimited => 429,
        ErrorCode::ModelNone => 404,
        code => code.status(),
    }
}

fn open_ai_type(code: ErrorCode, status: u16) -> &'static str {
    match status {
        _ if code == ErrorCode::BudgetExceeded => "insufficient_quota",
        401 => "authentication_error",
        403 => "permission_error",
        429 => "rate_limit_error",
        500.. => "server_error",
        _ => "invalid_request_error",
    }
}

fn anthropic_type(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 | 529 => "overloaded_error",
        500.. => "api_error",
        _ => "invalid_request_error",
    }
}

/// What happened and what to do, in one text: programs show nothing else.
fn sentence(error: &AppError) -> String {
    let message = error.code.message(Language::En, &error.params);
    let said: Vec<String> =
        [Some(message), error.params.get("detail").cloned(), error.code.hint(Language::En, &error.params)]
            .into_iter()
            .flatten()
            .filter(|text| !text.is_empty())
            .collect();
    let mut text = String::new();
    for part in said {
        if !text.contains(&part) {
            text.push_str(if text.is_empty() { "" } else { " " });
            text.push_str(&part);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_has_its_form() {
        for (path, form) in [
            ("/v1/chat/completions", Some(Form::OpenAi)),
            ("/v1/messages/count_tokens", Some(Form::Anthropic)),
            ("/v1", Some(Form::OpenAi)),
            ("/v12", None),
            ("/ai-gateway/api/v1/models", Some(Form::OpenAi)),
            ("/api/sessions", None),
        ] {
            assert_eq!(Form::at(path), form, "{path}");
        }
    }

    #[test]
    fn an_error_has_all_that_programs_look_for() {
        let error = AppError::invalid("`n`: too many").with("param", "n");
        let body = Form::OpenAi.body(&error, "r-1");
        let expected = json!({"error": {"message": "The request is not valid: `n`: too many",
            "type": "invalid_request_error", "param": "n", "code": "request.invalid", "request_id": "r-1"}});
        assert_eq!(body, expected);
        let long = Form::OpenAi.body(&ErrorCode::ProviderContextLength.into(), "r-1");
        assert_eq!((&long["error"]["code"], &long["error"]["param"]), (&json!(TOO_LONG), &Value::Null));
        let body = Form::Anthropic.body(&ErrorCode::AuthKeyInvalid.into(), "r-1");
        assert_eq!((&body["type"], &body["error"]["type"]), (&json!("error"), &json!("authentication_error")));
    }

    #[test]
    fn programs_are_told_when_to_try_again() {
        let limited = AppError::new(ErrorCode::ProviderRateLimited).with("seconds", 3);
        let response = Form::OpenAi.response(&limited, "r-1");
        let wait = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        assert_eq!((response.status().as_u16(), wait), (429, Some("3")));
    }
}
