//! The API's description: complete, sound, and of what really is sent. That every answer fits it is checked wherever a test
//! reads one (`support/described.rs`).

use crate::support::described::{DOCUMENT, faults, operation};
use crate::support::{TestApp, recorded};
use reqwest::Method;
use serde_json::{Map, Value, json};
use server::auth::Access;
use server::routes::TABLE;
use std::collections::BTreeSet;
use std::path::Path;

/// Calls something with every object of a document, and where it stands.
fn walk<'a>(value: &'a Value, place: &str, each: &mut impl FnMut(&str, &'a Map<String, Value>)) {
    match value {
        Value::Object(fields) => {
            each(place, fields);
            for (name, value) in fields {
                walk(value, &format!("{place}/{name}"), each);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, place, each)),
        _ => {}
    }
}

#[test]
fn the_document_and_the_table_of_routes_name_the_same_operations() {
    let of_table: BTreeSet<_> =
        TABLE.iter().map(|line| (line.path.replace(":.+", ""), line.method.to_ascii_lowercase())).collect();
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let of_document: BTreeSet<_> = paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().expect("methods");
            methods.keys().map(move |method| (path.clone(), method.clone()))
        })
        .collect();
    assert_eq!(of_document, of_table);
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_says_what_it_needs() {
    walk(&DOCUMENT, "", &mut |place, fields| {
        if let Some(target) = fields.get("$ref").and_then(Value::as_str) {
            assert!(DOCUMENT.pointer(target.trim_start_matches('#')).is_some(), "{place} refers to {target}");
        }
    });
    let mut ids = BTreeSet::new();
    for line in TABLE {
        let operation = operation(line);
        let name = format!("{} {}", line.method, line.path);
        assert!(ids.insert(operation["operationId"].as_str().expect("an id")), "{name}: its id is there twice");
        assert!(operation["summary"].as_str().is_some_and(|words| words.ends_with('.')), "{name}");
        assert!(operation["responses"]["default"].is_object(), "{name}: failures have a form");
        assert_eq!(operation["security"] == json!([]), line.access == Access::Public, "{name}");
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let named: Vec<_> = parameters
            .filter(|it| it["in"] == "path")
            .map(|it| format!("{{{}}}", it["name"].as_str().unwrap_or_default()))
            .collect();
        assert!(named.iter().all(|name| line.path.replace(":.+", "").contains(name.as_str())), "{name}: {named:?}");
        assert_eq!(named.len(), line.path.matches('{').count(), "{name}");
    }
}

#[test]
fn no_words_of_the_document_lead_into_the_source() {
    walk(&DOCUMENT, "", &mut |place, fields| {
        let words = fields.get("description").and_then(Value::as_str).unwrap_or_default();
        assert!(!words.contains("crate::") && !words.contains("[`"), "{place}: {words}");
    });
}

#[test]
fn examples_are_what_they_are_examples_of() {
    if let Some(folder) = recorded::folder().filter(|_| std::env::var_os("AICHAT_WRITE_DOCS").is_some()) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/openapi/examples.json");
        let text = std::fs::read_to_string(&path).expect("the examples");
        let mut all: Map<String, Value> = serde_json::from_str(&text).expect("JSON");
        for (name, example) in recorded::kept(&folder) {
            // What somebody has looked at stays.
            all.entry(name).or_insert(example);
        }
        let text = serde_json::to_string_pretty(&all).expect("JSON");
        std::fs::write(&path, format!("{text}\n")).expect("the examples can be written");
        return;
    }
    let mut seen = 0;
    walk(&DOCUMENT["paths"], "", &mut |place, content| {
        if let (Some(schema), Some(example)) = (content.get("schema"), content.get("example")) {
            let faults = faults(schema, example);
            assert!(faults.is_empty(), "{place}: {faults:#?}");
            seen += 1;
        }
    });
    assert!(seen > 100, "{seen} examples");
}

#[tokio::test]
async fn everybody_reads_the_document_of_this_version() {
    let app = TestApp::new().await;
    let reply = app.nobody().get("/api/openapi.json").await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        (&reply.body["openapi"], &reply.body["info"]["version"]),
        (&json!("3.1.1"), &json!(env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(reply.body, *DOCUMENT);
}

/// The schema of the events of a stream.
fn events_of(method: &str, path: &str) -> &'static Value {
    let line = server::routes::line(method, path).expect("a route");
    &operation(line)["responses"]["200"]["content"]["text/event-stream"]["schema"]["contentSchema"]
}

#[tokio::test]
async fn every_event_of_an_answer_is_one_that_is_described() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok", "thinking", "tools-2", "429", "cut"]).await;
    let schema = events_of("POST", "/api/chat/stream");
    for model in ["ok", "thinking", "tools-2", "429", "cut"] {
        let request = admin.request(Method::POST, "/api/chat/stream").json(&json!({"content": "hi", "model": model}));
        let text = request.send().await.expect("an answer").text().await.expect("all of it");
        let data: Vec<Value> =
            text.lines().filter_map(|line| serde_json::from_str(line.strip_prefix("data:")?.trim()).ok()).collect();
        assert!(data.len() > 2, "{model}: {text}");
        for event in data {
            let faults = faults(schema, &event);
            assert!(faults.is_empty(), "{model}: {event} {faults:#?}");
        }
    }
}

#[tokio::test]
async fn every_event_of_a_persons_stream_is_one_that_is_described() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    let schema = events_of("GET", "/api/events");
    let mut response = admin.request(Method::GET, "/api/events").send().await.expect("a stream");
    admin.ask("ok", "hi").await;
    admin.post("/api/folders", json!({"name": "x"})).await;
    admin.put("/api/settings/system/brand_name", json!({"value": "Ours"})).await;
    let (mut read, mut seen) = (String::new(), BTreeSet::new());
    while !["hello", "run.completed", "folders.changed", "settings.changed"].iter().all(|kind| seen.contains(*kind)) {
        let chunk = response.chunk().await.expect("alive").expect("more");
        read.push_str(&String::from_utf8_lossy(&chunk));
        while let Some((frame, rest)) = read.clone().split_once("\n\n") {
            read = rest.to_owned();
            let data =
                frame.lines().find_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data:")?.trim()).ok());
            let Some(event) = data else { continue };
            let faults = faults(schema, &event);
            assert!(faults.is_empty(), "{event} {faults:#?}");
            seen.insert(event["type"].as_str().expect("a type").to_owned());
        }
    }
}
