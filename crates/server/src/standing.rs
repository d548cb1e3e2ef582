//! What works worse than it should while the server goes on: known from what it does anyway, without another question to
//! anybody. The doctor's codes and words say it.

use crate::App;
use crate::doctor::{Finding, Report, words::Code};
use crate::{doctor, logging};
use shared::error::ErrorCode;
use std::time::Duration;

/// How long traces that were dropped are told of.
const DROPPED_LATELY: Duration = Duration::from_secs(10 * 60);

/// Everything that is worse than it should be, the gravest first.
#[must_use]
pub fn report(app: &App) -> Report {
    let mut findings: Vec<Finding> = database(app).into_iter().collect();
    findings.extend(doctor::short_of_space(&app.config.data_dir));
    findings.extend(connections(app));
    findings.extend(traces(app));
    findings.extend(log(app));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.state));
    Report { findings }
}

/// The codes of that, each once.
#[must_use]
pub fn codes(app: &App) -> Vec<String> {
    let mut codes: Vec<String> = report(app).findings.iter().map(|finding| finding.code().to_owned()).collect();
    codes.sort();
    codes.dedup();
    codes
}

fn database(app: &App) -> Option<Finding> {
    let writes = &app.metrics.writes;
    if let Some(failure) = writes.failure() {
        return Some(Finding::new(Code::DatabaseNotWritten).with("detail", failure.as_str()));
    }
    writes.slow().map(|took| Finding::new(Code::DatabaseSlow).with("ms", took.as_millis()))
}

/// Connections of everybody whose keys all rest: whoever asks their models is refused, or waits.
fn connections(app: &App) -> impl Iterator<Item = Finding> {
    let told = |(name, code): (String, ErrorCode)| {
        Finding::new(Code::ConnectionRests).with("detail", code.as_str()).about(&name, "keys")
    };
    app.catalog.resting().into_iter().map(told)
}

fn traces(app: &App) -> Option<Finding> {
    let lately = i64::try_from(DROPPED_LATELY.as_millis()).unwrap_or(i64::MAX);
    let dropped = app.traces.dropped_since(app.clock.now() - lately)?;
    Some(Finding::new(Code::TracesDropped).with("count", dropped))
}

fn log(app: &App) -> Option<Finding> {
    let folder = app.config.log_dir.as_ref().filter(|_| logging::files_fail())?;
    Some(Finding::new(Code::LogNotWritten).with("path", folder.display()))
}
