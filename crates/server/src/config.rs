//! What the operator said: command line, environment, `.env`, defaults, in that order, with the source of each value.
//!
//! [`Config::load`] is pure: it reads no file and no environment by itself, and it never touches the network. What
//! administrators change at run time is another type, in the database (`crate::settings`).

pub mod banner;
pub mod data_dir;
mod dotenv;
mod parse;
pub mod secrets;
pub mod sources;

pub use data_dir::{DataLock, instance_id};
pub use secrets::{SecretString, Secrets};
pub use sources::{Setting, Source};

use crate::cli::Cli;
use crate::db::Engine;
use ipnet::IpNet;
use parse::Port;
use sources::{Sources, hidden, plain, without_password};
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

/// Everything that is fixed while the server runs.
#[derive(Clone)]
pub struct Config {
    /// Address or name to listen on.
    pub host: String,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// Where database, secrets and files live.
    pub data_dir: PathBuf,
    /// Which database.
    pub engine: Engine,
    /// The origin people use, without a slash at its end.
    pub public_url: Option<String>,
    /// Peers whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Life of an access token in minutes.
    pub access_token_minutes: u32,
    /// Signs access tokens, as the operator gave it; see [`Secrets`] for the one in use.
    pub jwt_secret: Option<SecretString>,
    /// Seals secrets at rest, as the operator gave it; see [`Secrets`] for the one in use.
    pub master_key: Option<SecretString>,
    /// First value of the setting that opens registration.
    pub seed_registration: Option<bool>,
    /// First value of the setting that limits a model's context.
    pub seed_context_token_limit: Option<u32>,
    /// How much is logged.
    pub log_level: tracing::Level,
    /// One connection from the environment.
    pub llm: LlmEnv,
    /// `PRESET_MODELS` as it was given: JSON that may hold keys.
    pub presets: Option<String>,
    /// Proxy for requests to providers; may hold a password.
    pub https_proxy: Option<String>,
    /// Hosts that the proxy is not used for.
    pub no_proxy: Option<String>,
    /// Whether `DB_INIT_ON_START` is set: it is accepted and changes nothing.
    pub db_init_on_start: bool,
    /// Variables of older installations that are set and change nothing.
    pub unused: Vec<&'static str>,
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

/// Variables that older installations set and that nothing reads.
const UNUSED: &[&str] = &["ENABLE_CORS", "CORS_ORIGIN", "LOG_DIR", "CHAT_IMAGE_DIR"];

impl Config {
    /// Puts the configuration together. Empty values count as absent.
    ///
    /// # Errors
    /// One line that names the variable, its value and the rule it breaks.
    pub fn load(cli: &Cli, env: impl Fn(&str) -> Option<String>, dotenv: &str) -> Result<Self, String> {
        let options = &cli.options;
        let mut from = Sources::new(&env, dotenv)?;
        let Port { host, port } = parse::listen(&mut from, options)?;
        let data_dir = from.required(&["DATA_DIR"], options.data_dir.as_deref(), parse::text, plain, "./data")?;
        let database = format!("{}/aichat.db", data_dir.trim_end_matches('/'));
        let database_url = options.database_url.as_deref();
        let engine = from.required(&["DATABASE_URL"], database_url, Engine::parse, without_password, &database)?;
        let public_url = from.optional(&["PUBLIC_URL"], options.public_url.as_deref(), parse::origin, plain)?;
        let trusted_proxies = from.required(&["TRUSTED_PROXIES"], None, parse::proxies, plain, "loopback,private")?;
        let access = from.required(&["ACCESS_TOKEN_EXPIRE_MINUTES"], None, parse::minutes, plain, "15")?;
        let jwt_secret = from.optional(&["JWT_SECRET", "SECRET_KEY"], None, parse::secret, hidden)?;
        let master_key = from.optional(&["MASTER_KEY"], None, parse::secret, hidden)?;
        let seed_registration = from.optional(&["DEFAULT_REGISTRATION_ENABLED"], None, parse::switch, plain)?;
        let seed_context = from.optional(&["DEFAULT_CONTEXT_TOKEN_LIMIT"], None, parse::tokens, plain)?;
        let log_level = from.required(&["LOG_LEVEL"], None, parse::level, plain, "info")?;
        let llm = LlmEnv {
            url: from.optional(&["LLM_API_URL"], None, parse::text, without_password)?,
            model: from.optional(&["LLM_MODEL"], None, parse::text, plain)?,
            key: from.optional(&["LLM_API_KEY"], None, parse::secret, hidden)?,
        };
        let presets = from.optional(&["PRESET_MODELS"], None, parse::text, hidden)?;
        let https_proxy = from.optional(&["HTTPS_PROXY", "https_proxy"], None, parse::text, without_password)?;
        let no_proxy = from.optional(&["NO_PROXY", "no_proxy"], None, parse::text, plain)?;
        let db_init_on_start = from.optional(&["DB_INIT_ON_START"], None, parse::text, plain)?.is_some();
        let mut unused = Vec::new();
        for name in UNUSED {
            unused.extend(from.optional(&[*name], None, parse::text, plain)?.map(|_| *name));
        }
        Ok(Self {
            host,
            port,
            data_dir: PathBuf::from(data_dir),
            engine,
            public_url,
            trusted_proxies,
            access_token_minutes: access,
            jwt_secret,
            master_key,
            seed_registration,
            seed_context_token_limit: seed_context,
            log_level,
            llm,
            presets,
            https_proxy,
            no_proxy,
            db_init_on_start,
            unused,
            spa_dir: options.spa.as_deref().map(PathBuf::from),
            bcrypt_cost: 12,
            durable: true,
            settings: from.into_settings(),
        })
    }

    /// The values in use with their sources, secrets masked, in the order of the documentation.
    #[must_use]
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// The variable that fixes a field of the interface, when the operator set it. `DEFAULT_…` variables only seed
    /// and lock nothing.
    #[must_use]
    pub fn locked_by(&self, variable: &str) -> Option<&'static str> {
        let set = self.settings.iter().find(|setting| setting.variable == variable)?;
        (set.source != Source::Default && !variable.starts_with("DEFAULT_")).then_some(set.variable)
    }

    /// Whether other machines can reach the address we listen on.
    #[must_use]
    pub fn listens_beyond_loopback(&self) -> bool {
        let name = self.host.trim_start_matches('[').trim_end_matches(']');
        !name.parse::<IpAddr>().map_or_else(|_| name.eq_ignore_ascii_case("localhost"), |address| address.is_loopback())
    }
}

impl fmt::Debug for Config {
    /// Shows what the banner shows: every value masked that could hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.settings.iter().map(|setting| (setting.variable, &setting.shown))).finish()
    }
}

#[cfg(test)]
mod tests;
