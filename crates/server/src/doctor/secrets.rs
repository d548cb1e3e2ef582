//! The two secrets: given, generated, unusable, readable by others, or lost.

use super::words::Code;
use super::{Finding, Patient};
use crate::config::secrets::{Fault, Review};
use crate::config::{Config, SecretString};

/// Looks. Where there is data already, secrets that are gone are a loss and not a beginning.
pub(super) fn look(patient: &mut Patient<'_>, has_tables: bool) {
    let review = match Review::of(patient.config) {
        Ok(review) => review,
        Err(detail) => return patient.add(Finding::new(Code::SecretsDamaged).with("detail", detail)),
    };
    [&review.jwt, &review.master].into_iter().flatten().for_each(|secret| crate::redact::pin(secret.expose()));
    for (name, fault) in &review.faults {
        let code = match fault {
            Fault::Example => Code::SecretsExample,
            Fault::Short => Code::SecretsShort,
        };
        patient.add(Finding::new(code).with("name", name));
    }
    let path = review.file.display().to_string();
    if let Some(mode) = review.mode.filter(|mode| mode & 0o077 != 0) {
        let mode = format!("{mode:o}");
        patient.add(Finding::new(Code::SecretsOpenToOthers).with("path", &path).with("mode", mode));
    }
    if review.master.is_none() && has_tables {
        patient.add(Finding::new(Code::SecretsMissing).with("path", &path));
    } else {
        patient.add(standing(patient.config, &review));
    }
    patient.secrets = Some(review);
}

fn standing(config: &Config, review: &Review) -> Finding {
    let file = review.file.display().to_string();
    let (Some(jwt), Some(master)) = (&review.jwt, &review.master) else {
        return Finding::new(Code::SecretsAbsent).with("path", file);
    };
    let source = |variable: &str, given: Option<&SecretString>, used: &SecretString| {
        if given == Some(used) { variable.to_owned() } else { file.clone() }
    };
    Finding::new(Code::SecretsOk)
        .with("jwt", source("JWT_SECRET", config.jwt_secret.as_ref(), jwt))
        .with("master", source("MASTER_KEY", config.master_key.as_ref(), master))
}
