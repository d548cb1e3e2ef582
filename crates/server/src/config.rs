//! What the operator said: command line, environment, files of secrets, `.env`, defaults, in that order, with the
//! source of each value.
//!
//! [`Config::read`] is pure: it reads no file and no environment by itself, and it never touches the network. What
//! administrators change at run time is another type, in the database (`crate::settings`).

pub mod banner;
pub mod data_dir;
mod dotenv;
mod notes;
pub mod ownership;
mod parse;
pub mod registry;
pub mod rotation;
pub mod secrets;
mod shown;
pub mod sources;
mod surroundings;

pub use data_dir::{DataLock, instance_id};
pub use secrets::{SecretString, Secrets};
pub use sources::{Setting, Source};
pub use surroundings::Surroundings;

use crate::cli::Cli;
use crate::db::Engine;
use crate::privileges::RunAs;
use ipnet::IpNet;
use parse::Port;
pub(crate) use parse::origin;
use sources::Sources;
use std::fmt;
use std::io::{Error, ErrorKind};
use std::net::IpAddr;
use std::path::PathBuf;

/// Everything that is fixed while the server runs.
#[derive(Clone)]
pub struct Config {
    /// Address or name to listen on.
    pub host: String,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// Whether a container engine or a platform started this process.
    pub in_container: bool,
    /// Where database, secrets and files live.
    pub data_dir: PathBuf,
    /// Where pictures of chats live, when that is not the data directory.
    pub chat_image_dir: Option<PathBuf>,
    /// The user to become when started as root.
    pub run_as: Option<RunAs>,
    /// Which database.
    pub engine: Engine,
    /// The origin people use, without a slash at its end.
    pub public_url: Option<String>,
    /// Peers whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Origins of other websites that may call the API; none where that is switched off.
    pub cors_origins: Option<Vec<String>>,
    /// Life of an access token in minutes, where the operator fixes it.
    pub access_token_minutes: Option<u32>,
    /// Signs access tokens, as the operator gave it; see [`Secrets`] for the one in use.
    pub jwt_secret: Option<SecretString>,
    /// Seals secrets at rest, as the operator gave it; see [`Secrets`] for the one in use.
    pub master_key: Option<SecretString>,
    /// What sealed secrets before that, as the operator gave it.
    pub master_key_old: Option<SecretString>,
    /// First value of the setting that opens registration.
    pub seed_registration: Option<bool>,
    /// First value of the setting that limits a model's context.
    pub seed_context_token_limit: Option<u32>,
    /// The time zone in which models are told when something was asked; the machine's own when absent.
    pub time_zone: Option<String>,
    /// How much is logged.
    pub log_level: tracing::Level,
    /// Lets programs read the metrics that show it.
    pub metrics_token: Option<SecretString>,
    /// In which form.
    pub log_format: LogFormat,
    /// Folder that gets the log as well.
    pub log_dir: Option<PathBuf>,
    /// One connection from the environment.
    pub llm: LlmEnv,
    /// `PRESET_MODELS` as it was given: JSON that may hold keys.
    pub presets: Option<String>,
    /// Proxy for requests to providers; may hold a password.
    pub https_proxy: Option<String>,
    /// Hosts that the proxy is not used for.
    pub no_proxy: Option<String>,
    /// What the operator should know about these values, a line each.
    pub notes: Vec<String>,
    /// Folder of the built web app that this process serves itself.
    pub spa_dir: Option<PathBuf>,
    /// Work factor of password hashes.
    pub bcrypt_cost: u32,
    /// Whether commits wait for the disk.
    pub durable: bool,
    settings: Vec<Setting>,
}

/// The connection described by `LLM_API_URL`, `LLM_MODEL` and `LLM_API_KEY`.
#[derive(Clone, Debug, Default)]
pub struct LlmEnv {
    /// Base URL.
    pub url: Option<String>,
    /// Model name.
    pub model: Option<String>,
    /// API key.
    pub key: Option<SecretString>,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// A JSON object in each line.
    Json,
}

impl Config {
    /// [`Config::read`] where there are no files.
    ///
    /// # Errors
    /// The same.
    pub fn load(cli: &Cli, env: impl Fn(&str) -> Option<String>, dotenv: &str) -> Result<Self, String> {
        let file = |_: &std::path::Path| Err(Error::from(ErrorKind::NotFound));
        Self::read(cli, &Surroundings { variable: &env, file: &file, dotenv })
    }

