//! Behaviours that answer: text, order, usage, forms of the stream.

use crate::support::{Client, ask, start};
use serde_json::{Value, json};

#[test]
fn ok_streams_a_markdown_answer_and_gives_the_same_text_as_one_json() {
    let mock = start();
    let stream = ask(&mock, "ok", true);
    assert_eq!(stream.status, 200);
    assert_eq!(stream.header("content-type"), Some("text/event-stream"));
    assert!(stream.is_done());
    assert!(stream.text().contains("**Hello!**"));
    assert_eq!(stream.finish_reason().as_deref(), Some("stop"));
    assert_eq!(stream.usage(), None, "nobody asked for it");
    let whole = ask(&mock, "ok", false).json();
    assert_eq!(whole["object"], "chat.completion");
    assert_eq!(whole["choices"][0]["message"]["content"], stream.text());
    assert_eq!(whole["choices"][0]["finish_reason"], "stop");
    assert_eq!(whole["usage"]["completion_tokens"], stream.texts().len());
}

#[test]
fn echo_repeats_the_last_message_of_the_person_to_the_letter() {
    let mock = start();
    let text = "  \"quoted\" \\ back\n\n\ttab 汉字 🎉\u{2028}end  \n";
    for content in [json!(text), json!([{"type": "text", "text": text}])] {
        let mut client = Client::new(&mock);
        client.post(&json!({"model": "echo", "stream": true, "messages": [
            {"role": "system", "content": "s"}, {"role": "user", "content": "first"},
            {"role": "assistant", "content": "a"}, {"role": "user", "content": content}, {"role": "tool"}]}));
        assert_eq!(client.answer().text(), text);
    }
}

#[test]
fn canned_answers_are_long_and_show_every_element() {
    let mock = start();
    for (model, word) in
        [("canned-zh", "缓存"), ("canned-en", "queue"), ("canned-zh-0", "缓存"), ("canned-en-100000", "queue")]
    {
        let answer = ask(&mock, model, true);
        let text = answer.text();
        assert!(answer.is_done());
        for part in ["# ", "\n- ", "\n1. ", "\n| --- |", "\n```", "\n> ", "**", "\\(", "https://", word] {
            assert!(text.contains(part), "{part:?} in {model}");
        }
        assert!(answer.texts().len() > 200);
    }
}

#[test]
fn tokens_are_numbered_and_complete_at_any_rate() {
    let mock = start();
    for model in ["tokens-500-0", "tokens-40-200"] {
        let answer = ask(&mock, model, true);
        let count = if model == "tokens-500-0" { 500 } else { 40 };
        let expected: Vec<String> = (0..count).map(mock_llm::token).collect();
        assert_eq!(answer.texts(), expected);
        assert_eq!(answer.chunks.len(), count as usize + 2, "each frame is a chunk of its own");
        assert!(answer.is_done());
    }
    assert_eq!(ask(&mock, "tokens-3-0", false).json()["choices"][0]["message"]["content"], "w0 w1 w2 ");
    assert!(ask(&mock, "tokens-0-50", true).is_done());
}

#[test]
fn a_paced_answer_takes_the_time_that_its_rate_says() {
    let mock = start();
    let started = std::time::Instant::now();
    ask(&mock, "tokens-31-60", true);
    assert!(started.elapsed() >= std::time::Duration::from_millis(500), "the last token is due after half a second");
}

#[test]
fn thoughts_come_before_the_text_in_their_own_field() {
    let mock = start();
    let answer = ask(&mock, "thinking", true);
    assert!(answer.thoughts().contains("简短即可"));
    assert!(answer.text().contains("**Hello!**"));
    let message = ask(&mock, "thinking", false).json()["choices"][0]["message"].take();
    assert_eq!(message["reasoning_content"], answer.thoughts());
    assert_eq!(message["content"], answer.text());
}

#[test]
fn whitespace_comes_as_deltas_of_its_own() {
    let mock = start();
    let texts = ask(&mock, "whitespace", true).texts();
    assert!(texts.iter().filter(|text| text.trim().is_empty()).count() >= 8);
    assert_eq!(texts.concat().split_whitespace().collect::<Vec<_>>(), ["first", "second", "indented", "third"]);
    assert!(texts.concat().starts_with(" \n") && texts.concat().ends_with(' '));
}

