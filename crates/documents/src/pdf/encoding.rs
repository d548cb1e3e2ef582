//! The encodings that PDF names. Never guesses: what is not named is not known.

use super::glyphs;
use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, MACINTOSH, SHIFT_JIS, UTF_16BE, WINDOWS_1252};

/// Where Adobe's standard encoding differs from ASCII, by code and glyph name.
const STANDARD: &[(u8, &str)] = &[
    (0x27, "quoteright"),
    (0x60, "quoteleft"),
    (0xa1, "exclamdown"),
    (0xa2, "cent"),
    (0xa3, "sterling"),
    (0xa4, "fraction"),
    (0xa5, "yen"),
    (0xa6, "florin"),
    (0xa7, "section"),
    (0xa8, "currency"),
    (0xa9, "quotesingle"),
    (0xaa, "quotedblleft"),
    (0xab, "guillemotleft"),
    (0xac, "guilsinglleft"),
    (0xad, "guilsinglright"),
    (0xae, "fi"),
    (0xaf, "fl"),
    (0xb1, "endash"),
    (0xb2, "dagger"),
    (0xb3, "daggerdbl"),
    (0xb4, "periodcentered"),
    (0xb6, "paragraph"),
    (0xb7, "bullet"),
    (0xb8, "quotesinglbase"),
    (0xb9, "quotedblbase"),
    (0xba, "quotedblright"),
    (0xbb, "guillemotright"),
    (0xbc, "ellipsis"),
    (0xbd, "perthousand"),
    (0xbf, "questiondown"),
    (0xc1, "grave"),
    (0xc2, "acute"),
    (0xc3, "circumflex"),
    (0xc4, "tilde"),
    (0xc5, "macron"),
    (0xc6, "breve"),
    (0xc7, "dotaccent"),
    (0xc8, "dieresis"),
    (0xca, "ring"),
    (0xcb, "cedilla"),
    (0xcd, "hungarumlaut"),
    (0xce, "ogonek"),
    (0xcf, "caron"),
    (0xd0, "emdash"),
    (0xe1, "AE"),
    (0xe3, "ordfeminine"),
    (0xe8, "Lslash"),
    (0xe9, "Oslash"),
    (0xea, "OE"),
    (0xeb, "ordmasculine"),
    (0xf1, "ae"),
    (0xf5, "dotlessi"),
    (0xf8, "lslash"),
    (0xf9, "oslash"),
    (0xfa, "oe"),
    (0xfb, "germandbls"),
];

/// The letters of the 256 codes of a simple font.
pub(super) fn simple(name: Option<&[u8]>) -> Vec<String> {
    match name {
        Some(b"WinAnsiEncoding") => single_bytes(WINDOWS_1252),
        Some(b"MacRomanEncoding" | b"MacExpertEncoding") => single_bytes(MACINTOSH),
        _ => standard(),
    }
}

fn single_bytes(encoding: &'static Encoding) -> Vec<String> {
    let letter = |code: u8| if code < 32 { String::new() } else { decode(encoding, &[code]) };
    (0..=u8::MAX).map(letter).collect()
}

fn standard() -> Vec<String> {
    let ascii = |code: u8| if (32..127).contains(&code) { char::from(code).to_string() } else { String::new() };
    let mut letters: Vec<String> = (0..=u8::MAX).map(ascii).collect();
    for (code, name) in STANDARD {
        letters[usize::from(*code)] = glyphs::letters(name).unwrap_or_default();
    }
    letters
}

/// The character set behind one of PDF's names for composite fonts, such as `GBK-EUC-H`.
pub(super) fn composite(name: &[u8]) -> Option<&'static Encoding> {
    let name = std::str::from_utf8(name).ok()?;
    let parts = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match () {
        () if parts(&["UCS2", "UTF16"]) => Some(UTF_16BE),
        () if name.starts_with("GB") => Some(GB18030),
        () if parts(&["RKSJ"]) => Some(SHIFT_JIS),
        () if parts(&["B5-", "B5pc", "ETen", "HKscs"]) => Some(BIG5),
        () if name.starts_with("KSC") => Some(EUC_KR),
        () if name.starts_with("EUC") => Some(EUC_JP),
        () => None,
    }
}

/// The length of the code at the beginning of a string in a character set.
pub(super) fn code_length(encoding: &'static Encoding, string: &[u8]) -> usize {
    let one =
        encoding != UTF_16BE && (string[0] < 0x81 || (encoding == SHIFT_JIS && (0xa0..0xe0).contains(&string[0])));
    if one { 1 } else { 2 }
}

/// The letters of bytes, without those that have no meaning.
pub(super) fn decode(encoding: &'static Encoding, bytes: &[u8]) -> String {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    text.chars().filter(|letter| *letter != '\u{fffd}' && !letter.is_control()).collect()
}

/// The letters of UTF-16 in big-endian order; a single byte is its own code.
pub(super) fn utf16(bytes: &[u8]) -> String {
    match bytes {
        [byte] => char::from(*byte).to_string(),
        _ => decode(UTF_16BE, bytes),
    }
}

/// A string that is meant for people, such as a title.
pub(super) fn text_string(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}
