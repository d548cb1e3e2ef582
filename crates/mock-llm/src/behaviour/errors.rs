//! The shapes in which providers refuse. Status, code and words follow what they really send.

use crate::act::{Refused, Reply};
use crate::protocol::Protocol;
use actix_web::http::StatusCode;
use serde_json::json;

/// A refusal with a code.
pub(super) fn openai(status: u16, kind: &'static str, code: &'static str, message: &str) -> Reply {
    Reply::error(status, kind, Some(code), message)
}

/// A refusal without a code.
pub(super) fn bare(status: u16, kind: &'static str, message: &str) -> Reply {
    Reply::error(status, kind, None, message)
}

/// A key that is not accepted; OpenAI repeats a masked form of it, others the key itself.
pub(crate) fn wrong_key(shown: &str) -> Reply {
    let message =
        format!("Incorrect API key provided: {shown}. You can find your API key in the settings of your account.");
    openai(401, "invalid_request_error", "invalid_api_key", &message)
}

/// Too many requests, with a time to come back.
pub(crate) fn slow_down() -> Reply {
    openai(429, "requests", "rate_limit_exceeded", "Rate limit reached for requests.").header("Retry-After", "1")
}

/// Too many requests, and no word of when to come back.
pub(crate) fn busy() -> Reply {
    openai(429, "requests", "rate_limit_exceeded", "Rate limit reached for requests.")
}

/// The machine failed.
pub(crate) fn broken() -> Reply {
    bare(500, "server_error", "The server had an error while processing your request.")
}

/// The account is empty, as each vendor says it.
pub(crate) fn no_money(protocol: Protocol) -> Reply {
    match protocol {
        Protocol::Anthropic => bare(
            400,
            "invalid_request_error",
            "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or \
             purchase credits.",
        ),
        Protocol::Ollama => bare(402, "error", "Insufficient balance"),
        _ => quota(),
    }
}

pub(super) fn no_model(model: &str) -> Reply {
    let message = format!("The model `{model}` does not exist or you do not have access to it.");
    openai(404, "invalid_request_error", "model_not_found", &message)
}

pub(super) fn region() -> Reply {
    let code = "unsupported_country_region_territory";
    openai(403, "request_forbidden", code, "Country, region, or territory not supported")
}

pub(super) fn quota() -> Reply {
    let message = "You exceeded your current quota, please check your plan and billing details.";
    openai(429, "insufficient_quota", "insufficient_quota", message)
}

pub(super) fn context_openai() -> Reply {
    let message = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens. \
                   Please reduce the length of the messages.";
    let refused = Refused {
        status: 400,
        kind: "invalid_request_error",
        code: Some("context_length_exceeded"),
        param: Some("messages"),
        message: message.to_owned(),
    };
    Reply::Refusal(refused, Vec::new())
}

pub(super) fn context_vllm() -> Reply {
    let message = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens in the \
                   messages, Please reduce the length of the messages.";
    vllm(message)
}

pub(super) fn no_suffix() -> Reply {
    vllm("suffix is not currently supported")
}

fn vllm(message: &str) -> Reply {
    let error = json!({"object": "error", "message": message, "type": "BadRequestError", "param": null, "code": 400});
    Reply::json(StatusCode::BAD_REQUEST, &error)
}

pub(super) fn context_413() -> Reply {
    Reply::Plain {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        headers: Vec::new(),
        content_type: "text/html",
        body: "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n\
               <center><h1>413 Request Entity Too Large</h1></center>\r\n</body>\r\n</html>\r\n"
            .into(),
    }
}

pub(super) fn inspection() -> Reply {
    let message = "<400> InternalError.Algo.DataInspectionFailed: Input text data may contain inappropriate content.";
    let error = json!({"message": message, "type": "data_inspection_failed", "param": null,
                       "code": "data_inspection_failed"});
    let body = json!({"error": error, "id": "chatcmpl-0", "request_id": "00000000-0000-0000-0000-000000000000"});
    Reply::json(StatusCode::BAD_REQUEST, &body)
}

pub(super) fn html() -> Reply {
    Reply::Plain {
        status: StatusCode::OK,
        headers: Vec::new(),
        content_type: "text/html; charset=utf-8",
        body: "<!doctype html>\n<html><head><title>Sign in</title></head>\n\
               <body><h1>Please sign in to use this network</h1></body></html>\n"
            .into(),
    }
}

pub(super) fn redirect() -> Reply {
    Reply::Plain {
        status: StatusCode::TEMPORARY_REDIRECT,
        headers: vec![("Location", "/redirected/chat/completions")],
        content_type: "text/plain",
        body: String::new(),
    }
}
