//! Several servers on one PostgreSQL: whatever a person does at one of them, their tabs at the others hear. SQLite has
//! one server, so there is nothing to see.

use crate::support::{Events, Finished, TestApp, TestUser, anybody};
use reqwest::Method;
use serde_json::json;
use server::db::notices::Listener;
use server::db::{Engine, Notice};
use shared::Event;
use shared::events::{RunEventBody, Status, UserEvent};
use shared::message::digest;

/// Two servers on one database, and the administrator at both.
struct Pair {
    here: TestApp,
    there: TestApp,
    admin_here: TestUser,
    admin_there: TestUser,
}

impl Pair {
    /// None where several servers cannot share a database.
    async fn start(models: &[&str]) -> Option<Self> {
        // One key for both, or the second server could not open what the first one sealed.
        let here =
            TestApp::with(|config| config.master_key = Some("kX9fQ2mZ83kLw0pTn5vB7cYd1RgHs4Je".to_owned().into()));
        let here = here.await;
        if !here.app.db.is_postgres() {
            return None;
        }
        let admin_here = here.with_models(models).await;
        let (engine, master) = (here.config().engine, here.app.config.master_key.clone());
        let there = TestApp::with(|config| {
            config.engine = engine;
            config.master_key = master;
        })
        .await;
        let admin_there = there.login("admin").await;
        Some(Self { here, there, admin_here, admin_there })
    }
}

async fn open_tab(user: &TestUser) -> Events {
    Events::open(user.request(Method::GET, "/api/events")).await
}

/// The next event of a tab that is no run's and fits.
async fn heard(tab: &mut Events, fits: impl Fn(&UserEvent) -> bool) -> UserEvent {
    loop {
        let frame = tab.frame().await.expect("the stream goes on");
        if let Ok(Event::User(event)) = serde_json::from_str(&frame.data)
            && fits(&event)
        {
            return event;
        }
    }
}

async fn until_closed(mut stream: Events) {
    while stream.frame().await.is_some() {}
}

/// Ends every connection on which a server of this database listens.
async fn cut_the_lines(engine: &Engine) {
    use sqlx::Connection as _;
    let Engine::Postgres(url) = engine else { panic!("several servers need PostgreSQL") };
    let mut connection = sqlx::PgConnection::connect(url).await.expect("the database answers");
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE query = 'LISTEN \"aichat_' || md5(current_schema()) || '\"'";
    let cut = sqlx::query(cut).fetch_all(&mut connection).await.expect("cut");
    assert_eq!(cut.len(), 2, "each server has one line");
}

/// The stored answer, its length and its hash are those of the last event.
async fn assert_whole(user: &TestUser, done: &Finished) {
    let (_, end) = done.seen.last().expect("events").body.terminal().expect("the last is terminal");
    assert_eq!((end.length, end.sha256.clone()), digest(&done.live.message.text()));
    let stored = user.messages(&done.session()).await.pop().expect("an answer");
    assert_eq!(stored["sha256"], end.sha256);
}

#[tokio::test]
async fn a_tab_at_another_server_sees_begin_growth_and_end_of_an_answer() {
    let Some(pair) = Pair::start(&["tokens-60-40"]).await else { return };
    let mut tab = open_tab(&pair.admin_there).await;
    heard(&mut tab, |event| matches!(event, UserEvent::Hello { running, .. } if running.is_empty())).await;
    let written = pair.admin_here.stream(json!({"content": "count", "model": "tokens-60-40"})).await;
    tab.until_text().await;
    let late = open_tab(&pair.admin_there).await;
    let (written, seen, late) = (written.finish().await, tab.finish().await, late.finish().await);
    assert_eq!(seen.seen[0].seq, 1);
    assert!(matches!(seen.seen[0].body, RunEventBody::Started { .. }), "the first event is the first one's");
    assert!(seen.seen.len() > 3, "it grows before it ends: {}", seen.seen.len());
    assert!(matches!(late.seen[0].body, RunEventBody::Snapshot { .. }), "a late tab begins with the whole");
    for done in [&seen, &late] {
        assert_eq!(done.live, written.live);
        assert_whole(&pair.admin_there, done).await;
    }
    assert_eq!(written.status(), Status::Completed);
}

