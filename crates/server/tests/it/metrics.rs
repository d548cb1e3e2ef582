//! What Prometheus reads, and who else does.

use crate::support::{Reply, TestApp, TestUser, eventually};
use reqwest::Method;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const TOKEN: &str = "metrics-0123456789abcdef";

async fn read(user: &TestUser) -> Reply {
    user.get("/metrics").await
}

/// Every sample with its value. Fails on what the form does not allow.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let (mut families, mut samples) = (BTreeSet::new(), BTreeMap::new());
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("# TYPE ") {
            let (name, _) = head.split_once(' ').expect("a name and a kind");
            assert!(families.insert(name.to_owned()), "{name} twice");
        } else if !line.starts_with("# HELP ") {
            let (sample, value) = line.rsplit_once(' ').expect("a sample and a value");
            let name = sample.split('{').next().unwrap_or_default();
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
            assert!(families.contains(family) || families.contains(name), "{line} has no family");
            assert!(samples.insert(sample.to_owned(), value.parse().expect("a number")).is_none(), "{line} twice");
        }
    }
    samples
}

#[tokio::test]
async fn metrics_are_off_until_somebody_switches_them_on_and_then_for_administrators() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    assert_eq!((read(&admin).await.status, read(&app.nobody()).await.code()), (404, "route.not_found"));
    let key = admin.post("/api/keys", json!({"name": "k", "scopes": ["admin"]})).await.body["secret"].clone();
    let key = app.bearer(key.as_str().expect("a secret"));
    let opened = key.put("/api/settings/system/metrics_enabled", json!({"value": true})).await;
    assert_eq!(opened.code(), "auth.scope", "a key opens no door wider");
    assert_eq!(admin.put("/api/settings/system/metrics_enabled", json!({"value": true})).await.status, 200);
    for (user, status) in [(&admin, 200), (&key, 200), (&bob, 403), (&app.nobody(), 401), (&app.bearer(TOKEN), 401)] {
        assert_eq!(read(user).await.status, status);
    }
    let reply = read(&admin).await;
    assert_eq!(reply.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(reply.headers["cache-control"], "private, no-store");
}

#[tokio::test]
async fn the_operators_token_switches_them_on_and_opens_nothing_else() {
    let app = TestApp::with(|config| config.metrics_token = Some(TOKEN.to_owned().into())).await;
    let admin = app.admin().await;
    let prometheus = app.bearer(TOKEN);
    assert_eq!(read(&prometheus).await.status, 200);
    assert_eq!(prometheus.get("/api/overview").await.status, 401);
    assert_eq!(read(&app.bearer("metrics-0123456789abcdeg")).await.code(), "auth.invalid");
    assert_eq!(read(&app.nobody()).await.status, 401);
    let locked = admin.put("/api/settings/system/metrics_enabled", json!({"value": false})).await;
    assert_eq!(locked.code(), "setting.locked");
    for text in [admin.get("/api/settings/system").await.text, read(&prometheus).await.text] {
        assert!(!text.contains(TOKEN), "{text}");
    }
}

