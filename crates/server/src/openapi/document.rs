//! The document, made of the table of routes, of what each operation takes and answers, and of the schemas of those types.
//! It follows OpenAPI 3.1 (<https://spec.openapis.org/oas/v3.1.1>), whose schemas are those of JSON Schema 2020-12.

use super::operation::{Answer, Body, Content, Operation};
use super::schemas::{Schemas, Side};
use crate::auth::Access;
use crate::error::standards::Form;
use crate::routes::{Line, TABLE};
use serde_json::{Map, Value, json};
use shared::keys::Scope;
use std::collections::BTreeMap;

/// What each part of the API is about, by the beginning of its paths; the first that fits counts.
const TAGS: &[(&str, &str, &str)] = &[
    ("/v1", "Programs", "The interfaces of OpenAI and Anthropic."),
    ("/ai-gateway", "Programs", ""),
    ("/code-completion", "Programs", ""),
    ("/api/auth", "Accounts", "Signing in, and what belongs to one's account."),
    ("/api/keys", "Accounts", ""),
    ("/api/users", "Accounts", ""),
    ("/api/chat", "Chat", "Messages, answers, chats, folders, files and search."),
    ("/api/events", "Chat", ""),
    ("/api/sessions", "Chat", ""),
    ("/api/messages", "Chat", ""),
    ("/api/folders", "Chat", ""),
    ("/api/tags", "Chat", ""),
    ("/api/files", "Chat", ""),
    ("/api/search", "Chat", ""),
    ("/api/models", "Models", "Connections and the models that come from them."),
    ("/api/connections", "Models", ""),
    ("/api/my/connections", "Models", ""),
    ("/api/catalog", "Models", ""),
    ("/api/task-trace", "Records", "What happened: traces, audit log, usage, budgets."),
    ("/api/audit", "Records", ""),
    ("/api/usage", "Records", ""),
    ("/api/logs", "Records", ""),
    ("/api/budgets", "Records", ""),
    ("/api/my/budgets", "Records", ""),
    ("/api/admin", "People", "Who may come in."),
    ("/api/identity-providers", "People", ""),
    ("", "Server", "The server itself and its settings."),
];

/// Makes the document.
pub(super) fn document(operations: Vec<Operation>, examples: &Map<String, Value>) -> Value {
    let by_name: BTreeMap<_, _> = operations.into_iter().map(|operation| (operation.name, operation)).collect();
    let mut schemas = Schemas::new();
    let mut paths = Map::new();
    for line in TABLE {
        let Some(operation) = by_name.get(line.name) else { continue };
        let written = Writer { line, operation, example: examples.get(line.name) }.write(&mut schemas);
        let path = paths.entry(address(line.path)).or_insert_with(|| json!({}));
        path[line.method.to_ascii_lowercase()] = written;
    }
    let mut document = json!({
        "openapi": "3.1.1",
        "info": {
            "title": "AIChat",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "MIT", "identifier": "MIT"},
            "description": "JSON with camelCase names; times are RFC 3339; ids are opaque. Below `/v1` the standards' own forms hold.",
        },
        "servers": [{"url": "/"}],
        "tags": tags(),
        "paths": paths,
        "components": {
            "headers": headers(),
            "responses": {"Refused": refusal("ApiError"), "RefusedOpenAi": refusal("OpenAiError"), "RefusedAnthropic": refusal("AnthropicError")},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "An access token of a login."},
                "key": {"type": "http", "scheme": "bearer", "description": "An API key, `sk-aichat-…`, with the scope that is named."},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "aichat_access",
                    "description": "The cookie of a browser; what changes something needs `X-AIChat-Request: 1` beside it."},
                "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key",
                    "description": "The same key as Anthropic's clients show it, below `/v1`."},
                "metrics": {"type": "http", "scheme": "bearer", "description": "The token of metrics."},
                "pass": {"type": "http", "scheme": "bearer", "description": "A pass of `aichat doctor`."},
            },
        },
    });
    schemas.settle(&mut document);
    document
}

fn tags() -> Vec<Value> {
    let told = TAGS.iter().filter(|(_, _, about)| !about.is_empty());
    told.map(|(_, name, about)| json!({"name": name, "description": about})).collect()
}

