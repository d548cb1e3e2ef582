//! `aichat doctor`: looks at everything an installation needs, beside a running server or without one, and names each
//! fault with one code and one remedy. It mends nothing, migrates nothing and writes into no database; all that it leaves
//! behind is what SQLite puts beside a file that is read, and a probe that is gone at once tries whether a folder can be
//! written.
//!
//! Each step is one file: the data directory, the database, the folders of files, the secrets, the port, the clock, the way in from outside
//! with what stands in it, the services that people sign in through, and every connection. Later steps use what earlier ones found.

mod clock;
mod connections;
mod data;
mod database;
mod files;
mod port;
mod public;
pub mod report;
mod secrets;
mod self_test;
mod sign_in;
pub mod words;

pub use data::short_of_space;
pub use report::{Finding, Report, State};

use crate::auth::self_test::Passes;
use crate::config::Config;
use crate::config::secrets::Review;
use crate::db::{Db, Engine};
use crate::seal::Sealer;
use egress::Egress;
use std::fmt::Display;

/// What the steps share.
struct Patient<'a> {
    config: &'a Config,
    /// Reaches the server as people do, without the proxy for providers.
    egress: Egress,
    /// The secrets, where they could be read.
    secrets: Option<Review>,
    /// The identity of the data directory, where there is one.
    instance: Option<String>,
    report: Report,
}

/// What became of looking for this installation's server on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Running {
    /// It answers.
    Ours,
    /// Nobody does.
    Nobody,
    /// Something does that is not ours, or it could not be told.
    Unknown,
}

impl Patient<'_> {
    fn add(&mut self, finding: Finding) {
        self.report.findings.push(finding);
    }

    /// Passes for our own server; none before the first start.
    fn passes(&self) -> Option<Passes> {
        self.secrets.as_ref()?.jwt.as_ref().map(Passes::new)
    }

    /// Opens what is sealed in the database.
    fn sealer(&self) -> Option<Sealer> {
        let secrets = self.secrets.as_ref()?;
        Some(Sealer::of(secrets.master.as_ref()?, &secrets.former))
    }

    /// Reaches providers and services as the server does.
    fn outward(&self) -> Option<Egress> {
        let (proxy, no_proxy) = (self.config.https_proxy.clone(), self.config.no_proxy.clone());
        Egress::new(egress::Config { proxy, no_proxy, ..egress::Config::default() }).ok()
    }
}

/// Looks at everything. `url` is the way in from outside; without it `PUBLIC_URL` is.
pub async fn examine(config: &Config, url: Option<&str>) -> Report {
    // Without a proxy there is nothing in this configuration that could be refused but TLS itself.
    let egress = match Egress::new(egress::Config::default()) {
        Ok(egress) => egress,
        Err(error) => return Report { findings: vec![Finding::new(words::Code::PublicInvalid).with("detail", error)] },
    };
    let instance = std::fs::read_to_string(config.data_dir.join("instance")).ok().map(|id| id.trim().to_owned());
    let mut patient = Patient { config, egress, secrets: None, instance, report: Report::default() };
    if !data::look(&mut patient) {
        patient.add(Finding::new(words::Code::DataSkipped));
        port::look(&mut patient).await;
        clock::look(&mut patient, None).await;
        return patient.report;
    }
    let found = database::look(&mut patient).await;
    files::look(&mut patient, found.as_ref().and_then(|found| found.db.as_ref())).await;
    secrets::look(&mut patient, found.as_ref().is_some_and(|found| found.has_tables));
    let running = port::look(&mut patient).await;
    clock::look(&mut patient, found.as_ref().and_then(|found| found.db.as_ref())).await;
    public::look(&mut patient, url, running).await;
    let db = found.as_ref().and_then(|found| found.db.clone());
    sign_in::look(&mut patient, db, url).await;
    connections::look(&mut patient, found).await;
    patient.report
}

/// What the database step found.
struct Database {
    /// The open database, if its schema is the one of this build.
    db: Option<Db>,
    /// Whether there is anything in it to lose.
    has_tables: bool,
}

/// The error's causes on one line, without what could be a password.
fn one_line(error: &dyn Display, engine: &Engine) -> String {
    let text: String = error.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let clean = crate::redact::redact(&text).into_owned();
    match engine {
        Engine::Postgres(url) => clean.replace(url.as_str(), "***"),
        Engine::Sqlite(_) => clean,
    }
}

/// A number of bytes for people.
#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{count} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_short() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1024 * 1024 * 3 / 2), "1.5 MiB");
        assert_eq!(bytes(u64::MAX), "16777216.0 TiB");
    }
}
