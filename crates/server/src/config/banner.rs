//! What the server says when it starts. Pure: it makes lines and prints none, and no line holds a secret.

use super::{Config, Secrets};

/// What is known once the server listens.
#[derive(Debug)]
pub struct Banner<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The secrets in use.
    pub secrets: &'a Secrets,
    /// Notes about values that were replaced, and anything else worth a line.
    pub notes: &'a [String],
    /// The port in use, which differs from the configured one when that was 0.
    pub port: u16,
    /// Whether nobody has registered yet.
    pub unclaimed: bool,
}

/// Version of this build.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Commit of this build, when the builder said so.
pub const COMMIT: &str = match option_env!("AICHAT_COMMIT") {
    Some(commit) => commit,
    None => "unknown",
};

/// The lines of the banner.
#[must_use]
pub fn lines(banner: &Banner<'_>) -> Vec<String> {
    let config = banner.config;
    let url = url(banner);
    let mut lines = vec![
        format!("AIChat {VERSION} (commit {COMMIT})"),
        format!("  address         {url}"),
        format!("  data directory  {}", absolute(config)),
        "  settings".to_owned(),
    ];
    let settings = config.settings().iter().filter(|setting| !SECRETS.contains(&setting.variable));
    lines.extend(settings.map(|setting| format!("    {} = {} ({})", setting.variable, setting.shown, setting.source)));
    lines.push(secret_line(config, "JWT_SECRET", banner.secrets.jwt_generated));
    lines.push(secret_line(config, "MASTER_KEY", banner.secrets.master_generated));
    lines.extend(banner.notes.iter().map(|note| format!("  note: {note}")));
    if config.db_init_on_start {
        lines.push(
            "  note: DB_INIT_ON_START is set and not needed: tables and defaults always make themselves".to_owned(),
        );
    }
    let unused = |name: &&str| format!("  note: {name} is set and is not used by this version");
    lines.extend(config.unused.iter().map(unused));
    lines.extend(next_steps(banner, &url));
    lines
}

/// Variables that have their own lines, which say what became of them.
const SECRETS: &[&str] = &["JWT_SECRET", "SECRET_KEY", "MASTER_KEY"];

fn secret_line(config: &Config, name: &str, generated: bool) -> String {
    let names: &[&str] = if name == "JWT_SECRET" { &["JWT_SECRET", "SECRET_KEY"] } else { &["MASTER_KEY"] };
    let given = config.settings().iter().find(|setting| names.contains(&setting.variable));
    match given {
        Some(given) if !generated => format!("    {} = set ({})", given.variable, given.source),
        _ => format!("    {name} = generated (data directory)"),
    }
}

/// The address a person on this machine can open. The wildcard address is shown as the local one.
fn url(banner: &Banner<'_>) -> String {
    let host = match banner.config.host.as_str() {
        "0.0.0.0" => "127.0.0.1".to_owned(),
        "::" => "[::1]".to_owned(),
        host if host.contains(':') => format!("[{host}]"),
        host => host.to_owned(),
    };
    format!("http://{host}:{}", banner.port)
}

fn absolute(config: &Config) -> String {
    let path = &config.data_dir;
    path.canonicalize().unwrap_or_else(|_| path.clone()).display().to_string()
}

fn next_steps(banner: &Banner<'_>, url: &str) -> Vec<String> {
    let open = banner.config.public_url.as_deref().unwrap_or(url);
    if !banner.unclaimed {
        return vec![format!("Ready: {open}")];
    }
    let mut lines = vec![format!("Next: open {open} and register. The first account becomes the administrator.")];
    if banner.config.listens_beyond_loopback() {
        lines.push(
            "      Other machines can reach this address: register within 60 minutes, or restart, or run `aichat admin create`."
                .to_owned(),
        );
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;

    fn banner(values: &[(&str, &str)], generated: bool, unclaimed: bool) -> String {
        let env = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let config = Config::load(&Cli::default(), env, "").expect("good");
        let secret = || "hunter2".to_owned().into();
        let secrets =
            Secrets { jwt: secret(), master: secret(), jwt_generated: generated, master_generated: generated };
        let notes = ["something happened".to_owned()];
        lines(&Banner { config: &config, secrets: &secrets, notes: &notes, port: 4711, unclaimed }).join("\n")
    }

    #[test]
    fn a_newcomer_reads_where_to_go_and_what_happens_there() {
        let text = banner(&[], true, true);
        assert!(text.contains("http://127.0.0.1:4711"), "{text}");
        assert!(text.contains("JWT_SECRET = generated") && text.contains("note: something happened"), "{text}");
        assert!(text.contains("HOST = 127.0.0.1 (default)"), "{text}");
        assert!(text.ends_with("The first account becomes the administrator."), "{text}");
    }

    #[test]
    fn an_open_instance_says_how_long_it_waits() {
        let text = banner(&[("HOST", "0.0.0.0")], true, true);
        assert!(text.contains("within 60 minutes") && text.contains("http://127.0.0.1:4711"), "{text}");
        assert!(!banner(&[("HOST", "0.0.0.0")], true, false).contains("60 minutes"));
    }

    #[test]
    fn variables_that_do_nothing_are_named_when_they_are_set() {
        let names = ["ENABLE_CORS", "CORS_ORIGIN", "LOG_DIR", "CHAT_IMAGE_DIR"];
        for name in names {
            let text = banner(&[(name, "x")], false, false);
            assert_eq!(text.matches("is not used by this version").count(), 1, "{text}");
            assert!(text.contains(&format!("note: {name} is set and is not used by this version")), "{text}");
            assert!(!banner(&[(name, " ")], false, false).contains("not used"), "{name} is empty");
        }
        assert_eq!(banner(&names.map(|name| (name, "x")), false, false).matches("is not used").count(), 4);
    }

    #[test]
    fn no_secret_is_shown() {
        let values = [
            ("SECRET_KEY", "hunter2"),
            ("MASTER_KEY", "hunter2"),
            ("LLM_API_KEY", "hunter2"),
            ("DATABASE_URL", "postgres://u:hunter2@db/x"),
            ("PUBLIC_URL", "https://chat.example"),
        ];
        for generated in [true, false] {
            let text = banner(&values, generated, false);
            assert!(!text.contains("hunter2"), "{text}");
            assert!(text.contains("postgres://***@db/x (environment)"), "{text}");
            assert!(text.ends_with("Ready: https://chat.example"), "{text}");
        }
        assert!(banner(&values, false, false).contains("SECRET_KEY = set (environment)"));
    }
}
