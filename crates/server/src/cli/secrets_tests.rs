//! A rotation that is whole, one that is interrupted after each of its steps, and one with a given key.

use super::*;
use crate::catalog::Scope;
use crate::cli::Cli;
use crate::config::Secrets;
use crate::db::connections::{self, About, SealedKey};
use shared::connections::Protocol;
use shared::{ConnectionId, KeyId};
use std::path::PathBuf;

/// An installation with one sealed key, as a server left it.
struct Installation {
    dir: PathBuf,
    config: Config,
}

const SECRET: &str = "sk-canary-rotation-0123456789";
const PLACE: &str = "connection_keys/k1/sealed";

impl Installation {
    async fn new() -> Self {
        let dir = std::env::temp_dir().join(format!("aichat-rotate-{}", crate::clock::new_id()));
        std::fs::create_dir_all(&dir).expect("a folder");
        let mut config = Config::load(&Cli::default(), |_| None, "").expect("valid");
        config.engine = crate::db::Engine::Sqlite(dir.join("aichat.db"));
        config.data_dir = dir.clone();
        config.durable = false;
        let installation = Self { dir, config };
        installation.fill().await;
        installation
    }

    fn secrets(&self) -> Secrets {
        Secrets::resolve(&self.config, &self.dir).expect("secrets").0
    }

    async fn open(&self) -> Db {
        let place = storage::find(&self.config.engine).await.expect("found");
        storage::open(&place, false).await.expect("opens")
    }

    async fn fill(&self) {
        let db = self.open().await;
        let tx = db.begin().await.expect("begun");
        let about = About::plain("one".to_owned(), Protocol::OpenaiChat, "http://127.0.0.1:9".to_owned());
        let id = ConnectionId::from("c1");
        connections::insert(&tx, &Scope::Everybody, &id, &about, None, 1).await.expect("inserted");
        let sealed = Sealer::new(self.secrets().master.expose()).seal(PLACE, SECRET);
        let key = SealedKey { id: KeyId::from("k1"), label: String::new(), sealed, enabled: true, models: Vec::new() };
        connections::set_keys(&tx, &id, &[key], 1).await.expect("stored");
        tx.commit().await.expect("committed");
        db.close().await;
    }

    /// The sealed key as it stands in the database.
    async fn stored(&self) -> String {
        let db = self.open().await;
        let page = COLUMNS[0].page(db.read(), "", 10).await.expect("read");
        db.close().await;
        page[0].text.clone()
    }

    /// Whether a server that starts now could use the key.
    async fn opens(&self) -> bool {
        let secrets = self.secrets();
        Sealer::of(&secrets.master, &secrets.former).open(PLACE, &self.stored().await).as_deref() == Ok(SECRET)
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

#[tokio::test]
async fn a_rotation_makes_a_new_key_seals_everything_and_forgets_the_old_one() {
    let home = Installation::new().await;
    let (old, before) = (home.secrets().master, home.stored().await);
    let text = rotate(&home.config).await.expect("rotated");
    assert!(text.contains("A new master key was made. 1 secrets"), "{text}");
    let (secrets, after) = (home.secrets(), home.stored().await);
    assert!(secrets.master != old && secrets.former.is_empty());
    assert!(before != after && home.opens().await);
    assert!(Sealer::new(old.expose()).open(PLACE, &after).is_err(), "the old key opens nothing any more");
    let file = std::fs::read_to_string(home.dir.join("secrets.json")).expect("the file");
    assert!(!file.contains(old.expose()) && !file.contains(SECRET));
    let db = home.open().await;
    let log = crate::db::audit::list(db.read(), &crate::db::audit::Filter::default(), 10).await.expect("read");
    assert_eq!(log.items[0].act, Act::SecretsRotated);
    db.close().await;
}

#[tokio::test]
async fn a_crash_after_any_step_loses_nothing_and_the_next_run_goes_on() {
    let home = Installation::new().await;
    // The new key is stored, nothing is sealed with it.
    let begun = Rotation::begin(&home.config).expect("begun");
    assert!(begun.made && home.opens().await, "a server that starts now opens the old seal");
    // Some of it is sealed again.
    let db = home.open().await;
    let sealer = Sealer::of(&begun.master, &begun.former);
    renew(&db, &sealer, COLUMNS[0], &mut Count::default()).await.expect("renewed");
    db.close().await;
    assert!(home.opens().await, "and the new one");
    let again = Rotation::begin(&home.config).expect("goes on");
    assert!(!again.made && again.master == begun.master, "no third key is made");
    let text = rotate(&home.config).await.expect("rotated");
    assert!(text.contains("The rotation went on. 0 secrets were sealed again, 1 were already."), "{text}");
    assert!(home.opens().await && home.secrets().former.is_empty());
}

#[tokio::test]
async fn a_given_key_takes_the_place_of_the_one_before() {
    let mut home = Installation::new().await;
    let given = |text: &str| Some(crate::config::SecretString::from(text.to_owned()));
    home.config.master_key = given("q8Zr5mXv2LwTn7KcYb4HsJd9FgPe3Ru6");
    assert!(home.opens().await, "the generated one is known as a former one");
    rotate(&home.config).await.expect("rotated");
    home.config.master_key_old = home.config.master_key.take();
    home.config.master_key = given("Wd7Bv3NqXy9TzKm5RcLf2HgJs8PaEu4Q");
    assert!(home.opens().await);
    let text = rotate(&home.config).await.expect("rotated");
    assert!(text.contains("1 secrets were sealed again"), "{text}");
    home.config.master_key_old = None;
    assert!(home.opens().await);
}

#[tokio::test]
async fn a_running_server_and_a_lone_given_key_are_refused_in_one_line() {
    let mut home = Installation::new().await;
    let lock = DataLock::take(&home.dir).expect("free");
    let refused = rotate(&home.config).await.expect_err("the server runs").to_string();
    assert!(refused.contains("Stop the server first"), "{refused}");
    drop(lock);
    std::fs::remove_file(home.dir.join("secrets.json")).expect("removed");
    home.config.master_key = Some("q8Zr5mXv2LwTn7KcYb4HsJd9FgPe3Ru6".to_owned().into());
    home.config.jwt_secret = Some("Zx8Zr5mXv2LwTn7KcYb4HsJd9FgPe3Rz".to_owned().into());
    let refused = rotate(&home.config).await.expect_err("there is no older key").to_string();
    assert!(refused.starts_with("secrets.nothing_to_rotate") && refused.contains("MASTER_KEY_OLD"), "{refused}");
}
