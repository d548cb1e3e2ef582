//! Text into tokens.

use crate::fold::{Class, fold};
use rust_stemmers::{Algorithm, Stemmer};
use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One of the words of the text in their order: a stem, a number, or a character of a script without blanks.
    Word,
    /// Another form of words that were or will be handed over: a word before it was stemmed, or an identifier as a whole.
    Form,
}

/// A token of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// Folded and stemmed.
    pub text: &'a str,
    /// What it is.
    pub kind: Kind,
    /// The bytes of the text that it stands for.
    pub range: Range<usize>,
    /// How many runs of letters and digits, or characters that are tokens by themselves, stand before it.
    pub run: usize,
}

/// A longer run of letters and digits (a key, an encoded picture) is known by its beginning, in characters.
const LONGEST: usize = 64;
/// A run that changes between letters and digits or capitals more often is a hash and no identifier.
const MOST_PARTS: usize = 8;

/// One folded letter or digit of a run.
#[derive(Clone, Copy)]
struct Letter {
    c: char,
    class: Class,
    at: usize,
    end: usize,
}

/// Hands over the tokens of a text in their order.
pub fn each(text: &str, mut take: impl FnMut(Token<'_>)) {
    let mut splitter = Splitter { stemmer: Stemmer::create(Algorithm::English), run: Vec::new(), runs: 0, text };
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        fold(c, |c, class| match class {
            Class::Gap => splitter.end_run(&mut take),
            Class::Single => {
                splitter.end_run(&mut take);
                let mut bytes = [0; 4];
                let text = c.encode_utf8(&mut bytes);
                take(Token { text, kind: Kind::Word, range: at..end, run: splitter.runs });
                splitter.runs += 1;
            }
            Class::Letter { .. } | Class::Digit => splitter.run.push(Letter { c, class, at, end }),
        });
    }
    splitter.end_run(&mut take);
}

struct Splitter<'a> {
    stemmer: Stemmer,
    run: Vec<Letter>,
    runs: usize,
    text: &'a str,
}

