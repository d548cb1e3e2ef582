//! Starting and stopping the server on a thread of its own, so that it works inside any runtime and any test.

use crate::ledger::Ledger;
use crate::oidc::Issuer;
use crate::routes::{self, State};
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt, web};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

/// Connections that may wait to be accepted: a benchmark opens thousands at once.
const BACKLOG: u32 = 4096;

/// Idle connections are kept longer than our clients keep theirs.
const KEEP_ALIVE: Duration = Duration::from_secs(120);

/// How the server is started.
#[derive(Clone)]
pub struct Options {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Worker threads, at least one.
    pub workers: usize,
    /// The key that callers must present as a bearer token; none accepts everybody.
    pub key: Option<String>,
    /// Paths under which `/models`, `/chat/completions` and their like are found.
    pub base_paths: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { port: 0, workers: 2, key: None, base_paths: vec!["/v1".into(), String::new()] }
    }
}

/// A running server. Dropping it stops it without waiting.
pub struct MockLlm {
    address: SocketAddr,
    base_path: String,
    ledger: Ledger,
    handle: ServerHandle,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl MockLlm {
    /// Starts the server and returns once it accepts connections.
    ///
    /// # Errors
    /// When the port is taken or the thread cannot be started.
    pub fn start(options: Options) -> io::Result<Self> {
        let ledger = Ledger::default();
        let base_path = options.base_paths.first().cloned().unwrap_or_default();
        let state = State { key: options.key.clone(), ledger: ledger.clone(), issuer: Issuer::default() };
        let (tell, told) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("mock-llm".into())
            .spawn(move || rt::System::new().block_on(serve(options, state, tell)))?;
        let (address, handle) = told.recv().map_err(|_| io::Error::other("the server thread ended"))??;
        Ok(Self { address, base_path, ledger, handle, thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL to configure in a client, for instance `http://127.0.0.1:41234/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}{}", self.address, self.base_path)
    }

    /// The name of its OpenID Connect issuer.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it served so far.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Closes every connection, whatever is being sent, and waits until the server is gone.
    pub async fn stop(mut self) {
        self.handle.stop(false).await;
        if let Some(thread) = self.thread.take() {
            // The thread only drops its runtime now, which takes no time worth giving up this one for.
            let _ = thread.join();
        }
    }

    /// Serves until the server is stopped from elsewhere or the process is asked to end.
    ///
    /// # Errors
    /// When the server fails.
    pub fn wait(mut self) -> io::Result<()> {
        let thread = self.thread.take();
        thread.map_or(Ok(()), |thread| thread.join().unwrap_or_else(|_| Err(io::Error::other("the server panicked"))))
    }
}

impl Drop for MockLlm {
    fn drop(&mut self) {
        // The command is sent by the call itself; nobody waits for its completion.
        drop(self.handle.stop(false));
    }
}

type Told = io::Result<(SocketAddr, ServerHandle)>;

async fn serve(options: Options, state: State, tell: mpsc::Sender<Told>) -> io::Result<()> {
    let state = web::Data::new(state);
    let base_paths = options.base_paths;
    let server = HttpServer::new(move || {
        let base_paths = base_paths.clone();
        App::new().app_data(state.clone()).configure(move |config| routes::configure(config, &base_paths))
    })
    .workers(options.workers.max(1))
    .backlog(BACKLOG)
    // A token must leave at once, however small it is.
    .tcp_nodelay(true)
    // One byte means: every chunk of a body is its own write, also when several are due together.
    .h1_write_buffer_size(1)
    // A client under load may have opened a connection long before it asks, and keeps those that it has used: none is closed
    // or answered with 408 under its hands, so that whatever it sends is in the ledger.
    .client_request_timeout(Duration::ZERO)
    .keep_alive(KEEP_ALIVE)
    // Without this a client that leaves during a silence goes unnoticed until the next write.
    .h1_allow_half_closed(false)
    .disable_signals()
    .shutdown_timeout(1)
    .bind((Ipv4Addr::LOCALHOST, options.port));
    let server = match server {
        Ok(server) => server,
        Err(error) => {
            let _ = tell.send(Err(error));
            return Ok(());
        }
    };
    let address = server.addrs().first().copied().unwrap_or_else(|| (Ipv4Addr::LOCALHOST, options.port).into());
    let server = server.run();
    let _ = tell.send(Ok((address, server.handle())));
    server.await
}
