//! The application: its services, how they start and how they stop. It wires and decides nothing.

use crate::auth::Auth;
use crate::catalog::Catalog;
use crate::chat::{Runs, sweep};
use crate::clock::Clock;
use crate::config::{Config, DataLock, Secrets, instance_id};
use crate::db::Db;
use crate::edge::Origins;
use crate::error::{AppError, AppResult};
use crate::failure::Failure;
use crate::redact;
use crate::seal::Sealer;
use crate::settings::Settings;
use crate::spa::Spa;
use crate::storage;
use egress::Egress;
use shared::LoginId;
use shared::events::UserEvent;
use std::sync::Arc;
use std::time::Duration;

/// Everything a handler needs. Cloned handles lead to the same services.
pub struct App {
    /// What the operator said.
    pub config: Arc<Config>,
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// What administrators say at run time.
    pub settings: Arc<Settings>,
    /// Logins.
    pub auth: Arc<Auth>,
    /// Connections and models.
    pub catalog: Arc<Catalog>,
    /// The identity of the data directory.
    pub instance: String,
    /// Running answers and the tabs that watch.
    pub runs: Arc<Runs>,
    /// Other websites that may call the API.
    pub origins: Origins,
    /// The web client's files.
    pub spa: Spa,
    _lock: DataLock,
}

/// What the banner says beside the configuration.
pub struct Opened {
    /// The secrets in use.
    pub secrets: Secrets,
    /// Anything worth a line.
    pub notes: Vec<String>,
}

/// Time between looks at the logins that have a stream open.
const LOGINS: Duration = Duration::from_secs(2);
/// Time between looks at what other servers changed.
const SERVERS: Duration = Duration::from_secs(5);

impl App {
    /// Takes the data directory, opens the database, ends what a crash left open, loads everything.
    ///
    /// # Errors
    /// One line: what failed, why, what to do.
    pub async fn open(config: Config, clock: Clock) -> Result<(Self, Opened), Failure> {
        let lock = DataLock::take(&config.data_dir).map_err(Failure::configuration)?;
        let instance = instance_id(&config.data_dir).map_err(Failure::configuration)?;
        let (secrets, mut notes) = Secrets::resolve(&config, &config.data_dir).map_err(Failure::configuration)?;
        redact::register(secrets.jwt.expose());
        let (db, note) = storage::open(&config).await?;
        notes.extend(note);
        let failed = |error: &dyn std::fmt::Display| format!("the database failed at start: {error}");
        sweep::at_start(&db, &clock, &instance).await.map_err(|error| failed(&format!("{error} {:?}", error.cause)))?;
        let settings = Settings::load(db.clone(), clock.clone(), &config).await.map_err(|error| failed(&error))?;
        let egress = Egress::new(egress::Config {
            proxy: config.https_proxy.clone(),
            no_proxy: config.no_proxy.clone(),
            ..egress::Config::default()
        })
        .map_err(|error| Failure::configuration(format!("HTTPS_PROXY or NO_PROXY cannot be used: {error}")))?;
        let sealer = Sealer::new(secrets.master.expose());
        let catalog =
            Catalog::load(db.clone(), clock.clone(), sealer, egress, &config).await.map_err(|error| failed(&error))?;
        let runs = Runs::new(db.clone(), clock.clone(), Arc::clone(&settings), Arc::clone(&catalog), instance.clone());
        let runs = Arc::new(runs);
        let auth = Arc::new(Auth::new(db.clone(), clock.clone(), &secrets.jwt, &config));
        let origins = Origins::new(&config);
        let spa = Spa::new(config.spa_dir.clone());
        tell_tabs(&runs, &settings, &catalog);
        let config = Arc::new(config);
        let app = Self { config, db, clock, settings, auth, origins, catalog, runs, spa, instance, _lock: lock };
        Ok((app, Opened { secrets, notes }))
    }

    /// Starts what runs beside requests. It ends with the runtime.
    pub fn start_background(&self) {
        self.runs.start_background();
        let watch = Arc::new(Watch {
            settings: Arc::clone(&self.settings),
            auth: Arc::clone(&self.auth),
            catalog: Arc::clone(&self.catalog),
            runs: Arc::clone(&self.runs),
        });
        tokio::spawn(Arc::clone(&watch).watch_logins());
        // No other server can be on a SQLite file.
        if self.db.is_postgres() {
            tokio::spawn(watch.watch_servers());
        }
    }
}

/// Looks at what other processes changed: other servers on PostgreSQL, the command line everywhere.
struct Watch {
    settings: Arc<Settings>,
    auth: Arc<Auth>,
    catalog: Arc<Catalog>,
    runs: Arc<Runs>,
}

impl Watch {
    /// Ends the streams of logins that others ended, so that an open tab does not outlive its right by more than this.
    async fn watch_logins(self: Arc<Self>) {
        loop {
            tokio::time::sleep(LOGINS).await;
            say(self.look_at_logins().await);
        }
    }

    async fn look_at_logins(&self) -> AppResult<()> {
        let open = self.runs.hub().open_logins();
        let ids: Vec<LoginId> = open.iter().map(|(_, login)| login.clone()).collect();
        let standing = self.auth.standing(&ids).await?;
        for (user, login) in open.iter().filter(|(_, login)| !standing.contains(login)) {
            self.runs.hub().close_login(user, login);
        }
        Ok(())
    }

    async fn watch_servers(self: Arc<Self>) {
        loop {
            tokio::time::sleep(SERVERS).await;
            say(self.settings.poll().await.map_err(AppError::from));
            say(self.catalog.poll().await.map_err(AppError::from));
        }
    }
}

fn say(looked: AppResult<()>) {
    if let Err(error) = looked {
        let cause = error.cause;
        tracing::warn!(code = error.code.as_str(), ?cause, "changes of others could not be read; trying again");
    }
}

/// Settings and models that change are heard of in every tab. The runs know both, so they are not held from here.
fn tell_tabs(runs: &Arc<Runs>, settings: &Settings, catalog: &Catalog) {
    let tell = |event: UserEvent| {
        let runs = Arc::downgrade(runs);
        move || {
            if let Some(runs) = runs.upgrade() {
                runs.hub().publish_all(&event);
            }
        }
    };
    settings.on_change(tell(UserEvent::SettingsChanged));
    catalog.on_change(tell(UserEvent::ModelsChanged));
}
