//! A conversation in the form of Responses: a list of items, in which calls, results and thoughts stand for themselves.

use super::SEAL;
use crate::client::put;
use crate::encode::data_url;
use crate::history::{History, Part, Turn, any_id};
use crate::openai_chat::dialect;
use crate::request::{CompletionRequest, JsonAnswer, Role, Tool, ToolChoice, ToolResult};
use crate::seal;
use serde_json::{Map, Value, json};

/// Families that think, and hand out their thoughts sealed.
const THINKS: &[&str] = &["o1", "o3", "o4", "gpt-5", "gpt-6", "codex"];

/// The request's body. `summarised` asks for thoughts that a person can read.
pub(super) fn body(request: &CompletionRequest, summarised: bool) -> Map<String, Value> {
    let history = History::of(request, any_id);
    let thinks = thinks(&request.model);
    let mut body = Map::new();
    body.insert("model".into(), request.model.as_str().into());
    body.insert("input".into(), Value::Array(input(&history)));
    put(&mut body, "instructions", (!history.system.is_empty()).then_some(history.system.as_str()));
    body.insert("stream".into(), true.into());
    body.insert("store".into(), false.into());
    put(&mut body, "include", thinks.then(|| json!(["reasoning.encrypted_content"])));
    put(&mut body, "max_output_tokens", request.max_tokens);
    if !thinks {
        put(&mut body, "temperature", request.sampling.temperature);
        put(&mut body, "top_p", request.sampling.top_p);
    }
    put(&mut body, "reasoning", reasoning(request, summarised));
    put(&mut body, "text", request.json.as_ref().map(format));
    tools(&mut body, request);
    body
}

fn thinks(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model);
    THINKS.iter().any(|family| name.starts_with(family)) && !name.contains("-chat")
}

fn reasoning(request: &CompletionRequest, summarised: bool) -> Option<Value> {
    // The words are those of the same family in the other protocol.
    let fields = dialect::of("", &request.model).traits.thinking.fields(request.told_effort()?);
    let mut reasoning = json!({"effort": fields.get("reasoning_effort")?});
    if summarised {
        reasoning["summary"] = "auto".into();
    }
    Some(reasoning)
}

fn format(json: &JsonAnswer) -> Value {
    match json {
        JsonAnswer::Object => json!({"format": {"type": "json_object"}}),
        JsonAnswer::Schema { name, schema } => {
            json!({"format": {"type": "json_schema", "name": name, "schema": schema}})
        }
    }
}

fn tools(body: &mut Map<String, Value>, request: &CompletionRequest) {
    let mut tools: Vec<Value> = request.tools.iter().map(tool).collect();
    put(body, "tool_choice", request.tool_choice.as_ref().filter(|_| !tools.is_empty()).map(tool_choice));
    if request.web_search {
        tools.push(json!({"type": "web_search"}));
    }
    put(body, "tools", (!tools.is_empty()).then_some(tools));
}

/// Families that the provider can search the web for: OpenAI's, xAI's, and Doubao, whose hosts speak this protocol.
const SEARCHES: &[&str] = &["gpt-4o", "gpt-4.1", "gpt-5", "gpt-6", "o3", "o4", "grok-4", "doubao-seed"];
/// Members of these families that it cannot.
const SEARCHES_NOT: &[&str] = &["gpt-4.1-nano", "gpt-4o-audio", "gpt-4o-realtime", "o3-mini"];

/// Whether the provider can search the web for a model.
pub(crate) fn searches(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model).to_ascii_lowercase();
    let is_any = |families: &[&str]| families.iter().any(|family| name.starts_with(family));
    is_any(SEARCHES) && !is_any(SEARCHES_NOT)
}

/// Without `strict` the provider would hold every schema to rules of its own.
fn tool(tool: &Tool) -> Value {
    json!({
        "type": "function", "name": tool.name, "description": tool.description, "parameters": tool.schema,
        "strict": false,
    })
}

fn tool_choice(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::Auto => "auto".into(),
        ToolChoice::None => "none".into(),
        ToolChoice::Required => "required".into(),
        ToolChoice::Named(name) => json!({"type": "function", "name": name}),
    }
}

fn input(history: &History<'_>) -> Vec<Value> {
    let mut items = Vec::new();
    for turn in &history.turns {
        match turn.role {
            Role::Assistant => assistant(turn, &mut items),
            Role::Tool => items.extend(turn.parts.iter().filter_map(result)),
            Role::User | Role::System => {
                let content: Vec<Value> = turn.parts.iter().filter_map(piece).collect();
                items.push(json!({"type": "message", "role": "user", "content": content}));
            }
        }
    }
    items
}

fn piece(part: &Part<'_>) -> Option<Value> {
    match part {
        Part::Text(text) => Some(json!({"type": "input_text", "text": text})),
        Part::Image(media) => Some(json!({"type": "input_image", "image_url": data_url(media)})),
        Part::File(file) => {
            Some(json!({"type": "input_file", "filename": file.name, "file_data": data_url(&file.media)}))
        }
        _ => None,
    }
}

/// What the model said is told as its own words, in the order in which it said them.
fn assistant(turn: &Turn<'_>, items: &mut Vec<Value>) {
    for part in &turn.parts {
        match part {
            Part::Text(text) => items.push(json!({
                "type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}],
            })),
            Part::Reasoning { text, signature } if turn.current => items.extend(thoughts(text, *signature)),
            Part::Call { id, call } => {
                let arguments = if call.arguments.trim().is_empty() { "{}" } else { &call.arguments };
                let (id, name) = (id, &call.name);
                items.push(json!({"type": "function_call", "call_id": id, "name": name, "arguments": arguments}));
            }
            _ => {}
        }
    }
}

/// Thoughts go back sealed, or not at all.
fn thoughts(text: &str, signature: Option<&str>) -> Option<Value> {
    let mut item: Value = serde_json::from_str(seal::open(SEAL, signature)?).ok()?;
    let summary = if text.is_empty() { json!([]) } else { json!([{"type": "summary_text", "text": text}]) };
    item["type"] = "reasoning".into();
    item["summary"] = summary;
    Some(item)
}

fn result(part: &Part<'_>) -> Option<Value> {
    let Part::Result { id, said, .. } = part else { return None };
    Some(json!({"type": "function_call_output", "call_id": id, "output": output(said)}))
}

fn output(said: &ToolResult) -> Value {
    if said.images.is_empty() {
        return said.text.as_str().into();
    }
    let mut pieces = vec![json!({"type": "input_text", "text": said.text})];
    pieces.extend(said.images.iter().map(|media| json!({"type": "input_image", "image_url": data_url(media)})));
    pieces.into()
}
