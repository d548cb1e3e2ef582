//! Changing a connection: name, address, key. Only what was changed is sent.

use super::row::Row;
use crate::components::ui::{Button, ButtonKind, ErrorCard, FieldKind, TextField};
use crate::dom;
use crate::i18n::{common, connections as words, say, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;
use shared::connections::{Connection, UpdateConnection};

/// The change that leads from a connection to the typed values; nothing typed leaves the key as it is.
fn change(before: &Connection, name: &str, base_url: &str, key: &str) -> UpdateConnection {
    let changed = |typed: &str, known: &str| (!typed.is_empty() && typed != known).then(|| typed.to_owned());
    UpdateConnection {
        name: changed(name.trim(), &before.name),
        base_url: changed(base_url.trim(), &before.base_url),
        key: changed(key.trim(), ""),
        ..UpdateConnection::default()
    }
}

/// Whether a typed address leads to another server than the known one, to which a stored key is never sent. Only a hint
/// hangs on it: a scheme that was left out is taken to be the same.
fn leads_elsewhere(known: &str, typed: &str) -> bool {
    let parts = |url: &str| {
        let url = url.trim().to_lowercase();
        let (scheme, rest) = url.split_once("://").unwrap_or(("", &url));
        (scheme.to_owned(), rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned())
    };
    let ((scheme, host), (other_scheme, other_host)) = (parts(known), parts(typed));
    !other_host.is_empty() && (host != other_host || !(other_scheme.is_empty() || scheme == other_scheme))
}

/// The fields of the dialog.
#[component]
pub fn EditForm(
    /// The row it belongs to.
    row: Row,
) -> AnyView {
    let Some(before) = row.connection.get_untracked() else { return ().into_any() };
    let name = RwSignal::new(before.name.clone());
    let base_url = RwSignal::new(before.base_url.clone());
    let key = RwSignal::new(String::new());
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let url_error = Signal::derive(move || {
        base_url.with(|url| url.trim().is_empty()).then(|| say(words::BASE_URL_MISSING).to_owned())
    });
    let (has_key, known_url) = (before.has_key, before.base_url.clone());
    let key_hint = move || {
        say(match has_key {
            false => words::KEY_OPTIONAL,
            true if base_url.with(|url| leads_elsewhere(&known_url, url)) => words::KEY_AGAIN,
            true => words::KEY_KEEP,
        })
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if url_error.get_untracked().is_some() {
            return dom::focus_id("edit-url");
        }
        let wish = change(&before, &name.read_untracked(), &base_url.read_untracked(), &key.read_untracked());
        if wish == UpdateConnection::default() {
            return row.editing.set(false);
        }
        busy.set(true);
        failure.set(None);
        let id = row.id();
        spawn_local(async move {
            let result = row.connections.update(&id, &wish).await;
            busy.try_set(false);
            match result {
                Ok(()) => drop(row.editing.try_set(false)),
                Err(error) => drop(failure.try_set(Some(error))),
            }
        });
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <TextField id="edit-name" label=t(words::NAME) value=name/>
            <TextField id="edit-url" kind=FieldKind::Url label=t(words::BASE_URL) hint=t(words::BASE_URL_HINT) value=base_url error=url_error/>
            <TextField id="edit-key" kind=FieldKind::Password label=t(words::KEY) hint=key_hint value=key/>
            {move || failure.get().map(|error| view! { <ErrorCard error/> })}
            <div class="dialog-actions">
                <Button label=t(common::CANCEL) on_press=move || row.editing.set(false)/>
                <Button label=t(common::SAVE) kind=ButtonKind::Primary submit=true busy/>
            </div>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::connections::Protocol;

    fn connection() -> Connection {
        Connection {
            id: "c".into(),
            name: "Kimi".to_owned(),
            protocol: Protocol::OpenaiChat,
            base_url: "https://api.example/v1".to_owned(),
            has_key: true,
            enabled: true,
            variable: None,
            models: Vec::new(),
            created_at: String::new(),
        }
    }

    #[test]
    fn only_what_was_changed_is_sent() {
        let before = connection();
        assert!(change(&before, "Kimi", "https://api.example/v1 ", "") == UpdateConnection::default());
        let renamed = change(&before, "K", "https://api.example/v1", " ");
        assert_eq!((renamed.name.as_deref(), renamed.base_url, renamed.key), (Some("K"), None, None));
    }

    #[test]
    fn another_server_is_told_from_another_path() {
        let elsewhere = |typed| leads_elsewhere("https://api.example/v1", typed);
        assert!(!["https://API.example/v2", "api.example", " ", ""].into_iter().any(elsewhere));
        assert!(
            ["http://api.example/v1", "https://api.example:8443", "https://other.example/v1"]
                .into_iter()
                .all(elsewhere)
        );
    }

    #[test]
    fn a_new_key_loses_the_blanks_around_it() {
        assert_eq!(change(&connection(), "", "", " sk-2\n").key.as_deref(), Some("sk-2"));
    }
}
