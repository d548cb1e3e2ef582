//! Finds bare addresses (`https://…`, `http://…`, `www.…`) where GFM would, and ends them before Chinese text.

use crate::chars;

/// Length of the address that `text` begins with; `before` is the character in front of it.
pub(crate) fn scan(text: &str, before: Option<char>) -> Option<usize> {
    let prefix = ["https://", "http://", "www."].into_iter().find(|prefix| starts_with(text, prefix))?;
    let glued = |c: char| c.is_ascii_alphanumeric() || c == '<' || (prefix == "www." && "/.-_@:".contains(c));
    if before.is_some_and(glued) {
        return None;
    }
    let end = trim(&text[..prefix.len() + extent(&text[prefix.len()..])]);
    let host = text.get(prefix.len()..end)?;
    let host = host.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let begins = host.starts_with(|c: char| c.is_ascii_alphanumeric() || !c.is_ascii());
    (begins && (prefix != "www." || host.contains('.'))).then_some(end)
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.as_bytes().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}

/// How far an address may reach, before punctuation at its end is taken off.
fn extent(text: &str) -> usize {
    let (mut parens, mut brackets, mut query) = (0, 0, false);
    for (offset, c) in text.char_indices() {
        match c {
            '?' => query = true,
            '(' => parens += 1,
            '[' if query => brackets += 1,
            ')' if parens > 0 => parens -= 1,
            ']' if brackets > 0 => brackets -= 1,
            ')' | '[' | ']' => return offset,
            '*' | '~' if text[offset + 1..].starts_with(c) => return offset,
            _ if !allowed(c) => return offset,
            _ => {}
        }
    }
    text.len()
}

fn allowed(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_graphic() && !r#""<>\^`{|}"#.contains(c);
    }
    matches!(c, '\u{C0}'..='\u{10FF}' | '\u{1200}'..='\u{1FFF}') && !chars::is_punctuation(c)
}

fn trim(address: &str) -> usize {
    address.trim_end_matches(['?', '!', '.', ',', ':', ';', '*', '_', '~', '\'']).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> &str {
        &text[..scan(text, None).unwrap_or(0)]
    }

    #[test]
    fn an_address_ends_before_han_and_full_width_signs() {
        for after in ["。谢谢", "，见", "）", "」里", "的页面", "、", "”", "…", " x", "\n", "🙂"] {
            assert_eq!(found(&format!("https://a.example/b{after}")), "https://a.example/b", "{after}");
        }
    }

    #[test]
    fn punctuation_and_unbalanced_brackets_at_the_end_do_not_belong_to_it() {
        for after in [".", ",", "?", "!", ":", ";", "**", "~~", "'", ").", ")后", "]", "\"", "`", "|", "**中文", "[1]"]
        {
            assert_eq!(found(&format!("https://a.example/b{after}")), "https://a.example/b", "{after}");
        }
        assert_eq!(found("https://a.example/w/Rust_(x)."), "https://a.example/w/Rust_(x)");
        assert_eq!(found("http://a.example/?a[]=1&b=2)"), "http://a.example/?a[]=1&b=2");
        assert_eq!(found("https://a.example/größe x"), "https://a.example/größe");
    }

    #[test]
    fn hosts_are_needed_and_words_are_left_alone() {
        assert_eq!(found("http://localhost:3000/a"), "http://localhost:3000/a");
        assert_eq!(found("WWW.a.example"), "WWW.a.example");
        for text in ["https://", "http://。", "www.", "www.x", "http:/x", "https://-", "hello"] {
            assert_eq!(found(text), "", "{text}");
        }
        assert_eq!(scan("http://a.example", Some('x')), None);
        assert_eq!(scan("www.a.example", Some('/')), None);
        assert_eq!(scan("http://a.example", Some('见')), Some(16));
    }
}
