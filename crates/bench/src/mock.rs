//! The fake model as a process of its own, so that its processor time and memory can be told apart.

use crate::endpoint::Endpoint;
use crate::process::{Server, until_healthy};
use anyhow::Result;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// The key that is sent to it, which it does not check.
pub(crate) const KEY: &str = "bench";

/// The running fake model. Its port stays the same over restarts.
pub(crate) struct Mock {
    binary: PathBuf,
    port: u16,
    server: Option<Server>,
}

impl Mock {
    /// A fake model on `port` or a free one; not started yet.
    pub(crate) fn new(binary: &Path, port: Option<u16>) -> Result<Self> {
        let port = port.map_or_else(free_port, Ok)?;
        Ok(Self { binary: binary.to_owned(), port, server: None })
    }

    /// Starts it, again if it runs, and says how long that took in seconds.
    pub(crate) async fn restart(&mut self) -> Result<f64> {
        if let Some(server) = self.server.take() {
            server.stop().await?;
        }
        let address = self.endpoint()?.address;
        let started = Instant::now();
        let port = self.port.to_string();
        let mut command = Command::new(&self.binary);
        command.args(["--port", &port]).stdin(Stdio::null()).stdout(Stdio::null());
        let server = self.server.insert(Server::start(&mut command)?);
        until_healthy(server, address, "/v1/models").await?;
        Ok(started.elapsed().as_secs_f64())
    }

    /// The base URL that clients of it are given.
    pub(crate) fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    /// Where it is measured.
    pub(crate) fn endpoint(&self) -> Result<Endpoint> {
        Endpoint::openai(&self.base_url(), KEY)
    }

    /// Its process.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.server.as_ref().map(Server::pid)
    }
}

/// A port that nothing listens on now.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
