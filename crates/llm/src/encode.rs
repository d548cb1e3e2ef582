//! Bytes as text, the way the protocols want them.

use crate::request::Media;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Base64.
pub(crate) fn base64(media: &Media) -> String {
    STANDARD.encode(&media.data)
}

/// A `data:` URL.
pub(crate) fn data_url(media: &Media) -> String {
    let head = format!("data:{};base64,", media.media_type);
    let mut url = String::with_capacity(head.len() + media.data.len().div_ceil(3) * 4);
    url.push_str(&head);
    STANDARD.encode_string(&media.data, &mut url);
    url
}

/// The arguments of a call as an object; what a model wrote badly stands in one, to the letter.
pub(crate) fn object(arguments: &str) -> Value {
    match serde_json::from_str(arguments) {
        Ok(value @ Value::Object(_)) => value,
        _ if arguments.trim().is_empty() => json!({}),
        _ => json!({"arguments": arguments}),
    }
}
