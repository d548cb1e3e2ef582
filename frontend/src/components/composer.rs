//! The text box: grows with its text, sends with Enter, takes files that are pasted, and turns Send into Stop in the same
//! place.

pub mod attach;
pub mod chips;
pub mod effort;
pub mod gauge;
pub mod queue;
pub mod suggest;
mod typing;

use crate::components::ui::{Glyph, Icon, IconButton};
use crate::dom;
use crate::i18n::{Text, chat, composer as words, say, t};
use crate::reactive::{draw, effect, memo};
use crate::shortcuts::hint;
use crate::state::composer::habits::Habit;
use crate::state::composer::suggest::Sign;
use leptos::html;
use leptos::prelude::*;
use shared::limits::MAX_CONTENT_BYTES;
use suggest::{Suggest, Suggestions, Taken};
use typing::Typing;

/// What stands before the program: see `build/frame.js`.
const FRAME: &str = "boot-frame";
/// From so many bytes on, a text in one line fills several.
const ROOMY: usize = 240;
/// From so many characters on, a text is certainly higher than the box may become. Measuring it would take a moment.
const HIGH: u32 = 20_000;

/// What the button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Sends.
    Ready,
    /// Stops.
    Busy,
    /// Stops already.
    Stopping,
}

/// What the text box asks of those who use it.
#[derive(Clone, Copy)]
pub struct Wishes {
    /// Something was typed.
    pub text: Callback<String>,
    /// To send; while an answer is being written, to wait behind it.
    pub send: Callback<()>,
    /// To stop.
    pub stop: Callback<()>,
    /// Files were pasted.
    pub files: Callback<Vec<web_sys::File>>,
    /// A long text was pasted; true when it became something else than text.
    pub long: Callback<String, bool>,
    /// A command or a model was chosen while typing.
    pub take: Callback<(Sign, Taken)>,
    /// To edit what was said last.
    pub edit_last: Callback<()>,
}

/// The text box.
#[component]
pub fn ComposerBox(
    /// What is typed.
    #[prop(into)]
    text: Signal<String>,
    /// What it asks for.
    wishes: Wishes,
    /// What the button does.
    #[prop(into)]
    stage: Signal<Stage>,
    /// Why sending is impossible, apart from an empty box.
    #[prop(into)]
    obstacle: Signal<Option<Text>>,
    /// Whether what stands above says why sending is impossible.
    #[prop(into)]
    blocked: Signal<bool>,
    /// Whether there is nothing to send.
    #[prop(into)]
    empty: Signal<bool>,
    /// What is worth knowing before sending.
    #[prop(into)]
    note: Signal<Option<String>>,
    /// Whether it fills the page.
    tall: RwSignal<bool>,
    /// What is offered while somebody types.
    suggest: Suggest,
    /// Asks for the focus.
    focus: Trigger,
    /// Above the text: what goes with it.
    above: AnyView,
    /// At the left, below the text.
    tools: AnyView,
    /// At the right, before the button: the model.
    children: Children,
) -> AnyView {
    let area = NodeRef::<html::Textarea>::new();
    // Said only after somebody tried: typing ahead is fine.
    let tried = RwSignal::new(false);
    let too_long = move || text.with(|text| text.len() > MAX_CONTENT_BYTES).then_some(chat::TOO_LONG);
    let reason = move || too_long().or_else(|| obstacle.get().filter(|_| tried.get()));
    let words = move || reason().map(|reason| say(reason).to_owned()).or_else(|| note.get());
    let send = Callback::new(move |()| {
        let stuck = untrack(|| too_long().or(obstacle.get()).is_some());
        tried.set(stuck);
        if !stuck && !blocked.get_untracked() && !empty.get_untracked() {
            tall.set(false);
            wishes.send.run(());
        }
    });
    let typing = Typing::new(wishes, send, suggest, tall);
    keep_height(area, text, tall);
    take_focus(area, focus);
    view! {
        <div class="composer">
            {above}
            <Suggestions suggest on_take=wishes.take/>
            <div class="composer-text">
                <textarea
                    node_ref=area
                    rows="1"
                    data-shortcut="focus"
                    aria-label=t(chat::MESSAGE)
                    aria-autocomplete="list"
                    aria-controls="suggest"
                    aria-activedescendant=move || suggest.active()
                    placeholder=t(chat::ASK_ANYTHING)
                    autocomplete="off"
                    enterkeyhint=move || if types_by_touch() { "enter" } else { "send" }
                    prop:value=move || text.get()
                    on:input:target=move |event| {
                        tried.set(false);
                        wishes.text.run(event.target().value());
                        typing.looked(&event.target());
                    }
                    on:keydown:target=move |event| typing.pressed(&event, &event.target())
                    on:paste:target=move |event| typing.pasted(&event, &event.target())
                    on:keyup:target=move |event| typing.released(&event.target())
                    on:blur=move |_| suggest.close()
                    on:compositionstart=move |_| typing.composes()
                    on:compositionend=move |event| typing.composed(event.time_stamp())
                ></textarea>
                <TallButton text tall/>
            </div>
            {move || words().map(|words| view! { <p class="composer-reason" role="status">{words}</p> })}
            <div class="composer-row">
                <div class="composer-tools">{tools}</div>
                {children()}
                <QueueButton empty stage send/>
                <SendButton empty stage send on_stop=wishes.stop/>
            </div>
        </div>
    }
    .into_any()
}

