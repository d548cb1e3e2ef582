//! Anthropic Messages, served: <https://docs.anthropic.com/en/api/messages>.

mod write;

pub use write::Writer;

use super::{Invalid, media, or_default, schema};
use crate::anthropic::{SEAL, SECRET};
use crate::request::{
    ChatMessage, CompletionRequest, Content, Effort, File, JsonAnswer, Media, Role, Sampling, Tool, ToolCall,
    ToolChoice, ToolResult,
};
use crate::seal;
use serde::Deserialize;
use serde_json::Value;

/// How seals begin that other protocols put on thoughts; programs bring them back as they got them.
const FOREIGN: [&str; 3] = ["gemini:", "openai_chat:", "openai_responses:"];

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    model: String,
    messages: Vec<Message>,
    #[serde(default)]
    system: Option<Said>,
    #[serde(default)]
    max_tokens: Option<u32>,
    #[serde(default)]
    temperature: Option<f64>,
    #[serde(default)]
    top_p: Option<f64>,
    #[serde(default)]
    top_k: Option<u32>,
    #[serde(default, deserialize_with = "or_default")]
    stop_sequences: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    tools: Vec<WireTool>,
    #[serde(default)]
    tool_choice: Option<Choice>,
    #[serde(default)]
    thinking: Option<Thinking>,
    #[serde(default)]
    output_config: Option<OutputConfig>,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    content: Said,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Text(String),
    Blocks(Vec<Block>),
}

#[derive(Deserialize)]
struct Block {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "or_default")]
    text: String,
    #[serde(default, deserialize_with = "or_default")]
    thinking: String,
    #[serde(default, deserialize_with = "or_default")]
    signature: String,
    #[serde(default, deserialize_with = "or_default")]
    data: String,
    #[serde(default, deserialize_with = "or_default")]
    title: String,
    #[serde(default)]
    source: Option<Source>,
    #[serde(default, deserialize_with = "or_default")]
    id: String,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default)]
    input: Value,
    #[serde(default, deserialize_with = "or_default")]
    tool_use_id: String,
    #[serde(default)]
    content: Option<Said>,
    #[serde(default, deserialize_with = "or_default")]
    is_error: bool,
}

#[derive(Deserialize)]
struct Source {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "or_default")]
    media_type: String,
    #[serde(default, deserialize_with = "or_default")]
    data: String,
}

#[derive(Deserialize)]
struct WireTool {
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    kind: String,
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    description: String,
    #[serde(default)]
    input_schema: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
}

#[derive(Deserialize)]
struct Thinking {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    budget_tokens: Option<u32>,
}

#[derive(Deserialize)]
struct OutputConfig {
    #[serde(default)]
    effort: Option<String>,
    #[serde(default)]
    format: Option<Format>,
}

#[derive(Deserialize)]
struct Format {
    #[serde(default)]
    schema: Option<Value>,
}

/// Reads a request's body.
///
/// # Errors
/// The field that cannot be served by a provider of another protocol.
pub fn read(body: &[u8]) -> Result<CompletionRequest, Invalid> {
    let wire: Wire = serde_json::from_slice(body).map_err(|error| Invalid::new("messages", error.to_string()))?;
    let mut messages = Vec::with_capacity(wire.messages.len() + 1);
    if let Some(system) = wire.system {
        messages.push(ChatMessage { role: Role::System, content: read_said("system", system)? });
    }
    for (place, message) in wire.messages.into_iter().enumerate() {
        read_message(place, message, &mut messages)?;
    }
    let web_search = wire.tools.iter().any(|tool| tool.kind.starts_with("web_search"));
    // Other tools that only Anthropic's own servers run are not offered: no other provider could.
    let own = wire.tools.into_iter().filter(|tool| matches!(tool.kind.as_str(), "" | "custom"));
    let tool =
        |tool: WireTool| Tool { name: tool.name, description: tool.description, schema: schema(tool.input_schema) };
    let (effort, format) = wire.output_config.map_or((None, None), |config| (config.effort, config.format));
    Ok(CompletionRequest {
        model: wire.model,
        messages,
        tools: own.map(tool).collect(),
        tool_choice: wire.tool_choice.and_then(read_choice),
        sampling: Sampling {
            temperature: wire.temperature,
            top_p: wire.top_p,
            top_k: wire.top_k,
            stop: wire.stop_sequences,
            ..Sampling::default()
        },
        max_tokens: wire.max_tokens,
        effort: read_thinking(wire.thinking.as_ref(), effort.as_deref()),
        json: format
            .and_then(|format| format.schema)
            .map(|schema| JsonAnswer::Schema { name: "answer".into(), schema }),
        web_search,
        ..CompletionRequest::default()
    })
}

