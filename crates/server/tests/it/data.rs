//! Where the data lives: databases of others, the folder's rights, and a first start that dies.

use crate::program::{Folder, Program, command, refusal, run};
use crate::support::{TestApp, TestUser, eventually, test_config};
use serde_json::Value;
use server::App;
use server::clock::Clock;
use server::db::Engine;
use server::doctor::{Finding, examine};
use sha2::{Digest as _, Sha256};
use shared::events::Status;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions as _, Connection as _};
use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Output;
use std::time::Instant;

/// What the earlier program's database looks like: by Prisma's own table, and by its tables alone (`prisma db push`).
const PRISMA: [&str; 2] = [
    "CREATE TABLE _prisma_migrations (id TEXT PRIMARY KEY); CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT); \
     CREATE TABLE chat_sessions (id INTEGER PRIMARY KEY); INSERT INTO users (username) VALUES ('old')",
    "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, hashedPassword TEXT); \
     CREATE TABLE chat_sessions (id INTEGER PRIMARY KEY, userId INTEGER); CREATE TABLE messages (id INTEGER PRIMARY KEY); \
     CREATE TABLE system_settings (key TEXT PRIMARY KEY, value TEXT)",
];

fn file(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).create_if_missing(true)
}

/// Runs statements in a file, which is made if need be and closed in order.
async fn made(path: &Path, sql: &'static str) {
    let mut connection = file(path).connect().await.expect("open");
    sqlx::raw_sql(sql).execute(&mut connection).await.expect("made");
    connection.close().await.expect("closed");
}

/// The SHA-256 of every file of the folder whose name begins so.
fn prints(folder: &Path, name: &str) -> BTreeMap<String, String> {
    let files = std::fs::read_dir(folder).expect("listed").flatten();
    files
        .filter_map(|file| {
            let found = file.file_name().to_string_lossy().into_owned();
            let print = format!("{:x}", Sha256::digest(std::fs::read(file.path()).ok()?));
            found.starts_with(name).then_some((found, print))
        })
        .collect()
}

#[test]
fn the_database_of_the_earlier_program_stays_as_it_is_and_ours_goes_beside_it() {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    for sql in PRISMA {
        let folder = Folder::new();
        let data = folder.0.join("data");
        std::fs::create_dir(&data).expect("made");
        runtime.block_on(made(&data.join("app.db"), sql));
        let before = prints(&data, "app.db");
        let env = [("DATABASE_URL", "file:./data/app.db")];
        for _ in 0..2 {
            let mut program = Program::start(&folder, &env);
            program.line_with("Next: open http");
            let notes: Vec<_> = program.seen.iter().filter(|line| line.contains("app.db is the database of")).collect();
            let [note] = notes[..] else { panic!("one note: {:?}", program.seen) };
            for part in ["Prisma", "nothing in it was changed", "./data/aichat.db", "set DATABASE_URL=file:"] {
                assert!(note.contains(part), "{part}: {note}");
            }
            assert_eq!(prints(&data, "app.db"), before, "not a byte changed, no file came beside it");
            assert!(data.join("aichat.db").is_file());
        }
        std::fs::rename(data.join("app.db"), folder.0.join("archive.db")).expect("moved away");
        let mut program = Program::start(&folder, &env);
        program.line_with("app.db is gone; the data is in ./data/aichat.db as before");
        program.line_with("Next: open http");
        assert!(!data.join("app.db").exists(), "no empty database takes its place");
    }
}

#[tokio::test]
async fn a_log_that_the_earlier_program_left_is_not_folded_in() {
    let folder = Folder::new();
    let live = folder.0.join("live.db");
    let mut connection = file(&live).journal_mode(SqliteJournalMode::Wal).connect().await.expect("open");
    sqlx::raw_sql(PRISMA[0]).execute(&mut connection).await.expect("made");
    // Copied while it is open, as a killed container leaves it: the tables stand in the log alone.
    std::fs::copy(&live, folder.0.join("app.db")).expect("copied");
    std::fs::copy(folder.0.join("live.db-wal"), folder.0.join("app.db-wal")).expect("copied");
    connection.close().await.expect("closed");
    let before = prints(&folder.0, "app.db");
    assert_eq!(before.len(), 2, "{before:?}");
    let engine = Engine::Sqlite(folder.0.join("app.db"));
    let place = server::storage::find(&engine).await.expect("a place");
    assert_eq!(place.engine, Engine::Sqlite(folder.0.join("aichat.db")));
    assert_eq!(prints(&folder.0, "app.db"), before);
}

