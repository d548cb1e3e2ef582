//! What is offered while somebody types: commands after `/` at the beginning, models after `@`, emoji after `:`. Finds the
//! sign that is being typed and the commands that fit; knows neither the screen nor what a command does.

use crate::i18n::{Text, composer as words};

/// No command and no name that somebody types by hand is longer, in bytes.
const LONGEST: usize = 64;

/// What is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// What is offered for it.
    pub kind: Kind,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends: at the caret, in bytes.
    pub end: usize,
    /// What stands after the sign, in lower case.
    pub search: String,
}

/// What is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Commands.
    Commands,
    /// Models.
    Models,
    /// Emoji.
    Emoji,
}

impl Sign {
    /// The sign before the caret, which stands after so many UTF-16 units.
    #[must_use]
    pub fn at(text: &str, caret: usize) -> Option<Self> {
        let end = bytes(text, caret);
        let before = &text[..end];
        let start = before.char_indices().rev().take(LONGEST).find(|(_, c)| c.is_whitespace());
        let start = start.map_or(0, |(place, c)| place + c.len_utf8());
        let word = &before[start..];
        if word.len() > LONGEST {
            return None;
        }
        let kind = match word.chars().next()? {
            // Anywhere else it is a path, a date or a choice.
            '/' if start == 0 => Kind::Commands,
            '@' => Kind::Models,
            ':' if names_emoji(&word[1..]) => Kind::Emoji,
            _ => return None,
        };
        Some(Self { kind, start, end, search: word[1..].to_lowercase() })
    }

    /// The text with something else in its place, and where that ends, in UTF-16 units.
    #[must_use]
    pub fn replaced(&self, text: &str, with: &str) -> (String, u32) {
        let before = text.get(..self.start).unwrap_or_default();
        let after = text.get(self.end..).unwrap_or_default();
        let caret = before.encode_utf16().chain(with.encode_utf16()).count();
        (format!("{before}{with}{after}"), u32::try_from(caret).unwrap_or(u32::MAX))
    }

    /// The text without it.
    #[must_use]
    pub fn taken_out(&self, text: &str) -> String {
        let after = text.get(self.end..).unwrap_or_default();
        let before = text.get(..self.start).unwrap_or_default();
        // Between two words one blank is enough.
        let after = if before.is_empty() || before.ends_with(char::is_whitespace) {
            after.trim_start_matches(' ')
        } else {
            after
        };
        format!("{before}{after}")
    }
}

/// Whether what stands after a colon may be the name of an emoji: `:)`, `:D` and `:3` are what they are.
fn names_emoji(name: &str) -> bool {
    let least = if name.is_ascii() { 2 } else { 1 };
    let is_name = |c: char| c.is_alphanumeric() || "_+-".contains(c);
    name.chars().count() >= least && name.chars().all(is_name)
}

/// The place in bytes after so many UTF-16 units.
fn bytes(text: &str, units: usize) -> usize {
    let mut left = units;
    for (place, c) in text.char_indices() {
        if left == 0 {
            return place;
        }
        left = left.saturating_sub(c.len_utf16());
    }
    text.len()
}

/// What can be done from the text box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// A new chat.
    New,
    /// A new chat that does not stay.
    Temporary,
    /// Another model.
    Model,
    /// What the model is told in this chat.
    System,
    /// How the model answers in this chat.
    Parameters,
    /// What can be typed here.
    Help,
}

impl Command {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 6] = [Self::New, Self::Temporary, Self::Model, Self::System, Self::Parameters, Self::Help];

    /// Its name, the same in every language.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Temporary => "temporary",
            Self::Model => "model",
            Self::System => "system",
            Self::Parameters => "parameters",
            Self::Help => "help",
        }
    }

    /// What it does.
    #[must_use]
    pub fn words(self) -> Text {
        match self {
            Self::New => words::COMMAND_NEW,
            Self::Temporary => words::COMMAND_TEMPORARY,
            Self::Model => words::COMMAND_MODEL,
            Self::System => words::COMMAND_SYSTEM,
            Self::Parameters => words::COMMAND_PARAMETERS,
            Self::Help => words::COMMAND_HELP,
        }
    }

    /// The commands that fit: by their name, or by what they do in either language.
    #[must_use]
    pub fn found(search: &str) -> Vec<Self> {
        let fits = |command: &Self| {
            let words = command.words();
            let told = words.en.split(' ').any(|word| word.to_lowercase().starts_with(search));
            let told_in_chinese = !search.is_ascii() && words.zh.contains(search);
            command.name().starts_with(search) || told || told_in_chinese
        };
        Self::ALL.into_iter().filter(fits).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, Kind, Sign};

    fn sign(text: &str) -> Option<(Kind, String)> {
        Sign::at(text, text.encode_utf16().count()).map(|sign| (sign.kind, sign.search))
    }

    #[test]
    fn a_slash_offers_commands_at_the_very_beginning_only() {
        assert_eq!(sign("/"), Some((Kind::Commands, String::new())));
        assert_eq!(sign("/Par"), Some((Kind::Commands, "par".to_owned())));
        assert_eq!([sign("a /new"), sign(" /new"), sign("/new chat"), sign("1/2")], [None, None, None, None]);
    }

    #[test]
    fn an_at_offers_models_at_the_beginning_of_a_word() {
        assert_eq!(sign("你好 @deep"), Some((Kind::Models, "deep".to_owned())));
        assert_eq!(sign("line\n@"), Some((Kind::Models, String::new())));
        assert_eq!([sign("ada@example.org"), sign("@a b"), sign("")], [None, None, None]);
        assert_eq!(sign(&format!("@{}", "x".repeat(80))), None);
    }

    #[test]
    fn a_colon_offers_emoji_once_it_is_the_beginning_of_a_name() {
        assert_eq!(sign(":smi"), Some((Kind::Emoji, "smi".to_owned())));
        assert_eq!(sign("好 :笑"), Some((Kind::Emoji, "笑".to_owned())));
        assert_eq!(sign("so :+1"), Some((Kind::Emoji, "+1".to_owned())));
        for text in [":", ":D", ":)", ":-)", "12:30", "http://a", "a :b:", "note:smile"] {
            assert_eq!(sign(text), None, "{text}");
        }
    }

    #[test]
    fn an_emoji_takes_the_place_of_its_name() {
        let text = "👋 :smi there";
        let sign = Sign::at(text, 7).expect("a colon");
        assert_eq!(sign.replaced(text, "😄"), ("👋 😄 there".to_owned(), 5));
    }

    #[test]
    fn only_what_stands_before_the_caret_counts() {
        let text = "👋 @deep and more";
        let sign = Sign::at(text, 5).expect("an at");
        assert_eq!((sign.search.as_str(), sign.taken_out(text)), ("d", "👋 eep and more".to_owned()));
        assert_eq!(Sign::at(text, 1), None);
    }

    #[test]
    fn what_was_chosen_leaves_one_blank() {
        let text = "say @deep hello";
        let sign = Sign::at(text, 9).expect("an at");
        assert_eq!(sign.taken_out(text), "say hello");
    }

    #[test]
    fn commands_are_found_by_name_and_by_what_they_do_in_either_language() {
        assert_eq!(Command::found(""), Command::ALL);
        assert_eq!(Command::found("te"), [Command::Temporary]);
        assert_eq!(Command::found("参数"), [Command::Parameters]);
        assert_eq!(Command::found("etc/hosts"), []);
    }
}
