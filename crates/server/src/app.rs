//! The application: its services, how they start and how they stop. It wires and decides nothing.

use crate::audit;
use crate::auth::Auth;
use crate::budgets::{Budgets, Calendar};
use crate::catalog::Catalog;
use crate::chat::context::Zone;
use crate::chat::{Runs, Services, sweep};
use crate::clock::Clock;
use crate::config::{Config, DataLock, Secrets, instance_id};
use crate::db::Db;
use crate::db::notices::Listener;
use crate::edge::Origins;
use crate::export::Exports;
use crate::failure::Failure;
use crate::files::Files;
use crate::gateway::Gateway;
use crate::leaving::Leaving;
use crate::logging;
use crate::metrics::Metrics;
use crate::oidc::Oidc;
use crate::redact;
use crate::seal::Sealer;
use crate::search::Indexer;
use crate::settings::Settings;
use crate::spa::Spa;
use crate::storage;
use crate::trace::Traces;
use crate::usage::Reports;
use crate::watch::Watch;
use egress::Egress;
use shared::events::UserEvent;
use std::sync::{Arc, Mutex, PoisonError};

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
    /// Services through which people sign in.
    pub oidc: Oidc,
    /// Connections and models.
    pub catalog: Arc<Catalog>,
    /// How much may be used of models.
    pub budgets: Arc<Budgets>,
    /// What was used of them.
    pub usage: Arc<Reports>,
    /// Files of people.
    pub files: Arc<Files>,
    /// The identity of the data directory.
    pub instance: String,
    /// What answers go through.
    pub traces: Arc<Traces>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Running answers and the tabs that watch.
    pub runs: Arc<Runs>,
    /// Who takes their data along.
    pub exports: Exports,
    /// What answers programs below `/v1`.
    pub gateway: Arc<Gateway>,
    /// The removal of people who left.
    pub leaving: Arc<Leaving>,
    /// Other websites that may call the API.
    pub origins: Origins,
    /// The web client's files.
    pub spa: Spa,
    /// The line to other servers, until [`App::start_background`] takes it.
    listener: Mutex<Option<Listener>>,
    _locks: (DataLock, Option<DataLock>),
}

/// What the banner says beside the configuration.
pub struct Opened {
    /// The secrets in use.
    pub secrets: Secrets,
    /// Anything worth a line.
    pub notes: Vec<String>,
}

impl App {
    /// Takes the data directory, opens the database, ends what a crash left open, loads everything.
    ///
    /// # Errors
    /// One line: what failed, why, what to do.
    pub async fn open(config: Config, clock: Clock) -> Result<(Self, Opened), Failure> {
        let lock = DataLock::take(&config.data_dir).map_err(Failure::configuration)?;
        let instance = instance_id(&config.data_dir).map_err(Failure::configuration)?;
        let (secrets, mut notes) = Secrets::resolve(&config, &config.data_dir).map_err(Failure::configuration)?;
        redact::pin(secrets.jwt.expose());
        if let Some(token) = &config.metrics_token {
            redact::pin(token.expose());
        }
        let place = storage::find(&config.engine).await?;
        let locks = (lock, storage::lock(&place)?);
        let db = storage::open(&place, config.durable).await?;
        notes.extend(place.note);
        let failed = |error: &dyn std::fmt::Display| format!("the database failed at start: {error}");
        // Before anything is read: what others change from now on is heard of.
        let listener = Mutex::new(Listener::open(&db).await.map_err(|error| failed(&error))?);
        sweep::at_start(&db, &clock, &instance).await.map_err(|error| failed(&format!("{error} {:?}", error.cause)))?;
        let settings = Settings::load(db.clone(), clock.clone(), &config).await.map_err(|error| failed(&error))?;
        logging::set_level(settings.log_level());
        let egress = Egress::new(egress::Config {
            proxy: config.https_proxy.clone(),
            no_proxy: config.no_proxy.clone(),
            ..egress::Config::default()
        })
        .map_err(|error| Failure::configuration(format!("HTTPS_PROXY or NO_PROXY cannot be used: {error}")))?;
        let sealer = Sealer::of(&secrets.master, &secrets.former);
        let opened = Files::open(db.clone(), clock.clone(), Arc::clone(&settings), &config);
        let (files, file_notes) = opened.await.map_err(|error| failed(&error))?;
        notes.extend(file_notes);
        let catalog =
            Catalog::load(db.clone(), clock.clone(), sealer.clone(), egress.clone(), Arc::clone(&settings), &config)
                .await
                .map_err(|error| failed(&error))?;
        let zone = Zone::of(config.time_zone.as_deref());
        let (calendar, of_settings) = (Calendar::of(zone.clone().into()), Arc::clone(&settings));
        let budgets = Budgets::load(db.clone(), clock.clone(), of_settings, calendar, instance.clone());
        let budgets = budgets.await.map_err(|error| failed(&error))?;
        let usage = Arc::new(Reports::new(db.clone(), clock.clone(), Arc::clone(&settings), Arc::clone(&budgets)));
        let metrics = Arc::<Metrics>::default();
        let (of_settings, of_metrics) = (Arc::clone(&settings), Arc::clone(&metrics));
        let traces = Traces::new(db.clone(), clock.clone(), of_settings, of_metrics, instance.clone());
        let runs = Arc::new(Runs::new(Services {
            db: db.clone(),
            clock: clock.clone(),
            settings: Arc::clone(&settings),
            catalog: Arc::clone(&catalog),
            budgets: Arc::clone(&budgets),
            files: Arc::clone(&files),
            traces: Arc::clone(&traces),
            metrics: Arc::clone(&metrics),
            zone,
            instance: instance.clone(),
        }));
        let gateway = Gateway::new(
            db.clone(),
            clock.clone(),
            Arc::clone(&settings),
            Arc::clone(&catalog),
            Arc::clone(&budgets),
            Arc::clone(&runs),
            Arc::clone(&traces),
        );
        let auth = Arc::new(Auth::new(
            db.clone(),
            clock.clone(),
            Arc::clone(&settings),
            sealer.clone(),
            &secrets.jwt,
            &config,
        ));
        let leaving =
            Leaving::new(db.clone(), clock.clone(), Arc::clone(&runs), Arc::clone(&files), Arc::clone(&catalog));
        let oidc = Oidc::new(db.clone(), clock.clone(), sealer, egress);
        let origins = Origins::new(&config);
        let spa = Spa::new(config.spa_dir.clone());
        tell_tabs(&runs, &settings, &catalog);
        let config = Arc::new(config);
        let app = Self {
            config,
            db,
            clock,
            settings,
            auth,
            oidc,
            origins,
            catalog,
            budgets,
            usage,
            traces,
            metrics,
            runs,
            files,
            exports: Exports::default(),
            gateway,
            leaving: Arc::new(leaving),
            spa,
            instance,
            listener,
            _locks: locks,
        };
        Ok((app, Opened { secrets, notes }))
    }

