//! Where chats go: the folders as a list, for the keyboard and for touch. A new one can be made on the way.

use crate::components::sidebar::actions::use_actions;
use crate::components::ui::{Button, ErrorCard, FieldKind, Glyph, Icon, TextField};
use crate::i18n::{organize, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::{ApiError, FolderId, SessionId};

/// The folders to choose from.
#[component]
pub fn MoveTo(
    /// The chats.
    ids: Vec<SessionId>,
) -> AnyView {
    let actions = use_actions();
    let chats = actions.chats;
    let ids = StoredValue::new(ids);
    // Where all of them lie now.
    let here = ids.with_value(|ids| {
        let mut places = ids.iter().filter_map(|id| chats.get_untracked(id)).map(|session| session.folder_id);
        let first = places.next();
        first.filter(|first| places.all(|place| place == *first))
    });
    let go = move |folder: Option<FolderId>| {
        chats.asking.set(None);
        ids.with_value(|ids| actions.move_to(ids, folder));
    };
    let row = move |folder: Option<FolderId>, name: String| {
        let is_here = here.as_ref() == Some(&folder);
        let glyph = if folder.is_some() { Glyph::Folder } else { Glyph::X };
        view! {
            <button class="menu-row" type="button" aria-current=is_here.then_some("true") on:click=move |_| go(folder.clone())>
                <Icon glyph/>
                <span>{name}</span>
                {is_here.then(|| view! { <Icon glyph=Glyph::Check/> })}
            </button>
        }
        .into_any()
    };
    let rows = move || {
        let folders = chats.folders.all().into_iter().map(|folder| (Some(folder.id), folder.name));
        let none = (None, crate::i18n::say(organize::NO_FOLDER).to_owned());
        folders.chain([none]).map(|(folder, name)| row(folder, name)).collect_view()
    };
    view! {
        <div class="move-rows">{rows}</div>
        <NewFolder on_made=move |folder| go(Some(folder))/>
    }
    .into_any()
}

#[component]
fn NewFolder(#[prop(into)] on_made: Callback<FolderId>) -> AnyView {
    let chats = crate::state::chats::use_chats();
    let (name, busy, refused) = (RwSignal::new(String::new()), RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let wish = name.get_untracked().trim().to_owned();
        if wish.is_empty() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = chats.folders.create(wish, String::new()).await;
            // Whoever closed the dialog meanwhile does not want to move any more.
            let is_open = busy.try_set(false).is_none();
            match answer {
                Ok(folder) if is_open => on_made.run(folder),
                Ok(_) => {}
                Err(error) => drop(refused.try_set(Some(error))),
            }
        });
    };
    view! {
        <form class="form" on:submit=submit>
            <div class="line-form">
                <TextField id="move-folder" label=t(organize::NEW_FOLDER) value=name kind=FieldKind::Text/>
                <Button label=t(organize::MOVE) busy submit=true disabled=Signal::derive(move || name.with(|name| name.trim().is_empty()))/>
            </div>
            {move || refused.get().map(|error| view! { <ErrorCard error/> })}
        </form>
    }
    .into_any()
}
