//! Where the objects of a PDF are. Reads the file from its beginning to its end instead of believing its tables, so files
//! with broken tables are read like any other, and tables that lie mean nothing. The last definition of an object counts,
//! as it does for a file that was changed by appending.

use super::encoding::text_string;
use super::filters::decode;
use super::lexer::{Lexer, is_blank};
use super::object::{Dictionary, Object, Stream};
use crate::work::{Flow, Work, broken};
use memchr::memmem;
use std::borrow::Cow;
use std::collections::HashMap;

/// How often a reference may lead to another reference.
const MOST_HOPS: usize = 16;

/// Most trailers that are kept; a file has one for each time it was changed.
const MOST_TRAILERS: usize = 1_000;

/// Where an object is.
#[derive(Clone, Copy)]
enum Place {
    /// In the file, after `obj`.
    At(usize),
    /// In an unpacked object stream.
    Within { stream: u32, at: usize },
}

/// A file whose objects can be looked up.
pub(super) struct File<'a> {
    bytes: &'a [u8],
    places: HashMap<u32, Place>,
    unpacked: HashMap<u32, Vec<u8>>,
    trailers: Vec<Dictionary>,
}

impl<'a> File<'a> {
    /// Finds all objects.
    pub(super) fn open(bytes: &'a [u8], work: &mut Work) -> Flow<Self> {
        let mut file = File { bytes, places: HashMap::new(), unpacked: HashMap::new(), trailers: Vec::new() };
        let found = Scan::new(bytes).run(&mut file.trailers, work)?;
        // An object costs at least eight bytes of file and some more of memory.
        work.hold(found.len().saturating_mul(64))?;
        // What stands in object streams of an encrypted file is encrypted as well.
        let unpack = !file.is_encrypted();
        for object in found {
            work.step()?;
            file.places.insert(object.number, Place::At(object.at));
            if object.holds_objects && unpack {
                file.unpack(object.number, work)?;
            }
        }
        Ok(file)
    }

    /// Whether its objects are encrypted.
    pub(super) fn is_encrypted(&self) -> bool {
        self.trailers.iter().any(|trailer| *trailer.get("Encrypt") != Object::Null)
    }

    /// The bytes of a stream as they stand in the file.
    pub(super) fn raw(&self, stream: &Stream) -> &'a [u8] {
        self.bytes.get(stream.data.clone()).unwrap_or_default()
    }

    /// The document's own title.
    pub(super) fn title(&self, work: &mut Work) -> Flow<Option<String>> {
        let Some(info) = self.named_by_trailer("Info", work)? else { return Ok(None) };
        let title = self.get(&info, "Title", work)?;
        Ok(title.text().map(text_string))
    }

    /// The root of the document.
    pub(super) fn catalog(&self, work: &mut Work) -> Flow<Dictionary> {
        match self.named_by_trailer("Root", work)? {
            Some(catalog) => Ok(catalog),
            None => broken("a PDF without a catalog"),
        }
    }

    /// The dictionary that the last trailer which has it names.
    fn named_by_trailer(&self, name: &str, work: &mut Work) -> Flow<Option<Dictionary>> {
        for trailer in self.trailers.iter().rev() {
            if let Some(found) = self.get(trailer, name, work)?.dictionary() {
                return Ok(Some(found.clone()));
            }
        }
        Ok(None)
    }

    /// A value of a dictionary, behind its references.
    pub(super) fn get(&self, dictionary: &Dictionary, name: &str, work: &mut Work) -> Flow<Object> {
        Ok(self.resolve(dictionary.get(name), work)?.into_owned())
    }

    /// What a value refers to, or itself. A reference that leads nowhere or in circles is null.
    pub(super) fn resolve<'o>(&self, object: &'o Object, work: &mut Work) -> Flow<Cow<'o, Object>> {
        let mut found = Cow::Borrowed(object);
        for _ in 0..MOST_HOPS {
            let Object::Reference(number) = *found else { return Ok(found) };
            found = Cow::Owned(self.load(number, work)?);
        }
        Ok(Cow::Owned(Object::Null))
    }

    fn load(&self, number: u32, work: &mut Work) -> Flow<Object> {
        work.look_at_clock()?;
        Ok(match self.places.get(&number) {
            Some(Place::At(at)) => read_object(self.bytes, *at),
            Some(Place::Within { stream, at }) => {
                let bytes = self.unpacked.get(stream).map_or(&[][..], Vec::as_slice);
                Lexer::new(bytes, *at).next().unwrap_or(Object::Null)
            }
            None => Object::Null,
        })
    }

    /// Unpacks an object stream and notes where its objects are.
    fn unpack(&mut self, number: u32, work: &mut Work) -> Flow {
        let object = self.load(number, work)?;
        let Some(stream) = object.stream() else { return Ok(()) };
        let Some(bytes) = decode(self, stream, work)? else { return Ok(()) };
        work.hold(bytes.len())?;
        let first = self.get(&stream.dictionary, "First", work)?.index().unwrap_or(0);
        let count = self.get(&stream.dictionary, "N", work)?.index().unwrap_or(0);
        let mut lexer = Lexer::new(&bytes[..first.min(bytes.len())], 0);
        for _ in 0..count {
            work.step()?;
            let (Some(Object::Number(id)), Some(offset)) = (lexer.next(), lexer.next()) else { break };
            let at = first.saturating_add(offset.index().unwrap_or(usize::MAX));
            self.places.insert(id as u32, Place::Within { stream: number, at });
        }
        self.unpacked.insert(number, bytes);
        Ok(())
    }
}

