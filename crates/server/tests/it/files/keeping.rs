//! What is kept, how often, and when it goes.

use super::{address, hold, id, is_there, picture, stored, used};
use crate::support::{TestApp, TestUser};
use serde_json::json;
use server::chat::purge;
use server::db::files;
use shared::{FileId, MessageId, UserId};
use std::path::{Path, PathBuf};

const DAY_MS: i64 = 24 * 3600 * 1000;

async fn sweep_after(app: &TestApp, millis: i64) {
    app.app.clock.shift(millis);
    app.app.files.sweep().await.expect("swept");
    app.app.clock.shift(-millis);
}

/// Makes a file as old as one that was put there a month ago.
fn age(path: &Path) {
    let file = std::fs::File::options().append(true).open(path).expect("opens");
    let month = std::time::Duration::from_secs(31 * 24 * 3600);
    file.set_modified(std::time::SystemTime::now() - month).expect("set");
}

async fn upload(user: &TestUser, name: &str, body: &'static str) -> FileId {
    id(&user.upload(name, body).await)
}

#[tokio::test]
async fn the_same_bytes_are_stored_once_for_everybody_and_listed_once_for_one() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let other = app.user(&admin, "other").await;
    let first = admin.upload("a.html", "<!doctype html>words").await;
    let again = admin.upload("a.html", "<!doctype html>words").await;
    assert_eq!((first.status, again.status, id(&first)), (201, 200, id(&again)));
    let renamed = admin.upload("b.html", "<!doctype html>words").await;
    let theirs = other.upload("a.html", "<!doctype html>words").await;
    assert_eq!((renamed.status, theirs.status), (201, 201), "another name, and another person, have their own");
    assert!(id(&renamed) != id(&first) && id(&theirs) != id(&first));
    assert_eq!(stored(&app).len(), 2, "the page and its text");
    for (owner, reply, left) in [(&admin, &first, 2), (&other, &theirs, 2), (&admin, &renamed, 0)] {
        assert_eq!(owner.delete(&address(&id(reply))).await.status, 204);
        assert_eq!(stored(&app).len(), left, "bytes go with the last file that has them");
    }
}

#[tokio::test]
async fn uploads_and_removals_of_the_same_bytes_at_once_never_lose_any() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let other = app.user(&admin, "other").await;
    for _ in 0..20 {
        let mine = upload(&admin, "a.txt", "the same words").await;
        let path = address(&mine);
        let (deleted, theirs) = tokio::join!(admin.delete(&path), other.upload("a.txt", "the same words"));
        assert_eq!(deleted.status, 204);
        let theirs = id(&theirs);
        assert_eq!(other.get(&address(&theirs)).await.text, "the same words");
        assert_eq!(other.delete(&address(&theirs)).await.status, 204);
    }
    assert_eq!(stored(&app), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_file_that_a_message_holds_goes_with_its_chat_and_not_before() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let file = upload(&user, "a.txt", "words").await;
    let chat = user.ask("echo", "hi").await;
    hold(&app, &file, &chat.message()).await;
    hold(&app, &file, &chat.message()).await;
    let refused = user.delete(&address(&file)).await;
    assert_eq!((refused.status, refused.code()), (409, "file.in_use"));
    sweep_after(&app, 365 * DAY_MS).await;
    assert_eq!(user.get(&address(&file)).await.text, "words");
    assert_eq!(user.delete(&format!("/api/sessions/{}", chat.session())).await.status, 204);
    sweep_after(&app, 29 * DAY_MS).await;
    assert!(is_there(&app, &user, &file).await, "the chat can still be restored");
    purge::purge(&app.app.runs, i64::MAX).await.expect("removed");
    sweep_after(&app, 31 * DAY_MS).await;
    assert!(!is_there(&app, &user, &file).await);
    assert_eq!((stored(&app).len(), used(&user).await), (0, 0));
}

#[tokio::test]
async fn a_file_that_is_sent_at_the_moment_of_the_sweep_stays() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let chat = user.ask("echo", "hi").await;
    for at in 0..10 {
        let file = id(&user.upload("a.txt", format!("words {at}")).await);
        let tx = app.app.db.begin().await.expect("a transaction");
        let message = MessageId(chat.message());
        files::refer(&tx, std::slice::from_ref(&file), &message).await.expect("written");
        let sent = async { tx.commit().await.expect("committed") };
        tokio::join!(sweep_after(&app, 31 * DAY_MS), sent);
        assert_eq!(user.get(&address(&file)).await.text, format!("words {at}"));
    }
}

