//! The search over all chats: a dialog, a sheet on phones, by `Ctrl K` or `⌘ K`. Results come as one types; before that
//! the last chats and a few places to go to. The keyboard moves a mark, the focus stays in the box.

pub mod filters;
pub mod help;
pub mod hit;
pub mod options;

use crate::components::ui::{Button, ButtonKind, Dialog, ErrorCard, Glyph, Icon, Skeleton};
use crate::dom;
use crate::i18n::{fill, say, search, t};
use crate::later::{Part, when};
use crate::reactive::{draw, effect, memo};
use crate::router::{NavigateOptions, navigate};
use crate::state::chats::{Chats, use_chats};
use crate::state::composer::keys::{Enter, Ime, Meaning};
use crate::state::composer::{Composer, use_composer};
use crate::state::search::{Search, SearchStore, use_search};
use help::Help;
use leptos::html;
use leptos::prelude::*;
use options::{Choice, Do, Section, sections};
use wasm_bindgen::JsCast;
use wasm_split_helpers::wasm_split;

/// How near to its end the list asks for more, in pixels.
const NEAR: i32 = 400;
/// The list of what can be chosen.
const LIST: &str = "search-list";

/// The search, fetched when somebody searches.
#[component]
pub fn SearchDialog() -> AnyView {
    let store = use_search();
    when(move || store.open.get(), || Box::pin(search_part()), ())
}

#[wasm_split(more, fallible)]
fn search_part() -> Part<()> {
    Ok(|()| dialog())
}

fn dialog() -> AnyView {
    let store = use_search();
    view! {
        <Dialog open=store.open on_close=move || store.hide() title=t(search::SEARCH_CHATS) class="dialog search-dialog">
            <Body/>
        </Dialog>
    }
    .into_any()
}

/// What is chosen with Enter, and what is shown.
#[derive(Clone, Copy)]
pub struct View {
    store: SearchStore,
    chats: Chats,
    composer: Composer,
    /// What is in the box.
    text: RwSignal<String>,
    sections: Memo<Vec<Section>>,
    marked: RwSignal<usize>,
    input: NodeRef<html::Input>,
}

impl View {
    /// Puts other words into the box.
    pub(crate) fn fill(self, text: &str) {
        self.text.set(text.to_owned());
        self.marked.set(0);
        self.store.typed(text);
        if let Some(input) = self.input.get_untracked() {
            dom::focus(&input);
        }
    }

    fn choices(self) -> Vec<Choice> {
        self.sections.with_untracked(|sections| sections.iter().flat_map(|section| section.choices.clone()).collect())
    }

    /// Does what the marked line says.
    fn take(self, number: usize) {
        if let Some(choice) = self.choices().into_iter().nth(number) {
            self.store.hide();
            match choice.act {
                Do::Go(path) => go(path),
                Do::Start(fresh) => {
                    self.composer.begin_as(fresh);
                    go("/".to_owned());
                }
            }
        }
    }