/// The object whose value begins at a place of the file.
fn read_object(bytes: &[u8], at: usize) -> Object {
    let mut lexer = Lexer::new(bytes, at);
    let value = lexer.next();
    let Some(Object::Dictionary(dictionary)) = value else { return value.unwrap_or(Object::Null) };
    let end = lexer.position();
    if lexer.next() != Some(Object::Operator(b"stream".to_vec())) {
        return Object::Dictionary(dictionary);
    }
    let word = lexer.position();
    let data = stream_data(bytes, at..end, word, |from| memmem::find(&bytes[from..], b"endstream").map(|at| from + at));
    Object::Stream(Stream { dictionary, data })
}

/// The bytes of a stream: as many as its dictionary says if the stream ends there, else up to where it ends.
fn stream_data(
    bytes: &[u8],
    dictionary: std::ops::Range<usize>,
    word: usize,
    end: impl FnOnce(usize) -> Option<usize>,
) -> std::ops::Range<usize> {
    let after = bytes.get(word..).unwrap_or_default();
    let line_end =
        if after.starts_with(b"\r\n") { 2 } else { usize::from(after.starts_with(b"\n") || after.starts_with(b"\r")) };
    let start = word + line_end;
    if let Some(length) = direct_length(&bytes[dictionary]) {
        let stop = start.saturating_add(length).min(bytes.len());
        let rest = &bytes[stop..(stop + 16).min(bytes.len())];
        let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
        if rest[blanks..].starts_with(b"endstream") {
            return start..stop;
        }
    }
    start..end(start).unwrap_or(bytes.len()).max(start)
}

/// `/Length` of a dictionary's text, unless it is a reference.
fn direct_length(dictionary: &[u8]) -> Option<usize> {
    let key = b"/Length";
    let at = memmem::find_iter(dictionary, key)
        .find(|at| dictionary.get(at + key.len()).is_some_and(|byte| is_blank(*byte)))?;
    let mut lexer = Lexer::new(dictionary, at + key.len());
    let length = lexer.next()?.index()?;
    let mut more = lexer.clone();
    let reference =
        matches!(more.next(), Some(Object::Number(_))) && more.next() == Some(Object::Operator(b"R".to_vec()));
    (!reference).then_some(length)
}

/// An object as it was found.
struct Found {
    number: u32,
    at: usize,
    holds_objects: bool,
}

/// The places of one word, found one after another and each only once.
struct Marks<'a> {
    finder: memmem::Finder<'static>,
    bytes: &'a [u8],
    next: Option<usize>,
}

impl<'a> Marks<'a> {
    fn new(word: &'static [u8], bytes: &'a [u8]) -> Self {
        let finder = memmem::Finder::new(word);
        let next = finder.find(bytes);
        Self { finder, bytes, next }
    }

