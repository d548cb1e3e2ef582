//! What the wizard has been told so far, and the request it makes. Pure.

use shared::connections::{NewConnection, Protocol, VerifyReport, VerifyStage, model_names};
use shared::{ApiError, ErrorCode};
use std::collections::BTreeSet;

/// A connection that is being filled in.
#[derive(Clone, Default, PartialEq)]
pub struct Draft {
    /// Its name; empty uses the host.
    pub name: String,
    /// The address, as it was typed.
    pub base_url: String,
    /// The key, as it was pasted.
    pub key: String,
    /// Names of models, where the provider lists none.
    pub typed_models: String,
}

impl Draft {
    /// What is checked, and saved where the check gave no better address.
    #[must_use]
    pub fn request(&self) -> NewConnection {
        let key = self.key.trim();
        NewConnection {
            name: self.name.trim().to_owned(),
            protocol: Protocol::OpenaiChat,
            base_url: self.base_url.trim().to_owned(),
            key: (!key.is_empty()).then(|| key.to_owned()),
            models: model_names(&self.typed_models),
        }
    }

    /// What is saved after a check: the address that worked, and the chosen models. No choice means all.
    #[must_use]
    pub fn checked(&self, report: &VerifyReport, chosen: Option<&BTreeSet<String>>) -> NewConnection {
        let mut request = self.request();
        if report.ok && !report.base_url.is_empty() {
            request.base_url.clone_from(&report.base_url);
        }
        if let Some(chosen) = chosen {
            // In the provider's order, which the list of models keeps.
            request.models = report.models.iter().filter(|name| chosen.contains(*name)).cloned().collect();
        }
        request
    }
}

/// Whether typed names of models could help: the server answered, but has no list to choose from.
#[must_use]
pub fn needs_names(report: &VerifyReport) -> bool {
    let listing = report.steps.iter().find(|step| step.stage == VerifyStage::Models && !step.ok);
    let code = listing.and_then(|step| step.error.as_ref()).and_then(ApiError::known);
    // A redirect wants another address, and no name helps.
    let may_help = |code: ErrorCode| match code {
        ErrorCode::ProviderEmpty => true,
        ErrorCode::ProviderRedirected => false,
        other => other.is_elsewhere(),
    };
    report.models.is_empty() && code.is_some_and(may_help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::connections::VerifyStep;
    use shared::error::Params;

    #[test]
    fn names_are_asked_for_where_there_is_a_server_without_a_list() {
        let failed = |code| VerifyReport {
            ok: false,
            models: Vec::new(),
            steps: vec![VerifyStep {
                stage: VerifyStage::Models,
                ok: false,
                ms: 1,
                error: Some(ApiError::new(code, Params::new())),
            }],
            ..report(&[])
        };
        assert!(needs_names(&failed(ErrorCode::ProviderNotFound)));
        assert!(needs_names(&failed(ErrorCode::ProviderEmpty)));
        assert!(!needs_names(&failed(ErrorCode::ProviderRedirected)));
        assert!(!needs_names(&failed(ErrorCode::ProviderRefused)));
        assert!(!needs_names(&failed(ErrorCode::ProviderUnauthorized)));
    }

    fn report(models: &[&str]) -> VerifyReport {
        VerifyReport {
            ok: true,
            base_url: "https://api.example/v1".to_owned(),
            models: models.iter().map(|name| (*name).to_owned()).collect(),
            model: None,
            steps: Vec::new(),
        }
    }

    #[test]
    fn pasted_values_lose_the_blanks_around_them() {
        let draft = Draft { base_url: " https://api.example ".into(), key: "sk-1\n".into(), ..Draft::default() };
        let request = draft.request();
        assert_eq!((request.base_url.as_str(), request.key.as_deref()), ("https://api.example", Some("sk-1")));
    }

    #[test]
    fn no_key_is_no_key_and_not_an_empty_one() {
        assert_eq!(Draft { key: "  ".into(), ..Draft::default() }.request().key, None);
    }

    #[test]
    fn the_address_that_worked_and_the_chosen_models_are_saved() {
        let chosen = BTreeSet::from(["c".to_owned(), "a".to_owned()]);
        let saved = Draft::default().checked(&report(&["c", "b", "a"]), Some(&chosen));
        assert_eq!(
            (saved.base_url.as_str(), saved.models),
            ("https://api.example/v1", vec!["c".to_owned(), "a".to_owned()])
        );
        assert!(Draft::default().checked(&report(&["a"]), None).models.is_empty());
    }
}
