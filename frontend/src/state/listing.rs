//! A list that comes from the server in pages, narrowed by what somebody types or chooses.

use crate::api::ApiResult;
use crate::state::load::Load;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::Page;
use std::time::Duration;

/// How long typing has to pause before a search is sent.
const PAUSE: Duration = Duration::from_millis(200);

/// How often a list that is on its way is asked for again while it is empty, after [`PAUSE`], twice that, and so on.
const ASKED_AGAIN: u32 = 4;

/// Where a list comes from.
pub trait Source: 'static {
    /// What it lists.
    type Item: Clone + Send + Sync + 'static;
    /// What narrows it; the default one narrows nothing.
    type Filter: Clone + Default + PartialEq + Send + Sync + 'static;

    /// A page: the first, or the one after a cursor.
    ///
    /// # Errors
    /// As the server refuses.
    fn page(
        filter: &Self::Filter,
        after: Option<String>,
    ) -> impl Future<Output = ApiResult<Page<Self::Item>>> + 'static;

    /// Whether what is asked for is stored a moment after it can be asked for: then nothing is no answer yet.
    fn is_on_its_way(_filter: &Self::Filter) -> bool {
        false
    }
}

/// The plain state.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed<Item, Filter> {
    /// Where the list stands.
    pub load: Load,
    /// What is listed, in the server's order.
    pub items: Vec<Item>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// What narrows it.
    pub filter: Filter,
    /// Number of the last question; an answer to an earlier one is not wanted any more.
    asked: u64,
}

impl<Item, Filter> Listed<Item, Filter> {
    fn new(filter: Filter) -> Self {
        Self { load: Load::default(), items: Vec::new(), next: None, filter, asked: 0 }
    }

    /// Begins a question and gives its number.
    fn ask(&mut self) -> u64 {
        self.asked += 1;
        self.asked
    }

    /// Takes in the list from its beginning.
    fn replace(&mut self, asked: u64, answer: ApiResult<Page<Item>>) {
        if asked != self.asked {
            return;
        }
        match answer {
            Ok(page) => (self.load, self.items, self.next) = (Load::Ready, page.items, page.next),
            Err(error) => self.load = Load::Failed(error),
        }
    }

    /// Takes in the next page.
    fn append(&mut self, asked: u64, page: Page<Item>) {
        if asked == self.asked {
            self.items.extend(page.items);
            self.next = page.next;
        }
    }
}

/// A list as the interface reads it.
pub struct Listing<S: Source> {
    /// The state; tracked.
    pub state: RwSignal<Listed<S::Item, S::Filter>>,
}

impl<S: Source> Clone for Listing<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Source> Copy for Listing<S> {}

impl<S: Source> Listing<S> {
    /// Asks for the list, for as long as the caller lives.
    #[must_use]
    pub fn load(filter: S::Filter) -> Self {
        let listing = Self { state: RwSignal::new(Listed::new(filter)) };
        listing.reload();
        listing
    }

    /// Asks for the list from its beginning.
    pub fn reload(self) {
        if let Some(asked) = self.state.try_update(Listed::ask) {
            self.read(asked, 0);
        }
    }

    fn read(self, asked: u64, before: u32) {
        if self.state.try_with_untracked(|state| state.asked) != Some(asked) {
            return;
        }
        let filter = self.state.with_untracked(|state| state.filter.clone());
        spawn_local(async move {
            let answer = S::page(&filter, None).await;
            let is_empty = answer.as_ref().is_ok_and(|page| page.items.is_empty());
            if is_empty && before < ASKED_AGAIN && S::is_on_its_way(&filter) {
                set_timeout(move || self.read(asked, before + 1), PAUSE * 2_u32.pow(before));
            } else {
                self.state.try_update(|state| state.replace(asked, answer));
            }
        });
    }

    /// Asks for the next page.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn load_more(self) -> ApiResult<()> {
        let known = self.state.with_untracked(|state| (state.asked, state.filter.clone(), state.next.clone()));
        let (asked, filter, Some(after)) = known else { return Ok(()) };
        let page = S::page(&filter, Some(after)).await?;
        self.state.try_update(|state| state.append(asked, page));
        Ok(())
    }

    /// Lists something else, once typing pauses.
    pub fn filter(self, filter: S::Filter) {
        if self.state.with_untracked(|state| state.filter == filter) {
            return;
        }
        self.state.update(|state| state.filter = filter);
        let Some(asked) = self.state.try_update(Listed::ask) else { return };
        set_timeout(move || self.read(asked, 0), PAUSE);
    }
}

/// What somebody typed, where it is anything.
#[must_use]
pub fn typed(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_comes_late_is_not_taken() {
        let mut state = Listed::new(());
        let old = state.ask();
        let new = state.ask();
        state.replace(old, Ok(Page { items: vec![1], next: Some("1".to_owned()) }));
        assert_eq!((state.load.clone(), state.items.len()), (Load::Waiting, 0));
        state.replace(new, Ok(Page { items: vec![1], next: Some("2".to_owned()) }));
        state.append(new, Page { items: vec![2], next: None });
        state.append(old, Page { items: vec![3], next: None });
        assert_eq!((state.load, state.items, state.next), (Load::Ready, vec![1, 2], None));
    }
}
