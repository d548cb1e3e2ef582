//! Several servers on one PostgreSQL have the same budgets. SQLite has one server, so there is nothing to see.

use super::{answered, each, refused, rule, used};
use crate::support::{TestApp, eventually};
use serde_json::json;
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_share_rules_and_what_was_used_of_them() {
    let here = TestApp::with(|config| config.master_key = Some("kX9fQ2mZ83kLw0pTn5vB7cYd1RgHs4Je".to_owned().into()));
    let here = here.await;
    if !here.app.db.is_postgres() {
        return;
    }
    let admin = here.with_models(&["ok"]).await;
    super::set(&admin, "title_model", json!("off")).await;
    super::set(&admin, "runs_per_user", json!(1000)).await;
    let (engine, master) = (here.config().engine, here.app.config.master_key.clone());
    let there = TestApp::with(|config| (config.engine, config.master_key) = (engine, master)).await;
    let admin_there = there.login("admin").await;

    let id = rule(&admin, each(), "requests", "day", 0).await;
    eventually("the other server hears of the rule", || async { super::ask(&admin_there, "ok").await.status == 429 })
        .await;
    admin.patch(&format!("/api/budgets/{id}"), json!({"limit": 20})).await;
    eventually("and of its change", || async { super::ask(&admin_there, "ok").await.status == 200 }).await;
    let mut requests = JoinSet::new();
    for number in 0..60 {
        let user = if number % 2 == 0 { admin.clone() } else { admin_there.clone() };
        requests.spawn(async move { super::ask(&user, "ok").await.status });
    }
    let answered_ones = requests.join_all().await.into_iter().filter(|status| *status == 200).count();
    assert_eq!(answered_ones, 19, "with the one before");
    assert_eq!(used(&admin, &id).await, (20, 0));
    refused(&admin, "ok").await;
    refused(&admin_there, "ok").await;
    assert_eq!(admin_there.delete(&format!("/api/budgets/{id}")).await.status, 204);
    eventually("it is gone everywhere", || async { super::ask(&admin, "ok").await.status == 200 }).await;
    answered(&admin_there, "ok").await;
}
