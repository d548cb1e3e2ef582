//! Tests of `aichat admin`.

use super::*;
use crate::cli::Cli;
use clap::Parser as _;
use shared::accounts::{UserRole, UserStatus};

/// A configuration with a folder of its own, and the open database.
async fn installation() -> (Config, Db) {
    let dir = std::env::temp_dir().join(format!("aichat-admin-{}", crate::clock::new_id()));
    let cli = Cli::parse_from(["aichat", "--data-dir", &dir.display().to_string()]);
    let mut config = Config::load(&cli, |_| None, "").expect("defaults");
    (config.bcrypt_cost, config.durable) = (4, false);
    let place = storage::find(&config.engine).await.expect("a place");
    let db = storage::open(&place, config.durable).await.expect("open");
    (config, db)
}

async fn remove(config: &Config, db: &Db) {
    db.close().await;
    std::fs::remove_dir_all(&config.data_dir).expect("removed");
}

fn named(username: &str, generate: bool) -> AccountArgs {
    AccountArgs { username: username.to_owned(), password_stdin: !generate, generate }
}

async fn account(db: &Db, key: &str) -> users::Account {
    users::account_by_key(db.read(), key).await.expect("read").expect("there")
}

#[tokio::test]
async fn an_administrator_is_made_once_and_the_second_time_nothing_changes() {
    let (config, db) = installation().await;
    let first = create(&db, &config, &named(" Ada ", false), &mut &b"correct horse\n"[..]).await.expect("made");
    assert_eq!(first, "Ada is an administrator now.\n");
    let before = account(&db, "ada").await;
    assert_eq!((before.user.role, before.user.status), (UserRole::Admin, UserStatus::Active));

    for (generate, input) in [(false, &b"another horse\n"[..]), (false, &b""[..]), (true, &b""[..])] {
        let again = create(&db, &config, &named("ADA", generate), &mut &*input).await.expect("no failure");
        assert!(again.starts_with("Ada is an administrator already") && !again.contains("shown"), "{again}");
    }
    assert_eq!(account(&db, "ada").await.password_hash, before.password_hash, "nobody's password is reset");
    let grace = create(&db, &config, &named("Grace", true), &mut &b""[..]).await.expect("made");
    assert!(grace.contains("Password, shown this once: "), "{grace}");
    assert_eq!(users::list(db.read(), &PeopleQuery::default(), None, 9).await.expect("read").items.len(), 2);
    remove(&config, &db).await;
}

#[tokio::test]
async fn a_name_of_somebody_who_is_no_administrator_is_not_promoted() {
    let (config, db) = installation().await;
    create(&db, &config, &named("ada", true), &mut &b""[..]).await.expect("made");
    let ada = account(&db, "ada").await.user;
    let tx = db.begin().await.expect("a transaction");
    users::set_access(&tx, &User { status: UserStatus::Disabled, ..ada }).await.expect("written");
    tx.commit().await.expect("committed");
    let refused = create(&db, &config, &named("ada", true), &mut &b""[..]).await.expect_err("refused");
    assert!(refused.line.starts_with("user.name_taken: ") && !refused.line.contains('\n'), "{refused}");
    remove(&config, &db).await;
}

#[tokio::test]
async fn bad_names_and_passwords_are_refused_in_one_line() {
    let (config, db) = installation().await;
    let refused = async |name: &str, password: &str| {
        let input = format!("{password}\n");
        create(&db, &config, &named(name, false), &mut input.as_bytes()).await.expect_err("refused").line
    };
    let short = refused("ada", "short").await;
    assert!(short.contains("at least 8") && !short.contains("short"), "{short}");
    for common in ["Admin@2025", "password1", "ada.ada.ada"] {
        let line = refused("ada", common).await;
        assert!(line.starts_with("password.too_common: ") && !line.contains(common) && !line.contains('\n'), "{line}");
    }
    assert!(refused("a", "correct horse").await.contains("user name"));
    assert_eq!(list(&db).await.expect("read").lines().count(), 1, "nobody was made");
    remove(&config, &db).await;
}