#[tokio::test]
async fn answers_requests_and_queues_are_counted() {
    let app = TestApp::with(|config| config.metrics_token = Some(TOKEN.to_owned().into())).await;
    let admin = app.with_models(&["ok", "500", "stall-after-1"]).await;
    let prometheus = app.bearer(TOKEN);
    let done = admin.ask("ok", "hi").await;
    admin.ask("ok", "hi again").await;
    admin.ask("500", "hi").await;
    let body = json!({"model": "ok", "messages": [{"role": "user", "content": "hi"}]});
    assert_eq!(admin.post("/v1/chat/completions", body).await.status, 200);
    admin.get(&format!("/api/sessions/{}", done.session())).await;
    admin.get("/api/sessions/no-such-chat").await;
    admin.get("/no/such/page-of-a-stranger").await;
    let mut open = admin.stream(json!({"content": "hi", "model": "stall-after-1"})).await;
    open.until_text().await;
    let of = async || samples(&read(&prometheus).await.text);
    eventually("the calls of programs are booked", || async {
        of().await.get(r#"aichat_answer_seconds_count{model="ok",status="completed"}"#) == Some(&3.0)
    })
    .await;
    let text = read(&prometheus).await.text;
    let told = samples(&text);
    let is = |sample: &str, value: f64| assert_eq!(told.get(sample), Some(&value), "{sample} in {text}");
    is(r#"aichat_answer_first_token_seconds_count{model="ok",status="completed"}"#, 3.0);
    is(r#"aichat_answer_seconds_count{model="500",status="failed"}"#, 1.0);
    is("aichat_admission_seconds_count", 5.0);
    assert!(told.get("aichat_own_seconds_count").is_some_and(|count| (3.0..=4.0).contains(count)), "{text}");
    is(r#"aichat_http_requests_total{method="GET",route="/api/sessions/{id}",status="2xx"}"#, 1.0);
    is(r#"aichat_http_requests_total{method="GET",route="/api/sessions/{id}",status="4xx"}"#, 1.0);
    is(r#"aichat_http_requests_total{method="POST",route="/v1/chat/completions",status="2xx"}"#, 1.0);
    is("aichat_answers_running", 1.0);
    is("aichat_traces_dropped_total", 0.0);
    let usage = done.live.message.usage.as_ref().expect("usage");
    let tokens = told[r#"aichat_tokens_total{model="ok",kind="completion"}"#];
    #[expect(clippy::cast_precision_loss, reason = "a few tokens")]
    let least = usage.completion_tokens as f64 * 3.0;
    assert!(tokens >= least, "{tokens}");
    for some in ["aichat_streams_open", "aichat_database_statement_seconds_count", "aichat_memory_anonymous_bytes"] {
        assert!(told[some] > 0.0, "{some} in {text}");
    }
    assert!(text.contains("route=\"other\"") && !text.contains(&done.session()) && !text.contains("stranger"));
    assert!(told.keys().any(|sample| sample.starts_with("aichat_build_info{version=")));
}

#[tokio::test]
async fn what_is_degraded_is_told_without_making_a_probe_fail() {
    let app = TestApp::with(|config| config.metrics_token = Some(TOKEN.to_owned().into())).await;
    let admin = app.with_models(&["401"]).await;
    let (nobody, prometheus) = (app.nobody(), app.bearer(TOKEN));
    let codes = async |query: &str| {
        let reply = admin.get(&format!("/api/settings/health?detail=1{query}")).await;
        assert_eq!((reply.status, &reply.body["status"]), (200, &json!("ok")), "{}", reply.text);
        let codes = reply.body["checks"].as_array().expect("the detail").iter();
        codes.map(|check| check["code"].as_str().expect("a code").to_owned()).collect::<Vec<_>>()
    };
    // The disk of the machine may be nearly full as well.
    let has = |codes: &[String], code: &str| codes.iter().any(|known| known == code);
    assert!(!has(&codes("").await, "connection.rests"));
    admin.ask("401", "hi").await;
    assert!(has(&codes("").await, "connection.rests"));
    app.app.metrics.writes.note(std::time::Duration::from_secs(3), None);
    assert!(has(&codes("").await, "database.slow"));
    app.app.metrics.writes.note(std::time::Duration::ZERO, Some(shared::ErrorCode::StorageFull));
    assert_eq!(codes("").await[0], "database.not_written", "the gravest first");
    let told = admin.get("/api/health?detail=1&language=zh-CN").await;
    assert!(told.body["checks"][0]["message"].as_str().is_some_and(|text| text.contains("storage.full")));
    assert!(told.body["checks"][0]["remedy"].as_str().is_some_and(|text| text.contains("请查看日志")), "{}", told.text);
    let public = nobody.get("/api/health?detail=1").await;
    assert_eq!((public.status, &public.body["degraded"]), (200, &json!(true)));
    assert!(public.body.get("checks").is_none() && !public.text.contains("mock"), "{}", public.text);
    let metrics = samples(&prometheus.call(prometheus.request(Method::GET, "/metrics")).await.text);
    assert_eq!(metrics[r#"aichat_degraded{code="database.not_written"}"#], 1.0);
}
