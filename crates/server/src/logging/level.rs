//! How much is logged, which may change while the server runs.

use shared::logs::Level;
use std::sync::OnceLock;
use tracing_subscriber::reload;
use tracing_subscriber::{EnvFilter, Registry};

/// What changes the level of a log.
pub(super) type Handle = reload::Handle<EnvFilter, Registry>;

/// Libraries that talk more than anybody wants to hear. Where our own code tells everything, theirs still does not: what
/// they say of every byte that is sent would be more than what is sent, and a page that follows the log would feed itself.
const QUIET: &str = "sqlx=warn,sea_orm=warn,hyper=warn,h2=warn,reqwest=warn,rustls=warn,actix_server=warn,mio=warn,\
    actix_http=warn,actix_web=warn,actix_codec=warn,tokio_util=warn,want=warn,hyper_util=warn";

/// What changes the level of the log that was started, if one may be changed.
static HANDLE: OnceLock<Handle> = OnceLock::new();

/// A layer that lets this level through.
pub(super) fn layer(level: &str) -> (reload::Layer<EnvFilter, Registry>, Handle) {
    reload::Layer::new(filter(level))
}

/// From now on [`set`] changes this log.
pub(super) fn adopt(handle: Handle) {
    // Only the first log of a process gets events, and only the first handle is kept.
    let _ = HANDLE.set(handle);
}

/// Lets another level through from now on, in this process alone. A log that was started for a test keeps its own.
pub fn set(level: Level) {
    let wanted = filter(level.as_str());
    let Some(handle) = HANDLE.get() else { return };
    let is_new = handle.with_current(|now| now.to_string() != wanted.to_string()).unwrap_or(false);
    if is_new && let Err(error) = handle.reload(wanted) {
        tracing::warn!(%error, "the level of the log could not be changed");
    }
}

fn filter(level: &str) -> EnvFilter {
    let level = level.trim().to_ascii_lowercase();
    let wanted = if level.is_empty() { "info" } else { &level };
    EnvFilter::try_new(format!("{QUIET},{wanted}")).unwrap_or_else(|_| EnvFilter::new(format!("{QUIET},info")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_that_is_not_understood_means_info() {
        for (level, shown) in [("", "info"), ("WARN", "warn"), ("info,server=debug", "server=debug"), ("lou=d", "info")]
        {
            assert!(filter(level).to_string().contains(shown), "{level}");
        }
    }

    #[test]
    fn every_level_is_one_of_the_librarys() {
        for level in Level::ALL {
            assert!(level.as_str().parse::<tracing::Level>().is_ok(), "{level:?}");
        }
    }
}