#[tokio::test]
async fn a_file_that_is_gone_when_its_message_is_written_is_passed_over() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let chat = user.ask("echo", "hi").await;
    let (gone, there) = (upload(&user, "a.txt", "words").await, upload(&user, "b.txt", "more words").await);
    assert_eq!(user.delete(&address(&gone)).await.status, 204);
    let tx = app.app.db.begin().await.expect("a transaction");
    let both = [there.clone(), gone, there.clone()];
    files::refer(&tx, &both, &MessageId(chat.message())).await.expect("written");
    tx.commit().await.expect("committed");
    assert_eq!(user.delete(&address(&there)).await.code(), "file.in_use");
}

#[tokio::test]
async fn a_purge_wakes_the_sweep() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let file = upload(&user, "a.txt", "words").await;
    let chat = user.ask("echo", "hi").await;
    hold(&app, &file, &chat.message()).await;
    assert_eq!(user.delete(&format!("/api/sessions/{}", chat.session())).await.status, 204);
    app.app.clock.shift(31 * DAY_MS);
    purge::purge(&app.app.runs, i64::MAX).await.expect("removed");
    crate::support::eventually("the file is gone", || async { stored(&app).is_empty() }).await;
    assert!(!is_there(&app, &user, &file).await);
}

#[tokio::test]
async fn what_was_never_sent_goes_after_thirty_days_and_a_face_stays() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let file = upload(&user, "a.txt", "words").await;
    let face = user.put_bytes("/api/auth/me/avatar", picture(20, 20)).await.body["avatar"].clone();
    sweep_after(&app, 29 * DAY_MS).await;
    assert!(is_there(&app, &user, &file).await);
    app.app.clock.shift(DAY_MS / 2);
    let user = app.login("admin").await;
    assert_eq!(upload(&user, "a.txt", "words").await, file);
    sweep_after(&app, DAY_MS).await;
    assert!(is_there(&app, &user, &file).await, "given once more, it counts as new");
    sweep_after(&app, 31 * DAY_MS).await;
    assert!(!is_there(&app, &user, &file).await);
    assert_eq!(stored(&app).len(), 1);
    assert_eq!(user.get(face.as_str().expect("an address")).await.status, 200);
}

#[tokio::test]
async fn more_files_than_a_batch_go_in_one_sweep() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let first = upload(&user, "0.txt", "words").await;
    let owner = UserId(user.id.clone());
    let row = files::get(app.app.db.read(), &owner, &first).await.expect("read").expect("a file");
    let tx = app.app.db.begin().await.expect("a transaction");
    for at in 1..250 {
        let new = files::NewFile {
            kind: row.info.kind,
            name: format!("{at}.txt"),
            media_type: "text/plain",
            size: 5,
            text_size: 0,
            sides: None,
            characters: Some(5),
            tokens: 1,
            cut: false,
            hash: row.hash.clone(),
            text_hash: row.text_hash.clone(),
        };
        files::insert(&tx, &owner, new, app.app.clock.now()).await.expect("inserted");
    }
    tx.commit().await.expect("committed");
    assert_eq!(used(&user).await, 250 * 4096);
    sweep_after(&app, 31 * DAY_MS).await;
    assert_eq!((used(&user).await, stored(&app).len()), (0, 0));
}

#[tokio::test]
async fn the_files_of_a_person_who_is_removed_go_with_them() {
    use server::db::ConnectionTrait as _;
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    upload(&bob, "a.txt", "only bob has this").await;
    let both = upload(&bob, "b.txt", "both have this").await;
    let kept = upload(&admin, "b.txt", "both have this").await;
    assert_ne!(both, kept);
    let tx = app.app.db.begin().await.expect("a transaction");
    tx.execute_unprepared("DELETE FROM users WHERE username_key = 'bob'").await.expect("removed");
    tx.commit().await.expect("committed");
    stored(&app).iter().for_each(|path| age(path));
    sweep_after(&app, 0).await;
    assert_eq!(stored(&app).len(), 1);
    assert_eq!(admin.get(&address(&kept)).await.text, "both have this");
}

#[tokio::test]
async fn the_sweep_touches_nothing_but_bytes_that_no_file_has() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let kept = upload(&user, "a.txt", "words").await;
    let folder = app.data_dir.join("files");
    let stray = folder.join("ab").join("ab".repeat(32));
    let young = folder.join("ab").join(format!("ab{}", "cd".repeat(31)));
    let foreign = [folder.join("ab/holiday.jpg"), folder.join("readme.txt"), folder.join("cd").join("ef".repeat(32))];
    for path in foreign.iter().chain([&stray, &young]) {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, "x").expect("written");
    }
    foreign.iter().chain([&stray]).for_each(|path| age(path));
    sweep_after(&app, 0).await;
    assert!(!stray.exists() && foreign.iter().all(|path| path.exists()));
    assert!(young.exists(), "it may have come after the backup that this database was restored from");
    assert_eq!(user.get(&address(&kept)).await.text, "words");
}

