//! What kind of character something is, by short ranges instead of Unicode tables: the client carries this code.
//!
//! The ranges are coarse on purpose. They decide about emphasis, where a bare address ends, and a block's language;
//! never about safety.

/// Han ideographs.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFD}')
}

/// East Asian letters and full-width punctuation: what stands beside its neighbour without a space.
pub(crate) fn is_wide(c: char) -> bool {
    is_han(c)
        || matches!(c, '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{33FF}' | '\u{A960}'..='\u{A97F}'
            | '\u{AC00}'..='\u{D7FF}' | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FFEF}')
}

/// Quotes, dashes and dots that Chinese shares with Latin typography.
fn is_shared_punctuation(c: char) -> bool {
    matches!(c, '\u{B7}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}')
}

/// Punctuation, ASCII and otherwise, as far as it stands in Chinese or European text.
pub(crate) fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || is_shared_punctuation(c)
        || matches!(c, '\u{A1}'..='\u{BF}' | '\u{3001}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}'
            | '\u{303D}' | '\u{30FB}' | '\u{FE10}'..='\u{FE6F}' | '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}'
            | '\u{FF3B}'..='\u{FF40}' | '\u{FF5B}'..='\u{FF65}' | '\u{FFE0}'..='\u{FFEE}')
}

/// Whether the text around this character follows the habits of Chinese writing.
pub(crate) fn is_east_asian(c: char) -> bool {
    is_wide(c) || is_shared_punctuation(c)
}

/// Letters of any script, for the share of Han among them.
pub(crate) fn is_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    c >= '\u{C0}'
        && !is_punctuation(c)
        && !matches!(c, '\u{D7}' | '\u{F7}' | '\u{2000}'..='\u{2BFF}' | '\u{3000}' | '\u{E000}'..='\u{F8FF}'
            | '\u{FDD0}'..='\u{FDEF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FF10}'..='\u{FF19}'
            | '\u{FFF0}'..='\u{FFFF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{E0000}'..='\u{10FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn han_kana_and_full_width_signs_are_wide_and_latin_is_not() {
        assert!("中文、。（）「」ａ～ひ한".chars().all(is_wide));
        assert!(!"a é — “ ” я 🙂".chars().any(is_wide));
    }

    #[test]
    fn full_width_punctuation_is_punctuation_and_ideographs_are_not() {
        assert!("，。！？：；、“”‘’…—（）《》【】「」～·!*".chars().all(is_punctuation));
        assert!(!"中a1éя🙂　 ".chars().any(is_punctuation));
    }

    #[test]
    fn letters_are_letters_of_any_script_and_nothing_else() {
        assert!("aZéя中ひ한ع".chars().all(is_letter));
        assert!(!"1 ，×🙂—\u{FDD0}\u{3000}１".chars().any(is_letter));
    }
}
