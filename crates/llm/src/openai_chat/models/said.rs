//! What servers say of a model beside its name. Everybody has words of their own; odd and absent ones say nothing.

use serde_json::Value;
use shared::models::{Effort, Facts, ModelKind, Price};

/// Where the number of tokens stands that a model reads, the most trustworthy place first: what is loaded, what is served,
/// what it was trained for.
const WINDOWS: &[&str] = &[
    "/loaded_context_length",
    "/context_window",
    "/context_length",
    "/max_model_len",
    "/meta/n_ctx",
    "/max_context_length",
    "/top_provider/context_length",
    "/limits/max_input_tokens",
    "/capabilities/limits/max_context_window_tokens",
    "/max_prompt_length",
    "/meta/n_ctx_train",
];
/// Where the longest answer stands.
const OUTPUTS: &[&str] = &[
    "/top_provider/max_completion_tokens",
    "/max_completion_tokens",
    "/max_output_tokens",
    "/max_output_length",
    "/limits/max_output_tokens",
    "/capabilities/limits/max_output_tokens",
];
/// Lists of what goes in and what comes out.
const INPUTS: &[&str] =
    &["/architecture/input_modalities", "/input_modalities", "/supported_input_modalities", "/modalities/input"];
const RESULTS: &[&str] =
    &["/architecture/output_modalities", "/output_modalities", "/supported_output_modalities", "/modalities/output"];
/// Lists that name everything: what is not in them is not there.
const COMPLETE: &[&str] = &["/supported_parameters", "/supported_features"];
/// Lists that name something: what is not in them may be there all the same.
const HINTS: &[&str] = &["/capabilities", "/tags", "/features"];

/// What one entry of a list says.
pub(crate) fn facts(model: &Value) -> Facts {
    let context_window = number(model, WINDOWS);
    let reasoning = can(model, &["reasoning", "include_reasoning", "thinking"], &["supports_reasoning"]);
    Facts {
        kind: kind(model),
        vision: vision(model),
        tools: can(
            model,
            &["tools", "tool_use", "tool-use", "tool_calling", "function_calling", "function-calling"],
            &["supports_tools", "supports_function_calling"],
        ),
        reasoning,
        efforts: efforts(model).or_else(|| (reasoning == Some(false)).then(Vec::new)),
        json: can(model, &["response_format", "structured_outputs", "json_mode", "structured-outputs"], &[]),
        web_search: None,
        context_window,
        max_output: number(model, OUTPUTS).filter(|most| context_window.is_none_or(|window| *most <= window)),
        price: price(&model["pricing"]),
    }
}

/// The first of these numbers that is one.
fn number(model: &Value, places: &[&str]) -> Option<u32> {
    let numbers = places.iter().filter_map(|place| model.pointer(place).and_then(whole));
    numbers.into_iter().find(|number| *number > 0)
}

/// A count, however it is written.
fn whole(value: &Value) -> Option<u32> {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    // Some write counts with a decimal point.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is within the limits")]
    let float = || value.as_f64().filter(|number| (0.0..1e9).contains(number)).map(|number| number as u64);
    number.or_else(float).and_then(|number| u32::try_from(number).ok())
}

/// The words of a list, in small letters; none when there is no list.
fn words(model: &Value, place: &str) -> Option<Vec<String>> {
    let list = model.pointer(place)?.as_array()?;
    Some(list.iter().filter_map(Value::as_str).map(str::to_ascii_lowercase).collect())
}

/// Whether any of these words says yes, or their absence from a complete list says no.
fn can(model: &Value, names: &[&str], switches: &[&str]) -> Option<bool> {
    let named = |words: &Vec<String>| words.iter().any(|word| names.contains(&word.as_str()));
    // Mistral's and Azure's capabilities are an object of switches.
    let own = names.iter().map(|name| &model["capabilities"][*name]);
    let switched = own.chain(switches.iter().map(|name| &model[*name])).find_map(Value::as_bool);
    let hinted = || HINTS.iter().filter_map(|place| words(model, place)).any(|words| named(&words)).then_some(true);
    let complete = || COMPLETE.iter().find_map(|place| words(model, place)).map(|words| named(&words));
    switched.or_else(hinted).or_else(complete)
}

fn vision(model: &Value) -> Option<bool> {
    let listed = INPUTS.iter().find_map(|place| words(model, place)).map(|words| has_pictures(&words));
    // `text+image->text`.
    let arrow = || Some(model.pointer("/architecture/modality")?.as_str()?.split("->").next()?.contains("image"));
    let is_vlm = || (model["type"] == "vlm").then_some(true);
    let switched = || can(model, &["vision", "image"], &["supports_image_in", "supports_vision"]);
    let seen = listed.or_else(arrow).or_else(is_vlm);
    // A list of parameters has no word for pictures, so that its silence means nothing.
    seen.or_else(|| switched().filter(|yes| *yes || !COMPLETE.iter().any(|place| model.pointer(place).is_some())))
}

fn has_pictures(words: &[String]) -> bool {
    words.iter().any(|word| word == "image")
}

fn kind(model: &Value) -> Option<ModelKind> {
    let by_type = match model["type"].as_str().unwrap_or_default() {
        "chat" | "llm" | "vlm" | "language" => Some(ModelKind::Chat),
        "embedding" | "embeddings" => Some(ModelKind::Embedding),
        "rerank" | "reranker" | "reranking" => Some(ModelKind::Rerank),
        "image" => Some(ModelKind::Image),
        "audio" | "transcribe" | "transcription" | "speech" => Some(ModelKind::Audio),
        _ => None,
    };
    let has = |name: &str| model["capabilities"][name] == true;
    let by_switch = || match () {
        () if has("chat_completion") || has("completion_chat") => Some(ModelKind::Chat),
        () if has("embeddings") => Some(ModelKind::Embedding),
        () => None,
    };
    let by_result = || {
        let results = RESULTS.iter().find_map(|place| words(model, place))?;
        let kinds = [
            // What draws says a few words too.
            ("image", ModelKind::Image),
            ("text", ModelKind::Chat),
            ("embeddings", ModelKind::Embedding),
            ("audio", ModelKind::Audio),
        ];
        kinds.iter().find(|(word, _)| results.iter().any(|result| result == word)).map(|(_, kind)| *kind)
    };
    by_type.or_else(by_switch).or_else(by_result)
}

/// The words of several vendors for efforts that we know.
pub(crate) fn effort(word: &str) -> Option<Effort> {
    Effort::ALL.into_iter().find(|effort| effort.word() == word)
}

/// OpenRouter tells how hard a model can be told to think.
fn efforts(model: &Value) -> Option<Vec<Effort>> {
    let words = words(model, "/reasoning/supported_efforts")?;
    let mut efforts: Vec<Effort> = words.iter().filter_map(|word| effort(word)).collect();
    efforts.sort_unstable();
    efforts.dedup();
    Some(efforts)
}

/// OpenRouter's and Vercel's price of a token, as a text. Elsewhere it is a number of unknown meaning.
fn price(pricing: &Value) -> Option<Price> {
    let figure = |names: &[&str]| {
        let per_token: f64 = names.iter().find_map(|name| pricing[*name].as_str())?.parse().ok()?;
        // Less than nothing means that it depends.
        (0.0..1.0).contains(&per_token).then(|| (per_token * 1e12).round() / 1e6)
    };
    let (input, output) = (figure(&["prompt", "input"])?, figure(&["completion", "output"])?);
    Some(Price { input, output, cached_input: figure(&["input_cache_read"]), ..Price::default() })
}