#[test]
fn a_huge_delta_is_one_frame_of_64_kib() {
    let mock = start();
    let texts = ask(&mock, "huge-delta", true).texts();
    assert_eq!(texts.iter().map(String::len).collect::<Vec<_>>(), [64 * 1024]);
    assert!(texts[0].starts_with("w0 w1 w2 "));
}

#[test]
fn answers_that_say_nothing_say_it_in_their_own_way() {
    let mock = start();
    let empty = ask(&mock, "empty", true);
    assert!(empty.is_done() && empty.texts().is_empty());
    assert_eq!(empty.finish_reason().as_deref(), Some("stop"));
    let none = ask(&mock, "nochoices", true);
    assert!(none.is_done());
    assert!(none.events().iter().all(|event| event["choices"] == json!([])));
    assert_eq!(ask(&mock, "nochoices", false).json()["choices"], json!([]));
    let thoughts = ask(&mock, "reasoning-only", true);
    assert!(thoughts.is_done() && thoughts.texts().is_empty() && !thoughts.thoughts().is_empty());
}

#[test]
fn length_and_filter_are_told_by_the_finish_reason() {
    let mock = start();
    for (model, reason) in [("length", "length"), ("content-filter", "content_filter")] {
        let answer = ask(&mock, model, true);
        assert_eq!(answer.finish_reason().as_deref(), Some(reason));
        assert!(!answer.text().is_empty() && answer.is_done());
        assert_eq!(ask(&mock, model, false).json()["choices"][0]["finish_reason"], reason);
    }
}

#[test]
fn usage_comes_when_asked_for_and_as_the_behaviour_wants() {
    let mock = start();
    let usage = |model: &str, options: Value| {
        let mut client = Client::new(&mock);
        let messages = json!([{"role": "user", "content": "twelve bytes"}]);
        client.post(&json!({"model": model, "stream": true, "stream_options": options, "messages": messages}));
        client.answer()
    };
    let asked = usage("thinking", json!({"include_usage": true}));
    let counts = asked.usage().expect("usage");
    assert_eq!(counts["prompt_tokens"], 3);
    let thoughts = counts["completion_tokens_details"]["reasoning_tokens"].as_u64().expect("a count");
    assert_eq!(counts["completion_tokens"], thoughts + asked.texts().len() as u64);
    let last = asked.events().pop().expect("an event");
    assert_eq!(last["choices"], json!([]), "usage stands in a chunk without choices");
    assert!(usage("usage-last", Value::Null).usage().is_some());
    assert_eq!(usage("no-usage", json!({"include_usage": true})).usage(), None);
    assert_eq!(usage("zero-usage", Value::Null).usage().expect("usage")["total_tokens"], 0);
}

#[test]
fn peculiar_forms_of_the_stream_carry_the_same_text() {
    let mock = start();
    let plain = ask(&mock, "ok", true).text();
    for model in ["nospace", "crlf", "keepalive", "no-done"] {
        let answer = ask(&mock, model, true);
        assert_eq!(answer.text(), plain, "{model}");
        let body = answer.body();
        match model {
            "nospace" => assert!(body.starts_with("data:{") && !body.contains("data: ")),
            "crlf" => assert!(body.ends_with("data: [DONE]\r\n\r\n") && !body.replace("\r\n", "").contains('\n')),
            "keepalive" => assert!(body.matches(": keep-alive\n\n").count() >= answer.texts().len()),
            _ => assert!(answer.complete && answer.finish_reason().is_some() && !body.contains("[DONE]")),
        }
    }
}

#[test]
fn a_character_split_over_two_writes_arrives_in_two_chunks() {
    let mock = start();
    let answer = ask(&mock, "utf8split", true);
    assert_eq!(answer.text(), "汉字和 é 🎉");
    let halves = answer.chunks.iter().filter(|chunk| std::str::from_utf8(chunk).is_err()).count();
    assert_eq!(halves, 6, "three characters, two halves each");
}

#[test]
fn json_comes_instead_of_a_stream() {
    let mock = start();
    let answer = ask(&mock, "json-not-sse", true);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.json()["choices"][0]["message"]["content"], ask(&mock, "ok", true).text());
}
