//! What a form about a connection has been told so far, and the requests it makes. Pure.

use crate::i18n::{Text, connections as words};
use shared::connections::{
    Connection, ConnectionTimeouts, NewConnection, NewKey, Protocol, UpdateConnection, VerifyReport, VerifyStage,
    model_names,
};
use shared::{ApiError, ErrorCode, KeyId};
use std::collections::{BTreeMap, BTreeSet};

/// A connection that is being filled in.
#[derive(Clone, Default, PartialEq)]
pub struct Draft {
    /// Its name; empty uses the host.
    pub name: String,
    /// What it speaks.
    pub protocol: Protocol,
    /// The address, as it was typed.
    pub base_url: String,
    /// Its keys, in the order in which they are tried.
    pub keys: Vec<KeyDraft>,
    /// Headers that every request carries.
    pub headers: Vec<HeaderDraft>,
    /// What stands before the names of its models.
    pub prefix: String,
    /// A proxy of its own.
    pub proxy: String,
    /// Seconds to the first token.
    pub first_token: String,
    /// Seconds between two pieces.
    pub idle: String,
    /// Names of models, where the provider lists none.
    pub typed_models: String,
    /// Whether models that appear later are shown by themselves.
    pub show_new: bool,
}

/// A key that is being filled in.
#[derive(Clone, PartialEq)]
pub struct KeyDraft {
    /// The stored key, if it is one.
    pub id: Option<KeyId>,
    /// Its name.
    pub label: String,
    /// The key, as it was pasted; a stored one keeps its own without it.
    pub secret: String,
    /// Whether it is used.
    pub enabled: bool,
    /// The models that it is for.
    pub models: String,
}

impl Default for KeyDraft {
    fn default() -> Self {
        Self { id: None, label: String::new(), secret: String::new(), enabled: true, models: String::new() }
    }
}

impl KeyDraft {
    /// Whether there is something to send.
    fn counts(&self) -> bool {
        self.id.is_some() || !self.secret.trim().is_empty()
    }

    fn request(&self) -> NewKey {
        let secret = self.secret.trim();
        NewKey {
            id: self.id.clone(),
            label: self.label.trim().to_owned(),
            key: (!secret.is_empty()).then(|| secret.to_owned()),
            enabled: Some(self.enabled),
            models: model_names(&self.models),
        }
    }
}

/// A header that is being filled in.
#[derive(Clone, Default, PartialEq)]
pub struct HeaderDraft {
    /// Its name.
    pub name: String,
    /// Its value, as it was typed.
    pub value: String,
    /// Whether it has a value on the server, which stays unless another one is typed.
    pub stored: bool,
}

impl HeaderDraft {
    /// Whether it cannot be sent as it is. A row that was left empty is none.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        let (nameless, empty) = (self.name.trim().is_empty(), self.value.trim().is_empty() && !self.stored);
        nameless != empty
    }
}

/// A number of seconds to wait.
///
/// # Errors
/// The rule that it breaks.
pub fn seconds(typed: &str) -> Result<Option<u32>, Text> {
    match typed.trim() {
        "" => Ok(None),
        typed => {
            typed.parse().ok().filter(|seconds| (5..=3_600).contains(seconds)).map(Some).ok_or(words::SECONDS_RULE)
        }
    }
}

fn filled(typed: &str) -> Option<String> {
    Some(typed.trim().to_owned()).filter(|typed| !typed.is_empty())
}

impl Draft {
    /// A stored connection, as it stands in the form. Secrets are not there: they never come back.
    #[must_use]
    pub fn of(stored: &Connection) -> Self {
        let wait = |seconds: Option<u32>| seconds.map(|seconds| seconds.to_string()).unwrap_or_default();
        let key = |key: &shared::connections::ConnectionKey| KeyDraft {
            id: Some(key.id.clone()),
            label: key.label.clone(),
            secret: String::new(),
            enabled: key.enabled,
            models: key.models.join(", "),
        };
        let header = |name: &String| HeaderDraft { name: name.clone(), value: String::new(), stored: true };
        Self {
            name: stored.name.clone(),
            protocol: stored.protocol,
            base_url: stored.base_url.clone(),
            keys: stored.keys.iter().map(key).collect(),
            headers: stored.headers.iter().map(header).collect(),
            prefix: stored.prefix.clone(),
            proxy: stored.proxy.clone().unwrap_or_default(),
            first_token: wait(stored.timeouts.first_token_seconds),
            idle: wait(stored.timeouts.idle_seconds),
            typed_models: if stored.list.typed { stored.models.join(", ") } else { String::new() },
            show_new: stored.list.show_new,
        }
    }

