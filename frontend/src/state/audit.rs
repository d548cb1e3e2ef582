//! The audit log as administrators read it: filters, pages, and what a change looks like.

use crate::api::{self, ApiResult};
use crate::state::listing::{Listing, Source, typed};
use crate::time;
use serde_json::Value;
use shared::Page;
use shared::audit::{Act, AuditEntry, AuditQuery};
use std::collections::BTreeSet;

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
pub type Audit = Listing<Entries>;

/// The entries of the log, the latest first.
pub struct Entries;

impl Source for Entries {
    type Item = AuditEntry;
    type Filter = Filter;

    fn page(filter: &Filter, after: Option<String>) -> impl Future<Output = ApiResult<Page<AuditEntry>>> + 'static {
        let query = query(filter, after);
        async move { api::audit::list(&query).await }
    }
}

/// What is asked for.
fn query(filter: &Filter, after: Option<String>) -> AuditQuery {
    AuditQuery {
        person: typed(&filter.person),
        act: filter.act,
        object: typed(&filter.object),
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
}
