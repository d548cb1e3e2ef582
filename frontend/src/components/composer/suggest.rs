//! The list above the text while a command, a model or an emoji is typed. The text box keeps the focus; arrow keys move, Enter and
//! Tab take, Esc and a press elsewhere close.

use crate::components::markdown_view::bridge;
use crate::components::ui::{Glyph, Icon};
use crate::i18n::{Text, composer as words, fill, say, t};
use crate::reactive::{draw, effect, memo};
use crate::shortcuts::keys::is_mac;
use crate::shortcuts::{Group, SHORTCUTS};
use crate::state::composer::suggest::{Command, Kind, Sign};
use crate::state::models::{Models, shown_name};
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ModelId;
use wasm_bindgen::JsCast;

/// Most models that are offered; typing narrows them.
const MOST: usize = 40;

/// What somebody took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// A command.
    Command(Command),
    /// A model.
    Model(ModelId),
    /// An emoji, in the place of its name.
    Emoji(String),
}

/// What became of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// It is not the list's.
    Other,
    /// It moved the mark, or closed the list.
    Used,
    /// It took something.
    Took(Sign, Taken),
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq)]
struct Offer {
    taken: Taken,
    label: String,
    about: Option<Text>,
    note: String,
}

/// What was found for the letters after a colon.
#[derive(Clone, Debug, Default, PartialEq)]
struct Found {
    search: String,
    /// The sign, the name that fits, and one in the other language.
    rows: Vec<(String, String, String)>,
}

/// What is offered at the moment.
#[derive(Clone, Copy)]
pub struct Suggest {
    sign: RwSignal<Option<Sign>>,
    marked: RwSignal<usize>,
    found: RwSignal<Found>,
    offers: Memo<Vec<Offer>>,
}

impl Suggest {
    /// Offers nothing yet.
    #[must_use]
    pub fn new(models: Models) -> Self {
        let sign = RwSignal::new(None::<Sign>);
        let found = RwSignal::new(Found::default());
        let offers =
            memo(move || sign.with(|sign| sign.as_ref().map(|sign| offers(sign, models, found)).unwrap_or_default()));
        Self { sign, marked: RwSignal::new(0), found, offers }
    }

    /// The text or the caret changed.
    pub fn look(self, text: &str, caret: usize) {
        let sign = Sign::at(text, caret);
        if self.sign.with_untracked(|known| *known != sign) {
            if let Some(search) = sign.as_ref().filter(|sign| sign.kind == Kind::Emoji).map(|sign| sign.search.clone())
            {
                self.find_emoji(search);
            }
            self.marked.set(0);
            self.sign.set(sign);
        }
    }

    /// Asks for the emoji of this name, whose table comes with the first question.
    fn find_emoji(self, search: String) {
        if self.found.with_untracked(|found| found.search == search) {
            return;
        }
        spawn_local(async move {
            let rows = bridge::emoji(&search).await.and_then(|text| serde_json::from_str(&text).ok());
            let is_wanted = |sign: &Option<Sign>| {
                sign.as_ref().is_some_and(|sign| sign.kind == Kind::Emoji && sign.search == search)
            };
            // Something else may be typed by now, or the box be gone.
            if let (Some(rows), Some(true)) = (rows, self.sign.try_with_untracked(is_wanted)) {
                self.found.set(Found { search, rows });
            }
        });
    }

    /// Whether a sign is being typed, found or not; not tracked.
    #[must_use]
    pub fn has_sign(self) -> bool {
        self.sign.with_untracked(Option::is_some)
    }

    /// Whether something is offered; tracked.
    #[must_use]
    pub fn is_open(self) -> bool {
        !self.offers.with(Vec::is_empty)
    }

    /// Offers no more, until something else is typed.
    pub fn close(self) {
        // A box that leaves the page with the focus loses that when its owner is gone already.
        if self.sign.try_with_untracked(Option::is_some) == Some(true) {
            self.sign.set(None);
        }
    }

    /// The line that Enter takes, as an id on the page; tracked.
    #[must_use]
    pub fn active(self) -> Option<String> {
        self.is_open().then(|| row_id(self.marked.get()))
    }

    /// Takes a key, if it is the list's.
    #[must_use]
    pub fn press(self, key: &str) -> Pressed {
        let count = self.offers.with_untracked(Vec::len);
        if count == 0 {
            return Pressed::Other;
        }
        match key {
            "ArrowDown" => self.marked.update(|marked| *marked = (*marked + 1) % count),
            "ArrowUp" => self.marked.update(|marked| *marked = (*marked + count - 1) % count),
            "Escape" => self.close(),
            "Enter" | "Tab" => {
                let taken = self.take(self.marked.get_untracked());
                return taken.map_or(Pressed::Other, |(sign, taken)| Pressed::Took(sign, taken));
            }
            _ => return Pressed::Other,
        }
        Pressed::Used
    }

    fn take(self, place: usize) -> Option<(Sign, Taken)> {
        let taken = self.offers.with_untracked(|offers| offers.get(place).map(|offer| offer.taken.clone()))?;
        let sign = self.sign.get_untracked()?;
        self.close();
        Some((sign, taken))
    }
}

fn offers(sign: &Sign, models: Models, found: RwSignal<Found>) -> Vec<Offer> {
    match sign.kind {
        Kind::Commands => Command::found(&sign.search).into_iter().map(of_command).collect(),
        Kind::Models => of_models(&sign.search, models),
        Kind::Emoji => found.with(|found| if found.search == sign.search { of_emoji(found) } else { Vec::new() }),
    }
}

