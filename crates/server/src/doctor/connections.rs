//! Every connection step by step, with the stages and codes that the connection page shows.

use super::words::Code;
use super::{Database, Finding, Patient, State};
use crate::catalog::{self, Caller, Catalog, Checkable};
use crate::clock::{Clock, new_id};
use crate::db::Db;
use crate::error::AppError;
use futures_util::{StreamExt as _, stream};
use shared::connections::{VerifyReport, VerifyStage, VerifyStep};
use shared::{ApiError, RequestId};
use std::sync::Arc;

/// Connections that are checked at the same time.
const AT_ONCE: usize = 4;
const STEP: &str = "connection";

pub(super) async fn look(patient: &mut Patient<'_>, found: Option<Database>) {
    for complaint in catalog::complaints(patient.config) {
        patient.add(Finding::new(Code::ConnectionIgnored).with("detail", complaint));
    }
    let has_tables = found.as_ref().is_some_and(|found| found.has_tables);
    let Some(db) = found.and_then(|found| found.db) else {
        let code = without_database(has_tables, patient.report.is_ok());
        return patient.add(Finding::new(code));
    };
    let Some(catalog) = open(patient, db).await else {
        return patient.add(Finding::new(Code::ConnectionSkipped));
    };
    if let Ok(count @ 1..) = catalog.locked_keys().await {
        patient.add(Finding::new(Code::SecretsLocked).with("count", count));
    }
    let all = catalog.checkables();
    if all.is_empty() {
        return patient.add(Finding::new(Code::ConnectionNone));
    }
    let checked = stream::iter(&all).map(|one| check(&catalog, one)).buffered(AT_ONCE);
    let findings: Vec<Vec<Finding>> = checked.collect().await;
    findings.into_iter().flatten().for_each(|finding| patient.add(finding));
}

/// Before the first start there is nothing to check. Connections may stand in tables that this build cannot read yet,
/// and in a database that a fault keeps closed.
fn without_database(has_tables: bool, is_ok: bool) -> Code {
    if has_tables || !is_ok { Code::ConnectionSkipped } else { Code::ConnectionNone }
}

async fn open(patient: &Patient<'_>, db: Db) -> Option<Arc<Catalog>> {
    let (sealer, egress) = (patient.sealer()?, patient.outward()?);
    Catalog::inspect(db, Clock::default(), sealer, egress, patient.config).await.ok()
}

async fn check(catalog: &Arc<Catalog>, one: &Checkable) -> Vec<Finding> {
    let caller = Caller { user: None, key: None, request: RequestId(new_id()) };
    match catalog.check_one(one, &caller).await {
        Ok(report) => {
            let steps = report.steps.iter().map(|step| finding(&one.name, step, &report));
            steps.chain(dead_keys(&one.name, &report)).collect()
        }
        Err(error) => {
            vec![Finding::fault(STEP, quiet(&error), State::Fail).about(&one.name, word(VerifyStage::Address))]
        }
    }
}

fn finding(name: &str, step: &VerifyStep, report: &VerifyReport) -> Finding {
    let finding = match &step.error {
        None => Finding::new(Code::ConnectionOk).with("stage", word(step.stage)).with("ms", step.ms),
        // A list that cannot be fetched is no harm where the named model answers.
        Some(error) => {
            let state = if report.ok { State::Warn } else { State::Fail };
            Finding::fault(STEP, ApiError { request_id: String::new(), ..error.clone() }, state)
        }
    };
    finding.about(name, word(step.stage))
}

/// Keys that do not work beside one that does. Where none does, the last step says so.
fn dead_keys(name: &str, report: &VerifyReport) -> Vec<Finding> {
    let dead = report.keys.iter().filter(|_| report.ok).filter_map(|key| {
        let error = ApiError { request_id: String::new(), ..key.error.clone()? };
        Some(
            Finding::fault(STEP, error, State::Warn).about(&format!("{name} · {}", key.label), word(VerifyStage::Chat)),
        )
    });
    dead.collect()
}

/// Nobody asked for it, so it has no request's id.
pub(super) fn quiet(error: &AppError) -> ApiError {
    error.to_api("")
}

fn word(stage: VerifyStage) -> &'static str {
    match stage {
        VerifyStage::Address => "address",
        VerifyStage::Dns => "dns",
        VerifyStage::Tcp => "tcp",
        VerifyStage::Tls => "tls",
        VerifyStage::Models => "models",
        VerifyStage::Chat => "chat",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_installation_without_tables_and_faults_has_no_connections() {
        assert_eq!(without_database(false, true), Code::ConnectionNone);
        assert_eq!(without_database(true, true), Code::ConnectionSkipped, "an older schema is no fault");
        assert_eq!(without_database(false, false), Code::ConnectionSkipped);
    }
}
