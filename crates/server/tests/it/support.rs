//! A server of one's own for every test, and people who talk to it.

pub(crate) mod described;
mod events;
pub(crate) mod recorded;

pub(crate) use events::{Events, Finished};

use actix_web::dev::ServerHandle;
use actix_web::{HttpServer, web};
use mock_llm::{MockLlm, Options};
use reqwest::{Client, Method, RequestBuilder, header};
use serde_json::{Value, json};
use server::App;
use server::cli::Cli;
use server::clock::{Clock, new_id};
use server::config::Config;
use server::db::Engine;
use shared::accounts::{Theme, User, UserRole, UserStatus};
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

/// Nothing in a test takes longer; a wait beyond it is a failure, not a slow machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A running server with its data directory and its fake model server.
pub(crate) struct TestApp {
    /// The application behind the server.
    pub(crate) app: web::Data<App>,
    /// Base URL without a slash at its end.
    pub(crate) url: String,
    /// The fake model server.
    pub(crate) mock: MockLlm,
    /// The data directory.
    pub(crate) data_dir: PathBuf,
    handle: ServerHandle,
}

impl TestApp {
    /// A fresh server without accounts.
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A fresh server whose configuration is changed first.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let data_dir = std::env::temp_dir().join(format!("aichat-test-{}", new_id()));
        std::fs::create_dir_all(&data_dir).expect("a temporary directory");
        let mut config = test_config(&data_dir).await;
        change(&mut config);
        Self::open(config, data_dir).await
    }

    /// The same data directory again, as after a restart.
    pub(crate) async fn open(config: Config, data_dir: PathBuf) -> Self {
        let (app, _) = App::open(config, Clock::default()).await.expect("the server opens");
        let app = web::Data::new(app);
        app.start_background();
        let (url, handle) = listen(app.clone());
        let mock = MockLlm::start(Options { workers: 1, ..Options::default() }).expect("the fake model server starts");
        Self { app, url, mock, data_dir, handle }
    }

    /// Registers the first account, the administrator.
    pub(crate) async fn admin(&self) -> TestUser {
        let reply = self
            .nobody()
            .post("/api/auth/register", json!({"username": "admin", "password": PASSWORD, "tokens": true}))
            .await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        self.signed_in(&reply.body)
    }

    /// Registers somebody and lets the administrator approve them.
    pub(crate) async fn user(&self, admin: &TestUser, name: &str) -> TestUser {
        let credentials = json!({"username": name, "password": PASSWORD, "tokens": true});
        let reply = self.nobody().post("/api/auth/register", credentials.clone()).await;
        assert_eq!(reply.status, 202, "{}", reply.body);
        let path = format!("/api/admin/users/{}", reply.body["user"]["id"].as_str().expect("an id"));
        assert_eq!(admin.patch(&path, json!({"status": "active"})).await.status, 200);
        self.login(name).await
    }

    /// Signs somebody in once more.
    pub(crate) async fn login(&self, name: &str) -> TestUser {
        let credentials = json!({"username": name, "password": PASSWORD, "tokens": true});
        let reply = self.nobody().post("/api/auth/login", credentials).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        self.signed_in(&reply.body)
    }

    /// An administrator and a connection to the fake model server with these models.
    pub(crate) async fn with_models(&self, models: &[&str]) -> TestUser {
        let admin = self.admin().await;
        self.connect(&admin, models).await;
        admin
    }

    /// Adds a connection to the fake model server.
    pub(crate) async fn connect(&self, admin: &TestUser, models: &[&str]) -> Value {
        let body =
            json!({"name": "mock", "baseUrl": self.mock.base_url(), "key": "sk-test-0123456789", "models": models});
        let reply = admin.post("/api/connections", body).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.body
    }

    /// Somebody without an account.
    pub(crate) fn nobody(&self) -> TestUser {
        TestUser::at(&self.url)
    }

    /// Somebody with a token of their own making.
    pub(crate) fn bearer(&self, token: &str) -> TestUser {
        TestUser { token: Some(token.to_owned()), ..self.nobody() }
    }

    fn signed_in(&self, body: &Value) -> TestUser {
        let token = body["tokens"]["accessToken"].as_str().expect("a token");
        let refresh = body["tokens"]["refreshToken"].as_str().map(str::to_owned);
        TestUser { id: body["user"]["id"].as_str().expect("an id").to_owned(), refresh, ..self.bearer(token) }
    }

    /// The configuration of this server, for opening it again.
    pub(crate) fn config(&self) -> Config {
        (*self.app.config).clone()
    }

    /// Drops the server without any goodbye, as `kill -9` would, keeping its data directory.
    pub(crate) async fn crash(mut self) -> (Config, PathBuf) {
        let config = self.config();
        // Its threads end one after the other, and an answer may notice that another one is gone: nothing of that is stored.
        self.app.db.close().await;
        self.handle.stop(false).await;
        let data_dir = std::mem::take(&mut self.data_dir);
        let app = self.app.clone().into_inner();
        drop(self);
        // The server's thread lets go of the application, and with it of the directory, a moment after it stopped.
        eventually("the server is gone", || async { std::sync::Arc::strong_count(&app) == 1 }).await;
        (config, data_dir)
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // The command is sent at once; nobody waits for the answer.
        drop(self.handle.stop(false));
        if !self.data_dir.as_os_str().is_empty() {
            let _ = std::fs::remove_dir_all(&self.data_dir);
        }
    }
}

