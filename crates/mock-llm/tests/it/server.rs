//! The server around the behaviours: model list, keys, ledger, promptness, start and stop.

use crate::support::{Client, PATIENCE, ask, record_where, start};
use mock_llm::{End, MockLlm, Options, Record, Totals, behaviours};
use serde_json::{Value, json};
use std::time::Instant;

fn get(mock: &MockLlm, path: &str, headers: &str) -> crate::support::Answer {
    let mut client = Client::new(mock);
    client.send("GET", path, headers, "");
    client.answer()
}

#[test]
fn the_model_list_names_every_behaviour_under_both_paths() {
    let mock = start();
    let list = get(&mock, "/v1/models", "").json();
    let ids: Vec<&str> = list["data"].as_array().expect("a list").iter().filter_map(|m| m["id"].as_str()).collect();
    assert_eq!(ids, behaviours().map(|about| about.example).collect::<Vec<_>>());
    assert_eq!(ids[0], "ok", "a check that tries the first model succeeds");
    assert_eq!(get(&mock, "/models", "").json(), list);
    assert_eq!(mock.ledger().totals(), Totals { lists: 2, ..Totals::default() });
}

#[test]
fn a_required_key_is_asked_for_everywhere() {
    let options = Options { key: Some("right".into()), ..Options::default() };
    let mock = MockLlm::start(options).expect("a free port");
    for headers in ["", "Authorization: Bearer wrong\r\n", "Authorization: right\r\n"] {
        let answer = get(&mock, "/v1/models", headers);
        assert_eq!(answer.status, 401);
        assert!(!answer.body().contains("right"));
    }
    assert_eq!(ask(&mock, "ok", true).status, 401);
    assert_eq!(get(&mock, "/v1/models", "Authorization: Bearer right\r\n").status, 200);
}

#[test]
fn base_paths_are_the_only_ones_served() {
    let options = Options { base_paths: vec!["/api/paas/v4".into()], ..Options::default() };
    let mock = MockLlm::start(options).expect("a free port");
    assert!(mock.base_url().ends_with("/api/paas/v4"));
    assert_eq!(get(&mock, "/api/paas/v4/models", "").status, 200);
    assert_eq!(get(&mock, "/v1/models", "").status, 404);
    assert_eq!(mock.ledger().totals().strays, 1);
}

#[test]
fn the_ledger_tells_what_was_asked_and_how_it_ended() {
    let mock = start();
    let mut client = Client::new(&mock);
    client.post(&json!({"model": "tokens-4-0", "stream": true, "stream_options": {"include_usage": true},
        "messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "你好"}]}));
    client.answer();
    let ledger = get(&mock, "/ledger", "").json();
    let record: Record = serde_json::from_value(ledger["records"][0].clone()).expect("a record");
    assert_eq!(mock.ledger().last(), Some(record.clone()));
    assert_eq!((record.model.as_str(), record.stream, record.include_usage), ("tokens-4-0", true, true));
    assert_eq!((record.messages, record.prompt_bytes), (2, 14));
    assert_eq!((record.last_user_text.as_str(), record.tokens, record.end), ("你好", 4, End::Done));
    assert!(record.ended_ms.is_some_and(|ended| ended >= record.started_ms));
    let totals = Totals { requests: 1, done: 1, prompt_tokens: 4, tokens: 4, ..Totals::default() };
    assert_eq!(serde_json::from_value::<Totals>(ledger["totals"].clone()).expect("totals"), totals);
}

#[test]
fn a_cleared_ledger_forgets_and_does_not_count_what_was_open() {
    let mock = start();
    let mut client = Client::new(&mock);
    client.ask("stall-after-1", true);
    record_where(&mock, |record| record.tokens == 1);
    let mut other = Client::new(&mock);
    other.send("DELETE", "/ledger", "", "");
    assert_eq!(other.head().status, 204);
    drop(client);
    ask(&mock, "ok", true);
    assert_eq!(mock.ledger().records().len(), 1);
    let totals = mock.ledger().totals();
    assert_eq!((totals.requests, totals.open, totals.done, totals.client_left), (1, 0, 1, 0));
}

#[test]
fn the_ledger_is_bounded_and_the_totals_are_not() {
    let mock = start();
    let mut client = Client::new(&mock);
    for _ in 0..10_050 {
        client.ask("401", false);
        client.answer();
    }
    assert_eq!(mock.ledger().records().len(), 10_000);
    assert_eq!(mock.ledger().totals().done, 10_050);
}

/// With Nagle's algorithm on, the second small write on a reused connection waits for an acknowledgement that the other
/// side delays by 40 ms. Each of these answers has a pause after its first token, so a held token would come late, together
/// with the next. A thousand answers one after another would take 40 s and more.
#[test]
fn on_a_reused_connection_no_token_waits_for_the_next_one() {
    let mock = start();
    let mut client = Client::new(&mock);
    let started = Instant::now();
    for _ in 0..1_000 {
        client.ask("tokens-2-1000", true);
        client.head();
        for index in 0..2 {
            let chunk = String::from_utf8(client.chunk().expect("a token")).expect("text");
            assert!(chunk.contains(&mock_llm::token(index)), "one token per chunk, in order");
        }
        while client.chunk().is_some_and(|chunk| !chunk.is_empty()) {}
    }
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
}

#[test]
fn the_first_token_arrives_while_the_second_is_not_even_due() {
    let mock = start();
    let mut client = Client::new(&mock);
    for _ in 0..2 {
        client.ask("tokens-2-1", true);
        client.head();
        assert!(client.chunk().is_some());
        assert!(client.is_silent(), "the second token is due after a second");
        while client.chunk().is_some_and(|chunk| !chunk.is_empty()) {}
    }
}

#[tokio::test]
async fn stopping_closes_open_streams_and_frees_the_port() {
    let mock = start();
    let (address, ledger) = (mock.address(), mock.ledger().clone());
    let mut client = Client::new(&mock);
    client.ask("stall-after-1", true);
    client.head();
    assert!(client.chunk().is_some());
    mock.stop().await;
    assert_eq!(client.chunk(), None, "the stream is closed");
    assert_eq!(ledger.totals().open, 0);
    let options = Options { port: address.port(), ..Options::default() };
    let again = MockLlm::start(options).expect("the port is free again");
    assert!(ask(&again, "ok", true).is_done());
}

#[test]
fn a_taken_port_is_an_error_and_not_a_panic() {
    let mock = start();
    let options = Options { port: mock.address().port(), ..Options::default() };
    assert!(MockLlm::start(options).is_err());
}

#[test]
fn requests_without_known_fields_are_answered() {
    let mock = start();
    let mut client = Client::new(&mock);
    client.post(&json!({"model": "echo", "messages": [{"content": null}], "tools": [{"x": 1}], "stop": Value::Null}));
    assert_eq!(client.answer().json()["choices"][0]["message"]["content"], "");
}
