//! From the body of each protocol to the one request that behaviours know.

use super::{ChatRequest, Form, Message, Role};
use crate::protocol::Protocol;
use serde_json::Value;

/// Numbers in a vector when nobody says how many, and at most.
const DIMENSIONS: u64 = 256;
const MAX_DIMENSIONS: u64 = 4096;

/// Reads a body; what is missing or odd is left out.
pub(super) fn request(protocol: Protocol, body: &Value) -> ChatRequest {
    let mut messages = match protocol {
        Protocol::OpenAiChat => list(&body["messages"]).map(openai_chat).collect(),
        Protocol::OpenAiText => inputs(&body["prompt"]).into_iter().map(|text| spoken(Role::User, text)).collect(),
        Protocol::OpenAiResponses => responses(&body["input"]),
        Protocol::Anthropic => list(&body["messages"]).flat_map(anthropic).collect(),
        Protocol::Gemini => list(&body["contents"]).flat_map(gemini).collect(),
        Protocol::Ollama => list(&body["messages"]).map(ollama).collect::<Vec<_>>(),
        Protocol::Embeddings => inputs(&body["input"]).into_iter().map(|text| spoken(Role::User, text)).collect(),
        Protocol::Rerank => compared(body),
    };
    let system = [&body["instructions"], &body["system"], &body["systemInstruction"]["parts"]];
    let system: String = system.into_iter().map(text).collect();
    if !system.is_empty() {
        messages.insert(0, spoken(Role::System, system));
    }
    let form = form(protocol, body);
    ChatRequest {
        protocol,
        model: body["model"].as_str().unwrap_or_default().to_owned(),
        // Ollama streams unless told otherwise; what is no words never does.
        stream: form == Form::Words && body["stream"].as_bool().unwrap_or(protocol == Protocol::Ollama),
        form,
        suffix: body["suffix"].as_str().map(str::to_owned),
        include_usage: body["stream_options"]["include_usage"].as_bool().unwrap_or_default(),
        messages,
        tools: tools(&body["tools"]),
    }
}

fn form(protocol: Protocol, body: &Value) -> Form {
    let number = |field: &str| body[field].as_u64();
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    match protocol {
        Protocol::Embeddings => Form::Vectors {
            dimensions: size(number("dimensions").unwrap_or(DIMENSIONS).clamp(1, MAX_DIMENSIONS)),
            base64: body["encoding_format"] == "base64",
        },
        Protocol::Rerank => Form::Ranking {
            top: number("top_n").map_or(usize::MAX, size),
            documents: body["return_documents"] == true || body["return_text"] == true,
            bare: body["texts"].is_array(),
        },
        _ => Form::Words,
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A text, or the texts of a list of pieces.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(pieces) => pieces.iter().filter_map(|piece| piece["text"].as_str()).collect(),
        _ => String::new(),
    }
}

/// The inputs of a field that takes one or several.
fn inputs(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) if !items.iter().any(Value::is_number) => items.iter().map(input).collect(),
        one => vec![input(one)],
    }
}

/// An input: a text, an object with a text, or the numbers of its tokens.
fn input(value: &Value) -> String {
    match value {
        Value::Object(_) => text(&value["text"]),
        Value::Array(tokens) => tokens.iter().map(Value::to_string).collect::<Vec<_>>().join(" "),
        other => text(other),
    }
}

/// The query, then the documents, which one vendor calls texts.
fn compared(body: &Value) -> Vec<Message> {
    let documents = inputs(&body["documents"]).into_iter().chain(inputs(&body["texts"]));
    let documents = documents.map(|text| spoken(Role::Other, text));
    std::iter::once(spoken(Role::User, text(&body["query"]))).chain(documents).collect()
}

fn spoken(role: Role, text: String) -> Message {
    Message { role, text, ..Message::default() }
}

fn role(value: &Value) -> Role {
    match value.as_str().unwrap_or_default() {
        "system" | "developer" => Role::System,
        "user" => Role::User,
        "assistant" | "model" => Role::Assistant,
        "tool" => Role::Tool,
        _ => Role::Other,
    }
}

fn tools(value: &Value) -> Vec<String> {
    let declared = list(value).flat_map(|tool| list(&tool["functionDeclarations"]));
    let named =
        list(value).chain(declared).filter_map(|tool| tool["function"]["name"].as_str().or(tool["name"].as_str()));
    named.map(str::to_owned).collect()
}

