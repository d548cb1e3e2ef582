//! The one guarded HTTP client through which everything in AIChat reaches the outside.
//!
//! Every address is checked by one policy before a socket opens: literals when the request is made, names when they
//! are resolved, and the connector is handed exactly the addresses that passed, so a second answer of the DNS cannot
//! slip in. It never follows a redirect, never reads a proxy from the environment by itself, and never limits how long
//! an answer may take: streams live as long as they must.

mod failure;
mod lanes;
pub mod policy;
mod proxy;
mod reach;
mod resolver;
mod target;
mod tls;

pub use failure::{Failure, FailureKind, explain};
pub use policy::Trust;
pub use proxy::NoProxy;
pub use reach::{Step, Taken};
pub use reqwest::{Error, Method, RequestBuilder, Response, StatusCode, header};
pub use target::is_near;

use lanes::Lanes;
use proxy::Proxy;
use reqwest::{Client, ClientBuilder, redirect};
use resolver::{Guarded, Lookup};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// Connections without work are closed after this time.
const POOL_IDLE: Duration = Duration::from_secs(90);
/// Most idle connections kept to one host.
const POOL_PER_HOST: usize = 128;
/// A silent HTTP/2 connection is asked for a sign of life this often, and given up when none comes for as long again.
const HTTP2_PING: Duration = Duration::from_secs(20);

/// Most proxies of connections whose clients are kept; the one that was asked for longest ago goes first.
const MOST_CHOSEN: usize = 32;

