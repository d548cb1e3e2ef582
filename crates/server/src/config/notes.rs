//! What an operator should know about the values they gave, a line each. Nothing here keeps the server from starting.

use super::parse::Origins;
use super::registry::{self, Kind, Variable};
use super::{Config, Setting};
use crate::chat::context::Zone;

/// The notes about these values.
pub(super) fn of(config: &Config, cors: bool, origins: Option<&Origins>) -> Vec<String> {
    let mut notes = Vec::new();
    if config.in_container && !config.listens_beyond_loopback() {
        notes.push(format!(
            "listen.loopback_in_container: HOST is {}, which nobody outside this container reaches: set HOST=0.0.0.0",
            config.host
        ));
    }
    if let Some(name) = config.time_zone.as_deref().filter(|name| Zone::named(name).is_none()) {
        notes.push(format!("TZ is `{name}`, which is no time zone: models are told the time in UTC"));
    }
    notes.extend(about_origins(cors, origins).map(str::to_owned));
    let given = |variable: &&Variable| config.setting(variable).is_some_and(Setting::is_given);
    let unused = registry::TABLE.iter().filter(|of| of.kind == Kind::Unused);
    notes.extend(unused.filter(given).map(|of| format!("{} is set and {}", of.name, without_effect(of.name))));
    notes
}

fn without_effect(name: &str) -> &'static str {
    match name {
        "DB_INIT_ON_START" => "not needed: tables and defaults always make themselves",
        _ => "is not used by this version",
    }
}

fn about_origins(cors: bool, origins: Option<&Origins>) -> Option<&'static str> {
    match origins {
        Some(origins) if cors && origins.placeholder => Some(
            "CORS_ORIGIN still is the placeholder of the instructions, which allows nobody: name the website that calls \
             the API, or remove ENABLE_CORS; AIChat's own pages need neither",
        ),
        Some(origins) if !cors && !origins.named.is_empty() => {
            Some("CORS_ORIGIN is set and allows nobody, because ENABLE_CORS is not true")
        }
        None if cors => Some(
            "ENABLE_CORS is true and allows nobody: name the websites that call the API in CORS_ORIGIN, or remove it; \
             AIChat's own pages need neither",
        ),
        _ => None,
    }
}
