//! What a connection will be after a change. Pure: it decides which secrets stay, and that none of them travels to a new
//! address by itself.

use crate::catalog::Scope;
use crate::catalog::curation::{self, Adopted};
use crate::catalog::input::{self, Wanted, WantedKey};
use crate::catalog::snapshot::{Entry, ReadyKey};
use crate::catalog::target::{Hidden, addresses};
use crate::db::connections::{Options, StoredConnection};
use crate::error::{AppError, AppResult};
use llm::ModelInfo;
use shared::ErrorCode;
use shared::connections::UpdateConnection;
use std::collections::BTreeMap;

/// Whether a change concerns how the provider is reached, so that it has to be asked again.
pub(super) fn is_technical(change: &UpdateConnection) -> bool {
    change.base_url.is_some()
        || change.key.is_some()
        || change.keys.is_some()
        || change.headers.is_some()
        || change.proxy.is_some()
        || change.models.is_some()
}

/// Whether a change is more than a name and a switch.
pub(super) fn is_more_than_a_switch(change: &UpdateConnection) -> bool {
    let plain = UpdateConnection { name: change.name.clone(), enabled: change.enabled, ..UpdateConnection::default() };
    *change != plain
}

/// Whether something secret that is stored goes on to be used. Headers that do not open are secrets, too.
pub(super) fn keeps_secrets(has_keys: bool, hidden: Option<&Hidden>, change: &UpdateConnection) -> bool {
    let keeps_keys = match (&change.key, &change.keys) {
        (Some(_), _) => false,
        (None, Some(keys)) => {
            keys.iter().any(|key| key.id.is_some() && key.key.as_deref().unwrap_or_default().trim().is_empty())
        }
        (None, None) => has_keys,
    };
    let keeps_headers = match &change.headers {
        Some(headers) => headers.values().any(Option::is_none),
        None => hidden.is_none_or(|hidden| !hidden.headers.is_empty()),
    };
    keeps_keys || keeps_headers
}

/// What is looked at after a change: the stored connection with what is given.
pub(super) fn wanted(entry: &Entry, change: &UpdateConnection, scope: &Scope) -> AppResult<Wanted> {
    let connection = &entry.connection;
    let name = change.name.as_deref().map(input::name).transpose()?.flatten();
    let candidates = match &change.base_url {
        Some(url) => addresses(connection.protocol, url)?,
        None => vec![connection.base_url.clone()],
    };
    let hidden = if is_technical(change) {
        hidden(&opened(entry.target.hidden.clone(), change)?, change)?
    } else {
        entry.target.hidden.clone().unwrap_or_default()
    };
    if change.proxy.is_some() {
        input::refuse_own_proxy(hidden.proxy.as_ref(), scope)?;
    }
    let wanted = Wanted {
        name: name.unwrap_or_else(|| connection.name.clone()),
        protocol: connection.protocol,
        candidates,
        keys: keys(entry, change)?,
        hidden,
        prefix: change.prefix.as_deref().map_or_else(|| Ok(connection.prefix.clone()), input::prefix)?,
        timeouts: change.timeouts.map_or_else(|| Ok(connection.timeouts), input::timeouts)?,
        models: input::models_of("models", change.models.as_deref().unwrap_or_default(), scope)?,
        shown: change.shown.as_deref().map(|names| input::models_of("shown", names, scope)).transpose()?,
    };
    let keeps = keeps_secrets(!connection.keys.is_empty(), entry.target.hidden.as_ref(), change);
    if keeps && travels((&connection.base_url, connection.proxy.as_deref()), &wanted) {
        return Err(AppError::new(ErrorCode::ConnectionKeyForNewAddress));
    }
    Ok(wanted)
}

/// Whether what is stored for an address, reached by a proxy or without one, would go to another server after a change, or
/// in the open through another proxy: that would be a way to read it.
pub(super) fn travels((base_url, proxy): (&str, Option<&str>), wanted: &Wanted) -> bool {
    let new = &wanted.candidates[0];
    let shown = wanted.hidden.shown_proxy();
    let other_way = shown.is_some() && shown.as_deref() != proxy && new.starts_with("http://");
    other_way || !input::same_origin(new, base_url)
}

