//! Pictures and documents as they arrive: type, size in bytes, and how large a picture is by its own head. Pixels are
//! never read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A picture or a document that came with a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Media {
    /// Its media type, or a word for it where the protocol has no place for one.
    pub(crate) media_type: String,
    /// Its name, where the protocol has a place for one.
    pub(crate) name: String,
    pub(crate) bytes: usize,
    /// Width and height.
    pub(crate) size: Option<(u32, u32)>,
}

impl Media {
    /// What this base64 is.
    pub(crate) fn read(media_type: &str, base64: &str) -> Self {
        let bytes = STANDARD.decode(base64).unwrap_or_default();
        let (media_type, name) = (media_type.to_owned(), String::new());
        Self { media_type, name, bytes: bytes.len(), size: size(&bytes) }
    }

    /// What the data URL holds.
    pub(crate) fn of_data_url(url: &str) -> Option<Self> {
        let (head, base64) = url.strip_prefix("data:")?.split_once(";base64,")?;
        Some(Self::read(head, base64))
    }

    pub(crate) fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    pub(crate) fn is_picture(&self) -> bool {
        self.media_type.starts_with("image")
    }
}

/// Width and height of a PNG, GIF, WebP or JPEG.
fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let big = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let little = |at: usize| Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some((big(16)?, big(20)?)),
        [b'G', b'I', b'F', b'8', ..] => Some((little(6)?, little(8)?)),
        [b'R', b'I', b'F', b'F', ..] => webp(bytes),
        [0xff, 0xd8, ..] => jpeg(bytes),
        _ => None,
    }
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let at = |at: usize| bytes.get(at).copied().map(u32::from);
    let three = |from: usize| Some(at(from)? | (at(from + 1)? << 8) | (at(from + 2)? << 16));
    match bytes.get(12..16)? {
        b"VP8X" => Some((three(24)? + 1, three(27)? + 1)),
        b"VP8L" => {
            let bits = three(21)? | (at(24)? << 24);
            Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        b"VP8 " => Some((three(26)? & 0x3fff, (at(28)? | (at(29)? << 8)) & 0x3fff)),
        _ => None,
    }
}

/// Walks from marker to marker until one tells the size.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let two = |at: usize| Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    let mut at = 2;
    loop {
        let (mark, kind) = (*bytes.get(at)?, *bytes.get(at + 1)?);
        if mark != 0xff {
            return None;
        }
        if matches!(kind, 0xc0..=0xcf) && !matches!(kind, 0xc4 | 0xc8 | 0xcc) {
            return Some((two(at + 7)?, two(at + 5)?));
        }
        at += 2 + usize::try_from(two(at + 2)?).ok()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_picture_tells_its_size() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0";
        let gif = b"GIF89a\x0a\x00\x05\x00";
        let jpeg = b"\xff\xd8\xff\xe0\0\x04xx\xff\xc0\0\x11\x08\0\x10\0\x20";
        let lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x09\x00\x01\x00";
        for (bytes, expected) in [
            (&png[..], Some((640, 480))),
            (gif, Some((10, 5))),
            (jpeg, Some((32, 16))),
            (lossless, Some((10, 5))),
            (b"\x89PNG", None),
            (b"\xff\xd8\xff", None),
            (b"%PDF", None),
        ] {
            assert_eq!(size(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_data_url_has_a_type_and_bytes() {
        let media = Media::of_data_url("data:image/png;base64,iVBORw==").expect("a picture");
        assert_eq!((media.media_type.as_str(), media.bytes, media.is_picture()), ("image/png", 4, true));
        assert_eq!(Media::of_data_url("https://a.example/x.png"), None);
    }
}
