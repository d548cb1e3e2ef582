//! The ways in which files come from this device: chosen, pasted, dropped. Reads what the browser hands over; sends nothing.

use crate::components::ui::{Glyph, IconButton};
use crate::i18n::{chat, t};
use leptos::html;
use leptos::prelude::*;
use web_sys::{DataTransfer, File, FileList};

/// More characters than this are no part of a sentence: pasted, they become a file.
const LONG_PASTE: usize = 1000;

/// Opens the device's own choice of files.
#[component]
pub fn AttachButton(
    /// Files were chosen.
    #[prop(into)]
    on_files: Callback<Vec<File>>,
) -> AnyView {
    let input = NodeRef::<html::Input>::new();
    let open = move || {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else { return };
        on_files.run(listed(input.files()));
        // The same file may be chosen again.
        input.set_value("");
    };
    view! {
        <IconButton name=t(chat::ATTACH) glyph=Glyph::Paperclip on_press=open/>
        <input node_ref=input type="file" multiple=true hidden=true tabindex="-1" aria-hidden="true" on:change=chosen/>
    }
    .into_any()
}

/// The files of a list.
fn listed(list: Option<FileList>) -> Vec<File> {
    let Some(list) = list else { return Vec::new() };
    (0..list.length()).filter_map(|index| list.get(index)).collect()
}

/// The files that were dropped.
#[must_use]
pub fn dropped(data: &DataTransfer) -> Vec<File> {
    listed(data.files())
}

/// Whether files are what is dragged.
#[must_use]
pub fn brings_files(data: &DataTransfer) -> bool {
    data.types().iter().any(|kind| kind == "Files")
}

/// The files that were pasted. Office programs add a picture of the text that was copied: there the text is meant.
#[must_use]
pub fn pasted(data: &DataTransfer) -> Vec<File> {
    let read = |kind: &str| data.get_data(kind).unwrap_or_default();
    if means_text(&read("text/plain"), &read("text/html")) { Vec::new() } else { listed(data.files()) }
}

fn means_text(plain: &str, html: &str) -> bool {
    !plain.trim().is_empty() && !html.is_empty()
}

/// The text that was pasted, if it is long.
#[must_use]
pub fn long_text(data: &DataTransfer) -> Option<String> {
    data.get_data("text/plain").ok().filter(|text| is_long(text))
}

fn is_long(text: &str) -> bool {
    text.chars().nth(LONG_PASTE).is_some()
}

/// A file of this device with a text.
#[must_use]
pub fn text_file(name: &str, text: &str) -> Option<File> {
    // What it is, the server finds by its content.
    File::new_with_str_sequence(&js_sys::Array::of1(&text.into()), name).ok()
}

#[cfg(test)]
mod tests {
    use super::{is_long, means_text};

    #[test]
    fn a_text_is_long_by_its_characters() {
        assert!(!is_long(&"字".repeat(1000)) && is_long(&"字".repeat(1001)));
    }

    #[test]
    fn a_copied_table_is_text_and_a_copied_picture_or_file_is_not() {
        assert!(means_text("a\tb", "<table></table>"));
        assert!(!means_text("", "<img src=x>"), "a picture copied from a page");
        assert!(!means_text("report.pdf", ""), "a file copied from a folder, which some systems name as text");
    }
}
