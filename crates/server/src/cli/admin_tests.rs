//! Tests of `aichat admin`.

use super::*;
use crate::cli::Cli;
use crate::db::Db;
use clap::Parser as _;
use shared::accounts::{UserRole, UserStatus};

fn config() -> Config {
    let dir = std::env::temp_dir().join(format!("aichat-admin-{}", crate::clock::new_id()));
    let cli = Cli::parse_from(["aichat", "--data-dir", &dir.display().to_string()]);
    let mut config = Config::load(&cli, |_| None, "").expect("defaults");
    (config.bcrypt_cost, config.durable) = (4, false);
    config
}

#[tokio::test]
async fn an_administrator_is_made_before_the_first_start_and_beside_a_running_server() {
    let config = config();
    let first = insert(&config, " Ada ", "correct horse".to_owned()).await.expect("made");
    assert_eq!((first.username.as_str(), first.role, first.status), ("Ada", UserRole::Admin, UserStatus::Active));

    let running = Db::open(&config.engine, false).await.expect("open");
    insert(&config, "Grace", "correct horse".to_owned()).await.expect("made");
    assert_eq!(crate::db::users::list(running.read(), None, 9).await.expect("read").items.len(), 2);

    let before = crate::db::users::account_by_key(running.read(), "ada").await.expect("read").expect("there");
    let taken = insert(&config, "ADA", "another horse".to_owned()).await.expect_err("taken");
    assert!(taken.line.contains("ADA") && !taken.line.contains('\n'), "{taken}");
    let after = crate::db::users::account_by_key(running.read(), "ada").await.expect("read").expect("there");
    assert_eq!(after.password_hash, before.password_hash, "nobody's password is reset");
    running.close().await;
    std::fs::remove_dir_all(&config.data_dir).expect("removed");
}

#[tokio::test]
async fn bad_names_and_passwords_are_refused_in_one_line() {
    let config = config();
    let short = insert(&config, "ada", "short".to_owned()).await.expect_err("refused");
    assert!(short.line.contains("at least 8") && !short.line.contains("short"), "{short}");
    assert!(insert(&config, "a", "correct horse".to_owned()).await.is_err());
    std::fs::remove_dir_all(&config.data_dir).expect("removed");
}

#[test]
fn the_password_is_the_first_line_to_the_letter() {
    assert_eq!(first_line(&mut &b" pass word \r\nmore"[..]), Ok(" pass word ".to_owned()));
    assert!(first_line(&mut &b"\n"[..]).is_err());
    assert!(first_line(&mut &b""[..]).is_err());
}
