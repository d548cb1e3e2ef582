//! What each value means and which rule it obeys. Pure.

use super::secrets::SecretString;
use super::sources::{Source, Sources};
use super::{LogFormat, registry};
use ipnet::IpNet;
use shared::settings::fields::CONTEXT_TOKENS;
use std::net::IpAddr;
use url::Url;

/// Where to listen.
pub(super) struct Port {
    pub(super) host: String,
    pub(super) port: u16,
}

/// Platforms that inject `PORT` route to it from outside, so there the default is every address.
pub(super) fn listen(from: &mut Sources<'_>) -> Result<Port, String> {
    let port = from.required(&registry::PORT, port)?;
    let injected = from.setting(&registry::PORT).is_some_and(|port| port.source == Source::Environment);
    let default = if injected { "0.0.0.0" } else { registry::HOST.default };
    let host = from.required_or(&registry::HOST, host, default)?;
    Ok(Port { host, port })
}

pub(super) fn text(value: &str) -> Result<String, String> {
    Ok(value.to_owned())
}

pub(super) fn secret(value: &str) -> Result<SecretString, String> {
    Ok(SecretString::from(value.to_owned()))
}

fn port(value: &str) -> Result<u16, String> {
    value.parse().map_err(|_| "must be a number from 0 to 65535 (0 takes a free port)".to_owned())
}

fn host(value: &str) -> Result<String, String> {
    let name = value.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(value);
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
    if is_name || name.parse::<IpAddr>().is_ok() {
        return Ok(name.to_owned());
    }
    Err("must be an address or a name without scheme and port, such as 0.0.0.0 or ::1".to_owned())
}

/// Scheme, name and port of an address that has nothing else.
pub(crate) fn origin(value: &str) -> Result<String, String> {
    let rule = || "must be an http or https URL without a path, such as https://chat.example.com".to_owned();
    let url = Url::parse(value).map_err(|_| rule())?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !matches!(url.scheme(), "http" | "https") || !bare || url.password().is_some() {
        return Err(rule());
    }
    Ok(url.origin().ascii_serialization())
}

/// What `CORS_ORIGIN` lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Origins {
    pub(super) named: Vec<String>,
    /// Whether an entry is what instructions ask to replace. It allows nobody, and is no reason not to start.
    pub(super) placeholder: bool,
}

pub(super) fn origins(value: &str) -> Result<Origins, String> {
    let mut origins = Origins::default();
    for word in value.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        if is_placeholder(word) {
            origins.placeholder = true;
        } else if word == "*" {
            return Err("must name origins one by one: `*` would let every website in".to_owned());
        } else {
            let rule = "must list origins, each a scheme, a host and a port without a path, such as https://app.example.com, separated by commas";
            origins.named.push(origin(word).map_err(|_| rule.to_owned())?);
        }
    }
    Ok(origins)
}

/// Marks of a host that nobody has put in yet; lower case. A plain `your` would refuse names of real sites.
const PLACEHOLDERS: &str =
    "你的 您的 域名 < > your-domain your_domain yourdomain your-ip your_ip your-host your-server";

fn is_placeholder(word: &str) -> bool {
    let lower = word.to_lowercase();
    PLACEHOLDERS.split(' ').any(|mark| lower.contains(mark))
}

pub(super) fn format(value: &str) -> Result<LogFormat, String> {
    match value.to_ascii_lowercase().as_str() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("must be text or json".to_owned()),
    }
}

const LOOPBACK: &[&str] = &["127.0.0.0/8", "::1/128"];
const PRIVATE: &[&str] = &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"];

pub(super) fn proxies(value: &str) -> Result<Vec<IpNet>, String> {
    let mut nets = Vec::new();
    for word in value.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match word {
            "none" => {}
            "loopback" => nets.extend(LOOPBACK.iter().filter_map(|net| network(net))),
            "private" => nets.extend(PRIVATE.iter().filter_map(|net| network(net))),
            _ => nets.push(network(word).ok_or_else(|| {
                "must list addresses, networks such as 10.0.0.0/8, or the words loopback, private, none".to_owned()
            })?),
        }
    }
    Ok(nets)
}

fn network(word: &str) -> Option<IpNet> {
    word.parse().ok().or_else(|| word.parse::<IpAddr>().ok().map(IpNet::from))
}

pub(super) fn minutes(value: &str) -> Result<u32, String> {
    let rule = "must be a number of minutes from 1 to 43200 (30 days)";
    value.parse().ok().filter(|minutes| (1..=43_200).contains(minutes)).ok_or_else(|| rule.to_owned())
}

pub(super) fn tokens(value: &str) -> Result<u32, String> {
    let range = CONTEXT_TOKENS.limits.range();
    let rule = || format!("must be a number of tokens from {} to {}", range.start(), range.end());
    value.parse().ok().filter(|tokens| range.contains(tokens)).ok_or_else(rule)
}

pub(super) fn switch(value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err("must be true or false".to_owned()),
    }
}

/// Least bytes of a token: a shorter one can be guessed.
const LEAST_TOKEN: usize = 16;

pub(super) fn token(value: &str) -> Result<SecretString, String> {
    if value.len() < LEAST_TOKEN || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(format!("must be at least {LEAST_TOKEN} visible ASCII characters"));
    }
    secret(value)
}

pub(super) fn level(value: &str) -> Result<tracing::Level, String> {
    // The type's own parser takes numbers too; only the documented words are ours.
    let known = value.chars().all(char::is_alphabetic);
    let parsed = value.parse().ok().filter(|_| known);
    parsed.ok_or_else(|| "must be error, warn, info, debug or trace".to_owned())
}
