//! What can be chosen in the search: before typing the last chats and places to go to, then what was found.

use super::{View, line_id};
use crate::components::search::hit::{Folders, draw_hit};
use crate::components::sidebar::{path, recent};
use crate::components::ui::{Glyph, Icon};
use crate::i18n::{Text, chat, language, organize, say, search};
use crate::reactive::memo;
use crate::state::chats::use_chats;
use crate::state::search::{Search, SearchStore};
use leptos::prelude::*;
use shared::chat::{NewChat, Session};
use shared::search::SearchHit;

/// How many of the last chats are offered.
const RECENT: usize = 8;

/// What a line does.
#[derive(Clone, Debug, PartialEq)]
pub enum Do {
    /// Goes to a path.
    Go(String),
    /// Begins a new chat.
    Start(NewChat),
}

/// What a line shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Show {
    /// A chat that was found.
    Hit(Box<SearchHit>),
    /// A chat of the list.
    Chat(Box<Session>),
    /// A place to go to.
    Place(Text, Glyph),
}

/// A line that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What it shows.
    pub show: Show,
    /// What it does.
    pub act: Do,
}

/// Lines under a heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The heading; results need none.
    pub heading: Option<Text>,
    /// Its lines; never none.
    pub choices: Vec<Choice>,
}

/// Where one can go from everywhere.
fn places() -> Vec<Choice> {
    let go = |path: &str| Do::Go(path.to_owned());
    let all = [
        (chat::NEW_CHAT, Glyph::SquarePen, Do::Start(NewChat::default())),
        (organize::TEMPORARY, Glyph::Hourglass, Do::Start(NewChat { temporary: true, ..NewChat::default() })),
        (organize::ARCHIVE, Glyph::Archive, go("/archive")),
        (chat::SETTINGS, Glyph::Settings, go("/settings")),
    ];
    all.into_iter().map(|(text, glyph, act)| Choice { show: Show::Place(text, glyph), act }).collect()
}

/// The address of what was found: the message, where it is one.
fn address(hit: &SearchHit) -> String {
    let chat = path(&hit.session.id);
    match &hit.message {
        Some(message) => format!("{chat}?m={}", message.id),
        None => chat,
    }
}

/// The lines as they stand; they follow what is typed and found.
pub fn sections(store: SearchStore) -> Memo<Vec<Section>> {
    let chats = use_chats();
    memo(move || {
        let is_idle = store.with(|search| search.words().is_empty());
        let all = if is_idle {
            let last = chats.with(|list| recent(list, RECENT)).into_iter().map(|session| Choice {
                act: Do::Go(path(&session.id)),
                show: Show::Chat(Box::new(Session::clone(&session))),
            });
            vec![(Some(search::RECENT), last.collect()), (Some(search::COMMANDS), places())]
        } else {
            let (found, words) = store.with(|search| (found(search), search.words().to_lowercase()));
            let named = places().into_iter().filter(|choice| is_named(choice, &words));
            vec![(None, found), (Some(search::COMMANDS), named.collect())]
        };
        let shown = all.into_iter().filter(|(_, choices): &(_, Vec<_>)| !choices.is_empty());
        shown.map(|(heading, choices)| Section { heading, choices }).collect()
    })
}

fn found(search: &Search) -> Vec<Choice> {
    let hits = search.results().map(|results| results.items.as_slice()).unwrap_or_default();
    let choice = |hit: &SearchHit| Choice { act: Do::Go(address(hit)), show: Show::Hit(Box::new(hit.clone())) };
    hits.iter().map(choice).collect()
}

fn is_named(choice: &Choice, words: &str) -> bool {
    matches!(choice.show, Show::Place(text, _) if text.get(language()).to_lowercase().contains(words))
}

/// All lines with their headings.
pub fn draw_all(view: View) -> AnyView {
    let folders: Folders = view.chats.folders.all();
    let mut number = 0;
    let mut drawn = Vec::new();
    for section in view.sections.get() {
        if let Some(heading) = section.heading {
            drawn.push(view! { <p class="search-heading" role="presentation">{say(heading)}</p> }.into_any());
        }
        for choice in section.choices {
            drawn.push(draw_choice(view, number, choice, &folders));
            number += 1;
        }
    }
    drawn.into_any()
}

fn draw_choice(view: View, number: usize, choice: Choice, folders: &Folders) -> AnyView {
    let href = match &choice.act {
        Do::Go(path) => path.clone(),
        Do::Start(_) => "/".to_owned(),
    };
    let press = move |event: web_sys::MouseEvent| {
        // A middle or modified press opens another tab, as links do.
        if event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key() {
            event.prevent_default();
            view.take(number);
        }
    };
    let is_marked = move || view.marked.get() == number;
    let content = match choice.show {
        Show::Hit(hit) => draw_hit(&hit, folders),
        Show::Chat(session) => draw_hit(&SearchHit { session: *session, title: Vec::new(), message: None }, folders),
        Show::Place(text, glyph) => view! { <Icon glyph/><span class="hit-title">{say(text)}</span> }.into_any(),
    };
    view! {
        <a
            id=line_id(number)
            class="hit"
            class:marked=is_marked
            role="option"
            aria-selected=move || is_marked().to_string()
            tabindex="-1"
            href=href
            on:click=press
            on:pointermove=move |_| if view.marked.get_untracked() != number { view.marked.set(number) }
        >
            {content}
        </a>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::address;
    use crate::state::chats::tests::chat;
    use shared::chat::Role;
    use shared::search::{FoundMessage, SearchHit};

    #[test]
    fn a_hit_leads_to_its_message() {
        let message = FoundMessage { id: "m".into(), role: Role::User, created_at: String::new(), snippet: Vec::new() };
        let hit = |message| SearchHit { session: chat("a", 1), title: Vec::new(), message };
        assert_eq!(address(&hit(Some(message))), "/c/a?m=m");
        assert_eq!(address(&hit(None)), "/c/a");
    }
}
