//! Tests of which secrets are good enough and what replaces the others.

use super::*;
use crate::cli::Cli;
use std::path::PathBuf;

const GOOD: &str = "T7q!vR2#mK9pL4xW8zB3nC6yD1fG5hJ0";

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("aichat-secrets-{}", crate::clock::new_id()))
}

fn resolve(dir: &Path, values: &[(&str, &str)]) -> Result<(Secrets, Vec<String>), String> {
    let env = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    Secrets::resolve(&Config::load(&Cli::default(), env, "").expect("good"), dir)
}

#[test]
fn good_values_are_used_and_nothing_is_written() {
    let dir = folder();
    let (secrets, notes) = resolve(&dir, &[("JWT_SECRET", GOOD), ("MASTER_KEY", GOOD)]).expect("resolved");
    assert_eq!(secrets.jwt.expose(), GOOD);
    assert!(notes.is_empty() && !secrets.jwt_generated && !secrets.master_generated);
    assert!(!dir.exists());
}

#[test]
fn missing_values_are_generated_once_and_kept() {
    let dir = folder().join("deeper");
    let (first, notes) = resolve(&dir, &[]).expect("resolved");
    let (again, _) = resolve(&dir, &[]).expect("resolved");
    assert_eq!((first.jwt.expose(), first.master.expose()), (again.jwt.expose(), again.master.expose()));
    assert_ne!(first.jwt, first.master);
    assert_eq!(first.jwt.expose().len(), 43);
    assert!(notes.is_empty(), "nobody needs to hear of the normal case");
    let (mixed, _) = resolve(&dir, &[("JWT_SECRET", GOOD)]).expect("resolved");
    assert_eq!((mixed.jwt.expose(), mixed.master.expose()), (GOOD, first.master.expose()));
    fs::remove_dir_all(dir.parent().expect("parent")).expect("removed");
}

#[test]
fn examples_and_short_values_are_replaced_with_a_note_that_does_not_repeat_them() {
    let dir = folder();
    for value in [
        "请改成强随机密码",
        "…",
        "hunter2",
        "your-secret-key-change-this-in-production-0123456789",
        "CHANGEME-CHANGEME-CHANGEME-CHANGEME",
        "my_super_secret_jwt_token_key_with_at_least_32_characters",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "secretsecretsecretsecretsecretsecret",
        "password-password-password-password",
    ] {
        let (secrets, notes) = resolve(&dir, &[("SECRET_KEY", value)]).expect("resolved");
        assert!(secrets.jwt_generated && secrets.jwt.expose() != value, "{value}");
        assert!(notes[0].contains("JWT_SECRET") && !notes[0].contains(value), "{notes:?}");
    }
    for value in
        [GOOD, "correct horse battery staple and the quick fox", "c2VjcmV0LWtleS1hYmNkZWZnaGlqa2xtbm9wcXJzdA=="]
    {
        assert!(!resolve(&dir, &[("JWT_SECRET", value)]).expect("resolved").0.jwt_generated, "{value}");
    }
    fs::remove_dir_all(dir).expect("removed");
}

#[cfg(unix)]
#[test]
fn the_file_is_closed_to_others_even_after_somebody_opened_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = folder();
    let mode = || fs::metadata(dir.join(FILE)).expect("there").permissions().mode() & 0o777;
    resolve(&dir, &[]).expect("resolved");
    assert_eq!(mode(), 0o600);
    fs::set_permissions(dir.join(FILE), fs::Permissions::from_mode(0o644)).expect("set");
    resolve(&dir, &[]).expect("resolved");
    assert_eq!(mode(), 0o600);
    assert_eq!(fs::read_dir(&dir).expect("listed").count(), 1, "no draft is left behind");
    fs::remove_dir_all(dir).expect("removed");
}

#[test]
fn a_damaged_file_is_named_and_not_replaced() {
    let dir = folder();
    fs::create_dir_all(&dir).expect("made");
    fs::write(dir.join(FILE), "{\"jwt\": 5").expect("written");
    let error = resolve(&dir, &[]).expect_err("damaged");
    assert!(error.contains(FILE) && error.contains("damaged") && !error.contains('\n'), "{error}");
    assert_eq!(fs::read_to_string(dir.join(FILE)).expect("read"), "{\"jwt\": 5");
    fs::remove_dir_all(dir).expect("removed");
}

#[test]
fn a_place_that_cannot_be_written_is_said_in_one_line() {
    let file = folder();
    fs::write(&file, "").expect("written");
    let error = resolve(&file.join("data"), &[]).expect_err("no directory");
    assert!(error.contains("data") && error.contains("--data-dir") && !error.contains('\n'), "{error}");
    fs::remove_file(file).expect("removed");
}

#[test]
fn several_servers_are_told_to_share_their_secrets() {
    let dir = folder();
    let (_, notes) = resolve(&dir, &[("DATABASE_URL", "postgres://a@b/c")]).expect("resolved");
    assert!(notes.iter().any(|note| note.contains("several servers")), "{notes:?}");
    fs::remove_dir_all(dir).expect("removed");
}