fn tag(path: &str) -> &'static str {
    TAGS.iter().find(|(root, ..)| path.starts_with(root)).map_or("Server", |(_, name, _)| name)
}

/// The path as OpenAPI writes it: without the pattern of a parameter.
fn address(path: &str) -> String {
    let mut plain = String::new();
    let mut hidden = false;
    for letter in path.chars() {
        match letter {
            ':' => hidden = true,
            '}' => hidden = false,
            _ => {}
        }
        if !hidden {
            plain.push(letter);
        }
    }
    plain
}

fn refusal(schema: &str) -> Value {
    json!({
        "description": "It was refused, or failed: `code` says why, and stays the same in every version.",
        "content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}},
    })
}

/// One operation on its way into the document.
struct Writer<'a> {
    line: &'a Line,
    operation: &'a Operation,
    example: Option<&'a Value>,
}

impl Writer<'_> {
    fn write(&self, schemas: &mut Schemas) -> Value {
        let mut written = json!({
            "operationId": self.line.name.replace("::", "_"),
            "summary": self.operation.summary,
            "tags": [tag(self.line.path)],
            "security": security(self.line),
            "responses": self.responses(schemas),
        });
        let parameters = self.parameters(schemas);
        if !parameters.is_empty() {
            written["parameters"] = parameters.into();
        }
        if let Some(body) = self.body(schemas) {
            written["requestBody"] = body;
        }
        written
    }

    fn parameters(&self, schemas: &mut Schemas) -> Vec<Value> {
        let address = address(self.line.path);
        let ids = address.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let ids = ids.map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}));
        let mut parameters: Vec<_> = ids.collect();
        if let Some(shape) = self.operation.query {
            parameters.extend(schemas.query(shape));
        }
        parameters
    }

    fn body(&self, schemas: &mut Schemas) -> Option<Value> {
        let (schema, required) = match &self.operation.body {
            Body::None => return None,
            Body::Bytes(media) => {
                let content: Map<_, _> = media.iter().map(|media| ((*media).to_owned(), json!({}))).collect();
                return Some(json!({"required": true, "content": content}));
            }
            Body::Json(shape) => (schemas.of(*shape, Side::Request), true),
            Body::Maybe(shape) => (schemas.of(*shape, Side::Request), false),
            Body::Foreign(foreign) => (schemas.foreign(foreign), true),
        };
        Some(json!({"required": required, "content": {"application/json": self.with_example(&schema, "request")}}))
    }

    fn with_example(&self, schema: &Value, which: &str) -> Value {
        match self.example.and_then(|example| example.get(which)) {
            Some(example) => json!({"schema": schema, "example": example}),
            None => json!({"schema": schema}),
        }
    }

    fn responses(&self, schemas: &mut Schemas) -> Value {
        let mut responses = Map::new();
        for answer in &self.operation.answers {
            let response = responses
                .entry(answer.status.to_string())
                .or_insert_with(|| json!({"description": describe(answer.status)}));
            if let Some((media, content)) = self.content(answer, schemas) {
                response["content"][media] = content;
            }
            if let Some(headers) = self.headers() {
                response["headers"] = headers;
            }
        }
        let refused = match Form::at(self.line.path) {
            None => "Refused",
            Some(Form::OpenAi) => "RefusedOpenAi",
            Some(Form::Anthropic) => "RefusedAnthropic",
        };
        let refused = json!({"$ref": format!("#/components/responses/{refused}")});
        for status in self.refusals() {
            responses.entry(status).or_insert_with(|| refused.clone());
        }
        responses.into()
    }

    /// The statuses of what is refused wherever requests are like this one; `default` stands for all others.
    fn refusals(&self) -> Vec<&'static str> {
        let takes = !matches!(self.operation.body, Body::None);
        let is_known = self.line.access != Access::Public;
        let all = [
            ("400", takes || self.operation.query.is_some()),
            ("401", is_known),
            ("403", is_known),
            ("404", self.line.path.contains('{')),
            ("413", takes),
            ("429", true),
            ("default", true),
        ];
        all.into_iter().filter(|(_, is_due)| *is_due).map(|(status, _)| status).collect()
    }

    /// The headers that this operation's answers have beside the usual ones.
    fn headers(&self) -> Option<Value> {
        let ours = std::iter::once(ADMISSION.to_owned());
        let names: Vec<_> = match self.line.name {
            "runs::stream_answer" | "runs::start_answer" | "runs::whole_answer" => ours.collect(),
            name if name.starts_with("v1::") && self.line.method == "POST" => {
                ours.chain(left().map(|(name, _)| name)).collect()
            }
            _ => return None,
        };
        let place = |name: String| {
            let place = json!({"$ref": format!("#/components/headers/{name}")});
            (name, place)
        };
        Some(names.into_iter().map(place).collect())
    }

    fn content(&self, answer: &Answer, schemas: &mut Schemas) -> Option<(&'static str, Value)> {
        let json = "application/json";
        let events = "text/event-stream";
        Some(match &answer.content {
            Content::None => return None,
            Content::Media(kind) => (kind, json!({})),
            Content::Json(shape) => {
                let schema = schemas.of(*shape, Side::Response);
                let is_example = self.example.is_some_and(|example| example["status"] == answer.status);
                (json, if is_example { self.with_example(&schema, "response") } else { json!({"schema": schema}) })
            }
            Content::Foreign(foreign) => (json, self.with_example(&schemas.foreign(foreign), "response")),
            Content::Events(shape) => (events, event(&schemas.of(*shape, Side::Response))),
            Content::ForeignEvents(foreign) => {
                let failure =
                    if Form::at(self.line.path) == Some(Form::Anthropic) { "AnthropicError" } else { "OpenAiError" };
                let failure = json!({"$ref": format!("#/components/schemas/{failure}")});
                (events, event(&json!({"anyOf": [schemas.foreign(foreign), failure]})))
            }
        })
    }
}

