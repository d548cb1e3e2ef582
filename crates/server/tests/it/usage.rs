//! Usage: the days are those of the calendar, groups add up to the whole, and nobody sees what is another's.

mod rights;
mod sheet;

use crate::support::{TestApp, TestUser, eventually};
use serde_json::{Value, json};
use server::db::usage::{self, Purpose, Record};
use shared::chat::{Cost, Usage};
use shared::events::Status;
use shared::models::Currency;
use shared::usage::{Measure, Sums, UsageGroup, UsageReport};
use shared::{ApiKeyId, ConnectionId, UserId};

/// One call of the past.
#[derive(Clone)]
struct Call {
    user: String,
    key: Option<String>,
    connection: String,
    model: String,
    purpose: Purpose,
    status: Status,
    usage: Usage,
    at: i64,
}

/// When the days of these tests begin: 2026-03-01 in UTC.
const BEGIN: &str = "2026-03-01T00:00:00Z";

fn millis(moment: &str) -> i64 {
    moment.parse::<jiff::Timestamp>().expect("a moment").as_millisecond()
}

/// A call of somebody at a moment: ten tokens read and five written, for 1,000 billionths of a dollar.
fn call(user: &TestUser, moment: &str) -> Call {
    Call {
        user: user.id.clone(),
        key: None,
        connection: server::clock::new_id(),
        model: "ok".to_owned(),
        purpose: Purpose::Chat,
        status: Status::Completed,
        usage: Usage {
            prompt_tokens: 10,
            completion_tokens: 5,
            first_token_ms: Some(100),
            total_ms: Some(300),
            cost: Some(Cost { currency: Currency::Usd, nano: 1_000 }),
            ..Usage::default()
        },
        at: millis(moment),
    }
}

/// Writes calls down as if they had been made then.
async fn book(app: &TestApp, calls: &[Call]) {
    let tx = app.app.db.begin().await.expect("a transaction");
    for call in calls {
        let key = call.key.clone().map(ApiKeyId);
        let record = Record {
            run_id: None,
            user_id: &UserId(call.user.clone()),
            api_key: key.as_ref(),
            connection_id: &ConnectionId(call.connection.clone()),
            key_id: None,
            model: &call.model,
            purpose: call.purpose,
            usage: &call.usage,
            status: call.status,
            code: None,
            request_id: "r",
            started_at: call.at,
        };
        // Who does not know whether the first try was stored tries again: it counts once.
        let id = server::clock::new_id();
        for _ in 0..2 {
            usage::insert_once(&tx, &id, &record).await.expect("a row");
        }
    }
    tx.commit().await.expect("committed");
}

async fn report(user: &TestUser, query: &str) -> UsageReport {
    let reply = user.get(&format!("/api/usage?{query}")).await;
    assert_eq!(reply.status, 200, "{query}: {}", reply.text);
    serde_json::from_value(reply.body).expect("a report")
}

async fn set(admin: &TestUser, key: &str, value: Value) {
    let reply = admin.put(&format!("/api/settings/system/{key}"), json!({"value": value})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

/// What counts add up to.
fn counts(all: impl IntoIterator<Item = Sums>) -> [u64; 9] {
    all.into_iter().fold([0; 9], |sums, of| {
        let more = [
            of.calls,
            of.failed,
            of.prompt_tokens,
            of.cached_tokens,
            of.completion_tokens,
            of.reasoning_tokens,
            of.estimated,
            of.cost,
            of.unpriced,
        ];
        std::array::from_fn(|index| sums[index] + more[index])
    })
}

fn keys(report: &UsageReport) -> Vec<&str> {
    report.groups.iter().map(|group| group.key.as_str()).collect()
}

fn group<'a>(report: &'a UsageReport, key: &str) -> &'a UsageGroup {
    report.groups.iter().find(|group| group.key == key).unwrap_or_else(|| panic!("{key} in {:?}", keys(report)))
}