#[tokio::test]
async fn a_new_password_ends_the_accounts_logins_and_no_others() {
    let (config, db) = installation().await;
    for name in ["ada", "bob"] {
        create(&db, &config, &named(name, true), &mut &b""[..]).await.expect("made");
    }
    let mut logins = Vec::new();
    for name in ["ada", "bob"] {
        let user = account(&db, name).await.user.id;
        let new = crate::db::logins::NewLogin { user: &user, device: "", address: "", expires_at: i64::MAX };
        let tx = db.begin().await.expect("a transaction");
        logins.push(crate::db::logins::insert(&tx, &new, 1).await.expect("inserted"));
        tx.commit().await.expect("committed");
    }
    let before = account(&db, "ada").await.password_hash;
    let common = reset(&db, &config, &named("ada", false), &mut &b"password\n"[..]).await.expect_err("refused");
    assert!(common.line.starts_with("password.too_common"), "{common}");
    let told = reset(&db, &config, &named("Ada", false), &mut &b"another horse\n"[..]).await.expect("done");
    assert_eq!(told, "ada has a new password and is signed out everywhere.\n");
    assert_ne!(account(&db, "ada").await.password_hash, before);
    let standing = crate::db::logins::standing(db.read(), &logins, crate::settings::LoginLife::default().standing(2))
        .await
        .expect("read");
    assert_eq!(standing, [logins[1].clone()].into());
    let nobody = reset(&db, &config, &named("nobody", true), &mut &b""[..]).await.expect_err("refused");
    assert!(nobody.line.starts_with("user.not_found"), "{nobody}");
    remove(&config, &db).await;
}

#[tokio::test]
async fn the_list_shows_everybody_and_no_password() {
    let (config, db) = installation().await;
    assert!(list(&db).await.expect("read").contains("admin create"));
    create(&db, &config, &named("张三", true), &mut &b""[..]).await.expect("made");
    let text = list(&db).await.expect("read");
    assert!(text.starts_with("NAME  ROLE ") && text.contains("张三"), "{text}");
    assert!(text.contains("admin  active") && text.contains("never") && !text.contains("$2"), "{text}");
    remove(&config, &db).await;
}

#[test]
fn the_password_is_the_first_line_to_the_letter() {
    assert_eq!(first_line(&mut &b" pass word \r\nmore"[..]), Ok(" pass word ".to_owned()));
    assert!(first_line(&mut &b"\n"[..]).is_err());
    assert!(first_line(&mut &b""[..]).is_err());
}

#[tokio::test]
async fn an_account_is_deleted_with_a_yes_and_never_the_last_administrator() {
    let (config, db) = installation().await;
    for name in ["ada", "grace"] {
        create(&db, &config, &named(name, true), &mut &b""[..]).await.expect("made");
    }
    let who = |username: &str, yes: bool| DeleteArgs { username: username.to_owned(), yes };
    let unsure = delete(&db, &who("grace", false)).await.expect_err("asked back");
    assert!(unsure.line.contains("--yes"), "{unsure}");
    let done = delete(&db, &who("GRACE", true)).await.expect("deleted");
    assert!(done.starts_with("grace is signed out everywhere"), "{done}");
    let twice = delete(&db, &who("grace", true)).await.expect_err("gone");
    assert!(twice.line.starts_with("user.not_found: "), "{twice}");
    let last = delete(&db, &who("ada", true)).await.expect_err("refused");
    assert!(last.line.starts_with("user.last_admin: "), "{last}");
    assert_eq!(users::list(db.read(), &PeopleQuery::default(), None, 9).await.expect("read").items.len(), 1);
    create(&db, &config, &named("grace", true), &mut &b""[..]).await.expect("the name is free");
    remove(&config, &db).await;
}
