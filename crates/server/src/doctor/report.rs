//! What the doctor found, as data, as lines for people and as JSON for programs.

use super::words::Code;
use shared::diagnosis::{Diagnosis, Finding as Told};
use shared::error::{ApiError, Language, Params};
use std::fmt::Display;

pub use shared::diagnosis::State;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// How bad it is.
    pub state: State,
    /// The connection or service it is about, and the step of its check.
    pub subject: Option<(String, &'static str)>,
    params: Params,
    words: Words,
}

#[derive(Clone, Debug, PartialEq)]
enum Words {
    Own(Code),
    /// A fault of this step that the API reports with the same code.
    Api(&'static str, ApiError),
}

impl Finding {
    /// A finding without values.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { state: code.state(), subject: None, params: Params::new(), words: Words::Own(code) }
    }

    /// A fault that `step` met, by the code of the API.
    #[must_use]
    pub fn fault(step: &'static str, error: ApiError, state: State) -> Self {
        Self { state, subject: None, params: error.params.clone(), words: Words::Api(step, error) }
    }

    /// The same with a value for its sentences.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Display) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }

    /// The same about one step of one connection.
    #[must_use]
    pub fn about(mut self, connection: &str, stage: &'static str) -> Self {
        self.subject = Some((connection.to_owned(), stage));
        self
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        match &self.words {
            Words::Own(code) => code.as_str(),
            Words::Api(_, error) => &error.code,
        }
    }

    /// The step it belongs to: what stands before the dot of its code, or the step that met a fault of the API.
    #[must_use]
    pub fn step(&self) -> &str {
        match &self.words {
            Words::Own(code) => code.as_str().split('.').next().unwrap_or_default(),
            Words::Api(step, _) => step,
        }
    }

    /// What was found.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match &self.words {
            Words::Own(code) => code.message(language, &self.params),
            Words::Api(_, error) => error.message_in(language),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self, language: Language) -> Option<String> {
        match &self.words {
            Words::Own(code) => code.remedy(language, &self.params),
            Words::Api(_, error) => error.hint_in(language),
        }
    }
}

/// Everything that was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// In the order of looking.
    pub findings: Vec<Finding>,
}

fn word(state: State) -> &'static str {
    match state {
        State::Ok => "ok",
        State::Warn => "warn",
        State::Fail => "fail",
    }
}

impl Report {
    /// Whether nothing failed.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.count(State::Fail) == 0
    }

    fn count(&self, state: State) -> usize {
        self.findings.iter().filter(|finding| finding.state == state).count()
    }

    /// For programs.
    #[must_use]
    pub fn told(&self, language: Language) -> Diagnosis {
        let findings = self.findings.iter().map(|finding| Told {
            step: finding.step().to_owned(),
            state: finding.state,
            code: finding.code().to_owned(),
            connection: finding.subject.as_ref().map(|(name, _)| name.clone()),
            stage: finding.subject.as_ref().map(|(_, stage)| (*stage).to_owned()),
            message: finding.message(language),
            remedy: finding.remedy(language),
            params: finding.params.clone(),
        });
        Diagnosis { ok: self.is_ok(), version: env!("CARGO_PKG_VERSION").to_owned(), findings: findings.collect() }
    }

    /// The same as JSON.
    #[must_use]
    pub fn to_json(&self, language: Language) -> String {
        serde_json::to_string_pretty(&self.told(language)).expect("strings and numbers always serialise")
    }

    /// For people: a line for each finding, with its code and remedy where there is something to do.
    #[must_use]
    pub fn to_text(&self, language: Language) -> String {
        let mut text = String::new();
        for finding in &self.findings {
            text.push_str(&format!("{:<5}{:<12}", word(finding.state), finding.step()));
            if let Some((connection, stage)) = &finding.subject {
                text.push_str(&format!("{connection} ({stage}): "));
            }
            if finding.state != State::Ok {
                text.push_str(&format!("{}: ", finding.code()));
            }
            text.push_str(&finding.message(language));
            text.push('\n');
            if let Some(remedy) = finding.remedy(language).filter(|_| finding.state != State::Ok) {
                text.push_str(&format!("{:17}→ {remedy}\n", ""));
            }
        }
        text.push_str(&self.summary(language));
        text
    }

    fn summary(&self, language: Language) -> String {
        let (warned, failed) = (self.count(State::Warn), self.count(State::Fail));
        match (language, failed, warned) {
            (Language::En, 0, 0) => "Everything is as it should be.\n".to_owned(),
            (Language::En, ..) => format!("failed: {failed}, warnings: {warned}\n"),
            (Language::ZhCn, 0, 0) => "一切正常。\n".to_owned(),
            (Language::ZhCn, ..) => format!("失败：{failed}，警告：{warned}\n"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::ErrorCode;

    fn report() -> Report {
        let refused = ApiError::new(ErrorCode::ProviderUnauthorized, Params::from([("connection".into(), "x".into())]));
        Report {
            findings: vec![
                Finding::new(Code::DataOk).with("path", "/data").with("free", "1.0 GiB"),
                Finding::new(Code::DataEphemeral).with("path", "/data"),
                Finding::fault("connection", refused, State::Fail).about("OpenAI", "models"),
            ],
        }
    }

    #[test]
    fn people_read_what_is_wrong_and_what_to_do_in_their_language() {
        let english = report().to_text(Language::En);
        assert!(
            english.starts_with("ok   data        /data can be written; 1.0 GiB are free.\nwarn data        data.eph")
        );
        assert!(english.contains("OpenAI (models): provider.unauthorized: ") && english.contains("→ Mount a volume"));
        assert!(english.ends_with("failed: 1, warnings: 1\n"), "{english}");
        let chinese = report().to_text(Language::ZhCn);
        assert!(chinese.contains("→ 请在该路径挂载数据卷") && chinese.ends_with("失败：1，警告：1\n"), "{chinese}");
    }

    #[test]
    fn programs_read_the_same() {
        let json: serde_json::Value = serde_json::from_str(&report().to_json(Language::En)).expect("JSON");
        assert_eq!(json["ok"], false);
        assert_eq!(json["findings"][1]["code"], "data.ephemeral");
        assert_eq!(json["findings"][1]["params"]["path"], "/data");
        let fault = &json["findings"][2];
        assert_eq!(
            (&fault["step"], &fault["connection"], &fault["stage"]),
            (&"connection".into(), &"OpenAI".into(), &"models".into())
        );
        assert!(Report::default().is_ok());
    }
}
