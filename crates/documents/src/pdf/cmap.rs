//! Character maps: how the bytes of a string are cut into codes, and which letters codes stand for. Ranges stay ranges, so
//! a map is never larger than its stream.

use super::encoding::utf16;
use super::lexer::Lexer;
use super::object::Object;
use crate::work::{Flow, Work};
use std::collections::BTreeMap;

/// Most bytes of a map that are read: one with all of Unicode's first plane takes half of it.
const MOST_BYTES: usize = 2 << 20;

/// Longest code in bytes.
const LONGEST: usize = 4;

/// Most letters that one code stands for.
const MOST_UNITS: usize = 64;

/// What the codes of a range stand for.
enum Letters {
    /// These for the first code; each further code counts the last unit up.
    From(Vec<u8>),
    /// Each code its own.
    Each(Vec<Vec<u8>>),
}

/// A character map.
#[derive(Default)]
pub(super) struct CharacterMap {
    /// Lowest and highest code by length.
    spaces: Vec<(usize, u32, u32)>,
    /// Highest code and letters, by length and lowest code.
    ranges: BTreeMap<(usize, u32), (u32, Letters)>,
}

impl CharacterMap {
    /// Reads a map.
    pub(super) fn read(bytes: &[u8], work: &mut Work) -> Flow<Self> {
        let mut map = Self::default();
        let mut lexer = Lexer::new(&bytes[..bytes.len().min(MOST_BYTES)], 0);
        let mut operands: Vec<Object> = Vec::new();
        while let Some(value) = lexer.next() {
            work.step()?;
            let Object::Operator(word) = value else {
                operands.push(value);
                continue;
            };
            match word.as_slice() {
                b"endcodespacerange" => operands.chunks(2).for_each(|pair| map.space(pair)),
                b"endbfchar" => operands.chunks(2).for_each(|pair| map.letter(pair)),
                b"endbfrange" => operands.chunks(3).for_each(|range| map.range(range)),
                _ => {}
            }
            operands.clear();
        }
        Ok(map)
    }

    /// The length of the code at the beginning of a string.
    pub(super) fn length(&self, string: &[u8]) -> Option<usize> {
        let fits = |(length, low, high): &&(usize, u32, u32)| {
            string.get(..*length).map(code).is_some_and(|code| (*low..=*high).contains(&code))
        };
        self.spaces.iter().find(fits).map(|(length, ..)| *length)
    }

    /// The letters of a code.
    pub(super) fn letters(&self, string: &[u8]) -> Option<String> {
        let code = code(string);
        let key = (string.len(), code);
        let (&(length, low), (high, letters)) = self.ranges.range(..=key).next_back()?;
        if length != string.len() || code > *high {
            return None;
        }
        let offset = code - low;
        match letters {
            Letters::Each(each) => each.get(offset as usize).map(|letters| utf16(letters)),
            Letters::From(first) => Some(utf16(&counted(first, offset))),
        }
    }

    fn space(&mut self, pair: &[Object]) {
        let [Object::Text(low), Object::Text(high)] = pair else { return };
        if (1..=LONGEST).contains(&low.len()) && low.len() == high.len() && self.spaces.len() < 256 {
            self.spaces.push((low.len(), code(low), code(high)));
        }
    }

    fn letter(&mut self, pair: &[Object]) {
        let [Object::Text(from), Object::Text(letters)] = pair else { return };
        self.insert(from, code(from), Letters::From(letters.clone()));
    }

    fn range(&mut self, range: &[Object]) {
        let [Object::Text(low), Object::Text(high), letters] = range else { return };
        let letters = match letters {
            Object::Text(first) => Letters::From(first.clone()),
            Object::Array(each) => {
                Letters::Each(each.iter().map(|letters| letters.text().unwrap_or_default().to_vec()).collect())
            }
            _ => return,
        };
        self.insert(low, code(high), letters);
    }

    fn insert(&mut self, low: &[u8], high: u32, letters: Letters) {
        if (1..=LONGEST).contains(&low.len()) {
            self.ranges.insert((low.len(), code(low)), (high, letters));
        }
    }
}

/// A code as a number; of more than four bytes the last.
pub(super) fn code(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |code, byte| code << 8 | u32::from(*byte))
}

/// Letters in UTF-16 with the last unit counted up.
fn counted(first: &[u8], offset: u32) -> Vec<u8> {
    let mut letters = first[..first.len().min(2 * MOST_UNITS)].to_vec();
    let last = letters.len().saturating_sub(2);
    let unit = code(&letters[last..]).wrapping_add(offset);
    let bytes = unit.to_be_bytes();
    let length = letters.len() - last;
    letters[last..].copy_from_slice(&bytes[4 - length..]);
    letters
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn ranges_characters_and_lists_give_letters() {
        let text = b"1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfchar <0001> <4E2D6587> endbfchar \
            2 beginbfrange <0010> <0012> <0041> <0020> <0021> [<0061> <D83DDE00>] endbfrange";
        let map = CharacterMap::read(text, &mut Work::new(Limits::default())).expect("reads");
        let letters = |code: [u8; 2]| map.letters(&code);
        assert_eq!(letters([0, 1]).as_deref(), Some("中文"));
        assert_eq!(letters([0, 0x12]).as_deref(), Some("C"));
        assert_eq!(letters([0, 0x21]).as_deref(), Some("\u{1f600}"));
        assert_eq!(letters([0, 0x13]), None);
        assert_eq!(map.length(&[1, 2, 3]), Some(2));
    }
}