/// Calls of two people with two models, a key, through two connections, for different ends, in both currencies.
async fn mixed(app: &TestApp, admin: &TestUser, bob: &TestUser) -> Vec<Call> {
    let connection = app.connect(admin, &["ok"]).await["id"].as_str().expect("an id").to_owned();
    let made = bob.post("/api/keys", json!({"name": "Backup", "scopes": ["chat"]})).await.body;
    let key = made["key"]["id"].as_str().expect("an id").to_owned();
    let yuan = Some(Cost { currency: Currency::Cny, nano: 7_000 });
    let of = |user: &TestUser, moment: &str, change: &dyn Fn(&mut Call)| {
        let mut call = Call { connection: connection.clone(), ..call(user, moment) };
        change(&mut call);
        call
    };
    let calls = vec![
        of(admin, "2026-03-01T10:00:00Z", &|_| {}),
        of(admin, "2026-03-02T10:00:00Z", &|call| call.purpose = Purpose::Title),
        of(bob, "2026-03-02T11:00:00Z", &|call| call.model = "=large".to_owned()),
        of(bob, "2026-03-02T12:00:00Z", &|call| {
            (call.key, call.purpose, call.usage.cost) = (Some(key.clone()), Purpose::Api, yuan);
        }),
        of(bob, "2026-03-04T12:00:00Z", &|call| {
            (call.status, call.usage.first_token_ms, call.usage.cost) = (Status::Failed, None, None);
            (call.usage.cached_tokens, call.usage.reasoning_tokens, call.usage.estimated) = (4, 2, true);
            call.connection = server::clock::new_id();
        }),
    ];
    book(app, &calls).await;
    calls
}

#[tokio::test]
async fn every_day_of_the_time_is_there_in_the_zone_that_is_set() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    // The clock is put forward in the night to 29 March: that day has 23 hours.
    let moments = [
        "2026-03-27T22:59:59Z",
        "2026-03-27T23:00:00Z",
        "2026-03-28T22:59:59Z",
        "2026-03-28T23:00:00Z",
        "2026-03-29T00:59:59Z",
        "2026-03-29T01:00:00Z",
        "2026-03-29T21:59:59Z",
        "2026-03-29T22:00:00Z",
        "2026-03-31T21:59:59Z",
        "2026-03-31T22:00:00Z",
    ];
    book(&app, &moments.map(|moment| call(&admin, moment))).await;
    set(&admin, "budget_time_zone", json!("Europe/Berlin")).await;
    let found = report(&admin, "from=2026-03-28&to=2026-03-31").await;
    let days: Vec<(&str, u64)> = found.days.iter().map(|day| (day.day.as_str(), day.sums.calls)).collect();
    assert_eq!(days, [("2026-03-28", 2), ("2026-03-29", 4), ("2026-03-30", 1), ("2026-03-31", 1)]);
    assert_eq!((found.totals.calls, found.zone.as_deref()), (8, Some("Europe/Berlin")));
    set(&admin, "budget_time_zone", json!("UTC")).await;
    let days: Vec<u64> =
        report(&admin, "from=2026-03-26&to=2026-03-31").await.days.iter().map(|day| day.sums.calls).collect();
    assert_eq!(days, [0, 2, 2, 4, 0, 2]);
}

#[tokio::test]
async fn a_report_that_names_no_time_is_of_the_last_thirty_days_with_today() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    set(&admin, "budget_time_zone", json!("Pacific/Kiritimati")).await;
    set(&admin, "title_model", json!("off")).await;
    app.app.clock.shift(millis("2027-06-30T09:59:00Z") - app.app.clock.now());
    let admin = app.login("admin").await;
    assert_eq!(admin.ask("ok", "hi").await.status(), Status::Completed);
    let found = report(&admin, "").await;
    assert_eq!((found.days.len(), found.from.as_str(), found.to.as_str()), (30, "2027-06-01", "2027-06-30"));
    assert_eq!((found.days[29].sums.calls, found.totals.calls), (1, 1));
    // Ten o'clock in UTC is midnight there.
    app.app.clock.shift(120_000);
    let found = report(&admin, "days=2").await;
    assert_eq!((found.from.as_str(), found.to.as_str()), ("2027-06-30", "2027-07-01"));
    assert_eq!((found.days[0].sums.calls, found.days[1].sums.calls), (1, 0));
}