/// A server whose way to public addresses is a fake model server that plays the proxy: whatever is asked for, it answers.
pub(crate) async fn behind_a_proxy() -> (TestApp, MockLlm) {
    let outside = MockLlm::start(Options { workers: 1, ..Options::default() }).expect("the fake model server starts");
    let proxy = format!("http://{}", outside.address());
    (TestApp::with(|config| config.https_proxy = Some(proxy)).await, outside)
}

/// People may connect models of their own.
pub(crate) async fn allow_own_connections(admin: &TestUser) {
    let reply = admin.put("/api/settings/system/personal_connections", json!({"value": true})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

/// Somebody who may what everybody may.
pub(crate) fn anybody() -> User {
    User {
        id: "anybody".into(),
        username: "anybody".to_owned(),
        role: UserRole::User,
        status: UserStatus::Active,
        reason: None,
        must_change_password: false,
        second_factor: false,
        passwordless: false,
        language: None,
        theme: Theme::default(),
        about: None,
        default_model: None,
        avatar: None,
        created_at: String::new(),
        last_login_at: None,
    }
}

/// The password of everybody.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A configuration of one's own, on the engine under test.
pub(crate) async fn test_config(data_dir: &std::path::Path) -> Config {
    let mut config = Config::load(&Cli::default(), |_| None, "").expect("the defaults are valid");
    config.data_dir = data_dir.to_owned();
    config.bcrypt_cost = 4;
    config.durable = false;
    config.engine = match std::env::var("AICHAT_TEST_DATABASE_URL") {
        Ok(url) => Engine::Postgres(own_schema(&url).await),
        Err(_) => Engine::Sqlite(data_dir.join("aichat.db")),
    };
    config
}

/// A schema of its own in the test database.
async fn own_schema(url: &str) -> String {
    use sqlx::Connection as _;
    let schema = format!("t{}", new_id().replace('-', ""));
    let mut connection = sqlx::PgConnection::connect(url).await.expect("the test database answers");
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE SCHEMA {schema}")))
        .execute(&mut connection)
        .await
        .expect("a schema");
    connection.close().await.expect("closed");
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}options=-c%20search_path%3D{schema}")
}

fn listen(app: web::Data<App>) -> (String, ServerHandle) {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || server::application!(app))
                .workers(1)
                .tcp_nodelay(true)
                .h1_allow_half_closed(false)
                // On a loaded machine a request may come long after its connection: none is answered with 408.
                .client_request_timeout(Duration::ZERO)
                .keep_alive(Duration::from_secs(120))
                .disable_signals()
                .shutdown_timeout(1)
                .bind(("127.0.0.1", 0))
                .expect("a free port");
            let address = server.addrs()[0];
            let running = server.run();
            tell.send((format!("http://{address}"), running.handle())).expect("somebody listens");
            running.await
        })
    });
    told.recv_timeout(PATIENCE).expect("the server listens")
}