#[tokio::test]
async fn looking_at_a_database_of_ours_writes_nothing_into_it() {
    let app = TestApp::new().await;
    app.admin().await;
    server::db::marks::set(&app.app.db, "beside", "app.db").await.expect("marked");
    let mut config = app.config();
    let Engine::Sqlite(live) = &config.engine else { return };
    let folder = Folder::new();
    let copy = folder.0.join("aichat.db");
    // Copied while it is open, as a killed server leaves it: the newest commits stand in the log alone.
    std::fs::copy(live, &copy).expect("copied");
    std::fs::copy(live.with_extension("db-wal"), copy.with_extension("db-wal")).expect("copied");
    let written = || {
        let mut prints = prints(&folder.0, "aichat.db");
        prints.remove("aichat.db-shm");
        prints
    };
    let before = written();
    assert_eq!(before.len(), 2, "{before:?}");
    let place = server::storage::find(&Engine::Sqlite(folder.0.join("app.db"))).await.expect("a place");
    assert_eq!(place.engine, Engine::Sqlite(copy.clone()), "found by its mark");
    assert_eq!(written(), before);
    (config.engine, config.port) = (Engine::Sqlite(copy), 0);
    let report = examine(&config, None).await;
    assert!(report.findings.iter().any(|found| found.code() == "database.ok"), "{report:?}");
    assert_eq!(written(), before);
}

#[test]
fn a_file_of_another_program_or_of_no_program_is_refused_in_one_line_and_left_untouched() {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let folder = Folder::new();
    let path = |name: &str| folder.0.join(name);
    runtime.block_on(made(&path("notes.db"), "CREATE TABLE notes (id TEXT); CREATE TABLE meta (key TEXT, value TEXT)"));
    runtime.block_on(made(&path("rails.db"), "CREATE TABLE schema_migrations (version TEXT); CREATE TABLE users (id)"));
    let empty_of_ours = "CREATE TABLE schema_migrations (name TEXT); CREATE TABLE meta (key TEXT, value TEXT)";
    runtime.block_on(made(&path("alike.db"), empty_of_ours));
    runtime.block_on(made(&path("map.db"), "PRAGMA application_id = 1196444487; CREATE TABLE gpkg (id)"));
    std::fs::write(path("letter.txt"), "Dear Ada,\n".repeat(40)).expect("written");
    let cases = [
        ("notes.db", "database.foreign"),
        ("rails.db", "database.foreign"),
        ("alike.db", "database.foreign"),
        ("map.db", "database.foreign"),
        ("letter.txt", "database.not_a_database"),
    ];
    for (name, expected) in cases {
        let before = prints(&folder.0, name);
        let (code, line) = refusal(&folder, &["--port", "0"], &[("DATABASE_URL", &format!("file:{name}"))]);
        assert!(code == 78 && line.contains(name) && line.contains(expected), "{code} {line}");
        assert!(line.contains("is left untouched") && line.contains("set DATABASE_URL"), "{line}");
        let (failed, remedies) =
            failures(&run(&folder, &["doctor", "--json", "--port", "0"], &[("DATABASE_URL", &format!("file:{name}"))]));
        assert_eq!(failed, [expected], "the doctor names {name} as a start does");
        assert!(remedies[0].contains("DATABASE_URL"), "{remedies:?}");
        assert_eq!(prints(&folder.0, name), before, "{name}");
    }
}

/// Codes and remedies of what failed in a report for programs.
fn failures(report: &Output) -> (Vec<String>, Vec<String>) {
    let report: Value = serde_json::from_slice(&report.stdout).expect("JSON");
    let failed = report["findings"].as_array().expect("a list").iter().filter(|found| found["state"] == "fail");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    failed.map(|found| (text(&found["code"]), text(&found["remedy"]))).unzip()
}

