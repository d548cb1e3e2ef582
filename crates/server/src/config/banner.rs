//! What the server says when it starts, for people or for programs. Pure: it makes lines and prints none, and no line
//! holds a secret.

use super::{Config, LogFormat, Secrets, Setting, registry};
use crate::{listen, version};
use serde_json::json;

/// What is known once the server listens.
#[derive(Debug)]
pub struct Banner<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The secrets in use.
    pub secrets: &'a Secrets,
    /// Notes about values that were replaced, and anything else worth a line.
    pub notes: &'a [String],
    /// When it began to listen, RFC 3339.
    pub since: String,
    /// The port in use, which differs from the configured one when that was 0.
    pub port: u16,
    /// How many models people can choose from.
    pub models: usize,
    /// Whether nobody has registered yet.
    pub unclaimed: bool,
}

/// Compiler of this build.
const RUSTC: &str = env!("AICHAT_RUSTC");

/// The banner, without a line end behind it.
#[must_use]
pub fn text(banner: &Banner<'_>) -> String {
    match banner.config.log_format {
        LogFormat::Text => lines(banner).join("\n"),
        LogFormat::Json => object(banner).to_string(),
    }
}

fn lines(banner: &Banner<'_>) -> Vec<String> {
    let (config, build) = (banner.config, version::build());
    let url = url(banner);
    let mut lines = vec![
        format!("AIChat {} (commit {}, {}, rustc {RUSTC})", build.version, build.commit, architecture()),
        format!("  address         {url}"),
        format!("  listens on      {}", listens_on(banner)),
        format!("  data directory  {}", absolute(config)),
        format!("  public URL      {}", config.public_url.as_deref().unwrap_or("that of each request")),
        format!("  models          {}", banner.models),
        "  settings".to_owned(),
    ];
    lines.extend(settings(banner).map(|(name, value, source)| format!("    {name} = {value} ({source})")));
    lines.extend(notes(banner).map(|note| format!("  note: {note}")));
    lines.extend(next_steps(banner, &url));
    lines
}

/// The same for programs, with the fields that a line of the log has.
fn object(banner: &Banner<'_>) -> serde_json::Value {
    let (build, settings) = (version::build(), settings(banner));
    let settings = settings.map(|(name, value, source)| json!({"variable": name, "value": value, "source": source}));
    json!({
        "timestamp": banner.since,
        "level": "INFO",
        "message": "AIChat is ready",
        "version": build.version,
        "commit": build.commit,
        "arch": architecture(),
        "rustc": RUSTC,
        "listen": listens_on(banner),
        "address": url(banner),
        "dataDirectory": absolute(banner.config),
        "publicUrl": banner.config.public_url,
        "models": banner.models,
        "unclaimed": banner.unclaimed,
        "settings": settings.collect::<Vec<_>>(),
        "notes": notes(banner).collect::<Vec<_>>(),
    })
}

/// What this build runs on, such as `x86_64-linux`.
#[must_use]
pub fn architecture() -> String {
    format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS)
}

fn notes<'a>(banner: &Banner<'a>) -> impl Iterator<Item = &'a String> {
    banner.notes.iter().chain(&banner.config.notes)
}

/// Name, value and source of all that has a value. Of the two secrets it says which one is in use.
fn settings<'a>(banner: &Banner<'a>) -> impl Iterator<Item = (&'static str, String, String)> + use<'a> {
    let config = banner.config;
    let generated = |of: &registry::Variable, in_use: bool| {
        let given = config.setting(of).filter(|given| given.shown.is_some() && !in_use);
        let instead = || (of.name, "generated".to_owned(), "data directory".to_owned());
        given.and_then(shown).unwrap_or_else(instead)
    };
    let secrets = [
        generated(&registry::JWT_SECRET, banner.secrets.jwt_generated),
        generated(&registry::MASTER_KEY, banner.secrets.master_generated),
    ];
    let is_secret = |setting: &Setting| {
        [registry::JWT_SECRET, registry::MASTER_KEY].iter().any(|of| of.names().any(|name| name == setting.variable))
    };
    config.settings().iter().filter(move |setting| !is_secret(setting)).filter_map(shown).chain(secrets)
}

fn shown(setting: &Setting) -> Option<(&'static str, String, String)> {
    Some((setting.variable, setting.shown.clone()?, setting.source.to_string()))
}

fn listens_on(banner: &Banner<'_>) -> String {
    listen::address(&banner.config.host, banner.port)
}

/// The address a person on this machine can open.
fn url(banner: &Banner<'_>) -> String {
    format!("http://{}", listen::own_address(&banner.config.host, banner.port))
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
#[path = "banner_tests.rs"]
mod tests;
