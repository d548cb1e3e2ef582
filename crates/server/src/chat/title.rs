//! Titles of chats. The first one comes at once and without a model: the beginning of the first message. What a model
//! finds later is cleaned here.

use markdown::to_plain;
use shared::Part;
use shared::limits::MAX_TITLE_CHARS;
use shared::part::plain_text;

/// Widest title, in columns (a Han character takes two).
const MAX_COLUMNS: usize = 56;
/// Widest title that a model found.
const MAX_NAME_COLUMNS: usize = 60;
/// What models put in front of a title, in small letters.
const LABELS: &[&str] = &["title:", "title：", "标题:", "标题："];
/// What models put around a title. Of marks that are not at both ends, the title itself is made.
const PAIRS: &[(&str, &str)] = &[
    ("\"", "\""),
    ("'", "'"),
    ("“", "”"),
    ("‘", "’"),
    ("「", "」"),
    ("『", "』"),
    ("《", "》"),
    ("«", "»"),
    ("**", "**"),
    ("__", "__"),
    ("*", "*"),
    ("_", "_"),
    ("`", "`"),
];
/// How much of a message is looked at, in characters: a title needs no more, and a message may be long.
const LOOKED_AT: usize = 2_000;

/// The title for a chat that begins with this question: of one without words, the name of its first file.
#[must_use]
pub fn from_question(parts: &[Part]) -> String {
    let title = from_message(&plain_text(parts));
    let file = || parts.iter().find_map(Part::file).map(|file| shorten(&clean(&file.name))).unwrap_or_default();
    if title.is_empty() { file() } else { title }
}

/// The title of a copy: the number at its end says which one it is.
#[must_use]
pub fn of_copy(title: &str) -> String {
    let title = title.trim();
    if title.is_empty() {
        return String::new();
    }
    let counted = title.strip_suffix(')').and_then(|rest| rest.rsplit_once(" ("));
    let counted = counted.and_then(|(name, number)| Some((name, number.parse::<u16>().ok()?.checked_add(1)?)));
    // A year in brackets is no number of a copy.
    let (name, number) = counted.filter(|(_, number)| (3..1000).contains(number)).unwrap_or((title, 2));
    let end = format!(" ({number})");
    let name: String = name.chars().take(MAX_TITLE_CHARS - end.len()).collect();
    format!("{}{end}", name.trim_end())
}

/// The title for a chat that begins with `text`; empty if there is nothing to show.
#[must_use]
pub fn from_message(text: &str) -> String {
    let end = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(end, _)| end);
    let plain = to_plain(&text[..end]);
    let line = plain.lines().map(clean).find(|line| !line.is_empty()).unwrap_or_default();
    shorten(&line)
}

/// The title in what a model said; empty if there is none.
#[must_use]
pub fn from_model(said: &str) -> String {
    let title = said.lines().map(|line| bare(&clean(line)).to_owned()).find(|line| !line.is_empty());
    shorten_to(&title.unwrap_or_default(), MAX_NAME_COLUMNS)
}

/// A line without what models put around a title.
fn bare(line: &str) -> &str {
    let mut line = line.trim_start_matches('#').trim();
    loop {
        let inner = unlabelled(unpaired(line.trim_end_matches(['.', '。']))).trim();
        if inner.len() == line.len() {
            return line;
        }
        line = inner;
    }
}

/// Without the marks at both ends, unless they belong to different words.
fn unpaired(line: &str) -> &str {
    let inner = |(open, close): &(&str, &str)| {
        let inner = line.strip_prefix(open)?.strip_suffix(close)?;
        (!inner.contains(close)).then_some(inner)
    };
    PAIRS.iter().find_map(inner).unwrap_or(line)
}

/// Without "Title:", which may stand in bold, alone or together with the title.
fn unlabelled(line: &str) -> &str {
    let after = line.trim_start_matches(['*', '_']);
    let marks = &line[..line.len() - after.len()];
    let begins = |label: &&str| after.get(..label.len()).is_some_and(|start| start.to_lowercase() == **label);
    let Some(label) = LABELS.iter().copied().find(begins) else { return line };
    let rest = after[label.len()..].trim();
    rest.strip_prefix(marks).or_else(|| rest.strip_suffix(marks)).unwrap_or(rest)
}