/// A picture as behaviours tell it: its type and its size in bytes.
fn picture(media_type: &str, base64: &str) -> String {
    let padding = base64.bytes().rev().take_while(|byte| *byte == b'=').count();
    format!("{media_type} of {} bytes", (base64.len() / 4 * 3).saturating_sub(padding))
}

fn data_url(url: &Value) -> Option<String> {
    let (head, base64) = url.as_str()?.strip_prefix("data:")?.split_once(";base64,")?;
    Some(picture(head, base64))
}

fn openai_chat(message: &Value) -> Message {
    let role = role(&message["role"]);
    let text = text(&message["content"]);
    let thoughts = ["reasoning_content", "reasoning"].iter().any(|field| message[*field].is_string());
    let images = list(&message["content"]).filter_map(|piece| data_url(&piece["image_url"]["url"])).collect();
    let results = if role == Role::Tool { vec![text.clone()] } else { Vec::new() };
    Message { role, thoughts: thoughts || text.contains("<think>"), text, images, results }
}

fn responses(input: &Value) -> Vec<Message> {
    if let Value::String(text) = input {
        return vec![spoken(Role::User, text.clone())];
    }
    list(input).map(responses_item).collect()
}

fn responses_item(item: &Value) -> Message {
    match item["type"].as_str().unwrap_or("message") {
        "function_call_output" => {
            let said = text(&item["output"]);
            let images = list(&item["output"]).filter_map(|piece| data_url(&piece["image_url"])).collect();
            Message { role: Role::Tool, results: vec![said.clone()], text: said, images, ..Message::default() }
        }
        "reasoning" => Message { role: Role::Assistant, thoughts: true, ..Message::default() },
        "function_call" => Message { role: Role::Assistant, ..Message::default() },
        _ => {
            let images = list(&item["content"]).filter_map(|piece| data_url(&piece["image_url"])).collect();
            Message { role: role(&item["role"]), text: text(&item["content"]), images, ..Message::default() }
        }
    }
}

/// Results stand among the person's words here: they become a message of their own.
fn anthropic(message: &Value) -> Vec<Message> {
    let blocks = || list(&message["content"]);
    let of = |kind: &'static str| move |block: &&Value| block["type"] == kind;
    let image = |block: &Value| {
        let source = &block["source"];
        Some(picture(source["media_type"].as_str()?, source["data"].as_str()?))
    };
    let spoken = Message {
        role: role(&message["role"]),
        text: text(&message["content"]),
        images: blocks().filter(of("image")).filter_map(image).collect(),
        results: Vec::new(),
        thoughts: blocks().any(|block| matches!(block["type"].as_str(), Some("thinking" | "redacted_thinking"))),
    };
    let results: Vec<String> = blocks().filter(of("tool_result")).map(|block| text(&block["content"])).collect();
    parted(spoken, results)
}

fn gemini(content: &Value) -> Vec<Message> {
    let parts = || list(&content["parts"]);
    let image = |part: &Value| {
        let data = &part["inlineData"];
        Some(picture(data["mimeType"].as_str()?, data["data"].as_str()?))
    };
    let plain = parts().filter(|part| part["thought"] != true).filter_map(|part| part["text"].as_str());
    let spoken = Message {
        role: if content["role"].is_null() { Role::User } else { role(&content["role"]) },
        text: plain.collect(),
        images: parts().filter_map(image).collect(),
        results: Vec::new(),
        thoughts: parts().any(|part| part["thoughtSignature"].is_string()),
    };
    let responses = parts().filter_map(|part| part["functionResponse"]["response"].as_object());
    let results = responses.map(|response| response.values().filter_map(Value::as_str).collect()).collect();
    parted(spoken, results)
}

fn parted(spoken: Message, results: Vec<String>) -> Vec<Message> {
    if results.is_empty() {
        return vec![spoken];
    }
    let said = spoken.text.is_empty() && spoken.images.is_empty();
    let tool = Message { role: Role::Tool, text: results.concat(), results, ..Message::default() };
    if said { vec![tool] } else { vec![tool, spoken] }
}

fn ollama(message: &Value) -> Message {
    let (role, text) = (role(&message["role"]), text(&message["content"]));
    let images = list(&message["images"]).filter_map(|image| Some(picture("image", image.as_str()?))).collect();
    let results = if role == Role::Tool { vec![text.clone()] } else { Vec::new() };
    Message { role, text, images, results, thoughts: message["thinking"].is_string() }
}
