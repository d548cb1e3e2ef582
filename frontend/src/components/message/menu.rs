//! What can be done with a message beside what its row shows, behind one button; a long press offers all of it.

use super::actions::{answer_again, answer_with, go_on};
use super::information::Facts;
use super::press::{LongPress, press_button};
use super::quote::quote_message;
use super::versions::version_items;
use crate::clipboard;
use crate::components::model_picker::Picker;
use crate::components::sidebar::path;
use crate::components::ui::{Glyph, IconButton, MenuItem, MenuList};
use crate::dom;
use crate::i18n::{Text, chat, common, compare, messages, say, t, traces};
use crate::later::{Part, when};
use crate::pages::traces::address_of;
use crate::router::{NavigateOptions, navigate};
use crate::state::account::use_account;
use crate::state::composer::{Composer, use_composer};
use crate::state::conversation::{ChatStore, use_chat};
use crate::state::models::use_models;
use crate::state::toasts::{Toasts, use_toasts};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::MessageId;
use std::rc::Rc;
use std::sync::Arc;
use wasm_split_helpers::wasm_split;

/// A message, as its menu knows it.
#[derive(Clone)]
pub struct Subject {
    /// The message.
    pub id: MessageId,
    /// All versions of it.
    pub siblings: Memo<Vec<MessageId>>,
    /// For an answer: whether it can be continued. None for a question.
    pub can_continue: Option<Memo<bool>>,
    /// Its button that copies, if it has a text.
    pub copy: NodeRef<html::Button>,
}

/// Where everything is that an action needs.
#[derive(Clone, Copy)]
struct Reach {
    store: ChatStore,
    composer: Composer,
    toasts: Toasts,
    facts: RwSignal<bool>,
    picker: RwSignal<bool>,
    has_others: Memo<bool>,
    may_trace: Memo<bool>,
}

/// The button with the rest of the actions.
#[component]
pub fn More(
    /// The message.
    subject: Subject,
    /// The long press that opens it, too.
    press: LongPress,
) -> AnyView {
    let anchor = NodeRef::<html::Button>::new();
    let open = press.open;
    // The button stands for the rest of the row; where there is no row, a finger asks for everything.
    let toggle = move || {
        press.at.set_value(None);
        open.update(|open| *open = !*open);
    };
    view! {
        <IconButton
            node_ref=anchor
            name=t(messages::MORE)
            glyph=Glyph::Ellipsis
            popup="menu"
            expanded=Signal::from(open)
            on_press=toggle
        />
        {when(move || open.get(), || Box::pin(menu_part()), Given { subject, press, anchor })}
    }
    .into_any()
}

/// What the menu needs.
#[derive(Clone)]
struct Given {
    subject: Subject,
    press: LongPress,
    anchor: NodeRef<html::Button>,
}

#[wasm_split(more, fallible)]
fn menu_part() -> Part<Given> {
    Ok(menu)
}

/// The rest of the actions, and what they open; fetched when somebody asks for them.
fn menu(given: Given) -> AnyView {
    let Given { subject, press, anchor } = given;
    let (store, composer, toasts, models) = (use_chat(), use_composer(), use_toasts(), use_models());
    let (facts, picker) = (RwSignal::new(false), RwSignal::new(false));
    let has_others = Memo::new(move |_| models.count() > 1);
    let account = use_account();
    let may_trace = Memo::new(move |_| account.trace.get().is_some());
    let reach = Reach { store, composer, toasts, facts, picker, has_others, may_trace };
    let (again, more) = (answer_again(subject.id.clone()), go_on(subject.id.clone()));
    let row = Row { again: Arc::new(again), more: Arc::new(more) };
    let with = Callback::new(answer_with(subject.id.clone()));
    let answer = subject.can_continue.is_some().then(|| subject.id.clone());
    let items = Arc::new(move || {
        clipboard::prepare_rich();
        items(&subject, reach, &row, press.at.get_value().is_some())
    });
    view! {
        <MenuList open=press.open press=press.at anchor name=t(chat::MESSAGE_ACTIONS) items/>
        {answer.map(|id| view! {
            <Facts id open=facts anchor press=press.at/>
            <Picker open=picker anchor chosen=Signal::stored(None) on_choose=with press=press.at/>
        })}
    }
    .into_any()
}

/// What the buttons of the row do.
#[derive(Clone)]
struct Row {
    again: Arc<dyn Fn() + Send + Sync>,
    more: Arc<dyn Fn() + Send + Sync>,
}

