//! How the real program starts, and how it refuses to: one line, and an exit code that supervisors understand.

use crate::program::{Folder, Program, refusal, run};
use crate::support::{PASSWORD, TestUser, eventually};
use mock_llm::{MockLlm, Options};
use serde_json::{Value, json};
use std::net::TcpListener;

#[tokio::test]
async fn an_empty_environment_is_enough() {
    let folder = Folder::new();
    let mut program = Program::start(&folder, &[]);
    let nobody = TestUser::at(&program.url());
    eventually("the database answers", || async { nobody.get("/api/settings/health").await.status == 200 }).await;
    assert!(folder.0.join("data/aichat.db").is_file(), "in ./data");
}

#[test]
fn a_port_that_is_taken_is_named_with_its_owner_and_its_variable() {
    let folder = Folder::new();
    let taken = TcpListener::bind(("0.0.0.0", 0)).expect("a free port");
    let port = taken.local_addr().expect("its address").port().to_string();
    let (code, line) = refusal(&folder, &[], &[("PORT", &port)]);
    assert_eq!(code, 78);
    assert!(line.contains(&format!("listen.in_use 0.0.0.0:{port} is taken")) && line.contains("set PORT"), "{line}");
    #[cfg(target_os = "linux")]
    assert!(line.contains(&format!("(process {})", std::process::id())), "{line}");
    assert!(!folder.0.join("data").exists(), "nothing was touched");
}

#[tokio::test]
async fn a_port_that_the_platform_hands_out_is_listened_on_at_every_address_and_named_with_its_source() {
    let free = TcpListener::bind(("0.0.0.0", 0)).and_then(|free| free.local_addr()).expect("a free port").port();
    let folder = Folder::new();
    let mut program = Program::with(&folder, &[], &[("PORT", &free.to_string())]);
    let listens = program.line_with("  listens on ");
    assert!(listens.contains(&format!("0.0.0.0:{free}")), "{listens}");
    program.line_with(&format!("    PORT = {free} (environment)"));
    program.line_with("Next: open http");
    let nobody = TestUser::at(&format!("http://127.0.0.1:{free}"));
    assert_eq!(nobody.get("/api/health").await.status, 200);
}

#[test]
fn an_address_that_is_not_ours_is_named_with_its_variable() {
    let (code, line) = refusal(&Folder::new(), &[], &[("HOST", "192.0.2.1"), ("PORT", "0")]);
    assert!(code == 78 && line.contains("listen.no_address 192.0.2.1") && line.contains("set HOST"), "{code} {line}");
}