#[test]
fn the_earlier_programs_database_under_our_own_name_is_refused() {
    let folder = Folder::new();
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    std::fs::create_dir(folder.0.join("data")).expect("made");
    runtime.block_on(made(&folder.0.join("data/aichat.db"), PRISMA[0]));
    let before = prints(&folder.0.join("data"), "aichat.db");
    let (code, line) = refusal(&folder, &["--port", "0"], &[]);
    assert!(code == 78 && line.contains("database.foreign") && line.contains("aichat-own.db"), "{code} {line}");
    assert_eq!(prints(&folder.0.join("data"), "aichat.db"), before);
}

/// Runs statements in the database of a configuration, on either engine.
async fn execute(engine: &Engine, sql: &'static str) {
    match engine {
        Engine::Sqlite(path) => made(path, sql).await,
        Engine::Postgres(url) => {
            let mut connection = sqlx::PgConnection::connect(url).await.expect("the test database answers");
            sqlx::raw_sql(sql).execute(&mut connection).await.expect("done");
            connection.close().await.expect("closed");
        }
    }
}

#[tokio::test]
async fn tables_of_another_program_with_names_of_ours_are_refused_on_both_engines() {
    let folder = Folder::new();
    let config = test_config(&folder.0).await;
    execute(&config.engine, "CREATE TABLE users (id INTEGER); CREATE TABLE schema_migrations (version TEXT)").await;
    let Err(refused) = App::open(config, Clock::default()).await else { panic!("a foreign database was opened") };
    assert_eq!(refused.exit, 78);
    for part in ["database.foreign", "schema_migrations, users", "left untouched", "DATABASE_URL"] {
        assert!(refused.line.contains(part) && !refused.line.contains('\n'), "{part}: {refused}");
    }
    assert!(!refused.line.contains("postgres://"), "no password: {refused}");
}

#[tokio::test]
async fn a_database_that_a_newer_version_wrote_is_refused_on_both_engines() {
    let app = TestApp::new().await;
    let (config, data_dir) = app.crash().await;
    execute(&config.engine, "UPDATE meta SET value = '1000' WHERE key = 'least_schema'").await;
    let Err(refused) = App::open(config, Clock::default()).await else { panic!("a newer database was opened") };
    assert_eq!(refused.exit, 78);
    assert!(refused.line.contains("database.newer") && refused.line.contains("schema 1000"), "{refused}");
    std::fs::remove_dir_all(data_dir).expect("removed");
}

#[tokio::test]
async fn a_version_that_does_not_know_people_with_their_own_connections_is_kept_out_on_both_engines() {
    let app = TestApp::new().await;
    let content = migration::look(app.app.db.read()).await.expect("looked");
    let migration::Content::Ours { least, .. } = content else { panic!("it is ours: {content:?}") };
    assert!(least >= 2, "it would ask with their keys for everybody");
}

#[tokio::test]
async fn a_database_that_a_newer_version_only_added_to_serves_this_version_on_both_engines() {
    let app = TestApp::new().await;
    app.admin().await;
    let (config, data_dir) = app.crash().await;
    // What a later release leaves behind when its step only adds: the step's name, a table, a column with a default.
    execute(
        &config.engine,
        "INSERT INTO schema_migrations (name) VALUES ('m9999_later'); CREATE TABLE later (id TEXT PRIMARY KEY); \
         ALTER TABLE messages ADD COLUMN later TEXT",
    )
    .await;
    let app = TestApp::open(config, data_dir).await;
    let admin = app.login("admin").await;
    app.connect(&admin, &["ok"]).await;
    assert_eq!(admin.ask("ok", "hello").await.status(), Status::Completed);
    let mut config = app.config();
    config.port = app.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let report = examine(&config, None).await;
    let codes: Vec<_> = report.findings.iter().map(Finding::code).collect();
    assert!(codes.contains(&"database.ok") && codes.contains(&"connection.ok"), "{codes:?}");
    assert!(!codes.contains(&"connection.skipped") && !codes.contains(&"connection.none"), "{codes:?}");
}

