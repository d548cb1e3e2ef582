//! From a configuration to a listening server, and down again without losing a word.

use crate::app::{App, Opened};
use crate::clock::Clock;
use crate::config::Config;
use crate::config::banner::{self, Banner};
use crate::db::{rfc3339, users};
use crate::error::{AppError, json_error};
use crate::failure::Failure;
use crate::logging::Log;
use crate::{listen, routes};
use actix_web::HttpServer;
use actix_web::error::{PathError, QueryPayloadError};
use actix_web::web::{self, ServiceConfig};
use shared::limits::MAX_BODY_BYTES;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};

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
        let layer = app.origins.layer();
        actix_web::App::new()
            .configure(move |config| $crate::configure(config, &app))
            .wrap(actix_web::middleware::from_fn($crate::auth::gate::gate))
            .wrap(layer)
            .wrap(actix_web::middleware::from_fn($crate::edge::stamp))
            .wrap(actix_web::middleware::NormalizePath::trim())
    }};
}

/// Runs until SIGTERM or Ctrl-C.
///
/// # Errors
/// One line: what failed, why, what to do.
pub fn serve(config: Config) -> Result<(), Failure> {
    let log = Log::start(&config);
    actix_web::rt::System::new().block_on(run(config, &log))
}

async fn run(config: Config, log: &Log) -> Result<(), Failure> {
    // First, so that a port that is taken costs nothing and changes nothing.
    let sockets = listen::open(&config.host, config.port)?;
    let port = sockets.first().and_then(|socket| socket.local_addr().ok()).map_or(config.port, |bound| bound.port());
    let (app, opened) = App::open(config, Clock::default()).await?;
    let app = web::Data::new(app);
    let shared = app.clone();
    let mut server = HttpServer::new(move || application!(shared))
        .tcp_nodelay(true)
        // Without this a reader that leaves during a silence is noticed only at the next heartbeat but one.
        .h1_allow_half_closed(false)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(GRACE_SECONDS)
        .disable_signals();
    for socket in sockets {
        server =
            server.listen(socket).map_err(|error| format!("the server cannot listen ({error}): start it again"))?;
    }
    // Before anybody is told that the server is there: who ends it at once must find it listening to that, too.
    let termination = watch_termination();
    greet(&app, opened, port, log).await?;
    app.start_background();
    let running = server.run();
    let handle = running.handle();
    let stopping = app.clone();
    actix_web::rt::spawn(async move {
        wait_for_signal(termination).await;
        tracing::info!("stopping: answers are saved, then connections closed");
        tokio::join!(stopping.runs.shut_down(), stopping.gateway.shut_down());
        stopping.runs.hub().close_everybody();
        handle.stop(true).await;
    });
    let ended = running.await.map_err(|error| format!("the server failed: {error}"));
    app.db.close().await;
    Ok(ended?)
}

async fn greet(app: &App, opened: Opened, port: u16, log: &Log) -> Result<(), Failure> {
    let claimed = users::any(app.db.read()).await.map_err(|error| format!("the database failed at start: {error}"))?;
    let notes: Vec<String> = opened.notes.into_iter().chain(log.notes.iter().cloned()).collect();
    log.begin_with(&banner::text(&Banner {
        config: &app.config,
        secrets: &opened.secrets,
        notes: &notes,
        since: rfc3339(app.clock.now()),
        port,
        models: app.catalog.count(),
        unclaimed: !claimed,
    }));
    Ok(())
}

/// Watches for SIGTERM from now on.
fn watch_termination() -> Option<Signal> {
    let watched = signal(SignalKind::terminate());
    watched.inspect_err(|error| tracing::warn!(%error, "SIGTERM cannot be watched; Ctrl-C works")).ok()
}

async fn wait_for_signal(termination: Option<Signal>) {
    let terminated = async {
        match termination {
            Some(mut termination) => drop(termination.recv().await),
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
