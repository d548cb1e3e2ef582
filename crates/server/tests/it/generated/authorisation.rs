//! Who may call what, and who hears of what, as `docs/authorisation.md` publishes it: from the route table, the samples of
//! the matrix that calls every line of it as everybody, and the events.

use super::{either, is_current};
use crate::matrix::{Belongings, events, sample};
use crate::support::TestApp;
use serde_json::json;
use server::auth::Access;
use server::routes::{Line, TABLE};
use shared::accounts::User;
use shared::chat::Session;
use shared::error::Language;
use shared::events::Reach;

fn access(line: &Line, owned: bool, language: Language) -> &'static str {
    match line.access {
        Access::Public => either(language, "everybody", "所有人"),
        Access::SelfTest => either(language, "who shows a pass for the self-test", "持自检通行证者"),
        Access::Account => either(language, "every active account", "所有已启用的账户"),
        Access::User if owned => either(language, "the owner", "所有者本人"),
        Access::User => either(language, "everybody who is signed in", "所有已登录的人"),
        Access::Admin => either(language, "administrators", "管理员"),
        Access::Metrics => either(
            language,
            "nobody until metrics are switched on; then administrators, and who shows `METRICS_TOKEN`",
            "未开启指标时无人可用；开启后为管理员以及持有 `METRICS_TOKEN` 者",
        ),
    }
}

fn key(line: &Line, language: Language) -> String {
    match line.scope {
        Some(scope) => format!("`{}`", scope.as_str()),
        None if line.access == Access::Public => either(language, "not looked at", "不看密钥").to_owned(),
        None => "—".to_owned(),
    }
}

fn reach(of: Reach, language: Language) -> &'static str {
    match of {
        Reach::Person => either(language, "the person it is about", "相关的本人"),
        Reach::Everybody => either(language, "everybody who is signed in", "所有已登录的人"),
        Reach::Administrators => either(
            language,
            "administrators, and their keys with the scope `admin`",
            "管理员，及其带 `admin` 权限的密钥",
        ),
    }
}

fn document(language: Language, me: &User, session: &Session) -> String {
    let mut text = either(language, INTRO_EN, INTRO_ZH).to_owned();
    let of = Belongings::named(str::to_owned);
    for line in TABLE {
        let owned = sample(line, &of, "http://127.0.0.1:1/v1").owned;
        let (access, key) = (access(line, owned, language), key(line, language));
        text.push_str(&format!("| `{} {}` | {access} | {key} |\n", line.method, line.path));
    }
    text.push_str(either(language, EVENTS_EN, EVENTS_ZH));
    for event in events::kinds(me, session) {
        text.push_str(&format!("| `{}` | {} |\n", events::word(&event), reach(event.reach(), language)));
    }
    text
}

const INTRO_EN: &str = "\
# Who may do what

[简体中文](authorisation.zh-CN.md)

This page is made from the route table (`crates/server/src/routes.rs`). What is not in the table is denied. Two tests call \
every line of it: as nobody, with a forged, an expired and a disabled login, as somebody who has to replace their password, as \
somebody else, as an administrator and as the owner (`crates/server/tests/it/matrix.rs`), and with API keys of every scope \
(`matrix/keys.rs`). A line without a sample there fails.

What has an owner is not there for anybody else: 404, for administrators too. A key does what its person may do, within its \
scopes; where the last column has a dash, a person has to sign in.

| route | who may call it | scope of an API key |
| --- | --- | --- |
";

const INTRO_ZH: &str = "\
# 谁可以做什么

[English](authorisation.md)

本页由路由表（`crates/server/src/routes.rs`）生成。表中没有的一律拒绝。两个测试会调用表中的每一行：以未登录者、伪造的登录、过期的登录、已停用的账户、必须先更换密码的人、其他用户、管理员和所有者的身份（`crates/server/tests/it/matrix.rs`），以及用各种权限的 API 密钥（`matrix/keys.rs`）。缺少样例的行会使测试失败。

属于某人的内容对其他任何人都不存在：返回 404，对管理员也是如此。密钥只能在其权限范围内做本人可以做的事；最后一列为短横线的路由必须由本人登录后调用。

| 路由 | 谁可以调用 | API 密钥的权限 |
| --- | --- | --- |
";

const EVENTS_EN: &str = "
## Events

`GET /api/events` tells each tab and each program only what the one behind it may know. The events of a run (`run.started`, \
`part.delta` …) reach the person who asked. `matrix/events.rs` listens as everybody.

| event | who hears it |
| --- | --- |
";

const EVENTS_ZH: &str = "
## 事件

`GET /api/events` 只把本人可以知道的内容发给各个标签页和程序。回答过程中的事件（`run.started`、`part.delta` 等）只发给提问者。`matrix/events.rs` 会以各种身份收听。

| 事件 | 谁会收到 |
| --- | --- |
";

#[tokio::test]
async fn the_matrix_is_published() {
    // The shapes of a person and a chat as the server makes them: some events carry one.
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let me: User = serde_json::from_value(admin.get("/api/auth/me").await.body).expect("a person");
    let session = admin.post("/api/sessions", json!({"title": "x"})).await.body;
    let session: Session = serde_json::from_value(session).expect("a chat");
    is_current("authorisation.md", &document(Language::En, &me, &session));
    is_current("authorisation.zh-CN.md", &document(Language::ZhCn, &me, &session));
}
