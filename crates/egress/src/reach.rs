//! Opens a connection step by step and closes it again, so that somebody sees which step fails and what each one takes.

use crate::failure::{Failure, FailureKind, Withheld, of_io};
use crate::resolver::{allowed, answers_with_fake_ip};
use crate::{Egress, Trust, target};
use rustls::pki_types::ServerName;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// A step on the way to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The name becomes addresses; an address by number needs none.
    Dns,
    /// One of them takes a connection.
    Tcp,
    /// The connection is made secure; plain http does without.
    Tls,
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Which one.
    pub step: Step,
    /// How long it took.
    pub time: Duration,
    /// Why it led no further.
    pub failure: Option<Failure>,
}

impl Egress {
    /// Takes the steps to the server of `url`, up to the first that fails, within the time that a connection may take to
    /// open. None is taken where a proxy opens the connections: what it does is not seen from here.
    ///
    /// # Errors
    /// [`FailureKind::Blocked`] for an address that may not be reached, as far as that can be told without a look-up.
    pub async fn reach(&self, trust: Trust, url: &str) -> Result<Vec<Taken>, Failure> {
        let url = target::parse(url)?;
        self.check(trust, &url)?;
        if self.proxy_for(&url).is_some() {
            return Ok(Vec::new());
        }
        let until = Instant::now() + self.connect_timeout();
        let mut walk = Walk { egress: self, trust, url: &url, until, taken: Vec::new() };
        walk.go().await;
        Ok(walk.taken)
    }
}

/// The steps to one server.
struct Walk<'a> {
    egress: &'a Egress,
    trust: Trust,
    url: &'a Url,
    until: Instant,
    taken: Vec<Taken>,
}

