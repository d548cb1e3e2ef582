//! The text box: grows with its text, sends with Enter, and turns Send into Stop in the same place.

use crate::components::ui::{Glyph, Icon};
use crate::dom;
use crate::i18n::{Text, chat, say, t};
use crate::reactive::effect;
use crate::state::composer::keys::{Enter, Ime, Meaning};
use leptos::html;
use leptos::prelude::*;
use shared::limits::MAX_CONTENT_BYTES;

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

/// The text box.
#[component]
pub fn ComposerBox(
    /// What is typed.
    #[prop(into)]
    text: Signal<String>,
    /// What was typed.
    #[prop(into)]
    on_text: Callback<String>,
    /// The wish to send.
    #[prop(into)]
    on_send: Callback<()>,
    /// The wish to stop.
    #[prop(into)]
    on_stop: Callback<()>,
    /// What the button does.
    #[prop(into)]
    stage: Signal<Stage>,
    /// Why sending is impossible, apart from an empty box.
    #[prop(into)]
    obstacle: Signal<Option<Text>>,
    /// What is worth knowing before sending.
    #[prop(into)]
    note: Signal<Option<String>>,
    /// Asks for the focus.
    focus: Trigger,
    /// At the right, before the button: the model.
    children: Children,
) -> AnyView {
    let area = NodeRef::<html::Textarea>::new();
    // Said only after somebody tried: typing ahead is fine.
    let tried = RwSignal::new(false);
    let too_long = move || text.with(|text| text.len() > MAX_CONTENT_BYTES).then_some(chat::TOO_LONG);
    let reason = move || too_long().or_else(|| obstacle.get().filter(|_| tried.get()));
    let words = move || reason().map(|reason| say(reason).to_owned()).or_else(|| note.get());
    let send = move || {
        let stuck = untrack(|| too_long().or(obstacle.get()).is_some());
        tried.set(stuck);
        if !stuck {
            on_send.run(());
        }
    };
    let ime = StoredValue::new(Ime::default());
    let keydown = move |event: web_sys::KeyboardEvent| {
        let meaning = enter(&event).map(|enter| ime.with_value(|ime| ime.meaning(enter)));
        if meaning == Some(Meaning::Send) {
            event.prevent_default();
            send();
        }
    };
    keep_height(area, text);
    take_focus(area, focus);
    view! {
        <div class="composer">
            <textarea
                node_ref=area
                rows="1"
                aria-label=t(chat::MESSAGE)
                placeholder=t(chat::ASK_ANYTHING)
                autocomplete="off"
                enterkeyhint=move || if types_by_touch() { "enter" } else { "send" }
                prop:value=move || text.get()
                on:input:target=move |event| {
                    tried.set(false);
                    fit(&event.target());
                    on_text.run(event.target().value());
                }
                on:keydown=keydown
                on:keyup=move |_| ime.update_value(Ime::release)
                on:compositionstart=move |_| ime.update_value(Ime::start)
                on:compositionend=move |event| ime.update_value(|ime| ime.end(event.time_stamp()))
            ></textarea>
            {move || words().map(|words| view! { <p class="composer-reason" role="status">{words}</p> })}
            <div class="composer-row">
                {children()}
                <SendButton text stage send on_stop/>
            </div>
        </div>
    }
    .into_any()
}

/// Send, or Stop, in one place.
#[component]
fn SendButton(
    text: Signal<String>,
    stage: Signal<Stage>,
    send: impl Fn() + Copy + Send + Sync + 'static,
    on_stop: Callback<()>,
) -> AnyView {
    let name = move || match stage.get() {
        Stage::Ready => say(chat::SEND),
        Stage::Busy => say(chat::STOP),
        Stage::Stopping => say(chat::STOPPING),
    };
    let empty = move || text.with(|text| text.trim().is_empty());
    let sent_at = StoredValue::new(f64::NEG_INFINITY);
    let press = move |event: web_sys::MouseEvent| match stage.get_untracked() {
        Stage::Ready => {
            sent_at.set_value(event.time_stamp());
            send();
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
            class:idle=move || stage.get() == Stage::Ready && empty()
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

/// A pressed key as far as Enter is concerned.
fn enter(event: &web_sys::KeyboardEvent) -> Option<Enter> {
    (event.key() == "Enter").then(|| Enter {
        shift: event.shift_key(),
        alt: event.alt_key(),
        command: event.ctrl_key() || event.meta_key(),
        is_composing: event.is_composing(),
        key_code: event.key_code(),
        at: event.time_stamp(),
        touch: types_by_touch(),
    })
}

/// Whether text is typed on glass here.
fn types_by_touch() -> bool {
    dom::matches_media("(hover: none) and (pointer: coarse)")
}

/// The box is as high as its text, also when somebody else than the person changes it.
fn keep_height(area: NodeRef<html::Textarea>, text: Signal<String>) {
    effect(move || {
        text.track();
        if let Some(area) = area.get() {
            // By the next frame the new text is in the box.
            request_animation_frame(move || fit(&area));
        }
    });
}

/// The style sheet says how high the box may become.
fn fit(area: &web_sys::HtmlTextAreaElement) {
    let style = web_sys::HtmlElement::style(area);
    // A property of a literal name cannot be refused.
    let _ = style.set_property("height", "auto");
    let _ = style.set_property("height", &format!("{}px", area.scroll_height()));
}

/// Takes the focus when asked to. Never on a phone, where that would open the keyboard.
fn take_focus(area: NodeRef<html::Textarea>, focus: Trigger) {
    effect(move || {
        focus.track();
        if let Some(area) = area.get().filter(|_| !dom::is_phone() && !types_by_touch()) {
            dom::focus(&area);
            let end = area.value().encode_utf16().count() as u32;
            // Fails only for kinds of input that have no selection.
            let _ = area.set_selection_range(end, end);
        }
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
