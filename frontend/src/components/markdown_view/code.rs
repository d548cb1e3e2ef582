//! A code block: its name, fold, wrap, download, copy, and, once it is complete, colours and a preview.

mod sheet;

use super::bridge;
use crate::components::ui::{CopyButton, Glyph, IconButton};
use crate::i18n::{self, blocks, chat, fill, t};
use crate::reactive::{draw, effect, memo};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use markdown::{Block, BlockKind};
use sheet::Sheet;
use std::sync::Arc;

/// Longer code stays plain: colouring it would block the page.
const MOST_COLOURED: usize = 50 * 1024;
/// Code with more lines can be folded; the style sheet says how many are left.
const MOST_LINES: usize = 30;

fn code_of(block: &Block) -> (&str, &str) {
    match &block.kind {
        BlockKind::Code { language, source, .. } => (language, source),
        _ => ("", ""),
    }
}

/// A code block.
#[component]
pub fn CodeBlock(
    /// The block, which may still grow.
    block: ArcRwSignal<Block>,
) -> AnyView {
    let source = RwSignal::from(block);
    let language = memo(move || source.with(|block| code_of(block).0.to_owned()));
    let wraps = RwSignal::new(false);
    let coloured = RwSignal::new(None::<String>);
    let done = memo(move || source.with(|block| !block.open));
    let lines = memo(move || if done.get() { source.with(|block| line_count(code_of(block).1)) } else { 0 });
    // What somebody watched being written stays as it is; what was there before takes little room.
    let folded = RwSignal::new(lines.get_untracked() > MOST_LINES);
    let figure = NodeRef::<html::Figure>::new();
    // Fetching the colours and the preview reaches outward; they arrive later, if at all.
    effect(move || {
        if done.get()
            && let Some(figure) = figure.get()
        {
            source.with_untracked(|block| {
                let (language, code) = code_of(block);
                if let Some(kind) = preview_of(language, code) {
                    bridge::preview(&figure, kind, code);
                }
                colour(language, code, coloured);
            });
        }
    });
    let mut sheet = Sheet::default();
    effect(move || {
        let code = figure.get().and_then(|figure| figure.query_selector("pre code").ok()?);
        if let Some(code) = code.filter(|_| coloured.with_untracked(Option::is_none)) {
            source.with(|block| sheet.write(&code, code_of(block).1));
        }
    });
    let body = move || match coloured.get() {
        Some(html) => view! { <code class="hljs" inner_html=html></code> }.into_any(),
        None => view! { <code></code> }.into_any(),
    };
    let read = move || source.with_untracked(|block| code_of(block).1.to_owned());
    let fold = move || {
        folded.update(|folded| *folded = !*folded);
        // The end of long code is far from its beginning.
        if folded.get_untracked()
            && let Some(figure) = figure.get_untracked()
        {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            figure.scroll_into_view_with_scroll_into_view_options(&options);
        }
    };
    view! {
        <figure node_ref=figure class="code" class:wrapped=move || wraps.get() class:folded=move || folded.get()>
            <figcaption class="code-head">
                <span class="code-name">{move || name(&language.get())}</span>
                {draw(move || (lines.get() > MOST_LINES).then(|| view! { <Fold folded on_press=fold/> }))}
                <IconButton
                    name=t(chat::CODE_WRAP)
                    glyph=Glyph::WrapText
                    pressed=Signal::from(wraps)
                    class="code-button"
                    on_press=move || wraps.update(|wraps| *wraps = !*wraps)
                />
                <IconButton
                    name=t(blocks::CODE_DOWNLOAD)
                    glyph=Glyph::Download
                    class="code-button"
                    on_press=move || bridge::download(&read(), &language.get_untracked())
                />
                <span class="contents" data-shortcut="copy-code">
                    <CopyButton text=Arc::new(read) label=chat::CODE_COPY class="code-button"/>
                </span>
            </figcaption>
            <pre tabindex="0"><span class="code-body">{body}</span></pre>
            {draw(move || folded.get().then(|| view! { <More lines=lines.get_untracked() on_press=fold/> }))}
        </figure>
    }
    .into_any()
}

/// Folds long code and unfolds it.
#[component]
fn Fold(folded: RwSignal<bool>, #[prop(into)] on_press: Callback<()>) -> AnyView {
    let name = move || i18n::say(if folded.get() { blocks::CODE_UNFOLD } else { blocks::CODE_FOLD });
    let glyph = Signal::derive(move || if folded.get() { Glyph::ChevronRight } else { Glyph::ChevronDown });
    view! { <IconButton name glyph expanded=Signal::derive(move || !folded.get()) class="code-button" on_press/> }
        .into_any()
}

/// Below folded code: how much there is of it.
#[component]
fn More(lines: usize, #[prop(into)] on_press: Callback<()>) -> AnyView {
    let words = move || fill(blocks::CODE_SHOW_ALL, &[("count", &lines.to_string())]);
    view! { <button class="code-more" type="button" on:click=move |_| on_press.run(())>{words}</button> }.into_any()
}

/// The name to show: as typed, or that it is text.
fn name(language: &str) -> String {
    if language.is_empty() { i18n::say(chat::CODE_PLAIN).to_owned() } else { language.to_owned() }
}

fn line_count(code: &str) -> usize {
    code.bytes().filter(|&byte| byte == b'\n').count() + 1
}

/// What can be seen of this code, other than itself.
fn preview_of(language: &str, code: &str) -> Option<&'static str> {
    let is = |name: &&str| language.eq_ignore_ascii_case(name);
    let begins = code.trim_start();
    if code.trim().is_empty() {
        None
    } else if is(&"mermaid") {
        Some("diagram")
    } else if is(&"svg") || is(&"xml") && begins.starts_with("<svg") {
        Some("svg")
    } else if ["html", "htm", "xhtml"].iter().any(is) {
        Some(if begins.starts_with("<svg") { "svg" } else { "html" })
    } else {
        None
    }
}

fn colour(language: &str, code: &str, coloured: RwSignal<Option<String>>) {
    if language.is_empty() || code.len() > MOST_COLOURED {
        return;
    }
    let (language, code) = (language.to_owned(), code.to_owned());
    spawn_local(async move {
        if let Some(html) = bridge::highlight(&code, &language).await {
            // The block may have left the screen meanwhile.
            drop(coloured.try_set(Some(html)));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{line_count, preview_of};

    #[test]
    fn only_what_can_be_drawn_has_a_preview() {
        assert_eq!(preview_of("mermaid", "graph TD"), Some("diagram"));
        assert_eq!(preview_of("Mermaid", " \n"), None);
        assert_eq!(preview_of("svg", "<svg/>"), Some("svg"));
        assert_eq!(preview_of("xml", "\n<svg/>"), Some("svg"));
        assert_eq!(preview_of("xml", "<feed/>"), None);
        assert_eq!(preview_of("HTML", "<p>"), Some("html"));
        assert_eq!(preview_of("html", "<svg/>"), Some("svg"));
        assert_eq!(preview_of("rust", "<svg/>"), None);
        assert_eq!(preview_of("", "graph TD"), None);
    }

    #[test]
    fn lines_are_counted_as_they_are_seen() {
        assert_eq!(line_count("a"), 1);
        assert_eq!(line_count("a\n\nb"), 3);
    }
}