/// Headers and proxy as they are stored. Where they do not open, half of them cannot be kept: a change gives both.
pub(super) fn opened(stored: Option<Hidden>, change: &UpdateConnection) -> AppResult<Hidden> {
    match stored {
        Some(hidden) => Ok(hidden),
        None if change.headers.is_some() && change.proxy.is_some() => Ok(Hidden::default()),
        None => Err(AppError::invalid(
            "the stored headers and proxy do not open with this server's master key: give both `headers` and `proxy` \
             again, empty where there is none",
        )),
    }
}

/// Headers and proxy after a change. A proxy that is given as it is shown keeps its login.
pub(super) fn hidden(stored: &Hidden, change: &UpdateConnection) -> AppResult<Hidden> {
    let headers = match &change.headers {
        Some(wanted) => headers(&stored.headers, wanted)?,
        None => stored.headers.clone(),
    };
    let proxy = match change.proxy.as_deref().map(input::proxy).transpose()? {
        Some(given) if given.is_some() && given == stored.shown_proxy() => stored.proxy.clone(),
        Some(given) => given,
        None => stored.proxy.clone(),
    };
    Ok(Hidden { headers, proxy })
}

fn headers(
    stored: &BTreeMap<String, String>,
    wanted: &BTreeMap<String, Option<String>>,
) -> AppResult<BTreeMap<String, String>> {
    let mut whole = BTreeMap::new();
    for (name, value) in wanted {
        let kept = || input::header_name(name).ok().and_then(|name| stored.get(&name).cloned());
        let value = value.clone().or_else(kept);
        let value = value.ok_or_else(|| AppError::invalid(format!("the header `{name}` has no stored value")))?;
        whole.insert(name.clone(), value);
    }
    input::headers(&whole)
}

/// The keys after a change, each with its secret where it opens.
fn keys(entry: &Entry, change: &UpdateConnection) -> AppResult<Vec<WantedKey>> {
    match (&change.key, &change.keys) {
        (Some(_), Some(_)) => Err(input::both_kinds_of_keys()),
        (Some(key), None) => input::single_key(Some(key)),
        (None, Some(keys)) => {
            let keys = input::keys(keys)?;
            let is_stored = |key: &WantedKey| {
                key.id.as_ref().is_none_or(|id| entry.connection.keys.iter().any(|stored| stored.id == *id))
            };
            if keys.iter().all(is_stored) { Ok(keys) } else { Err(ErrorCode::KeyNotFound.into()) }
        }
        (None, None) => Ok(entry.keys.iter().map(kept).collect()),
    }
}

fn kept(key: &ReadyKey) -> WantedKey {
    WantedKey {
        id: Some(key.id.clone()),
        label: key.label.clone(),
        secret: None,
        enabled: key.enabled,
        models: key.models.clone(),
    }
}

/// The models after a change; none leaves them as they are.
pub(super) fn list(
    row: &StoredConnection,
    change: &UpdateConnection,
    wanted: &Wanted,
    fetched: Option<&[ModelInfo]>,
) -> Option<Adopted> {
    let options = options(row, change, wanted);
    if !wanted.models.is_empty() {
        let list = curation::typed(&wanted.models, fetched.unwrap_or_default(), true);
        return Some(Adopted { list, options: Options { typed: true, afresh: false, ..options } });
    }
    // A new key or address alone does not undo a selection.
    let afresh = change.models.is_some() || !row.models.iter().any(|model| model.listed);
    Some(curation::adopt(fetched?, &row.models, &options, None, afresh))
}

/// What is remembered of the list while it is fetched. Another provider's list is a first one, and so is the one that
/// comes instead of typed names, whenever it comes.
pub(super) fn options(row: &StoredConnection, change: &UpdateConnection, wanted: &Wanted) -> Options {
    let mut options = row.about.options.clone();
    if options.typed && change.models.as_ref().is_some_and(Vec::is_empty) {
        options = Options { typed: false, afresh: true, ..options };
    }
    if !options.typed && !input::same_origin(&wanted.candidates[0], &row.about.base_url) {
        options = Options { show_new: None, afresh: true, ..options };
    }
    options
}
