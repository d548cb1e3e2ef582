//! Fonts, as far as text needs them: letters and widths. Never reads outlines.

use super::cmap::CharacterMap;
use super::file::File;
use super::filters::decode;
use super::lexer::Lexer;
use super::object::{Dictionary, Object};
use super::{cmap, encoding, glyphs};
use crate::work::{Flow, Work};
use encoding_rs::Encoding;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// What a font takes in memory besides its maps and widths, in bytes.
const USUAL_WEIGHT: usize = 8 << 10;

/// Most entries of a list of widths: there are no more glyphs in a font.
const MOST_WIDTHS: usize = 1 << 16;

/// Width of a glyph that a font does not tell, in thousandths of the font's size.
const USUAL_WIDTH: f64 = 500.0;

/// Fonts that were read before. They stay for later pages, so what they take counts as held.
#[derive(Default)]
pub(super) struct Fonts {
    by_number: HashMap<u32, Rc<Font>>,
    /// Those that stand in the resources themselves.
    direct: Vec<(Object, Rc<Font>)>,
}

impl Fonts {
    /// The font that a page's resources hold under a name.
    pub(super) fn get(&mut self, font: &Object, file: &File<'_>, work: &mut Work) -> Flow<Rc<Font>> {
        work.look_at_clock()?;
        let known = match font {
            Object::Reference(number) => self.by_number.get(number),
            direct => self.direct.iter().find(|(known, _)| known == direct).map(|(_, font)| font),
        };
        if let Some(known) = known {
            return Ok(Rc::clone(known));
        }
        work.hold(USUAL_WEIGHT)?;
        let read = Rc::new(Font::read(font, file, work)?);
        match font {
            Object::Reference(number) => drop(self.by_number.insert(*number, Rc::clone(&read))),
            direct => self.direct.push((direct.clone(), Rc::clone(&read))),
        }
        Ok(read)
    }
}

/// How codes become letters without a table of the font's own.
enum Letters {
    /// One byte each.
    Simple(Vec<String>),
    /// One or two bytes in a known character set.
    Set(&'static Encoding),
    /// Two bytes that only the font itself knows, or as its map cuts them.
    Unknown(Option<CharacterMap>),
}

/// A font.
pub(super) struct Font {
    to_unicode: CharacterMap,
    letters: Letters,
    /// Last code and widths, by first code.
    widths: BTreeMap<u32, (u32, Vec<f64>)>,
    usual_width: f64,
}

/// A code of a string: its letters, its width in thousandths, and whether it is the code 32 in one byte.
pub(super) struct Glyph {
    pub(super) letters: String,
    pub(super) width: f64,
    pub(super) is_blank: bool,
}

impl Font {
    fn read(font: &Object, file: &File<'_>, work: &mut Work) -> Flow<Self> {
        let font = file.resolve(font, work)?.into_owned();
        let font = font.dictionary().cloned().unwrap_or_default();
        let to_unicode = read_map(font.get("ToUnicode"), file, work)?.unwrap_or_default();
        if file.get(&font, "Subtype", work)?.name() == Some(b"Type0") {
            Self::composite(&font, to_unicode, file, work)
        } else {
            Self::simple(&font, to_unicode, file, work)
        }
    }

    fn simple(font: &Dictionary, to_unicode: CharacterMap, file: &File<'_>, work: &mut Work) -> Flow<Self> {
        let descriptor = file.get(font, "FontDescriptor", work)?;
        let descriptor = descriptor.dictionary().cloned().unwrap_or_default();
        let letters = simple_letters(font, &descriptor, file, work)?;
        let first = file.get(font, "FirstChar", work)?.index().unwrap_or(0) as u32;
        let mut widths = BTreeMap::new();
        if let Some(list) = file.get(font, "Widths", work)?.array() {
            let list: Vec<f64> = list.iter().take(256).map(|width| width.number().unwrap_or(USUAL_WIDTH)).collect();
            widths.insert(first, (first.saturating_add(list.len() as u32), list));
        }
        let missing = file.get(&descriptor, "MissingWidth", work)?.number();
        let usual_width = missing.filter(|width| *width > 0.0).unwrap_or(USUAL_WIDTH);
        Ok(Self { to_unicode, letters: Letters::Simple(letters), widths, usual_width })
    }

    fn composite(font: &Dictionary, to_unicode: CharacterMap, file: &File<'_>, work: &mut Work) -> Flow<Self> {
        let letters = match file.get(font, "Encoding", work)? {
            Object::Name(name) => encoding::composite(&name).map_or(Letters::Unknown(None), Letters::Set),
            stream => Letters::Unknown(read_map(&stream, file, work)?),
        };
        let descendants = file.get(font, "DescendantFonts", work)?;
        let descendant = descendants.array().and_then(<[Object]>::first).unwrap_or(&Object::Null);
        let descendant = file.resolve(descendant, work)?.dictionary().cloned().unwrap_or_default();
        let usual_width = file.get(&descendant, "DW", work)?.number().unwrap_or(1000.0);
        let mut widths = BTreeMap::new();
        // Codes and the numbers of glyphs are the same only where no character set stands between them.
        if let (Some(list), Letters::Unknown(_)) = (file.get(&descendant, "W", work)?.array(), &letters) {
            read_widths(list, &mut widths, file, work)?;
        }
        Ok(Self { to_unicode, letters, widths, usual_width })
    }

