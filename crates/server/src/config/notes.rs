//! What an operator should know about the values they gave, a line each. Nothing here keeps the server from starting.

use super::parse::Origins;
use super::registry::{self, Kind};
use super::{Config, Setting};

/// The notes about these values.
pub(super) fn of(config: &Config, cors: bool, origins: Option<&Origins>) -> Vec<String> {
    let mut notes = Vec::new();
    if config.in_container && !config.listens_beyond_loopback() {
        notes.push(format!(
            "listen.loopback_in_container: HOST is {}, which nobody outside this container reaches: set HOST=0.0.0.0",
            config.host
        ));
    }
    notes.extend(about_origins(cors, origins).map(str::to_owned));
    let given = |variable| config.setting(variable).is_some_and(Setting::is_given);
    if given(&registry::DB_INIT_ON_START) {
        notes.push("DB_INIT_ON_START is set and not needed: tables and defaults always make themselves".to_owned());
    }
    let unused = registry::TABLE.iter().filter(|of| of.kind == Kind::Unused && of.name != "DB_INIT_ON_START");
    notes.extend(unused.filter(|of| given(of)).map(|of| format!("{} is set and is not used by this version", of.name)));
    notes
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
