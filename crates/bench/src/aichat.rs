//! AIChat as a process with a data directory of its own, set up through its interface as a person would.

use crate::endpoint::{Endpoint, Wire};
use crate::http::{Connection, encode};
use crate::machine::Scratch;
use crate::mock::{KEY, free_port};
use crate::process::{Server, until_healthy};
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// People who share the load, the first of them the administrator. They exist as long as the data directory: until the
/// run ends.
const PEOPLE: usize = 4;
const PASSWORD: &str = "bench-password-1";
/// Runs that one of them may have at once, the most that the setting allows.
const RUNS_PER_USER: u32 = 1_000;
/// Age at which access tokens are renewed, well before they expire.
const RENEW: Duration = Duration::from_secs(5 * 60);
/// Lines of the log that are shown when the server does not come up.
const LOG_LINES: usize = 15;

/// The running AIChat.
pub(crate) struct AiChat {
    binary: PathBuf,
    data: PathBuf,
    address: SocketAddr,
    model_url: String,
    server: Option<Server>,
    /// One access token for each person.
    tokens: Vec<String>,
    signed_in: Instant,
}

impl AiChat {
    /// An AIChat that keeps its data in `data` and talks to the model at `model_url`; not started yet.
    pub(crate) fn new(binary: &Path, data: &Path, model_url: String) -> Result<Self> {
        let binary = binary.canonicalize().with_context(|| format!("{} does not exist", binary.display()))?;
        let address = ([127, 0, 0, 1], free_port()?).into();
        Ok(Self {
            binary,
            data: data.to_owned(),
            address,
            model_url,
            server: None,
            tokens: Vec::new(),
            signed_in: Instant::now(),
        })
    }

    /// Starts it, again if it runs, and says how long that took in seconds.
    pub(crate) async fn restart(&mut self) -> Result<f64> {
        self.stop().await?;
        let started = Instant::now();
        let mut command = self.command()?;
        let server = self.server.insert(Server::start(&mut command)?);
        if let Err(error) = until_healthy(server, self.address, "/api/health").await {
            bail!("AIChat does not come up, {error:#}; its log ends:\n{}", self.log_end());
        }
        Ok(started.elapsed().as_secs_f64())
    }

    /// Starts another one like it in an empty directory of its own, says how long that took in seconds, and ends it.
    pub(crate) async fn first_start(&self) -> Result<f64> {
        let empty = Scratch::new(&self.data)?;
        let mut other = Self::new(&self.binary, &empty.0, self.model_url.clone())?;
        let seconds = other.restart().await?;
        // Gone before its directory is.
        other.stop().await?;
        Ok(seconds)
    }

    async fn stop(&mut self) -> Result<()> {
        match self.server.take() {
            Some(server) => server.stop().await,
            None => Ok(()),
        }
    }

    /// Nothing of the caller's environment or directory reaches it: no `.env`, no database of theirs.
    fn command(&self) -> Result<Command> {
        let log = File::create(self.log())?;
        let mut command = Command::new(&self.binary);
        command.env_clear().current_dir(&self.data).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        command.env("DATA_DIR", &self.data).env("HOST", "127.0.0.1").env("PORT", self.address.port().to_string());
        command.env("LLM_API_URL", &self.model_url).env("LLM_API_KEY", KEY).env("LLM_MODEL", "ok");
        Ok(command)
    }

    fn log(&self) -> PathBuf {
        self.data.join("bench-server.log")
    }

    fn log_end(&self) -> String {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
    }

    /// Registers the people and connects the models of the loads.
    pub(crate) async fn set_up(&mut self, models: &[String]) -> Result<()> {
        let admin = self.call("POST", "/api/auth/register", None, &credentials(0)).await?;
        let admin = access_token(&admin)?;
        for person in 1..PEOPLE {
            let registered = self.call("POST", "/api/auth/register", None, &credentials(person)).await?;
            let id = registered["user"]["id"].as_str().context("registering gave no id")?;
            let active = json!({ "status": "active" });
            self.call("PATCH", &format!("/api/admin/users/{id}"), Some(&admin), &active).await?;
        }
        let runs = json!({ "value": RUNS_PER_USER });
        self.call("PUT", "/api/settings/system/runs_per_user", Some(&admin), &runs).await?;
        let connection = json!({"name": "bench", "baseUrl": self.model_url, "key": KEY, "models": models});
        self.call("POST", "/api/connections", Some(&admin), &connection).await?;
        self.log_in().await
    }

    /// Signs everybody in again when their tokens are no longer young.
    pub(crate) async fn renew(&mut self) -> Result<()> {
        if self.signed_in.elapsed() > RENEW { self.log_in().await } else { Ok(()) }
    }

    async fn log_in(&mut self) -> Result<()> {
        let mut tokens = Vec::new();
        for person in 0..PEOPLE {
            let answer = self.call("POST", "/api/auth/login", None, &credentials(person)).await?;
            tokens.push(access_token(&answer)?);
        }
        (self.tokens, self.signed_in) = (tokens, Instant::now());
        Ok(())
    }

    async fn call(&self, method: &str, path: &str, bearer: Option<&str>, body: &Value) -> Result<Value> {
        let mut connection = Connection::open(self.address).await?;
        connection.send(&encode(method, path, bearer, Some(body))).await?;
        let status = connection.head().await?;
        let body = connection.body().await?;
        if !(200..300).contains(&status) {
            bail!("{method} {path} answered {status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Where it is measured.
    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint { address: self.address, bearers: self.tokens.clone(), wire: Wire::AiChat }
    }

    /// Its process.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.server.as_ref().map(Server::pid)
    }
}

fn credentials(person: usize) -> Value {
    json!({"username": format!("bench-{person}"), "password": PASSWORD, "tokens": true})
}

fn access_token(answer: &Value) -> Result<String> {
    let token = answer["tokens"]["accessToken"].as_str();
    Ok(token.context("signing in gave no access token")?.to_owned())
}
