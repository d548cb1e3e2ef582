//! `aichat secrets rotate` as people run it: the server is stopped, everything is sealed again, and the models answer as
//! before. The secret is found nowhere on the way.

use crate::program::{Folder, Program, refusal, run};
use crate::support::{PASSWORD, TestUser};
use mock_llm::{MockLlm, Options};
use serde_json::json;
use std::path::Path;

/// The key of the connection, and what of it is looked for.
const CANARY: &str = "sk-canary-5d20e9b7c4a81f36";

/// Every file of a folder, whole.
fn bytes(folder: &Path) -> Vec<u8> {
    let entries = std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { bytes(&path) } else { std::fs::read(&path).expect("a file") }).collect()
}

fn holds(folder: &Folder, needle: &str) -> bool {
    bytes(&folder.0).windows(needle.len()).any(|window| window == needle.as_bytes())
}

/// The sealed key's version, which is what stands first in the database's rows.
fn master(folder: &Folder) -> String {
    let text = std::fs::read_to_string(folder.0.join("data/secrets.json")).expect("the generated secrets");
    serde_json::from_str::<serde_json::Value>(&text).expect("JSON")["master"].as_str().expect("a key").to_owned()
}

async fn answers(url: &str) -> (u16, String) {
    let body = json!({"username": "admin", "password": PASSWORD, "tokens": true});
    let reply = TestUser::at(url).post("/api/auth/login", body).await;
    let admin = TestUser::at(url).holding(reply.body["tokens"]["accessToken"].as_str().map(str::to_owned));
    let connections = admin.get("/api/connections").await.body;
    assert_ne!(connections["items"][0]["keys"][0]["state"], "locked", "{connections}");
    let reply = admin.post("/api/chat", json!({"content": "hello", "model": "ok"})).await;
    assert!(!reply.text.contains(CANARY));
    (reply.status, reply.code().to_owned())
}

#[tokio::test]
async fn a_rotation_changes_the_key_of_everything_and_nothing_else() {
    let folder = Folder::new();
    let mock = MockLlm::start(Options { workers: 1, ..Options::default() }).expect("the fake model server starts");
    let mut program = Program::start(&folder, &[]);
    let url = program.url();
    let body = json!({"username": "admin", "password": PASSWORD, "tokens": true});
    let reply = TestUser::at(&url).post("/api/auth/register", body).await;
    let admin = TestUser::at(&url).holding(reply.body["tokens"]["accessToken"].as_str().map(str::to_owned));
    let wish = json!({"name": "one", "baseUrl": mock.base_url(), "key": CANARY, "models": ["ok"], "headers": {"x-team": CANARY}});
    assert_eq!(admin.post("/api/connections", wish).await.status, 201);
    assert_eq!(answers(&url).await, (200, String::new()));

    let (exit, line) = refusal(&folder, &["secrets", "rotate"], &[]);
    assert!(exit == 78 && line.contains("Stop the server first"), "{exit} {line}");
    drop(program);

    let old = master(&folder);
    let done = run(&folder, &["secrets", "rotate"], &[]);
    let told = String::from_utf8(done.stdout).expect("text");
    assert!(done.status.success() && told.contains("2 secrets were sealed again"), "{told}");
    assert!(!told.contains(&master(&folder)), "no key is printed");
    assert!(master(&folder) != old && !holds(&folder, &old), "the old key is gone");
    assert!(!holds(&folder, CANARY));

    let mut program = Program::start(&folder, &[]);
    assert_eq!(answers(&program.url()).await, (200, String::new()));
    assert!(!holds(&folder, CANARY));
}
