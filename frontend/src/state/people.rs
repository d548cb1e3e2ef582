//! Everybody with an account, as administrators see them.

use crate::api;
use crate::reactive::effect;
use crate::state::load::Load;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::accounts::{CreateUser, CreatedUser, PeopleQuery, UpdateUser, User, UserRole, UserStatus};
use shared::limits::{DEFAULT_PAGE, MAX_PAGE};
use shared::people_csv::ImportReport;
use shared::{ApiError, Page, UserId};
use std::time::Duration;
use wasm_bindgen::JsValue;

/// How long typing has to pause before a search is sent.
const PAUSE: Duration = Duration::from_millis(200);

/// Who is listed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// What their names contain.
    pub search: String,
    /// Their status.
    pub status: Option<UserStatus>,
}

/// The plain state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PeopleState {
    /// Where the list stands.
    pub load: Load,
    /// The people: who waits for approval first, then in the server's order.
    pub items: Vec<User>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Who is listed.
    pub filter: Filter,
    /// Number of the last question; an answer to an earlier one is not wanted any more.
    asked: u64,
    /// Whether the next answer may put everybody in a new order.
    unordered: bool,
}

impl PeopleState {
    /// Begins a question and gives its number.
    pub fn ask(&mut self) -> u64 {
        self.asked += 1;
        self.asked
    }

    /// The page was opened: everybody is listed, and the next answer may put who waits first again.
    pub fn begin(&mut self) {
        if self.filter != Filter::default() {
            *self = Self { asked: self.asked, ..Self::default() };
        }
        self.unordered = true;
    }

    /// Lists others. Until their list comes the old one stays.
    pub fn narrow(&mut self, filter: Filter) {
        self.filter = filter;
        self.unordered = true;
    }

    /// What is asked for, from a cursor on: what was listed stays listed when it is asked for again.
    #[must_use]
    pub fn query(&self, after: Option<String>) -> PeopleQuery {
        let search = self.filter.search.trim();
        let shown = u32::try_from(self.items.len()).unwrap_or(MAX_PAGE);
        let limit = if after.is_some() { DEFAULT_PAGE } else { shown.clamp(DEFAULT_PAGE, MAX_PAGE) };
        PeopleQuery {
            q: (!search.is_empty()).then(|| search.to_owned()),
            status: self.filter.status,
            after,
            limit: Some(limit),
        }
    }

    /// Takes in the list from its beginning. People who are on the screen keep their places, so that nothing moves under
    /// the pointer; who is new and waits comes on top.
    pub fn replace(&mut self, asked: u64, answer: Result<Page<User>, ApiError>) {
        if asked != self.asked {
            return;
        }
        match answer {
            Ok(page) => {
                self.load = Load::Ready;
                let before = std::mem::replace(&mut self.items, page.items);
                self.next = page.next;
                if std::mem::take(&mut self.unordered) || before.is_empty() {
                    self.sort();
                } else {
                    self.keep_places(&before);
                }
            }
            Err(error) => self.load = Load::Failed(error),
        }
    }

    /// Takes in the next page. A person who moved between the pages is shown once.
    pub fn append(&mut self, asked: u64, page: Page<User>) {
        if asked != self.asked {
            return;
        }
        self.items.retain(|known| page.items.iter().all(|new| new.id != known.id));
        self.items.extend(page.items);
        self.next = page.next;
        self.sort();
    }

    /// Takes in a changed person, who stays in their place: nothing moves under the pointer.
    pub fn put(&mut self, user: User) {
        if let Some(known) = self.items.iter_mut().find(|known| known.id == user.id) {
            *known = user;
        }
    }

    /// Takes out a person who was deleted.
    pub fn remove(&mut self, id: &UserId) {
        self.items.retain(|known| known.id != *id);
    }

    fn keep_places(&mut self, before: &[User]) {
        let place = |user: &User| match before.iter().position(|known| known.id == user.id) {
            Some(index) => (1, index),
            None if user.status == UserStatus::Pending => (0, 0),
            None => (2, 0),
        };
        self.items.sort_by_key(place);
    }

    fn sort(&mut self) {
        let (waiting, others) = self.items.drain(..).partition::<Vec<_>, _>(|user| user.status == UserStatus::Pending);
        self.items = waiting;
        self.items.extend(others);
    }
}

/// A list of people to import.
#[derive(Clone, Debug)]
pub enum List {
    /// A file, in whatever encoding.
    File(web_sys::File),
    /// A text.
    Text(String),
}

impl From<&List> for JsValue {
    fn from(list: &List) -> Self {
        match list {
            List::File(file) => file.clone().into(),
            List::Text(text) => Self::from_str(text),
        }
    }
}

/// People as the interface reads and changes them.
#[derive(Clone, Copy)]
pub struct People {
    state: RwSignal<PeopleState>,
    /// Asks for the list, while somebody looks at it.
    again: StoredValue<Option<fn(Self)>>,
    /// Counts what was heard of people.
    news: RwSignal<u32>,
}

