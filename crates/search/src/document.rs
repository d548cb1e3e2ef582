//! What an index keeps of a text.

use crate::fold::is_single_token;
use crate::tokens::{Kind, each};
use std::collections::BTreeSet;

/// What an index keeps of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The words in their order, a blank between two: what phrases are found in.
    pub words: String,
    /// Other forms of them, each once: words before they were stemmed, identifiers as a whole.
    pub forms: BTreeSet<String>,
    /// Pairs of characters that stand together, each once.
    pub pairs: BTreeSet<String>,
}

impl Document {
    /// Reads a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut document = Self::default();
        let mut before: Option<char> = None;
        each(text, |token| {
            if token.kind == Kind::Form {
                document.forms.insert(token.text.to_owned());
                return;
            }
            if !document.words.is_empty() {
                document.words.push(' ');
            }
            document.words.push_str(token.text);
            let single = token.text.chars().next().filter(|_| is_single_token(token.text));
            if let (Some(before), Some(single)) = (before, single) {
                document.pairs.insert([before, single].iter().collect());
            }
            before = single;
        });
        document
    }
}

/// The characters that stand in so many texts that a pair of two of them is kept as a token of its own: its phrase would
/// be looked for in nearly everything. Simplified Chinese, most common first.
const COMMON: &str = "的一是不了在有人这我他个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运";

/// Whether both characters of a pair are common ones.
#[must_use]
pub fn is_common_pair(pair: &str) -> bool {
    pair.chars().count() == 2 && pair.chars().all(|c| common().binary_search(&c).is_ok())
}

fn common() -> &'static [char] {
    static SORTED: std::sync::OnceLock<Vec<char>> = std::sync::OnceLock::new();
    SORTED.get_or_init(|| {
        let mut sorted: Vec<char> = COMMON.chars().take(KEPT).collect();
        sorted.sort_unstable();
        sorted.dedup();
        sorted
    })
}

/// How many of the common characters have their pairs kept.
const KEPT: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_as_words_forms_and_pairs() {
        let document = Document::of("我們在 Running getUserName");
        assert_eq!(document.words, "我 们 在 run get user name");
        assert_eq!(
            document.forms.iter().map(String::as_str).collect::<Vec<_>>(),
            ["getusernam", "getusername", "running"]
        );
        assert_eq!(document.pairs.iter().map(String::as_str).collect::<Vec<_>>(), ["们在", "我们"]);
    }

    #[test]
    fn only_common_characters_make_common_pairs() {
        assert!(is_common_pair("我们"));
        assert!(!is_common_pair("饕我"));
        assert!(!is_common_pair("我"));
    }
}
