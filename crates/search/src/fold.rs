//! What counts as the same letter: case, width, diacritics and the two ways of writing Chinese are folded away.

use std::sync::OnceLock;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// What a folded character is to the tokenizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// A letter of a script that writes words apart.
    Letter {
        /// Whether it was written as a capital.
        capital: bool,
    },
    /// A digit.
    Digit,
    /// A character of a script without blanks between words: a token by itself.
    Single,
    /// Anything else.
    Gap,
}

/// Hands over the folded characters of one character, with what each is. Most characters fold to one, a mark to none.
pub(crate) fn fold(c: char, mut take: impl FnMut(char, Class)) {
    if c.is_ascii() {
        return take(c.to_ascii_lowercase(), class(c, c.is_ascii_uppercase()));
    }
    match c {
        '\u{4e00}'..='\u{9fff}' => take(simplified(c), Class::Single),
        '\u{ac00}'..='\u{d7a3}' => take(c, Class::Single),
        'ß' => {
            take('s', Class::Letter { capital: false });
            take('s', Class::Letter { capital: false });
        }
        'ς' => take('σ', Class::Letter { capital: false }),
        'ø' | 'Ø' => take('o', Class::Letter { capital: c == 'Ø' }),
        'ł' | 'Ł' => take('l', Class::Letter { capital: c == 'Ł' }),
        _ => decompose_compatible(c, |part| {
            if !is_combining_mark(part) {
                let capital = part.is_uppercase();
                part.to_lowercase().filter(|low| !is_combining_mark(*low)).for_each(|low| {
                    let low = simplified(low);
                    take(low, class(low, capital));
                });
            }
        }),
    }
}

fn class(c: char, capital: bool) -> Class {
    if c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric() && c != '〇') {
        Class::Digit
    } else if is_single(c) {
        Class::Single
    } else if c.is_alphabetic() {
        Class::Letter { capital }
    } else {
        Class::Gap
    }
}

/// Whether the script of a character writes no blanks between words (or, as Korean, hangs particles on them): Han, kana,
/// Hangul, Thai, Lao, Khmer, Burmese.
fn is_single(c: char) -> bool {
    matches!(c,
        '\u{e01}'..='\u{e4e}' | '\u{e81}'..='\u{edf}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}'
        | '\u{1780}'..='\u{17df}' | '々' | '〇' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | 'ー'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a token is Han characters, kana or the like: never stemmed, never the beginning of a word.
pub(crate) fn is_single_token(token: &str) -> bool {
    token.chars().next().is_some_and(is_single)
}

const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9fff;

/// The simplified form of a Han character; every other character is its own.
fn simplified(c: char) -> char {
    let code = c as u32;
    if !(FIRST..=LAST).contains(&code) {
        return c;
    }
    let to = table()[(code - FIRST) as usize];
    char::from_u32(u32::from(to)).filter(|_| to != 0).unwrap_or(c)
}

/// For every character from [`FIRST`] to [`LAST`] what it is folded to, 0 for itself: 55 kB, made on first use.
fn table() -> &'static [u16] {
    static TABLE: OnceLock<Vec<u16>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = vec![0; (LAST - FIRST + 1) as usize];
        for (from, to) in pairs() {
            if let (true, Ok(to)) = ((FIRST..=LAST).contains(&(from as u32)), u16::try_from(to as u32)) {
                table[(from as u32 - FIRST) as usize] = to;
            }
        }
        table
    })
}

fn pairs() -> impl Iterator<Item = (char, char)> {
    let lines = include_str!("fold/simplified.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(|line| line.split(' ')).filter_map(|pair| {
        let mut both = pair.chars();
        Some((both.next()?, both.next()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let mut out = String::new();
        for c in text.chars() {
            fold(c, |low, class| {
                if class != Class::Gap {
                    out.push(low);
                }
            });
        }
        out
    }

    #[test]
    fn case_width_and_diacritics_are_folded() {
        assert_eq!(folded("ＡＩＣｈａｔ１２"), "aichat12");
        assert_eq!(folded("Café Ångström naïve Straße"), "cafeangstromnaivestrasse");
        assert_eq!(folded("ﬁne ① Łódź"), "fine1lodz");
        assert_eq!(folded("ｶﾞｷﾞ ガギ"), "カキカキ");
        assert_eq!(folded("한국어"), "한국어");
    }

    #[test]
    fn traditional_and_simplified_chinese_meet() {
        for (traditional, simple) in [
            ("人工智慧與機器學習", "人工智慧与机器学习"),
            ("後來發現頭髮乾了", "后来发现头发干了"),
            ("這裡裏面臺灣", "这里里面台湾"),
            ("為什麼爲甚麼", "为什么为什么"),
            ("資料庫連線逾時", "资料库连线逾时"),
            ("軟體設計模式與網絡", "软体设计模式与网络"),
        ] {
            assert_eq!(folded(traditional).replace('甚', "什"), folded(simple).replace('甚', "什"));
        }
    }

    #[test]
    fn the_table_is_sorted_and_resolved() {
        let pairs: Vec<_> = pairs().collect();
        assert!(pairs.len() > 2900, "{}", pairs.len());
        assert!(pairs.windows(2).all(|two| two[0].0 < two[1].0));
        let froms: std::collections::BTreeSet<char> = pairs.iter().map(|pair| pair.0).collect();
        assert!(pairs.iter().all(|pair| !froms.contains(&pair.1)), "a target is folded further");
    }
}
