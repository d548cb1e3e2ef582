//! Behaviours that fail amid an answer, or keep silent: what really happens on the wire.

use crate::support::{Client, ask, record_where, start};
use mock_llm::End;
use std::time::{Duration, Instant};

#[test]
fn cut_sends_text_and_then_closes_without_an_end() {
    let mock = start();
    let answer = ask(&mock, "cut", true);
    assert_eq!(answer.text(), "The first reason is simple. The second reason is that");
    assert!(!answer.complete && answer.finish_reason().is_none() && !answer.body().contains("[DONE]"));
    assert_eq!(
        record_where(&mock, |record| record.end != End::Open).end,
        End::Done,
        "the server did it, not the client"
    );
    let whole = ask(&mock, "cut", false);
    assert!(!whole.complete && serde_json::from_str::<serde_json::Value>(&whole.body()).is_err());
}

#[test]
fn cut_early_sends_headers_and_closes_before_the_first_byte_of_the_body() {
    let mock = start();
    for stream in [true, false] {
        let answer = ask(&mock, "cut-early", stream);
        assert_eq!(answer.status, 200);
        assert!(answer.chunks.is_empty() && !answer.complete);
    }
}

#[test]
fn malformed_breaks_a_data_line_after_some_text() {
    let mock = start();
    let answer = ask(&mock, "malformed", true);
    let data = answer.data();
    let broken =
        data.iter().position(|data| data != "[DONE]" && serde_json::from_str::<serde_json::Value>(data).is_err());
    assert!(broken.is_some_and(|at| at > 3 && at < data.len() - 1));
    let whole = ask(&mock, "malformed", false);
    assert!(whole.complete && serde_json::from_str::<serde_json::Value>(&whole.body()).is_err());
}

#[test]
fn an_error_in_the_stream_follows_text_and_ends_it() {
    let mock = start();
    let answer = ask(&mock, "error-in-stream", true);
    let last = answer.events().pop().expect("an event");
    assert_eq!(last["error"]["type"], "server_error");
    assert!(answer.complete && !answer.text().is_empty() && answer.finish_reason().is_none());
    let whole = ask(&mock, "error-in-stream", false);
    assert_eq!((whole.status, whole.json()["error"]["type"].as_str()), (500, Some("server_error")));
}

#[test]
fn slow_delays_the_headers_and_silent_delays_the_first_token() {
    let mock = start();
    let wait = Duration::from_millis(300);
    for (model, headers_wait) in [("slow-300", true), ("silent-300", false)] {
        let mut client = Client::new(&mock);
        let started = Instant::now();
        client.ask(model, true);
        if !headers_wait {
            client.head();
            assert!(client.is_silent(), "no comment, no byte");
            assert!(client.chunk().is_some_and(|chunk| chunk.starts_with(b"data: ")));
        } else {
            assert!(client.is_silent(), "not even headers");
            assert!(client.answer().is_done());
        }
        assert!(started.elapsed() >= wait, "{model}");
    }
}

#[test]
fn stall_sends_its_tokens_and_then_nothing_until_the_client_leaves() {
    let mock = start();
    let mut client = Client::new(&mock);
    client.ask("stall-after-3", true);
    client.head();
    for index in 0..3 {
        let chunk = client.chunk().expect("a token");
        assert!(String::from_utf8(chunk).expect("text").contains(&mock_llm::token(index)));
    }
    assert!(client.is_silent());
    assert_eq!(record_where(&mock, |record| record.tokens == 3).end, End::Open);
    drop(client);
    let record = record_where(&mock, |record| record.end != End::Open);
    assert_eq!((record.end, record.tokens), (End::ClientLeft, 3), "noticed although the server had nothing to write");
}

#[test]
fn a_client_that_leaves_before_the_headers_is_noticed() {
    let mock = start();
    let mut client = Client::new(&mock);
    client.ask("slow-60000", true);
    record_where(&mock, |record| record.end == End::Open);
    drop(client);
    record_where(&mock, |record| record.end == End::ClientLeft);
}