fn read_choice(choice: Choice) -> Option<ToolChoice> {
    match choice.kind.as_str() {
        "auto" => Some(ToolChoice::Auto),
        "any" => Some(ToolChoice::Required),
        "none" => Some(ToolChoice::None),
        "tool" => Some(ToolChoice::Named(choice.name)),
        _ => None,
    }
}

/// How hard to think: a word, or a number of tokens that comes near one.
fn read_thinking(thinking: Option<&Thinking>, effort: Option<&str>) -> Option<Effort> {
    let thinking = thinking?;
    match (thinking.kind.as_str(), thinking.budget_tokens) {
        ("disabled", _) => Some(Effort::Off),
        (_, Some(budget)) => Effort::ALL.into_iter().rev().find(|effort| effort.budget() <= budget),
        _ => Some(effort.map_or(Effort::Medium, super::chat::effort)),
    }
}

/// Results of tools are the person's here; they become messages of their own, ahead of new words.
fn read_message(place: usize, message: Message, messages: &mut Vec<ChatMessage>) -> Result<(), Invalid> {
    let param = format!("messages.{place}");
    let role = match message.role.as_str() {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "system" => Role::System,
        other => return Err(Invalid::new(&format!("{param}.role"), format!("there is no role `{other}`"))),
    };
    let all = read_said(&param, message.content)?;
    let (results, content): (Vec<_>, Vec<_>) = all.into_iter().partition(|part| matches!(part, Content::ToolResult(_)));
    if !results.is_empty() {
        messages.push(ChatMessage { role: Role::Tool, content: results });
    }
    if !content.is_empty() {
        messages.push(ChatMessage { role, content });
    }
    Ok(())
}

fn read_said(param: &str, said: Said) -> Result<Vec<Content>, Invalid> {
    match said {
        Said::Text(text) => Ok(vec![Content::Text(text)]),
        Said::Blocks(blocks) => {
            let read = blocks.into_iter().map(|block| read_block(param, block)).collect::<Result<Vec<_>, _>>()?;
            Ok(read.into_iter().flatten().collect())
        }
    }
}

/// What a block says; nothing where only Anthropic's own servers would know what to do with it.
fn read_block(param: &str, block: Block) -> Result<Option<Content>, Invalid> {
    Ok(Some(match block.kind.as_str() {
        "text" => Content::Text(block.text),
        "thinking" => Content::Reasoning { text: block.thinking, signature: proof(block.signature) },
        "redacted_thinking" => {
            Content::Reasoning { text: String::new(), signature: Some(seal::close(SECRET, &block.data)) }
        }
        "image" => Content::Image(read_source(param, block.source)?),
        "document" => read_document(param, block.title, block.source)?,
        "tool_use" => Content::ToolCall(ToolCall {
            id: block.id,
            name: block.name,
            arguments: if block.input.is_null() { "{}".to_owned() } else { block.input.to_string() },
            signature: None,
        }),
        "tool_result" => Content::ToolResult(read_result(param, block)?),
        "server_tool_use" | "web_search_tool_result" | "web_fetch_tool_result" | "search_result" => return Ok(None),
        other => {
            let words = format!("blocks of the type `{other}` cannot be sent to this model");
            return Err(Invalid::new(&format!("{param}.content"), words));
        }
    }))
}

