//! Programs that leave: the provider is hung up on at once, and what it did is booked.

use super::{ask, booked, connect, key, streamed};
use crate::support::{TestApp, eventually};
use mock_llm::End;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_program_that_leaves_while_tokens_flow_hangs_up_on_the_provider() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for protocol in ["openai_chat", "anthropic"] {
        connect(&app, &admin, protocol, &["tokens-1000-20"]).await;
        let program = key(&app, &admin).await;
        let body = streamed(ask(&format!("{protocol}/tokens-1000-20"), "hi"));
        let request = program.request(reqwest::Method::POST, "/v1/chat/completions").json(&body);
        let mut response = request.send().await.expect("an answer");
        response.chunk().await.expect("alive").expect("a token");
        drop(response);
        let left = Instant::now();
        let gone = || async { app.mock.ledger().last().is_some_and(|record| record.end == End::ClientLeft) };
        eventually("the provider is hung up on", gone).await;
        assert!(left.elapsed() < Duration::from_secs(2), "{protocol}: {:?}", left.elapsed());
    }
    let rows = booked(&app, 2).await;
    assert!(rows.iter().all(|row| row.status == "stopped" && row.estimated && row.completion > 0), "{rows:?}");
}

#[tokio::test]
async fn a_stream_ends_with_the_key_that_opened_it() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["stall-after-3"]).await;
    let reply = admin.post("/api/keys", serde_json::json!({"name": "program", "scopes": ["chat"]})).await;
    let program = app.bearer(reply.body["secret"].as_str().expect("a secret"));
    let request = program.request(reqwest::Method::POST, "/v1/chat/completions");
    let mut response = request.json(&streamed(ask("stall-after-3", "hi"))).send().await.expect("an answer");
    let mut said = response.chunk().await.expect("alive").expect("a token").to_vec();
    let id = reply.body["key"]["id"].as_str().expect("an id");
    assert_eq!(admin.delete(&format!("/api/keys/{id}")).await.status, 204);
    while let Some(more) = response.chunk().await.expect("a whole answer") {
        said.extend_from_slice(&more);
    }
    assert!(String::from_utf8_lossy(&said).contains("auth.revoked"));
    let rows = booked(&app, 1).await;
    assert_eq!((rows[0].status.as_str(), rows[0].code.as_deref()), ("stopped", Some("auth.revoked")));
}

#[tokio::test]
async fn a_program_that_leaves_while_the_provider_is_silent_is_noticed_too() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["slow-600000", "stall-after-3"]).await;
    let program = key(&app, &admin).await;
    for (number, body) in
        [ask("slow-600000", "hi"), streamed(ask("slow-600000", "hi")), streamed(ask("stall-after-3", "hi"))]
            .into_iter()
            .enumerate()
    {
        let request = program.request(reqwest::Method::POST, "/v1/chat/completions").json(&body);
        let asked = tokio::spawn(request.send());
        let reached = || async { app.mock.ledger().records().len() == number + 1 };
        eventually("the provider is asked", reached).await;
        if number == 2 {
            let mut response = asked.await.expect("no fault").expect("an answer");
            response.chunk().await.expect("alive").expect("a token");
            drop(response);
        } else {
            asked.abort();
        }
        let left = Instant::now();
        let gone = || async { app.mock.ledger().last().is_some_and(|record| record.end == End::ClientLeft) };
        eventually("the provider is hung up on", gone).await;
        assert!(left.elapsed() < Duration::from_secs(4), "{number}: {:?}", left.elapsed());
    }
    let rows = booked(&app, 3).await;
    assert!(rows.iter().all(|row| row.status == "stopped" && row.prompt > 0), "{rows:?}");
}
