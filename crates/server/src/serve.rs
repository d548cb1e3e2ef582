//! From a configuration to a listening server, and down again without losing a word.

use crate::app::{App, Opened};
use crate::clock::Clock;
use crate::config::{Config, banner};
use crate::db::users;
use crate::error::{AppError, json_error};
use crate::{logging, routes};
use actix_web::HttpServer;
use actix_web::error::{PathError, QueryPayloadError};
use actix_web::web::{self, ServiceConfig};
use shared::limits::MAX_BODY_BYTES;
use std::io::Write as _;
use std::time::Duration;

/// How long open requests may take after a signal.
const GRACE_SECONDS: u64 = 5;
/// Idle connections are kept longer than usual proxies keep theirs, so that it is never us who close first.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Registers extractor limits, error envelopes and every route.
pub fn configure(config: &mut ServiceConfig, app: &web::Data<App>) {
    config
        .app_data(app.clone())
        .app_data(web::JsonConfig::default().limit(MAX_BODY_BYTES).error_handler(|error, _| json_error(error).into()))
        .app_data(web::PayloadConfig::default().limit(MAX_BODY_BYTES))
        .app_data(
            web::QueryConfig::default().error_handler(|error: QueryPayloadError, _| AppError::invalid(error).into()),
        )
        .app_data(web::PathConfig::default().error_handler(|error: PathError, _| AppError::invalid(error).into()))
        .configure(routes::configure);
}

/// The actix application with its layers, for the server and for tests alike. A macro, because its type has no name.
#[macro_export]
macro_rules! application {
    ($app:expr) => {{
        let app = $app.clone();
        actix_web::App::new()
            .configure(move |config| $crate::configure(config, &app))
            .wrap(actix_web::middleware::from_fn($crate::auth::gate::gate))
            .wrap(actix_web::middleware::from_fn($crate::edge::stamp))
            .wrap(actix_web::middleware::NormalizePath::trim())
    }};
}

/// Runs until SIGTERM or Ctrl-C.
///
/// # Errors
/// One line: what failed, why, what to do.
pub fn serve(config: Config) -> Result<(), String> {
    logging::init(config.log_level.as_str());
    actix_web::rt::System::new().block_on(run(config))
}

async fn run(config: Config) -> Result<(), String> {
    let (host, port) = (config.host.clone(), config.port);
    let (app, opened) = App::open(config, Clock::default()).await?;
    let app = web::Data::new(app);
    let shared = app.clone();
    let server = HttpServer::new(move || application!(shared))
        .tcp_nodelay(true)
        // Without this a reader that leaves during a silence is noticed only at the next heartbeat but one.
        .h1_allow_half_closed(false)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(GRACE_SECONDS)
        .disable_signals()
        .bind((host.as_str(), port))
        .map_err(|error| {
            format!("{host}:{port} cannot be listened on ({error}): choose another with --port or PORT")
        })?;
    let port = server.addrs().first().map_or(port, std::net::SocketAddr::port);
    greet(&app, &opened, port).await?;
    app.start_background();
    let running = server.run();
    let handle = running.handle();
    let stopping = app.clone();
    actix_web::rt::spawn(async move {
        wait_for_signal().await;
        tracing::info!("stopping: answers are saved, then connections closed");
        stopping.runs.shut_down().await;
        stopping.runs.hub().close_everybody();
        handle.stop(true).await;
    });
    let ended = running.await.map_err(|error| format!("the server failed: {error}"));
    app.db.close().await;
    ended
}

async fn greet(app: &App, opened: &Opened, port: u16) -> Result<(), String> {
    let claimed = users::any(app.db.read()).await.map_err(|error| format!("the database failed at start: {error}"))?;
    let lines = banner::lines(&banner::Banner {
        config: &app.config,
        secrets: &opened.secrets,
        notes: &opened.notes,
        port,
        unclaimed: !claimed,
    });
    // A closed standard output is no reason not to serve.
    let _ = writeln!(std::io::stdout(), "{}", lines.join("\n"));
    Ok(())
}

async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be watched; Ctrl-C works");
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}