    /// Puts the configuration together. Empty values count as absent.
    ///
    /// # Errors
    /// One line that names the variable, its value and the rule it breaks.
    pub fn read(cli: &Cli, around: &Surroundings<'_>) -> Result<Self, String> {
        use registry as of;
        let from = &mut Sources::new(&cli.options, around)?;
        let Port { host, port } = parse::listen(from)?;
        let on_platform = from.optional(&of::RENDER, parse::text)?.is_some();
        let data_dir = from.required(&of::DATA_DIR, parse::text)?;
        let database = format!("{}/aichat.db", data_dir.trim_end_matches('/'));
        let engine = from.required_or(&of::DATABASE_URL, Engine::parse, &database)?;
        let own_url = from.optional(&of::PUBLIC_URL, parse::origin)?;
        let platform_url = from.optional(&of::RENDER_EXTERNAL_URL, parse::origin)?;
        let cors = from.required(&of::ENABLE_CORS, parse::switch)?;
        let origins = from.optional(&of::CORS_ORIGIN, parse::origins)?;
        let mut config = Self {
            host,
            port,
            in_container: on_platform || around.in_container(),
            data_dir: PathBuf::from(data_dir),
            chat_image_dir: from.optional(&of::CHAT_IMAGE_DIR, parse::text)?.map(PathBuf::from),
            run_as: from.optional(&of::RUN_AS, RunAs::parse)?,
            engine,
            public_url: own_url.or(platform_url),
            trusted_proxies: from.required(&of::TRUSTED_PROXIES, parse::proxies)?,
            cors_origins: None,
            access_token_minutes: from.optional(&of::ACCESS_TOKEN_EXPIRE_MINUTES, parse::minutes)?,
            jwt_secret: from.optional(&of::JWT_SECRET, parse::secret)?,
            master_key: from.optional(&of::MASTER_KEY, parse::secret)?,
            master_key_old: from.optional(&of::MASTER_KEY_OLD, parse::secret)?,
            seed_registration: from.optional(&of::DEFAULT_REGISTRATION_ENABLED, parse::switch)?,
            seed_context_token_limit: from.optional(&of::DEFAULT_CONTEXT_TOKEN_LIMIT, parse::tokens)?,
            time_zone: from.optional(&of::TZ, parse::text)?,
            log_level: from.required(&of::LOG_LEVEL, parse::level)?,
            metrics_token: from.optional(&of::METRICS_TOKEN, parse::token)?,
            log_format: from.required(&of::LOG_FORMAT, parse::format)?,
            log_dir: from.optional(&of::LOG_DIR, parse::text)?.map(PathBuf::from),
            llm: llm(from)?,
            presets: from.optional(&of::PRESET_MODELS, parse::text)?,
            https_proxy: from.optional(&of::HTTPS_PROXY, parse::text)?,
            no_proxy: from.optional(&of::NO_PROXY, parse::text)?,
            notes: Vec::new(),
            spa_dir: cli.options.spa.as_deref().map(PathBuf::from),
            bcrypt_cost: 12,
            durable: true,
            settings: Vec::new(),
        };
        from.optional(&of::DB_INIT_ON_START, parse::text)?;
        config.settings = from.take_settings();
        config.notes = notes::of(&config, cors, origins.as_ref());
        config.cors_origins = cors.then(|| origins.unwrap_or_default().named);
        Ok(config)
    }

    /// What became of every variable, secrets masked.
    #[must_use]
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// What became of one variable.
    #[must_use]
    pub fn setting(&self, variable: &registry::Variable) -> Option<&Setting> {
        self.settings.iter().find(|setting| variable.names().any(|name| name == setting.variable))
    }

    /// How much is logged, where the operator says so: a word of [`shared::logs::Level`].
    #[must_use]
    pub fn fixed_log_level(&self) -> Option<String> {
        let given = self.setting(&registry::LOG_LEVEL).is_some_and(Setting::is_given);
        given.then(|| self.log_level.as_str().to_ascii_lowercase())
    }

    /// Whether other machines can reach the address we listen on.
    #[must_use]
    pub fn listens_beyond_loopback(&self) -> bool {
        let name = self.host.trim_start_matches('[').trim_end_matches(']');
        !name.parse::<IpAddr>().map_or_else(|_| name.eq_ignore_ascii_case("localhost"), |address| address.is_loopback())
    }
}

fn llm(from: &mut Sources<'_>) -> Result<LlmEnv, String> {
    Ok(LlmEnv {
        url: from.optional(&registry::LLM_API_URL, parse::text)?,
        model: from.optional(&registry::LLM_MODEL, parse::text)?,
        key: from.optional(&registry::LLM_API_KEY, parse::secret)?,
    })
}

impl fmt::Debug for Config {
    /// Shows what the banner shows: every value masked that could hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = self.settings.iter().filter_map(|setting| Some((setting.variable, setting.shown.as_ref()?)));
        f.debug_map().entries(given).finish()
    }
}

#[cfg(test)]
mod tests;
