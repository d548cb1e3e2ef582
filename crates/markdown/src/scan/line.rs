//! What one line of text begins, seen from the root of a message. Looks at nothing but the line.

/// Leading white space of a line: its width in columns (tabs reach to the next multiple of four) and in bytes.
pub(crate) fn indent(line: &str) -> (usize, usize) {
    let mut columns = 0;
    for (offset, byte) in line.bytes().enumerate() {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 4 - columns % 4,
            _ => return (columns, offset),
        }
    }
    (columns, line.len())
}

/// An opening code fence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fence {
    /// `` ` `` or `~`.
    mark: u8,
    /// How many of them.
    length: usize,
    /// Columns it is indented by; as many are taken off each line of code.
    pub(crate) indent: usize,
}

impl Fence {
    /// The fence that `line` opens, and the byte at which its info string begins.
    pub(crate) fn open(line: &str) -> Option<(Self, usize)> {
        let (indent, offset) = indent(line);
        let rest = &line[offset..];
        let mark = *rest.as_bytes().first().filter(|byte| matches!(byte, b'`' | b'~'))?;
        let length = run(rest, mark);
        let info = &rest[length..];
        let fence = length >= 3 && !(mark == b'`' && info.contains('`'));
        fence.then_some((Self { mark, length, indent }, offset + length))
    }

    /// Whether `line` closes this fence.
    pub(crate) fn closed_by(self, line: &str) -> bool {
        let (columns, offset) = indent(line);
        let length = run(&line[offset..], self.mark);
        columns < self.indent + 4 && length >= self.length && line[offset + length..].trim().is_empty()
    }
}

/// How many times `byte` stands at the beginning of `text`.
pub(crate) fn run(text: &str, byte: u8) -> usize {
    text.bytes().take_while(|&other| other == byte).count()
}

/// The marker of a list item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// The bullet, or the `.` or `)` after the number: items with another one begin another list.
    pub(crate) mark: u8,
    /// Column at which the item's own text begins.
    pub(crate) content: usize,
    /// Byte at which its text, or the white space before it, begins.
    pub(crate) after: usize,
    /// Whether it may begin in the middle of a paragraph.
    pub(crate) interrupts: bool,
}

impl Item {
    /// The item that `line` begins, whatever its indentation.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let (columns, offset) = indent(line);
        let rest = &line.as_bytes()[offset..];
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mark = *rest.get(digits)?;
        let known = if digits == 0 { matches!(mark, b'-' | b'+' | b'*') } else { matches!(mark, b'.' | b')') };
        if !known || digits > 9 {
            return None;
        }
        let after = offset + digits + 1;
        let (gap, _) = indent(&line[after..]);
        let empty = line[after..].trim().is_empty();
        if gap == 0 && !empty {
            return None;
        }
        let gap = if empty || gap > 4 { 1 } else { gap };
        let interrupts = !empty && (digits == 0 || &rest[..digits] == b"1");
        Some(Self { mark, content: columns + digits + 1 + gap, after, interrupts })
    }
}

/// What a line begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Nothing but white space.
    Blank,
    /// Indented by four columns or more.
    Indented,
    /// `# …`
    Heading,
    /// A thematic break.
    Rule,
    /// A code fence; its info string begins at this byte.
    Fence(Fence, usize),
    /// A list item.
    Item(Item),
    /// Anything else.
    Text,
}

impl Line {
    /// Reads a line, given without its line ending.
    pub(crate) fn of(line: &str) -> Self {
        let (columns, offset) = indent(line);
        let rest = line[offset..].trim_end();
        match () {
            () if rest.is_empty() => Self::Blank,
            () if columns >= 4 => Self::Indented,
            () if is_rule(rest) => Self::Rule,
            () if is_heading(rest) => Self::Heading,
            () => Fence::open(line)
                .map(|(fence, info)| Self::Fence(fence, info))
                .or_else(|| Item::parse(line).map(Self::Item))
                .unwrap_or(Self::Text),
        }
    }
}

fn is_rule(rest: &str) -> bool {
    let mark = rest.as_bytes()[0];
    let marks = rest.bytes().filter(|&byte| byte == mark).count();
    let only_marks = rest.bytes().all(|byte| byte == mark || byte == b' ' || byte == b'\t');
    matches!(mark, b'-' | b'*' | b'_') && marks >= 3 && only_marks
}

fn is_heading(rest: &str) -> bool {
    let level = run(rest, b'#');
    (1..=6).contains(&level) && rest[level..].chars().next().is_none_or(|c| c == ' ' || c == '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_what_commonmark_says_they_are() {
        for rule in ["---", " * * *", "___", "- - -", "***  "] {
            assert_eq!(Line::of(rule), Line::Rule, "{rule}");
        }
        for text in ["--", "#tag", "####### seven", "1.5 litres", "**bold**", "`code`", "``` a`b", "中文"] {
            assert_eq!(Line::of(text), Line::Text, "{text}");
        }
        assert_eq!(Line::of("## Title"), Line::Heading);
        assert_eq!(Line::of("#"), Line::Heading);
        assert_eq!(Line::of(" \t"), Line::Blank);
        assert_eq!(Line::of("    x"), Line::Indented);
    }

    #[test]
    fn items_know_their_content_column_and_what_they_may_interrupt() {
        let item = |line: &str| Item::parse(line).map(|item| (item.mark, item.content, item.interrupts));
        assert_eq!(item("- a"), Some((b'-', 2, true)));
        assert_eq!(item("10.  a"), Some((b'.', 5, false)));
        assert_eq!(item("1) a"), Some((b')', 3, true)));
        assert_eq!(item("-"), Some((b'-', 2, false)));
        assert_eq!(item("-      code"), Some((b'-', 2, true)));
        assert_eq!(item("-a"), None);
        assert_eq!(item("1234567890. a"), None);
    }

    #[test]
    fn a_fence_is_closed_by_its_own_mark_at_least_as_long() {
        let (fence, info) = Fence::open("  ````rust x").expect("a fence");
        assert_eq!((fence.indent, info), (2, 6));
        assert!(fence.closed_by("`````  "));
        assert!(!fence.closed_by("```"));
        assert!(!fence.closed_by("~~~~"));
        assert!(!fence.closed_by("```` x"));
    }
}
