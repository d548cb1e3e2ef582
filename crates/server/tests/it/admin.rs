//! `aichat admin` beside a running server: what it does counts at once.

use crate::program::{Folder, Program, command, refusal, run};
use crate::support::{Events, PASSWORD, TestUser, eventually};
use serde_json::json;
use std::io::Write as _;
use std::process::Output;

/// Runs it with a password on its standard input.
fn typed(folder: &Folder, words: &[&str], password: &str) -> Output {
    let mut child = command(&folder.0, words, &[]).stdin(std::process::Stdio::piped()).spawn().expect("it runs");
    // A program that needs no password may be gone already.
    let _ = child.stdin.take().expect("its input").write_all(format!("{password}\n").as_bytes());
    child.wait_with_output().expect("it ended")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

async fn sign_in(url: &str, password: &str) -> (u16, Option<String>) {
    let body = json!({"username": "ada", "password": password, "tokens": true});
    let reply = TestUser::at(url).post("/api/auth/login", body).await;
    (reply.status, reply.body["tokens"]["accessToken"].as_str().map(str::to_owned))
}

#[tokio::test]
async fn an_administrator_made_beside_the_server_signs_in_at_once_and_making_them_again_changes_nothing() {
    let folder = Folder::new();
    let mut program = Program::start(&folder, &[]);
    let url = program.url();
    program.line_with("Next: open http");
    let create = ["admin", "create", "--username", "ada", "--password-stdin"];
    let made = typed(&folder, &create, PASSWORD);
    assert!(made.status.success() && out(&made).contains("ada is an administrator now"), "{made:?}");
    assert_eq!(sign_in(&url, PASSWORD).await.0, 200);

    let again = typed(&folder, &create, "another horse");
    assert!(again.status.success() && out(&again).contains("administrator already"), "{again:?}");
    let generated = run(&folder, &["admin", "create", "--username", "ADA", "--generate"], &[]);
    assert!(generated.status.success() && !out(&generated).contains("shown this once"), "{generated:?}");
    assert_eq!((sign_in(&url, PASSWORD).await.0, sign_in(&url, "another horse").await.0), (200, 401));
    let listed = out(&run(&folder, &["admin", "list"], &[]));
    assert_eq!(listed.lines().count(), 2, "one account: {listed}");
    assert!(listed.contains("ada   admin  active"), "{listed}");
}

#[tokio::test]
async fn a_new_password_from_the_command_line_signs_the_account_out_everywhere() {
    let folder = Folder::new();
    let mut program = Program::start(&folder, &[]);
    let url = program.url();
    program.line_with("Next: open http");
    typed(&folder, &["admin", "create", "--username", "ada", "--password-stdin"], PASSWORD);
    let ada = TestUser::at(&url).holding(sign_in(&url, PASSWORD).await.1);
    let mut tab = Events::open(ada.request(reqwest::Method::GET, "/api/events")).await;
    tab.frame().await.expect("hello");

    let reset = typed(&folder, &["admin", "reset-password", "--username", "Ada", "--password-stdin"], "another horse");
    assert!(reset.status.success() && out(&reset).contains("signed out everywhere"), "{reset:?}");
    assert_eq!((sign_in(&url, PASSWORD).await.0, sign_in(&url, "another horse").await.0), (401, 200));
    while tab.frame().await.is_some() {}
    eventually("the old login is over", || async { ada.get("/api/auth/me").await.code() == "auth.revoked" }).await;
}

#[test]
fn common_passwords_and_unknown_names_are_refused_in_one_line() {
    let folder = Folder::new();
    let common = typed(&folder, &["admin", "create", "--username", "ada", "--password-stdin"], "Admin@2025");
    let line = String::from_utf8(common.stderr).expect("text");
    assert!(common.status.code() == Some(1) && line.contains("password.too_common: "), "{line}");
    assert!(line.lines().count() == 1 && !line.contains("Admin@2025"), "{line}");
    let (code, line) = refusal(&folder, &["admin", "reset-password", "--username", "ada", "--generate"], &[]);
    assert!(code == 1 && line.contains("user.not_found: "), "{code} {line}");
    assert!(out(&run(&folder, &["admin", "list"], &[])).contains("There are no accounts"));
}

#[test]
fn looking_for_accounts_in_the_wrong_folder_makes_nothing_there() {
    let folder = Folder::new();
    for words in [&["admin", "list"][..], &["admin", "reset-password", "--username", "ada", "--generate"]] {
        let (code, line) = refusal(&folder, words, &[]);
        assert!(code == 1 && line.contains("database.absent: ./data/aichat.db") && line.contains("DATA_DIR"), "{line}");
    }
    assert!(!folder.0.join("data").exists());
}

#[tokio::test]
async fn registering_obeys_the_same_rule() {
    let app = crate::support::TestApp::new().await;
    for (name, password) in [("ada", "Admin@2025"), ("Grace.Hopper", "grace.hopper1")] {
        let reply = app
            .nobody()
            .post("/api/auth/register", json!({"username": name, "password": password, "tokens": true}))
            .await;
        assert_eq!((reply.status, reply.code()), (400, "password.too_common"), "{}", reply.text);
    }
    let admin = app.admin().await;
    let change = json!({"current": PASSWORD, "new": "password123"});
    assert_eq!(admin.post("/api/auth/password", change).await.code(), "password.too_common");
}