#[test]
fn a_first_start_that_is_killed_at_any_point_leaves_nothing_that_the_next_one_cannot_use() {
    let began = Instant::now();
    let folder = Folder::new();
    Program::start(&folder, &[]).line_with("Next: open http");
    let whole = began.elapsed();
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    for tenth in 1..=10 {
        let folder = Folder::new();
        let mut child = command(&folder.0, &["--port", "0"], &[]).spawn().expect("the program starts");
        std::thread::sleep(whole * tenth / 10);
        child.kill().expect("it is ours");
        child.wait().expect("it is gone");
        let mut program = Program::start(&folder, &[]);
        let nobody = TestUser::at(&program.url());
        runtime.block_on(eventually("it is well", || async { nobody.get("/api/settings/health").await.status == 200 }));
        let made = runtime.block_on(nobody.post(
            "/api/auth/register",
            serde_json::json!({"username": "ada", "password": crate::support::PASSWORD, "tokens": true}),
        ));
        assert_eq!(made.status, 201, "killed after {tenth} tenths: {}", made.text);
    }
}

/// A user who is not root, to run the program as; none where this is already one.
const OTHER: u32 = 65532;

fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// The program where every user may run it: the build's folder may be closed to others.
fn for_everybody(folder: &Folder) -> std::path::PathBuf {
    let program = folder.0.join("aichat");
    std::fs::copy(env!("CARGO_BIN_EXE_aichat"), &program).expect("copied");
    std::fs::set_permissions(&folder.0, PermissionsExt::from_mode(0o755)).expect("opened");
    program
}

/// Runs it to its end on a data folder, as the other user where this is root.
fn as_other(program: &Path, words: &[&str], data: &Path) -> Output {
    let mut command = std::process::Command::new(program);
    command.args(words).env_clear().env("DATA_DIR", data).current_dir(program.parent().expect("a folder"));
    if is_root() {
        command.uid(OTHER).gid(OTHER);
    }
    command.output().expect("it ran")
}

#[test]
fn a_data_folder_that_is_closed_to_us_is_one_failure_of_the_doctor_and_what_needs_it_one_line() {
    let folder = Folder::new();
    let program = for_everybody(&folder);
    Program::start(&folder, &[]).line_with("Next: open http");
    let data = folder.0.join("data");
    std::fs::set_permissions(&data, PermissionsExt::from_mode(0o000)).expect("closed");
    let output = as_other(&program, &["doctor", "--json", "--port", "0", "--public-url", "https://x.invalid"], &data);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let codes: Vec<_> = report["findings"].as_array().expect("a list").iter().map(|found| &found["code"]).collect();
    assert_eq!(codes, ["data.not_writable", "data.skipped", "port.free", "clock.ok"], "{report:#}");
    assert!(failures(&output).1[0].contains("aichat-ctl doctor"), "it may be us who are the wrong ones: {report:#}");
    std::fs::set_permissions(&data, PermissionsExt::from_mode(0o700)).expect("opened");
}

#[test]
fn a_folder_that_cannot_be_written_is_named_with_its_owner_and_the_command_that_mends_it() {
    let folder = Folder::new();
    let program = for_everybody(&folder);
    let closed = folder.0.join("closed");
    std::fs::create_dir(&closed).expect("made");
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o555)).expect("closed");
    let us = if is_root() { OTHER } else { nix::unistd::geteuid().as_raw() };
    let output = as_other(&program, &["--port", "0"], &closed);
    let line = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(78), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    let owner = format!("uid={}", std::fs::metadata(&closed).expect("there").uid());
    let mending = format!("chown -R {us}:");
    for part in [
        "data.not_writable",
        &closed.display().to_string(),
        &owner,
        &format!("runs as uid={us}"),
        &mending,
        "docker run",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
}