#[tokio::test]
async fn what_was_called_is_what_the_provider_counted() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok", "thinking", "401"]).await;
    set(&admin, "title_model", json!("off")).await;
    for model in ["ok", "thinking"] {
        assert_eq!(admin.ask(model, "hello").await.status(), Status::Completed);
    }
    assert_eq!(admin.ask("401", "hello").await.status(), Status::Failed);
    let made = admin.post("/api/keys", json!({"name": "script", "scopes": ["chat"]})).await.body;
    let program = app.bearer(made["secret"].as_str().expect("a secret"));
    let asked = json!({"model": "ok", "messages": [{"role": "user", "content": "hi"}]});
    assert_eq!(program.post("/v1/chat/completions", asked).await.status, 200);
    // What a program asked is booked once the answer is on its way.
    eventually("all of it is booked", || async { report(&admin, "").await.totals.calls == 4 }).await;
    let (found, counted) = (report(&admin, "by=key").await, app.mock.ledger().totals());
    assert_eq!((found.totals.calls, found.totals.failed), (4, 1));
    assert_eq!((found.totals.prompt_tokens, found.totals.completion_tokens), (counted.prompt_tokens, counted.tokens));
    let key = made["key"]["id"].as_str().expect("an id");
    let of_key = group(&found, key);
    assert_eq!((of_key.name.as_deref(), of_key.sums.calls, of_key.owner.as_deref()), (Some("script"), 1, None));
    let of_all = report(&admin, "by=key&scope=all").await;
    assert_eq!(group(&of_all, key).owner.as_deref(), Some("admin"));
    assert_eq!(group(&found, "none").sums.calls, 3);
    assert_eq!(report(&program, "").await.totals, found.totals, "a key reads what its person took");
}

#[tokio::test]
async fn groups_add_up_to_the_whole_and_narrowing_to_one_shows_just_it() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let calls = mixed(&app, &admin, &bob).await;
    let time = "scope=all&from=2026-03-01&to=2026-03-05";
    for (by, groups) in [("person", 2), ("model", 2), ("key", 2), ("purpose", 3), ("connection", 2)] {
        let found = report(&admin, &format!("{time}&by={by}")).await;
        assert_eq!((found.totals.calls, found.groups.len()), (calls.len() as u64, groups), "{by}");
        assert_eq!(counts([found.totals.clone()]), counts(found.groups.iter().map(|group| group.sums.clone())), "{by}");
        assert_eq!(counts([found.totals.clone()]), counts(found.days.iter().map(|day| day.sums.clone())), "{by}");
        assert_eq!(found.series, keys(&found), "few groups are told apart on every day");
        for (index, group) in found.groups.iter().enumerate() {
            let parts: u64 = found.days.iter().map(|day| day.parts[index].amount(Measure::Tokens)).sum();
            assert_eq!(parts, group.sums.tokens(), "{by} {}", group.key);
            let key: String = url::form_urlencoded::byte_serialize(group.key.as_bytes()).collect();
            let alone = report(&admin, &format!("{time}&by={by}&{by}={key}")).await;
            assert_eq!(alone.totals, group.sums, "{by} {}", group.key);
            assert_eq!(keys(&alone), [group.key.as_str()]);
        }
    }
    let of_bob = report(&admin, &format!("{time}&person={}", bob.id)).await;
    assert_eq!((of_bob.narrowed.person.as_deref(), of_bob.totals.calls), (Some("bob"), 3));
    assert_eq!(report(&bob, "from=2026-03-01&to=2026-03-05").await.totals, of_bob.totals, "his own is the same");
    let day = &of_bob.days[3].sums;
    let failed = [1, 1, 10, 4, 5, 2, 1, 0, 1];
    assert_eq!((counts([day.clone()]), day.first_token_ms, day.total_ms), (failed, None, Some(300)));
    assert_eq!(of_bob.totals.first_token_ms, Some(100), "what had no first token does not count in its average");
}

