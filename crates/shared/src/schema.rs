//! Schemas of types that are read and written by hand.

use crate::Part;
use crate::part::{FilePart, ToolPart};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

impl JsonSchema for Part {
    fn schema_name() -> Cow<'static, str> {
        "Part".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let text = json_schema!({"type": "string"});
        let tagged = |kind: &str, body: Schema| json_schema!({"allOf": [tag(kind), body]});
        let (tool, file) = (generator.subschema_for::<ToolPart>(), generator.subschema_for::<FilePart>());
        let words = json_schema!({"type": "object", "required": ["text"], "properties": {"text": text}});
        let thoughts = json_schema!({"type": "object", "required": ["text"], "properties": {
            "text": text, "signature": text, "durationMs": {"type": "integer", "minimum": 0},
        }});
        let notice = json_schema!({"type": "object", "required": ["code"], "properties": {
            "code": text, "params": {"type": "object", "additionalProperties": text},
        }});
        json_schema!({
            "description": "One part of a message. A kind or version that is not here is of a newer release, and is kept as it is.",
            "anyOf": [
                tagged("text", words),
                tagged("reasoning", thoughts),
                tagged("tool", tool),
                tagged("image", file.clone()),
                tagged("file", file),
                tagged("notice", notice),
                {"type": "object", "required": ["kind"], "properties": {"kind": {"not": {
                    "enum": ["text", "reasoning", "tool", "image", "file", "notice"],
                }}}},
            ],
        })
    }
}

fn tag(kind: &str) -> Schema {
    json_schema!({"type": "object", "required": ["kind"], "properties": {
        "kind": {"const": kind}, "v": {"type": "integer", "const": 1},
    }})
}
