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

/// Whether the text of a line looks like a link definition or a footnote: shown as it is instead of swallowed.
pub(crate) fn is_definition(text: &str) -> bool {
    let label = text.strip_prefix('[').and_then(|rest| rest.split(']').next());
    label.is_some_and(|label| text[label.len() + 1..].starts_with("]:"))
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
        assert!(!is_definition("[a](b): c"));
        assert!(!is_definition("[a"));
    }

    #[test]
    fn nested_fences_end_with_their_fence_or_their_list() {
        assert_eq!(fenced("```\n  a\n  ```\nb", 2), Some(14));
        assert_eq!(fenced("```\n  a\nb", 2), Some(8));
        assert_eq!(fenced("~~~\n> a", 0), Some(7));
        assert_eq!(fenced("text", 0), None);
    }
}
