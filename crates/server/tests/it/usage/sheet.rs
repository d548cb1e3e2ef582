//! Usage for spreadsheets.

use super::{Call, book, call, mixed, report};
use crate::support::TestApp;
use reqwest::Method;

/// The fields of each line, the line of column names first.
fn fields(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.expect("a line").iter().map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn every_line_is_a_day_of_one_person_with_one_model_key_and_purpose() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    mixed(&app, &admin, &bob).await;
    let time = "scope=all&from=2026-03-01&to=2026-03-05";
    let reply = admin.get(&format!("/api/usage/export?{time}")).await;
    assert_eq!((reply.status, reply.headers["content-type"].to_str().expect("text")), (200, "text/csv; charset=utf-8"));
    let disposition = reply.headers["content-disposition"].to_str().expect("text");
    assert!(disposition.contains("filename=\"usage-2026-03-01-2026-03-05.csv\""), "{disposition}");
    let raw = admin.request(Method::GET, &format!("/api/usage/export?{time}")).send().await.expect("an answer");
    assert!(raw.bytes().await.expect("all of it").starts_with("\u{feff}day,".as_bytes()), "marked as UTF-8");
    let lines = fields(&reply.text);
    let named: Vec<String> = lines.iter().skip(1).map(|line| line[..5].join(" | ")).collect();
    assert_eq!(
        named,
        [
            "2026-03-01 | admin | ok |  | chat",
            "2026-03-02 | admin | ok |  | title",
            "2026-03-02 | bob | '=large |  | chat",
            "2026-03-02 | bob | ok | Backup | api",
            "2026-03-04 | bob | ok |  | chat",
        ]
    );
    let totals = report(&admin, time).await.totals;
    let sum = |column: &str| -> u64 {
        let at = lines[0].iter().position(|name| name == column).expect("the column");
        lines.iter().skip(1).map(|line| line[at].parse::<u64>().expect("a number")).sum()
    };
    assert_eq!((sum("calls"), sum("failed"), sum("unpriced_calls")), (totals.calls, totals.failed, totals.unpriced));
    assert_eq!((sum("prompt_tokens"), sum("cached_tokens")), (totals.prompt_tokens, totals.cached_tokens));
    assert_eq!(
        (sum("completion_tokens"), sum("reasoning_tokens")),
        (totals.completion_tokens, totals.reasoning_tokens)
    );
    assert_eq!(&lines[1][11..13], ["0.000001", "USD"]);
    let narrowed = admin.get(&format!("/api/usage/export?{time}&purpose=title")).await;
    assert_eq!(fields(&narrowed.text).len(), 2);
    let own = bob.get("/api/usage/export?from=2026-03-01&to=2026-03-05").await;
    assert!(
        own.text.lines().skip(1).all(|line| line.contains(",bob,")) && fields(&own.text).len() == 4,
        "{}",
        own.text
    );
}

#[tokio::test]
async fn a_day_with_more_lines_than_are_in_memory_is_whole() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let one = call(&admin, "2026-03-02T10:00:00Z");
    let calls: Vec<Call> = (0..4_001).map(|index| Call { model: format!("m{index:04}"), ..one.clone() }).collect();
    book(&app, &calls).await;
    let reply = admin.get("/api/usage/export?from=2026-03-01&to=2026-03-03").await;
    let mut models: Vec<String> = fields(&reply.text).into_iter().skip(1).map(|line| line[2].clone()).collect();
    assert_eq!(models.len(), calls.len());
    models.dedup();
    assert_eq!(models.len(), calls.len(), "each stands there once");
}