#[test]
fn a_database_file_of_somebody_else_in_a_folder_of_ours_is_named_with_the_command_that_mends_it() {
    let folder = Folder::new();
    let program = for_everybody(&folder);
    let data = folder.0.join("data");
    std::fs::create_dir(&data).expect("made");
    std::fs::set_permissions(&data, PermissionsExt::from_mode(0o777)).expect("opened");
    std::fs::write(data.join("aichat.db"), "").expect("written");
    std::fs::set_permissions(data.join("aichat.db"), PermissionsExt::from_mode(0o444)).expect("closed");
    let output = as_other(&program, &["--port", "0"], &data);
    let line = String::from_utf8(output.stderr).expect("text");
    assert!(output.status.code() == Some(78) && line.lines().count() == 1, "{line}");
    let mending = format!("{} && chmod -R u+rwX {}", data.display(), data.display());
    let (failed, remedies) = failures(&as_other(&program, &["doctor", "--json", "--port", "0"], &data));
    assert!(failed == ["data.not_writable"] && remedies[0].contains(&mending), "{failed:?} {remedies:?}");
    for part in ["aichat: data.not_writable: ", "data/aichat.db cannot be written", "mode 444", &mending] {
        assert!(line.contains(part), "{part}: {line}");
    }
}

#[test]
fn a_volume_that_belongs_to_root_is_given_to_the_images_user_and_root_is_left_for_good() {
    let folder = Folder::new();
    let data = folder.0.join("data");
    let outside = folder.0.join("outside");
    std::fs::create_dir_all(data.join("files/ab")).expect("made");
    std::fs::create_dir(&outside).expect("made");
    std::fs::write(outside.join("shadow"), "root's").expect("written");
    std::fs::write(data.join("files/ab/picture"), "x").expect("written");
    symlink(outside.join("shadow"), data.join("link")).expect("linked");
    symlink(&outside, data.join("files/deeper")).expect("linked");
    std::fs::hard_link(outside.join("shadow"), data.join("second name")).expect("linked");
    let images = folder.0.join("images");
    let env = [
        ("RUN_AS", "65532:65532"),
        ("DATA_DIR", data.to_str().expect("text")),
        ("CHAT_IMAGE_DIR", images.to_str().expect("text")),
    ];
    for_everybody(&folder);
    let mut program = Program::start(&folder, &env);
    program.line_with("Next: open http");
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.id())).expect("its status");
    let field =
        |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).expect("a field").trim().to_owned();
    let owner = |path: &Path| std::fs::symlink_metadata(path).map(|found| (found.uid(), found.gid())).expect("there");
    if !is_root() {
        let us = nix::unistd::geteuid().as_raw().to_string();
        assert!(field("Uid:").starts_with(&us), "nobody but root can change who they are");
        return;
    }
    for name in ["Uid:", "Gid:"] {
        assert_eq!(field(name), format!("{OTHER}\t{OTHER}\t{OTHER}\t{OTHER}"), "{name}");
    }
    assert_eq!((field("Groups:").as_str(), field("NoNewPrivs:").as_str()), ("65532", "1"));
    assert_eq!((field("CapEff:"), field("CapPrm:")), ("0".repeat(16), "0".repeat(16)));
    for path in ["", "files", "files/ab", "files/ab/picture", "aichat.db", "secrets.json", "link", "files/deeper"] {
        assert_eq!(owner(&data.join(path)), (OTHER, OTHER), "{path}");
    }
    assert_eq!(owner(&images), (OTHER, OTHER));
    for path in ["", "shadow"] {
        assert_eq!(owner(&outside.join(path)), (0, 0), "what links point at is not given away: {path}");
    }
}

#[test]
fn a_bad_run_as_ends_with_78() {
    for value in ["0:0", "root", "65532"] {
        let (code, line) = refusal(&Folder::new(), &["--port", "0"], &[("RUN_AS", value)]);
        assert!(code == 78 && line.contains("RUN_AS") && line.contains("65532:65532"), "{code} {line}");
    }
}

#[test]
fn commands_that_only_look_give_nothing_away_and_make_nothing() {
    let folder = Folder::new();
    let output = run(&folder, &["doctor", "--json"], &[("PORT", "0"), ("RUN_AS", "65532:65532")]);
    assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
    assert!(!folder.0.join("data").exists());
}
