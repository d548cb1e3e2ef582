//! How somebody likes to write, on this device: which key sends, what sending does while an answer is
//! being written, and what becomes of a long paste.

use crate::components::setting_row::{Saving, SettingRow, note};
use crate::components::ui::Segmented;
use crate::i18n::{Text, composer, t};
use crate::state::composer::habits::Habit;
use leptos::prelude::*;

/// The rows of the habits.
#[component]
pub fn WritingRows() -> AnyView {
    view! {
        <HabitRow
            id="enter"
            habit=Habit::EnterBreaks
            words=[composer::ENTER, composer::ENTER_TEXT, composer::ENTER_SENDS, composer::ENTER_BREAKS]
        />
        <HabitRow
            id="during"
            habit=Habit::SendingStops
            words=[composer::DURING, composer::DURING_TEXT, composer::DURING_QUEUE, composer::DURING_STOP]
        />
        <HabitRow
            id="paste"
            habit=Habit::PasteStays
            words=[composer::PASTE, composer::PASTE_TEXT, composer::PASTE_FILE, composer::PASTE_STAYS]
        />
    }
    .into_any()
}

/// A choice between two ways: its name, what it is about, the usual way and the other.
#[component]
fn HabitRow(id: &'static str, habit: Habit, words: [Text; 4]) -> AnyView {
    const WAYS: [&str; 2] = ["usual", "other"];
    let holds = RwSignal::new(habit.holds());
    let saving = RwSignal::new(Saving::Idle);
    let value = Signal::derive(move || WAYS[usize::from(holds.get())]);
    let choose = move |way: &'static str| {
        holds.set(way == WAYS[1]);
        habit.set(holds.get_untracked());
        note(saving, Ok(()));
    };
    let [label, text, usual, other] = words;
    let options = vec![(WAYS[0], t(usual).into()), (WAYS[1], t(other).into())];
    view! {
        <SettingRow id label=t(label) text=t(text) saving>
            <Segmented id=format!("choose-{id}") label=t(label) options value on_change=choose/>
        </SettingRow>
    }
    .into_any()
}