/// One line without a list's marker, control characters and double spaces.
fn clean(line: &str) -> String {
    let line = line.trim_start();
    let item = ["- [x] ", "- [ ] ", "- "].iter().find_map(|marker| line.strip_prefix(marker));
    let visible = item.unwrap_or(line).chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shorten(line: &str) -> String {
    shorten_to(line, MAX_COLUMNS)
}

fn shorten_to(line: &str, most: usize) -> String {
    let mut columns = 0;
    let mut last_space = None;
    for (at, c) in line.char_indices() {
        columns += if c < '\u{1100}' { 1 } else { 2 };
        if columns > most {
            // Break at a word if one ends near; Han text has no words to spare.
            let cut = last_space.filter(|&space| space > at / 2).unwrap_or(at);
            return format!("{}…", line[..cut].trim_end());
        }
        if c == ' ' {
            last_space = Some(at);
        }
    }
    line.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{from_message, from_model, from_question, of_copy};
    use shared::Part;
    use shared::part::FilePart;

    #[test]
    fn a_copy_is_counted_in_any_language_and_stays_within_the_limit() {
        let cases = [
            ("排序", "排序 (2)"),
            ("Sorting (2)", "Sorting (3)"),
            ("Plans (2026)", "Plans (2026) (2)"),
            ("f(1)", "f(1) (2)"),
            ("(7)", "(7) (2)"),
            (" ", ""),
        ];
        for (title, copy) in cases {
            assert_eq!(of_copy(title), copy, "{title:?}");
        }
        let long = of_copy(&"字".repeat(200));
        assert!(long.ends_with("字 (2)") && long.chars().count() == 200, "{long}");
    }

    #[test]
    fn a_question_without_words_is_named_after_its_file() {
        let file = FilePart {
            file_id: "f".into(),
            name: "report 2026.pdf".into(),
            media_type: String::new(),
            size: 1,
            width: None,
            height: None,
            tokens: 1,
        };
        assert_eq!(from_question(&[Part::File(file.clone())]), "report 2026.pdf");
        assert_eq!(from_question(&[Part::File(file), Part::text("Sum it up")]), "Sum it up");
    }

    #[test]
    fn what_a_model_puts_around_a_title_is_taken_off() {
        let cases = [
            ("Sorting in Rust", "Sorting in Rust"),
            ("\n\"Sorting in Rust.\"\nBecause …", "Sorting in Rust"),
            ("**Title:** “Sorting in Rust”", "Sorting in Rust"),
            ("标题：《排序算法》", "排序算法"),
            ("- Title: 'a'", "a"),
            ("What's new?", "What's new?"),
            ("Learning C#", "Learning C#"),
            ("# Learning C#", "Learning C#"),
            ("**Title: Learning C#**", "Learning C#"),
            ("__init__ in Python", "__init__ in Python"),
            ("'Tis the season", "'Tis the season"),
            ("\"Foo\" and \"Bar\"", "\"Foo\" and \"Bar\""),
            ("《红楼梦》与《水浒传》", "《红楼梦》与《水浒传》"),
            ("\"\"\n  \n", ""),
            ("", ""),
        ];
        for (said, title) in cases {
            assert_eq!(from_model(said), title, "{said:?}");
        }
        let long = from_model(&"很长的标题".repeat(20));
        assert!(long.ends_with('…') && long.chars().count() == 31, "{long}");
    }

    #[test]
    fn titles_are_short_plain_and_in_the_persons_words() {
        let cases = [
            ("Hello", "Hello"),
            ("\n\n## **How do I** sort?\nmore", "How do I sort?"),
            ("Explain `Vec<T>` and *why* [this](https://a.example) fails", "Explain Vec<T> and why this fails"),
            ("- [ ] buy milk\n- [ ] tea", "buy milk"),
            ("1. first\n2. second", "1. first"),
            ("> quoted\n\nwhy?", "quoted"),
            ("请看**加粗**的部分", "请看加粗的部分"),
            ("what is 2 * 3 * 4 in snake_case_names", "what is 2 * 3 * 4 in snake_case_names"),
            ("```rust\nfn main() {}\n```", "fn main() {}"),
            ("---\n", ""),
            ("   \u{0}\n\t\n", ""),
            (
                "请帮我写一封邮件，告诉客户我们的交付时间需要推迟两周，并且说明原因",
                "请帮我写一封邮件，告诉客户我们的交付时间需要推迟两周，并…",
            ),
            (
                "Explain the difference between optimistic and pessimistic locking please",
                "Explain the difference between optimistic and…",
            ),
        ];
        for (text, title) in cases {
            assert_eq!(from_message(text), title);
        }
    }
}
