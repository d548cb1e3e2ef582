//! Resolves names for the connector and hands it only addresses that the policy allows. The connector opens sockets to
//! exactly these, so there is no second look-up that could answer differently.

use crate::failure::{Failure, FailureKind, Withheld};
use crate::policy::{self, Trust};
use crate::proxy::Proxy;
use crate::target;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// Longest look-up while a failure is being explained.
const EXPLAIN_TIME: Duration = Duration::from_secs(2);

type Answer = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// How a name becomes addresses; tests put their own in.
pub(crate) type Lookup = Arc<dyn Fn(String) -> Answer + Send + Sync>;

/// The system's resolver.
pub(crate) fn system() -> Lookup {
    Arc::new(|name| Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) }))
}

/// The resolver of one trust's client.
pub(crate) struct Guarded {
    trust: Trust,
    lookup: Lookup,
    proxy_name: Option<String>,
}

impl Guarded {
    pub(crate) fn new(trust: Trust, lookup: Lookup, proxy: Option<&Proxy>) -> Self {
        Self { trust, lookup, proxy_name: proxy.and_then(Proxy::name).map(str::to_owned) }
    }

    /// The configuration vouches for the proxy; everything else is judged by the client's trust.
    fn trust_in(&self, name: &str) -> Trust {
        if self.proxy_name.as_deref() == Some(name) { Trust::Admin } else { self.trust }
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let trust = self.trust_in(name.as_str());
        let answer = (self.lookup)(name.as_str().to_owned());
        Box::pin(async move {
            let allowed: Addrs = Box::new(allowed(trust, answer.await?)?.into_iter());
            Ok(allowed)
        })
    }
}

/// Keeps the allowed addresses; when none is left, says why the first one was withheld.
pub(crate) fn allowed(
    trust: Trust,
    addresses: Vec<SocketAddr>,
) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
    let mut withheld = None;
    let mut kept = addresses;
    kept.retain(|address| match policy::check_resolved(trust, address.ip()) {
        Ok(()) => true,
        Err(reason) => {
            withheld.get_or_insert(reason);
            false
        }
    });
    match withheld {
        _ if !kept.is_empty() => Ok(kept),
        Some(reason) => Err(Box::new(Withheld(reason))),
        None => Err("the name has no address".into()),
    }
}

/// Looks up a name that somebody else will resolve, and refuses it when one of its addresses may not be reached or it is
/// not known here. Literal addresses were judged before.
pub(crate) async fn check_name(lookup: &Lookup, trust: Trust, url: &Url, patience: Duration) -> Result<(), Failure> {
    let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
    let unknown = |detail: String| Failure {
        kind: FailureKind::Dns,
        host: target::host_and_port(url),
        detail: format!("{detail}; behind a proxy, only names that this server can look up are asked for"),
        proxy: None,
    };
    let answer = tokio::time::timeout(patience, lookup(name.to_owned())).await;
    let answer = answer.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    let addresses = answer.map_err(|error| unknown(error.to_string()))?;
    if addresses.is_empty() {
        return Err(unknown("the name has no address".to_owned()));
    }
    let judged = addresses.iter().try_for_each(|address| policy::check_resolved(trust, address.ip()));
    judged.map_err(|reason| target::blocked(url, &reason.to_string()))
}

/// Whether the host of `url` is, or resolves to, an address that a local proxy made up.
pub(crate) async fn answers_with_fake_ip(lookup: &Lookup, url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => policy::is_fake_ip(address.into()),
        Some(Host::Domain(name)) => match tokio::time::timeout(EXPLAIN_TIME, lookup(name.to_owned())).await {
            Ok(Ok(addresses)) => addresses.iter().any(|address| policy::is_fake_ip(address.ip())),
            _ => false,
        },
        _ => false,
    }
}
