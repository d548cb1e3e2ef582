//! The list of models, in the shapes in which compatible servers give it.

pub(crate) mod said;

use crate::ModelInfo;
use crate::classify::Asked;
use crate::client::{Page, no_list};
use crate::error::Error;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashSet;

#[derive(Deserialize)]
#[serde(untagged)]
enum ModelList {
    /// llama.cpp fills both.
    Wrapped { data: Option<Vec<Value>>, models: Option<Vec<Value>> },
    /// A bare list.
    Bare(Vec<Value>),
}

/// Reads the list; every name once, in the provider's order.
pub(crate) fn read(body: &[u8], asked: &Asked) -> Result<Page, Error> {
    let list = match serde_json::from_slice(body) {
        Ok(ModelList::Wrapped { data: Some(list), .. } | ModelList::Wrapped { models: Some(list), .. }) => list,
        Ok(ModelList::Bare(list)) => list,
        _ => return Err(no_list(asked, body)),
    };
    let mut seen = HashSet::new();
    let named = list.iter().filter_map(|model| Some((name(model)?, model)));
    let known = named.filter(|(name, _)| !name.is_empty() && seen.insert(name.to_owned()));
    let models = known.map(|(name, model)| ModelInfo { name: name.to_owned(), facts: said::facts(model) }).collect();
    Ok(Page { models, next: None })
}

/// The name stands in `id`, elsewhere in `name`; some give nothing else.
fn name(model: &Value) -> Option<&str> {
    model.as_str().or_else(|| model["id"].as_str()).or_else(|| model["name"].as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::asked;
    use shared::ErrorCode;

    fn names(body: &str) -> Vec<(String, Option<u32>)> {
        let list = read(body.as_bytes(), &asked()).unwrap_or_else(|error| panic!("{body}: {error}"));
        list.models.into_iter().map(|model| (model.name, model.facts.context_window)).collect()
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
            (
                r#"{"data":["a",{"id":7},null,{"id":"b","context_length":"8192"}]}"#,
                vec![("a", None), ("b", Some(8192))],
            ),
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

    #[test]
    fn what_vendors_say_of_their_models_is_understood() {
        use shared::models::{Facts, ModelKind, Price};
        let known = |body: &str| said::facts(&serde_json::from_str(body).expect(body));
        // OpenRouter.
        let router = known(
            r#"{"id":"x/y","context_length":400000,"architecture":{"input_modalities":["text","image"],"output_modalities":["text"]},
            "pricing":{"prompt":"0.00000125","completion":"0.00001","input_cache_read":"0.000000125","image":"0"},
            "top_provider":{"context_length":400000,"max_completion_tokens":128000,"is_moderated":true},
            "supported_parameters":["include_reasoning","max_tokens","reasoning","response_format","tools"],
            "reasoning":{"supported_efforts":["high","xhigh","minimal"]}}"#,
        );
        let expected = Facts {
            kind: Some(ModelKind::Chat),
            vision: Some(true),
            tools: Some(true),
            reasoning: Some(true),
            efforts: Some(vec![shared::models::Effort::Minimal, shared::models::Effort::High]),
            json: Some(true),
            web_search: None,
            context_window: Some(400_000),
            max_output: Some(128_000),
            price: Some(Price { input: 1.25, output: 10.0, cached_input: Some(0.125), ..Price::default() }),
        };
        assert_eq!(router, expected);
        let plain = known(
            r#"{"architecture":{"modality":"text->text"},"supported_parameters":["max_tokens"],"pricing":{"prompt":"-1","completion":"-1"}}"#,
        );
        assert_eq!((plain.vision, plain.tools, plain.reasoning), (Some(false), Some(false), Some(false)));
        assert_eq!((plain.efforts, plain.price), (Some(Vec::new()), None), "the price depends");
        // Mistral.
        let mistral = known(
            r#"{"capabilities":{"completion_chat":true,"function_calling":true,"vision":false,"reasoning":false},"max_context_length":131072}"#,
        );
        assert_eq!((mistral.kind, mistral.tools, mistral.vision), (Some(ModelKind::Chat), Some(true), Some(false)));
        assert_eq!((mistral.context_window, mistral.json), (Some(131_072), None));
        // Groq, Kimi, LM Studio, vLLM, llama.cpp, Azure, GitHub.
        let groq = known(r#"{"context_window":131072,"max_completion_tokens":65536,"active":true}"#);
        assert_eq!((groq.context_window, groq.max_output), (Some(131_072), Some(65_536)));
        let kimi = known(r#"{"context_length":262144,"supports_image_in":true,"supports_reasoning":true}"#);
        assert_eq!((kimi.vision, kimi.reasoning, kimi.tools), (Some(true), Some(true), None));
        let studio = known(
            r#"{"type":"vlm","capabilities":["tool_use"],"max_context_length":131072,"loaded_context_length":4096}"#,
        );
        assert_eq!((studio.vision, studio.tools, studio.context_window), (Some(true), Some(true), Some(4096)));
        assert_eq!(known(r#"{"type":"embeddings"}"#).kind, Some(ModelKind::Embedding));
        assert_eq!(known(r#"{"max_model_len":4096.0}"#).context_window, Some(4096));
        assert_eq!(known(r#"{"meta":{"n_ctx_train":40960}}"#).context_window, Some(40_960));
        let azure = known(r#"{"capabilities":{"chat_completion":false,"embeddings":true,"inference":true}}"#);
        assert_eq!(azure.kind, Some(ModelKind::Embedding));
        let github = known(
            r#"{"limits":{"max_input_tokens":131072,"max_output_tokens":4096},"supported_input_modalities":["text","image"],"capabilities":["streaming","tool-calling","tools"]}"#,
        );
        assert_eq!((github.vision, github.tools, github.max_output), (Some(true), Some(true), Some(4096)));
        assert_eq!(known(r#"{"architecture":{"output_modalities":["text","image"]}}"#).kind, Some(ModelKind::Image));
        // What is odd says nothing.
        let odd = r#"{"context_length":-1,"context_window":"many","max_model_len":99999999999,"capabilities":7,"pricing":{"prompt":0.3,"completion":0.3},"architecture":[],"type":3,"top_provider":{"max_completion_tokens":null}}"#;
        assert_eq!(known(odd), Facts::default());
        assert_eq!(known("null"), Facts::default());
    }
}
