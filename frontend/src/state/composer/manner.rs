//! How an answer is asked for beside the model: how hard it shall think, and whether the web is searched. Remembered per
//! chat in this tab. Whatever the model cannot do is not sent.

use crate::storage;
use serde::{Deserialize, Serialize};
use shared::SessionId;
use shared::models::{Effort, Facts};

/// How an answer is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manner {
    /// How hard to think; none leaves it to the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effort: Option<Effort>,
    /// Whether the web is searched.
    #[serde(default)]
    pub search: bool,
    /// Whether the answer is traced; none leaves it to the settings of the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<bool>,
}

impl Manner {
    /// What of it a model understands.
    #[must_use]
    pub fn for_model(self, facts: &Facts) -> Self {
        let efforts = facts.efforts.as_deref().unwrap_or_default();
        let search = self.search && facts.web_search == Some(true);
        Self { effort: self.effort.filter(|effort| efforts.contains(effort)), search, ..self }
    }

    pub(super) fn read(session: Option<&SessionId>) -> Self {
        storage::read_here(&key(session)).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    pub(super) fn write(self, session: Option<&SessionId>) {
        let text = if self == Self::default() { None } else { serde_json::to_string(&self).ok() };
        storage::write_here(&key(session), text.as_deref());
    }
}

fn key(session: Option<&SessionId>) -> String {
    format!("aichat.manner.{}", session.map_or("new", SessionId::as_str))
}

#[cfg(test)]
mod tests {
    use super::Manner;
    use shared::models::{Effort, Facts};

    #[test]
    fn what_a_model_cannot_do_is_not_asked_of_it() {
        let wish = Manner { effort: Some(Effort::High), search: true, ..Manner::default() };
        assert_eq!(wish.for_model(&Facts::default()), Manner::default());
        let facts =
            Facts { efforts: Some(vec![Effort::Low, Effort::High]), web_search: Some(true), ..Facts::default() };
        assert_eq!(wish.for_model(&facts), wish);
        let other = Facts { efforts: Some(vec![Effort::Low]), web_search: Some(false), ..Facts::default() };
        assert_eq!(wish.for_model(&other), Manner::default());
    }
}
