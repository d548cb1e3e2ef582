//! The real program as a process of its own, for what only a process can do: die.

use crate::support::{PASSWORD, PATIENCE, TestUser, eventually};
use mock_llm::{MockLlm, Options};
use serde_json::json;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

/// A running `aichat serve`.
pub(crate) struct Process {
    child: Child,
    url: String,
    data_dir: PathBuf,
    mock: MockLlm,
}

fn command(data_dir: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aichat"));
    command.args(["serve", "--port", "0"]).env_clear().env("DATA_DIR", data_dir).current_dir(data_dir);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn start(data_dir: &std::path::Path) -> (Child, String) {
    let mut child = command(data_dir).spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let address = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.trim().strip_prefix("address").map(|address| address.trim().to_owned()));
    // The rest is read so that the pipe never fills.
    std::thread::spawn(move || lines.for_each(drop));
    (child, address.expect("the banner names the address"))
}

impl Process {
    /// Starts the program in a fresh data directory.
    pub(crate) async fn start() -> Self {
        let data_dir = std::env::temp_dir().join(format!("aichat-process-{}", server::clock::new_id()));
        std::fs::create_dir_all(&data_dir).expect("a temporary directory");
        let (child, url) = start(&data_dir);
        let mock = MockLlm::start(Options { workers: 1, ..Options::default() }).expect("the fake model server starts");
        let process = Self { child, url, data_dir, mock };
        process.healthy().await;
        process
    }

    async fn healthy(&self) {
        eventually("the server is well", || async {
            let request = TestUser::at(&self.url).request(reqwest::Method::GET, "/api/settings/health");
            request.send().await.is_ok_and(|response| response.status().is_success())
        })
        .await;
    }

    /// The first account, with a connection to the fake model server.
    pub(crate) async fn admin(&self, models: &[&str]) -> TestUser {
        let body = json!({"username": "admin", "password": PASSWORD, "tokens": true});
        let reply = TestUser::at(&self.url).post("/api/auth/register", body).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        let token = reply.body["tokens"]["accessToken"].as_str().map(str::to_owned);
        let user = TestUser::at(&self.url).holding(token);
        let body = json!({"name": "mock", "baseUrl": self.mock.base_url(), "models": models});
        let reply = user.post("/api/connections", body).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        user
    }

    /// The same person at the restarted server: the login survives.
    pub(crate) fn again(&self, user: &TestUser) -> TestUser {
        TestUser::at(&self.url).holding(user.token.clone())
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it is gone");
    }

    /// SIGTERM.
    pub(crate) fn terminate(&self) {
        let killed = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill is there");
        assert!(killed.success());
    }

    /// Waits for the end of the program.
    pub(crate) async fn wait(&mut self) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while self.child.try_wait().expect("a child").is_none() {
            assert!(tokio::time::Instant::now() < deadline, "the program ends after SIGTERM");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Starts it again on the same data.
    pub(crate) async fn restart(&mut self) {
        (self.child, self.url) = start(&self.data_dir);
        self.healthy().await;
    }

    /// Tries to start a second one on the same data.
    pub(crate) async fn twin(&self) -> Output {
        let mut command = command(&self.data_dir);
        tokio::task::spawn_blocking(move || command.output()).await.expect("no panic").expect("it ran")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.data_dir);
    }
}