impl People {
    /// The state; tracked.
    #[must_use]
    pub fn state(self) -> RwSignal<PeopleState> {
        self.state
    }

    /// Loads the list and keeps it fresh as long as the caller lives.
    pub fn watch(self) {
        // Kept as an address, so that reading the list is fetched with the pages that show it (`crate::later`).
        self.again.set_value(Some(Self::reload));
        on_cleanup(move || self.again.set_value(None));
        self.state.update(PeopleState::begin);
        self.reload();
    }

    /// The list changed elsewhere (`people.changed`): asks for it again if somebody looks at it.
    pub fn invalidate(self) {
        self.news.update(|count| *count = count.wrapping_add(1));
        if let Some(again) = self.again.get_value() {
            again(self);
        }
    }

    /// Looks now, and again whenever something about people was heard, for as long as the caller lives.
    pub fn follow(self, look: impl Fn() + 'static) {
        effect(move || {
            self.news.track();
            untrack(&look);
        });
    }

    /// Asks for the list, as long as it is now.
    pub fn reload(self) {
        let Some(asked) = self.state.try_update(PeopleState::ask) else { return };
        let query = self.state.with_untracked(|state| state.query(None));
        spawn_local(async move {
            let answer = api::people::list(&query).await;
            self.state.update(|state| state.replace(asked, answer));
        });
    }

    /// Asks for the next page.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn load_more(self) -> api::ApiResult<()> {
        let Some(after) = self.state.with_untracked(|state| state.next.clone()) else { return Ok(()) };
        let query = self.state.with_untracked(|state| state.query(Some(after)));
        // It goes on from what is listed now: of a list that is asked for anew meanwhile it is no part.
        let asked = self.state.with_untracked(|state| state.asked);
        let page = api::people::list(&query).await?;
        self.state.update(|state| state.append(asked, page));
        Ok(())
    }

    /// Lists others, once typing pauses.
    pub fn filter(self, filter: Filter) {
        if self.state.with_untracked(|state| state.filter == filter) {
            return;
        }
        self.state.update(|state| state.narrow(filter));
        // What was asked before is not wanted any more.
        let Some(number) = self.state.try_update(PeopleState::ask) else { return };
        let ask = move || {
            if self.state.with_untracked(|state| state.asked) == number {
                self.reload();
            }
        };
        set_timeout(ask, PAUSE);
    }

    /// Takes the second factor of somebody away who lost their phone.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn take_second_factor(self, id: &UserId) -> api::ApiResult<()> {
        api::second_factor::take(id).await?;
        self.reload();
        Ok(())
    }

    /// Approves, rejects, disables or enables; an empty reason is none.
    ///
    /// # Errors
    /// As the server refuses, for instance for the last administrator.
    pub async fn set_status(self, id: &UserId, status: UserStatus, reason: String) -> api::ApiResult<()> {
        let reason = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        self.update(id, UpdateUser { status: Some(status), reason, ..UpdateUser::default() }).await
    }

    /// Changes the role.
    ///
    /// # Errors
    /// As the server refuses, for instance for the last administrator.
    pub async fn set_role(self, id: &UserId, role: UserRole) -> api::ApiResult<()> {
        self.update(id, UpdateUser { role: Some(role), ..UpdateUser::default() }).await
    }

    /// Gives somebody another name.
    ///
    /// # Errors
    /// As the server refuses, for instance because the name is taken.
    pub async fn rename(self, id: &UserId, name: &str) -> api::ApiResult<()> {
        self.update(id, UpdateUser { username: Some(name.trim().to_owned()), ..UpdateUser::default() }).await
    }

    /// Makes an account.
    ///
    /// # Errors
    /// As the server refuses, for instance because the name is taken.
    pub async fn create(self, wish: &CreateUser) -> api::ApiResult<CreatedUser> {
        let created = api::people::create(wish).await?;
        self.reload();
        Ok(created)
    }

    /// Gives somebody a new password and ends all their logins. Answers the password.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn reset_password(self, id: &UserId) -> api::ApiResult<Option<String>> {
        Ok(api::people::reset_password(id).await?.password)
    }

    /// Ends all logins of somebody.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn end_logins(self, id: &UserId) -> api::ApiResult<()> {
        api::people::end_logins(id).await
    }

    /// Deletes somebody with everything that is theirs.
    ///
    /// # Errors
    /// As the server refuses, for instance for the last administrator.
    pub async fn remove(self, id: &UserId) -> api::ApiResult<()> {
        api::people::remove(id).await?;
        self.state.update(|state| state.remove(id));
        Ok(())
    }

    /// Says what a list would make, or makes it.
    ///
    /// # Errors
    /// As the server refuses, for instance because a line cannot be made.
    pub async fn import(self, list: &List, check: bool) -> api::ApiResult<ImportReport> {
        let report = api::people::import(&list.into(), check).await?;
        if report.done {
            self.reload();
        }
        Ok(report)
    }

    async fn update(self, id: &UserId, change: UpdateUser) -> api::ApiResult<()> {
        let user = api::people::update(id, &change).await?;
        self.state.update(|state| state.put(user));
        Ok(())
    }
}

