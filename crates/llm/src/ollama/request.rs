//! A conversation in the form of Ollama's `/api/chat`.
//!
//! What this protocol demands: pictures as bare base64 beside the text, arguments of calls as objects, results by the
//! name of the tool, everything about sampling among the `options`.

use crate::client::{no_file, put};
use crate::encode::{base64, object};
use crate::error::Error;
use crate::history::{History, Part, Turn, any_id};
use crate::request::{CompletionRequest, Effort, JsonAnswer, Role, Tool, ToolChoice};
use serde_json::{Map, Value, json};

pub(super) fn body(request: &CompletionRequest) -> Result<Map<String, Value>, Error> {
    let mut body = Map::new();
    body.insert("model".into(), request.model.as_str().into());
    body.insert("messages".into(), Value::Array(messages(request)?));
    body.insert("stream".into(), true.into());
    // There is no switch for the choice; leaving the tools out is the only way to forbid them.
    if request.tool_choice != Some(ToolChoice::None) {
        let tools: Vec<Value> = request.tools.iter().map(tool).collect();
        put(&mut body, "tools", (!tools.is_empty()).then_some(tools));
    }
    put(&mut body, "think", request.told_effort().map(|effort| think(&request.model, effort)));
    put(&mut body, "format", request.json.as_ref().map(format));
    let options = options(request);
    put(&mut body, "options", (!options.is_empty()).then_some(options));
    Ok(body)
}

/// Most models can only be told whether to think; gpt-oss always does, and is told how hard.
fn think(model: &str, effort: Effort) -> Value {
    if model.contains("gpt-oss") {
        return crate::openai_chat::dialect::nearest(&["low", "medium", "high"], effort).into();
    }
    (effort != Effort::Off).into()
}

fn format(json: &JsonAnswer) -> Value {
    match json {
        JsonAnswer::Object => "json".into(),
        JsonAnswer::Schema { schema, .. } => schema.clone(),
    }
}

fn options(request: &CompletionRequest) -> Map<String, Value> {
    let (mut options, sampling) = (Map::new(), &request.sampling);
    put(&mut options, "num_predict", request.max_tokens);
    put(&mut options, "num_ctx", request.context_window);
    put(&mut options, "temperature", sampling.temperature);
    put(&mut options, "top_p", sampling.top_p);
    put(&mut options, "top_k", sampling.top_k);
    put(&mut options, "presence_penalty", sampling.presence_penalty);
    put(&mut options, "frequency_penalty", sampling.frequency_penalty);
    put(&mut options, "seed", sampling.seed);
    put(&mut options, "stop", (!sampling.stop.is_empty()).then(|| sampling.stop.clone()));
    options
}

fn tool(tool: &Tool) -> Value {
    json!({"type": "function", "function": {
        "name": tool.name, "description": tool.description, "parameters": tool.schema,
    }})
}

fn messages(request: &CompletionRequest) -> Result<Vec<Value>, Error> {
    let history = History::of(request, any_id);
    let mut messages = Vec::with_capacity(history.turns.len() + 1);
    if !history.system.is_empty() {
        messages.push(json!({"role": "system", "content": history.system}));
    }
    for turn in &history.turns {
        match turn.role {
            Role::Tool => results(turn, &mut messages),
            Role::Assistant => messages.push(assistant(turn)),
            Role::User | Role::System => messages.push(user(turn)?),
        }
    }
    Ok(messages)
}

fn user(turn: &Turn<'_>) -> Result<Value, Error> {
    let mut images = Vec::new();
    for part in &turn.parts {
        match part {
            Part::Image(media) => images.push(base64(media)),
            Part::File(file) => return Err(no_file(&file.media.media_type)),
            _ => {}
        }
    }
    Ok(with_images(json!({"role": "user", "content": turn.text()}), images))
}

fn assistant(turn: &Turn<'_>) -> Value {
    let (mut calls, mut thoughts) = (Vec::new(), String::new());
    for part in &turn.parts {
        match part {
            Part::Call { call, .. } => {
                calls.push(json!({"function": {"name": call.name, "arguments": object(&call.arguments)}}));
            }
            Part::Reasoning { text, .. } if turn.current => thoughts.push_str(text),
            _ => {}
        }
    }
    let mut message = json!({"role": "assistant", "content": turn.text()});
    if !thoughts.is_empty() {
        message["thinking"] = thoughts.into();
    }
    if !calls.is_empty() {
        message["tool_calls"] = Value::Array(calls);
    }
    message
}

fn results(turn: &Turn<'_>, messages: &mut Vec<Value>) {
    for part in &turn.parts {
        let Part::Result { name, said, .. } = part else { continue };
        let message = json!({"role": "tool", "tool_name": name, "content": said.text});
        messages.push(with_images(message, said.images.iter().map(base64).collect()));
    }
}

fn with_images(mut message: Value, images: Vec<String>) -> Value {
    if !images.is_empty() {
        message["images"] = images.into();
    }
    message
}