    fn step(self, event: &web_sys::KeyboardEvent) -> bool {
        let count = self.choices().len();
        let here = self.marked.get_untracked();
        let Some(next) = target(here, count, &event.key()) else { return false };
        self.marked.set(next);
        // By the next frame the mark has moved.
        request_animation_frame(move || {
            if let Some(line) = dom::by_id(&line_id(next)) {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                line.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
        true
    }
}

/// Goes there once the dialog is gone: it gives the focus back, and the place it leads to takes it.
fn go(path: String) {
    set_timeout(move || navigate(&path, NavigateOptions::default()), std::time::Duration::ZERO);
}

/// The line that a key leads to: arrows go round.
fn target(here: usize, count: usize, key: &str) -> Option<usize> {
    let last = count.checked_sub(1)?;
    match key {
        "ArrowDown" => Some(if here >= last { 0 } else { here + 1 }),
        "ArrowUp" => Some(if here == 0 { last } else { here - 1 }),
        "Home" => Some(0),
        "End" => Some(last),
        _ => None,
    }
}

pub(crate) fn line_id(number: usize) -> String {
    format!("search-{number}")
}

#[component]
fn Body() -> AnyView {
    let store = use_search();
    let text = RwSignal::new(store.with(|search| search.words().to_owned()));
    let (marked, input) = (RwSignal::new(0), NodeRef::new());
    let view =
        View { store, chats: use_chats(), composer: use_composer(), text, sections: sections(store), marked, input };
    let ime = StoredValue::new(Ime::default());
    let keydown = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" if means_enter(ime, &event) => {
            event.prevent_default();
            view.take(view.marked.get_untracked());
        }
        _ if dom::is_composing(&event) => {}
        _ if view.step(&event) => event.prevent_default(),
        _ => {}
    };
    // While an input method composes, what is in the box are no words yet.
    let typed = move |value: String| {
        view.marked.set(0);
        text.set(value.clone());
        store.typed(&value);
    };
    effect(move || {
        if let Some(input) = view.input.get() {
            // Also on phones: whoever opens the search wants to type.
            request_animation_frame(move || dom::focus(&input));
        }
    });
    view! {
        <div class="search-box">
            <Icon glyph=Glyph::Search/>
            <input
                node_ref=view.input
                type="search"
                role="combobox"
                aria-expanded="true"
                aria-controls=LIST
                aria-autocomplete="list"
                aria-activedescendant=move || view.sections.with(|all| !all.is_empty()).then(|| line_id(view.marked.get()))
                aria-label=t(search::SEARCH_CHATS)
                placeholder=t(search::BOX)
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                enterkeyhint="go"
                maxlength=shared::limits::MAX_SEARCH_CHARS.to_string()
                prop:value=move || text.get()
                on:input:target=move |event| {
                    let is_composing = event.dyn_ref::<web_sys::InputEvent>().is_some_and(web_sys::InputEvent::is_composing);
                    let value = event.target().value();
                    if is_composing { text.set(value) } else { typed(value) }
                }
                on:keydown=keydown
                on:keyup=move |_| ime.update_value(Ime::release)
                on:compositionstart=move |_| ime.update_value(Ime::start)
                on:compositionend=move |event| {
                    ime.update_value(|ime| ime.end(event.time_stamp()));
                    if let Some(input) = view.input.get_untracked() {
                        typed(input.value());
                    }
                }
            />
        </div>
        <Help view/>
        <Found view/>
    }
    .into_any()
}

/// Whether Enter takes the marked line, and no candidate of an input method.
fn means_enter(ime: StoredValue<Ime>, event: &web_sys::KeyboardEvent) -> bool {
    let enter = Enter {
        is_composing: event.is_composing(),
        key_code: event.key_code(),
        at: event.time_stamp(),
        ..Enter::default()
    };
    ime.with_value(|ime| ime.meaning(enter)) == Meaning::Send
}

/// What can be chosen, or what stands in its place.
#[component]
fn Found(view: View) -> AnyView {
    let store = view.store;
    let failure = memo(move || store.with(|search| search.failure().cloned()));
    let is_empty = memo(move || view.sections.with(Vec::is_empty));
    let first = memo(move || {
        store.with(|search| !search.words().is_empty() && search.is_waiting() && search.results().is_none())
    });
    let pending = memo(move || store.with(|search| search.results().map_or(0, |results| results.pending)));
    let is_bare = memo(move || store.with(is_bare));
    let scrolled = move |event: web_sys::Event| {
        let list = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if list.is_some_and(|list| list.scroll_height() - list.scroll_top() - list.client_height() < NEAR) {
            store.want_more();
        }
    };
    view! {
        <div class="search-found" on:scroll=scrolled>
            {move || failure.get().map(|error| view! { <ErrorCard error on_retry=move || store.retry()/> })}
            {move || first.get().then(|| view! { <Skeleton rows=4/> })}
            {draw(move || if is_bare.get() { nothing(view) } else { ().into_any() })}
            <div id=LIST role="listbox" aria-label=t(search::RESULTS) hidden=move || is_empty.get()>
                {draw(move || options::draw_all(view))}
            </div>
            {move || (pending.get() > 0).then(|| view! {
                <p class="search-note">{fill(search::PENDING, &[("count", &pending.get().to_string())])}</p>
            })}
        </div>
        <p class="visually-hidden" role="status">{draw(move || spoken(store))}</p>
    }
    .into_any()
}

/// Whether an answer is here and there is nothing in it.
fn is_bare(search: &Search) -> bool {
    !search.is_waiting() && search.results().is_some_and(|results| results.items.is_empty())
}

/// How much was found, for whoever listens.
fn spoken(store: SearchStore) -> String {
    store.with(|search| match search.results().filter(|_| !search.is_waiting()) {
        Some(results) if !results.items.is_empty() => {
            let text = if results.next.is_some() { search::FOUND_MORE } else { search::FOUND };
            fill(text, &[("count", &results.items.len().to_string())])
        }
        _ => String::new(),
    })
}

/// What was searched and not found, and one way to widen it.
fn nothing(view: View) -> AnyView {
    let store = view.store;
    let words = move || fill(search::NOTHING, &[("query", &store.with(|search| search.words().to_owned()))]);
    let parts = store.with(|search| search.results().map(|results| results.without.clone()).unwrap_or_default());
    let way = match parts.into_iter().next() {
        Some(part) => {
            let label = fill(search::WITHOUT, &[("part", &part)]);
            let widen = move || view.fill(&filters::without(&view.text.get_untracked(), &part));
            view! { <Button label=label kind=ButtonKind::Quiet on_press=widen/> }
        }
        None => {
            view! { <Button label=say(search::CLEAR) kind=ButtonKind::Quiet on_press=move || view.fill("")/> }
        }
    };
    view! { <div class="empty" role="status"><p>{words}</p>{way}</div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn arrows_go_round_and_home_and_end_to_the_ends() {
        let to = |here, key| target(here, 3, key);
        assert_eq!(
            [to(2, "ArrowDown"), to(0, "ArrowUp"), to(1, "Home"), to(1, "End")],
            [Some(0), Some(2), Some(0), Some(2)]
        );
        assert_eq!((to(1, "a"), target(0, 0, "ArrowDown")), (None, None));
    }
}
