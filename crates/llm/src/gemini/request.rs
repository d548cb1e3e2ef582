//! A conversation in the form of `generateContent`.
//!
//! What this protocol demands: instructions apart; the roles `user` and `model` by turns, the person first; results as
//! objects, by the name of the tool; and, from Gemini 3 on, a proof on the first call of every step of the turn.

use super::SEAL;
use crate::client::put;
use crate::encode::{base64, object};
use crate::history::{History, Part, Turn, any_id};
use crate::openai_chat::dialect::nearest;
use crate::request::{CompletionRequest, Effort, JsonAnswer, Media, Role, Sampling, Tool, ToolChoice, ToolResult};
use crate::seal;
use serde_json::{Map, Value, json};

/// The provider's own word for a call that another model made.
const FOREIGN: &str = "skip_thought_signature_validator";
/// Said by the person where a conversation begins with the model.
const OPENING: &str = "…";

pub(super) fn body(request: &CompletionRequest) -> Map<String, Value> {
    let history = History::of(request, any_id);
    let mut body = Map::new();
    body.insert("contents".into(), Value::Array(contents(&history, thinks_by_level(request))));
    let system = (!history.system.is_empty()).then(|| json!({"parts": [{"text": history.system}]}));
    put(&mut body, "systemInstruction", system);
    tools(&mut body, request);
    let config = generation_config(request);
    put(&mut body, "generationConfig", (!config.is_empty()).then_some(config));
    body
}

fn thinks_by_level(request: &CompletionRequest) -> bool {
    // Everything after the second generation.
    request.model.contains("gemini") && !["gemini-1", "gemini-2"].iter().any(|old| request.model.contains(old))
}

fn generation_config(request: &CompletionRequest) -> Map<String, Value> {
    let mut config = Map::new();
    sampling(&mut config, &request.sampling);
    put(&mut config, "maxOutputTokens", request.max_tokens);
    put(&mut config, "responseMimeType", request.json.as_ref().map(|_| "application/json"));
    if let Some(JsonAnswer::Schema { schema, .. }) = &request.json {
        config.insert("responseJsonSchema".into(), schema.clone());
    }
    put(&mut config, "thinkingConfig", request.told_effort().map(|effort| thinking(effort, request)));
    config
}

fn sampling(config: &mut Map<String, Value>, sampling: &Sampling) {
    put(config, "temperature", sampling.temperature);
    put(config, "topP", sampling.top_p);
    put(config, "topK", sampling.top_k);
    put(config, "presencePenalty", sampling.presence_penalty);
    put(config, "frequencyPenalty", sampling.frequency_penalty);
    put(config, "seed", sampling.seed);
    put(config, "stopSequences", (!sampling.stop.is_empty()).then(|| sampling.stop.clone()));
}

/// The levels of thinking that a model of the third generation takes, least first.
const LEVELS: &[(&str, &[&str])] = &[
    ("flash", &["minimal", "low", "medium", "high"]),
    ("gemini-3-pro", &["low", "high"]),
    ("", &["low", "medium", "high"]),
];

fn thinking(effort: Effort, request: &CompletionRequest) -> Value {
    let on = effort != Effort::Off;
    if thinks_by_level(request) {
        // The third generation cannot stop thinking; it can think little.
        let levels = LEVELS.iter().find(|(word, _)| request.model.contains(word)).map_or(&[][..], |row| row.1);
        return json!({"includeThoughts": on, "thinkingLevel": nearest(levels, effort)});
    }
    // The second generation's `pro` cannot stop either: this is the least that it takes.
    let least = if request.model.contains("2.5-pro") { 128 } else { 0 };
    json!({"includeThoughts": on, "thinkingBudget": effort.budget().max(least)})
}

fn tools(body: &mut Map<String, Value>, request: &CompletionRequest) {
    let mut tools = Vec::new();
    if !request.tools.is_empty() {
        let declarations: Vec<Value> = request.tools.iter().map(declaration).collect();
        tools.push(json!({"functionDeclarations": declarations}));
        let config = request.tool_choice.as_ref().map(|choice| json!({"functionCallingConfig": calling(choice)}));
        put(body, "toolConfig", config);
    }
    // Beside tools of ours the provider refuses its own.
    if request.web_search && tools.is_empty() {
        tools.push(json!({"googleSearch": {}}));
    }
    put(body, "tools", (!tools.is_empty()).then_some(tools));
}

/// Whether the provider can search the web for a model.
pub(crate) fn searches(model: &str) -> bool {
    model.contains("gemini-") && !model.contains("gemini-1")
}

fn declaration(tool: &Tool) -> Value {
    json!({"name": tool.name, "description": tool.description, "parametersJsonSchema": tool.schema})
}

fn calling(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::Auto => json!({"mode": "AUTO"}),
        ToolChoice::None => json!({"mode": "NONE"}),
        ToolChoice::Required => json!({"mode": "ANY"}),
        ToolChoice::Named(name) => json!({"mode": "ANY", "allowedFunctionNames": [name]}),
    }
}

/// Results and new words are both the person's: neighbours of one role become one content.
fn contents(history: &History<'_>, wants_proof: bool) -> Vec<Value> {
    let mut contents: Vec<(&'static str, Vec<Value>)> = Vec::new();
    for turn in &history.turns {
        let role = if turn.role == Role::Assistant { "model" } else { "user" };
        let parts = parts(turn, wants_proof);
        match contents.last_mut() {
            _ if parts.is_empty() => {}
            Some((last, all)) if *last == role => all.extend(parts),
            _ => contents.push((role, parts)),
        }
    }
    if contents.first().is_some_and(|(role, _)| *role == "model") {
        contents.insert(0, ("user", vec![json!({"text": OPENING})]));
    }
    contents.into_iter().map(|(role, parts)| json!({"role": role, "parts": parts})).collect()
}

fn parts(turn: &Turn<'_>, wants_proof: bool) -> Vec<Value> {
    let mut parts = Vec::new();
    let mut first_call = true;
    for part in &turn.parts {
        match part {
            Part::Text(text) => parts.push(json!({"text": text})),
            Part::Image(media) => parts.push(inline(media)),
            Part::File(file) => parts.push(inline(&file.media)),
            Part::Reasoning { text, signature } => parts.extend(thoughts(text, *signature, turn.current)),
            Part::Call { call, .. } => {
                let mut wire = json!({"functionCall": {"name": call.name, "args": object(&call.arguments)}});
                let proof = seal::open(SEAL, call.signature.as_deref());
                let foreign = (wants_proof && first_call && turn.current).then_some(FOREIGN);
                if let Some(proof) = proof.or(foreign) {
                    wire["thoughtSignature"] = proof.into();
                }
                first_call = false;
                parts.push(wire);
            }
            Part::Result { name, said, .. } => parts.extend(result(name, said)),
        }
    }
    parts
}

fn thoughts(text: &str, signature: Option<&str>, current: bool) -> Option<Value> {
    let proof = seal::open(SEAL, signature).filter(|_| current)?;
    Some(json!({"text": text, "thought": true, "thoughtSignature": proof}))
}

fn inline(media: &Media) -> Value {
    json!({"inlineData": {"mimeType": media.media_type, "data": base64(media)}})
}

fn result(name: &str, said: &ToolResult) -> Vec<Value> {
    let field = if said.failed { "error" } else { "output" };
    let mut parts = vec![json!({"functionResponse": {"name": name, "response": {field: said.text}}})];
    parts.extend(said.images.iter().map(inline));
    parts
}
