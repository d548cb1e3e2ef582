//! Who calls, as far as the network tells: address, device, scheme and the names they reached us by. `X-Forwarded-*`
//! counts only when the peer is a trusted proxy; no other header ever says who somebody is.

use super::cookies::DEVICE;
use crate::config::Config;
use actix_web::HttpRequest;
use actix_web::http::header::{HOST, HeaderMap, ORIGIN, USER_AGENT};
use ipnet::IpNet;
use shared::self_test::Seen;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What is believed, and about whom.
#[derive(Clone, Debug)]
pub struct Trust {
    proxies: Vec<IpNet>,
    public: Option<Site>,
}

/// A scheme, a name and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Site {
    https: bool,
    host: String,
    port: Option<u16>,
}

/// A caller.
#[derive(Clone, Debug)]
pub struct Client {
    /// Where they call from.
    pub address: IpAddr,
    /// What their browser or program calls itself.
    pub device: String,
    /// Whether they reach us over TLS.
    pub secure: bool,
    /// What marks their browser as one in which somebody signed in before, as it was sent.
    pub mark: Option<String>,
}

impl Client {
    /// The address as tries are counted: an IPv6 host owns all of its /64, so that counts as one.
    #[must_use]
    pub fn network(&self) -> IpAddr {
        network(self.address)
    }
}

/// The network of an address, see [`Client::network`].
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

/// Longest device name kept, in characters.
const MAX_DEVICE_CHARS: usize = 200;

/// In what a proxy says for whom it speaks.
const FORWARDED: [&str; 3] = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"];

impl Trust {
    /// What the operator said.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self { proxies: config.trusted_proxies.clone(), public: config.public_url.as_deref().and_then(site) }
    }

    /// Whether a request comes from our own pages: no `Origin`, or one that names us.
    #[must_use]
    pub fn is_own_page(&self, request: &HttpRequest) -> bool {
        let headers = request.headers();
        let Some(origin) = headers.get(ORIGIN) else { return true };
        let Some(origin) = origin.to_str().ok().and_then(site) else { return false };
        self.is_ours(&origin, &hosts(headers, self.is_trusted(peer(request))))
    }

    /// What is believed about a request, for somebody who looks for the cause of trouble.
    #[must_use]
    pub fn seen(&self, request: &HttpRequest) -> Seen {
        let (headers, peer) = (request.headers(), peer(request));
        Seen {
            secure: self.client(request).secure,
            own_page: self.is_own_page(request),
            forwarded: FORWARDED.iter().any(|name| headers.contains_key(*name)),
            trusted_peer: self.is_trusted(peer),
            peer: peer.to_string(),
            host: header(headers, HOST.as_str()).unwrap_or_default().to_owned(),
        }
    }

    /// The origin under which the caller reached us, as far as that is believed.
    #[must_use]
    pub fn origin(&self, request: &HttpRequest) -> String {
        let headers = request.headers();
        // What a proxy says comes last, and is nearer to what the browser shows.
        let site = hosts(headers, self.is_trusted(peer(request))).pop();
        let scheme = if self.client(request).secure { "https" } else { "http" };
        let (host, port) = site.map_or(("localhost".to_owned(), None), |site| (site.host, site.port));
        port.map_or_else(|| format!("{scheme}://{host}"), |port| format!("{scheme}://{host}:{port}"))
    }

    /// Describes the caller.
    #[must_use]
    pub fn client(&self, request: &HttpRequest) -> Client {
        let headers = request.headers();
        let device = header(headers, USER_AGENT.as_str()).unwrap_or_default();
        let device = device.chars().filter(|c| !c.is_control()).take(MAX_DEVICE_CHARS).collect();
        let forwarded = self.is_trusted(peer(request));
        let hosts = hosts(headers, forwarded);
        let secure = self.is_secure(headers, forwarded, &hosts);
        let mark = request.cookie(DEVICE).map(|cookie| cookie.value().to_owned());
        Client { address: self.address(request), device, secure, mark }
    }

    /// The caller's address: the last one in `X-Forwarded-For` that is no trusted proxy.
    #[must_use]
    pub fn address(&self, request: &HttpRequest) -> IpAddr {
        let mut address = peer(request);
        let lines: Vec<&str> =
            request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
        for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            if !self.is_trusted(address) {
                break;
            }
            let Some(before) = parse_address(hop.trim()) else { break };
            address = before;
        }
        address
    }

    fn is_trusted(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|net| net.contains(&address))
    }

    /// A proxy's word about the scheme counts; behind one that says nothing, `PUBLIC_URL` does for its own name.
    fn is_secure(&self, headers: &HeaderMap, forwarded: bool, hosts: &[Site]) -> bool {
        let said = header(headers, "x-forwarded-proto").filter(|_| forwarded);
        let said =
            said.and_then(|value| value.split(',').next().map(|scheme| scheme.trim().eq_ignore_ascii_case("https")));
        let public = self.public.as_ref().filter(|public| public.https);
        said == Some(true) || public.is_some_and(|public| hosts.iter().any(|site| site.host == public.host))
    }

    /// A browser's `Origin` must name us. A `Host` without port, as some panels send it, stands for any port.
    fn is_ours(&self, origin: &Site, hosts: &[Site]) -> bool {
        let is_ours = |ours: &Site| {
            ours.host == origin.host
                && ours.port.is_none_or(|port| Some(port) == origin.port.or(Some(default_port(origin))))
        };
        hosts.iter().any(is_ours) || self.public.as_ref() == Some(origin)
    }
}

fn default_port(site: &Site) -> u16 {
    if site.https { 443 } else { 80 }
}

/// The direct peer. Requests that came through no socket (tests, a Unix socket) are local.
fn peer(request: &HttpRequest) -> IpAddr {
    request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.ip().to_canonical())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Proxies write an address bare, with a port, or in brackets.
fn parse_address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address| address.to_canonical())
}

/// The names the caller used: `Host`, and what a trusted proxy says it was before.
fn hosts(headers: &HeaderMap, forwarded: bool) -> Vec<Site> {
    let before = header(headers, "x-forwarded-host").filter(|_| forwarded).and_then(|value| value.split(',').next());
    [header(headers, HOST.as_str()), before]
        .into_iter()
        .flatten()
        .filter_map(|host| site(&format!("http://{}", host.trim())))
        .collect()
}

/// Reads an origin or a URL. Ports are kept as written: `http://name:80` and `http://name` compare by default port.
fn site(text: &str) -> Option<Site> {
    let (scheme, rest) = text.split_once("://")?;
    let https = scheme.eq_ignore_ascii_case("https");
    if !https && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    let authority = rest.split('/').next().filter(|authority| !authority.contains('@'))?;
    let ported = authority.rsplit_once(':').filter(|(_, port)| !port.contains(']'));
    let (host, port) = match ported {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (authority, None),
    };
    (!host.is_empty()).then(|| Site { https, host: host.to_ascii_lowercase(), port })
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