#[tokio::test]
async fn two_databases_that_share_a_folder_take_nothing_from_each_other() {
    let shared = std::env::temp_dir().join(format!("aichat-shared-{}", server::clock::new_id()));
    let first = TestApp::with(|config| config.chat_image_dir = Some(shared.clone())).await;
    let user = first.admin().await;
    let image = id(&user.upload("a.png", picture(20, 20)).await);
    let second = TestApp::with(|config| config.chat_image_dir = Some(shared.clone())).await;
    let other = second.admin().await;
    let refused = other.upload("b.png", picture(30, 30)).await;
    assert_eq!((refused.status, refused.code()), (503, "storage.foreign"));
    assert_eq!(upload(&other, "b.txt", "more words").await.0.len(), 36, "the other folder is its own");
    let mut there = Vec::new();
    super::list(&shared, &mut there);
    there.iter().for_each(|path| age(path));
    sweep_after(&second, 31 * DAY_MS).await;
    assert_eq!(user.get(&address(&image)).await.status, 200);
    let (config, data_dir) = second.crash().await;
    let (_, opened) = server::App::open(config, server::clock::Clock::default()).await.expect("opens");
    let named = |note: &String| note.starts_with("storage.foreign: ") && note.contains(&shared.display().to_string());
    assert!(opened.notes.iter().any(named), "{:?}", opened.notes);
    std::fs::remove_dir_all(shared).expect("removed");
    std::fs::remove_dir_all(data_dir).expect("removed");
}

#[tokio::test]
async fn a_file_whose_bytes_are_lost_is_not_there_until_it_is_given_again() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let (image, text) = (id(&user.upload("a.png", picture(20, 20)).await), upload(&user, "a.txt", "words").await);
    stored(&app).iter().for_each(|path| std::fs::remove_file(path).expect("removed"));
    let owner = UserId(user.id.clone());
    assert!(app.app.files.picture(&owner, &image).await.expect("read").is_none());
    assert!(app.app.files.text(&owner, &text).await.expect("read").is_none());
    for path in [address(&image), address(&text), format!("{}/text", address(&text))] {
        assert_eq!(user.get(&path).await.code(), "file.not_found", "{path}");
    }
    assert_eq!(upload(&user, "a.txt", "words").await, text);
    assert_eq!(app.app.files.text(&owner, &text).await.expect("read").as_deref(), Some("words"));
}

#[tokio::test]
async fn a_folder_of_pictures_that_cannot_be_used_is_named_at_the_start_and_spoils_nothing_else() {
    let blocked = std::env::temp_dir().join(format!("aichat-blocked-{}", server::clock::new_id()));
    std::fs::write(&blocked, "a file where the folder should be").expect("written");
    let app = TestApp::new().await;
    let (mut config, data_dir) = app.crash().await;
    config.chat_image_dir = Some(blocked.join("images"));
    let (opened, notes) = server::App::open(config.clone(), server::clock::Clock::default()).await.expect("opens");
    assert!(notes.notes.iter().any(|note| note.starts_with("CHAT_IMAGE_DIR: ")), "{:?}", notes.notes);
    drop(opened);
    let app = TestApp::open(config, data_dir).await;
    let user = app.with_models(&["echo"]).await;
    assert_eq!(user.upload("a.png", picture(20, 20)).await.status, 500);
    assert_eq!(upload(&user, "a.txt", "words").await.0.len(), 36);
    assert_eq!(user.ask("echo", "hi").await.code(), "");
    std::fs::remove_file(blocked).expect("removed");
}

#[tokio::test]
async fn pictures_go_where_the_operator_says_and_files_survive_a_restart() {
    let elsewhere = std::env::temp_dir().join(format!("aichat-images-{}", server::clock::new_id()));
    let app = TestApp::with(|config| config.chat_image_dir = Some(elsewhere.clone())).await;
    let user = app.admin().await;
    let (image, text) = (id(&user.upload("a.png", picture(20, 20)).await), upload(&user, "a.txt", "words").await);
    assert_eq!(stored(&app).len(), 1, "the document");
    let mut there = Vec::new();
    super::list(&elsewhere, &mut there);
    assert_eq!(there.len(), 1, "the picture: {there:?}");
    let (config, data_dir) = app.crash().await;
    let app = TestApp::open(config, data_dir).await;
    let user = app.login("admin").await;
    app.app.files.sweep().await.expect("swept");
    assert_eq!(user.get(&address(&text)).await.text, "words");
    assert_eq!(user.get(&address(&image)).await.status, 200);
    assert_eq!(user.get("/api/files/usage").await.body["quota"], json!(1024 << 20));
    std::fs::remove_dir_all(elsewhere).expect("removed");
}
