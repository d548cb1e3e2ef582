//! The other side of two protocols: requests of programs, read into a [`crate::CompletionRequest`], and answers, written in
//! the words that those programs know. With it any provider stands behind either interface.
//!
//! Pure. Errors name the field, as both interfaces do.

pub mod chat;
pub mod messages;
pub mod text;

use crate::request::Media;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// What of a request cannot be served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The field.
    pub param: String,
    /// Why, as a sentence without its end.
    pub message: String,
}

impl Invalid {
    fn new(param: &str, message: impl Into<String>) -> Self {
        Self { param: param.to_owned(), message: message.into() }
    }
}

/// One text, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn list(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
        }
    }
}

/// Nothing where null stands.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// The bytes of a `data:` address. Nothing else is fetched: it would leave by a way that nobody allowed.
fn of_data_url(url: &str) -> Option<Media> {
    let (head, data) = url.strip_prefix("data:")?.split_once(',')?;
    media(head.strip_suffix(";base64")?, data)
}

fn media(media_type: &str, data: &str) -> Option<Media> {
    let data = STANDARD.decode(data.trim()).ok()?;
    Some(Media { media_type: media_type.trim().to_ascii_lowercase(), data: data.into() })
}

/// A schema of arguments; a tool without any takes none.
fn schema(given: Option<Value>) -> Value {
    given.filter(Value::is_object).unwrap_or_else(|| serde_json::json!({"type": "object", "properties": {}}))
}

/// A frame of a stream.
fn frame(event: Option<&str>, data: &Value, out: &mut Vec<u8>) {
    if let Some(event) = event {
        out.extend_from_slice(b"event: ");
        out.extend_from_slice(event.as_bytes());
        out.push(b'\n');
    }
    out.extend_from_slice(b"data: ");
    // Writing to memory does not fail, and strings and numbers always serialise.
    let _ = serde_json::to_writer(&mut *out, data);
    out.extend_from_slice(b"\n\n");
}