/// Makes people available below.
pub fn provide_people() -> People {
    let people =
        People { state: RwSignal::new(PeopleState::default()), again: StoredValue::new(None), news: RwSignal::new(0) };
    provide_context(people);
    people
}

/// People.
#[must_use]
pub fn use_people() -> People {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::accounts::Theme;

    fn person(id: &str, status: UserStatus) -> User {
        User {
            id: id.into(),
            username: id.to_owned(),
            role: UserRole::User,
            status,
            reason: None,
            must_change_password: false,
            second_factor: false,
            passwordless: false,
            language: None,
            theme: Theme::System,
            about: None,
            default_model: None,
            avatar: None,
            created_at: String::new(),
            last_login_at: None,
        }
    }

    fn page(ids: &[(&str, UserStatus)], next: Option<&str>) -> Page<User> {
        let items = ids.iter().map(|(id, status)| person(id, *status)).collect();
        Page { items, next: next.map(str::to_owned) }
    }

    fn ids(state: &PeopleState) -> Vec<&str> {
        state.items.iter().map(|user| user.id.as_str()).collect()
    }

    #[test]
    fn who_waits_comes_first_and_the_rest_keeps_its_order() {
        use UserStatus::{Active, Pending};
        let mut state = PeopleState::default();
        let asked = state.ask();
        state.replace(asked, Ok(page(&[("a", Active), ("b", Pending), ("c", Active)], None)));
        assert_eq!(ids(&state), ["b", "a", "c"]);
    }

    #[test]
    fn news_moves_nobody_and_puts_new_people_who_wait_on_top() {
        use UserStatus::{Active, Pending};
        let mut state = PeopleState::default();
        let asked = state.ask();
        state.replace(asked, Ok(page(&[("a", Active), ("b", Pending)], None)));
        let asked = state.ask();
        state.replace(asked, Ok(page(&[("a", Active), ("b", Active), ("c", Pending)], None)));
        assert_eq!(ids(&state), ["c", "b", "a"]);
        state.begin();
        let asked = state.ask();
        state.replace(asked, Ok(page(&[("a", Active), ("b", Active), ("c", Pending)], None)));
        assert_eq!(ids(&state), ["c", "a", "b"]);
    }

    #[test]
    fn a_search_asks_for_others_in_their_own_order_and_ends_with_the_page() {
        use UserStatus::{Active, Pending};
        let mut state = PeopleState::default();
        let asked = state.ask();
        state.replace(asked, Ok(page(&[("a", Active), ("b", Active)], Some("b"))));
        assert_eq!(state.query(state.next.clone()).after.as_deref(), Some("b"));
        state.narrow(Filter { search: " B ".to_owned(), status: Some(Pending) });
        let query = state.query(None);
        assert_eq!((query.q.as_deref(), query.status, query.after), (Some("B"), Some(Pending), None));
        let asked = state.ask();
        state.replace(asked, Ok(page(&[("b", Active), ("a", Active)], None)));
        assert_eq!(ids(&state), ["b", "a"]);
        state.begin();
        assert_eq!((state.load.clone(), state.items.len()), (Load::Waiting, 0), "nobody is missed");
        assert_eq!(state.query(None), PeopleQuery { limit: Some(DEFAULT_PAGE), ..PeopleQuery::default() });
    }

    #[test]
    fn an_answer_to_an_earlier_question_is_dropped() {
        let mut state = PeopleState::default();
        let (first, second) = (state.ask(), state.ask());
        state.replace(second, Ok(page(&[("new", UserStatus::Active)], None)));
        state.replace(first, Ok(page(&[("old", UserStatus::Active)], None)));
        assert_eq!(ids(&state), ["new"]);
    }

    #[test]
    fn a_person_who_moved_between_pages_is_shown_once() {
        use UserStatus::Active;
        let mut state = PeopleState::default();
        let asked = state.ask();
        state.replace(asked, Ok(page(&[("a", Active), ("b", Active)], Some("b"))));
        state.append(asked, page(&[("b", Active), ("c", Active)], None));
        assert_eq!((ids(&state), state.next.clone()), (vec!["a", "b", "c"], None));
    }

    #[test]
    fn an_approved_person_stays_in_their_place() {
        use UserStatus::{Active, Pending};
        let mut state = PeopleState::default();
        let asked = state.ask();
        state.replace(asked, Ok(page(&[("a", Pending), ("b", Active)], None)));
        state.put(person("a", Active));
        assert_eq!(ids(&state), ["a", "b"]);
    }
}
