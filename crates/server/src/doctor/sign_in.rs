//! The services that people sign in through: whether each answers, knows this server, and where it has to send people back to.

use super::connections::quiet;
use super::words::Code;
use super::{Finding, Patient, State};
use crate::clock::Clock;
use crate::config;
use crate::db::Db;
use crate::oidc::Oidc;
use shared::oidc::CALLBACK;

const STEP: &str = "sign_in";

pub(super) async fn look(patient: &mut Patient<'_>, db: Option<Db>, given: Option<&str>) {
    let Some((db, sealer, egress)) = db.zip(patient.sealer()).zip(patient.outward()).map(|((a, b), c)| (a, b, c))
    else {
        return;
    };
    let origin = given.or(patient.config.public_url.as_deref()).and_then(|url| config::origin(url).ok());
    // Without one, people are sent back to whatever address they opened.
    let redirect = format!("{}{CALLBACK}", origin.as_deref().unwrap_or("https://…"));
    let Ok(all) = Oidc::new(db, Clock::default(), sealer, egress).check_all(&redirect).await else { return };
    if origin.is_none() && !all.is_empty() {
        patient.add(Finding::new(Code::SignInNoAddress).with("redirect", &redirect));
    }
    for one in all {
        let finding = match one.problem {
            None => Finding::new(Code::SignInOk).with("redirect", &redirect),
            Some(error) => Finding::fault(STEP, quiet(&error), State::Fail),
        };
        patient.add(finding.about(&one.name, STEP));
    }
}