/// The actions in their order: to take along, to go on from, to look at, to take away.
fn items(of: &Subject, reach: Reach, row: &Row, whole: bool) -> Vec<MenuItem> {
    let Subject { id, siblings, can_continue, copy } = of;
    let Reach { store, composer, facts, picker, .. } = reach;
    let is_free = !store.is_busy.get_untracked();
    let text = store.read(|chat| chat.text_of(id)).filter(|text| !text.trim().is_empty());
    let mut items = Vec::new();
    if whole && copy.get_untracked().is_some() {
        items.push(item(chat::COPY_MESSAGE, Glyph::Copy, press_button(*copy)));
    }
    if can_continue.is_some() && text.is_some() {
        let id = id.clone();
        items.push(item(messages::COPY_RICH, Glyph::FileText, move || copy_rich(reach, &id)));
    }
    if let Some(text) = text {
        let id = id.clone();
        items.push(item(messages::QUOTE, Glyph::TextQuote, move || quote_message(composer, id.as_str(), &text)));
    }
    if let Some(can_continue) = can_continue.filter(|_| is_free) {
        if whole {
            let again = row.again.clone();
            items.push(item(chat::ANSWER_AGAIN, Glyph::RefreshCw, move || again()));
        }
        if reach.has_others.get_untracked() {
            items.push(item(messages::AGAIN_OTHER, Glyph::RefreshCw, move || picker.set(true)));
        }
        if whole && can_continue.get_untracked() {
            let more = row.more.clone();
            items.push(item(chat::CONTINUE, Glyph::ArrowDown, move || more()));
        }
    }
    if whole || can_continue.is_some() {
        let id = id.clone();
        items.push(item(chat::EDIT, Glyph::Pencil, move || store.edit(id.clone())));
    }
    if can_continue.is_some() {
        let id = id.clone();
        items.push(item(messages::FORK, Glyph::Split, move || fork(store, &id)));
    }
    let linked = id.clone();
    items.push(item(messages::COPY_LINK, Glyph::Link, move || copy_link(reach, &linked)));
    if can_continue.is_some() {
        items.push(item(chat::INFORMATION, Glyph::Info, move || facts.set(true)));
        if reach.may_trace.get_untracked() {
            let trace = address_of(id);
            let show = move || navigate(&trace, NavigateOptions::default());
            items.push(item(traces::WHY, Glyph::Activity, show));
        }
    }
    if whole {
        let siblings = siblings.get_untracked();
        let place = siblings.iter().position(|sibling| sibling == id);
        if can_continue.is_some() && siblings.len() > 1 {
            let id = id.clone();
            items.push(item(compare::SIDE_BY_SIDE, Glyph::Columns, move || store.compare(&id)));
        }
        items.extend(version_items(store, siblings, place));
    }
    let id = id.clone();
    items.push(item(messages::DELETE_MESSAGE, Glyph::Trash, move || delete(reach, &id)).danger());
    items
}

fn item(label: Text, glyph: Glyph, action: impl Fn() + Send + Sync + 'static) -> MenuItem {
    MenuItem::new(t(label), action).glyph(glyph)
}

/// Says what became of a copy that no button of the row stands for.
fn tell(toasts: Toasts, done: bool, words: Text) {
    toasts.confirm(say(if done { words } else { common::COPY_FAILED }));
}

fn copy_rich(reach: Reach, id: &MessageId) {
    let Some(text) = reach.store.read(|chat| chat.text_of(id)) else { return };
    let html: String = markdown::render(&text).iter().map(|block| block.html().into_owned()).collect();
    let shown = dom::document()
        .and_then(|document| document.query_selector(&format!("[data-message=\"{}\"]", id.as_str())).ok()?);
    spawn_local(async move {
        let done = clipboard::copy_rich(&html, &text, shown.as_ref()).await;
        tell(reach.toasts, done, messages::RICH_COPIED);
    });
}

fn copy_link(reach: Reach, id: &MessageId) {
    let origin = web_sys::window().and_then(|window| window.location().origin().ok());
    let session = reach.store.session.get_untracked();
    let Some((origin, session)) = origin.zip(session) else { return };
    let link = format!("{origin}{}?m={}", path(&session), crate::api::escape(id.as_str()));
    spawn_local(async move {
        let done = clipboard::copy(&link).await;
        tell(reach.toasts, done, messages::LINK_COPIED);
    });
}

fn fork(store: ChatStore, id: &MessageId) {
    store.fork(id.clone(), Rc::new(|chat| navigate(&path(chat), NavigateOptions::default())));
}

/// Deletes and offers to undo that. The focus has no home any more, so it goes where one writes.
fn delete(reach: Reach, id: &MessageId) {
    let Reach { store, toasts, composer, .. } = reach;
    let own = id.clone();
    let gone = move |session: shared::SessionId| {
        composer.focus.notify();
        let id = own.clone();
        toasts.undo(say(messages::MESSAGE_DELETED), move || store.restore(session.clone(), id.clone()));
    };
    store.delete(id.clone(), Rc::new(gone));
}
