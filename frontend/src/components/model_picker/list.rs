//! The list of models with its search. It draws only what can be seen of it.

use super::company::{Company, CompareFoot, Ticks};
use super::row::{PickerRow, row_id};
use crate::components::ui::{Button, ButtonKind, ErrorCard, Glyph, Icon};
use crate::dom;
use crate::i18n::{chat, fill, organize, say, t};
use crate::reactive::{draw, effect, list, memo};
use crate::state::models::lines::{Line, Lines, step};
use crate::state::models::{Heading, shown_name, use_models};
use leptos::html;
use leptos::prelude::*;
use shared::ModelId;
use shared::chat::Model;
use std::sync::Arc;

/// Height of a model in pixels, and on phones, where a finger has to meet it.
const ROW: f64 = 48.0;
const PHONE_ROW: f64 = 56.0;
/// The window before its size is known, in pixels.
const WINDOW: f64 = 640.0;

/// The search and what it finds.
#[component]
pub fn List(
    /// The present model.
    chosen: Signal<Option<Model>>,
    /// Says which one was chosen.
    on_choose: Callback<ModelId>,
    /// Those that answer, too, where several may be chosen.
    company: Option<Company>,
    /// The choice is made.
    on_done: Callback<()>,
) -> AnyView {
    let ticks = Ticks::new(company, chosen);
    let models = use_models();
    let search = RwSignal::new(String::new());
    let row = dom::scale() * if dom::is_phone() { PHONE_ROW } else { ROW };
    let lines = memo(move || Lines::of(models.groups(&search.get()), row));
    // As high as all models, also while a search shows fewer: a panel that jumps is hard to read.
    let extent = memo(move || Lines::of(models.groups(""), row).height());
    // Enter takes the marked one: the present model, until an arrow is pressed or something is searched.
    let steps = RwSignal::new(None::<usize>);
    let marked = memo(move || {
        let present = chosen.with(|chosen| chosen.as_ref().map(|model| model.id.clone()));
        let (best, count) =
            lines.with(|lines| (search.with(|search| lines.best(search, present.as_ref())), lines.count));
        steps.get().or(best).filter(|_| count > 0).map(|place| place.min(count - 1))
    });
    let view = View { node: NodeRef::new(), top: RwSignal::new(0.0), lines };
    let pin = Callback::new(move |model: Arc<Model>| view.keeping(move || models.toggle_pin(&model.id)));
    let meant = memo(move || {
        let place = marked.get()?;
        lines.with(|lines| lines.model(place).cloned())
    });
    let choose = Callback::new(move |model: ModelId| {
        if ticks.toggle(&model, on_choose) {
            return;
        }
        on_choose.run(model);
        on_done.run(());
    });
    let keydown = move |event: web_sys::KeyboardEvent| {
        let count = lines.with_untracked(|lines| lines.count);
        match event.key().as_str() {
            _ if dom::is_composing(&event) => {}
            "ArrowDown" | "ArrowUp" if count > 0 => {
                event.prevent_default();
                let next = step(marked.get_untracked(), count, event.key() == "ArrowDown");
                view.reveal(next);
                steps.set(Some(next));
            }
            "Enter" => {
                event.prevent_default();
                let model =
                    marked.get_untracked().and_then(|place| lines.with_untracked(|lines| lines.model(place).cloned()));
                if let Some(model) = model {
                    // One of several: the next Enter means the same place.
                    steps.set(marked.get_untracked());
                    choose.run(model.id.clone());
                }
            }
            _ => {}
        }
    };
    let input = NodeRef::<html::Input>::new();
    effect(move || {
        if input.get().is_some() {
            take_focus(input);
            // By the next frame the panel has its height.
            request_animation_frame(move || view.center(marked.get_untracked()));
        }
    });
    // Retry leaves with the error, and the focus must not leave with it.
    let again = move || {
        take_focus(input);
        models.reload();
    };
    view! {
        <div class="picker-search">
            <Icon glyph=Glyph::Search/>
            <input
                node_ref=input
                type="search"
                role="combobox"
                aria-expanded="true"
                aria-controls="picker-list"
                aria-activedescendant=move || marked.get().map(row_id)
                aria-label=t(chat::SEARCH_MODELS)
                placeholder=t(chat::SEARCH_MODELS)
                autocomplete="off"
                prop:value=move || search.get()
                on:input:target=move |event| {
                    steps.set(None);
                    search.set(event.target().value());
                    view.to(0.0);
                }
                on:keydown=keydown
            />
        </div>
        {move || models.failure.get().map(|error| view! { <ErrorCard error on_retry=again/> })}
        <div
            node_ref=view.node
            id="picker-list"
            class="picker-list"
            role="listbox"
            aria-label=t(chat::CHOOSE_MODEL)
            aria-multiselectable=move || ticks.several.get().then_some("true")
            class:bare=move || extent.get() == 0.0
            style=move || format!("--picker-row:{row}px;--extent:{}px", extent.get())
            on:scroll=move |_| view.scrolled()
        >
            <div role="presentation" class="picker-lines" style=move || format!("height:{}px", lines.with(Lines::height))>
                {view.seen(ticks, marked, choose, pin)}
            </div>
            <Nothing lines search/>
        </div>
        <CompareFoot ticks on_done on_changed=move || come_back(input)>
            <PinButton meant pin/>
        </CompareFoot>
    }
    .into_any()
}

