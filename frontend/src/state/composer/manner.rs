//! How an answer is asked for beside the model: how hard it shall think, and whether the web is searched. Remembered per
//! chat in this browser, beside its draft. Whatever the model cannot do is not sent.

use super::store::put;
use crate::storage;
use serde::{Deserialize, Serialize};
use shared::models::{Effort, Facts};
use shared::{SessionId, UserId};

/// Of how many chats it is remembered; those that were chosen in last.
const MOST: usize = 200;

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

    pub(super) fn read(user: Option<&UserId>, session: Option<&SessionId>) -> Self {
        user.map(|user| Manners::read(user).get(name(session))).unwrap_or_default()
    }

    pub(super) fn write(self, user: Option<&UserId>, session: Option<&SessionId>) {
        let Some(user) = user else { return };
        // Another tab may have chosen in another chat.
        let mut all = Manners::read(user);
        if all.set(name(session), self) {
            put(
                &key(user),
                &if all.0.is_empty() { String::new() } else { serde_json::to_string(&all).unwrap_or_default() },
            );
        }
    }
}

/// How answers are asked for, by chat; what was chosen last comes last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Manners(Vec<(String, Manner)>);

impl Manners {
    fn read(user: &UserId) -> Self {
        storage::read(&key(user)).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    fn get(&self, chat: &str) -> Manner {
        self.0.iter().find(|(known, _)| known == chat).map(|(_, manner)| *manner).unwrap_or_default()
    }

    /// Answers whether that changed anything.
    fn set(&mut self, chat: &str, manner: Manner) -> bool {
        if self.get(chat) == manner {
            return false;
        }
        self.0.retain(|(known, _)| known != chat);
        if manner != Manner::default() {
            self.0.push((chat.to_owned(), manner));
        }
        self.0.drain(..self.0.len().saturating_sub(MOST));
        true
    }
}

fn name(session: Option<&SessionId>) -> &str {
    session.map_or("new", SessionId::as_str)
}

fn key(user: &UserId) -> String {
    format!("aichat.manner.{user}")
}

#[cfg(test)]
mod tests {
    use super::{MOST, Manner, Manners};
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

    #[test]
    fn the_chats_that_were_chosen_in_last_are_remembered() {
        let wish = Manner { search: true, ..Manner::default() };
        let mut all = Manners::default();
        for chat in 0..=MOST {
            assert!(all.set(&chat.to_string(), wish));
        }
        assert_eq!((all.0.len(), all.get("0"), all.get("1")), (MOST, Manner::default(), wish));
        assert!(!all.set("1", wish), "nothing to write");
        assert!(all.set("1", Manner::default()) && !all.set("1", Manner::default()));
        assert_eq!(all.0.len(), MOST - 1, "the usual way needs no memory");
    }
}
