//! A conversation in the form of Anthropic Messages.
//!
//! What this protocol demands: a limit of the answer; instructions apart; the person speaks first and by turns with the
//! model; results of tools are the person's, ahead of new words; no blank text; no blanks at the end of what the model is
//! to continue; with thinking on, no temperature, and the thoughts of the turn come back with their proof.

use super::{SEAL, SECRET};
use crate::client::{no_file, put};
use crate::encode::base64;
use crate::error::Error;
use crate::history::{History, Part, Turn, plain_id};
use crate::request::{
    CompletionRequest, Effort, File, JsonAnswer, Media, Role, Tool, ToolCall, ToolChoice, ToolResult,
};
use crate::{Fields, Passing, seal};
use serde_json::{Map, Value, json};

/// What a model writes at most, by the beginning of its name, where nobody says: the protocol demands a number.
const MOST_TOKENS: &[(&str, u32)] = &[
    ("claude-3-haiku", 4096),
    ("claude-3-opus", 4096),
    ("claude-3-sonnet", 4096),
    ("claude-3-5", 8192),
    ("claude-opus-4-0", 32_000),
    ("claude-opus-4-1", 32_000),
    ("claude-opus-4-2", 32_000),
    ("claude", 64_000),
    ("", 32_000),
];
/// Models of Anthropic that still count the tokens of their thoughts; later ones decide by an effort.
const COUNTS_THOUGHTS: &[&str] = &[
    "claude-3",
    "claude-opus-4-0",
    "claude-opus-4-1",
    "claude-opus-4-2",
    "claude-opus-4-5",
    "claude-sonnet-4-0",
    "claude-sonnet-4-2",
    "claude-sonnet-4-5",
    "claude-haiku-4",
];
/// Anthropic's first models that still take a temperature although they decide by an effort.
const TAKES_SAMPLING: &[&str] = &["claude-opus-4-6", "claude-sonnet-4-6"];
/// Models of Anthropic that cannot stop thinking; they can think little.
const ALWAYS_THINKS: &[&str] = &["claude-fable", "claude-mythos", "claude-opus-5-5"];
/// Models of Anthropic that think only when asked, and some of which refuse to be told not to.
const THINKS_WHEN_ASKED: &[&str] = &["claude-opus-4-6", "claude-opus-4-7", "claude-opus-4-8", "claude-sonnet-4-6"];
/// The least budget for thoughts.
const LEAST_BUDGET: u32 = 1024;
/// Said by the person where a conversation begins with the model.
const OPENING: &str = "…";

pub(super) fn body(request: &CompletionRequest) -> Result<Map<String, Value>, Error> {
    let history = History::of(request, plain_id);
    let mut body = Map::new();
    body.insert("model".into(), request.model.as_str().into());
    body.insert("max_tokens".into(), max_tokens(request).into());
    body.insert("stream".into(), true.into());
    put(&mut body, "system", (!history.system.trim().is_empty()).then_some(history.system.as_str()));
    let thinks = thinking(&mut body, request, &history);
    sampling(&mut body, request, thinks);
    if let Some(JsonAnswer::Schema { schema, .. }) = &request.json {
        let format = json!({"format": {"type": "json_schema", "schema": schema}});
        crate::client::lay_over(&mut body, json!({"output_config": format}).as_object().unwrap_or(&Map::new()));
    }
    tools(&mut body, request, thinks);
    body.insert("messages".into(), Value::Array(messages(&history)?));
    Ok(body)
}

/// Lays what is set for the model over a request that is passed on.
pub(super) fn dress(passing: &Passing, fields: &mut Fields) {
    let rules = &passing.rules;
    fields.set("model", &rules.model.as_str().into());
    if passing.interface == crate::Interface::CountTokens {
        return;
    }
    let thinks = fields.read::<Value>("thinking").is_some_and(|thinking| thinking["type"] != "disabled");
    let mut set = Map::new();
    sampling(&mut set, rules, thinks);
    put(&mut set, "max_tokens", rules.max_tokens);
    for (name, value) in &set {
        if !fields.has(name) {
            fields.set(name, value);
        }
    }
    if let Some(limit) = passing.limit {
        let asked = fields.read::<u32>("max_tokens");
        fields.set("max_tokens", &asked.map_or(limit, |asked| asked.min(limit)).into());
    }
    fields.lay_over(&rules.extra);
}

