//! How traces are found, exported, removed, and what takes them along.

use super::{lines, set, trace_of, traced};
use crate::support::{TestApp, TestUser};
use serde_json::{Value, json};
use server::{chat, trace};

const DAY: i64 = 24 * 3_600_000;

fn ids(found: &[Value]) -> Vec<&str> {
    found.iter().map(|line| line["id"].as_str().expect("an id")).collect()
}

#[tokio::test]
async fn the_list_is_filtered_and_paged() {
    let app = TestApp::new().await;
    let user = app.with_models(&["ok", "empty", "401"]).await;
    for model in ["ok", "empty", "401", "ok"] {
        user.ask(model, "hi").await;
    }
    app.app.traces.flush().await;
    let all = lines(&user, "").await;
    assert_eq!(all.len(), 4);
    assert!(ids(&all).is_sorted_by(|one, other| one > other), "the latest first");
    let first = user.get("/api/task-trace?limit=3").await.body;
    assert_eq!(first["items"].as_array().map(Vec::len), Some(3));
    let rest = lines(&user, &format!("limit=3&after={}", first["next"].as_str().expect("a cursor"))).await;
    assert_eq!(ids(&rest), [ids(&all)[3]]);
    for (query, count) in [
        ("status=failed", 2),
        ("status=completed", 2),
        ("code=provider.empty", 1),
        ("code=provider.", 2),
        ("code=provider", 0),
        ("model=EMP", 1),
        ("model=%25", 0),
        ("from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z", 0),
        ("from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z", 4),
    ] {
        assert_eq!(lines(&user, query).await.len(), count, "{query}");
    }
    for query in ["from=yesterday", "after=x", "status=gone", "model=%00", "colour=red"] {
        assert_eq!(user.get(&format!("/api/task-trace?{query}")).await.status, 400, "{query}");
    }
}

#[tokio::test]
async fn the_export_is_text_in_the_persons_language() {
    let app = TestApp::new().await;
    let user = app.with_models(&["401"]).await;
    let done = user.ask("401", "why").await;
    let trace = trace_of(&app, &user, &done).await;
    let path = format!("/api/task-trace/{}/export", trace.brief.id);
    let reply = user.get(&path).await;
    assert_eq!(reply.headers["content-type"], "text/plain; charset=utf-8");
    let name = format!("attachment; filename=\"task-trace-{}.txt\"", trace.brief.id);
    assert_eq!(reply.headers["content-disposition"], name.as_str());
    for words in ["Status: Failed", "Code: provider.unauthorized", "HTTP 401", "Admission", &trace.brief.request_id] {
        assert!(reply.text.contains(words), "{words} is missing in {}", reply.text);
    }
    assert_eq!(user.patch("/api/auth/me", json!({"language": "zh-CN"})).await.status, 200);
    let chinese = user.get(&path).await.text;
    assert!(chinese.contains("状态: 失败") && chinese.contains("准入检查"), "{chinese}");
}

async fn clean(admin: &TestUser, body: Value) -> u64 {
    let reply = admin.post("/api/task-trace/cleanup", body).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body["removed"].as_u64().expect("a number")
}

#[tokio::test]
async fn a_clean_up_removes_what_is_older_and_is_written_down() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    traced(&app, &admin).await;
    app.app.clock.shift(3 * DAY);
    let admin = app.login("admin").await;
    let young = traced(&app, &admin).await;
    assert_eq!(clean(&admin, json!({})).await, 0, "seven days are kept");
    assert_eq!(clean(&admin, json!({"days": 2})).await, 1);
    assert_eq!(ids(&lines(&admin, "").await), [young.as_str()]);
    assert_eq!(clean(&admin, json!({"days": 0})).await, 1);
    let entries = admin.get("/api/audit?act=traces.cleaned").await.body;
    assert_eq!(entries["items"][0]["after"], json!({"days": 0, "removed": 1}));
    assert_eq!(admin.post("/api/task-trace/cleanup", json!({"days": 9_999})).await.status, 400);
}

#[tokio::test]
async fn old_traces_are_forgotten_by_themselves() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    traced(&app, &admin).await;
    set(&admin, "task_trace_days", json!(2)).await;
    let now = app.app.clock.now();
    let sweep = async |now| trace::sweep(&app.app.db, now, &app.app.settings).await.expect("swept");
    assert_eq!((sweep(now + DAY).await, lines(&admin, "").await.len()), (0, 1));
    assert_eq!((sweep(now + 2 * DAY + 60_000).await, lines(&admin, "").await.len()), (1, 0));
}

#[tokio::test]
async fn a_trace_goes_with_its_chat_and_comes_back_with_it() {
    let app = TestApp::new().await;
    let user = app.with_models(&["ok"]).await;
    let done = user.ask("ok", "hi").await;
    let id = trace_of(&app, &user, &done).await.brief.id;
    let (chat, path) = (format!("/api/sessions/{}", done.session()), format!("/api/task-trace/{id}"));
    assert_eq!(user.delete(&chat).await.status, 204);
    assert_eq!((user.get(&path).await.status, lines(&user, "").await.len()), (404, 0));
    assert_eq!(user.post(&format!("{chat}/restore"), json!({})).await.status, 200);
    assert_eq!(user.get(&path).await.status, 200);
    user.delete(&chat).await;
    chat::purge::purge(&app.app.runs, app.app.clock.now() + DAY).await.expect("purged");
    assert_eq!(user.post(&format!("{chat}/restore"), json!({})).await.status, 404);
    assert_eq!(user.get(&path).await.status, 404);
}
