//! A chat that was found: its title and the words around what was found, with that marked; when, and in which folder.

use crate::i18n::{chat, language, say, search};
use crate::time;
use leptos::prelude::*;
use shared::chat::Role;
use shared::organize::Folder;
use shared::search::{Piece, SearchHit};

/// The folders that a hit may name.
pub type Folders = Vec<Folder>;

/// A chat that was found.
pub fn draw_hit(hit: &SearchHit, folders: &Folders) -> AnyView {
    let session = &hit.session;
    let title = match (hit.title.is_empty(), session.title.is_empty()) {
        (false, _) => pieces(&hit.title),
        (_, true) => say(chat::UNTITLED).to_owned().into_any(),
        _ => session.title.clone().into_any(),
    };
    let at = hit.message.as_ref().map_or(&session.last_activity_at, |message| &message.created_at);
    let folder = session.folder_id.as_ref().and_then(|id| folders.iter().find(|folder| folder.id == *id));
    let place = match session.archived_at {
        Some(_) => Some(say(search::ARCHIVED).to_owned()),
        None => folder.map(|folder| folder.name.clone()),
    };
    let snippet = hit.message.as_ref().map(|message| {
        let who = (message.role == Role::User).then(|| format!("{}: ", say(search::YOU_WROTE)));
        view! { <span class="hit-snippet">{who}{pieces(&message.snippet)}</span> }
    });
    view! {
        <span class="hit-body">
            <span class="hit-title">{title}</span>
            {snippet}
        </span>
        <span class="hit-facts">
            {place.map(|place| view! { <span class="hit-place">{place}</span> })}
            <span>{time::date(at, language())}</span>
        </span>
    }
    .into_any()
}

fn pieces(pieces: &[Piece]) -> AnyView {
    let piece = |piece: &Piece| {
        let text = piece.text.clone();
        if piece.hit { view! { <mark>{text}</mark> }.into_any() } else { text.into_any() }
    };
    pieces.iter().map(piece).collect_view().into_any()
}
