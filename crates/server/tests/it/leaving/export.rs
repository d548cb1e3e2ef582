//! What a person takes along: everything of theirs, nothing of others, no secret.

use super::{WORD, furnish, inhabited};
use crate::support::{PASSWORD, TestApp, TestUser};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

const PATH: &str = "/api/auth/me/export";

/// The files of an archive by name.
async fn taken(user: &TestUser, language: &str) -> BTreeMap<String, Vec<u8>> {
    let request = user.request(Method::GET, PATH).header("accept-language", language);
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(
        (header("content-type"), header("cache-control")),
        ("application/zip".into(), "private, no-store".into())
    );
    assert!(header("content-disposition").starts_with("attachment; filename=\"aichat-bob-20"));
    let bytes = answer.bytes().await.expect("a whole archive");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a ZIP");
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a file");
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("whole");
        files.insert(file.name().expect("UTF-8").into_owned(), content);
    }
    files
}

fn json_of(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Value {
    serde_json::from_slice(&files[name]).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_of_a_person_is_in_the_archive_and_nothing_of_others() {
    let (_app, _outside, admin, bob) = inhabited().await;
    let of = furnish(&bob).await;
    admin.ask("echo", "a secret of the administrator").await;
    admin.upload("admins.txt", "another secret").await;
    let gone = bob.ask("echo", "to be deleted").await.session();
    assert_eq!(bob.delete(&format!("/api/sessions/{gone}")).await.status, 204);

    let files = taken(&bob, "zh-CN,zh;q=0.9").await;
    let readme = String::from_utf8(files["README.txt"].clone()).expect("text");
    assert!(readme.contains("属于 bob 的全部数据"), "{readme}");
    let profile = json_of(&files, "profile.json");
    assert_eq!((&profile["format"], &profile["version"]), (&json!("aichat-data"), &json!(1)));
    assert_eq!(profile["user"]["about"], format!("I live in {WORD}"));
    assert_eq!(profile["logins"].as_array().map(Vec::len), Some(1));
    assert_eq!(json_of(&files, "folders.json")[0]["name"], format!("{WORD} folder"));
    assert_eq!(json_of(&files, "keys.json")[0]["name"], format!("{WORD} key"));
    assert_eq!(json_of(&files, "connections.json")[0]["name"], WORD);

    let chats: Vec<&String> = files.keys().filter(|name| name.starts_with("chats/")).collect();
    assert_eq!(chats.len(), 2, "the deleted one is gone: {chats:?}");
    let name = chats[0].strip_suffix(".json").expect("JSON first");
    assert!(name.ends_with(&format!(" {WORD} a b-{}", of.session)), "{name}");
    let chat = json_of(&files, chats[0]);
    let messages = chat["messages"].as_array().expect("messages");
    assert_eq!((messages.len(), &chat["chat"]["id"]), (6, &json!(of.session)), "all branches");
    assert!(messages.iter().any(|message| message["id"] == chat["activeMessageId"]));
    assert!(
        messages.iter().filter(|message| message["role"] == "assistant").all(|message| message["usage"].is_object())
    );
    let path = String::from_utf8(files[&format!("{name}.md")].clone()).expect("text");
    assert!(path.starts_with(&format!("# ../{WORD}: a/b?\n")), "{path}");
    assert!(path.contains(&format!("another {WORD}")) && !path.contains(&format!("a second {WORD}")), "{path}");

    let listed = json_of(&files, "files.json");
    let note = listed.as_array().expect("a list").iter().find(|file| file["id"] == *of.file).expect("the note");
    let place = note["path"].as_str().expect("a place");
    assert_eq!(place, format!("files/{}-{WORD} 报告.txt", of.file));
    assert_eq!(files[place], format!("notes about {WORD}").into_bytes());
    assert!(path.contains(&format!("](<../{place}>)")), "{path}");
    assert_eq!(listed.as_array().map(Vec::len), Some(2), "and the face");

    for (name, content) in &files {
        let text = String::from_utf8_lossy(content);
        for secret in ["secret", "sk-zanzibar", PASSWORD, "$2b$"] {
            assert!(name == "README.txt" || !text.contains(secret), "{name} tells {secret}");
        }
        assert!(!name.contains("..") && !name.starts_with('/'), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_archive_is_in_the_language_of_its_person_and_empty_ones_open() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    bob.patch("/api/auth/me", json!({"language": "en"})).await;
    let files = taken(&bob, "zh").await;
    assert!(String::from_utf8_lossy(&files["README.txt"]).starts_with("Everything that AIChat keeps of bob"));
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["README.txt", "connections.json", "files.json", "folders.json", "keys.json", "profile.json"]);
    assert_eq!(json_of(&files, "files.json"), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_archive_at_a_time_and_a_reader_who_leaves_gives_the_place_back() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    // More than the pieces on the way hold, and nothing that packs.
    let noise: String =
        (0..400_000_u64).map(|n| char::from(b'a' + (n.wrapping_mul(2_654_435_761) >> 7) as u8 % 26)).collect();
    for name in ["a.txt", "b.txt"] {
        assert_eq!(bob.upload(name, format!("{name}{noise}").repeat(4)).await.status, 201);
    }
    let mut reading = bob.request(Method::GET, PATH).send().await.expect("an answer");
    assert!(reading.chunk().await.expect("a piece").is_some());
    let refused = bob.get(&format!("{PATH}?check=true")).await;
    if refused.status == 409 {
        assert_eq!(refused.code(), "export.running");
        assert_eq!(bob.get(PATH).await.code(), "export.running");
    }
    drop(reading);
    crate::support::eventually("the place is free again", || async {
        bob.get(&format!("{PATH}?check=true")).await.status == 204
    })
    .await;
    for _ in 0..5 {
        crate::support::eventually("the one before is over", || async {
            bob.get(&format!("{PATH}?check=true")).await.status == 204
        })
        .await;
        let whole = bob.request(Method::GET, PATH).send().await.expect("an answer").bytes().await;
        assert!(zip::ZipArchive::new(Cursor::new(whole.expect("whole"))).is_ok());
    }
    crate::support::eventually("there were enough", || async { bob.get(PATH).await.code() == "auth.throttled" }).await;
    assert!(bob.get(PATH).await.headers.contains_key("retry-after"));
    app.app.clock.shift(3600 * 1000);
    // The access token is over by then.
    let bob = app.login("bob").await;
    assert_eq!(bob.get(&format!("{PATH}?check=true")).await.status, 204);
}
