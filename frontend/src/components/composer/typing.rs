//! What keys and pastes mean in the text box. Decides; what then happens is up to those who use the box.

use super::suggest::{Pressed, Suggest};
use super::{Wishes, attach, types_by_touch};
use crate::state::composer::habits::Habit;
use crate::state::composer::keys::{Enter, Ime, Meaning};
use leptos::prelude::*;
use web_sys::{ClipboardEvent, HtmlTextAreaElement, KeyboardEvent};

/// Longer texts are not looked through for a sign at every key, in UTF-16 units.
const LONG: u32 = 50_000;
/// From so many bytes on, the browser's own paste is felt.
const SLOW: usize = 20_000;

/// The keyboard in the text box.
#[derive(Clone, Copy)]
pub(super) struct Typing {
    wishes: Wishes,
    send: Callback<()>,
    suggest: Suggest,
    tall: RwSignal<bool>,
    ime: StoredValue<Ime>,
    /// Whether the paste that is about to come shall stay text: the event itself does not tell.
    plain: StoredValue<bool>,
}

impl Typing {
    pub(super) fn new(wishes: Wishes, send: Callback<()>, suggest: Suggest, tall: RwSignal<bool>) -> Self {
        let (ime, plain) = (StoredValue::new(Ime::default()), StoredValue::new(false));
        Self { wishes, send, suggest, tall, ime, plain }
    }

    pub(super) fn composes(self) {
        self.ime.update_value(Ime::start);
    }

    pub(super) fn composed(self, at: f64) {
        self.ime.update_value(|ime| ime.end(at));
    }

    /// A key is released: the caret may stand elsewhere.
    pub(super) fn released(self, area: &HtmlTextAreaElement) {
        self.ime.update_value(Ime::release);
        self.plain.set_value(false);
        if self.suggest.has_sign() {
            self.looked(area);
        }
    }

    /// Looks for a sign before the caret.
    pub(super) fn looked(self, area: &HtmlTextAreaElement) {
        if area.text_length() > LONG {
            return self.suggest.close();
        }
        let caret = area.selection_end().ok().flatten().unwrap_or_default();
        self.suggest.look(&area.value(), caret as usize);
    }

    pub(super) fn pressed(self, event: &KeyboardEvent, area: &HtmlTextAreaElement) {
        let taken = self.ime.with_value(|ime| ime.takes(event.is_composing(), event.key_code(), event.time_stamp()));
        if !taken && (self.offered(event) || self.acted(event, area)) {
            event.prevent_default();
            event.stop_propagation();
        }
    }

    /// Whether the key belongs to what is offered.
    fn offered(self, event: &KeyboardEvent) -> bool {
        if is_with_others(event) || event.shift_key() {
            return false;
        }
        match self.suggest.press(&event.key()) {
            Pressed::Other => return false,
            Pressed::Used => {}
            Pressed::Took(sign, taken) => self.wishes.take.run((sign, taken)),
        }
        true
    }

    /// Whether the key did something else than write.
    fn acted(self, event: &KeyboardEvent, area: &HtmlTextAreaElement) -> bool {
        match event.key().as_str() {
            "Enter" => self.entered(event),
            "Escape" if self.tall.get_untracked() => {
                self.tall.set(false);
                true
            }
            "ArrowUp" if area.text_length() == 0 && !is_with_others(event) && !event.shift_key() => {
                self.wishes.edit_last.run(());
                true
            }
            "v" | "V" if event.shift_key() && (event.ctrl_key() || event.meta_key()) => {
                self.plain.set_value(true);
                false
            }
            _ => false,
        }
    }

    fn entered(self, event: &KeyboardEvent) -> bool {
        let enter = Enter {
            shift: event.shift_key(),
            alt: event.alt_key(),
            command: event.ctrl_key() || event.meta_key(),
            is_composing: event.is_composing(),
            key_code: event.key_code(),
            at: event.time_stamp(),
            breaks: types_by_touch() || self.tall.get_untracked() || Habit::EnterBreaks.holds(),
        };
        let sends = self.ime.with_value(|ime| ime.meaning(enter)) == Meaning::Send;
        if sends {
            self.send.run(());
        }
        sends
    }

    pub(super) fn pasted(self, event: &ClipboardEvent, area: &HtmlTextAreaElement) {
        let plain = self.plain.get_value();
        self.plain.set_value(false);
        let Some(data) = event.clipboard_data() else { return };
        let files = attach::pasted(&data);
        if !files.is_empty() {
            event.prevent_default();
            return self.wishes.files.run(files);
        }
        let Some(text) = attach::long_text(&data) else { return };
        let stays = plain || Habit::PasteStays.holds();
        if (!stays && self.wishes.long.run(text.clone())) || (text.len() > SLOW && self.insert(area, &text)) {
            event.prevent_default();
        }
    }

    /// Puts a very long text in place of the selection. The browser's own way takes many seconds for thousands of lines; this
    /// one takes none, but cannot be undone with a key.
    fn insert(self, area: &HtmlTextAreaElement, text: &str) -> bool {
        let place = |place: Result<Option<u32>, _>| place.ok().flatten();
        let (Some(start), Some(end)) = (place(area.selection_start()), place(area.selection_end())) else {
            return false;
        };
        // The text of a page has line feeds alone.
        let text = text.replace("\r\n", "\n");
        let is_in = area.set_range_text_with_start_and_end(&text, start, end).is_ok();
        let caret = start + text.encode_utf16().count() as u32;
        if is_in && area.set_selection_range(caret, caret).is_ok() {
            self.wishes.text.run(area.value());
        }
        is_in
    }
}

fn is_with_others(event: &KeyboardEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.alt_key()
}
