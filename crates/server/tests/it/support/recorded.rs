//! Keeps requests and answers of the tests as examples of the API's description, when `AICHAT_EXAMPLES` names a folder for
//! them; `AICHAT_WRITE_DOCS=1` with the same folder makes `openapi/examples.json` of what was kept.

use super::Reply;
use regex::Regex;
use reqwest::Request;
use serde_json::{Map, Value, json};
use server::routes::Line;
use std::path::PathBuf;
use std::sync::LazyLock;

/// How long an example may be, in bytes, and how long it is best.
const MOST: usize = 3_000;
const BEST: usize = 700;
/// Fields whose values are secrets.
const SECRETS: [&str; 9] =
    ["password", "current", "new", "token", "accessToken", "refreshToken", "secret", "ticket", "key"];

static ID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}").expect("an expression")
});
static MOMENT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z").expect("an expression"));
static PLACE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"127\.0\.0\.1:\d+").expect("an expression"));
static LONG: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[A-Za-z0-9_+/=-]{40,}").expect("an expression"));

/// Where examples are kept; none in ordinary runs.
pub(crate) fn folder() -> Option<PathBuf> {
    std::env::var_os("AICHAT_EXAMPLES").map(PathBuf::from)
}

/// Keeps this one, unless a better one is there.
pub(super) fn keep(line: &Line, request: &Request, reply: &Reply) {
    let Some(folder) = folder().filter(|_| (200..300).contains(&reply.status)) else { return };
    let body = request.body().and_then(|body| serde_json::from_slice::<Value>(body.as_bytes()?).ok());
    let mut example = json!({"status": reply.status});
    for (name, value) in [("request", body), ("response", (!reply.body.is_null()).then(|| reply.body.clone()))] {
        if let Some(value) = value {
            example[name] = plain(value);
        }
    }
    let text = example.to_string();
    let path = folder.join(format!("{}.json", line.name.replace("::", ".")));
    let before = std::fs::read_to_string(&path).ok();
    let worth = |text: &str| {
        let whole: Value = serde_json::from_str(text).unwrap_or_default();
        (whole.get("request").is_some(), std::cmp::Reverse(text.len().abs_diff(BEST)))
    };
    let is_better = before.is_none_or(|before| worth(&before) < worth(&text));
    if text.len() <= MOST && is_better && !text.contains("matrix") {
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(path, text).expect("an example can be kept");
    }
}

/// The same without what differs from run to run, and without anything that looks like a secret.
fn plain(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| {
                let hide = value.is_string() && SECRETS.contains(&name.as_str());
                let value = if hide { json!("…") } else { plain(value) };
                (name, value)
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.into_iter().take(2).map(plain).collect(),
        Value::String(text) => {
            let text = MOMENT.replace_all(&text, "2026-01-02T03:04:05Z");
            let text = ID.replace_all(&text, "01980a5d-ac96-774b-bcce-b302099a8057");
            let text = PLACE.replace_all(&text, "127.0.0.1:11434");
            json!(LONG.replace_all(&text, |found: &regex::Captures<'_>| match ID.is_match(&found[0]) {
                true => found[0].to_owned(),
                false => "…".to_owned(),
            }))
        }
        other => other,
    }
}

/// All that was kept, by handler.
pub(crate) fn kept(folder: &std::path::Path) -> Map<String, Value> {
    let mut kept = Map::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().trim_end_matches(".json").replace('.', "::");
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        kept.insert(name, serde_json::from_str(&text).unwrap_or_default());
    }
    kept
}