/// Our own time, in the head of every answer of a model.
const ADMISSION: &str = "x-aichat-admission-ms";
/// What is left of a budget, for each unit that it may be in.
const LEFT: [(&str, &str); 3] = [
    ("limit", "How much a budget allows, where one holds."),
    ("remaining", "What of it is left."),
    ("reset", "In how many seconds it starts anew, as `90s`."),
];
const UNITS: [&str; 3] = ["requests", "tokens", "money"];

fn left() -> impl Iterator<Item = (String, &'static str)> {
    let of = |unit: &'static str| LEFT.iter().map(move |(name, about)| (format!("x-ratelimit-{name}-{unit}"), *about));
    UNITS.into_iter().flat_map(of)
}

fn headers() -> Value {
    let ours = "This server's own time until a provider was called, in milliseconds.";
    let all = std::iter::once((ADMISSION.to_owned(), ours)).chain(left());
    all.map(|(name, about)| (name, json!({"description": about, "schema": {"type": "string"}}))).collect()
}

/// A stream has the schema of what stands behind `data:` of each event.
fn event(schema: &Value) -> Value {
    json!({"schema": {"type": "string", "contentMediaType": "application/json", "contentSchema": schema}})
}

fn describe(status: u16) -> &'static str {
    match status {
        201 => "It was made.",
        202 => "It was taken on, and something is still to come.",
        204 => "It was done; there is nothing to say.",
        304 => "The caller has this very answer (`If-None-Match`).",
        503 => "It does not work at the moment.",
        _ => "It was done.",
    }
}

/// Who may call; with a key only where a scope is named.
fn security(line: &Line) -> Value {
    let ways = match line.access {
        Access::Public => return json!([]),
        Access::SelfTest => return json!([{"pass": []}]),
        Access::Metrics => return json!([{"metrics": []}, {"token": []}, {"key": [Scope::Admin.as_str()]}]),
        Access::Account | Access::User | Access::Admin => json!([{"token": []}, {"cookie": []}]),
    };
    let mut ways = ways.as_array().cloned().unwrap_or_default();
    ways.extend(line.scope.map(|scope: Scope| json!({"key": [scope.as_str()]})));
    let takes_header = line.path.starts_with("/v1/");
    ways.extend(line.scope.filter(|_| takes_header).map(|scope: Scope| json!({"apiKey": [scope.as_str()]})));
    ways.into()
}