#[tokio::test]
async fn a_tab_that_opens_amid_an_answer_of_another_server_is_told_that_it_runs() {
    let Some(pair) = Pair::start(&["stall-after-3"]).await else { return };
    let mut written = pair.admin_here.stream(json!({"content": "go", "model": "stall-after-3"})).await;
    written.until_text().await;
    let run = written.live.run_id.clone().expect("a run");
    let mut tab = open_tab(&pair.admin_there).await;
    heard(&mut tab, |event| matches!(event, UserEvent::Hello { running, .. } if *running == [run.clone()])).await;
    assert_eq!(tab.next().await.expect("a snapshot").run_id, run);
}

#[tokio::test]
async fn an_answer_that_is_over_at_once_is_seen_elsewhere_too() {
    let Some(pair) = Pair::start(&["ok"]).await else { return };
    let tab = open_tab(&pair.admin_there).await;
    let written = pair.admin_here.ask("ok", "hi").await;
    let seen = tab.finish().await;
    assert_eq!(seen.live, written.live);
    assert!(matches!(seen.seen[0].body, RunEventBody::Started { .. }));
}

#[tokio::test]
async fn nobody_elses_tabs_hear_of_an_answer() {
    let Some(pair) = Pair::start(&["ok"]).await else { return };
    pair.here.user(&pair.admin_here, "bob").await;
    let mut of_bob = open_tab(&pair.there.login("bob").await).await;
    heard(&mut of_bob, |event| matches!(event, UserEvent::Hello { .. })).await;
    let of_admin = open_tab(&pair.admin_there).await;
    pair.admin_here.ask("ok", "a secret").await;
    of_admin.finish().await;
    let theirs = pair.here.login("bob").await.post("/api/sessions", json!({"title": "of bob"})).await;
    assert_eq!(theirs.status, 201, "{}", theirs.text);
    let frame = of_bob.frame().await.expect("the next event").data;
    assert!(frame.contains("of bob"), "the first thing that bob hears is his own: {frame}");
}

#[tokio::test]
async fn a_chat_that_is_renamed_and_deleted_at_one_server_changes_at_the_others() {
    let Some(pair) = Pair::start(&["ok"]).await else { return };
    let mut tab = open_tab(&pair.admin_there).await;
    let chat = pair.admin_here.post("/api/sessions", json!({"title": "before"})).await.body;
    let path = format!("/api/sessions/{}", chat["id"].as_str().expect("an id"));
    let titled = |title: &'static str| move |event: &UserEvent| matches!(event, UserEvent::SessionChanged { session } if session.title == title);
    heard(&mut tab, titled("before")).await;
    assert_eq!(pair.admin_here.patch(&path, json!({"title": "after"})).await.status, 200);
    heard(&mut tab, titled("after")).await;
    assert_eq!(pair.admin_here.delete(&path).await.status, 204);
    heard(&mut tab, |event| matches!(event, UserEvent::SessionDeleted { .. })).await;
    assert_eq!(pair.admin_here.post(&format!("{path}/restore"), json!({})).await.status, 200);
    heard(&mut tab, titled("after")).await;
}

#[tokio::test]
async fn settings_and_models_that_change_at_one_server_change_at_the_others() {
    let Some(pair) = Pair::start(&["ok"]).await else { return };
    let mut tab = open_tab(&pair.admin_there).await;
    let brand = pair.admin_here.put("/api/settings/system/brand_name", json!({"value": "Both"})).await;
    assert_eq!(brand.status, 200, "{}", brand.text);
    heard(&mut tab, |event| matches!(event, UserEvent::SettingsChanged)).await;
    assert_eq!(pair.there.app.settings.branding().name, "Both");
    pair.here.connect(&pair.admin_here, &["echo"]).await;
    heard(&mut tab, |event| matches!(event, UserEvent::ModelsChanged)).await;
    assert!(pair.there.app.catalog.resolve(Some("echo"), &anybody()).is_ok());
}

#[tokio::test]
async fn a_person_who_is_disabled_at_one_server_loses_their_streams_at_the_others() {
    let Some(pair) = Pair::start(&["stall-after-3"]).await else { return };
    let bob_here = pair.here.user(&pair.admin_here, "bob").await;
    let bob_there = pair.there.login("bob").await;
    let mut of_admin = open_tab(&pair.admin_there).await;
    let mut written = bob_here.stream(json!({"content": "go", "model": "stall-after-3"})).await;
    written.until_text().await;
    let tab = open_tab(&bob_there).await;
    let mut reader = bob_there.attach(written.live.run_id.as_ref().expect("a run").as_str(), 0).await;
    reader.until_text().await;
    let path = format!("/api/admin/users/{}", bob_here.id);
    assert_eq!(pair.admin_here.patch(&path, json!({"status": "disabled"})).await.status, 200);
    until_closed(tab).await;
    until_closed(reader).await;
    heard(&mut of_admin, |event| matches!(event, UserEvent::PeopleChanged)).await;
    assert_eq!(bob_there.get("/api/auth/me").await.status, 403);
}

