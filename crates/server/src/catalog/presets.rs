//! Connections that the environment describes: `LLM_API_URL` with its companions, and `PRESET_MODELS`.
//!
//! Pure. It takes what people write (lists, objects by name, many spellings of the same field) and says what it could
//! not use, without ever repeating a key.

use crate::config::LlmEnv;
use serde_json::{Map, Value};
use shared::connections::{Protocol, model_names};
use std::collections::HashSet;
use std::fmt;
use url::Url;

/// The variable of the single connection.
pub(super) const SINGLE: &str = "LLM_API_URL";
/// The variable of the list.
pub(super) const LIST: &str = "PRESET_MODELS";

/// A connection from the environment.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Preset {
    /// What tells it from the others: `LLM_API_URL`, or `PRESET_MODELS:<name>`.
    pub(super) variable: String,
    /// Its name.
    pub(super) name: String,
    /// Its protocol.
    pub(super) protocol: Protocol,
    /// The address as it was written.
    pub(super) url: String,
    /// Its key; it stays in memory.
    pub(super) key: Option<String>,
    /// Its models; empty asks the provider.
    pub(super) models: Vec<String>,
}

impl fmt::Debug for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preset").field("variable", &self.variable).field("url", &self.url).finish_non_exhaustive()
    }
}

/// All connections of the environment, and one line for everything that could not be used.
#[must_use]
pub(super) fn read(single: &LlmEnv, list: Option<&str>) -> (Vec<Preset>, Vec<String>) {
    let mut complaints = Vec::new();
    let mut presets: Vec<Preset> = from_single(single, &mut complaints).into_iter().collect();
    if let Some(text) = list {
        match serde_json::from_str(text) {
            Ok(value) => presets.extend(from_list(&value, &mut complaints)),
            // The parser names line and column and repeats nothing.
            Err(error) => complaints.push(format!("{LIST} is not JSON and is ignored: {error}")),
        }
    }
    presets.retain(|preset| match llm::base_url::candidates(&preset.url) {
        Ok(_) => true,
        Err(detail) => {
            complaints.push(format!("{} is ignored, its address cannot be used: {detail}", preset.variable));
            false
        }
    });
    (presets, complaints)
}

fn from_single(env: &LlmEnv, complaints: &mut Vec<String>) -> Option<Preset> {
    let Some(url) = env.url.as_deref().map(str::trim).filter(|url| !url.is_empty()) else {
        if env.key.is_some() || env.model.is_some() {
            complaints.push(format!("LLM_MODEL and LLM_API_KEY do nothing without {SINGLE}"));
        }
        return None;
    };
    Some(Preset {
        variable: SINGLE.to_owned(),
        name: host_of(url),
        protocol: Protocol::default(),
        url: url.to_owned(),
        key: env.key.as_ref().map(|key| key.expose().trim().to_owned()).filter(|key| !key.is_empty()),
        models: env.model.as_deref().map(model_names).unwrap_or_default(),
    })
}

fn from_list(value: &Value, complaints: &mut Vec<String>) -> Vec<Preset> {
    let entries: Vec<(Option<&str>, &Value)> = match value {
        Value::Array(items) => items.iter().map(|item| (None, item)).collect(),
        Value::Object(fields) if text(fields, URL).is_some() => vec![(None, value)],
        Value::Object(fields) => fields.iter().map(|(name, item)| (Some(name.as_str()), item)).collect(),
        _ => {
            complaints.push(format!("{LIST} is ignored: it must be a JSON list or object of connections"));
            return Vec::new();
        }
    };
    let mut taken = HashSet::new();
    let mut presets = Vec::new();
    for ((label, item), number) in entries.into_iter().zip(1..) {
        match entry(label, item) {
            Ok(preset) => presets.push(unique(preset, &mut taken)),
            Err(rule) => {
                let which = label.map_or_else(|| number.to_string(), |label| format!("`{label}`"));
                complaints.push(format!("entry {which} of {LIST} is ignored: it {rule}"));
            }
        }
    }
    presets
}

const URL: &[&str] = &["url", "baseurl", "apiurl", "apibase", "endpoint"];
const KEY: &[&str] = &["key", "apikey", "token"];
const MODELS: &[&str] = &["models", "model", "modelname"];
const NAME: &[&str] = &["name", "title", "label"];
const PROTOCOL: &[&str] = &["protocol", "provider"];

/// The protocol by its word, or by the name of the vendor that it comes from.
fn protocol(word: &str) -> Result<Protocol, &'static str> {
    let plain = word.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    if let Some(protocol) = Protocol::ALL.into_iter().find(|protocol| protocol.as_str() == plain) {
        return Ok(protocol);
    }
    match plain.as_str() {
        "openai" | "openai_compatible" => Ok(Protocol::OpenaiChat),
        "responses" => Ok(Protocol::OpenaiResponses),
        "azure" => Ok(Protocol::AzureOpenai),
        "claude" => Ok(Protocol::Anthropic),
        "google" | "google_genai" => Ok(Protocol::Gemini),
        _ => Err("names no `protocol` that is known"),
    }
}

fn entry(label: Option<&str>, item: &Value) -> Result<Preset, &'static str> {
    let fields = item.as_object().ok_or("is not an object")?;
    let url = text(fields, URL).ok_or("has no `url`")?;
    let name = text(fields, NAME).or(label).map_or_else(|| host_of(url), str::to_owned);
    Ok(Preset {
        variable: format!("{LIST}:{}", label.unwrap_or(&name)),
        name,
        protocol: text(fields, PROTOCOL).map_or(Ok(Protocol::default()), protocol)?,
        url: url.to_owned(),
        key: text(fields, KEY).map(str::to_owned),
        models: field(fields, MODELS).map(names).unwrap_or_default(),
    })
}

/// The field under one of these spellings: letters only, so `api_key`, `apiKey` and `API-Key` are the same.
fn field<'a>(fields: &'a Map<String, Value>, spellings: &[&str]) -> Option<&'a Value> {
    let plain = |name: &str| name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
    spellings.iter().find_map(|wanted| fields.iter().find(|(name, _)| plain(name) == *wanted).map(|(_, value)| value))
}

fn text<'a>(fields: &'a Map<String, Value>, spellings: &[&str]) -> Option<&'a str> {
    field(fields, spellings).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// Names of models: a list of texts or of objects with a name, or one text with commas.
fn names(value: &Value) -> Vec<String> {
    match value {
        Value::String(list) => model_names(list),
        Value::Array(items) => {
            let name = |item: &Value| match item {
                Value::String(name) => Some(name.trim().to_owned()),
                Value::Object(fields) => text(fields, &["id", "model", "name"]).map(str::to_owned),
                _ => None,
            };
            distinct(items.iter().filter_map(name))
        }
        _ => Vec::new(),
    }
}

fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.filter(|name| !name.is_empty() && seen.insert(name.clone())).collect()
}

fn unique(mut preset: Preset, taken: &mut HashSet<String>) -> Preset {
    let base = preset.variable.clone();
    let mut number = 2;
    while !taken.insert(preset.variable.clone()) {
        preset.variable = format!("{base} ({number})");
        number += 1;
    }
    preset
}

/// The host of an address, as a name for people; the address itself where there is none.
#[must_use]
pub fn host_of(url: &str) -> String {
    let with_scheme = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    let host = Url::parse(&with_scheme).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| url.chars().take(shared::limits::MAX_NAME_CHARS).collect())
}

#[cfg(test)]
#[path = "presets_tests.rs"]
mod tests;
