//! The configuration as an operator meets it: files, directories, the start.

use crate::support::TestApp;
use clap::Parser as _;
use server::App;
use server::cli::Cli;
use server::clock::{Clock, new_id};
use server::config::Config;
use server::config::registry::{Image, TABLE, Variable};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace")
}

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("aichat-config-{}", new_id()))
}

fn config(dir: &Path, env: &[(&str, &str)]) -> Config {
    let cli = Cli::parse_from(["aichat", "--data-dir", &dir.display().to_string()]);
    let env = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    let mut config = Config::load(&cli, env, "").expect("good");
    (config.bcrypt_cost, config.durable) = (4, false);
    config
}

#[test]
fn the_example_file_explains_exactly_the_variables_that_are_read() {
    let read = TABLE.iter().filter(|variable| variable.image == Image::Backend).flat_map(Variable::names);
    let example = std::fs::read_to_string(root().join(".env.example")).expect("the example");
    let explained: BTreeSet<&str> = example
        .lines()
        .filter_map(|line| line.strip_prefix('#')?.split_once('=').map(|(name, _)| name))
        .filter(|name| !name.contains(' '))
        .collect();
    assert_eq!(explained, read.collect());
    let commented = example.lines().all(|line| line.is_empty() || line.starts_with('#'));
    assert!(commented, "a copied example changes nothing");
}

#[test]
fn the_example_file_works_when_everything_in_it_is_switched_on() {
    let example = std::fs::read_to_string(root().join(".env.example")).expect("the example");
    let settings = example.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if setting.split_once('=').is_some_and(|(name, _)| !name.contains(' ')) => setting,
        _ => "",
    });
    let text = settings.collect::<Vec<_>>().join("\n");
    let config = Config::load(&Cli::default(), |_| None, &text).expect("good");
    let presets = config.presets.expect("the example has presets");
    serde_json::from_str::<serde_json::Value>(&presets).expect("they are JSON");
}

#[test]
fn the_process_environment_is_read_in_one_place() {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).expect("listed") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if std::fs::read_to_string(&path).expect("text").contains("env::var") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for package in ["server", "egress", "llm"] {
        walk(&root().join("crates").join(package).join("src"), &mut found);
    }
    assert_eq!(found, [root().join("crates/server/src/cli.rs")]);
}

#[tokio::test]
async fn the_pasted_environment_of_the_first_document_starts() {
    let dir = folder();
    let database = format!("file:{}/app.db", dir.display());
    let env = [
        ("NODE_ENV", "production"),
        ("PORT", "8001"),
        ("DATABASE_URL", database.as_str()),
        ("JWT_SECRET", "请改成强随机密码"),
        ("DEFAULT_REGISTRATION_ENABLED", "true"),
        ("DEFAULT_CONTEXT_TOKEN_LIMIT", "120000"),
        ("ENABLE_CORS", "true"),
        ("CORS_ORIGIN", "http://你的IP或域名:3555"),
        ("LOG_LEVEL", "info"),
        ("DB_INIT_ON_START", "true"),
    ];
    let (app, opened) = App::open(config(&dir, &env), Clock::default()).await.expect("it starts");
    assert!(opened.secrets.jwt_generated);
    assert!(opened.notes.iter().any(|note| note.contains("JWT_SECRET")), "{:?}", opened.notes);
    assert!(dir.join("app.db").is_file());
    app.db.close().await;
    drop(app);
    std::fs::remove_dir_all(dir).expect("removed");
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused_in_one_line() {
    let app = TestApp::new().await;
    let Err(refused) = App::open(app.config(), Clock::default()).await else { panic!("two servers on one directory") };
    assert!(refused.line.contains(&app.data_dir.display().to_string()) && !refused.line.contains('\n'), "{refused}");
    assert_eq!(refused.exit, 78);
}

#[tokio::test]
async fn a_second_server_on_the_same_database_file_is_refused_wherever_its_own_directory_is() {
    let (data, elsewhere) = (folder(), folder());
    let database = format!("file:{}/app.db", data.display());
    let (app, _) =
        App::open(config(&data, &[("DATABASE_URL", &database)]), Clock::default()).await.expect("the first one starts");
    std::fs::create_dir_all(&elsewhere).expect("made");
    std::os::unix::fs::symlink(data.join("app.db"), elsewhere.join("linked.db")).expect("linked");
    let linked = format!("file:{}/linked.db", elsewhere.display());
    for database in [&database, &linked] {
        let second = config(&elsewhere, &[("DATABASE_URL", database)]);
        let Err(refused) = App::open(second, Clock::default()).await else { panic!("two servers on {database}") };
        assert!(refused.line.contains(&database["file:".len()..]) && !refused.line.contains('\n'), "{refused}");
        assert_eq!(refused.exit, 78);
    }
    app.db.close().await;
    drop(app);
    for folder in [data, elsewhere] {
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
