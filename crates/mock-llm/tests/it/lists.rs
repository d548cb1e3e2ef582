//! Answers that are no words: vectors and rankings.

use crate::support::{Answer, Client, start};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mock_llm::{End, MockLlm};
use serde_json::{Value, json};

fn post(mock: &MockLlm, path: &str, body: &Value) -> Answer {
    let mut client = Client::new(mock);
    client.send("POST", path, "Authorization: Bearer k\r\n", &body.to_string());
    client.answer()
}

fn embed(mock: &MockLlm, body: &Value) -> Value {
    post(mock, "/v1/embeddings", body).json()
}

fn numbers(vector: &Value) -> Vec<f32> {
    serde_json::from_value(vector.clone()).expect("numbers")
}

fn near(one: &Value, other: &Value) -> f32 {
    numbers(one).into_iter().zip(numbers(other)).map(|(one, other)| one * other).sum()
}

/// A field of every result, in order.
fn each<'a>(results: &'a Value, field: &str) -> Vec<&'a Value> {
    results.as_array().expect("a list").iter().map(|result| &result[field]).collect()
}

#[test]
fn vectors_come_in_order_with_usage_and_near_for_similar_texts() {
    let mock = start();
    let texts = ["reset a password", "resetting passwords", "the weather in Paris", "reset a password"];
    let answer = embed(&mock, &json!({"model": "ok", "input": texts, "stream": true}));
    assert_eq!((&answer["object"], &answer["model"]), (&json!("list"), &json!("ok")));
    assert_eq!(each(&answer["data"], "index"), [0, 1, 2, 3]);
    assert_eq!(each(&answer["data"], "object"), ["embedding"; 4]);
    let vectors = each(&answer["data"], "embedding");
    assert_eq!((numbers(vectors[0]).len(), vectors[0]), (256, vectors[3]), "equal texts, equal vectors");
    assert!(near(vectors[0], vectors[1]) > near(vectors[0], vectors[2]) + 0.2);
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    assert_eq!(answer["usage"], json!({"prompt_tokens": bytes.div_ceil(4), "total_tokens": bytes.div_ceil(4)}));
    let record = mock.ledger().last().expect("a record");
    assert_eq!((record.protocol.as_str(), record.messages, record.stream), ("embeddings", 4, false));
    assert_eq!((record.tokens, record.end, record.authorization), (0, End::Done, true));
}

#[test]
fn base64_carries_the_same_numbers_and_dimensions_are_obeyed() {
    let mock = start();
    let ask = |format| json!({"model": "ok", "input": "汉字 and words", "dimensions": 8, "encoding_format": format});
    let plain = numbers(&embed(&mock, &ask("float"))["data"][0]["embedding"]);
    let packed = embed(&mock, &ask("base64"));
    let bytes = STANDARD.decode(packed["data"][0]["embedding"].as_str().expect("base64")).expect("base64");
    let unpacked: Vec<f32> =
        bytes.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().expect("four bytes"))).collect();
    assert_eq!((plain.len(), unpacked), (8, plain));
}

#[test]
fn one_text_several_and_tokens_are_inputs() {
    let mock = start();
    for (input, count) in [
        (json!("a"), 1),
        (json!(["a", "b"]), 2),
        (json!([1, 2, 3]), 1),
        (json!([[1, 2], [3]]), 2),
        (json!([]), 0),
        (Value::Null, 0),
    ] {
        let answer = embed(&mock, &json!({"model": "ok", "input": input}));
        assert_eq!(each(&answer["data"], "index").len(), count, "{input}");
    }
}

#[test]
fn rankings_put_what_answers_the_query_first_in_every_dialect() {
    let mock = start();
    let documents = ["the weather", "rust async runtimes", "nothing", "async rust"];
    let body = json!({"model": "ok", "query": "async rust", "documents": documents});
    for path in ["/v1/rerank", "/rerank", "/v2/rerank", "/v1/reranks"] {
        let answer = post(&mock, path, &body).json();
        assert_eq!(each(&answer["results"], "index"), [3, 1, 0, 2], "{path}");
        assert!(answer["usage"]["total_tokens"].as_u64().is_some_and(|tokens| tokens > 0));
        assert_eq!(answer["meta"]["billed_units"]["search_units"], 1);
        assert!(answer["results"][0]["document"].is_null(), "nobody asked for them");
        let scores: Vec<_> = each(&answer["results"], "relevance_score").into_iter().map(Value::as_f64).collect();
        assert!(scores.is_sorted_by(|one, other| one >= other) && scores[0] == Some(1.0));
    }
    let bare =
        post(&mock, "/rerank", &json!({"query": "async rust", "texts": documents, "model": "ok", "return_text": true}));
    assert_eq!(each(&bare.json(), "index"), [3, 1, 0, 2]);
    assert_eq!((&bare.json()[0]["text"], &bare.json()[0]["score"]), (&json!("async rust"), &json!(1.0)));
    let record = mock.ledger().last().expect("a record");
    assert_eq!(
        (record.protocol.as_str(), record.last_user_text.as_str(), record.messages),
        ("rerank", "async rust", 5)
    );
}

#[test]
fn documents_may_be_objects_and_come_back_when_asked_for_and_the_best_alone() {
    let mock = start();
    let documents = json!([{"text": "no"}, {"text": "yes, this"}, "yes"]);
    let body = json!({"model": "ok", "query": "yes", "documents": documents, "top_n": 2, "return_documents": true});
    let answer = post(&mock, "/v1/rerank", &body).json();
    assert_eq!(each(&answer["results"], "document"), [&json!({"text": "yes"}), &json!({"text": "yes, this"})]);
}

#[test]
fn what_fails_in_a_chat_fails_here_too() {
    let mock = start();
    for path in ["/v1/embeddings", "/v1/rerank"] {
        let ask =
            |model: &str| post(&mock, path, &json!({"model": model, "input": "a", "query": "a", "documents": ["a"]}));
        for (model, status) in
            [("401", 401), ("429", 429), ("503", 503), ("html200", 200), ("redirect", 307), ("x", 404)]
        {
            assert_eq!(ask(model).status, status, "{path} {model}");
        }
        assert_eq!(ask("429").header("retry-after"), Some("7"));
        assert_eq!(ask("error-in-stream").status, 500);
        assert!(!ask("cut").complete && !ask("cut-early").complete);
        let torn = ask("malformed");
        assert!(torn.complete && serde_json::from_str::<Value>(&torn.body()).is_err());
        assert!(ask("no-usage").json()["usage"].is_null());
    }
}

#[test]
fn lists_can_be_empty_short_out_of_order_and_numbered_wrongly() {
    let mock = start();
    for (model, expected) in [
        ("ok", vec![0, 1, 2]),
        ("empty", vec![]),
        ("nochoices", vec![]),
        ("length", vec![0, 1]),
        ("reversed", vec![2, 1, 0]),
        ("bad-index", vec![3, 4, 5]),
    ] {
        let vectors = embed(&mock, &json!({"model": model, "input": ["a", "b", "c"]}));
        assert_eq!(each(&vectors["data"], "index"), expected, "{model}");
        let body = json!({"model": model, "query": "a", "documents": ["a", "a b", "c"]});
        let ranking = post(&mock, "/v1/rerank", &body).json();
        assert_eq!(each(&ranking["results"], "index"), expected, "{model}");
    }
}