    /// The first code of a string, which is not empty, and how many bytes it has.
    pub(super) fn glyph(&self, string: &[u8]) -> (Glyph, usize) {
        let length = self.code_length(string).clamp(1, string.len());
        let bytes = &string[..length];
        let letters = self.to_unicode.letters(bytes).or_else(|| self.own_letters(bytes)).unwrap_or_default();
        let is_blank = bytes == b" ";
        (Glyph { letters, width: self.width(cmap::code(bytes), length), is_blank }, length)
    }

    fn code_length(&self, string: &[u8]) -> usize {
        match &self.letters {
            Letters::Simple(_) => 1,
            Letters::Set(set) => encoding::code_length(set, string),
            Letters::Unknown(Some(map)) => map.length(string).unwrap_or(2),
            Letters::Unknown(None) => 2,
        }
    }

    fn own_letters(&self, bytes: &[u8]) -> Option<String> {
        match &self.letters {
            Letters::Simple(letters) => letters.get(usize::from(bytes[0])).cloned(),
            Letters::Set(set) => Some(encoding::decode(set, bytes)),
            Letters::Unknown(_) => None,
        }
    }

    fn width(&self, code: u32, length: usize) -> f64 {
        let known = self.widths.range(..=code).next_back().filter(|(_, (last, _))| code <= *last);
        let width = known.and_then(|(first, (_, list))| {
            list.get((code - first) as usize).or_else(|| list.first().filter(|_| list.len() == 1))
        });
        let half = matches!(self.letters, Letters::Set(_)) && length == 1;
        width.copied().unwrap_or(if half { self.usual_width / 2.0 } else { self.usual_width })
    }
}

/// A character map that stays in memory.
fn read_map(map: &Object, file: &File<'_>, work: &mut Work) -> Flow<Option<CharacterMap>> {
    let map = file.resolve(map, work)?;
    let Some(stream) = map.stream() else { return Ok(None) };
    let Some(bytes) = decode(file, stream, work)? else { return Ok(None) };
    // A map in memory is some times its stream.
    work.hold(bytes.len().saturating_mul(4))?;
    CharacterMap::read(&bytes, work).map(Some)
}

/// `[first [width …]]` and `[first last width]`, again and again.
fn read_widths(list: &[Object], widths: &mut BTreeMap<u32, (u32, Vec<f64>)>, file: &File<'_>, work: &mut Work) -> Flow {
    let list = &list[..list.len().min(MOST_WIDTHS)];
    work.hold(list.len().saturating_mul(64))?;
    let mut list = list.iter();
    while let (Some(first), Some(second)) = (list.next(), list.next()) {
        work.step()?;
        let first = first.index().unwrap_or(0) as u32;
        match &*file.resolve(second, work)? {
            Object::Array(each) => {
                work.hold(each.len().min(MOST_WIDTHS).saturating_mul(8))?;
                let each: Vec<f64> =
                    each.iter().take(MOST_WIDTHS).map(|width| width.number().unwrap_or(1000.0)).collect();
                widths.insert(first, (first.saturating_add(each.len() as u32), each));
            }
            last => {
                let width = list.next().and_then(Object::number).unwrap_or(1000.0);
                widths.insert(first, (last.index().unwrap_or(0) as u32, vec![width]));
            }
        }
    }
    Ok(())
}

/// The letters of a font with one byte a code: its encoding, then what it does differently.
fn simple_letters(font: &Dictionary, descriptor: &Dictionary, file: &File<'_>, work: &mut Work) -> Flow<Vec<String>> {
    let named = file.get(font, "Encoding", work)?;
    if let Some(name) = named.name() {
        return Ok(encoding::simple(Some(name)));
    }
    let own = named.dictionary().cloned().unwrap_or_default();
    let base = file.get(&own, "BaseEncoding", work)?;
    let mut letters = encoding::simple(base.name());
    if base.name().is_none() {
        built_in(&mut letters, descriptor, file, work)?;
    }
    let mut code = 0;
    for difference in file.get(&own, "Differences", work)?.array().unwrap_or_default() {
        match difference {
            Object::Number(_) => code = difference.index().unwrap_or(256),
            Object::Name(name) => {
                set_glyph(&mut letters, code, name);
                code += 1;
            }
            _ => {}
        }
    }
    Ok(letters)
}

/// Takes the encoding that a Type 1 font has inside: lines like `dup 12 /fi put`, before the encrypted part.
fn built_in(letters: &mut [String], descriptor: &Dictionary, file: &File<'_>, work: &mut Work) -> Flow {
    let program = file.get(descriptor, "FontFile", work)?;
    let Some(stream) = program.stream() else { return Ok(()) };
    let Some(bytes) = decode(file, stream, work)? else { return Ok(()) };
    let clear = &bytes[..memchr::memmem::find(&bytes, b"eexec").unwrap_or(bytes.len())];
    let mut lexer = Lexer::new(clear, 0);
    let mut before = [Object::Null, Object::Null];
    while let Some(value) = lexer.next() {
        work.step()?;
        if let (Object::Operator(put), [Object::Number(_), Object::Name(name)]) = (&value, &before)
            && put == b"put"
        {
            set_glyph(letters, before[0].index().unwrap_or(256), name);
        }
        before.rotate_left(1);
        before[1] = value;
    }
    Ok(())
}

fn set_glyph(letters: &mut [String], code: usize, name: &[u8]) {
    if let Some(place) = letters.get_mut(code) {
        *place = std::str::from_utf8(name).ok().and_then(glyphs::letters).unwrap_or_default();
    }
}
