//! The person at the foot of the list: settings, colours, language, sign out.

use crate::components::preferences::{LanguageChoice, ThemeChoice};
use crate::components::ui::{Avatar, Glyph, Icon, Placement, Popover};
use crate::dom;
use crate::i18n::{Text, chat, shortcuts, t};
use crate::later::{Part, later};
use crate::reactive::effect;
use crate::shortcuts::use_shortcuts;
use crate::state::account::{Account, use_account};
use crate::state::chats::{Chats, use_chats};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_split_helpers::wasm_split;

/// The person, and the menu that opens from there.
#[component]
pub fn PersonMenu() -> AnyView {
    let account = use_account();
    let open = RwSignal::new(false);
    let anchor = NodeRef::<html::Button>::new();
    let picture = Signal::derive(move || account.user.with(|user| user.as_ref()?.avatar.clone()));
    let name = move || account.user.with(|user| user.as_ref().map(|user| user.username.clone()).unwrap_or_default());
    view! {
        <button
            node_ref=anchor
            class="person"
            type="button"
            aria-haspopup="dialog"
            aria-expanded=move || open.get().to_string()
            on:click=move |_| open.update(|open| *open = !*open)
        >
            <Avatar picture name=Signal::derive(name)/>
            <span class="person-name">{name}</span>
            <Icon glyph=Glyph::Settings/>
        </button>
        <Popover open anchor name=t(chat::PERSON) placement=Placement::Start class="person-menu">
            {later(|| Box::pin(content_part()), open)}
        </Popover>
    }
    .into_any()
}

#[wasm_split(more, fallible)]
fn content_part() -> Part<RwSignal<bool>> {
    Ok(content)
}

fn content(open: RwSignal<bool>) -> AnyView {
    let (account, chats) = (use_account(), use_chats());
    let admin = move || {
        account.is_admin.get().then(|| {
            view! {
                <MenuLink href="/settings/connections" text=chat::CONNECTIONS glyph=Glyph::Plug open/>
                <MenuLink href="/settings/people" text=chat::PEOPLE glyph=Glyph::Users open/>
            }
        })
    };
    let sign_out = move |_| {
        open.set(false);
        leave(account, chats);
    };
    let overview = use_shortcuts().overview;
    let show_shortcuts = move |_| {
        open.set(false);
        // The dialog gives the focus back to where it was.
        dom::focus_first("button.person");
        overview.set(true);
    };
    let place = NodeRef::<html::Div>::new();
    // The focus goes along, so that Esc closes this and not what is behind it.
    effect(move || {
        if let Some(first) = place.get().and_then(|place| dom::all(&place, "a").into_iter().next()) {
            dom::focus(&first);
        }
    });
    view! {
        <div node_ref=place>
            <MenuLink href="/settings" text=chat::SETTINGS glyph=Glyph::Settings open/>
            {admin}
            <div class="person-choices"><ThemeChoice id="person-theme"/><LanguageChoice id="person-language"/></div>
            <button class="menu-row needs-keyboard" type="button" on:click=show_shortcuts>
                <Icon glyph=Glyph::Keyboard/>
                <span>{t(shortcuts::TITLE)}</span>
            </button>
            <button class="menu-row" type="button" on:click=sign_out>
                <Icon glyph=Glyph::LogOut/>
                <span>{t(chat::SIGN_OUT)}</span>
            </button>
        </div>
    }
    .into_any()
}

/// Signs out; whoever could not be signed out hears of it and may try again.
fn leave(account: Account, chats: Chats) {
    spawn_local(async move {
        if let Err(error) = account.sign_out().await {
            chats.fail(error, move || leave(account, chats));
        }
    });
}

#[component]
fn MenuLink(href: &'static str, text: Text, glyph: Glyph, open: RwSignal<bool>) -> AnyView {
    view! {
        <a class="menu-row" href=href on:click=move |_| open.set(false)>
            <Icon glyph/>
            <span>{t(text)}</span>
        </a>
    }
    .into_any()
}