#[tokio::test]
async fn a_login_that_signs_out_loses_what_it_reads_of_another_servers_answer() {
    let Some(pair) = Pair::start(&["stall-after-3"]).await else { return };
    let mut written = pair.admin_here.stream(json!({"content": "go", "model": "stall-after-3"})).await;
    written.until_text().await;
    let run = written.live.run_id.clone().expect("a run");
    let phone = pair.there.login("admin").await;
    let of_phone = phone.attach(run.as_str(), 0).await;
    let of_desk = pair.admin_there.attach(run.as_str(), 0).await;
    assert_eq!(phone.post("/api/auth/logout", json!({})).await.status, 204);
    until_closed(of_phone).await;
    pair.admin_there.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await;
    assert_eq!(of_desk.finish().await.status(), Status::Stopped);
}

#[tokio::test]
async fn logins_that_end_at_one_server_are_out_at_the_others() {
    let Some(pair) = Pair::start(&[]).await else { return };
    let bob_here = pair.here.user(&pair.admin_here, "bob").await;
    let (bob_there, kept) = (pair.there.login("bob").await, pair.there.login("bob").await);
    let (tab, mut of_kept) = (open_tab(&bob_there).await, open_tab(&kept).await);
    let logins = bob_there.get("/api/auth/logins").await.body;
    let own = logins["items"].as_array().expect("a list").iter().find(|login| login["current"] == true);
    let path = format!("/api/auth/logins/{}", own.expect("its own")["id"].as_str().expect("an id"));
    assert_eq!(bob_here.delete(&path).await.status, 204);
    until_closed(tab).await;
    assert_eq!(bob_there.get("/api/auth/me").await.code(), "auth.revoked");
    kept.patch("/api/auth/me", json!({"theme": "dark"})).await;
    heard(&mut of_kept, |event| matches!(event, UserEvent::UserChanged { .. })).await;

    let reset = format!("/api/admin/users/{}/password", bob_here.id);
    assert_eq!(pair.admin_here.post(&reset, json!({})).await.status, 200);
    until_closed(of_kept).await;
    assert_eq!(kept.get("/api/auth/me").await.code(), "auth.revoked");
}

#[tokio::test]
async fn stop_pressed_at_one_server_ends_the_answer_of_another() {
    let Some(pair) = Pair::start(&["stall-after-3"]).await else { return };
    let mut written = pair.admin_here.stream(json!({"content": "go", "model": "stall-after-3"})).await;
    written.until_text().await;
    let run = written.live.run_id.clone().expect("a run");
    let reader = pair.admin_there.attach(run.as_str(), 0).await;
    assert_eq!(pair.admin_there.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await.status, 202);
    let (written, seen) = (written.finish().await, reader.finish().await);
    assert_eq!((written.status(), seen.status()), (Status::Stopped, Status::Stopped));
    assert_eq!(seen.live.message.text(), written.live.message.text());
    assert_whole(&pair.admin_there, &seen).await;
}

#[tokio::test]
async fn what_is_done_at_one_server_is_told_to_the_others_and_not_to_itself() {
    let Some(pair) = Pair::start(&["stall-after-3"]).await else { return };
    let mut line = Listener::open(&pair.there.app.db).await.expect("a line").expect("PostgreSQL");
    let mut written = pair.admin_there.stream(json!({"content": "go", "model": "stall-after-3"})).await;
    written.until_text().await;
    let (user, run) = (pair.admin_there.id.as_str().into(), written.live.run_id.clone().expect("a run"));
    assert_eq!(pair.admin_here.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await.status, 202);
    // What that server itself said of the run came before, and was not for its own ears.
    assert_eq!(line.next().await.expect("notices"), [Notice::Stop { run }]);
    let mut told = async |notice: Notice| while !line.next().await.expect("notices").contains(&notice) {};
    pair.admin_here.put("/api/settings/system/brand_name", json!({"value": "Both"})).await;
    told(Notice::Settings).await;
    pair.here.connect(&pair.admin_here, &["echo"]).await;
    told(Notice::Models).await;
    pair.admin_here.patch("/api/auth/me", json!({"theme": "dark"})).await;
    told(Notice::Person { user }).await;
}