fn name(request: &CompletionRequest) -> &str {
    request.model.rsplit('/').next().unwrap_or(&request.model)
}

fn is_any(model: &str, beginnings: &[&str]) -> bool {
    beginnings.iter().any(|beginning| model.starts_with(beginning))
}

fn max_tokens(request: &CompletionRequest) -> u32 {
    let known = MOST_TOKENS.iter().find(|(beginning, _)| name(request).starts_with(beginning));
    let own = known.map_or(4096, |(_, most)| *most);
    request.max_tokens.unwrap_or_else(|| request.answer_room.map_or(own, |room| own.min(room.max(1))))
}

/// Switches thinking, and tells whether it is on.
fn thinking(body: &mut Map<String, Value>, request: &CompletionRequest, history: &History<'_>) -> bool {
    let Some(effort) = request.told_effort() else { return false };
    let counts = !name(request).starts_with("claude") || is_any(name(request), COUNTS_THOUGHTS);
    let thinking = match effort {
        Effort::Off if is_any(name(request), THINKS_WHEN_ASKED) => return false,
        Effort::Off if !is_any(name(request), ALWAYS_THINKS) => json!({"type": "disabled"}),
        _ if counts => {
            // The budget is part of the limit, and some of that must remain for the answer.
            let budget = effort.budget().min(max_tokens(request) / 2);
            if budget < LEAST_BUDGET || lacks_proof(history) {
                return false;
            }
            json!({"type": "enabled", "budget_tokens": budget})
        }
        _ => {
            let word = crate::openai_chat::dialect::nearest(&["low", "medium", "high"], effort);
            body.insert("output_config".into(), json!({"effort": word}));
            json!({"type": "adaptive", "display": "summarized"})
        }
    };
    let thinks = thinking["type"] != "disabled";
    body.insert("thinking".into(), thinking);
    thinks
}

/// Whether the turn under way has calls whose thoughts cannot be shown, because another model made them: then thinking
/// is refused until the turn is over.
fn lacks_proof(history: &History<'_>) -> bool {
    let current = history.turns.iter().filter(|turn| turn.current && turn.role == Role::Assistant);
    let calls = |turn: &&Turn<'_>| turn.parts.iter().any(|part| matches!(part, Part::Call { .. }));
    current.filter(calls).any(|turn| turn.parts.first().is_none_or(|part| thoughts(part).is_none()))
}

fn sampling(body: &mut Map<String, Value>, request: &CompletionRequest, thinks: bool) {
    let model = name(request);
    let refuses = model.starts_with("claude") && !is_any(model, COUNTS_THOUGHTS) && !is_any(model, TAKES_SAMPLING);
    let sampling = &request.sampling;
    put(body, "stop_sequences", (!sampling.stop.is_empty()).then(|| sampling.stop.clone()));
    if !thinks && !refuses {
        put(body, "temperature", sampling.temperature);
        put(body, "top_p", sampling.top_p);
        put(body, "top_k", sampling.top_k);
    }
}

fn tools(body: &mut Map<String, Value>, request: &CompletionRequest, thinks: bool) {
    let mut tools: Vec<Value> = request.tools.iter().map(tool).collect();
    // While it thinks a model cannot be forced to call.
    let possible = |choice: &&ToolChoice| !thinks || matches!(choice, ToolChoice::Auto | ToolChoice::None);
    let choice = request.tool_choice.as_ref().filter(|_| !tools.is_empty()).filter(possible);
    put(body, "tool_choice", choice.map(tool_choice));
    if request.web_search {
        tools.push(json!({"type": "web_search_20250305", "name": "web_search"}));
    }
    put(body, "tools", (!tools.is_empty()).then_some(tools));
}

