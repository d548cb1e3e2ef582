//! The port: free, this installation's and well, or somebody else's.

use super::self_test::{self, Outcome, Wait};
use super::words::Code;
use super::{Finding, Patient, Running};
use crate::listen;
use crate::version;
use egress::{FailureKind, Method, Response, Trust};
use shared::settings::Health;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::time::Duration;

/// Longest wait until it is known who answers.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks, and answers whether this installation's server runs here.
pub(super) async fn look(patient: &mut Patient<'_>) -> Running {
    let address = listen::own_address(&patient.config.host, patient.config.port);
    let asked = tokio::time::timeout(PATIENCE, who_answers(patient, &address)).await;
    // What keeps us waiting is no server of ours.
    let (code, running, detail) = asked.unwrap_or_else(|_| somebody());
    let finding = Finding::new(code).with("address", &address).with("ours", version::build().version);
    // What the server says about itself is its version, what the system says is the cause.
    let name = if code == Code::PortUnusable { "detail" } else { "version" };
    patient.add(finding.with(name, detail));
    running
}

/// What was found, whether it is ours, and its version or the system's words.
type Seen = (Code, Running, String);

fn somebody() -> Seen {
    (Code::PortTaken, Running::Unknown, String::new())
}

async fn who_answers(patient: &Patient<'_>, address: &str) -> Seen {
    match ask(patient, address).await {
        Ok(response) => answered(patient, address, response).await,
        Err(FailureKind::Refused) => try_to_listen(&patient.config.host, patient.config.port),
        Err(_) => somebody(),
    }
}

async fn ask(patient: &Patient<'_>, address: &str) -> Result<Response, FailureKind> {
    let url = format!("http://{address}/api/settings/health");
    let request = patient.egress.request(Trust::Admin, Method::GET, &url).map_err(|failure| failure.kind)?;
    patient.egress.send(Trust::Admin, request).await.map_err(|failure| failure.kind)
}

async fn answered(patient: &Patient<'_>, address: &str, response: Response) -> Seen {
    let status = response.status();
    let Some(health) = self_test::small_json::<Health>(response).await else { return somebody() };
    let version = health.build.version;
    if !status.is_success() {
        return (Code::PortUnwell, Running::Unknown, version);
    }
    let Some(passes) = patient.passes() else {
        // Where the secrets could be read and there are none yet, no server of this installation ever ran.
        let code = if patient.secrets.is_some() { Code::PortOtherServer } else { Code::PortUntold };
        return (code, Running::Unknown, version);
    };
    match self_test::ask(&patient.egress, &format!("http://{address}"), &passes, Wait::First).await {
        Outcome::Heard(heard) if patient.instance.as_ref() != Some(&heard.first.instance) => {
            (Code::PortOtherServer, Running::Unknown, version)
        }
        Outcome::Heard(heard) if heard.first.build.version != version::build().version => {
            (Code::PortOtherVersion, Running::Ours, version)
        }
        Outcome::Heard(_) => (Code::PortOurs, Running::Ours, version),
        _ => (Code::PortOtherServer, Running::Unknown, version),
    }
}

fn try_to_listen(host: &str, port: u16) -> Seen {
    match TcpListener::bind((host, port)) {
        Ok(_) => (Code::PortFree, Running::Nobody, String::new()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => (Code::PortTaken, Running::Unknown, String::new()),
        Err(error) => (Code::PortUnusable, Running::Nobody, error.to_string()),
    }
}