#[tokio::test]
async fn money_is_in_one_currency_at_the_rate_that_is_set() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    mixed(&app, &admin, &bob).await;
    set(&admin, "usd_in_cny", json!(7.0)).await;
    let time = "scope=all&from=2026-03-01&to=2026-03-05&by=model&measure=cost";
    let dollars = report(&admin, time).await;
    assert_eq!((dollars.currency, dollars.totals.cost, dollars.totals.unpriced), (Currency::Usd, 4_000, 1));
    set(&admin, "budget_currency", json!("CNY")).await;
    let yuan = report(&admin, time).await;
    assert_eq!((yuan.currency, yuan.totals.cost), (Currency::Cny, 28_000));
    assert_eq!(keys(&yuan), ["ok", "=large"], "the dearest first");
}

#[tokio::test]
async fn the_largest_groups_by_what_is_compared_are_told_apart() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let moment = "2026-03-02T10:00:00Z";
    let mut calls = Vec::new();
    for index in 0..205_u64 {
        let mut one = Call { model: format!("m{index:03}"), ..call(&admin, moment) };
        one.usage.prompt_tokens = 1_000 * index;
        calls.push(one);
    }
    calls.extend([call(&admin, moment), call(&admin, moment)].map(|call| Call { model: "often".to_owned(), ..call }));
    book(&app, &calls).await;
    let time = "from=2026-03-02&to=2026-03-02&by=model";
    let found = report(&admin, &format!("{time}&measure=tokens")).await;
    assert_eq!(found.series, ["m204", "m203", "m202", "m201", "m200"]);
    assert_eq!((found.groups.len(), found.rest.as_ref().map(|rest| rest.calls)), (200, Some(7)));
    let listed = found.groups.iter().map(|group| group.sums.clone()).chain(found.rest.clone());
    assert_eq!(counts(listed), counts([found.totals.clone()]));
    let parts: u64 = found.days[0].parts.iter().map(|part| part.calls).sum();
    assert_eq!((parts, found.days[0].sums.calls), (5, 207));
    assert_eq!(report(&admin, &format!("{time}&measure=calls")).await.series[0], "often");
}

#[tokio::test]
async fn absurd_counts_of_a_provider_break_no_report() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let mut absurd = call(&admin, BEGIN);
    (absurd.usage.prompt_tokens, absurd.usage.completion_tokens) = (u64::MAX, u64::MAX);
    absurd.usage.cost = Some(Cost { currency: Currency::Usd, nano: u64::MAX });
    book(&app, &[absurd.clone(), absurd]).await;
    for query in ["by=day", "by=model&measure=cost", "by=purpose&measure=tokens"] {
        let found = report(&admin, &format!("from=2026-03-01&to=2026-03-01&{query}")).await;
        assert!(found.totals.calls == 2 && found.totals.prompt_tokens >= i64::MAX as u64, "{found:?}");
    }
}

#[tokio::test]
async fn people_who_left_and_connections_that_were_removed_stay_in_the_sums() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let calls = mixed(&app, &admin, &bob).await;
    let left = admin.delete(&format!("/api/admin/users/{}", bob.id)).await;
    assert_eq!(left.status, 204, "{}", left.text);
    let time = "scope=all&from=2026-03-01&to=2026-03-05";
    for query in ["by=person", "by=person&person=none", "by=key", "by=connection&connection=gone"] {
        let text = admin.get(&format!("/api/usage?{time}&{query}")).await.text;
        assert!(!text.contains("bob") && !text.contains(&bob.id), "{query}: {text}");
    }
    let found = report(&admin, &format!("{time}&by=person")).await;
    assert_eq!((keys(&found), found.totals.calls), (vec!["none", admin.id.as_str()], calls.len() as u64));
    assert_eq!(report(&admin, &format!("{time}&person=none")).await.totals.calls, 3);
    let connections = report(&admin, &format!("{time}&by=connection")).await;
    assert_eq!((group(&connections, "gone").sums.calls, group(&connections, &calls[0].connection).sums.calls), (1, 4));
    assert_eq!(group(&connections, &calls[0].connection).name.as_deref(), Some("mock"));
}