#[tokio::test]
async fn a_repeated_request_at_another_server_waits_for_the_answer_that_runs() {
    let Some(pair) = Pair::start(&["tokens-20-40"]).await else { return };
    let body = json!({"content": "count", "model": "tokens-20-40", "clientMessageId": "once"});
    let mut written = pair.admin_here.stream(body.clone()).await;
    written.until_text().await;
    let again = pair.admin_there.post("/api/chat", body).await;
    assert_eq!(again.status, 200, "{}", again.text);
    assert_eq!(again.body["text"], written.finish().await.live.message.text());
}

#[tokio::test]
async fn a_server_whose_line_was_cut_lets_its_tabs_come_again_and_hears_everything_anew() {
    let Some(pair) = Pair::start(&["ok"]).await else { return };
    let tab = open_tab(&pair.admin_there).await;
    cut_the_lines(&pair.here.config().engine).await;
    until_closed(tab).await;
    let mut tab = open_tab(&pair.admin_there).await;
    heard(&mut tab, |event| matches!(event, UserEvent::Hello { .. })).await;
    pair.admin_here.post("/api/sessions", json!({"title": "new"})).await;
    heard(&mut tab, |event| matches!(event, UserEvent::SessionChanged { session } if session.title == "new")).await;
}

#[tokio::test]
async fn servers_that_share_their_folders_serve_each_others_files_and_remove_them_once() {
    let Some(pair) = Pair::start(&["echo"]).await else { return };
    for folder in ["files", "images"] {
        let (mine, theirs) = (pair.here.data_dir.join(folder), pair.there.data_dir.join(folder));
        std::fs::create_dir_all(&mine).expect("made");
        std::os::unix::fs::symlink(mine, theirs).expect("shared");
    }
    for at in 0..10 {
        let id = |reply: crate::support::Reply| reply.body["id"].as_str().expect("an id").to_owned();
        let (here, there) = (&pair.admin_here, &pair.admin_there);
        let mine = id(here.upload(&format!("{at}.txt"), "the same words").await);
        assert_eq!(there.get(&format!("/api/files/{mine}")).await.text, "the same words");
        // One server removes what the other one stores again at this moment.
        let (path, name) = (format!("/api/files/{mine}"), format!("{at}-b.txt"));
        let (deleted, theirs) = tokio::join!(here.delete(&path), there.upload(&name, "the same words"));
        assert_eq!(deleted.status, 204);
        let path = format!("/api/files/{}", id(theirs));
        pair.here.app.files.sweep().await.expect("swept");
        assert_eq!(here.get(&path).await.text, "the same words");
        assert_eq!(here.delete(&path).await.status, 204);
        assert_eq!(there.get(&path).await.code(), "file.not_found");
    }
}

#[tokio::test]
async fn a_server_that_does_not_share_the_folder_says_that_the_file_is_not_there() {
    let Some(pair) = Pair::start(&["echo"]).await else { return };
    let id = pair.admin_here.upload("a.txt", "words").await.body["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/files/{id}");
    assert_eq!(pair.admin_there.get(&path).await.code(), "file.not_found");
    pair.there.app.files.sweep().await.expect("swept");
    assert_eq!(pair.admin_here.get(&path).await.text, "words");
}

#[tokio::test]
async fn uploads_at_two_servers_at_once_do_not_pass_the_quota_together() {
    let Some(pair) = Pair::start(&["echo"]).await else { return };
    pair.admin_here.put("/api/settings/system/file_quota_mib", json!({"value": 1})).await;
    let mut taken = 0;
    // Nine of them fit: in the last round both servers see room for one.
    for at in 0..5 {
        let body = |server: &str| format!("{server} {at} x").repeat(22_000);
        let (mine, theirs) = (format!("{at}-a.txt"), format!("{at}-b.txt"));
        let (mine, theirs) =
            tokio::join!(pair.admin_here.upload(&mine, body("a")), pair.admin_there.upload(&theirs, body("b")));
        for reply in [mine, theirs] {
            taken += u64::from(reply.status == 201) * 110_000;
            assert!(reply.status == 201 || reply.code() == "file.quota", "{}", reply.text);
        }
    }
    let used = pair.admin_there.get("/api/files/usage").await.body["used"].clone();
    assert!(taken <= 1 << 20 && used == json!(taken), "{used} {taken}");
}
