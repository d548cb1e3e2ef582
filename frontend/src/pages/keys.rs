//! `/settings/keys`: what programs show in place of a password.

use crate::components::given::Given;
use crate::components::setting_row::SettingRow;
use crate::components::ui::{Button, CopyButton, Dialog, EmptyState, ErrorCard, Glyph, Skeleton};
use crate::i18n::{Text, fill, keys as words, say, t};
use crate::pages::settings::SectionHead;
use crate::reactive::{draw, list, memo};
use crate::state::keys::Keys;
use crate::state::load::Load;
use form::KeyForm;
use leptos::prelude::*;
use row::KeyRow;
use shared::keys::{ApiKey, Scope};
use std::sync::Arc;

pub mod form;
pub mod limits;
pub mod row;

/// The person's keys.
#[component]
pub fn KeysPage() -> AnyView {
    let keys = Keys::load();
    let adding = RwSignal::new(false);
    view! {
        <SectionHead title=words::KEYS text=words::INTRO/>
        <SettingRow id="new-key" label=t(words::NEW) text=t(words::NEW_TEXT)>
            <Button label=t(words::NEW) glyph=Glyph::Plus on_press=move || adding.set(true)/>
        </SettingRow>
        <KeyList keys none=words::NONE/>
        <NewKey keys open=adding/>
    }
    .into_any()
}

/// Every key, or why there is none.
#[component]
pub fn KeyList(
    /// Where they are kept.
    keys: Keys,
    /// Said where there is none.
    none: Text,
) -> AnyView {
    let stand = memo(move || keys.state.with(|state| (state.load.clone(), state.items.is_empty())));
    let ids = move || keys.state.with(|state| state.items.iter().map(|key| key.id.to_string()).collect());
    let foot = move || match stand.get() {
        (Load::Waiting, _) => view! { <Skeleton rows=3/> }.into_any(),
        (Load::Failed(error), _) => view! { <ErrorCard error on_retry=move || keys.reload()/> }.into_any(),
        (Load::Ready, true) => view! { <EmptyState text=t(none)/> }.into_any(),
        (Load::Ready, false) => ().into_any(),
    };
    view! {
        <ul class="rows">{list(ids, move |id| view! { <KeyRow keys id=id.into()/> }.into_any())}</ul>
        {draw(foot)}
    }
    .into_any()
}

/// What a key was made of and its secret, as long as the dialog shows it.
pub type Made = RwSignal<Option<(ApiKey, String)>>;

/// The dialog that makes a key and then shows its secret.
#[component]
fn NewKey(keys: Keys, open: RwSignal<bool>) -> AnyView {
    let made: Made = RwSignal::new(None);
    let close = move || {
        open.set(false);
        made.set(None);
    };
    let title = move || match made.get() {
        Some((key, _)) => fill(words::MADE_TITLE, &[("name", &key.name)]),
        None => say(words::NEW).to_owned(),
    };
    let body = move || match made.get() {
        Some((key, secret)) => view! {
            <Given text=words::MADE_TEXT secret=secret.clone() on_done=move |()| close()>
                <Try command=command(&key.scopes, &secret)/>
            </Given>
        }
        .into_any(),
        None => view! { <KeyForm keys made on_close=move |()| close()/> }.into_any(),
    };
    view! {
        <Dialog open on_close=close title steady=Signal::derive(move || made.with(Option::is_some))>
            {draw(body)}
        </Dialog>
    }
    .into_any()
}

/// A command to try a key with, and a button that copies it.
#[component]
fn Try(command: String) -> AnyView {
    let copied = command.clone();
    let text = Arc::new(move || copied.clone());
    view! {
        <div class="key-try">
            <p class="field-label">{t(words::TRY)}</p>
            <CopyButton text label=words::COPY_TRY/>
        </div>
        <p class="given given-command"><code>{command}</code></p>
    }
    .into_any()
}

/// A command that does what the key may.
fn command(scopes: &[Scope], secret: &str) -> String {
    let origin = web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
    command_at(&origin, scopes, secret)
}

fn command_at(origin: &str, scopes: &[Scope], secret: &str) -> String {
    let (path, body) = match scopes.first() {
        Some(Scope::Models) => ("/api/models", ""),
        Some(Scope::Admin) => ("/api/admin/users", ""),
        Some(Scope::Chat) | None => ("/api/chat", " -H 'Content-Type: application/json' -d '{\"content\":\"Hello\"}'"),
    };
    format!("curl {origin}{path} -H 'Authorization: Bearer {secret}'{body}")
}

#[cfg(test)]
mod tests {
    use super::{Scope, command_at};

    #[test]
    fn the_command_asks_for_what_the_key_may() {
        let command = |scope| command_at("https://chat.example", &[scope], "sk-aichat-x");
        assert_eq!(
            command(Scope::Models),
            "curl https://chat.example/api/models -H 'Authorization: Bearer sk-aichat-x'"
        );
        assert!(command(Scope::Chat).ends_with(r#"-d '{"content":"Hello"}'"#));
        assert!(command(Scope::Admin).contains("/api/admin/users"));
    }
}
