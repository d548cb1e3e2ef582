//! OpenAI Chat Completions, served: <https://platform.openai.com/docs/api-reference/chat>.

mod write;

pub use write::Writer;
pub(super) use write::{finish_reason, told};

use super::{Invalid, OneOrMany, of_data_url, or_default, schema};
use crate::request::{
    ChatMessage, CompletionRequest, Content, Effort, File, JsonAnswer, Role, Sampling, Tool, ToolCall, ToolChoice,
    ToolResult,
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    model: String,
    messages: Vec<Message>,
    #[serde(default, deserialize_with = "or_default")]
    tools: Vec<WireTool>,
    /// The older form of tools.
    #[serde(default, deserialize_with = "or_default")]
    functions: Vec<Function>,
    #[serde(default)]
    tool_choice: Option<Choice>,
    #[serde(default)]
    temperature: Option<f64>,
    #[serde(default)]
    top_p: Option<f64>,
    #[serde(default)]
    top_k: Option<u32>,
    #[serde(default)]
    presence_penalty: Option<f64>,
    #[serde(default)]
    frequency_penalty: Option<f64>,
    #[serde(default)]
    seed: Option<i64>,
    #[serde(default)]
    stop: Option<OneOrMany>,
    #[serde(default)]
    max_tokens: Option<u32>,
    #[serde(default)]
    max_completion_tokens: Option<u32>,
    #[serde(default)]
    reasoning_effort: Option<String>,
    #[serde(default)]
    response_format: Option<Format>,
    #[serde(default)]
    n: Option<u32>,
    #[serde(default)]
    web_search_options: Option<Value>,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    #[serde(default)]
    content: Option<Said>,
    #[serde(default, deserialize_with = "or_default")]
    reasoning_content: String,
    #[serde(default, deserialize_with = "or_default")]
    tool_calls: Vec<Call>,
    #[serde(default, deserialize_with = "or_default")]
    tool_call_id: String,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Text(String),
    Pieces(Vec<Piece>),
}

