//! The search over all chats: what was typed, what was found, which answer still counts. Plain data first; its signals are
//! at the end.

use crate::api;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;
use shared::limits::MAX_SEARCH_CHARS;
use shared::search::SearchResults;

/// What was asked and what is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// What was typed.
    query: String,
    /// What was found, and for which words; older words stay until the next answer, so that nothing flickers.
    found: Option<(String, SearchResults)>,
    /// Why the last question has no answer.
    failure: Option<ApiError>,
    /// Counts questions.
    asked: u32,
    loading_more: bool,
}

/// A question for the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    number: u32,
    /// The words.
    pub query: String,
    /// The page.
    pub after: Option<String>,
}

impl Search {
    /// Something was typed: what to ask now. Blanks at the ends say nothing new.
    pub fn typed(&mut self, text: &str) -> Option<Question> {
        let before = self.words().to_owned();
        self.query = text.chars().take(MAX_SEARCH_CHARS).collect();
        if self.words().is_empty() {
            *self = Self { query: std::mem::take(&mut self.query), asked: self.asked + 1, ..Self::default() };
            return None;
        }
        (self.words() != before || self.failure.is_some()).then(|| self.ask())
    }

    /// Asks the same once more.
    pub fn ask(&mut self) -> Question {
        self.asked += 1;
        self.loading_more = false;
        Question { number: self.asked, query: self.words().to_owned(), after: None }
    }

    /// Asks for more of what was found, unless that is on its way.
    pub fn want_more(&mut self) -> Option<Question> {
        let (query, results) = self.found.as_ref().filter(|_| !self.loading_more && !self.is_waiting())?;
        let after = Some(results.next.clone()?);
        self.loading_more = true;
        Some(Question { number: self.asked, query: query.clone(), after })
    }

    /// Takes an answer; one that a later question overtook is dropped.
    pub fn answered(&mut self, question: &Question, reply: Result<SearchResults, ApiError>) {
        if question.number != self.asked {
            return;
        }
        match (reply, &question.after) {
            (Ok(results), None) => {
                self.found = Some((question.query.clone(), results));
                self.failure = None;
            }
            (Ok(results), Some(_)) => {
                self.loading_more = false;
                if let Some((_, found)) = &mut self.found {
                    found.items.extend(results.items);
                    found.next = results.next;
                }
            }
            // Scrolling asks again; what was found stays.
            (Err(_), Some(_)) => self.loading_more = false,
            (Err(error), None) => {
                self.found = None;
                self.failure = Some(error);
            }
        }
    }

    /// What is searched for.
    #[must_use]
    pub fn words(&self) -> &str {
        self.query.trim()
    }

    /// What was found last; none before the first answer.
    #[must_use]
    pub fn results(&self) -> Option<&SearchResults> {
        self.found.as_ref().map(|(_, results)| results)
    }

    /// Whether what was found is for other words than those that are typed.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.failure.is_none() && self.found.as_ref().is_none_or(|(query, _)| query != self.words())
    }

    /// Why there is no answer.
    #[must_use]
    pub fn failure(&self) -> Option<&ApiError> {
        self.failure.as_ref()
    }
}

/// The search as the interface uses it.
#[derive(Clone, Copy)]
pub struct SearchStore {
    /// Whether its dialog is open.
    pub open: RwSignal<bool>,
    search: RwSignal<Search>,
}

impl SearchStore {
    /// Opens it, with nothing typed.
    pub fn show(self) {
        self.search.update(|search| drop(search.typed("")));
        self.open.set(true);
    }

    /// Opens it with these words.
    pub fn show_with(self, text: &str) {
        self.show();
        self.typed(text);
    }

    /// Closes it.
    pub fn hide(self) {
        self.open.set(false);
    }

    /// Something was typed.
    pub fn typed(self, text: &str) {
        if let Some(question) = self.search.try_update(|search| search.typed(text)).flatten() {
            self.ask(question);
        }
    }

    /// Asks the same once more.
    pub fn retry(self) {
        if let Some(question) = self.search.try_update(Search::ask) {
            self.ask(question);
        }
    }

    /// Asks for more of what was found.
    pub fn want_more(self) {
        if let Some(question) = self.search.try_update(Search::want_more).flatten() {
            self.ask(question);
        }
    }

    /// Reads the plain state; tracked.
    pub fn with<T>(self, read: impl FnOnce(&Search) -> T) -> T {
        self.search.with(read)
    }

    fn ask(self, question: Question) {
        spawn_local(async move {
            let reply = api::search::find(&question.query, question.after.as_deref()).await;
            self.search.update(|search| search.answered(&question, reply));
        });
    }
}

/// Makes the search available below.
pub fn provide_search() -> SearchStore {
    let store = SearchStore { open: RwSignal::new(false), search: RwSignal::new(Search::default()) };
    provide_context(store);
    store
}

/// The search.
#[must_use]
pub fn use_search() -> SearchStore {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::Search;
    use shared::ApiError;
    use shared::search::SearchResults;

    fn results(next: Option<&str>) -> SearchResults {
        SearchResults { next: next.map(str::to_owned), ..SearchResults::default() }
    }

    #[test]
    fn an_answer_that_a_later_key_overtook_is_dropped() {
        let mut search = Search::default();
        let first = search.typed("fer").expect("a question");
        let second = search.typed("ferry").expect("a question");
        search.answered(&second, Ok(results(Some("second"))));
        search.answered(&first, Ok(results(Some("first"))));
        assert_eq!(search.results().and_then(|results| results.next.as_deref()), Some("second"));
        assert!(!search.is_waiting());
    }

    #[test]
    fn what_was_found_stays_until_the_next_answer_and_goes_with_the_words() {
        let mut search = Search::default();
        let question = search.typed("渡轮").expect("a question");
        search.answered(&question, Ok(results(None)));
        let late = search.typed("渡轮七").expect("a question");
        assert!(search.results().is_some() && search.is_waiting());
        assert_eq!(search.typed("  "), None);
        assert_eq!(search.results(), None);
        search.answered(&late, Ok(results(None)));
        assert_eq!(search.results(), None, "nobody asks any more");
    }

    #[test]
    fn blanks_ask_nothing_and_a_failure_is_asked_again() {
        let mut search = Search::default();
        let question = search.typed("a").expect("a question");
        assert_eq!(search.typed("a "), None);
        search.answered(&question, Err(ApiError::default()));
        assert!(search.failure().is_some() && !search.is_waiting());
        assert!(search.typed("a").is_some());
    }

    #[test]
    fn more_is_asked_for_once_and_only_of_what_is_shown() {
        let mut search = Search::default();
        let question = search.typed("a").expect("a question");
        search.answered(&question, Ok(results(Some("cursor"))));
        let more = search.want_more().expect("a question");
        assert_eq!((more.after.as_deref(), search.want_more()), (Some("cursor"), None));
        search.answered(&more, Ok(results(None)));
        assert_eq!(search.want_more(), None);
        search.typed("b");
        assert_eq!(search.want_more(), None);
    }

    #[test]
    fn a_search_has_a_longest_length() {
        let question = Search::default().typed(&"长".repeat(500)).expect("a question");
        assert_eq!(question.query.chars().count(), 400);
    }
}
