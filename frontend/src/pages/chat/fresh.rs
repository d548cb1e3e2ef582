//! What a chat is besides an ordinary one: temporary, or begun in a folder. A button for a new one, and a line that says so.

use crate::components::sidebar::actions::use_actions;
use crate::components::ui::{Button, ButtonKind, Glyph, Icon, IconButton};
use crate::i18n::{composer as words, fill, organize, say, t};
use crate::reactive::{draw, memo};
use crate::shortcuts::hint;
use crate::state::chats::use_chats;
use crate::state::composer::use_composer;
use crate::state::conversation::use_chat;
use leptos::prelude::*;
use shared::chat::NewChat;

/// Makes the new chat a temporary one, or not any more.
#[component]
pub fn TemporaryButton() -> AnyView {
    let (composer, store) = (use_composer(), use_chat());
    let is_new = memo(move || store.session.with(Option::is_none));
    let pressed = Signal::derive(move || composer.fresh.with(|fresh| fresh.temporary));
    let press = move || {
        let fresh = composer.fresh.get_untracked();
        composer.plan(NewChat { temporary: !fresh.temporary, ..fresh });
    };
    draw(move || {
        is_new.get().then(|| {
            view! {
                <div class="head-end">
                    <IconButton name=t(organize::TEMPORARY) glyph=Glyph::Hourglass pressed on_press=press shortcut=hint("temporary")/>
                </div>
            }
        })
    })
}

/// What the chat on the screen is besides an ordinary one.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    /// `stored` says that there is something to keep.
    Temporary {
        stored: bool,
    },
    /// It will lie in this folder.
    In(String),
}

/// The line that says what the chat is.
#[component]
pub fn KindMark() -> AnyView {
    let (chats, composer, store, actions) = (use_chats(), use_composer(), use_chat(), use_actions());
    let kind = memo(move || match store.session.get() {
        Some(id) if chats.get(&id).is_some_and(|session| session.temporary) => Kind::Temporary { stored: true },
        Some(_) => Kind::Plain,
        None => match composer.fresh.get() {
            NewChat { temporary: true, .. } => Kind::Temporary { stored: false },
            NewChat { folder_id: Some(folder), .. } => {
                chats.folders.get(&folder).map_or(Kind::Plain, |folder| Kind::In(folder.name))
            }
            _ => Kind::Plain,
        },
    });
    let keep = move || {
        if let Some(id) = store.session.get_untracked() {
            actions.keep(id);
        }
    };
    let plain = move || composer.begin_as(NewChat::default());
    draw(move || match kind.get() {
        Kind::Plain => ().into_any(),
        Kind::Temporary { stored } => view! {
            <div class="kind-mark" role="status">
                <Icon glyph=Glyph::Hourglass/>
                <p>{t(organize::TEMPORARY_MARK)}</p>
                {if stored {
                    view! { <Button label=t(organize::KEEP) kind=ButtonKind::Quiet on_press=keep/> }.into_any()
                } else {
                    view! { <IconButton name=t(words::TEMPORARY_LEAVE) glyph=Glyph::X on_press=plain/> }.into_any()
                }}
            </div>
        }
        .into_any(),
        Kind::In(name) => view! {
            <div class="kind-mark" role="status">
                <Icon glyph=Glyph::Folder/>
                <p>{move || fill(organize::IN_FOLDER, &[("folder", &name)])}</p>
                <IconButton name=move || say(organize::NO_FOLDER) glyph=Glyph::X on_press=plain/>
            </div>
        }
        .into_any(),
    })
}
