//! Finds mathematics inside a paragraph: `\( … \)`, `\[ … \]`, `$$ … $$`, and `$ … $` when it can be nothing else.

use super::marks::Kind;
use crate::chars;

/// What was found at an opening delimiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Mathematics of this length.
    Math(Kind, usize),
    /// Nothing closes it within the paragraph.
    Unclosed(Kind),
    /// None begins with this delimiter before this offset.
    None(usize),
}

/// Reads the delimiter that `text` begins with. `text` reaches to the end of the paragraph.
pub(crate) fn find(text: &str, before: Option<char>) -> Option<Found> {
    let (open, close) = [(r"\(", r"\)"), (r"\[", r"\]"), ("$$", "$$")]
        .into_iter()
        .find(|(o, _)| text.starts_with(o))
        .map_or(("$", "$"), |pair| pair);
    if open == "$" {
        return dollar(text, before).map(|length| math(false, 1, length));
    }
    let display = open != r"\(";
    let Some(inside) = text[2..].find(close) else {
        return Some(Found::Unclosed(Kind::Math { display, open: 2, close: 0 }));
    };
    let end = inside + 4;
    if text[2..2 + inside].trim().is_empty() {
        return None;
    }
    if open == r"\[" && text[end..].starts_with('(') {
        return Some(Found::None(end));
    }
    Some(math(display, 2, end))
}

fn math(display: bool, delimiter: usize, length: usize) -> Found {
    Found::Math(Kind::Math { display, open: delimiter, close: delimiter }, length)
}

/// Length of `$ … $`: tight on both sides, on one line, beside no letter or digit, and with something mathematical
/// in it (a backslash, `^`, `_`, `=`, or nothing but one letter). `$5 and $6` and `$HOME/$USER` are neither.
fn dollar(text: &str, before: Option<char>) -> Option<usize> {
    let inside = text[1..].find(['$', '\n', '`']).map(|offset| &text[1..=offset])?;
    let rest = &text[1 + inside.len()..];
    let beside = |c: char| c.is_ascii_alphanumeric() || c == '$';
    let loose = inside.is_empty() || inside.starts_with(char::is_whitespace) || inside.ends_with(char::is_whitespace);
    let next = rest[1..].chars().next();
    if !rest.starts_with('$') || loose || before.is_some_and(beside) || next.is_some_and(beside) {
        return None;
    }
    let letter = inside.len() == 1 && inside.as_bytes()[0].is_ascii_alphabetic();
    let signs = inside.contains(['\\', '^', '_', '=']);
    let cells = inside.contains(" | ");
    let prose = inside.contains(chars::is_wide) && !inside.contains('\\');
    ((letter || signs) && !cells && !prose && !inside.ends_with('\\')).then_some(inside.len() + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(text: &str) -> Option<usize> {
        match find(text, None) {
            Some(Found::Math(_, length)) => Some(length),
            _ => None,
        }
    }

    #[test]
    fn delimiters_that_say_so_are_mathematics() {
        assert_eq!(length(r"\(a_1 * b\) x"), Some(11));
        assert_eq!(length(r"\[x\] y"), Some(5));
        assert_eq!(length("$$x$$y"), Some(5));
        assert_eq!(length(r"\[text\](https://a.example)"), None);
        assert_eq!(length(r"\( \)"), None);
    }

    #[test]
    fn single_dollars_are_mathematics_only_when_they_look_like_it() {
        for tex in ["$x$", "$x^2$，", "$a_1$ b", r"$\alpha$", "$E=mc^2$.", r"$\text{面积}$"] {
            assert!(length(tex).is_some(), "{tex}");
        }
        for text in ["$5 and $6", "$5$6", "$ x$", "$x $", "$HOME/$USER", "$A_B/$C", "$5", "$100-$200", "$x\n$", "$ab$"]
        {
            assert!(length(text).is_none(), "{text}");
        }
        assert_eq!(find("$x$", Some('S')), None);
    }
}
