//! Days and months end in the time zone that is set.

use super::{answered, each, refused, rule, set, used, with_prices};
use crate::support::{TestApp, TestUser};
use serde_json::json;

/// Moves the clock to a moment, and signs in again: every token is over by then.
async fn at(app: &TestApp, moment: &str) -> TestUser {
    let moment: jiff::Timestamp = moment.parse().expect("a moment");
    app.app.clock.shift(moment.as_millisecond() - app.app.clock.now());
    app.login("admin").await
}

/// Seconds to wait that a refusal names.
async fn wait(user: &TestUser) -> i64 {
    refused(user, "ok").await.headers["retry-after"].to_str().expect("text").parse().expect("seconds")
}

fn is_about(seconds: i64, due: i64) -> bool {
    (due - 60..=due).contains(&seconds)
}

#[tokio::test]
async fn a_day_ends_at_midnight_of_the_zone_also_where_the_clock_is_changed() {
    let (app, admin) = with_prices(&["ok"]).await;
    set(&admin, "budget_time_zone", json!("Europe/Berlin")).await;
    let id = rule(&admin, each(), "requests", "day", 1).await;
    // The clock is put forward in the night to Sunday, 28 March 2027: that day has 23 hours.
    let admin = at(&app, "2027-03-27T22:00:00Z").await;
    answered(&admin, "ok").await;
    assert!(is_about(wait(&admin).await, 3_600), "an hour to midnight");
    let admin = at(&app, "2027-03-27T23:00:00Z").await;
    assert_eq!(used(&admin, &id).await, (0, 0), "a new day");
    answered(&admin, "ok").await;
    assert!(is_about(wait(&admin).await, 23 * 3_600), "23 hours to midnight");
    let admin = at(&app, "2027-03-28T21:59:00Z").await;
    assert!(is_about(wait(&admin).await, 60));
    let admin = at(&app, "2027-03-28T22:00:00Z").await;
    answered(&admin, "ok").await;
    // And put back on 31 October: 25 hours.
    let admin = at(&app, "2027-10-30T22:00:00Z").await;
    answered(&admin, "ok").await;
    assert!(is_about(wait(&admin).await, 25 * 3_600), "25 hours to midnight");
}

#[tokio::test]
async fn a_month_ends_with_its_last_day_and_a_total_never_does() {
    let (app, admin) = with_prices(&["ok"]).await;
    set(&admin, "budget_time_zone", json!("Asia/Shanghai")).await;
    let month = rule(&admin, each(), "requests", "month", 1).await;
    let total = rule(&admin, each(), "requests", "total", 3).await;
    let admin = at(&app, "2027-02-28T15:00:00Z").await;
    answered(&admin, "ok").await;
    assert!(is_about(wait(&admin).await, 3_600), "an hour to March");
    let admin = at(&app, "2027-02-28T16:00:00Z").await;
    answered(&admin, "ok").await;
    assert!(is_about(wait(&admin).await, 31 * 86_400));
    let admin = at(&app, "2028-06-01T00:00:00Z").await;
    answered(&admin, "ok").await;
    assert_eq!((used(&admin, &month).await, used(&admin, &total).await), ((1, 0), (3, 0)));
    let reply = refused(&admin, "ok").await;
    assert!(!reply.headers.contains_key("retry-after"), "no time will do");
}

#[tokio::test]
async fn an_answer_counts_for_the_day_on_which_it_was_asked_for() {
    let (app, admin) = with_prices(&["ok", "stall-after-1"]).await;
    set(&admin, "budget_time_zone", json!("UTC")).await;
    let id = rule(&admin, each(), "requests", "day", 1).await;
    let admin = at(&app, "2027-05-01T23:59:00Z").await;
    let mut writing = admin.stream(json!({"content": "hi", "model": "stall-after-1"})).await;
    writing.until_text().await;
    let run = writing.live.run_id.clone().expect("a run");
    let admin = at(&app, "2027-05-02T00:01:00Z").await;
    admin.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await;
    writing.finish().await;
    assert_eq!(used(&admin, &id).await, (0, 0), "nothing of the new day is used");
    answered(&admin, "ok").await;
}

#[tokio::test]
async fn another_zone_opens_no_second_window_for_the_same_day() {
    let (app, admin) = with_prices(&["ok"]).await;
    set(&admin, "budget_time_zone", json!("UTC")).await;
    rule(&admin, each(), "requests", "day", 1).await;
    let admin = at(&app, "2027-05-01T12:00:00Z").await;
    answered(&admin, "ok").await;
    for zone in ["Europe/Berlin", "America/New_York", "Asia/Shanghai", ""] {
        set(&admin, "budget_time_zone", json!(zone)).await;
        if !zone.is_empty() {
            refused(&admin, "ok").await;
        }
    }
    set(&admin, "budget_time_zone", json!("Pacific/Kiritimati")).await;
    answered(&admin, "ok").await;
}