    fn from(&mut self, at: usize) -> Option<usize> {
        if self.next.is_some_and(|next| next < at) {
            let rest = self.bytes.get(at..).unwrap_or_default();
            self.next = self.finder.find(rest).map(|found| at + found);
        }
        self.next
    }
}

/// One reading of the whole file.
struct Scan<'a> {
    bytes: &'a [u8],
    objects: Marks<'a>,
    streams: Marks<'a>,
    stream_ends: Marks<'a>,
    trailers: Marks<'a>,
    found: Vec<Found>,
}

impl<'a> Scan<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            objects: Marks::new(b"obj", bytes),
            streams: Marks::new(b"stream", bytes),
            stream_ends: Marks::new(b"endstream", bytes),
            trailers: Marks::new(b"trailer", bytes),
            found: Vec::new(),
        }
    }

    fn run(mut self, trailers: &mut Vec<Dictionary>, work: &mut Work) -> Flow<Vec<Found>> {
        let mut at = 0;
        loop {
            work.step()?;
            let [object, stream, trailer] = [self.objects.from(at), self.streams.from(at), self.trailers.from(at)];
            let Some(next) = [object, stream, trailer].into_iter().flatten().min() else { return Ok(self.found) };
            if object == Some(next) {
                at = self.object(next);
            } else if stream == Some(next) {
                // What comes may be long, and parsed again and again.
                work.look_at_clock()?;
                at = self.stream(next, trailers);
            } else {
                work.look_at_clock()?;
                at = next + b"trailer".len();
                self.trailer(at, trailers);
            }
        }
    }

    fn trailer(&self, at: usize, trailers: &mut Vec<Dictionary>) {
        let Some(Object::Dictionary(trailer)) = Lexer::new(self.bytes, at).next() else { return };
        if trailers.len() == MOST_TRAILERS {
            trailers.remove(0);
        }
        trailers.push(trailer);
    }

    fn object(&mut self, word: usize) -> usize {
        let at = word + b"obj".len();
        if let Some(number) = number_before(&self.bytes[..word]) {
            self.found.push(Found { number, at, holds_objects: false });
        }
        at
    }

    /// Steps over the data of a stream, which may look like anything.
    fn stream(&mut self, at: usize, trailers: &mut Vec<Dictionary>) -> usize {
        let word = at + b"stream".len();
        let begins = self.bytes.get(word).is_some_and(|byte| matches!(byte, b'\r' | b'\n'));
        let before = self.bytes[..at].trim_ascii_end();
        let Some(object) = self.found.last_mut().filter(|_| begins && before.ends_with(b">>")) else { return word };
        let dictionary = object.at..at;
        let text = &self.bytes[dictionary.clone()];
        object.holds_objects = memmem::find(text, b"/ObjStm").is_some();
        // The dictionary of a cross-reference stream is the trailer of newer files.
        if memmem::find(text, b"/XRef").is_some() {
            let at = object.at;
            self.trailer(at, trailers);
        }
        let ends = &mut self.stream_ends;
        stream_data(self.bytes, dictionary, word, |from| ends.from(from)).end
    }
}

/// The number of the object whose `obj` comes after these bytes.
fn number_before(bytes: &[u8]) -> Option<u32> {
    // Far enough for two numbers and the blanks between them.
    let near = &bytes[bytes.len().saturating_sub(40)..];
    let (rest, _generation) = without_number(near.trim_ascii_end())?;
    let (_, digits) =
        without_number(rest.trim_ascii_end()).filter(|_| rest.last().is_some_and(|byte| is_blank(*byte)))?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Bytes without the digits at their end, and those digits.
fn without_number(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let digits = bytes.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    (digits > 0).then(|| bytes.split_at(bytes.len() - digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_known_by_its_two_numbers() {
        assert_eq!(number_before(b"\n12 0 "), Some(12));
        assert_eq!(number_before(b"%%EOF7 65535\n"), Some(7));
        assert_eq!(number_before(b"end"), None);
        assert_eq!(number_before(b"\n0 "), None);
    }

    #[test]
    fn a_length_that_is_a_reference_is_not_a_length() {
        assert_eq!(direct_length(b"<< /Length1 5 /Length 12 >>"), Some(12));
        assert_eq!(direct_length(b"<< /Length 12 0 R >>"), None);
    }
}