#[test]
fn a_bad_value_of_any_variable_ends_with_78_and_names_it() {
    let folder = Folder::new();
    for (name, value) in [
        ("PORT", "http"),
        ("HOST", "http://x"),
        ("DATABASE_URL", "mysql://db/x"),
        ("PUBLIC_URL", "chat.example.com"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("ACCESS_TOKEN_EXPIRE_MINUTES", "0"),
        ("DEFAULT_REGISTRATION_ENABLED", "maybe"),
        ("DEFAULT_CONTEXT_TOKEN_LIMIT", "-5"),
        ("ENABLE_CORS", "maybe"),
        ("CORS_ORIGIN", "*"),
        ("CORS_ORIGIN", "https://app.example.com/path"),
        ("CORS_ORIGIN", "app.example.com"),
        ("LOG_LEVEL", "3"),
        ("LOG_FORMAT", "xml"),
        ("JWT_SECRET_FILE", "/no/such/file"),
        ("HTTPS_PROXY", "no proxy"),
    ] {
        let (code, line) = refusal(&folder, &["--port=0"][..usize::from(name != "PORT")], &[(name, value)]);
        assert!(code == 78 && line.contains(name), "{name}={value}: {code} {line}");
    }
}

#[test]
fn a_secret_given_twice_ends_with_78() {
    let folder = Folder::new();
    let env = [("JWT_SECRET", "hunter2"), ("JWT_SECRET_FILE", "/run/secrets/jwt")];
    let (code, line) = refusal(&folder, &[], &env);
    assert!(code == 78 && line.contains("JWT_SECRET and JWT_SECRET_FILE are both set"), "{code} {line}");
    assert!(!line.contains("hunter2"), "{line}");
}

#[test]
fn a_secret_in_a_file_is_shown_by_its_fingerprint_and_its_place() {
    let folder = Folder::new();
    std::fs::write(folder.0.join("key"), "hunter2\n").expect("written");
    let show = |words: &[&str], env: &[(&str, &str)]| {
        let output = run(&folder, words, env);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    let text = show(&["config", "show", "--sources"], &[("LLM_API_KEY_FILE", "key"), ("PORT", "1")]);
    assert!(text.contains("LLM_API_KEY = set, 7 bytes, sha256 f52fbd32 (file key)"), "{text}");
    assert!(text.contains("PORT = 1 (environment)") && text.contains("JWT_SECRET = unset"), "{text}");
    let text = show(&["config", "show"], &[("LLM_API_KEY", "")]);
    assert!(text.contains("LLM_API_KEY = empty (set but blank)\n"), "{text}");
    let listed: Value = serde_json::from_str(&show(&["config", "show", "--json"], &[])).expect("JSON");
    assert!(listed.as_array().is_some_and(|list| list.iter().any(|item| item["name"] == "SITE_ADDRESS")), "{listed}");
    assert!(!folder.0.join("data").exists(), "looking changes nothing");
}

#[tokio::test]
async fn the_first_line_for_programs_describes_the_server() {
    let folder = Folder::new();
    let logs = folder.0.join("logs");
    let env = [("LOG_FORMAT", "json"), ("LOG_LEVEL", "trace"), ("LOG_DIR", logs.to_str().expect("text"))];
    let mut program = Program::start(&folder, &env);
    program.line_with("AIChat is ready");
    let first: Value = serde_json::from_str(&program.seen[0]).expect("the very first line is an object");
    for field in ["version", "commit", "arch", "rustc", "listen", "dataDirectory"] {
        assert!(first[field].as_str().is_some_and(|value| !value.is_empty()), "{field} in {first}");
    }
    assert_eq!((&first["models"], &first["publicUrl"]), (&json!(0), &Value::Null));
    let address = first["address"].as_str().expect("an address");
    assert_eq!(TestUser::at(address).get("/api/health").await.status, 200);
    let logged: Value = serde_json::from_str(&program.line_with("answered")).expect("and so is every other line");
    assert!(logged["timestamp"].is_string() && logged["message"].is_string(), "{logged}");
    let files: Vec<_> = std::fs::read_dir(&logs).expect("the folder was made").flatten().collect();
    assert_eq!(files.len(), 1, "a file a day");
}

#[test]
fn a_log_folder_that_cannot_be_written_is_one_warning_and_the_server_starts() {
    let folder = Folder::new();
    std::fs::write(folder.0.join("file"), "").expect("a file in the way");
    let mut program = Program::start(&folder, &[("LOG_DIR", "file/logs")]);
    program.line_with("note: log.dir_not_writable: LOG_DIR is file/logs");
    program.line_with("Next: open http");
    assert_eq!(program.seen.iter().filter(|line| line.contains("log.dir_not_writable")).count(), 1);
}

#[test]
fn the_log_folder_gets_what_standard_output_gets() {
    let folder = Folder::new();
    let mut program = Program::start(&folder, &[("LOG_DIR", "logs")]);
    program.line_with("Next: open http");
    let ended = std::process::Command::new("kill").arg(program.id().to_string()).status().expect("kill is there");
    assert!(ended.success());
    let line = program.line_with("stopping: answers are saved");
    let read = || {
        let files = std::fs::read_dir(folder.0.join("logs")).expect("the folder").flatten();
        files.map(|file| std::fs::read_to_string(file.path()).expect("text")).collect::<String>()
    };
    let deadline = std::time::Instant::now() + crate::support::PATIENCE;
    while !read().contains(&line) {
        assert!(std::time::Instant::now() < deadline, "{line} is not in {}", read());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn the_pasted_text_of_the_first_document_starts_and_says_what_was_left_as_it_was() {
    let folder = Folder::new();
    let env = [
        ("NODE_ENV", "production"),
        ("DATABASE_URL", "file:./data/app.db"),
        ("JWT_SECRET", "请改成强随机密码"),
        ("DEFAULT_REGISTRATION_ENABLED", "true"),
        ("DEFAULT_CONTEXT_TOKEN_LIMIT", "120000"),
        ("ENABLE_CORS", "true"),
        ("CORS_ORIGIN", "http://你的IP或域名:3555"),
        ("LOG_LEVEL", "info"),
        ("DB_INIT_ON_START", "true"),
    ];
    let mut program = Program::start(&folder, &env);
    program.line_with("Next: open http");
    let notes: Vec<_> = program.seen.iter().filter(|line| line.contains("note: ")).collect();
    for part in ["JWT_SECRET is the text of an example", "CORS_ORIGIN still is the placeholder", "DB_INIT_ON_START"] {
        assert_eq!(notes.iter().filter(|note| note.contains(part)).count(), 1, "{part} in {notes:?}");
    }
}

#[test]
fn every_installation_makes_secrets_of_its_own() {
    let made = || {
        let folder = Folder::new();
        Program::start(&folder, &[]).line_with("Next: open http");
        std::fs::read_to_string(folder.0.join("data/secrets.json")).expect("the secrets")
    };
    let (one, other): (Value, Value) =
        (serde_json::from_str(&made()).expect("JSON"), serde_json::from_str(&made()).expect("JSON"));
    for name in ["jwt", "master"] {
        assert!(one[name].as_str().is_some_and(|secret| secret.len() >= 32), "{name}");
        assert_ne!(one[name], other[name], "{name}");
    }
}

#[tokio::test]
async fn the_request_id_of_a_failed_answer_leads_to_its_line_in_the_log() {
    let folder = Folder::new();
    let mut program = Program::start(&folder, &[("LOG_FORMAT", "json")]);
    let banner: Value = serde_json::from_str(&program.line_with("AIChat is ready")).expect("JSON");
    let url = banner["address"].as_str().expect("an address");
    let mock = MockLlm::start(Options { workers: 1, ..Options::default() }).expect("the fake model server starts");
    let account = json!({"username": "admin", "password": PASSWORD, "tokens": true});
    let account = TestUser::at(url).post("/api/auth/register", account).await;
    let admin = TestUser::at(url).holding(account.body["tokens"]["accessToken"].as_str().map(str::to_owned));
    let connection = json!({"name": "mock", "baseUrl": mock.base_url(), "models": ["500"]});
    assert_eq!(admin.post("/api/connections", connection).await.status, 201);
    let failed = admin.ask("500", "hello").await;
    let error = failed.live.message.error.as_ref().expect("it failed");
    assert!(!error.request_id.is_empty(), "{error:?}");
    let line: Value = serde_json::from_str(&program.line_with("answer ended")).expect("JSON");
    assert_eq!((&line["request_id"], &line["code"]), (&json!(error.request_id), &json!(error.code)));
}

#[test]
fn a_container_that_listens_to_itself_alone_is_warned_of_in_one_line() {
    let folder = Folder::new();
    let mut program = Program::start(&folder, &[("RENDER", "true"), ("HOST", "127.0.0.1")]);
    program.line_with("Next: open http");
    let warned = program.seen.iter().filter(|line| line.contains("listen.loopback_in_container")).count();
    assert_eq!(warned, 1, "{:?}", program.seen);
}

#[test]
fn every_command_teaches_with_examples() {
    let folder = Folder::new();
    for words in [
        &["--help"][..],
        &["serve", "--help"],
        &["config", "show", "--help"],
        &["admin", "create", "--help"],
        &["admin", "list", "--help"],
        &["admin", "reset-password", "--help"],
        &["doctor", "--help"],
        &["healthcheck", "--help"],
    ] {
        let output = run(&folder, words, &[]);
        let text = String::from_utf8(output.stdout).expect("text");
        let example = text.split_once("Examples:\n").map(|(_, examples)| examples.lines().next().unwrap_or_default());
        assert!(output.status.success() && example.is_some_and(|first| first.contains("aichat ")), "{words:?}: {text}");
    }
}
