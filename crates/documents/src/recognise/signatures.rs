//! Formats that are known by their first bytes. Never reads further than it must.

use crate::kind::{ImageFormat, Kind, Unsupported};

/// The beginning of Microsoft's container for Office documents before 2007.
pub(super) const OLE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Beginnings that no text has.
const SIGNATURES: &[(&[u8], Kind)] = &[
    (b"\x89PNG\r\n\x1a\n", Kind::Image(ImageFormat::Png)),
    (b"\xff\xd8\xff", Kind::Image(ImageFormat::Jpeg)),
    (b"GIF87a", Kind::Image(ImageFormat::Gif)),
    (b"GIF89a", Kind::Image(ImageFormat::Gif)),
    (b"II*\0", picture("TIFF")),
    (b"MM\0*", picture("TIFF")),
    (b"8BPS", picture("PSD")),
    (b"\0\0\x01\0", picture("ICO")),
    (b"\xff\x0a", picture("JPEG XL")),
    (b"\0\0\0\x0cJXL ", picture("JPEG XL")),
    (b"\0\0\0\x0cjP  ", picture("JPEG 2000")),
    (b"\x7fELF", program("ELF")),
    (b"\xfe\xed\xfa\xce", program("Mach-O")),
    (b"\xfe\xed\xfa\xcf", program("Mach-O")),
    (b"\xcf\xfa\xed\xfe", program("Mach-O")),
    (b"\xca\xfe\xba\xbe", program("Java class")),
    (b"\0asm", program("WebAssembly")),
    (b"dex\n", program("DEX")),
    (b"\x1f\x8b", archive("GZIP")),
    (b"\xfd7zXZ\0", archive("XZ")),
    (b"7z\xbc\xaf\x27\x1c", archive("7Z")),
    (b"Rar!\x1a\x07", archive("RAR")),
    (b"\x28\xb5\x2f\xfd", archive("ZSTD")),
    (b"MSCF\0\0\0\0", archive("CAB")),
    (b"!<arch>\n", archive("AR")),
    (b"SQLite format 3\0", other("SQLite")),
    (b"OggS", other("OGG")),
    (b"fLaC", other("FLAC")),
    (b"ID3", other("MP3")),
    (b"\x1aE\xdf\xa3", other("WebM")),
    (b"{\\rtf", other("RTF")),
    (b"%!PS-Adobe", other("PostScript")),
];

/// Beginnings that a text could have as well; they count when the file also has bytes that no text has.
const WEAK: &[(&[u8], Kind)] =
    &[(b"MZ", program("EXE")), (b"BM", picture("BMP")), (b"BZh", archive("BZIP2")), (b"wOF", other("WOFF"))];

/// What the first bytes say.
pub(super) fn find(bytes: &[u8]) -> Option<Kind> {
    let strong = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature));
    if let Some((_, kind)) = strong {
        return Some(*kind);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some(Kind::Image(ImageFormat::Webp));
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some(media(bytes.get(8..12).unwrap_or_default()));
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Some(archive("TAR"));
    }
    let weak = WEAK.iter().find(|(signature, _)| bytes.starts_with(signature))?;
    bytes[..bytes.len().min(512)].contains(&0).then_some(weak.1)
}

/// What a file of the MPEG-4 family is, by its brand.
fn media(brand: &[u8]) -> Kind {
    match brand {
        b"avif" | b"avis" => picture("AVIF"),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => picture("HEIC"),
        _ => other("MP4"),
    }
}

const fn picture(name: &'static str) -> Kind {
    Kind::Unsupported(Unsupported::Picture(name))
}

const fn program(name: &'static str) -> Kind {
    Kind::Unsupported(Unsupported::Executable(name))
}

const fn archive(name: &'static str) -> Kind {
    Kind::Unsupported(Unsupported::Archive(name))
}

const fn other(name: &'static str) -> Kind {
    Kind::Unsupported(Unsupported::Other(name))
}
