//! What a message is made of: an ordered list of tagged, versioned parts.
//!
//! A part is `{"kind": …, "v": 1, …}`. A kind or version that this build does not know is kept verbatim as
//! [`Part::Other`], so an older release never destroys what a newer one wrote.

use crate::error::Params;
use serde::de::Error as _;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The version this build writes.
const VERSION: u64 = 1;

/// One part of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Visible text, Markdown.
    Text {
        /// The text so far.
        text: String,
    },
    /// What the model thought before or between its texts.
    Reasoning {
        /// The thoughts so far.
        text: String,
        /// Opaque proof that some providers want back within a turn.
        signature: Option<String>,
        /// How long the model thought, in milliseconds; set when the part is done.
        duration_ms: Option<u64>,
    },
    /// Something the reader should know, for instance that old messages were left out.
    Notice {
        /// A code of [`crate::ErrorCode`].
        code: String,
        /// Values for its sentence.
        params: Params,
    },
    /// A part of a kind or version unknown to this build, kept verbatim.
    Other(Value),
}

impl Part {
    /// A text part.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// A part of thoughts, still open.
    #[must_use]
    pub fn reasoning(text: impl Into<String>) -> Self {
        Self::Reasoning { text: text.into(), signature: None, duration_ms: None }
    }

    /// The visible text, if this is a text part.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text { text } => Some(text),
            _ => None,
        }
    }

    /// Length in UTF-8 bytes of what grows: the text or the thoughts.
    #[must_use]
    pub fn written(&self) -> usize {
        match self {
            Self::Text { text } | Self::Reasoning { text, .. } => text.len(),
            Self::Notice { .. } | Self::Other(_) => 0,
        }
    }

    /// Appends to a text or reasoning part; other kinds do not grow.
    pub fn push_str(&mut self, more: &str) {
        if let Self::Text { text } | Self::Reasoning { text, .. } = self {
            text.push_str(more);
        }
    }
}

/// The visible text of a message: its text parts, joined without anything between them.
#[must_use]
pub fn plain_text(parts: &[Part]) -> String {
    parts.iter().filter_map(Part::as_text).collect()
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Self::Other(value) = self {
            return value.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        let kind = match self {
            Self::Text { .. } => "text",
            Self::Reasoning { .. } => "reasoning",
            Self::Notice { .. } | Self::Other(_) => "notice",
        };
        map.serialize_entry("kind", kind)?;
        map.serialize_entry("v", &VERSION)?;
        match self {
            Self::Text { text } => map.serialize_entry("text", text)?,
            Self::Reasoning { text, signature, duration_ms } => {
                map.serialize_entry("text", text)?;
                if let Some(signature) = signature {
                    map.serialize_entry("signature", signature)?;
                }
                if let Some(duration) = duration_ms {
                    map.serialize_entry("durationMs", duration)?;
                }
            }
            Self::Notice { code, params } => {
                map.serialize_entry("code", code)?;
                map.serialize_entry("params", params)?;
            }
            Self::Other(_) => {}
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let Some(kind) = value.get("kind").and_then(Value::as_str) else {
            return Err(D::Error::missing_field("kind"));
        };
        let text = || value.get("text").and_then(Value::as_str).map(str::to_owned);
        let known = match kind {
            _ if value.get("v").and_then(Value::as_u64).unwrap_or(VERSION) != VERSION => None,
            "text" => text().map(|text| Self::Text { text }),
            "reasoning" => text().map(|text| Self::Reasoning {
                text,
                signature: value.get("signature").and_then(Value::as_str).map(str::to_owned),
                duration_ms: value.get("durationMs").and_then(Value::as_u64),
            }),
            "notice" => value.get("code").and_then(Value::as_str).map(|code| Self::Notice {
                code: code.to_owned(),
                params: value.get("params").and_then(|p| Params::deserialize(p).ok()).unwrap_or_default(),
            }),
            _ => None,
        };
        Ok(known.unwrap_or(Self::Other(value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parts_survive_a_round_trip() {
        let parts = vec![
            Part::Reasoning { text: "hm\n".into(), signature: Some("s".into()), duration_ms: Some(12) },
            Part::text("  "),
            Part::Notice { code: "context.trimmed".into(), params: crate::error::params([("count", "3".into())]) },
        ];
        let wire = serde_json::to_value(&parts).expect("serialises");
        assert_eq!(wire[1], json!({"kind": "text", "v": 1, "text": "  "}));
        assert_eq!(serde_json::from_value::<Vec<Part>>(wire).expect("parses"), parts);
    }

    #[test]
    fn unknown_kinds_and_versions_are_kept_verbatim() {
        for value in [
            json!({"kind": "hologram", "v": 1, "depth": [1, 2]}),
            json!({"kind": "text", "v": 9, "text": "x", "lang": "en"}),
        ] {
            let part: Part = serde_json::from_value(value.clone()).expect("parses");
            assert_eq!(part, Part::Other(value.clone()));
            assert_eq!(serde_json::to_value(&part).expect("serialises"), value);
        }
    }

    #[test]
    fn only_text_counts_as_visible_text() {
        assert_eq!(plain_text(&[Part::text("a "), Part::reasoning("x"), Part::text(" b")]), "a  b");
    }
}
