//! Letters that only look like the ones that are meant. Fonts have one glyph for both, and programs that write PDF take
//! whichever comes first.
//!
//! Only what stands for the same letter is replaced. Full compatibility normalisation would go further and lose meaning:
//! it makes `，` a comma, `²` a two and `①` a one.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::decompose_compatible;

/// Radicals that are whole characters, which Unicode does not decompose.
const RADICALS: &[(char, char)] = &[
    ('⺠', '民'),
    ('⺩', '王'),
    ('⺬', '示'),
    ('⺶', '羊'),
    ('⺼', '月'),
    ('⻁', '虎'),
    ('⻄', '西'),
    ('⻅', '见'),
    ('⻆', '角'),
    ('⻉', '贝'),
    ('⻋', '车'),
    ('⻑', '長'),
    ('⻓', '长'),
    ('⻔', '门'),
    ('⻘', '青'),
    ('⻙', '韦'),
    ('⻚', '页'),
    ('⻛', '风'),
    ('⻜', '飞'),
    ('⻝', '食'),
    ('⻢', '马'),
    ('⻣', '骨'),
    ('⻤', '鬼'),
    ('⻥', '鱼'),
    ('⻦', '鸟'),
    ('⻧', '卤'),
    ('⻨', '麦'),
    ('⻩', '黄'),
    ('⻬', '齐'),
    ('⻮', '齿'),
    ('⻰', '龙'),
    ('⻳', '龟'),
];

/// The text with the letters that are meant, in composed form.
pub(super) fn normalise(text: &str) -> String {
    let mut meant = String::with_capacity(text.len());
    for letter in text.chars() {
        match RADICALS.binary_search_by_key(&letter, |(radical, _)| *radical) {
            Ok(at) => meant.push(RADICALS[at].1),
            Err(_) if is_double(letter) => decompose_compatible(letter, |letter| meant.push(letter)),
            Err(_) => meant.push(letter),
        }
    }
    meant.nfc().collect()
}

/// Radicals, compatibility ideographs, and letters joined into one.
fn is_double(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{2fdf}' | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}' | '\u{fb00}'..='\u{fb06}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_the_same_letter_is_replaced() {
        assert_eq!(normalise("\u{2f42}⻚\u{f900}\u{fb01}e\u{301}"), "文页豈fié");
        assert_eq!(normalise("，①²…—"), "，①²…—");
    }

    #[test]
    fn the_table_can_be_searched() {
        assert!(RADICALS.is_sorted_by_key(|(radical, _)| *radical));
    }
}
