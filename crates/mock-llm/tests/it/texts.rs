//! The older Completions: a text that goes on, and the gap between a prompt and its suffix.

use crate::support::{Answer, Client, ask, start};
use mock_llm::MockLlm;
use serde_json::{Value, json};

fn complete(mock: &MockLlm, body: &Value) -> Answer {
    let mut client = Client::new(mock);
    client.send("POST", "/v1/completions", "Authorization: Bearer k\r\n", &body.to_string());
    client.answer()
}

fn text(answer: &Answer) -> String {
    answer.events().iter().filter_map(|event| event["choices"][0]["text"].as_str()).collect()
}

#[test]
fn a_completion_streams_the_text_that_it_gives_as_one_json() {
    let mock = start();
    let options = json!({"include_usage": true});
    let stream = complete(&mock, &json!({"model": "ok", "prompt": "hi", "stream": true, "stream_options": options}));
    assert!(stream.is_done());
    assert!(stream.events().iter().all(|event| event["object"] == "text_completion"));
    assert_eq!(text(&stream), ask(&mock, "ok", true).text(), "the same words as in a chat");
    assert_eq!(stream.finish_reason().as_deref(), Some("stop"));
    assert_eq!(stream.usage().expect("usage")["prompt_tokens"], 1);
    let whole = complete(&mock, &json!({"model": "ok", "prompt": ["hi"]})).json();
    assert_eq!(whole["choices"][0]["text"], text(&stream));
    assert_eq!(whole["usage"], stream.usage().expect("usage"));
    let unasked = complete(&mock, &json!({"model": "ok", "prompt": "hi", "stream": true}));
    assert_eq!(unasked.usage(), None);
}

#[test]
fn echo_gives_the_prompt_back_to_the_letter() {
    let mock = start();
    let prompt = "<|fim_prefix|>def f(\n\t\"汉\\\"\u{2028}<|fim_suffix|>  \n<|fim_middle|>";
    for body in
        [json!({"model": "echo", "prompt": prompt, "stream": true}), json!({"model": "echo", "prompt": [prompt]})]
    {
        let answer = complete(&mock, &body);
        let whole = || answer.json()["choices"][0]["text"].as_str().expect("text").to_owned();
        assert_eq!(if body["stream"] == true { text(&answer) } else { whole() }, prompt);
    }
    let tokens = complete(&mock, &json!({"model": "echo", "prompt": [11, 12]})).json();
    assert_eq!(tokens["choices"][0]["text"], "11 12");
}

#[test]
fn fim_sees_both_sides_of_the_gap_and_the_ledger_too() {
    let mock = start();
    let answer = complete(&mock, &json!({"model": "fim", "prompt": "a\ndef f(", "suffix": "):\n  return 1"}));
    assert_eq!(answer.json()["choices"][0]["text"], "/* between `def f(` and `):` */");
    let record = mock.ledger().last().expect("a record");
    assert_eq!((record.protocol.as_str(), record.authorization, record.messages), ("openai_text", true, 1));
    assert_eq!((record.last_user_text.as_str(), record.suffix.as_deref()), ("a\ndef f(", Some("):\n  return 1")));
    ask(&mock, "fim", false);
    assert_eq!(mock.ledger().last().expect("a record").suffix, None);
}

#[test]
fn a_model_without_suffix_refuses_one_and_completes_without() {
    let mock = start();
    let refused = complete(&mock, &json!({"model": "no-suffix", "prompt": "a", "suffix": "b", "stream": true}));
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json()["message"], "suffix is not currently supported");
    let body = json!({"model": "no-suffix", "prompt": "a", "stream": true});
    assert_eq!(text(&complete(&mock, &body)), ask(&mock, "ok", true).text());
    let ignored = complete(&mock, &json!({"model": "ok", "prompt": "a", "suffix": "b", "stream": true}));
    assert!(ignored.is_done(), "other models do not look at it");
}

#[test]
fn what_fails_in_a_chat_fails_in_a_completion() {
    let mock = start();
    let complete = |model: &str, stream| complete(&mock, &json!({"model": model, "prompt": "a", "stream": stream}));
    for (model, status) in [("401", 401), ("429", 429), ("ctx-openai", 400), ("no-such-model", 404), ("redirect", 307)]
    {
        assert_eq!(complete(model, true).status, status, "{model}");
    }
    assert!(!complete("cut", true).complete && !complete("cut", false).complete);
    assert_eq!(complete("error-in-stream", false).status, 500);
    let failed = complete("error-in-stream", true).events().pop().expect("an event");
    assert_eq!(failed["error"]["type"], "server_error");
    let thoughts = complete("reasoning-only", true);
    assert!(thoughts.is_done() && text(&thoughts).is_empty(), "there is no place for thoughts");
    assert_eq!(complete("nochoices", false).json()["choices"], json!([]));
    assert!(complete("nospace", true).body().starts_with("data:{"));
}
