//! What stands at the beginning of a line, quote marks and list markers passed over.

use crate::scan::line::{Fence, Item, indent};

/// Quotes and lists nested deeper than this are text.
const MAX_DEPTH: usize = 24;

/// The beginning of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prefix {
    /// Bytes of white space, quote marks and list markers.
    pub(crate) length: usize,
    /// Whether a list marker was among them.
    pub(crate) item: bool,
    /// Whether a marker that would nest too deep follows.
    pub(crate) too_deep: bool,
}

impl Prefix {
    /// Reads the beginning of a line.
    pub(crate) fn of(line: &str) -> Self {
        let mut prefix = Self::default();
        for depth in 0.. {
            let rest = &line[prefix.length..];
            let space = indent(rest).1;
            let item = Item::parse(rest);
            let quote = rest[space..].starts_with('>');
            if !quote && item.is_none() {
                prefix.length += space;
                break;
            }
            if depth == MAX_DEPTH {
                prefix.length += space;
                prefix.too_deep = true;
                break;
            }
            prefix.item |= item.is_some();
            prefix.length += item.map_or(space + 1, |item| item.after);
        }
        prefix
    }
}

/// Whether a text may begin with a link definition or a footnote, which is shown as it is instead of swallowed. Its
/// label may go on over several lines and has no more than 999 characters.
pub(crate) fn is_definition(text: &str) -> bool {
    text.starts_with('[') && text[..text.floor_char_boundary(4000)].contains("]:")
}

/// A line of nothing but dashes: the white space and quote marks before them, and how many they are.
pub(crate) fn underline(line: &str) -> Option<(&str, usize)> {
    let line = line.trim_end();
    let prefix = line.trim_end_matches('-');
    let space = prefix.len() - prefix.trim_end().len();
    let dashes = line.len() - prefix.len();
    (dashes > 0 && space < 4 && prefix.bytes().all(|byte| b" \t>".contains(&byte))).then_some((prefix, dashes))
}

/// Length of the fenced code that `text` begins with inside a quote or list; `column` is where its fence stands.
pub(crate) fn fenced(text: &str, column: usize) -> Option<usize> {
    let first = text.split_inclusive('\n').next()?;
    let (fence, _) = Fence::open(first.trim_end_matches(['\n', '\r']))?;
    let mut length = first.len();
    for line in text[length..].split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        let bare = body.trim_start_matches([' ', '\t', '>']);
        let outside = column > 0 && !bare.is_empty() && bare.len() == body.len();
        if fence.closed_by(bare) {
            return Some(length + line.len());
        }
        if outside {
            break;
        }
        length += line.len();
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quote_marks_and_list_markers_are_passed_over() {
        let of = |line: &str| (Prefix::of(line).length, Prefix::of(line).item);
        assert_eq!(of("text"), (0, false));
        assert_eq!(of("  > - 1. x"), (9, true));
        assert_eq!(of("> <b>"), (2, false));
        assert_eq!(of("**bold**"), (0, false));
        assert!(Prefix::of(&">".repeat(99)).too_deep);
        assert_eq!(Prefix::of(&"- ".repeat(99)).length, 2 * MAX_DEPTH);
    }

    #[test]
    fn definitions_are_told_from_links() {
        assert!(is_definition("[1]: https://a.example"));
        assert!(is_definition("[^1]: a note"));
        assert!(is_definition("[a\nb]: c"));
        assert!(!is_definition("[a](b): c"));
        assert!(!is_definition("[a"));
    }

    #[test]
    fn lines_of_dashes_are_told_from_items_and_code() {
        assert_eq!(underline("> --- "), Some(("> ", 3)));
        assert_eq!(underline("-"), Some(("", 1)));
        for line in ["- -", "- ---", "      ---", "a ---", "", "|---"] {
            assert_eq!(underline(line), None, "{line}");
        }
    }

    #[test]
    fn nested_fences_end_with_their_fence_or_their_list() {
        assert_eq!(fenced("```\n  a\n  ```\nb", 2), Some(14));
        assert_eq!(fenced("```\n  a\nb", 2), Some(8));
        assert_eq!(fenced("~~~\n> a", 0), Some(7));
        assert_eq!(fenced("text", 0), None);
    }
}
