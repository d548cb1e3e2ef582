//! What a stream is before it was packed. Every filter writes through a limit, and a broken stream gives what came out
//! before it broke.

use super::file::File;
use super::object::{Dictionary, Object, Stream};
use crate::error::ExtractError;
use crate::work::{Flow, Work};
use flate2::read::ZlibDecoder;
use std::io::Read;
use weezl::{BitOrder, LzwStatus};

/// Most filters on one stream.
const MOST_FILTERS: usize = 8;

/// How much comes out of a filter between two looks at the clock.
const PIECE: usize = 64 << 10;

/// The bytes of a stream; `None` when they are packed as a picture or in a way that is not known.
pub(super) fn decode(file: &File<'_>, stream: &Stream, work: &mut Work) -> Flow<Option<Vec<u8>>> {
    let filters = list(file, stream, ["Filter", "F"], work)?;
    let parameters = list(file, stream, ["DecodeParms", "DP"], work)?;
    let raw = file.raw(stream);
    if filters.len() > MOST_FILTERS {
        return Ok(None);
    }
    let mut bytes = Sink::new(work).copy(raw, filters.is_empty())?;
    for (at, filter) in filters.iter().enumerate() {
        let parameters = parameters.get(at).and_then(Object::dictionary).cloned().unwrap_or_default();
        let input: &[u8] = if at == 0 { raw } else { &bytes };
        let mut sink = Sink::new(work);
        match filter.name() {
            Some(b"FlateDecode" | b"Fl") => sink.inflate(input)?,
            Some(b"LZWDecode" | b"LZW") => sink.lzw(input, parameters.get("EarlyChange").number() != Some(0.0))?,
            Some(b"ASCIIHexDecode" | b"AHx") => sink.hexadecimal(input)?,
            Some(b"ASCII85Decode" | b"A85") => sink.base85(input)?,
            Some(b"RunLengthDecode" | b"RL") => sink.run_length(input)?,
            _ => return Ok(None),
        }
        bytes = predict(sink.bytes, &parameters);
    }
    Ok(Some(bytes))
}

/// One value or many under the first of two names, each behind its references.
fn list(file: &File<'_>, stream: &Stream, names: [&str; 2], work: &mut Work) -> Flow<Vec<Object>> {
    let name = names.into_iter().find(|name| *stream.dictionary.get(name) != Object::Null).unwrap_or(names[0]);
    match file.get(&stream.dictionary, name, work)? {
        Object::Null => Ok(Vec::new()),
        Object::Array(values) => {
            let values = values.iter().take(MOST_FILTERS + 1);
            values.map(|value| file.resolve(value, work).map(std::borrow::Cow::into_owned)).collect()
        }
        value => Ok(vec![value]),
    }
}

/// Bytes with a limit.
struct Sink<'a> {
    bytes: Vec<u8>,
    limit: usize,
    work: &'a mut Work,
}

impl<'a> Sink<'a> {
    fn new(work: &'a mut Work) -> Self {
        Self { bytes: Vec::new(), limit: work.room(), work }
    }

    fn push(&mut self, bytes: &[u8]) -> Flow {
        if self.bytes.len() + bytes.len() > self.limit {
            return Err(ExtractError::TooLarge(self.work.limits.inflated).into());
        }
        self.work.step()?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// The bytes themselves, if they are wanted.
    fn copy(mut self, bytes: &[u8], wanted: bool) -> Flow<Vec<u8>> {
        if wanted {
            self.push(bytes)?;
        }
        Ok(self.bytes)
    }

    fn inflate(&mut self, input: &[u8]) -> Flow {
        let mut decoder = ZlibDecoder::new(input);
        let mut piece = vec![0; PIECE];
        loop {
            self.work.look_at_clock()?;
            match decoder.read(&mut piece) {
                Ok(0) | Err(_) => return Ok(()),
                Ok(count) => self.push(&piece[..count])?,
            }
        }
    }

    fn lzw(&mut self, mut input: &[u8], early: bool) -> Flow {
        let mut decoder = if early {
            weezl::decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8)
        } else {
            weezl::decode::Decoder::new(BitOrder::Msb, 8)
        };
        let mut piece = vec![0; PIECE];
        loop {
            self.work.look_at_clock()?;
            let result = decoder.decode_bytes(input, &mut piece);
            self.push(&piece[..result.consumed_out])?;
            input = &input[result.consumed_in..];
            let moved = result.consumed_in > 0 || result.consumed_out > 0;
            match result.status {
                Ok(LzwStatus::Ok) if moved => {}
                _ => return Ok(()),
            }
        }
    }