impl Splitter<'_> {
    /// Hands over the run that stands here, if one does, and begins the next.
    fn end_run(&mut self, take: &mut impl FnMut(Token<'_>)) {
        if self.run.is_empty() {
            return;
        }
        let letters = std::mem::take(&mut self.run);
        let ends = parts(&letters);
        if ends.len() > MOST_PARTS || letters.len() > LONGEST {
            self.hand(&letters[..letters.len().min(LONGEST)], Whole::Only, take);
        } else {
            if ends.len() > 1 {
                self.hand(&letters, Whole::Beside, take);
            }
            let mut from = 0;
            for end in ends {
                self.hand(&letters[from..end], Whole::Part, take);
                from = end;
            }
        }
        self.runs += 1;
        self.run = letters;
        self.run.clear();
    }

    fn hand(&self, letters: &[Letter], whole: Whole, take: &mut impl FnMut(Token<'_>)) {
        let (Some(first), Some(last)) = (letters.first(), letters.last()) else { return };
        let mut word: String = letters.iter().map(|letter| letter.c).collect();
        word.push_str(self.suffix(last.end, letters.len()));
        let (range, run) = (first.at..last.end, self.runs);
        let stem = if whole == Whole::Only { word.as_str().into() } else { stem(&self.stemmer, &word) };
        let kind = if whole == Whole::Beside { Kind::Form } else { Kind::Word };
        take(Token { text: &stem, kind, range: range.clone(), run });
        if *stem != word {
            take(Token { text: &word, kind: Kind::Form, range, run });
        }
    }

    /// What makes `c++`, `c#` and `f#` words of their own.
    fn suffix(&self, end: usize, length: usize) -> &'static str {
        let rest = &self.text[end..];
        match length {
            1 if rest.starts_with("++") => "pp",
            1 if rest.starts_with('#') => "sharp",
            _ => "",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Whole {
    /// An identifier as a whole, its parts follow.
    Beside,
    /// A part, or a plain word.
    Part,
    /// A run whose parts mean nothing.
    Only,
}

fn stem<'a>(stemmer: &Stemmer, word: &'a str) -> std::borrow::Cow<'a, str> {
    let plain = word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    if plain { stemmer.stem(word) } else { word.into() }
}

/// Where the parts of an identifier end: `get|User|Name`, `HTTP|Server`, `sha|256`.
fn parts(letters: &[Letter]) -> Vec<usize> {
    let mut ends = Vec::new();
    for at in 1..letters.len() {
        let capital =
            |index: usize| letters.get(index).map(|letter| letter.class) == Some(Class::Letter { capital: true });
        let digit = |index: usize| letters[index].class == Class::Digit;
        let small =
            |index: usize| letters.get(index).map(|letter| letter.class) == Some(Class::Letter { capital: false });
        let hump = capital(at) && (small(at - 1) || (capital(at - 1) && small(at + 1) && !plural(letters, at + 1)));
        if digit(at) != digit(at - 1) || hump {
            ends.push(at);
        }
    }
    ends.push(letters.len());
    ends
}

/// `URLs` is one word: its last letter stands alone after capitals.
fn plural(letters: &[Letter], at: usize) -> bool {
    letters[at].c == 's' && at + 1 == letters.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str, kind: Kind) -> Vec<String> {
        let mut out = Vec::new();
        each(text, |token| {
            if token.kind == kind {
                out.push(token.text.to_owned());
            }
        });
        out
    }

    fn words(text: &str) -> Vec<String> {
        tokens(text, Kind::Word)
    }

    #[test]
    fn han_kana_and_hangul_are_tokens_by_themselves() {
        assert_eq!(words("人工智慧AI很好"), ["人", "工", "智", "慧", "ai", "很", "好"]);
        assert_eq!(words("データ構造"), ["テ", "ー", "タ", "构", "造"]);
        assert_eq!(words("서버는"), ["서", "버", "는"]);
    }

    #[test]
    fn english_is_stemmed_and_kept() {
        assert_eq!(words("Running servers, easily"), ["run", "server", "easili"]);
        assert_eq!(tokens("Running servers", Kind::Form), ["running", "servers"]);
        assert_eq!(words("I'm on it"), ["i", "m", "on", "it"]);
    }

    #[test]
    fn identifiers_are_split_and_kept_whole() {
        assert_eq!(words("getUserName"), ["get", "user", "name"]);
        assert_eq!(tokens("getUserName", Kind::Form), ["getusernam", "getusername"]);
        assert_eq!(words("max_content_bytes"), ["max", "content", "byte"]);
        assert_eq!(words("std::sync::Arc serde_json.from_str"), ["std", "sync", "arc", "serd", "json", "from", "str"]);
        assert_eq!(words("HTTPServer2 sha256 v1.2.3"), ["http", "server", "2", "sha", "256", "v", "1", "2", "3"]);
        assert_eq!(words("URLs and IDs"), ["url", "and", "id"]);
        assert_eq!(words("C++ C# F# c"), ["cpp", "csharp", "fsharp", "c"]);
    }

    #[test]
    fn hashes_and_blobs_stay_small() {
        assert_eq!(words("9f86d081884c7d659a2feaa0c55ad015"), ["9f86d081884c7d659a2feaa0c55ad015"]);
        let blob = "Ab1".repeat(10_000);
        assert_eq!(words(&blob), [blob[..LONGEST].to_lowercase()]);
    }

    #[test]
    fn ranges_point_into_the_text() {
        let text = "看 ＲＵＮＮＩＮＧ getUserName 臺灣";
        let mut seen = Vec::new();
        each(text, |token| seen.push((token.text.to_owned(), text[token.range].to_owned(), token.run)));
        for wanted in [
            ("run", "ＲＵＮＮＩＮＧ", 1),
            ("running", "ＲＵＮＮＩＮＧ", 1),
            ("user", "User", 2),
            ("getusername", "getUserName", 2),
            ("台", "臺", 3),
        ] {
            assert!(seen.contains(&(wanted.0.to_owned(), wanted.1.to_owned(), wanted.2)), "{wanted:?} in {seen:?}");
        }
    }

    #[test]
    fn no_text_is_too_odd() {
        for text in ["", "\0", "\u{feff}\u{200b}", "\u{301}", "🦀🦀", "\u{10ffff}", "ﷺ", "İstanbul", "'\"*^:()-"]
        {
            each(text, |token| assert!(!token.text.is_empty() && text.is_char_boundary(token.range.start)));
        }
    }
}
