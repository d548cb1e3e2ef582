//! Dialogs about chats and folders, one at a time: tags, where chats go, what a folder is.

pub mod folder;
pub mod move_to;
pub mod tags;

use crate::components::ui::{Confirm, Dialog};
use crate::i18n::{fill, organize, say};
use crate::later::{Part, when};
use crate::state::chats::{Asking, Chats, use_chats};
use folder::FolderForm;
use leptos::prelude::*;
use leptos::task::spawn_local;
use move_to::MoveTo;
use shared::{ApiError, FolderId};
use tags::Tags;
use wasm_split_helpers::wasm_split;

/// Whatever somebody asked for, fetched then.
#[component]
pub fn Dialogs() -> AnyView {
    let asking = use_chats().asking;
    when(move || asking.with(Option::is_some), || Box::pin(dialogs_part()), ())
}

#[wasm_split(more, fallible)]
fn dialogs_part() -> Part<()> {
    Ok(|()| dialogs())
}

fn dialogs() -> AnyView {
    let asking = use_chats().asking;
    let close = move || asking.set(None);
    let is_form =
        move || asking.with(|asking| asking.as_ref().is_some_and(|ask| !matches!(ask, Asking::RemoveFolder(_))));
    let title = move || {
        say(asking.with(|asking| match asking {
            Some(Asking::Tags(_)) => organize::TAGS,
            Some(Asking::Move(_)) => organize::MOVE,
            Some(Asking::Folder { id: None, .. }) => organize::NEW_FOLDER,
            _ => organize::EDIT_FOLDER,
        }))
    };
    let content = move || match asking.get_untracked() {
        Some(Asking::Tags(id)) => view! { <Tags id/> }.into_any(),
        Some(Asking::Move(ids)) => view! { <MoveTo ids/> }.into_any(),
        Some(Asking::Folder { id, instructions }) => view! { <FolderForm id instructions/> }.into_any(),
        Some(Asking::RemoveFolder(_)) | None => ().into_any(),
    };
    view! {
        <Dialog open=Signal::derive(is_form) on_close=close title=title>{content()}</Dialog>
        <RemoveFolder/>
    }
    .into_any()
}

#[component]
fn RemoveFolder() -> AnyView {
    let chats = use_chats();
    let folder = move || {
        chats.asking.with(|asking| match asking {
            Some(Asking::RemoveFolder(id)) => Some(id.clone()),
            _ => None,
        })
    };
    let name = move || folder().and_then(|id| chats.folders.get(&id)).map(|folder| folder.name).unwrap_or_default();
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let close = move || {
        error.set(None);
        chats.asking.set(None);
    };
    let confirm = move || {
        if let Some(id) = untrack(folder) {
            busy.set(true);
            spawn_local(async move {
                let refused = remove(chats, &id).await.err();
                busy.set(false);
                if refused.is_none() {
                    close();
                }
                error.set(refused);
            });
        }
    };
    view! {
        <Confirm
            open=Signal::derive(move || folder().is_some())
            on_close=close
            title=move || fill(organize::FOLDER_DELETE_TITLE, &[("name", &name())])
            text=move || say(organize::FOLDER_DELETE_TEXT)
            action=move || say(organize::FOLDER_DELETE)
            on_confirm=confirm
            busy=busy
            error=error
        />
    }
    .into_any()
}

async fn remove(chats: Chats, id: &FolderId) -> Result<(), ApiError> {
    chats.folders.remove(id).await?;
    chats.emptied(id);
    Ok(())
}