impl Walk<'_> {
    async fn go(&mut self) -> Option<()> {
        let addresses = match self.url.host()? {
            Host::Domain(name) => {
                let began = Instant::now();
                let found = self.look_up(name).await;
                self.take(Step::Dns, began, found)?
            }
            Host::Ipv4(address) => vec![self.beside_port(address.into())],
            Host::Ipv6(address) => vec![self.beside_port(address.into())],
        };
        let began = Instant::now();
        let connected = self.connect(&addresses).await;
        let stream = self.take(Step::Tcp, began, connected)?;
        if self.url.scheme() == "https" {
            let began = Instant::now();
            let secured = self.secure(stream).await;
            self.take(Step::Tls, began, secured)?;
        }
        Some(())
    }

    fn take<T>(&mut self, step: Step, began: Instant, came: Result<T, Failure>) -> Option<T> {
        let (came, failure) = match came {
            Ok(came) => (Some(came), None),
            Err(failure) => (None, Some(failure)),
        };
        self.taken.push(Taken { step, time: began.elapsed(), failure });
        came
    }

    fn beside_port(&self, address: IpAddr) -> SocketAddr {
        SocketAddr::new(address, self.url.port_or_known_default().unwrap_or_default())
    }

    async fn look_up(&self, name: &str) -> Result<Vec<SocketAddr>, Failure> {
        let failed = |kind, detail: String| {
            let host = self.url.host_str().unwrap_or_default().to_owned();
            Failure { kind, host, detail, proxy: None }
        };
        let answer = timeout_at(self.until, (self.egress.shared.basis.lookup)(name.to_owned())).await;
        let answer = answer.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let found = answer.map_err(|error| failed(FailureKind::Dns, error.to_string()))?;
        let found = allowed(self.trust, found).map_err(|error| match error.downcast_ref::<Withheld>() {
            Some(withheld) => failed(FailureKind::Blocked, withheld.to_string()),
            None => failed(FailureKind::Dns, error.to_string()),
        })?;
        Ok(found.into_iter().map(|address| self.beside_port(address.ip())).collect())
    }

    /// The first address that takes a connection, as the client would find it.
    async fn connect(&self, addresses: &[SocketAddr]) -> Result<TcpStream, Failure> {
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in addresses {
            match timeout_at(self.until, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => last = error,
                Err(_) => return Err(self.explained(&io::ErrorKind::TimedOut.into()).await),
            }
        }
        Err(self.explained(&last).await)
    }

    async fn secure(&self, stream: TcpStream) -> Result<(), Failure> {
        let host = self.url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(host).map_err(io::Error::other);
        let handshake = async {
            let connector = TlsConnector::from(Arc::new(self.egress.shared.basis.tls.clone()));
            connector.connect(name?, stream).await.map(drop)
        };
        let done = timeout_at(self.until, handshake).await;
        match done.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.explained(&error).await),
        }
    }

    async fn explained(&self, error: &io::Error) -> Failure {
        let (kind, detail) = of_io(error);
        let detail = detail.unwrap_or_else(|| error.to_string());
        let failure = Failure { kind, host: target::host_and_port(self.url), detail, proxy: None };
        if failure.may_be_fake_ip() && answers_with_fake_ip(&self.egress.shared.basis.lookup, self.url).await {
            return Failure { kind: FailureKind::FakeIp, ..failure };
        }
        failure
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{client, quick, server};
    use crate::{Config, Egress, FailureKind, Step, Trust};

    async fn steps(egress: &Egress, trust: Trust, url: &str) -> Vec<(Step, Option<FailureKind>)> {
        let taken = egress.reach(trust, url).await.expect(url);
        taken.into_iter().map(|taken| (taken.step, taken.failure.map(|failure| failure.kind))).collect()
    }

    #[tokio::test]
    async fn each_step_is_taken_up_to_the_first_that_fails() {
        let (port, _) = server(b"HTTP/1.1 200 OK\r\n\r\n", false).await;
        let egress = client(quick(), &[&["127.0.0.1"]]);
        let at = |scheme: &str, host: &str, port: u16| format!("{scheme}://{host}:{port}/v1");
        let good = steps(&egress, Trust::Admin, &at("http", "model.example", port)).await;
        assert_eq!(good, [(Step::Dns, None), (Step::Tcp, None)]);
        assert_eq!(steps(&egress, Trust::Admin, &at("http", "127.0.0.1", port)).await, [(Step::Tcp, None)]);
        let plain = steps(&egress, Trust::Admin, &at("https", "model.example", port)).await;
        assert_eq!(plain, [(Step::Dns, None), (Step::Tcp, None), (Step::Tls, Some(FailureKind::Tls))]);
        let refused = steps(&egress, Trust::Admin, &at("http", "model.example", 1)).await;
        assert_eq!(refused, [(Step::Dns, None), (Step::Tcp, Some(FailureKind::Refused))]);
        let unknown = steps(&client(quick(), &[]), Trust::Admin, "http://model.example/v1").await;
        assert_eq!(unknown, [(Step::Dns, Some(FailureKind::Dns))]);
    }

    #[tokio::test]
    async fn a_silent_handshake_ends_with_the_time_to_connect() {
        let (port, _) = server(b"", true).await;
        let egress = client(quick(), &[]);
        let silent = steps(&egress, Trust::Admin, &format!("https://127.0.0.1:{port}")).await;
        assert_eq!(silent, [(Step::Tcp, None), (Step::Tls, Some(FailureKind::Timeout))]);
    }

    #[tokio::test]
    async fn nothing_is_opened_to_what_may_not_be_reached_nor_past_a_proxy() {
        let (port, requests) = server(b"", false).await;
        let egress = client(quick(), &[&["127.0.0.1"]]);
        let url = format!("http://model.example:{port}");
        assert_eq!(steps(&egress, Trust::User, &url).await, [(Step::Dns, Some(FailureKind::Blocked))]);
        let literal = egress.reach(Trust::User, &format!("http://127.0.0.1:{port}")).await.expect_err("blocked");
        assert_eq!(literal.kind, FailureKind::Blocked);
        let proxy = Config { proxy: Some("http://127.0.0.1:1".to_owned()), ..quick() };
        assert_eq!(steps(&client(proxy, &[]), Trust::Admin, "http://model.example").await, []);
        assert!(requests.lock().expect("no panic").is_empty());
    }

    #[tokio::test]
    async fn a_made_up_address_that_does_not_answer_is_named() {
        let egress = client(quick(), &[&["198.18.0.7"]]);
        let fake = steps(&egress, Trust::Admin, "https://model.example").await;
        // Some networks take the connection and say nothing, others take none.
        assert_eq!((fake[0], fake[fake.len() - 1].1), ((Step::Dns, None), Some(FailureKind::FakeIp)), "{fake:?}");
    }
}
