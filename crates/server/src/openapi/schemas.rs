//! The schemas of all types that requests and answers are made of, each once. A type that is read otherwise than it is
//! written, as fields may be left out of requests alone, has a schema for each side.

use super::operation::Shape;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Where schemas stand, and where those of requests do until it is known which of them differ.
const PLACE: &str = "#/components/schemas/";
const REQUESTS: &str = "#/components/requests/";

/// The bodies of OpenAI's and Anthropic's interfaces, as far as we read or write them: fields that are not there pass
/// through.
const PROGRAMS: &str = include_str!("programs.json");

/// Which way a type goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Response,
}

/// The schemas so far.
pub(super) struct Schemas {
    requests: SchemaGenerator,
    responses: SchemaGenerator,
    foreign: Map<String, Value>,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = |place: &str| {
            let place = place.trim_start_matches('#').trim_end_matches('/').to_owned();
            SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = place.into())
        };
        let mut responses = settings(PLACE).for_serialize().into_generator();
        // Of failures, which stand in no operation's own answers.
        responses.subschema_for::<shared::ApiError>();
        let requests = settings(REQUESTS).for_deserialize().into_generator();
        let foreign = serde_json::from_str(PROGRAMS).expect("our own file");
        Self { requests, responses, foreign }
    }

    /// The schema of a type, or where it stands.
    pub(super) fn of(&mut self, shape: Shape, side: Side) -> Value {
        match side {
            Side::Request => shape(&mut self.requests).to_value(),
            Side::Response => shape(&mut self.responses).to_value(),
        }
    }

    /// The parameters that a query is made of.
    pub(super) fn query(&mut self, shape: Shape) -> Vec<Value> {
        let schema = shape(&mut self.requests).to_value();
        let name = schema["$ref"].as_str().and_then(|place| place.strip_prefix(REQUESTS)).unwrap_or_default();
        let Some(schema) = self.requests.definitions_mut().remove(name) else { return Vec::new() };
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let properties = schema["properties"].as_object().cloned().unwrap_or_default();
        let parameter = |(name, mut schema): (String, Value)| {
            let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            let mut parameter = json!({"name": name, "in": "query", "schema": schema});
            if let Some(description) = description {
                parameter["description"] = description;
            }
            if required.contains(&json!(name)) {
                parameter["required"] = true.into();
            }
            parameter
        };
        properties.into_iter().map(parameter).collect()
    }

    /// Where the schema of a foreign body stands.
    pub(super) fn foreign(&self, name: &str) -> Value {
        assert!(self.foreign.contains_key(name), "openapi/programs.json has no {name}");
        json!({"$ref": format!("{PLACE}{name}")})
    }

    /// Puts all schemas into the document, and says in it which is which.
    pub(super) fn settle(mut self, document: &mut Value) {
        let requests = self.requests.take_definitions(true);
        let mut schemas = self.responses.take_definitions(true);
        let apart = differing(&requests, &schemas);
        for (name, schema) in requests {
            if apart.contains(&name) {
                schemas.insert(format!("{name}Request"), schema);
            } else {
                schemas.entry(name).or_insert(schema);
            }
        }
        schemas.extend(self.foreign);
        for (name, schema) in errors() {
            schemas.insert(name.to_owned(), schema);
        }
        let codes: Vec<_> = shared::ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        if let Some(code) = schemas.get_mut("ApiError").and_then(|error| error["properties"].get_mut("code")) {
            code["examples"] = codes.into();
        }
        document["components"]["schemas"] = schemas.into();
        rename(document, &apart);
    }
}

/// The names that stand for something else in requests than in answers, or hold something that does.
fn differing(requests: &Map<String, Value>, responses: &Map<String, Value>) -> BTreeSet<String> {
    let plain = |schema: &Value| {
        let mut schema = schema.clone();
        rename(&mut schema, &BTreeSet::new());
        schema
    };
    let mut apart: BTreeSet<String> = requests
        .iter()
        .filter(|(name, schema)| responses.get(*name).is_some_and(|other| plain(schema) != *other))
        .map(|(name, _)| name.clone())
        .collect();
    loop {
        let holds = |schema: &Value| apart.iter().any(|name| refers(schema, name));
        let more: Vec<_> = requests
            .iter()
            .filter(|(name, schema)| !apart.contains(*name) && responses.contains_key(*name) && holds(schema))
            .map(|(name, _)| name.clone())
            .collect();
        if more.is_empty() {
            return apart;
        }
        apart.extend(more);
    }
}

fn refers(schema: &Value, name: &str) -> bool {
    match schema {
        Value::Object(fields) => fields.iter().any(|(key, value)| {
            let place = value.as_str().and_then(|place| place.strip_prefix(REQUESTS));
            (key == "$ref" && place == Some(name)) || refers(value, name)
        }),
        Value::Array(items) => items.iter().any(|item| refers(item, name)),
        _ => false,
    }
}

/// Leads references to schemas of requests to where those stand now, and makes plain words of descriptions.
fn rename(value: &mut Value, apart: &BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(text) if key == "$ref" => {
                        if let Some(name) = text.strip_prefix(REQUESTS) {
                            let end = if apart.contains(name) { "Request" } else { "" };
                            *text = format!("{PLACE}{name}{end}");
                        }
                    }
                    Value::String(text) if key == "description" => *text = words(text),
                    _ => rename(value, apart),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, apart)),
        _ => {}
    }
}

/// What a comment says to somebody who does not see the source: no line ends of ours, and no ways into it.
fn words(comment: &str) -> String {
    let mut plain = String::new();
    let mut rest = comment;
    while let Some((before, link)) = rest.split_once("[`") {
        let Some((target, after)) = link.split_once("`]") else { break };
        let name = target.rsplit("::").next().unwrap_or(target);
        plain.push_str(before);
        plain.push('`');
        plain.push_str(name);
        plain.push('`');
        rest = after;
    }
    plain.push_str(rest);
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The forms of failures that are not ours.
fn errors() -> [(&'static str, Value); 2] {
    let text = json!({"type": "string"});
    let open_ai = json!({"type": "object", "required": ["error"], "properties": {"error": {
        "type": "object", "required": ["message", "type", "code"],
        "properties": {"message": text, "type": text, "param": {}, "code": text, "request_id": text},
    }}});
    let anthropic = json!({"type": "object", "required": ["type", "error"], "properties": {
        "type": {"const": "error"}, "request_id": text,
        "error": {"type": "object", "required": ["type", "message"], "properties": {"type": text, "message": text, "code": text}},
    }});
    [("OpenAiError", open_ai), ("AnthropicError", anthropic)]
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_comment_becomes_a_sentence() {
        let comment = "Items wanted, at most\n[`crate::limits::MAX_PAGE`], of [`Model`].";
        assert_eq!(words(comment), "Items wanted, at most `MAX_PAGE`, of `Model`.");
        assert_eq!(words("a [`link without an end"), "a [`link without an end");
    }
}
