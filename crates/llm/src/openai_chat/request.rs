//! A conversation in the form of Chat Completions, with the traits of the vendor that is asked.

use super::dialect::{Replay, Search, Traits};
use crate::client::put;
use crate::encode::data_url;
use crate::history::{History, Part, Turn};
use crate::request::{CompletionRequest, JsonAnswer, Role, Sampling, Tool, ToolCall, ToolChoice};
use crate::seal;
use serde_json::{Map, Value, json};

/// The request's body: exactly what was asked, nothing that a strict server could refuse but the wish for usage.
pub(super) fn body(request: &CompletionRequest, traits: &Traits, ask_usage: bool) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("model".into(), request.model.as_str().into());
    body.insert("messages".into(), Value::Array(messages(request, traits)));
    body.insert("stream".into(), true.into());
    put(&mut body, "stream_options", ask_usage.then(|| json!({"include_usage": true})));
    settings(&mut body, request, traits);
    put(&mut body, "response_format", request.json.as_ref().map(response_format));
    tools(&mut body, request, traits.search);
    body
}

/// What says how the answer is written.
pub(super) fn settings(body: &mut Map<String, Value>, request: &CompletionRequest, traits: &Traits) {
    put(body, traits.max_tokens, request.max_tokens);
    if traits.sampling {
        sampling(body, &request.sampling, traits);
    }
    if let Some(effort) = request.told_effort() {
        body.extend(traits.thinking.fields(effort));
    }
}

fn sampling(body: &mut Map<String, Value>, sampling: &Sampling, traits: &Traits) {
    put(body, "temperature", sampling.temperature);
    put(body, "top_p", sampling.top_p);
    put(body, "top_k", sampling.top_k.filter(|_| traits.top_k));
    put(body, traits.seed, sampling.seed);
    if traits.penalties {
        put(body, "presence_penalty", sampling.presence_penalty);
        put(body, "frequency_penalty", sampling.frequency_penalty);
        put(body, "stop", (!sampling.stop.is_empty()).then(|| sampling.stop.clone()));
    }
}

fn response_format(json: &JsonAnswer) -> Value {
    match json {
        JsonAnswer::Object => json!({"type": "json_object"}),
        JsonAnswer::Schema { name, schema } => {
            json!({"type": "json_schema", "json_schema": {"name": name, "schema": schema}})
        }
    }
}

fn tools(body: &mut Map<String, Value>, request: &CompletionRequest, search: Search) {
    let mut tools: Vec<Value> = request.tools.iter().map(tool).collect();
    put(body, "tool_choice", request.tool_choice.as_ref().filter(|_| !tools.is_empty()).map(tool_choice));
    // The table's JSON is checked by its test.
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    match search {
        Search::Field(name, value) if request.web_search => drop(body.insert(name.to_owned(), json(value))),
        Search::Tool(value) if request.web_search => tools.push(json(value)),
        _ => {}
    }
    put(body, "tools", (!tools.is_empty()).then_some(tools));
}

fn tool(tool: &Tool) -> Value {
    json!({"type": "function", "function": {
        "name": tool.name, "description": tool.description, "parameters": tool.schema,
    }})
}

fn tool_choice(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::Auto => "auto".into(),
        ToolChoice::None => "none".into(),
        ToolChoice::Required => "required".into(),
        ToolChoice::Named(name) => json!({"type": "function", "function": {"name": name}}),
    }
}

fn messages(request: &CompletionRequest, traits: &Traits) -> Vec<Value> {
    let history = History::of(request, traits.ids);
    let mut messages = Vec::with_capacity(history.turns.len() + 1);
    if !history.system.is_empty() {
        messages.push(json!({"role": "system", "content": history.system}));
    }
    for turn in &history.turns {
        match turn.role {
            Role::Assistant => messages.push(assistant(turn, traits.replay)),
            Role::Tool => results(turn, &mut messages),
            Role::User | Role::System => messages.push(json!({"role": "user", "content": content(turn)})),
        }
    }
    messages
}

/// Plain text where it suffices: servers exist that know nothing else.
fn content(turn: &Turn<'_>) -> Value {
    if turn.is_text() {
        return turn.text().into();
    }
    let pieces = turn.parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(json!({"type": "text", "text": text})),
        Part::Image(media) => Some(json!({"type": "image_url", "image_url": {"url": data_url(media)}})),
        Part::File(file) => Some(json!({"type": "file", "file": {
            "filename": file.name, "file_data": data_url(&file.media),
        }})),
        _ => None,
    });
    pieces.collect()
}

fn assistant(turn: &Turn<'_>, replay: Replay) -> Value {
    let (mut calls, mut thoughts) = (Vec::new(), String::new());
    for part in &turn.parts {
        match part {
            Part::Call { id, call } => calls.push(tool_call(id, call)),
            Part::Reasoning { text, .. } => thoughts.push_str(text),
            _ => {}
        }
    }
    let mut text = turn.text();
    if replay == Replay::Tags && turn.current && !thoughts.is_empty() {
        text = format!("<think>\n{}\n</think>\n\n{text}", thoughts.trim_end_matches('\n'));
    }
    // Beside calls, an empty text is refused by some and `null` is the standard's own word.
    let content = if text.is_empty() && !calls.is_empty() { Value::Null } else { text.into() };
    let mut message = json!({"role": "assistant", "content": content});
    match replay {
        Replay::InTurn(field) if turn.current && !thoughts.is_empty() => message[field] = thoughts.into(),
        Replay::WithCalls(field) if !calls.is_empty() => message[field] = thoughts.into(),
        _ => {}
    }
    if !calls.is_empty() {
        message["tool_calls"] = Value::Array(calls);
    }
    message
}

fn tool_call(id: &str, call: &ToolCall) -> Value {
    let arguments = if call.arguments.trim().is_empty() { "{}" } else { &call.arguments };
    let mut wire = json!({"id": id, "type": "function", "function": {"name": call.name, "arguments": arguments}});
    if let Some(signature) = seal::open(super::SEAL, call.signature.as_deref()) {
        wire["extra_content"] = json!({"google": {"thought_signature": signature}});
    }
    wire
}

/// One message per result; the pictures of all of them after that, from the person: tools may only speak.
fn results(turn: &Turn<'_>, messages: &mut Vec<Value>) {
    let mut pictures = Vec::new();
    for part in &turn.parts {
        let Part::Result { id, name, said } = part else { continue };
        messages.push(json!({"role": "tool", "tool_call_id": id, "content": said.text}));
        if !said.images.is_empty() {
            pictures.push(json!({"type": "text", "text": format!("Made by {name}:")}));
        }
        let urls = said.images.iter().map(data_url);
        pictures.extend(urls.map(|url| json!({"type": "image_url", "image_url": {"url": url}})));
    }
    if !pictures.is_empty() {
        messages.push(json!({"role": "user", "content": pictures}));
    }
}
