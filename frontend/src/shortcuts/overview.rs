//! The overview of shortcuts: a dialog with the table, in the signs of the platform.

use super::keys::is_mac;
use super::{Group, SHORTCUTS, Shortcut, use_shortcuts};
use crate::components::ui::Dialog;
use crate::i18n::{Text, shortcuts as words, t};
use crate::later::{Part, when};
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

/// The dialog, fetched when somebody asks for it. Once, at the root.
#[component]
pub fn Overview() -> AnyView {
    let open = use_shortcuts().overview;
    when(move || open.get(), || Box::pin(overview_part()), ())
}

#[wasm_split(more, fallible)]
fn overview_part() -> Part<()> {
    Ok(|()| dialog())
}

fn dialog() -> AnyView {
    let open = use_shortcuts().overview;
    view! {
        <Dialog open on_close=move || open.set(false) title=t(words::TITLE)>
            <Table/>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Table() -> AnyView {
    let shortcuts = use_shortcuts();
    let off = move || (!shortcuts.is_on()).then(|| view! { <p class="field-note">{t(words::ARE_OFF)}</p> });
    let groups = Group::ALL.into_iter().map(|(group, title)| {
        let rows = SHORTCUTS.iter().filter(|one| one.group == group && shortcuts.is_there(one));
        section(title, rows.map(row).collect())
    });
    view! { {off} <div class="shortcuts">{groups.collect_view()}</div> }.into_any()
}

fn section(title: Text, rows: Vec<AnyView>) -> AnyView {
    view! { <section><h3>{t(title)}</h3><dl>{rows}</dl></section> }.into_any()
}

fn row(shortcut: &'static Shortcut) -> AnyView {
    let keys = shortcut.keys().written(is_mac()).into_iter().map(|key| view! { <kbd>{key}</kbd> });
    view! { <div><dt>{t(shortcut.text)}</dt><dd>{keys.collect_view()}</dd></div> }.into_any()
}