fn proof(signature: String) -> Option<String> {
    let is_foreign = FOREIGN.iter().any(|beginning| signature.starts_with(beginning));
    match signature.as_str() {
        "" => None,
        _ if is_foreign => Some(signature),
        _ => Some(seal::close(SEAL, &signature)),
    }
}

fn read_source(param: &str, source: Option<Source>) -> Result<Media, Invalid> {
    let read =
        source.filter(|source| source.kind == "base64").and_then(|source| media(&source.media_type, &source.data));
    read.ok_or_else(|| {
        Invalid::new(&format!("{param}.content"), "pictures and documents for this model must be sent as base64")
    })
}

fn read_document(param: &str, title: String, source: Option<Source>) -> Result<Content, Invalid> {
    match source {
        Some(source) if source.kind == "text" => Ok(Content::Text(source.data)),
        source => Ok(Content::File(File { name: title, media: read_source(param, source)? })),
    }
}

fn read_result(param: &str, block: Block) -> Result<ToolResult, Invalid> {
    let mut result = ToolResult { call_id: block.tool_use_id, failed: block.is_error, ..ToolResult::default() };
    let said = block.content.map_or_else(|| Ok(Vec::new()), |said| read_said(param, said))?;
    for piece in said {
        match piece {
            Content::Text(text) if result.text.is_empty() => result.text = text,
            Content::Text(text) => {
                result.text.push('\n');
                result.text.push_str(&text);
            }
            Content::Image(media) => result.images.push(media),
            _ => {}
        }
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_whole_conversation_is_understood() {
        let body = json!({"model": "m", "max_tokens": 10, "system": [{"type": "text", "text": "Be brief.",
            "cache_control": {"type": "ephemeral"}}], "messages": [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm", "signature": "S="},
                {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": 1}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "is_error": true,
                "content": [{"type": "text", "text": "no"}]}, {"type": "text", "text": "again"}]},
        ], "tools": [{"name": "f", "input_schema": {"type": "object"}}, {"type": "web_search_20250305", "name": "web_search"}],
            "tool_choice": {"type": "any"}, "thinking": {"type": "enabled", "budget_tokens": 5000},
            "stop_sequences": ["X"], "metadata": {"user_id": "u"}, "stream": true});
        let request = read(body.to_string().as_bytes()).expect("a request");
        let roles: Vec<Role> = request.messages.iter().map(|message| message.role).collect();
        assert_eq!(roles, [Role::System, Role::User, Role::Assistant, Role::Tool, Role::User]);
        let thought = Content::Reasoning { text: "hm".into(), signature: Some("anthropic:S=".into()) };
        assert_eq!(request.messages[2].content[0], thought);
        assert!(
            matches!(&request.messages[3].content[0], Content::ToolResult(said) if said.failed && said.text == "no")
        );
        assert_eq!((request.tools.len(), request.web_search), (1, true));
        assert_eq!((request.effort, request.tool_choice), (Some(Effort::Low), Some(ToolChoice::Required)));
        assert_eq!((request.max_tokens, &request.sampling.stop[..]), (Some(10), &["X".to_owned()][..]));
    }

    #[test]
    fn a_seal_of_another_protocol_stays_that_protocols() {
        assert_eq!(proof("gemini:x".into()).as_deref(), Some("gemini:x"));
        assert_eq!(proof("EqQB".into()).as_deref(), Some("anthropic:EqQB"));
        assert_eq!(proof(String::new()), None);
    }

    #[test]
    fn what_cannot_be_served_is_named() {
        let say =
            |content: Value| read(json!({"messages": [{"role": "user", "content": content}]}).to_string().as_bytes());
        let remote = say(json!([{"type": "image", "source": {"type": "url", "url": "https://a.example/x.png"}}]));
        assert!(remote.expect_err("not fetched").message.contains("base64"));
        assert!(say(json!([{"type": "container_upload"}])).expect_err("unknown").message.contains("container_upload"));
    }
}