    fn timeouts(&self) -> ConnectionTimeouts {
        let wait = |typed: &str| seconds(typed).ok().flatten();
        ConnectionTimeouts { first_token_seconds: wait(&self.first_token), idle_seconds: wait(&self.idle) }
    }

    fn new_keys(&self) -> Vec<NewKey> {
        self.keys.iter().filter(|key| key.counts()).map(KeyDraft::request).collect()
    }

    fn new_headers(&self) -> BTreeMap<String, Option<String>> {
        let named = self.headers.iter().filter(|header| !header.name.trim().is_empty());
        named.map(|header| (header.name.trim().to_owned(), filled(&header.value))).collect()
    }

    /// What is checked, and saved where the check gave no better address.
    #[must_use]
    pub fn request(&self) -> NewConnection {
        let mut keys = self.new_keys();
        // One key without anything of its own needs no list.
        let plain = KeyDraft {
            secret: keys.first().and_then(|key| key.key.clone()).unwrap_or_default(),
            ..KeyDraft::default()
        };
        let key = if keys.len() == 1 && keys[0] == plain.request() { keys.remove(0).key } else { None };
        NewConnection {
            name: self.name.trim().to_owned(),
            protocol: self.protocol,
            base_url: self.base_url.trim().to_owned(),
            key,
            keys,
            headers: self.new_headers().into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
            prefix: self.prefix.trim().to_owned(),
            proxy: filled(&self.proxy),
            timeouts: self.timeouts(),
            models: model_names(&self.typed_models),
            shown: None,
        }
    }

    /// What is saved after a check: the address that worked, and the chosen models. No choice leaves it to the server.
    #[must_use]
    pub fn checked(&self, report: &VerifyReport, chosen: Option<&BTreeSet<String>>) -> NewConnection {
        let mut request = self.request();
        if report.ok && !report.base_url.is_empty() {
            request.base_url.clone_from(&report.base_url);
        }
        // In the provider's order, which the list of models keeps.
        let kept =
            |chosen: &BTreeSet<String>| report.models.iter().filter(|name| chosen.contains(*name)).cloned().collect();
        request.shown = chosen.map(kept);
        request
    }

    /// The change that leads from a stored connection to this one: only what differs.
    #[must_use]
    pub fn change(&self, stored: &Connection) -> UpdateConnection {
        let before = Self::of(stored);
        let changed = |now: &str, before: &str| (now.trim() != before).then(|| now.trim().to_owned());
        let needed = |now: &str, before: &str| changed(now, before).filter(|now| !now.is_empty());
        let (keys, headers, models) = (self.new_keys(), self.new_headers(), model_names(&self.typed_models));
        let change = UpdateConnection {
            name: needed(&self.name, &before.name),
            base_url: needed(&self.base_url, &before.base_url),
            key: None,
            keys: (keys != before.new_keys()).then_some(keys),
            headers: (headers != before.new_headers()).then_some(headers),
            prefix: changed(&self.prefix, &before.prefix),
            proxy: changed(&self.proxy, &before.proxy),
            timeouts: Some(self.timeouts()).filter(|timeouts| *timeouts != before.timeouts()),
            enabled: None,
            models: (models != model_names(&before.typed_models)).then_some(models),
            shown: None,
            show_new: (self.show_new != before.show_new).then_some(self.show_new),
        };
        if stored.locked { self.whole(change) } else { change }
    }

    /// Where the stored headers and proxy do not open, a change of how the provider is reached gives both: as they are here.
    fn whole(&self, change: UpdateConnection) -> UpdateConnection {
        let technical = change.base_url.is_some() || change.keys.is_some() || change.models.is_some();
        if !technical && change.headers.is_none() && change.proxy.is_none() {
            return change;
        }
        UpdateConnection { headers: Some(self.new_headers()), proxy: Some(self.proxy.trim().to_owned()), ..change }
    }
}

/// Whether a typed address leads to another server than the known one, to which a stored key is never sent. Only a hint
/// hangs on it: a scheme that was left out is taken to be the same.
#[must_use]
pub fn leads_elsewhere(known: &str, typed: &str) -> bool {
    let parts = |url: &str| {
        let url = url.trim().to_lowercase();
        let (scheme, rest) = url.split_once("://").unwrap_or(("", &url));
        (scheme.to_owned(), rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned())
    };
    let ((scheme, host), (other_scheme, other_host)) = (parts(known), parts(typed));
    !other_host.is_empty() && (host != other_host || !(other_scheme.is_empty() || scheme == other_scheme))
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
mod tests;
