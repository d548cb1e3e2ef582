//! From the body of each protocol to the one request that behaviours know.

use super::{Call, ChatRequest, Form, Message, Role, Said};
use crate::picture::Media;
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
        Protocol::Embeddings => embedded(body).into_iter().map(|text| spoken(Role::User, text)).collect(),
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
        max_tokens: limit(body),
        thinks: matches!(body["thinking"]["type"].as_str(), Some("enabled" | "adaptive")),
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
            dimensions: size(
                number("dimensions")
                    .or(body["requests"][0]["outputDimensionality"].as_u64())
                    .unwrap_or(DIMENSIONS)
                    .clamp(1, MAX_DIMENSIONS),
            ),
            base64: body["encoding_format"] == "base64",
            of_google: body["requests"].is_array(),
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

/// The texts to embed; Google has each in a request of its own.
fn embedded(body: &Value) -> Vec<String> {
    let of_google = list(&body["requests"]).map(|request| text(&request["content"]["parts"]));
    inputs(&body["input"]).into_iter().chain(of_google).collect()
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

/// The limit of the answer, under the names of all protocols.
fn limit(body: &Value) -> Option<u64> {
    let places = [
        "/max_tokens",
        "/max_completion_tokens",
        "/max_output_tokens",
        "/generationConfig/maxOutputTokens",
        "/options/num_predict",
    ];
    places.iter().find_map(|place| body.pointer(place)?.as_u64())
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Text as it is, JSON as its text.
fn written(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn data_url(url: &Value) -> Option<Media> {
    Media::of_data_url(url.as_str()?)
}

fn openai_chat(message: &Value) -> Message {
    let role = role(&message["role"]);
    let text = text(&message["content"]);
    let thoughts = ["reasoning_content", "reasoning"].iter().any(|field| message[*field].is_string());
    let pieces = || list(&message["content"]);
    let file = |piece: &Value| Some(data_url(&piece["file"]["file_data"])?.named(&word(&piece["file"]["filename"])));
    let call = |call: &Value| Call {
        id: word(&call["id"]),
        name: word(&call["function"]["name"]),
        arguments: written(&call["function"]["arguments"]),
        seal: None,
    };
    let said = (role == Role::Tool).then(|| Said { call_id: word(&message["tool_call_id"]), text: text.clone() });
    Message {
        role,
        images: pieces().filter_map(|piece| data_url(&piece["image_url"]["url"])).collect(),
        files: pieces().filter_map(file).collect(),
        calls: list(&message["tool_calls"]).map(call).collect(),
        results: said.into_iter().collect(),
        thoughts: thoughts || text.contains("<think>"),
        seals: Vec::new(),
        text,
    }
}

fn responses(input: &Value) -> Vec<Message> {
    if let Value::String(text) = input {
        return vec![spoken(Role::User, text.clone())];
    }
    list(input).map(responses_item).collect()
}

fn responses_item(item: &Value) -> Message {
    let images = |value: &Value| list(value).filter_map(|piece| data_url(&piece["image_url"])).collect();
    let file = |piece: &Value| Some(data_url(&piece["file_data"])?.named(&word(&piece["filename"])));
    match item["type"].as_str().unwrap_or("message") {
        "function_call_output" => {
            let said = text(&item["output"]);
            let results = vec![Said { call_id: word(&item["call_id"]), text: said.clone() }];
            Message { role: Role::Tool, results, text: said, images: images(&item["output"]), ..Message::default() }
        }
        "reasoning" => {
            let seals = item["encrypted_content"].as_str().map(str::to_owned).into_iter().collect();
            Message { role: Role::Assistant, thoughts: true, seals, ..Message::default() }
        }
        "function_call" => {
            let (id, name) = (word(&item["call_id"]), word(&item["name"]));
            let calls = vec![Call { id, name, arguments: written(&item["arguments"]), seal: None }];
            Message { role: Role::Assistant, calls, ..Message::default() }
        }
        _ => Message {
            role: role(&item["role"]),
            text: text(&item["content"]),
            images: images(&item["content"]),
            files: list(&item["content"]).filter_map(file).collect(),
            ..Message::default()
        },
    }
}

/// Results stand among the person's words here: they become a message of their own.
fn anthropic(message: &Value) -> Vec<Message> {
    let blocks = || list(&message["content"]);
    let of = |kind: &'static str| move |block: &&Value| block["type"] == kind;
    let media = |block: &Value| {
        let source = &block["source"];
        Some(Media::read(source["media_type"].as_str()?, source["data"].as_str()?).named(&word(&block["title"])))
    };
    let call = |block: &Value| Call {
        id: word(&block["id"]),
        name: word(&block["name"]),
        arguments: written(&block["input"]),
        seal: None,
    };
    let thinks = |block: &&Value| matches!(block["type"].as_str(), Some("thinking" | "redacted_thinking"));
    let seal = |block: &Value| block["signature"].as_str().or_else(|| block["data"].as_str()).map(str::to_owned);
    let spoken = Message {
        role: role(&message["role"]),
        text: text(&message["content"]),
        images: blocks().filter(of("image")).filter_map(media).collect(),
        files: blocks().filter(of("document")).filter_map(media).collect(),
        calls: blocks().filter(of("tool_use")).map(call).collect(),
        results: Vec::new(),
        thoughts: blocks().any(|block| thinks(&block)),
        seals: blocks().filter(thinks).filter_map(seal).collect(),
    };
    let said = |block: &Value| Said { call_id: word(&block["tool_use_id"]), text: text(&block["content"]) };
    parted(spoken, blocks().filter(of("tool_result")).map(said).collect())
}

fn gemini(content: &Value) -> Vec<Message> {
    let parts = || list(&content["parts"]);
    let media = |part: &Value| {
        let data = &part["inlineData"];
        Some(Media::read(data["mimeType"].as_str()?, data["data"].as_str()?))
    };
    let plain = parts().filter(|part| part["thought"] != true).filter_map(|part| part["text"].as_str());
    let call = |part: &Value| {
        let call = part["functionCall"].as_object()?;
        let name = word(call.get("name")?);
        let arguments = call.get("args").map(written).unwrap_or_default();
        Some(Call { id: name.clone(), name, arguments, seal: part["thoughtSignature"].as_str().map(str::to_owned) })
    };
    let (images, files): (Vec<_>, Vec<_>) = parts().filter_map(media).partition(Media::is_picture);
    let spoken = Message {
        role: if content["role"].is_null() { Role::User } else { role(&content["role"]) },
        text: plain.collect(),
        images,
        files,
        calls: parts().filter_map(call).collect(),
        results: Vec::new(),
        thoughts: parts().any(|part| part["thoughtSignature"].is_string()),
        seals: parts().filter_map(|part| part["thoughtSignature"].as_str().map(str::to_owned)).collect(),
    };
    let said = |part: &Value| {
        let response = part["functionResponse"]["response"].as_object()?;
        let text = response.values().filter_map(Value::as_str).collect();
        Some(Said { call_id: word(&part["functionResponse"]["name"]), text })
    };
    parted(spoken, parts().filter_map(said).collect())
}

fn parted(spoken: Message, results: Vec<Said>) -> Vec<Message> {
    if results.is_empty() {
        return vec![spoken];
    }
    let silent = spoken.text.is_empty() && spoken.images.is_empty() && spoken.files.is_empty();
    let text = results.iter().map(|said| said.text.as_str()).collect();
    let tool = Message { role: Role::Tool, text, results, ..Message::default() };
    if silent { vec![tool] } else { vec![tool, spoken] }
}

fn ollama(message: &Value) -> Message {
    let (role, text) = (role(&message["role"]), text(&message["content"]));
    let images = list(&message["images"]).filter_map(|image| Some(Media::read("image", image.as_str()?))).collect();
    let call = |call: &Value| {
        let (name, arguments) = (word(&call["function"]["name"]), written(&call["function"]["arguments"]));
        Call { id: name.clone(), name, arguments, seal: None }
    };
    let said = (role == Role::Tool).then(|| Said { call_id: word(&message["tool_name"]), text: text.clone() });
    Message {
        role,
        text,
        images,
        calls: list(&message["tool_calls"]).map(call).collect(),
        results: said.into_iter().collect(),
        thoughts: message["thinking"].is_string(),
        ..Message::default()
    }
}
