//! A chat's first title, at once and without a model: the beginning of its first message.

use markdown::to_plain;

/// Widest title, in columns (a Han character takes two).
const MAX_COLUMNS: usize = 56;
/// How much of a message is looked at, in characters: a title needs no more, and a message may be long.
const LOOKED_AT: usize = 2_000;

/// The title for a chat that begins with `text`; empty if there is nothing to show.
#[must_use]
pub fn from_message(text: &str) -> String {
    let end = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(end, _)| end);
    let plain = to_plain(&text[..end]);
    let line = plain.lines().map(clean).find(|line| !line.is_empty()).unwrap_or_default();
    shorten(&line)
}

/// One line without a list's marker, control characters and double spaces.
fn clean(line: &str) -> String {
    let line = line.trim_start();
    let item = ["- [x] ", "- [ ] ", "- "].iter().find_map(|marker| line.strip_prefix(marker));
    let visible = item.unwrap_or(line).chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shorten(line: &str) -> String {
    let mut columns = 0;
    let mut last_space = None;
    for (at, c) in line.char_indices() {
        columns += if c < '\u{1100}' { 1 } else { 2 };
        if columns > MAX_COLUMNS {
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
    use super::from_message;

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