/// From two lines on the text may have the whole page.
#[component]
fn TallButton(text: Signal<String>, tall: RwSignal<bool>) -> AnyView {
    let wanted = memo(move || tall.get() || text.with(|text| text.len() > ROOMY || text.contains('\n')));
    let name = move || say(if tall.get() { words::TALL_LEAVE } else { words::TALL });
    let glyph = Signal::derive(move || if tall.get() { Glyph::Minimize } else { Glyph::Maximize });
    let toggle = move || tall.update(|tall| *tall = !*tall);
    let body = move || {
        wanted.get().then(|| {
            view! { <div class="composer-tall"><IconButton name glyph shortcut=hint("tall") on_press=toggle/></div> }
        })
    };
    draw(body)
}

/// While an answer is being written: what is typed waits for its end.
#[component]
fn QueueButton(empty: Signal<bool>, stage: Signal<Stage>, send: Callback<()>) -> AnyView {
    let wanted = memo(move || stage.get() != Stage::Ready && !empty.get());
    let body = move || {
        wanted.get().then(|| {
            let name = if Habit::SendingStops.holds() { words::QUEUE_STOPS } else { words::QUEUE };
            view! { <IconButton name=t(name) glyph=Glyph::ListPlus on_press=send/> }
        })
    };
    draw(body)
}

/// Send, or Stop, in one place.
#[component]
fn SendButton(empty: Signal<bool>, stage: Signal<Stage>, send: Callback<()>, on_stop: Callback<()>) -> AnyView {
    let name = move || match stage.get() {
        Stage::Ready => say(chat::SEND),
        Stage::Busy => say(chat::STOP),
        Stage::Stopping => say(chat::STOPPING),
    };
    let sent_at = StoredValue::new(f64::NEG_INFINITY);
    let press = move |event: web_sys::MouseEvent| match stage.get_untracked() {
        Stage::Ready => {
            sent_at.set_value(event.time_stamp());
            send.run(());
        }
        Stage::Busy if is_second_half(sent_at.get_value(), event.time_stamp()) => {}
        Stage::Busy => on_stop.run(()),
        Stage::Stopping => {}
    };
    let glyph = move || match stage.get() {
        Stage::Ready => view! { <Icon glyph=Glyph::ArrowUp/> }.into_any(),
        Stage::Busy => view! { <span class="stop-mark"></span> }.into_any(),
        Stage::Stopping => view! { <span class="stop-mark" aria-busy="true"></span> }.into_any(),
    };
    view! {
        <button
            class="send"
            class:idle=move || stage.get() == Stage::Ready && empty.get()
            type="button"
            aria-label=name
            data-tip=name
            aria-busy=move || (stage.get() == Stage::Stopping).then_some("true")
            // A press must not close the keyboard of a phone.
            on:pointerdown=|event| event.prevent_default()
            on:click=press
        >
            {glyph}
        </button>
    }
    .into_any()
}

/// Whether a press on Stop is the second half of a double click on Send, which stood there a moment ago. Milliseconds.
fn is_second_half(sent_at: f64, now: f64) -> bool {
    now - sent_at < 400.0
}

/// Whether text is typed on glass here.
fn types_by_touch() -> bool {
    dom::matches_media("(hover: none) and (pointer: coarse)")
}

/// The box is as high as its text, whoever changes it; where it fills the page the style sheet decides.
fn keep_height(area: NodeRef<html::Textarea>, text: Signal<String>, tall: RwSignal<bool>) {
    effect(move || {
        text.track();
        let tall = tall.get();
        if let Some(area) = area.get() {
            // By the next frame the new text is in the box.
            request_animation_frame(move || fit(&area, tall));
        }
    });
}

/// The style sheet says how high the box may become.
pub(crate) fn fit(area: &web_sys::HtmlTextAreaElement, tall: bool) {
    let style = web_sys::HtmlElement::style(area);
    let set = |value: &str| {
        // A property of a literal name cannot be refused.
        let _ = style.set_property("height", value);
    };
    if tall {
        return set("");
    }
    if area.text_length() > HIGH {
        return set("100vh");
    }
    set("auto");
    set(&format!("{}px", area.scroll_height()));
}

/// Takes the focus when asked to. Never on a phone, where that would open the keyboard.
fn take_focus(area: NodeRef<html::Textarea>, focus: Trigger) {
    effect(move || {
        focus.track();
        let Some(area) = area.get().filter(|_| !dom::is_phone() && !types_by_touch()) else { return };
        // Whoever writes in the middle of the text goes on there, and whoever writes in the frame until that hands over.
        let writes = |focused: web_sys::HtmlElement| focused.is_same_node(Some(&area)) || focused.id() == FRAME;
        if dom::focused().is_some_and(writes) {
            return;
        }
        dom::focus(&area);
        let end = area.text_length();
        // Fails only for kinds of input that have no selection.
        let _ = area.set_selection_range(end, end);
    });
}

#[cfg(test)]
mod tests {
    use super::is_second_half;

    #[test]
    fn a_double_click_on_send_does_not_stop() {
        assert!(is_second_half(1000.0, 1180.0));
        assert!(!is_second_half(1000.0, 1400.0) && !is_second_half(f64::NEG_INFINITY, 5.0));
    }
}
