//! Staying signed in: rotation, two tabs, lost answers, stolen tokens.

use super::browser::Browser;
use super::{MINUTE, credentials, program};
use crate::support::{Events, TestApp};
use reqwest::Method;
use serde_json::{Value, json};
use shared::LoginId;

const SECOND: i64 = 1_000;
const DAY: i64 = 24 * 60 * MINUTE;

async fn signed_in(app: &TestApp) -> Browser {
    app.admin().await;
    let mut tab = Browser::new(app);
    assert_eq!(tab.post("/api/auth/login", credentials("admin")).await.status, 200);
    tab
}

async fn refresh(tab: &mut Browser) -> (u16, String) {
    let reply = tab.post("/api/auth/refresh", Value::Null).await;
    (reply.status, reply.code().to_owned())
}

fn good() -> (u16, String) {
    (200, String::new())
}

fn revoked() -> (u16, String) {
    (401, "auth.revoked".to_owned())
}

#[tokio::test]
async fn a_refresh_replaces_both_cookies_and_the_login_goes_on_as_long_as_it_is_used() {
    let app = TestApp::new().await;
    let mut tab = signed_in(&app).await;
    for _ in 0..3 {
        let before = tab.cookies.clone();
        app.app.clock.shift(29 * DAY);
        assert_eq!(tab.get("/api/auth/me").await.code(), "auth.expired");
        assert_eq!(refresh(&mut tab).await, good());
        assert_ne!(tab.cookie("aichat_access"), before["aichat_access"].0);
        assert_ne!(tab.cookie("aichat_refresh"), before["aichat_refresh"].0);
        assert_eq!(tab.get("/api/auth/me").await.status, 200);
    }
    app.app.clock.shift(31 * DAY);
    assert_eq!(refresh(&mut tab).await, (401, "auth.expired".to_owned()));
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_both_stay_signed_in() {
    let app = TestApp::new().await;
    let mut one = signed_in(&app).await;
    let mut two = one.clone();
    app.app.clock.shift(16 * MINUTE);
    let both = tokio::join!(refresh(&mut one), refresh(&mut two));
    assert_eq!(both, (good(), good()));
    assert_ne!(one.cookie("aichat_refresh"), two.cookie("aichat_refresh"));
    // A browser has one jar: whichever answer came last is the one that lives on, and that may be either.
    for mut tab in [one, two] {
        app.app.clock.shift(20 * SECOND);
        assert_eq!(tab.get("/api/auth/me").await.status, 200);
        assert_eq!(refresh(&mut tab).await, good());
    }
}

#[tokio::test]
async fn an_answer_that_got_lost_costs_nothing() {
    let app = TestApp::new().await;
    let tab = signed_in(&app).await;
    assert_eq!(refresh(&mut tab.clone()).await, good());
    app.app.clock.shift(29 * SECOND);
    let mut again = tab.clone();
    assert_eq!(refresh(&mut again).await, good());
    app.app.clock.shift(16 * MINUTE);
    assert_eq!(refresh(&mut again).await, good(), "what the second answer brought lasts");
}

#[tokio::test]
async fn a_used_token_that_comes_back_late_ends_the_login_and_its_streams() {
    let app = TestApp::new().await;
    let mut tab = signed_in(&app).await;
    let thief = tab.clone();
    assert_eq!(refresh(&mut tab).await, good());
    let token = tab.cookie("aichat_access");
    let mut stream = Events::open(app.bearer(&token).request(Method::GET, "/api/events")).await;
    stream.frame().await.expect("hello");

    app.app.clock.shift(31 * SECOND);
    assert_eq!(refresh(&mut thief.clone()).await, revoked());
    assert_eq!(tab.get("/api/auth/me").await.code(), "auth.revoked");
    assert_eq!(refresh(&mut tab).await, revoked());
    while stream.frame().await.is_some() {}
    assert_eq!(tab.post("/api/auth/login", credentials("admin")).await.status, 200, "the owner signs in again");
}

#[tokio::test]
async fn a_program_refreshes_with_its_body_and_no_cookie_is_set() {
    let app = TestApp::new().await;
    let first = app.nobody().post("/api/auth/register", program("ada")).await;
    let token = first.body["tokens"]["refreshToken"].as_str().expect("a token").to_owned();
    let reply = app.nobody().post("/api/auth/refresh", json!({"refreshToken": token})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(reply.headers.get("set-cookie").is_none());
    let access = reply.body["tokens"]["accessToken"].as_str().expect("a token");
    assert_eq!(app.bearer(access).get("/api/auth/me").await.status, 200);
    assert_ne!(reply.body["tokens"]["refreshToken"], token);
}

#[tokio::test]
async fn a_refresh_without_a_good_token_says_why() {
    let app = TestApp::new().await;
    let nobody = app.nobody();
    let mut browser = Browser::new(&app);
    for body in [Value::Null, json!({}), json!({"refreshToken": null}), json!({"refreshToken": ""})] {
        let reply = browser.post("/api/auth/refresh", body.clone()).await;
        assert_eq!((reply.status, reply.code()), (401, "auth.required"), "{body}");
    }
    let null = nobody.request(Method::POST, "/api/auth/logout").body("null");
    assert_eq!(nobody.call(null).await.status, 204, "a body that says nothing is none");
    let unknown = nobody.post("/api/auth/refresh", json!({"refreshToken": "x' OR '1'='1"})).await;
    assert_eq!((unknown.status, unknown.code()), (401, "auth.invalid"));
    let odd = nobody.post("/api/auth/refresh", json!({"refreshToken": "x", "user": "admin"})).await;
    assert_eq!((odd.status, odd.code()), (400, "request.invalid"));
}

#[tokio::test]
async fn a_program_that_throws_its_tokens_away_is_slowed_down() {
    let app = TestApp::new().await;
    let tab = signed_in(&app).await;
    let mut last = good();
    for _ in 0..20 {
        last = refresh(&mut tab.clone()).await;
    }
    assert_eq!(last, (429, "auth.throttled".to_owned()));
}

#[tokio::test]
async fn what_another_process_ends_is_over_within_five_seconds() {
    let app = TestApp::new().await;
    let tab = signed_in(&app).await;
    assert_eq!(tab.get("/api/auth/me").await.status, 200);
    let id = server::db::users::account_by_key(app.app.db.read(), "admin").await.expect("read").expect("there").user.id;
    let tx = app.app.db.begin().await.expect("begun");
    server::db::logins::revoke_all(&tx, &id, None, app.app.clock.now()).await.expect("written");
    tx.commit().await.expect("committed");
    app.app.clock.shift(5 * SECOND);
    assert_eq!(tab.get("/api/auth/me").await.code(), "auth.revoked");
}

#[tokio::test]
async fn of_many_open_logins_one_look_tells_those_that_still_stand() {
    use server::db::logins::{self, NewLogin};
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (bob, carol) = (app.user(&admin, "bob").await, app.user(&admin, "carol").await);
    let now = app.app.clock.now();
    let tx = app.app.db.begin().await.expect("begun");
    let open = async |user: &str, life: i64| {
        let new = NewLogin { user: &user.into(), device: "", address: "", expires_at: now + life };
        logins::insert(&tx, &new, now).await.expect("inserted")
    };
    let (good, ended) = (open(&bob.id, 10).await, open(&bob.id, 10).await);
    let (expired, disabled) = (open(&bob.id, 3).await, open(&carol.id, 10).await);
    logins::revoke(&tx, &ended, now).await.expect("written");
    tx.commit().await.expect("committed");
    let off = admin.patch(&format!("/api/admin/users/{}", carol.id), json!({"status": "disabled"})).await;
    assert_eq!(off.status, 200);

    let unknown = (0..1200).map(|number| format!("unknown-{number}").as_str().into());
    let mut asked: Vec<LoginId> = vec![good.clone(), ended, expired, disabled];
    asked.splice(2..2, unknown);
    let standing = logins::standing(app.app.db.read(), &asked, app.app.settings.login_life().standing(now + 5))
        .await
        .expect("read");
    assert_eq!(standing.into_iter().collect::<Vec<_>>(), [good]);

    app.app.db.close().await;
    let nobody = app.app.auth.standing(&[]).await;
    assert!(nobody.expect("nobody is asked").is_empty());
}

#[tokio::test]
async fn a_stream_whose_login_another_process_ended_is_closed_soon() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let mut other = Events::open(app.login("admin").await.request(reqwest::Method::GET, "/api/events")).await;
    other.frame().await.expect("hello");
    let tx = app.app.db.begin().await.expect("begun");
    server::db::logins::revoke_all(&tx, &admin.id.as_str().into(), None, app.app.clock.now()).await.expect("written");
    tx.commit().await.expect("committed");
    while other.frame().await.is_some() {}
}
