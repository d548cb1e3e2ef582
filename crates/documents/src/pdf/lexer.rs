//! From bytes to values. Reads what is there, steps over what makes no sense, and always moves on.

use super::object::{Dictionary, Object};
use std::collections::HashMap;

/// Deepest nesting of arrays and dictionaries.
const DEEPEST: usize = 48;

/// Most values within one value of the file, all levels together: a list of widths has twice as many as glyphs.
const MOST_VALUES: usize = 1 << 18;

/// The same for an operand of a content stream, of which many are in memory at one time.
const MOST_VALUES_OF_OPERAND: usize = 1 << 14;

/// A place in bytes from which values are read.
#[derive(Clone)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    left: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at: at.min(bytes.len()), left: 0 }
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn move_to(&mut self, at: usize) {
        self.at = at.min(self.bytes.len());
    }

    /// The next operand or operator of a content stream; `None` at the end.
    pub(super) fn next_operand(&mut self) -> Option<Object> {
        self.left = MOST_VALUES_OF_OPERAND;
        self.value(DEEPEST)
    }

    /// The next value; `None` at the end.
    pub(super) fn next(&mut self) -> Option<Object> {
        self.left = MOST_VALUES;
        self.value(DEEPEST)
    }

    fn value(&mut self, depth: usize) -> Option<Object> {
        self.left = self.left.checked_sub(1)?;
        self.skip_blanks();
        let first = *self.bytes.get(self.at)?;
        let second = self.bytes.get(self.at + 1).copied();
        Some(match (first, second) {
            (b'(', _) => Object::Text(self.literal()),
            (b'<', Some(b'<')) => self.dictionary(depth),
            (b'<', _) => Object::Text(self.hexadecimal()),
            (b'/', _) => Object::Name(self.name()),
            (b'[', _) => self.array(depth),
            (b'0'..=b'9' | b'+' | b'-' | b'.', _) => self.number(),
            (b']' | b'}' | b'{' | b')', _) => self.operator(1),
            (b'>', second) => self.operator(1 + usize::from(second == Some(b'>'))),
            _ => {
                let length = self.bytes[self.at..].iter().take_while(|byte| is_regular(**byte)).count();
                self.operator(length.max(1))
            }
        })
    }

    fn operator(&mut self, length: usize) -> Object {
        let end = (self.at + length).min(self.bytes.len());
        let word = &self.bytes[self.at..end];
        self.at = end;
        if word == b"null" { Object::Null } else { Object::Operator(word.to_vec()) }
    }

    /// Blanks and comments.
    fn skip_blanks(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'%' => {
                    let rest = &self.bytes[self.at..];
                    self.at += memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
                }
                byte if is_blank(*byte) => self.at += 1,
                _ => return,
            }
        }
    }

    fn number(&mut self) -> Object {
        let length = self.bytes[self.at..].iter().take_while(|byte| is_regular(**byte)).count().min(64);
        let word = &self.bytes[self.at..self.at + length.max(1)];
        self.at += length.max(1);
        let word = std::str::from_utf8(word).unwrap_or_default();
        // Broken writers put two signs, or a sign in the middle.
        let number = word.parse::<f64>().ok().or_else(|| word.trim_start_matches('-').split('-').next()?.parse().ok());
        Object::Number(number.filter(|number| number.is_finite()).unwrap_or(0.0))
    }

    fn name(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut name = Vec::new();
        while let Some(byte) = self.bytes.get(self.at).copied().filter(|byte| is_regular(*byte)) {
            let code = self.bytes.get(self.at + 1..self.at + 3).filter(|_| byte == b'#').and_then(hexadecimal_byte);
            name.push(code.unwrap_or(byte));
            self.at += if code.is_some() { 3 } else { 1 };
        }
        name
    }

    /// A string between parentheses, which may be nested.
    fn literal(&mut self) -> Vec<u8> {
        self.at += 1;
        let (mut text, mut open) = (Vec::new(), 1);
        while let Some(byte) = self.bytes.get(self.at).copied() {
            self.at += 1;
            match byte {
                b'\\' => self.escape(&mut text),
                b'(' => {
                    open += 1;
                    text.push(byte);
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                    text.push(byte);
                }
                _ => text.push(byte),
            }
        }
        text
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.bytes.get(self.at).copied() else { return };
        self.at += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\r' => self.at += usize::from(self.bytes.get(self.at) == Some(&b'\n')),
            b'\n' => {}
            b'0'..=b'7' => {
                let more = self.bytes[self.at..].iter().take(2).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
                let digits = &self.bytes[self.at - 1..self.at + more];
                text.push(digits.iter().fold(0u32, |code, digit| code * 8 + u32::from(digit - b'0')) as u8);
                self.at += more;
            }
            _ => text.push(byte),
        }
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        self.at += 1;
        let rest = &self.bytes[self.at..];
        let end = memchr::memchr(b'>', rest).unwrap_or(rest.len());
        self.at += end + 1;
        self.at = self.at.min(self.bytes.len());
        let digits: Vec<u8> = rest[..end].iter().copied().filter(u8::is_ascii_hexdigit).collect();
        digits.chunks(2).filter_map(|pair| hexadecimal_byte(&[pair[0], *pair.get(1).unwrap_or(&b'0')])).collect()
    }

    fn array(&mut self, depth: usize) -> Object {
        self.at += 1;
        let mut values = Vec::new();
        let Some(depth) = depth.checked_sub(1) else { return Object::Null };
        loop {
            match self.value(depth) {
                Some(Object::Operator(word)) if word == b"]" => break,
                Some(Object::Operator(word)) if ends_object(&word) => break,
                Some(Object::Operator(word)) if word == b"R" => refer(&mut values),
                Some(value) => values.push(value),
                None => break,
            }
        }
        Object::Array(values)
    }

    fn dictionary(&mut self, depth: usize) -> Object {
        self.at += 2;
        let mut values = Vec::new();
        let Some(depth) = depth.checked_sub(1) else { return Object::Null };
        loop {
            match self.value(depth) {
                Some(Object::Operator(word)) if word == b">>" || ends_object(&word) => break,
                Some(Object::Operator(word)) if word == b"R" => refer(&mut values),
                Some(value) => values.push(value),
                None => break,
            }
        }
        let mut dictionary = HashMap::new();
        let mut values = values.into_iter();
        while let (Some(name), Some(value)) = (values.next(), values.next()) {
            if let Object::Name(name) = name {
                dictionary.insert(name, value);
            }
        }
        Object::Dictionary(Dictionary(dictionary))
    }
}

