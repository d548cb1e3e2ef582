//! Holds every answer that a test gets against the API's own description, so that none of the two can be wrong alone.

use super::Reply;
use jsonschema::Validator;
use reqwest::Request;
use serde_json::{Value, json};
use server::routes::{Line, TABLE};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

pub(crate) static DOCUMENT: LazyLock<Value> = LazyLock::new(server::openapi::document);
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// The line that answers at an address.
pub(crate) fn line_of(method: &str, path: &str) -> Option<&'static Line> {
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    TABLE.iter().find(|line| line.method == method && fits(line.path, path))
}

fn fits(pattern: &str, path: &str) -> bool {
    if let Some((root, _)) = pattern.split_once("{id:.+}") {
        return path.strip_prefix(root).is_some_and(|id| !id.is_empty());
    }
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    let same = |(one, other): (&&str, &&str)| one == other || (one.starts_with('{') && !other.is_empty());
    pattern.len() == path.len() && pattern.iter().zip(&path).all(same)
}

/// An operation of the document.
pub(crate) fn operation(line: &Line) -> &'static Value {
    let path = line.path.replace(":.+}", "}");
    &DOCUMENT["paths"][path.as_str()][line.method.to_ascii_lowercase().as_str()]
}

/// What is wrong with a value as an instance of a schema that stands in the document.
pub(crate) fn faults(schema: &Value, instance: &Value) -> Vec<String> {
    let key = schema.to_string();
    let known = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    let validator = known.unwrap_or_else(|| {
        let mut whole = json!({"components": {"schemas": DOCUMENT["components"]["schemas"]}});
        for (name, value) in schema.as_object().expect("a schema is an object") {
            whole[name.as_str()] = value.clone();
        }
        let made = Arc::new(jsonschema::validator_for(&whole).expect("a schema of JSON Schema 2020-12"));
        VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&made));
        made
    });
    validator.iter_errors(instance).map(|error| format!("{} at {}", error, error.instance_path())).collect()
}

/// Panics when an answer is not what the document says of its operation.
pub(super) fn check(request: &Request, reply: &Reply) {
    let Some(line) = line_of(request.method().as_str(), request.url().path()) else { return };
    let (status, name) = (reply.status, format!("{} {}", line.method, line.path));
    let mut answer = &operation(line)["responses"][status.to_string().as_str()];
    if answer.is_null() {
        assert!(status >= 400, "{name} answered {status}, which its description does not know");
        let place = operation(line)["responses"]["default"]["$ref"].as_str().expect("failures have a form");
        answer = DOCUMENT.pointer(place.trim_start_matches('#')).expect("it is there");
    }
    let kind = reply.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    if kind == "application/json" {
        let schema = &answer["content"][kind]["schema"];
        if schema.is_object() {
            let faults = faults(schema, &reply.body);
            assert!(
                faults.is_empty(),
                "{name} answered {status} otherwise than described: {faults:#?}\n{}",
                reply.text
            );
        }
    } else if status < 400 && !reply.text.is_empty() {
        let family = format!("{}/*", kind.split('/').next().unwrap_or_default());
        let known = [kind, family.as_str(), "*/*"].iter().any(|kind| answer["content"].get(kind).is_some());
        assert!(known, "{name} answered {kind:?}, which its description does not know");
    }
    super::recorded::keep(line, request, reply);
}
