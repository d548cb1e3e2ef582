//! Models that call tools: told what there is, asked again, and never for ever.

use crate::recorder::{Recorder, Reply};
use crate::support::{TestApp, TestUser};
use serde_json::{Value, json};
use server::db::usage;
use shared::events::Status;
use shared::part::{ToolPart, ToolState};
use shared::{AssistantMessage, Part};

/// Every protocol with the base URL of the fake model server in it.
pub(crate) fn protocols(app: &TestApp) -> Vec<(&'static str, String)> {
    let root = app.mock.base_url().trim_end_matches("/v1").to_owned();
    vec![
        ("openai_chat", format!("{root}/v1")),
        ("openai_responses", format!("{root}/v1")),
        ("azure_openai", root.clone()),
        ("anthropic", root.clone()),
        ("gemini", root.clone()),
        ("ollama", root),
    ]
}

/// Connects it; answers what stands before the names of its models.
pub(crate) async fn connect(admin: &TestUser, protocol: &str, url: &str, models: &[&str]) -> String {
    let body = json!({
        "name": protocol, "protocol": protocol, "baseUrl": url, "key": "sk-tools-0123456789",
        "models": models, "prefix": format!("{protocol}/"),
    });
    let reply = admin.post("/api/connections", body).await;
    assert_eq!(reply.status, 201, "{protocol}: {}", reply.text);
    format!("{protocol}/")
}

fn tools(message: &AssistantMessage) -> Vec<&ToolPart> {
    let mut tools = Vec::new();
    for part in &message.parts {
        if let Part::Tool(tool) = part {
            tools.push(&**tool);
        }
    }
    tools
}

async fn booked(app: &TestApp, user: &TestUser) -> u64 {
    usage::count(app.app.db.read(), &user.id.as_str().into()).await.expect("a number")
}

#[tokio::test]
async fn a_model_that_calls_what_nobody_offered_is_told_so_and_answers_in_every_protocol() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (protocol, url) in protocols(&app) {
        let prefix = connect(&admin, protocol, &url, &["tools", "tools-2", "tools-thinking"]).await;
        let before = booked(&app, &admin).await;
        let done = admin.ask(&format!("{prefix}tools-2"), "Look it up").await;
        assert_eq!((done.status(), done.code()), (Status::Completed, ""), "{protocol}");
        let (message, text) = (&done.live.message, done.live.message.text());
        let calls = tools(message);
        assert_eq!(calls.len(), 2, "{protocol}: {message:?}");
        for call in &calls {
            assert_eq!((call.state, call.name.as_str()), (ToolState::Failed, "lookup"), "{protocol}");
            assert!(call.result.as_deref().is_some_and(|said| said.contains("no tool named lookup")), "{protocol}");
            assert!(serde_json::from_str::<Value>(&call.arguments).is_ok(), "{protocol}: {}", call.arguments);
        }
        assert_ne!(calls[0].call, calls[1].call, "{protocol}");
        assert!(text.contains("no tool named lookup"), "{protocol}: {text}");
        assert_eq!(booked(&app, &admin).await - before, 2, "{protocol}: a row for each call");
        let stored = admin.messages(&done.session()).await;
        assert_eq!(stored.len(), 2, "{protocol}: one message over all rounds");
        assert_eq!(stored[1]["parts"], serde_json::to_value(&message.parts).expect("JSON"), "{protocol}");
    }
}

#[tokio::test]
async fn thoughts_and_seals_go_back_within_the_turn_and_calls_in_later_ones() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (protocol, url) in protocols(&app) {
        let prefix = connect(&admin, protocol, &url, &["tools", "tools-2", "tools-thinking"]).await;
        let first = admin.ask(&format!("{prefix}tools-thinking"), "Look it up").await;
        assert_eq!((first.status(), first.code()), (Status::Completed, ""), "{protocol}");
        assert_eq!(tools(&first.live.message).len(), 1, "{protocol}");
        let text = first.live.message.text();
        assert!(text.ends_with("The thoughts came back."), "{protocol}: {text}");
        // A history with calls, which the strict model reads as its vendor would.
        let model = format!("{prefix}tools");
        let body = json!({"sessionId": first.session(), "content": "And once more?", "model": model});
        let second = admin.post("/api/chat", body).await;
        assert_eq!((second.status, &second.body["status"]), (200, &json!("completed")), "{protocol}: {}", second.text);
    }
}

#[tokio::test]
async fn a_chat_with_calls_goes_on_with_every_other_protocol() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let mut session = None;
    for (protocol, url) in protocols(&app) {
        let prefix = connect(&admin, protocol, &url, &["tools", "tools-2", "tools-thinking"]).await;
        for model in ["tools", "tools-thinking"] {
            let body = json!({"sessionId": session, "content": "Look it up", "model": format!("{prefix}{model}")});
            let done = admin.post("/api/chat", body).await;
            assert_eq!((done.status, &done.body["status"]), (200, &json!("completed")), "{protocol}: {}", done.text);
            session = done.body["sessionId"].as_str().map(str::to_owned);
        }
    }
}

/// Chat Completions with a call of a tool.
fn calls() -> Reply {
    let call = json!({"index": 0, "id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}});
    let delta = json!({"choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": null}]});
    let stop = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]});
    Reply::Streams(format!("data: {delta}\n\ndata: {stop}\n\ndata: [DONE]\n\n"))
}

#[tokio::test]
async fn a_model_that_calls_for_ever_is_stopped_after_four_rounds() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|_| calls()).await;
    provider.connect(&admin, "one", &["m"]).await;
    let done = admin.ask("m", "Look").await;
    assert_eq!((done.status(), done.code()), (Status::Failed, "tool.rounds"));
    assert_eq!((provider.asked().len(), booked(&app, &admin).await), (5, 5));
    let last = provider.last().messages();
    let roles: Vec<&str> = last.iter().filter_map(|message| message["role"].as_str()).collect();
    let round = ["assistant", "tool"];
    assert_eq!(roles, [&["user"][..], &round, &round, &round, &round].concat(), "round by round");
}

#[tokio::test]
async fn stop_works_between_rounds() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|asked| match asked.messages().len() {
        1 => calls(),
        _ => Reply::Silence,
    })
    .await;
    provider.connect(&admin, "one", &["m"]).await;
    let mut events = admin.stream(json!({"content": "Look", "model": "m"})).await;
    while tools(&events.live.message).first().is_none_or(|tool| tool.result.is_none()) {
        events.next().await.expect("an event");
    }
    let run = events.live.run_id.clone().expect("a run").0;
    assert_eq!(admin.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await.status, 202);
    let done = events.finish().await;
    assert_eq!(done.status(), Status::Stopped);
    assert_eq!(tools(&done.live.message)[0].state, ToolState::Failed);
}
