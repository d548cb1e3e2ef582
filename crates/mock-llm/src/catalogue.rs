//! The lists of models: what each protocol says of a model beside its name, in its own form.

use crate::protocol::Protocol;
use serde_json::{Value, json};

/// Models in the list of a large relay.
const RELAY_MODELS: usize = 1000;

/// What the fake says of a model.
#[derive(Clone, Copy, Default)]
struct Known {
    window: u32,
    output: u32,
    vision: bool,
    tools: bool,
    thinks: bool,
    /// US dollars for a million tokens read and written.
    price: Option<(f64, f64)>,
}

/// The models of which something is said; the others are names alone, as in OpenAI's own list.
fn known(name: &str) -> Option<Known> {
    let plain = Known { window: 32_768, output: 4096, ..Known::default() };
    Some(match name {
        "inspect" => Known { vision: true, tools: true, thinks: true, price: Some((1.0, 2.0)), ..plain },
        "vision" => Known { vision: true, ..plain },
        "tools" | "tools-2" => Known { vision: true, tools: true, ..plain },
        "thinking" | "tools-thinking" => Known { tools: true, thinks: true, ..plain },
        "ctx-4k" => Known { window: 4096, output: 512, ..plain },
        "canned-zh" => plain,
        _ => return None,
    })
}

/// The names in the list of a large relay: the behaviours, then numbers.
pub(crate) fn relay(behaviours: &[&str]) -> Vec<String> {
    let numbered = (1..).map(|number| format!("relay-{number:04}"));
    behaviours.iter().map(|name| (*name).to_owned()).chain(numbered).take(RELAY_MODELS).collect()
}

/// A list of models, in the words of OpenAI unless the protocol has its own.
pub(crate) fn list<'a>(protocol: Protocol, names: impl Iterator<Item = &'a str>) -> Value {
    let models: Vec<Value> = names.map(|name| entry(protocol, name)).collect();
    match protocol {
        Protocol::Anthropic => {
            let (first, last) = (models.first().cloned(), models.last().cloned());
            let id = |model: Option<Value>| model.map(|model| model["id"].clone());
            json!({"data": models, "has_more": false, "first_id": id(first), "last_id": id(last)})
        }
        Protocol::Gemini | Protocol::Ollama => json!({ "models": models }),
        _ => json!({"object": "list", "data": models}),
    }
}

fn entry(protocol: Protocol, name: &str) -> Value {
    let known = known(name);
    match protocol {
        Protocol::Anthropic => {
            let mut model =
                json!({"type": "model", "id": name, "display_name": name, "created_at": "1970-01-01T00:00:00Z"});
            if let Some(known) = known {
                let can = |yes: bool| json!({ "supported": yes });
                model["max_input_tokens"] = known.window.into();
                model["max_tokens"] = known.output.into();
                model["capabilities"] = json!({"image_input": can(known.vision), "thinking": can(known.thinks)});
            }
            model
        }
        Protocol::Gemini => {
            let (window, output) = known.map_or((32_768, 8192), |known| (known.window, known.output));
            let mut model = json!({
                "name": format!("models/{name}"), "inputTokenLimit": window, "outputTokenLimit": output,
                "supportedGenerationMethods": ["generateContent"],
            });
            if known.is_some_and(|known| known.thinks) {
                model["thinking"] = true.into();
            }
            model
        }
        Protocol::Ollama => json!({"name": name, "model": name, "size": 0, "details": {"family": "mock"}}),
        _ => {
            let mut model = json!({"id": name, "object": "model", "created": 0, "owned_by": "mock-llm"});
            if let Some(known) = known {
                router(&mut model, &known);
            }
            model
        }
    }
}

/// OpenRouter's fields.
fn router(model: &mut Value, known: &Known) {
    let mut inputs = vec!["text"];
    inputs.extend(known.vision.then_some("image"));
    let mut parameters = vec!["max_tokens", "temperature"];
    parameters.extend(known.tools.then_some("tools"));
    parameters.extend(known.thinks.then_some("reasoning"));
    model["context_length"] = known.window.into();
    model["architecture"] = json!({"input_modalities": inputs, "output_modalities": ["text"]});
    model["top_provider"] = json!({"context_length": known.window, "max_completion_tokens": known.output});
    model["supported_parameters"] = parameters.into();
    if let Some((input, output)) = known.price {
        let per_token = |price: f64| format!("{:.9}", price / 1e6);
        model["pricing"] = json!({"prompt": per_token(input), "completion": per_token(output)});
    }
}

/// What Ollama says of one model when it is asked.
pub(crate) fn shown(name: &str) -> Value {
    let mut capabilities = vec!["completion"];
    let mut shown = json!({"details": {"family": "mock"}, "model_info": {"general.architecture": "mock"}});
    if let Some(known) = known(name) {
        capabilities.extend(known.vision.then_some("vision"));
        capabilities.extend(known.tools.then_some("tools"));
        capabilities.extend(known.thinks.then_some("thinking"));
        shown["model_info"]["mock.context_length"] = known.window.into();
        shown["capabilities"] = capabilities.into();
    }
    shown
}
