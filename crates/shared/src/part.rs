//! What a message is made of: an ordered list of tagged, versioned parts.
//!
//! A part is `{"kind": …, "v": 1, …}`. A kind or version that this build does not know is kept verbatim as
//! [`Part::Other`], so an older release never destroys what a newer one wrote.

use crate::FileId;
use crate::error::Params;
use serde::de::Error as _;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The version this build writes.
const VERSION: u64 = 1;

/// What a part takes beside its words, in bytes: the names of its fields, its number.
pub const PART_BYTES: usize = 64;

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
    /// A tool that the model called, with what came of it.
    Tool(Box<ToolPart>),
    /// A picture of the person's.
    Image(FilePart),
    /// A document of the person's.
    File(FilePart),
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

/// A call of a tool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ToolPart {
    /// The provider's id of the call.
    pub call: String,
    /// The tool's name.
    pub name: String,
    /// The arguments so far, as the model writes them: JSON, unless it was cut or erred.
    #[serde(default)]
    pub arguments: String,
    /// What the tool said, or why it did not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// Where the call stands.
    #[serde(default)]
    pub state: ToolState,
    /// The provider's seal on the call, which it wants back within the turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// Where a call of a tool stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ToolState {
    /// The model still writes the arguments, or the tool works.
    #[default]
    Running,
    /// The tool answered.
    Done,
    /// The tool failed or is not there; the result says why.
    Failed,
}

/// A file in a message. Everything but the id is there to be shown without asking for the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FilePart {
    /// The file.
    pub file_id: FileId,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its media type.
    #[serde(default)]
    pub media_type: String,
    /// Its size in bytes.
    #[serde(default)]
    pub size: u64,
    /// Width in pixels, for pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels, for pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Estimated tokens that it takes of a model's context.
    #[serde(default)]
    pub tokens: u64,
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

    /// What a part that a model wrote takes, in bytes: the text, the thoughts with their seal, a call with its result, and
    /// what stands around them.
    #[must_use]
    pub fn written(&self) -> usize {
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        match self {
            Self::Text { text } => PART_BYTES + text.len(),
            Self::Reasoning { text, signature, .. } => PART_BYTES + text.len() + length(signature),
            Self::Tool(tool) => {
                let ToolPart { call, name, arguments, result, signature, .. } = &**tool;
                PART_BYTES + call.len() + name.len() + arguments.len() + length(result) + length(signature)
            }
            Self::Image(_) | Self::File(_) | Self::Notice { .. } | Self::Other(_) => 0,
        }
    }

    /// Appends to a text, to thoughts or to the arguments of a call; other kinds do not grow.
    pub fn push_str(&mut self, more: &str) {
        match self {
            Self::Text { text } | Self::Reasoning { text, .. } => text.push_str(more),
            Self::Tool(tool) => tool.arguments.push_str(more),
            Self::Image(_) | Self::File(_) | Self::Notice { .. } | Self::Other(_) => {}
        }
    }

    /// The file of this part, if it has one.
    #[must_use]
    pub fn file(&self) -> Option<&FilePart> {
        match self {
            Self::Image(file) | Self::File(file) => Some(file),
            _ => None,
        }
    }
}

/// The visible text of a message: its text parts, joined without anything between them.
#[must_use]
pub fn plain_text(parts: &[Part]) -> String {
    parts.iter().filter_map(Part::as_text).collect()
}

/// A part with its tag and version, as it stands on the wire.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Tagged<'a, T> {
    kind: &'static str,
    v: u64,
    #[serde(flatten)]
    body: &'a T,
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Other(value) => value.serialize(serializer),
            Self::Tool(body) => Tagged { kind: "tool", v: VERSION, body: &**body }.serialize(serializer),
            Self::Image(body) => Tagged { kind: "image", v: VERSION, body }.serialize(serializer),
            Self::File(body) => Tagged { kind: "file", v: VERSION, body }.serialize(serializer),
            Self::Text { text } => {
                let mut map = tagged(serializer, "text")?;
                map.serialize_entry("text", text)?;
                map.end()
            }
            Self::Reasoning { text, signature, duration_ms } => {
                let mut map = tagged(serializer, "reasoning")?;
                map.serialize_entry("text", text)?;
                if let Some(signature) = signature {
                    map.serialize_entry("signature", signature)?;
                }
                if let Some(duration) = duration_ms {
                    map.serialize_entry("durationMs", duration)?;
                }
                map.end()
            }
            Self::Notice { code, params } => {
                let mut map = tagged(serializer, "notice")?;
                map.serialize_entry("code", code)?;
                map.serialize_entry("params", params)?;
                map.end()
            }
        }
    }
}

fn tagged<S: Serializer>(serializer: S, kind: &str) -> Result<S::SerializeMap, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("kind", kind)?;
    map.serialize_entry("v", &VERSION)?;
    Ok(map)
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
            "tool" => ToolPart::deserialize(&value).ok().map(|tool| Self::Tool(Box::new(tool))),
            "image" => FilePart::deserialize(&value).ok().map(Self::Image),
            "file" => FilePart::deserialize(&value).ok().map(Self::File),
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
            Part::Tool(Box::new(ToolPart {
                call: "c".into(),
                name: "f".into(),
                arguments: "{".into(),
                result: Some("no".into()),
                state: ToolState::Failed,
                signature: None,
            })),
            Part::Image(FilePart {
                file_id: "i".into(),
                name: "a.png".into(),
                media_type: "image/png".into(),
                size: 9,
                width: Some(3),
                height: Some(2),
                tokens: 85,
            }),
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
