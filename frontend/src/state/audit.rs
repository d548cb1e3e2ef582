//! The audit log as administrators read it: filters, pages, and what a change looks like.

use crate::state::load::Load;
use crate::{api, time};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;
use shared::audit::{Act, AuditEntry, AuditQuery};
use shared::{ApiError, Page};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long typing has to pause before a search is sent.
const PAUSE: Duration = Duration::from_millis(200);

/// What is listed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Who: a part of the name.
    pub person: String,
    /// What was done.
    pub act: Option<Act>,
    /// What it was done to: a part of the name.
    pub object: String,
    /// The first day, `2026-11-30`.
    pub from: String,
    /// The last day.
    pub to: String,
}

/// The plain state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditState {
    /// Where the list stands.
    pub load: Load,
    /// The entries, the latest first.
    pub items: Vec<AuditEntry>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// What is listed.
    pub filter: Filter,
    /// Number of the last question; an answer to an earlier one is not wanted any more.
    asked: u64,
}

impl AuditState {
    /// Begins a question and gives its number.
    pub fn ask(&mut self) -> u64 {
        self.asked += 1;
        self.asked
    }

    /// Takes in the list from its beginning.
    pub fn replace(&mut self, asked: u64, answer: Result<Page<AuditEntry>, ApiError>) {
        if asked != self.asked {
            return;
        }
        match answer {
            Ok(page) => (self.load, self.items, self.next) = (Load::Ready, page.items, page.next),
            Err(error) => self.load = Load::Failed(error),
        }
    }

    /// Takes in the next page.
    pub fn append(&mut self, asked: u64, page: Page<AuditEntry>) {
        if asked == self.asked {
            self.items.extend(page.items);
            self.next = page.next;
        }
    }
}

/// The values of a change, as they are read: the field, what it was, what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The field; none where the whole is one value.
    pub field: Option<String>,
    /// What it was; none for nothing.
    pub before: Option<Value>,
    /// What it is.
    pub after: Option<Value>,
}

/// What an entry says that changed.
#[must_use]
pub fn changes(entry: &AuditEntry) -> Vec<Change> {
    let (before, after) = (entry.before.as_ref(), entry.after.as_ref());
    let fields =
        |value: Option<&Value>| value.and_then(Value::as_object).map(|fields| fields.keys().cloned().collect());
    let names: BTreeSet<String> = match (fields(before), fields(after)) {
        (None, None) if before.is_none() && after.is_none() => return Vec::new(),
        (None, None) => {
            return vec![Change { field: None, before: before.cloned(), after: after.cloned() }];
        }
        (one, other) => {
            let (one, other): (BTreeSet<String>, BTreeSet<String>) =
                (one.unwrap_or_default(), other.unwrap_or_default());
            one.union(&other).cloned().collect()
        }
    };
    let value = |whole: Option<&Value>, name: &str| {
        whole.and_then(|whole| whole.get(name)).filter(|value| !value.is_null()).cloned()
    };
    let change = |name: String| Change { before: value(before, &name), after: value(after, &name), field: Some(name) };
    // A field without a value before and after says nothing.
    names.into_iter().map(change).filter(|change| change.before.is_some() || change.after.is_some()).collect()
}

/// The log as the interface reads it.
#[derive(Clone, Copy)]
pub struct Audit {
    /// The state; tracked.
    pub state: RwSignal<AuditState>,
}

impl Audit {
    /// Asks for the log, for as long as the caller lives.
    #[must_use]
    pub fn load() -> Self {
        let audit = Self { state: RwSignal::new(AuditState::default()) };
        audit.reload();
        audit
    }

    /// Asks for the list from its beginning.
    pub fn reload(self) {
        let Some(asked) = self.state.try_update(AuditState::ask) else { return };
        let query = self.state.with_untracked(|state| query(&state.filter, None));
        spawn_local(async move {
            let answer = api::audit::list(&query).await;
            self.state.try_update(|state| state.replace(asked, answer));
        });
    }

    /// Asks for the next page.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn load_more(self) -> api::ApiResult<()> {
        let known = self.state.with_untracked(|state| (state.asked, state.filter.clone(), state.next.clone()));
        let (asked, filter, Some(after)) = known else { return Ok(()) };
        let page = api::audit::list(&query(&filter, Some(after))).await?;
        self.state.try_update(|state| state.append(asked, page));
        Ok(())
    }

    /// Lists something else, once typing pauses.
    pub fn filter(self, filter: Filter) {
        if self.state.with_untracked(|state| state.filter == filter) {
            return;
        }
        self.state.update(|state| state.filter = filter);
        let Some(number) = self.state.try_update(AuditState::ask) else { return };
        let ask = move || {
            if self.state.try_with_untracked(|state| state.asked) == Some(number) {
                self.reload();
            }
        };
        set_timeout(ask, PAUSE);
    }
}

/// What is asked for.
fn query(filter: &Filter, after: Option<String>) -> AuditQuery {
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    AuditQuery {
        person: text(&filter.person),
        act: filter.act,
        object: text(&filter.object),
        from: time::day_begin(&filter.from, 0),
        // The last day counts whole.
        to: time::day_begin(&filter.to, 1),
        after,
        limit: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(before: Option<Value>, after: Option<Value>) -> AuditEntry {
        AuditEntry {
            id: "1".to_owned(),
            at: String::new(),
            act: Act::SettingChanged,
            person: None,
            key: None,
            object: None,
            address: None,
            device: None,
            before,
            after,
        }
    }

    #[test]
    fn a_change_of_one_value_has_no_field_and_one_of_many_has_them_in_order() {
        let plain = changes(&entry(Some(json!(20)), Some(json!(7))));
        assert_eq!(plain, [Change { field: None, before: Some(json!(20)), after: Some(json!(7)) }]);
        let many = changes(&entry(
            Some(json!({"role": "user"})),
            Some(json!({"role": "admin", "status": "active", "reason": null})),
        ));
        let fields: Vec<_> = many.iter().map(|change| change.field.as_deref().unwrap_or_default()).collect();
        assert_eq!(fields, ["role", "status"]);
        assert_eq!((many[1].before.clone(), many[1].after.clone()), (None, Some(json!("active"))));
        assert!(changes(&entry(None, None)).is_empty());
    }

    #[test]
    fn a_page_that_comes_late_is_not_taken() {
        let mut state = AuditState::default();
        let old = state.ask();
        let new = state.ask();
        state.replace(old, Ok(Page { items: vec![entry(None, None)], next: None }));
        assert!(state.items.is_empty());
        state.replace(new, Ok(Page { items: vec![entry(None, None)], next: Some("1".to_owned()) }));
        state.append(new, Page { items: vec![entry(None, None)], next: None });
        assert_eq!((state.items.len(), state.next), (2, None));
    }
}