#[derive(Deserialize)]
struct Piece {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
    #[serde(default)]
    image_url: Option<Address>,
    #[serde(default)]
    file: Option<Attached>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Address {
    Object { url: String },
    Text(String),
}

#[derive(Deserialize)]
struct Attached {
    #[serde(default, deserialize_with = "or_default")]
    filename: String,
    #[serde(default, deserialize_with = "or_default")]
    file_data: String,
}

#[derive(Deserialize)]
struct Call {
    id: String,
    function: Called,
    #[serde(default)]
    extra_content: Option<Value>,
}

#[derive(Deserialize)]
struct Called {
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    arguments: String,
}

#[derive(Deserialize)]
struct WireTool {
    #[serde(default)]
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    description: String,
    #[serde(default)]
    parameters: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Choice {
    Word(String),
    Named { function: Named },
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Format {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    json_schema: Option<Schema>,
}

#[derive(Deserialize)]
struct Schema {
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default)]
    schema: Option<Value>,
}

/// Reads a request's body.
///
/// # Errors
/// The field that cannot be served by a provider of another protocol.
pub fn read(body: &[u8]) -> Result<CompletionRequest, Invalid> {
    let wire: Wire = serde_json::from_slice(body).map_err(|error| Invalid::new("messages", error.to_string()))?;
    if wire.n.is_some_and(|n| n > 1) {
        return Err(Invalid::new("n", "this model gives one answer at a time"));
    }
    let messages = wire.messages.into_iter().enumerate().map(|(place, message)| read_message(place, message));
    let functions = wire.tools.into_iter().filter_map(|tool| tool.function).chain(wire.functions);
    let tool = |function: Function| Tool {
        name: function.name,
        description: function.description,
        schema: schema(function.parameters),
    };
    Ok(CompletionRequest {
        model: wire.model,
        messages: messages.collect::<Result<_, _>>()?,
        tools: functions.map(tool).collect(),
        tool_choice: wire.tool_choice.and_then(read_choice),
        sampling: Sampling {
            temperature: wire.temperature,
            top_p: wire.top_p,
            top_k: wire.top_k,
            presence_penalty: wire.presence_penalty,
            frequency_penalty: wire.frequency_penalty,
            seed: wire.seed,
            stop: wire.stop.map(OneOrMany::list).unwrap_or_default(),
        },
        max_tokens: wire.max_completion_tokens.or(wire.max_tokens),
        effort: wire.reasoning_effort.as_deref().map(effort),
        json: wire.response_format.and_then(read_format),
        web_search: wire.web_search_options.is_some_and(|options| !options.is_null()),
        ..CompletionRequest::default()
    })
}

/// The wish in our words; a word that is yet to be invented means a lot.
pub(super) fn effort(word: &str) -> Effort {
    Effort::ALL.into_iter().find(|effort| effort.word() == word).unwrap_or(Effort::High)
}

fn read_choice(choice: Choice) -> Option<ToolChoice> {
    match choice {
        Choice::Named { function } => Some(ToolChoice::Named(function.name)),
        Choice::Word(word) => match word.as_str() {
            "auto" => Some(ToolChoice::Auto),
            "none" => Some(ToolChoice::None),
            "required" => Some(ToolChoice::Required),
            _ => None,
        },
    }
}

fn read_format(format: Format) -> Option<JsonAnswer> {
    match (format.kind.as_str(), format.json_schema) {
        ("json_object", _) => Some(JsonAnswer::Object),
        ("json_schema", Some(Schema { name, schema: Some(schema) })) => Some(JsonAnswer::Schema { name, schema }),
        _ => None,
    }
}

fn read_message(place: usize, message: Message) -> Result<ChatMessage, Invalid> {
    let param = format!("messages[{place}]");
    let role = match message.role.as_str() {
        "system" | "developer" => Role::System,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "tool" | "function" => return read_result(&param, message),
        other => return Err(Invalid::new(&format!("{param}.role"), format!("there is no role `{other}`"))),
    };
    let mut content = Vec::new();
    if !message.reasoning_content.is_empty() {
        content.push(Content::Reasoning { text: message.reasoning_content, signature: None });
    }
    content.extend(read_said(&param, message.content)?);
    content.extend(message.tool_calls.into_iter().map(|call| Content::ToolCall(read_call(call))));
    Ok(ChatMessage { role, content })
}

fn read_call(call: Call) -> ToolCall {
    let proof = call.extra_content.as_ref().and_then(|extra| extra["google"]["thought_signature"].as_str());
    ToolCall {
        id: call.id,
        name: call.function.name,
        arguments: call.function.arguments,
        signature: proof.map(str::to_owned),
    }
}

fn read_result(param: &str, message: Message) -> Result<ChatMessage, Invalid> {
    let call_id = if message.tool_call_id.is_empty() { message.name } else { message.tool_call_id };
    let mut result = ToolResult { call_id, ..ToolResult::default() };
    for piece in read_said(param, message.content)? {
        match piece {
            Content::Text(text) => result.text.push_str(&text),
            Content::Image(media) => result.images.push(media),
            _ => {}
        }
    }
    Ok(ChatMessage { role: Role::Tool, content: vec![Content::ToolResult(result)] })
}

fn read_said(param: &str, said: Option<Said>) -> Result<Vec<Content>, Invalid> {
    match said {
        None => Ok(Vec::new()),
        Some(Said::Text(text)) => Ok(vec![Content::Text(text)]),
        Some(Said::Pieces(pieces)) => pieces.into_iter().map(|piece| read_piece(param, piece)).collect(),
    }
}

fn read_piece(param: &str, piece: Piece) -> Result<Content, Invalid> {
    let param = format!("{param}.content");
    if let Some(text) = piece.text.or(piece.refusal) {
        return Ok(Content::Text(text));
    }
    if let Some(address) = piece.image_url {
        let (Address::Object { url } | Address::Text(url)) = address;
        let image = of_data_url(&url).map(Content::Image);
        return image.ok_or_else(|| Invalid::new(&param, "pictures for this model must be sent as `data:` addresses"));
    }
    if let Some(file) = piece.file {
        let media = of_data_url(&file.file_data);
        let media = media.ok_or_else(|| Invalid::new(&param, "documents must be sent as `data:` addresses"))?;
        return Ok(Content::File(File { name: file.filename, media }));
    }
    Err(Invalid::new(&param, format!("pieces of the type `{}` cannot be sent to this model", piece.kind)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asked(body: &Value) -> Result<CompletionRequest, Invalid> {
        read(body.to_string().as_bytes())
    }

    #[test]
    fn a_whole_conversation_is_understood() {
        let request = asked(&json!({"model": "m", "messages": [
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "look"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAE="}}]},
            {"role": "assistant", "content": null, "reasoning_content": "hm", "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}}]},
            {"role": "tool", "tool_call_id": "c1", "content": "42"},
        ], "tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": {"type": "function", "function": {"name": "f"}},
            "stop": "END", "max_completion_tokens": 9, "max_tokens": 7, "reasoning_effort": "none",
            "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": {"type": "object"}}},
            "stream": true, "unknown": [1]}));
        let request = request.expect("a request");
        let roles: Vec<Role> = request.messages.iter().map(|message| message.role).collect();
        assert_eq!(roles, [Role::System, Role::User, Role::Assistant, Role::Tool]);
        let Content::Image(image) = &request.messages[1].content[1] else { panic!("no picture") };
        assert_eq!((image.media_type.as_str(), &image.data[..]), ("image/png", &[0, 1][..]));
        assert!(matches!(&request.messages[2].content[1], Content::ToolCall(call) if call.arguments == "{\"a\":1}"));
        assert_eq!(request.tool_choice, Some(ToolChoice::Named("f".into())));
        assert_eq!(
            (request.max_tokens, request.effort, &request.sampling.stop[..]),
            (Some(9), Some(Effort::Off), &["END".to_owned()][..])
        );
        assert_eq!(request.tools[0].schema["type"], "object");
        assert!(matches!(request.json, Some(JsonAnswer::Schema { ref name, .. }) if name == "s"));
    }

    #[test]
    fn what_cannot_be_served_is_named() {
        let say = |content: Value| asked(&json!({"messages": [{"role": "user", "content": content}]}));
        let remote = say(json!([{"type": "image_url", "image_url": {"url": "https://a.example/x.png"}}]));
        assert!(remote.expect_err("not fetched").message.contains("data:"));
        let sound = say(json!([{"type": "input_audio", "input_audio": {}}]));
        assert!(sound.expect_err("not heard").message.contains("input_audio"));
        assert_eq!(asked(&json!({"messages": [], "n": 2})).expect_err("one").param, "n");
        let role = asked(&json!({"messages": [{"role": "king", "content": "x"}]})).expect_err("no such role");
        assert_eq!(role.param, "messages[0].role");
    }
}