/// How the outside is reached.
#[derive(Clone)]
pub struct Config {
    /// HTTP proxy for everything, such as `http://127.0.0.1:7890`.
    pub proxy: Option<String>,
    /// Hosts, suffixes and networks that are reached without the proxy, separated by commas.
    pub no_proxy: Option<String>,
    /// Time for name, TCP and TLS together.
    pub connect_timeout: Duration,
    /// The `User-Agent` of every request.
    pub user_agent: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            proxy: None,
            no_proxy: None,
            connect_timeout: Duration::from_secs(10),
            user_agent: concat!("AIChat/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// A [`Config`] that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The proxy is not an `http` or `https` address. Its text is not repeated: it may hold a password.
    #[error("the proxy address {0}; write it like `http://127.0.0.1:7890`")]
    Proxy(&'static str),
    /// TLS could not be set up.
    #[error("TLS could not be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// The client could not be built.
    #[error("the HTTP client could not be set up: {0}")]
    Client(#[from] reqwest::Error),
}

/// The guarded client. Cloning it is cheap and shares its connections, those of each thread.
#[derive(Clone)]
pub struct Egress {
    shared: Arc<Shared>,
}

struct Shared {
    admin: Lanes,
    user: Lanes,
    proxy: Option<Proxy>,
    basis: Basis,
    /// Clients with a proxy of their own, the one that was asked for last at the end.
    chosen: Mutex<VecDeque<(String, Egress)>>,
}

/// What all clients have in common, whatever their proxy.
#[derive(Clone)]
struct Basis {
    lookup: Lookup,
    tls: rustls::ClientConfig,
    connect_timeout: Duration,
    user_agent: String,
}

impl Basis {
    fn client(&self, trust: Trust, proxy: Option<&Proxy>) -> Result<Client, reqwest::Error> {
        let guarded = Guarded::new(trust, self.lookup.clone(), proxy);
        let builder = builder(guarded, self.tls.clone());
        let builder = builder.user_agent(&self.user_agent).connect_timeout(self.connect_timeout);
        match proxy {
            Some(proxy) => builder.proxy(proxy.to_reqwest()).build(),
            None => builder.build(),
        }
    }

    fn egress(self, proxy: Option<Proxy>) -> Result<Egress, ConfigError> {
        let admin = Lanes::new(|| self.client(Trust::Admin, proxy.as_ref()))?;
        let user = Lanes::new(|| self.client(Trust::User, proxy.as_ref()))?;
        let chosen = Mutex::default();
        Ok(Egress { shared: Arc::new(Shared { admin, user, proxy, basis: self, chosen }) })
    }
}

impl Egress {
    /// Sets the client up. It opens no connection yet.
    ///
    /// # Errors
    /// [`ConfigError`] when the proxy is not usable or TLS cannot be set up.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        Self::with_lookup(config, resolver::system())
    }

    pub(crate) fn with_lookup(config: Config, lookup: Lookup) -> Result<Self, ConfigError> {
        let Config { proxy, no_proxy, connect_timeout, user_agent } = config;
        let proxy = proxy.map(|url| Proxy::parse(&url, no_proxy.as_deref())).transpose()?;
        let basis = Basis { lookup, tls: tls::client_config()?, connect_timeout, user_agent };
        basis.egress(proxy)
    }

    /// The same client with a proxy of its own, such as `http://user:password@10.0.0.2:3128`: everything goes through
    /// it, near places too, since somebody asked for just that. An administrator vouches for its address. Asking again
    /// for the same proxy gives the same client with its open connections.
    ///
    /// # Errors
    /// [`ConfigError`] when the proxy is not usable.
    pub fn through(&self, proxy: &str) -> Result<Self, ConfigError> {
        let mut chosen = self.shared.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = chosen.iter().position(|(text, _)| text == proxy).and_then(|at| chosen.remove(at));
        let (text, egress) = match kept {
            Some(kept) => kept,
            None => (proxy.to_owned(), self.shared.basis.clone().egress(Some(Proxy::chosen(proxy)?))?),
        };
        if chosen.len() >= MOST_CHOSEN {
            chosen.pop_front();
        }
        chosen.push_back((text, egress.clone()));
        Ok(egress)
    }

    /// How long a connection may take to open; what a [`FailureKind::Timeout`] ran into.
    #[must_use]
    pub fn connect_timeout(&self) -> Duration {
        self.shared.basis.connect_timeout
    }

    /// Starts a request, once its address has passed the checks that need no name resolution.
    ///
    /// # Errors
    /// [`FailureKind::Blocked`] for an address that may not be reached or cannot be understood.
    pub fn request(&self, trust: Trust, method: Method, url: &str) -> Result<RequestBuilder, Failure> {
        let url = target::parse(url)?;
        self.check(trust, &url)?;
        Ok(self.client(trust).request(method, url))
    }

    /// Sends a request and waits for the head of its answer, a redirect included: none is followed.
    ///
    /// # Errors
    /// [`Failure`] when no answer came.
    pub async fn send(&self, trust: Trust, request: RequestBuilder) -> Result<Response, Failure> {
        let (_, request) = request.build_split();
        let request = request.map_err(|error| Failure::unsendable(&error))?;
        let url = request.url().clone();
        // Checked again: the builder may have been made for another trust.
        self.check(trust, &url)?;
        self.check_behind_proxy(trust, &url).await?;
        match self.client(trust).execute(request).await {
            Ok(response) if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                self.proxy_for(&url).map_or(Ok(response), |proxy| Err(proxy.wants_login(&url)))
            }
            Ok(response) => Ok(response),
            Err(error) => Err(self.explain(&error, &url).await),
        }
    }

    fn check(&self, trust: Trust, url: &Url) -> Result<(), Failure> {
        target::check(trust, url)?;
        match &self.shared.proxy {
            // The resolver lets the proxy's own name pass, so nobody else may ask for it.
            Some(proxy) if trust == Trust::User && proxy.is_host(url) => Err(target::blocked(url, "it is the proxy")),
            _ => Ok(()),
        }
    }

    /// A proxy resolves names by itself, near where it stands: what a person named is looked up here first, and every
    /// address of it must be one that they may reach. A name that only the proxy knows could be anything, so it is
    /// refused.
    async fn check_behind_proxy(&self, trust: Trust, url: &Url) -> Result<(), Failure> {
        if trust == Trust::Admin || self.proxy_for(url).is_none() {
            return Ok(());
        }
        resolver::check_name(&self.shared.basis.lookup, trust, url, self.connect_timeout()).await
    }

    fn client(&self, trust: Trust) -> &Client {
        match trust {
            Trust::Admin => self.shared.admin.own(),
            Trust::User => self.shared.user.own(),
        }
    }

    fn proxy_for(&self, url: &Url) -> Option<&Proxy> {
        self.shared.proxy.as_ref().filter(|proxy| proxy.covers(url))
    }

    /// Explains a failed request with what the error alone cannot tell: the proxy or the fake address in between.
    async fn explain(&self, error: &reqwest::Error, url: &Url) -> Failure {
        let failure = explain(error, url);
        if let Some(proxy) = self.proxy_for(url) {
            return proxy.blame(failure, error);
        }
        if failure.may_be_fake_ip() && resolver::answers_with_fake_ip(&self.shared.basis.lookup, url).await {
            return Failure { kind: FailureKind::FakeIp, ..failure };
        }
        failure
    }
}

fn builder(resolver: Guarded, tls: rustls::ClientConfig) -> ClientBuilder {
    Client::builder()
        .no_proxy()
        .tls_backend_preconfigured(tls)
        .dns_resolver(resolver)
        .redirect(redirect::Policy::none())
        .referer(false)
        .pool_idle_timeout(POOL_IDLE)
        .pool_max_idle_per_host(POOL_PER_HOST)
        .http2_keep_alive_interval(HTTP2_PING)
        .http2_keep_alive_timeout(HTTP2_PING)
        .http2_keep_alive_while_idle(true)
        .tcp_nodelay(true)
}

#[cfg(test)]
mod tests;
