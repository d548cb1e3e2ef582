//! The HTTP proxy of the configuration or of one connection, and what is reached without it. It reads no environment
//! variable.

use crate::failure::{Failure, FailureKind};
use crate::policy::Trust;
use crate::{ConfigError, target};
use ipnet::IpNet;
use std::net::IpAddr;
use url::{Host, Url};

/// What is reached directly, as `NO_PROXY` is written: hosts (which include what is below them), `.suffixes`,
/// addresses, networks such as `10.0.0.0/8`, or `*` for everything; separated by commas.
#[derive(Clone, Debug, Default)]
pub struct NoProxy {
    everything: bool,
    networks: Vec<IpNet>,
    names: Vec<String>,
}

impl NoProxy {
    /// Reads a list. Entries that mean nothing match nothing.
    #[must_use]
    pub fn parse(list: &str) -> Self {
        let mut parsed = Self::default();
        for entry in list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()) {
            let bare = entry.trim_start_matches('[').trim_end_matches(']');
            if entry == "*" {
                parsed.everything = true;
            } else if let Ok(network) = bare.parse::<IpNet>() {
                parsed.networks.push(network);
            } else if let Ok(address) = bare.parse::<IpAddr>() {
                parsed.networks.push(IpNet::from(address));
            } else {
                let name = entry.trim_start_matches('*').trim_start_matches('.').trim_end_matches('.');
                parsed.names.push(name.to_ascii_lowercase());
            }
        }
        parsed
    }

    /// Whether `url` is reached directly. Names match whole labels only.
    #[must_use]
    pub fn contains(&self, url: &Url) -> bool {
        let in_network = |address: IpAddr| self.networks.iter().any(|network| network.contains(&address));
        self.everything
            || match url.host() {
                Some(Host::Ipv4(address)) => in_network(IpAddr::V4(address)),
                Some(Host::Ipv6(address)) => in_network(IpAddr::V6(address)),
                Some(Host::Domain(host)) => self.names.iter().any(|name| is_below(host, name)),
                None => false,
            }
    }
}

fn is_below(host: &str, name: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.strip_suffix(name).is_some_and(|head| head.is_empty() || head.ends_with('.'))
}

/// A configured proxy.
#[derive(Clone)]
pub(crate) struct Proxy {
    url: Url,
    direct: NoProxy,
    /// Whether it is asked for everything, near places too.
    everything: bool,
}

impl Proxy {
    pub(crate) fn parse(text: &str, no_proxy: Option<&str>) -> Result<Self, ConfigError> {
        let text = text.trim();
        let with_scheme = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let url = Url::parse(&with_scheme).map_err(|_| ConfigError::Proxy("is not a URL"))?;
        match url.scheme() {
            "http" | "https" => {
                Ok(Self { url, direct: NoProxy::parse(no_proxy.unwrap_or_default()), everything: false })
            }
            "socks4" | "socks4a" | "socks5" | "socks5h" => {
                Err(ConfigError::Proxy("speaks SOCKS; give the HTTP port of the proxy instead"))
            }
            _ => Err(ConfigError::Proxy("must start with http or https")),
        }
    }

    /// A proxy that somebody chose for certain places: it is asked for near ones too. What nobody may reach is no proxy.
    pub(crate) fn chosen(text: &str) -> Result<Self, ConfigError> {
        let proxy = Self { everything: true, ..Self::parse(text, None)? };
        let allowed = proxy.url.host().is_some_and(|host| target::judge(Trust::Admin, &host).is_ok());
        if allowed { Ok(proxy) } else { Err(ConfigError::Proxy("leads where nothing may be reached")) }
    }

    /// One matcher decides for the client and for its explanations alike.
    pub(crate) fn to_reqwest(&self) -> reqwest::Proxy {
        let proxy = self.clone();
        reqwest::Proxy::custom(move |url| proxy.covers(url).then(|| proxy.url.clone()))
    }

    /// Whether requests to `url` go through the proxy. One that is elsewhere knows neither this machine nor a
    /// container's neighbours, so what is near is reached directly whatever the list says.
    pub(crate) fn covers(&self, url: &Url) -> bool {
        self.everything || !target::is_near(url) && !self.direct.contains(url)
    }