    /// Starts what runs beside requests. It ends with the runtime.
    pub fn start_background(&self) {
        self.runs.start_background();
        tokio::spawn(Arc::clone(&self.files).sweep_forever());
        tokio::spawn(audit::sweep_forever(self.db.clone(), self.clock.clone(), Arc::clone(&self.settings)));
        tokio::spawn(Arc::clone(&self.leaving).follow_forever());
        tokio::spawn(Indexer::new(self.db.clone()).follow_forever());
        let watch = Arc::new(Watch {
            db: self.db.clone(),
            settings: Arc::clone(&self.settings),
            auth: Arc::clone(&self.auth),
            catalog: Arc::clone(&self.catalog),
            budgets: Arc::clone(&self.budgets),
            runs: Arc::clone(&self.runs),
        });
        watch.start(self.listener.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Settings and models that change are heard of in every tab. The runs know both, so they are not held from here.
fn tell_tabs(runs: &Arc<Runs>, settings: &Arc<Settings>, catalog: &Arc<Catalog>) {
    let tell = |event: UserEvent| {
        let runs = Arc::downgrade(runs);
        move || {
            if let Some(runs) = runs.upgrade() {
                runs.hub().publish_all(&event);
            }
        }
    };
    let (tell_settings, lists) = (tell(UserEvent::SettingsChanged), Arc::downgrade(catalog));
    let (hub, known) = (Arc::downgrade(runs), Arc::downgrade(settings));
    let rule = Mutex::new(settings.second_factor_rule());
    settings.on_change(move || {
        tell_settings();
        if let Some(settings) = known.upgrade() {
            logging::set_level(settings.log_level());
        }
        if let (Some(runs), Some(settings)) = (hub.upgrade(), known.upgrade()) {
            let now = settings.second_factor_rule();
            let before = std::mem::replace(&mut *rule.lock().unwrap_or_else(PoisonError::into_inner), now);
            if before != now {
                // Whoever may go on comes again at once; who has to set a second factor up first is told so.
                runs.hub().close_everybody();
            }
        }
        // Some settings decide about lists of models. The catalogue knows the settings, so it is not held from here.
        if let Some(catalog) = lists.upgrade() {
            catalog.look_at_settings();
        }
    });
    let runs = Arc::downgrade(runs);
    catalog.on_change(move |owner| {
        let Some(runs) = runs.upgrade() else { return };
        match owner {
            // Other servers hear of it by themselves.
            Some(owner) => runs.hub().show(owner, &UserEvent::ModelsChanged),
            None => runs.hub().publish_all(&UserEvent::ModelsChanged),
        }
    });
}
