//! The list of models, in the shapes in which compatible servers give it.

use crate::ModelInfo;
use crate::classify::Asked;
use crate::client::{Page, no_list};
use crate::error::Error;
use crate::lenient::Count;
use serde::Deserialize;
use std::collections::HashSet;

#[derive(Deserialize)]
#[serde(untagged)]
enum ModelList {
    /// llama.cpp fills both.
    Wrapped { data: Option<Vec<WireModel>>, models: Option<Vec<WireModel>> },
    /// A bare list.
    Bare(Vec<WireModel>),
}

/// The name stands in `id`, elsewhere in `name`; the size has a name of its own at every vendor.
#[derive(Deserialize)]
struct WireModel {
    id: Option<String>,
    name: Option<String>,
    #[serde(default)]
    context_window: Count,
    #[serde(default)]
    context_length: Count,
    #[serde(default)]
    max_model_len: Count,
    #[serde(default)]
    max_context_length: Count,
}

/// Reads the list; every name once, in the provider's order.
pub(crate) fn read(body: &[u8], asked: &Asked) -> Result<Page, Error> {
    let list = match serde_json::from_slice(body) {
        Ok(ModelList::Wrapped { data: Some(list), .. } | ModelList::Wrapped { models: Some(list), .. }) => list,
        Ok(ModelList::Bare(list)) => list,
        _ => return Err(no_list(asked, body)),
    };
    let mut seen = HashSet::new();
    let named = list.into_iter().filter_map(|model| Some((size(&model), model.id.or(model.name)?)));
    let known = named.filter(|(_, name)| !name.is_empty() && seen.insert(name.clone()));
    let models = known.map(|(context_window, name)| ModelInfo { name, context_window }).collect();
    Ok(Page { models, next: None })
}

fn size(model: &WireModel) -> Option<u32> {
    let sizes = [model.context_window, model.context_length, model.max_model_len, model.max_context_length];
    sizes.into_iter().map(|count| count.0).find(|size| *size > 0).and_then(|size| u32::try_from(size).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::asked;
    use shared::ErrorCode;

    fn names(body: &str) -> Vec<(String, Option<u32>)> {
        let list = read(body.as_bytes(), &asked()).unwrap_or_else(|error| panic!("{body}: {error}"));
        list.models.into_iter().map(|model| (model.name, model.context_window)).collect()
    }

    #[test]
    fn lists_of_several_servers_are_understood() {
        for (body, expected) in [
            (r#"{"object":"list","data":[{"id":"gpt-x","object":"model","owned_by":"o"}]}"#, vec![("gpt-x", None)]),
            (r#"{"data":[{"id":"a/b","name":"A: B","context_length":131072}]}"#, vec![("a/b", Some(131_072))]),
            (r#"{"data":[{"id":"q","max_model_len":4096},{"id":"q"},{"id":""}]}"#, vec![("q", Some(4096))]),
            (r#"{"models":[{"name":"g","model":"g"}],"data":[{"id":"g","meta":{}}]}"#, vec![("g", None)]),
            (r#"{"models":[{"name":"llama3.2:3b","size":1}]}"#, vec![("llama3.2:3b", None)]),
            (r#"[{"id":"x","context_window":null}]"#, vec![("x", None)]),
            (r#"{"data":[]}"#, vec![]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(name, size)| (name.to_owned(), size)).collect();
            assert_eq!(names(body), expected, "{body}");
        }
    }

    #[test]
    fn what_is_no_list_is_named() {
        for (body, code) in [
            ("<!doctype html><title>Sign in</title>", ErrorCode::ProviderNotAStream),
            ("{}", ErrorCode::ProviderNotAStream),
            (r#"{"data":null}"#, ErrorCode::ProviderNotAStream),
            (
                r#"{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}"#,
                ErrorCode::ProviderUnauthorized,
            ),
        ] {
            assert_eq!(read(body.as_bytes(), &asked()).map(|_| ()).expect_err(body).code, code, "{body}");
        }
    }
}