/// Replaces two numbers at the end by the reference that they are.
fn refer(values: &mut Vec<Object>) {
    let generation = values.pop();
    let number = values.pop().as_ref().and_then(Object::index).and_then(|number| u32::try_from(number).ok());
    match (number, generation) {
        (Some(number), Some(Object::Number(_))) => values.push(Object::Reference(number)),
        _ => values.push(Object::Null),
    }
}

/// Words that end a value that was never closed.
fn ends_object(word: &[u8]) -> bool {
    matches!(word, b"endobj" | b"obj" | b"stream" | b"endstream")
}

fn hexadecimal_byte(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_regular(byte: u8) -> bool {
    !is_blank(byte) && !b"()<>[]{}/%".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Object> {
        Lexer::new(text.as_bytes(), 0).next()
    }

    #[test]
    fn strings_know_their_escapes() {
        assert_eq!(read(r"(a\(b\)(c)\101\n\\)"), Some(Object::Text(b"a(b)(c)A\n\\".to_vec())));
        assert_eq!(read("<48 65 6>"), Some(Object::Text(b"He`".to_vec())));
        assert_eq!(read("/A#20B"), Some(Object::Name(b"A B".to_vec())));
    }

    #[test]
    fn references_stand_in_arrays_and_dictionaries() {
        let Some(Object::Dictionary(dictionary)) = read("<< /A 12 0 R /B [1 2 0 R -.5] >>") else { panic!() };
        assert_eq!(dictionary.get("A"), &Object::Reference(12));
        let values = [Object::Number(1.0), Object::Reference(2), Object::Number(-0.5)];
        assert_eq!(dictionary.get("B").array(), Some(&values[..]));
    }

    #[test]
    fn endless_nesting_ends() {
        assert!(read(&"[".repeat(1 << 20)).is_some());
        assert!(read(&"<</A ".repeat(1 << 18)).is_some());
    }
}