/// Whether the provider can search the web for a model. Others that speak this protocol have no such tool.
pub(crate) fn searches(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model);
    name.starts_with("claude") && !is_any(name, &["claude-2", "claude-3-opus", "claude-3-sonnet", "claude-3-haiku"])
}

fn tool(tool: &Tool) -> Value {
    json!({"name": tool.name, "description": tool.description, "input_schema": tool.schema})
}

fn tool_choice(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::Auto => json!({"type": "auto"}),
        ToolChoice::None => json!({"type": "none"}),
        ToolChoice::Required => json!({"type": "any"}),
        ToolChoice::Named(name) => json!({"type": "tool", "name": name}),
    }
}

/// Results and new words are both the person's: neighbours of one role become one message.
fn messages(history: &History<'_>) -> Result<Vec<Value>, Error> {
    let mut messages: Vec<(&'static str, Vec<Value>)> = Vec::new();
    for turn in &history.turns {
        let role = if turn.role == Role::Assistant { "assistant" } else { "user" };
        let blocks = turn.parts.iter().map(|part| block(part, turn.current)).collect::<Result<Vec<_>, _>>()?;
        let blocks: Vec<Value> = blocks.into_iter().flatten().collect();
        match messages.last_mut() {
            _ if blocks.is_empty() => {}
            Some((last, all)) if *last == role => all.extend(blocks),
            _ => messages.push((role, blocks)),
        }
    }
    if messages.first().is_some_and(|(role, _)| *role == "assistant") {
        messages.insert(0, ("user", vec![json!({"type": "text", "text": OPENING})]));
    }
    if let Some(("assistant", blocks)) = messages.last_mut() {
        trim_end(blocks);
    }
    Ok(messages.into_iter().map(|(role, content)| json!({"role": role, "content": content})).collect())
}

fn trim_end(blocks: &mut [Value]) {
    if let Some(block) = blocks.last_mut().filter(|block| block["type"] == "text") {
        let trimmed = block["text"].as_str().map(str::trim_end).unwrap_or_default().to_owned();
        block["text"] = trimmed.into();
    }
}

fn block(part: &Part<'_>, current: bool) -> Result<Option<Value>, Error> {
    Ok(match part {
        Part::Text(text) if text.trim().is_empty() => None,
        Part::Text(text) => Some(json!({"type": "text", "text": text})),
        Part::Image(media) => Some(image(media)),
        Part::File(file) => Some(document(file)?),
        Part::Reasoning { .. } => thoughts(part).filter(|_| current),
        Part::Call { id, call } => Some(json!({"type": "tool_use", "id": id, "name": call.name, "input": input(call)})),
        Part::Result { id, said, .. } => Some(result(id, said)),
    })
}

/// Thoughts with their proof; others are not accepted back.
fn thoughts(part: &Part<'_>) -> Option<Value> {
    let Part::Reasoning { text, signature } = part else { return None };
    let readable =
        seal::open(SEAL, *signature).map(|proof| json!({"type": "thinking", "thinking": text, "signature": proof}));
    readable.or_else(|| seal::open(SECRET, *signature).map(|data| json!({"type": "redacted_thinking", "data": data})))
}

fn image(media: &Media) -> Value {
    json!({"type": "image", "source": source(media)})
}

fn source(media: &Media) -> Value {
    json!({"type": "base64", "media_type": media.media_type, "data": base64(media)})
}

fn document(file: &File) -> Result<Value, Error> {
    match file.media.media_type.as_str() {
        "application/pdf" => Ok(json!({"type": "document", "title": file.name, "source": source(&file.media)})),
        other => Err(no_file(other)),
    }
}

/// Arguments must be an object; what a model wrote badly goes back as it was, in one.
fn input(call: &ToolCall) -> Value {
    crate::encode::object(&call.arguments)
}

fn result(id: &str, said: &ToolResult) -> Value {
    let mut content = Vec::new();
    if !said.text.trim().is_empty() {
        content.push(json!({"type": "text", "text": said.text}));
    }
    content.extend(said.images.iter().map(image));
    let mut block = json!({"type": "tool_result", "tool_use_id": id, "content": content});
    if said.failed {
        block["is_error"] = true.into();
    }
    block
}
