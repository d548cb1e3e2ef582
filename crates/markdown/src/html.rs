//! Writes parser events as HTML. Safe by construction: every tag and attribute that can appear is written here as a
//! literal, everything that came from the text passes [`escape`] first, and addresses pass [`crate::links::safe`].
//!
//! No `style`, no `id`, no event handlers, no raw HTML except `<br>`, and no picture is ever loaded: an image is a
//! link with the class `img`, because loading it would tell its server who reads what.

mod columns;
mod write;

use crate::prepare::marks::Prepared;
use crate::{Options, TextLang, chars};
use pulldown_cmark::{Options as Syntax, Parser};
use write::Writer;

/// HTML of a prepared piece, and the language of its text.
pub(crate) fn render(prepared: &Prepared<'_>, options: Options) -> (String, TextLang) {
    let events: Vec<_> = parser(prepared).collect();
    let mut writer = Writer::new(prepared, options);
    for (index, event) in events.iter().enumerate() {
        writer.event(event, &events[index + 1..]);
    }
    writer.finish()
}

/// The parser, with the extensions that messages have.
pub(crate) fn parser<'a>(prepared: &'a Prepared<'_>) -> Parser<'a> {
    Parser::new_ext(&prepared.text, Syntax::ENABLE_TABLES | Syntax::ENABLE_STRIKETHROUGH | Syntax::ENABLE_TASKLISTS)
}

/// HTML of a code block. The language is one that [`language`] gave.
pub(crate) fn code(language: &str, source: &str) -> String {
    let mut html = String::with_capacity(source.len() + 48);
    html.push_str("<pre><code");
    if !language.is_empty() {
        html.push_str(&format!(" class=\"language-{language}\""));
    }
    html.push('>');
    escape(&mut html, source);
    html.push_str("</code></pre>");
    html
}

/// Appends mathematics as the element `tag`; `display` if it belongs on lines of its own, `open` if it is still being
/// written: whoever sets formulas leaves that one alone.
pub(crate) fn math(html: &mut String, tag: &str, tex: &str, display: bool, open: bool) {
    let display = if display { " math-display" } else { "" };
    let open = if open { " math-open" } else { "" };
    html.push_str(&format!("<{tag} class=\"math{display}{open}\" data-tex=\""));
    escape(html, tex);
    html.push_str("\">");
    escape(html, tex);
    html.push_str(&format!("</{tag}>"));
}

/// Whether a raw tag is the one that is honoured.
pub(crate) fn is_break(tag: &str) -> bool {
    let name = tag.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/').trim_end();
    name.eq_ignore_ascii_case("br")
}

/// The language that an info string names: its first word, as far as it is a word.
pub(crate) fn language(info: &str) -> &str {
    let word = info.trim_start();
    let end = word.find(|c: char| !c.is_ascii_alphanumeric() && !"+#._-".contains(c)).unwrap_or(word.len());
    &word[..end.min(32)]
}

/// Appends text so that it means itself, inside an element as well as inside a quoted attribute.
pub(crate) fn escape(html: &mut String, text: &str) {
    let mut plain = 0;
    for (offset, byte) in text.bytes().enumerate() {
        let written = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            0 => "\u{FFFD}",
            _ => continue,
        };
        html.push_str(&text[plain..offset]);
        html.push_str(written);
        plain = offset + 1;
    }
    html.push_str(&text[plain..]);
}

/// Letters of a text, and how many of them are Han.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Letters {
    all: usize,
    han: usize,
}

impl Letters {
    /// Counts a piece of text.
    pub(crate) fn count(&mut self, text: &str) {
        for c in text.chars().filter(|&c| chars::is_letter(c)) {
            self.all += 1;
            self.han += usize::from(chars::is_han(c));
        }
    }

    /// Han if more than a fifth of the letters are.
    pub(crate) fn language(self) -> TextLang {
        if self.han * 5 > self.all { TextLang::Han } else { TextLang::Latin }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_text_is_inert_in_elements_and_attributes() {
        let mut html = String::new();
        escape(&mut html, "<a href=\"x\" b='y'>&\0中");
        assert_eq!(html, "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;\u{FFFD}中");
    }

    #[test]
    fn the_language_of_code_is_one_harmless_word() {
        assert_eq!(language(" rust,ignore"), "rust");
        assert_eq!(language("c++ x"), "c++");
        assert_eq!(language("\"onload=x"), "");
        assert_eq!(language(&"a".repeat(99)).len(), 32);
    }

    #[test]
    fn a_fifth_of_han_is_not_yet_chinese() {
        let of = |text: &str| {
            let mut letters = Letters::default();
            letters.count(text);
            letters.language()
        };
        assert_eq!(of("中abcd"), TextLang::Latin);
        assert_eq!(of("中abc 123，。"), TextLang::Han);
        assert_eq!(of("123"), TextLang::Latin);
    }
}