fn of_emoji(found: &Found) -> Vec<Offer> {
    let offer = |(sign, name, other): &(String, String, String)| Offer {
        taken: Taken::Emoji(sign.clone()),
        label: format!("{sign} {name}"),
        about: None,
        note: other.clone(),
    };
    found.rows.iter().map(offer).collect()
}

fn of_command(command: Command) -> Offer {
    let label = format!("/{}", command.name());
    Offer { taken: Taken::Command(command), label, about: Some(command.words()), note: String::new() }
}

fn of_models(search: &str, models: Models) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    for model in models.groups(search).into_iter().flat_map(|group| group.models) {
        let taken = Taken::Model(model.id.clone());
        // The recent ones come twice.
        if offers.iter().all(|offer| offer.taken != taken) {
            offers.push(Offer { taken, label: shown_name(&model).to_owned(), about: None, note: model.connection });
        }
        if offers.len() == MOST {
            break;
        }
    }
    offers
}

fn row_id(place: usize) -> String {
    format!("suggest-{place}")
}

/// The list.
#[component]
pub fn Suggestions(
    /// What is offered.
    suggest: Suggest,
    /// Something was taken by a press.
    #[prop(into)]
    on_take: Callback<(Sign, Taken)>,
) -> AnyView {
    let node = NodeRef::<html::Div>::new();
    let pressed = window_event_listener(ev::pointerdown, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let inside = node.get_untracked().is_some_and(|node| node.contains(target.as_ref()));
        if !inside {
            suggest.close();
        }
    });
    on_cleanup(move || pressed.remove());
    effect(move || {
        let marked = suggest.active();
        if let Some(row) = marked.and_then(|id| crate::dom::by_id(&id)) {
            row.scroll_into_view_with_scroll_into_view_options(&nearest());
        }
    });
    let name = move || {
        suggest.sign.with(|sign| match sign.as_ref().map(|sign| sign.kind) {
            Some(Kind::Models) => say(words::MODELS),
            Some(Kind::Emoji) => say(words::EMOJI),
            _ => say(words::COMMANDS),
        })
    };
    let count = move || match suggest.offers.with(Vec::len) {
        0 => String::new(),
        count => fill(words::OFFERED, &[("count", &count.to_string())]),
    };
    let rows = move || {
        let offers = suggest.offers.get().into_iter().enumerate();
        offers.map(|(place, offer)| view! { <Row suggest place offer on_take/> }).collect_view()
    };
    view! {
        <div node_ref=node id="suggest" class="suggest" role="listbox" aria-label=name hidden=move || !suggest.is_open()>{rows}</div>
        <span class="visually-hidden" role="status">{count}</span>
    }
    .into_any()
}

fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
}

#[component]
fn Row(suggest: Suggest, place: usize, offer: Offer, on_take: Callback<(Sign, Taken)>) -> AnyView {
    let marked = move || suggest.marked.get() == place;
    let take = move |_| {
        if let Some(taken) = suggest.take(place) {
            on_take.run(taken);
        }
    };
    let Offer { taken, label, about, note } = offer;
    let icon = match taken {
        Taken::Command(command) => Some(glyph(command)),
        Taken::Model(_) => Some(Glyph::Server),
        // It is its own sign.
        Taken::Emoji(_) => None,
    };
    let icon = icon.map(|glyph| view! { <Icon glyph/> });
    let about = move || about.map_or_else(|| note.clone(), |about| say(about).to_owned());
    view! {
        <div
            id=row_id(place)
            class="suggest-row"
            class:marked=marked
            role="option"
            aria-selected=move || marked().to_string()
            // The text box keeps the focus.
            on:pointerdown=|event| event.prevent_default()
            on:click=take
        >
            {icon}
            <span class="suggest-name">{label}</span>
            <span class="suggest-about">{about}</span>
        </div>
    }
    .into_any()
}

fn glyph(command: Command) -> Glyph {
    match command {
        Command::New => Glyph::SquarePen,
        Command::Temporary => Glyph::MessageDashed,
        Command::Model => Glyph::Server,
        Command::System => Glyph::FileText,
        Command::Parameters => Glyph::SlidersHorizontal,
        Command::Help => Glyph::Info,
    }
}

/// What can be typed, and which keys do something.
#[component]
pub fn Help() -> AnyView {
    let commands = Command::ALL.map(|command| row(format!("/{}", command.name()), command.words()));
    let signs = [row("@".to_owned(), words::KEY_AT), row(":".to_owned(), words::KEY_COLON)];
    let here = SHORTCUTS.iter().filter(|one| one.group == Group::Writing || one.name == "stop");
    let keys = here.map(|one| row(one.keys().written(is_mac()).join(" "), one.text)).collect::<Vec<_>>();
    view! {
        <h3 class="help-title">{t(words::COMMANDS)}</h3>
        <dl class="help">{commands.into_iter().chain(signs).collect_view()}</dl>
        <h3 class="help-title">{t(words::KEYS)}</h3>
        <dl class="help">{keys.collect_view()}</dl>
    }
    .into_any()
}

fn row(keys: String, words: Text) -> AnyView {
    draw(move || view! { <dt><kbd>{keys.clone()}</kbd></dt><dd>{say(words)}</dd> })
}