/// Pins the model that Enter would take.
#[component]
fn PinButton(meant: Memo<Option<Arc<Model>>>, pin: Callback<Arc<Model>>) -> AnyView {
    let models = use_models();
    let body = move || {
        meant.get().filter(|_| models.has_groups()).map(|model| {
            let id = model.id.clone();
            let name = shown_name(&model).to_owned();
            let words = move || {
                let text = if models.is_pinned(&id) { chat::UNPIN_MODEL } else { chat::PIN_MODEL };
                fill(text, &[("model", &name)])
            };
            view! { <Button label=words glyph=Glyph::Pin kind=ButtonKind::Quiet on_press=move || pin.run(model.clone())/> }
        })
    };
    view! { <div class="picker-pinning">{draw(body)}</div> }.into_any()
}

/// On a phone the keyboard would cover half of the list.
fn take_focus(input: NodeRef<html::Input>) {
    if let Some(input) = input.get_untracked().filter(|_| !dom::is_phone()) {
        dom::focus(&input);
    }
}

/// A button that was pressed is gone: the focus stays in the panel, which hears Esc.
fn come_back(input: NodeRef<html::Input>) {
    if dom::is_phone() { dom::focus_first(".picker") } else { take_focus(input) }
}

/// The scrolled box.
#[derive(Clone, Copy)]
struct View {
    node: NodeRef<html::Div>,
    /// How far it is scrolled.
    top: RwSignal<f64>,
    lines: Memo<Lines>,
}

impl View {
    fn window(self) -> f64 {
        self.node.get_untracked().map_or(WINDOW, |node| f64::from(node.client_height()))
    }

    fn scrolled(self) {
        if let Some(node) = self.node.get_untracked() {
            self.top.set(f64::from(node.scroll_top()));
        }
    }

    fn to(self, top: f64) {
        if let Some(node) = self.node.get_untracked() {
            node.set_scroll_top(top as i32);
            self.scrolled();
        }
    }

    /// Changes what stands at the top of the list, and lets what stands below it stay where it is on the screen.
    fn keeping(self, change: impl FnOnce()) {
        let before = self.lines.with_untracked(Lines::height);
        change();
        let grown = self.lines.with_untracked(Lines::height) - before;
        let top = self.top.get_untracked();
        // At the very top one sees what was done.
        if top > 0.0 && grown != 0.0 {
            request_animation_frame(move || self.to(top + grown));
        }
    }

    fn reveal(self, place: usize) {
        let (top, window) = (self.top.get_untracked(), self.window());
        self.to(self.lines.with_untracked(|lines| lines.reveal(place, top, window)));
    }

    fn center(self, place: Option<usize>) {
        let Some(place) = place else { return };
        let window = self.window();
        // From far below, the model is the first that is seen.
        let first = self.lines.with_untracked(|lines| lines.reveal(place, f64::MAX, window));
        self.to((first - window / 2.0).max(0.0));
    }

    /// The lines that can be seen.
    fn seen(
        self,
        ticks: Ticks,
        marked: Memo<Option<usize>>,
        choose: Callback<ModelId>,
        pin: Callback<Arc<Model>>,
    ) -> AnyView {
        let range = memo(move || self.lines.with(|lines| lines.seen(self.top.get(), self.window().max(WINDOW))));
        let keys =
            move || self.lines.with(|lines| range.get().filter_map(|at| Some(key(at, lines.lines.get(at)?))).collect());
        let row = move |key: String| {
            let at: usize = key.split(' ').next().and_then(|at| at.parse().ok()).unwrap_or_default();
            let (line, top) = self.lines.with_untracked(|lines| (lines.lines.get(at).cloned(), lines.top(at)));
            let style = format!("top:{top}px");
            match line {
                Some(Line::Heading(heading)) => {
                    let name = move || named(&heading);
                    view! { <p class="picker-group" role="presentation" style=style>{name}</p> }.into_any()
                }
                Some(Line::Model { place, model, names_connection }) => {
                    let count = self.lines.with_untracked(|lines| lines.count);
                    view! { <PickerRow model names_connection place count style ticks marked choose pin/> }.into_any()
                }
                None => ().into_any(),
            }
        };
        list(keys, row)
    }
}

fn named(heading: &Heading) -> String {
    match heading {
        Heading::Pinned => say(organize::PINNED).to_owned(),
        Heading::Recent => say(chat::RECENT).to_owned(),
        Heading::Connection(name) => name.clone(),
    }
}

/// A line keeps its node as long as it says the same at the same place.
fn key(at: usize, line: &Line) -> String {
    match line {
        Line::Heading(heading) => format!("{at} {heading:?}"),
        Line::Model { model, .. } => format!("{at} {}", model.id),
    }
}

/// What was searched and not found, and the one way to widen it; or that there is nothing to be found.
#[component]
fn Nothing(lines: Memo<Lines>, search: RwSignal<String>) -> AnyView {
    let models = use_models();
    let is_searching = memo(move || search.with(|search| !search.trim().is_empty()));
    let clear = move || {
        is_searching.get().then(|| {
            let clear = move || search.set(String::new());
            view! { <Button label=t(chat::CLEAR_SEARCH) kind=ButtonKind::Quiet on_press=clear/> }
        })
    };
    let words = move || match is_searching.get() {
        true => fill(chat::NO_MODEL_FOUND, &[("search", search.get().trim())]),
        false => say(chat::NONE_MADE).to_owned(),
    };
    let is_empty = memo(move || models.is_ready() && lines.with(|lines| lines.count == 0));
    let body = move || is_empty.get().then(|| view! { <div class="empty"><p>{words}</p> {draw(clear)}</div> });
    draw(body)
}
