//! Whether a text that has a tag uses it or speaks of it.

/// What was read before the tag.
#[derive(Default)]
pub(super) struct Mentions {
    last: Option<char>,
    /// How many backticks stand in a row.
    ticks: usize,
    /// Whether a block of code is open.
    code: bool,
}

impl Mentions {
    /// Takes more of the text.
    pub(super) fn read(&mut self, text: &str) {
        for character in text.chars() {
            self.ticks = if character == '`' { self.ticks + 1 } else { 0 };
            self.code ^= self.ticks == 3;
            self.last = Some(character);
        }
    }

    /// Whether a tag that stands between what was read and this is only spoken of: in code, between quotation marks, or
    /// amid a sentence.
    pub(super) fn is_one(&self, after: &str) -> bool {
        let (before, after) = (self.last, after.chars().next());
        let is_quote = |c: Option<char>| c.is_some_and(|c| "\"'“”‘’「」『』《》".contains(c));
        let between = |is: &dyn Fn(Option<char>) -> bool| is(before) && is(after);
        self.code
            || before == Some('`')
            || after == Some('`')
            || between(&is_quote)
            || between(&|c: Option<char>| c == Some(' '))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_that_is_spoken_of_stands_in_code_or_quotation_marks_or_amid_a_sentence() {
        for (before, after, is_one) in [
            ("so it is 4.\n", "\n\n4", false),
            ("so it is 4.", "4", false),
            ("he said \"four\"", "\n4", false),
            ("use `a` and ```b``` ", "\n4", false),
            ("", "4", false),
            ("the tag `", "` ends", true),
            ("the tag \"", "\" ends", true),
            ("标签「", "」结束", true),
            ("the tag ", " ends", true),
            ("```html\n", "\n```", true),
        ] {
            let mut mentions = Mentions::default();
            for character in before.chars() {
                mentions.read(&character.to_string());
            }
            assert_eq!(mentions.is_one(after), is_one, "{before:?} {after:?}");
        }
    }
}