    fn hexadecimal(&mut self, input: &[u8]) -> Flow {
        let end = memchr::memchr(b'>', input).unwrap_or(input.len());
        let digits = input[..end].iter().filter_map(|byte| char::from(*byte).to_digit(16));
        let digits: Vec<u8> = digits.map(|digit| digit as u8).collect();
        let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect();
        self.push(&bytes)
    }

    fn base85(&mut self, input: &[u8]) -> Flow {
        let mut group: Vec<u32> = Vec::with_capacity(5);
        for byte in input {
            match byte {
                b'~' => break,
                b'z' if group.is_empty() => self.push(&[0; 4])?,
                b'!'..=b'u' => group.push(u32::from(byte - b'!')),
                _ => {}
            }
            if group.len() == 5 {
                self.push(&word(&group))?;
                group.clear();
            }
        }
        if group.len() > 1 {
            let count = group.len() - 1;
            group.resize(5, 84);
            self.push(&word(&group)[..count])?;
        }
        Ok(())
    }

    fn run_length(&mut self, mut input: &[u8]) -> Flow {
        while let Some((length, rest)) = input.split_first() {
            let length = usize::from(*length);
            input = match length {
                0..=127 => {
                    let (run, rest) = rest.split_at((length + 1).min(rest.len()));
                    self.push(run)?;
                    rest
                }
                128 => return Ok(()),
                _ => {
                    let Some((byte, rest)) = rest.split_first() else { return Ok(()) };
                    self.push(&vec![*byte; 257 - length])?;
                    rest
                }
            };
        }
        Ok(())
    }
}

/// The four bytes of five digits to the base of 85.
fn word(digits: &[u32]) -> [u8; 4] {
    digits.iter().fold(0u32, |word, digit| word.wrapping_mul(85).wrapping_add(*digit)).to_be_bytes()
}

/// Undoes the differences between rows that packed better, as PNG makes them.
fn predict(bytes: Vec<u8>, parameters: &Dictionary) -> Vec<u8> {
    let number = |name: &str, default: usize| parameters.get(name).index().unwrap_or(default);
    if number("Predictor", 1) < 10 {
        return bytes;
    }
    let bits = number("Colors", 1).clamp(1, 32) * number("BitsPerComponent", 8).clamp(1, 16);
    let row_length = (bits * number("Columns", 1).clamp(1, 1 << 20)).div_ceil(8);
    let step = bits.div_ceil(8);
    let mut result: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut above = vec![0; row_length];
    for row in bytes.chunks(row_length + 1) {
        let (kind, row) = (row[0], &row[1..]);
        let start = result.len();
        for (at, byte) in row.iter().enumerate() {
            let left = if at >= step { result[start + at - step] } else { 0 };
            let corner = if at >= step { above[at - step] } else { 0 };
            result.push(byte.wrapping_add(prediction(kind, left, above[at], corner)));
        }
        above[..row.len()].copy_from_slice(&result[start..]);
    }
    result
}

/// What a byte was expected to be, by the bytes beside it.
fn prediction(kind: u8, left: u8, above: u8, corner: u8) -> u8 {
    match kind {
        1 => left,
        2 => above,
        3 => ((u16::from(left) + u16::from(above)) / 2) as u8,
        4 => {
            let [l, a, c] = [left, above, corner].map(i32::from);
            let distances = [(a - c).abs(), (l - c).abs(), (l + a - 2 * c).abs()];
            match () {
                () if distances[0] <= distances[1] && distances[0] <= distances[2] => left,
                () if distances[1] <= distances[2] => above,
                () => corner,
            }
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn sink(run: impl FnOnce(&mut Sink<'_>) -> Flow) -> Vec<u8> {
        let mut work = Work::new(Limits::default());
        let mut sink = Sink::new(&mut work);
        run(&mut sink).expect("fits");
        sink.bytes
    }

    #[test]
    fn the_small_filters_give_their_bytes() {
        assert_eq!(sink(|sink| sink.hexadecimal(b"48 65 6C6c 6F>ff")), b"Hello");
        assert_eq!(sink(|sink| sink.base85(b"87cURD]i,\"Ebo80~>")), b"Hello World!");
        assert_eq!(sink(|sink| sink.run_length(&[2, b'a', b'b', b'c', 254, b'x', 128, 9])), b"abcxxx");
    }

    #[test]
    fn rows_are_put_together_again() {
        let up = Dictionary(
            [("Predictor", 12.0), ("Columns", 3.0)].map(|(name, value)| (name.into(), Object::Number(value))).into(),
        );
        assert_eq!(predict(vec![0, 1, 2, 3, 2, 1, 1, 1], &up), [1, 2, 3, 2, 3, 4]);
    }
}