/// Somebody who makes requests.
#[derive(Clone)]
pub(crate) struct TestUser {
    url: String,
    /// Their access token.
    pub(crate) token: Option<String>,
    /// Their refresh token.
    pub(crate) refresh: Option<String>,
    /// Their id.
    pub(crate) id: String,
    /// The header in which the token is shown, bare; none for a bearer token.
    header: Option<&'static str>,
    client: Client,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: u16,
    /// The body as JSON; null if it is empty or something else.
    pub(crate) body: Value,
    /// The body as text.
    pub(crate) text: String,
    /// The headers.
    pub(crate) headers: header::HeaderMap,
}

impl Reply {
    /// The error code in the body.
    pub(crate) fn code(&self) -> &str {
        // Below `/v1` errors have the form that programs know.
        let code = self.body["code"].as_str().or_else(|| self.body["error"]["code"].as_str());
        code.unwrap_or_default()
    }
}

impl TestUser {
    /// Somebody without an account at the server with this URL.
    pub(crate) fn at(url: &str) -> Self {
        // Setting this up installs the TLS that every client of the process uses; a test may make one before any server.
        static TLS: std::sync::Once = std::sync::Once::new();
        TLS.call_once(|| drop(egress::Egress::new(egress::Config::default()).expect("a client")));
        Self { url: url.to_owned(), token: None, refresh: None, id: String::new(), header: None, client: Client::new() }
    }

    /// The same with a token.
    pub(crate) fn holding(mut self, token: Option<String>) -> Self {
        self.token = token;
        self
    }

    /// The same, showing the token in this header.
    pub(crate) fn showing_in(&self, header: &'static str) -> Self {
        Self { header: Some(header), ..self.clone() }
    }

    /// A request with the token, if there is one.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url)).timeout(PATIENCE);
        match (&self.token, self.header) {
            (Some(token), None) => request.bearer_auth(token),
            (Some(token), Some(header)) => request.header(header, token),
            (None, _) => request,
        }
    }

    /// Sends a request and reads all of the answer.
    pub(crate) async fn call(&self, request: RequestBuilder) -> Reply {
        let request = request.build().expect("a request");
        let kept = request.try_clone();
        let response = self.client.execute(request).await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a whole answer");
        let reply = Reply { status, body: serde_json::from_str(&text).unwrap_or(Value::Null), text, headers };
        if let Some(request) = kept {
            described::check(&request, &reply);
        }
        reply
    }

    /// GET.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call(self.request(Method::GET, path)).await
    }

    /// POST with a JSON body.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.call(self.request(Method::POST, path).json(&body)).await
    }

    /// PATCH with a JSON body.
    pub(crate) async fn patch(&self, path: &str, body: Value) -> Reply {
        self.call(self.request(Method::PATCH, path).json(&body)).await
    }

    /// PUT with a JSON body.
    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        self.call(self.request(Method::PUT, path).json(&body)).await
    }

    /// PUT with a body of its own.
    pub(crate) async fn put_bytes(&self, path: &str, body: impl Into<reqwest::Body>) -> Reply {
        self.call(self.request(Method::PUT, path).body(body)).await
    }

    /// Uploads a file.
    pub(crate) async fn upload(&self, name: &str, body: impl Into<reqwest::Body>) -> Reply {
        let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        self.call(self.request(Method::POST, &format!("/api/files?name={name}")).body(body)).await
    }

    /// DELETE.
    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.call(self.request(Method::DELETE, path)).await
    }

    /// Starts an answer and reads its events.
    pub(crate) async fn stream(&self, body: Value) -> Events {
        Events::open(self.request(Method::POST, "/api/chat/stream").json(&body)).await
    }

    /// Joins an answer after event `after`.
    pub(crate) async fn attach(&self, run: &str, after: u64) -> Events {
        Events::open(self.request(Method::GET, &format!("/api/chat/runs/{run}/events?after={after}"))).await
    }

    /// Sends a message to a model and waits for the end of the answer.
    pub(crate) async fn ask(&self, model: &str, content: &str) -> Finished {
        self.stream(json!({"content": content, "model": model})).await.finish().await
    }

    /// The messages of a chat's active path.
    pub(crate) async fn messages(&self, session: &str) -> Vec<Value> {
        let reply = self.get(&format!("/api/sessions/{session}/messages?limit=200")).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.body["items"].as_array().expect("a list").clone()
    }
}

/// Waits until something holds; fails with `what` when it never does.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !holds().await {
        assert!(tokio::time::Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