    /// Whether `url` names the proxy itself.
    pub(crate) fn is_host(&self, url: &Url) -> bool {
        self.url.host() == url.host()
    }

    /// The proxy's own name, which the resolver lets pass.
    pub(crate) fn name(&self) -> Option<&str> {
        self.url.domain()
    }

    /// Blames the proxy for a failure that it caused, and leaves the others as they are.
    pub(crate) fn blame(&self, failure: Failure, error: &reqwest::Error) -> Failure {
        use FailureKind::{Dns, Refused, Timeout, Unreachable};
        let opening = error.is_connect() && matches!(failure.kind, Dns | Refused | Timeout | Unreachable);
        if opening { Failure { kind: FailureKind::Proxy, proxy: Some(self.shown()), ..failure } } else { failure }
    }

    /// The failure when the proxy asks for a login.
    pub(crate) fn wants_login(&self, url: &Url) -> Failure {
        let detail = "the proxy asks for a user name and password".to_owned();
        Failure { kind: FailureKind::Proxy, host: target::host_and_port(url), detail, proxy: Some(self.shown()) }
    }

    fn shown(&self) -> String {
        target::host_and_port(&self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(no_proxy: &str, url: &str) -> bool {
        let proxy = Proxy::parse("127.0.0.1:7890", Some(no_proxy)).expect("a proxy");
        proxy.covers(&Url::parse(url).expect("a URL"))
    }

    #[test]
    fn no_proxy_understands_hosts_suffixes_addresses_and_networks() {
        let list = "one.example, .corp.example,api.example,11.0.0.0/8,9.9.9.9,2606:4700::1, *.wide.example";
        for direct in [
            "http://one.example:11434/v1",
            "https://a.corp.example/",
            "https://corp.example/",
            "https://API.example/",
            "https://eu.api.example/",
            "http://11.2.3.4/",
            "http://9.9.9.9/",
            "http://[2606:4700::1]:8000/",
            "http://box.wide.example/",
        ] {
            assert!(!covers(list, direct), "{direct}");
        }
        for proxied in ["https://evil-api.example/", "https://api.example.evil/", "http://12.0.0.1/", "http://1.1.1.1/"]
        {
            assert!(covers(list, proxied), "{proxied}");
        }
        assert!(!covers("*", "https://anything.example/"));
        assert!(covers("", "https://anything.example/"));
    }

    #[test]
    fn what_is_near_is_reached_without_the_proxy_and_everything_else_through_it() {
        for near in [
            "http://127.0.0.1:11434/v1",
            "http://localhost:1234/v1",
            "http://[::1]:8000/",
            "http://10.2.3.4/",
            "http://172.17.0.1:11434/v1",
            "http://192.168.1.7/",
            "http://[fd12::1]/",
            "http://ollama:11434/v1",
            "http://OLLAMA.:11434/v1",
            "http://host.docker.internal:11434/v1",
            "http://box.lan/",
        ] {
            assert!(!covers("", near), "{near}");
        }
        for far in ["http://8.8.8.8/", "http://198.18.0.7/", "http://api.example/v1", "https://internal.example/"] {
            assert!(covers("", far), "{far}");
        }
    }

    #[test]
    fn a_proxy_of_another_kind_is_refused_without_repeating_its_password() {
        for bad in ["socks5://me:secret@127.0.0.1:1080", "ftp://me:secret@proxy", "http://"] {
            let error = Proxy::parse(bad, None).err().expect("refused").to_string();
            assert!(!error.contains("secret"), "{error}");
        }
        for metadata in ["http://me:secret@169.254.169.254", "http://[fd00:ec2::254]:80", "http://metadata.goog"] {
            assert!(Proxy::parse(metadata, None).is_ok() && Proxy::chosen(metadata).is_err(), "{metadata}");
        }
        let proxy = Proxy::parse("http://me:secret@proxy.example:3128", None).expect("a proxy");
        assert_eq!(proxy.shown(), "proxy.example:3128");
    }
}
