//! From bytes of a stranger to what is kept of them: a picture without anything but its pixels, or a document with its
//! text. What a file is, its content says. Pure, and blocking: call it where blocking is allowed.

use super::names;
use crate::error::{AppError, AppResult};
use documents::image::{Encoded, ImageLimits, prepare};
use documents::{ExtractError, ImageError, ImageFormat, Kind, Limits, extract, recognise};
use shared::ErrorCode;
use shared::limits::MAX_UPLOAD_BYTES;
use shared::tokens::Estimate;

/// Longest side of a face, in pixels.
const FACE: u32 = 256;
/// Longest sides of a logo, in pixels: the first whose file is small enough.
const LOGO: [u32; 4] = [256, 192, 128, 96];
/// Bytes of a logo that are small enough: every server keeps it in memory.
const LOGO_BYTES: usize = 64 * 1024;

/// What is kept.
#[derive(Debug)]
pub(super) enum Reading {
    /// A picture, made anew.
    Picture {
        /// Its name.
        name: String,
        /// Its file.
        file: Encoded,
    },
    /// A document; its file is kept as it came.
    Document {
        /// Its media type.
        media_type: &'static str,
        /// What models read.
        text: String,
        /// Characters of that.
        characters: u64,
        /// Whether that is only its beginning.
        cut: bool,
    },
}

/// Reads a file.
pub(super) fn read(name: &str, bytes: &[u8]) -> AppResult<Reading> {
    if bytes.is_empty() {
        return Err(ErrorCode::FileEmpty.into());
    }
    let kind = recognise(name, None, bytes);
    if let Kind::Image(format) = kind {
        let file = picture(format, bytes, ImageLimits::default().longest)?;
        return Ok(Reading::Picture { name: names::of_picture(name, file.format), file });
    }
    let limits = Limits { bytes: MAX_UPLOAD_BYTES, ..Limits::default() };
    let read = extract(kind, bytes, limits).map_err(refuse_document)?;
    Ok(Reading::Document {
        media_type: media_type(kind),
        characters: read.characters as u64,
        cut: read.truncated.is_some(),
        text: read.text,
    })
}

/// Reads a picture of a person.
pub(super) fn face(bytes: &[u8]) -> AppResult<Encoded> {
    picture(picture_format(bytes)?, bytes, FACE)
}

/// Reads a logo: as large as it may be without weighing too much.
pub(super) fn logo(bytes: &[u8]) -> AppResult<Encoded> {
    let format = picture_format(bytes)?;
    let mut file = picture(format, bytes, LOGO[0])?;
    for longest in LOGO.into_iter().skip(1) {
        if file.bytes.len() <= LOGO_BYTES {
            break;
        }
        file = picture(format, bytes, longest)?;
    }
    Ok(file)
}

/// What kind of picture this is; anything else is refused.
fn picture_format(bytes: &[u8]) -> AppResult<ImageFormat> {
    match recognise("", None, bytes) {
        _ if bytes.is_empty() => Err(ErrorCode::FileEmpty.into()),
        Kind::Image(format) => Ok(format),
        Kind::Unsupported(reason) => Err(unsupported_picture(reason.name())),
        _ => Err(unsupported_picture("document")),
    }
}

fn unsupported_picture(kind: &str) -> AppError {
    AppError::new(ErrorCode::ImageUnsupported).with("kind", kind)
}

fn picture(format: ImageFormat, bytes: &[u8], longest: u32) -> AppResult<Encoded> {
    let limits = ImageLimits { bytes: MAX_UPLOAD_BYTES, longest, ..ImageLimits::default() };
    prepare(format, bytes, &limits).map(|picture| picture.image).map_err(refuse_picture)
}

fn refuse_document(error: ExtractError) -> AppError {
    if let ExtractError::Broken(detail) = error {
        tracing::debug!(detail, "a document could not be read");
    }
    AppError { code: error.code(), params: error.params(), cause: None }
}

fn refuse_picture(error: ImageError) -> AppError {
    AppError { code: error.code(), params: error.params(), cause: None }
}

/// The media type of a document. Code is text, whatever its language: nothing shall run it.
fn media_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Image(format) => format.media_type(),
        Kind::Pdf => "application/pdf",
        Kind::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Kind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Kind::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        Kind::Ods => "application/vnd.oasis.opendocument.spreadsheet",
        Kind::Html => "text/html",
        Kind::Markdown => "text/markdown",
        Kind::Code(_) | Kind::PlainText => "text/plain",
        Kind::Unsupported(_) => "application/octet-stream",
    }
}

/// Estimated tokens of a text.
pub(super) fn text_tokens(text: &str) -> u64 {
    let mut estimate = Estimate::default();
    estimate.push(text);
    estimate.tokens()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(name: &str, bytes: &[u8]) -> ErrorCode {
        read(name, bytes).expect_err("is refused").code
    }

    #[test]
    fn what_a_file_is_its_content_says() {
        assert_eq!(code("photo.png", b"\x7fELF\x02\x01\x01"), ErrorCode::DocumentUnsupported);
        assert_eq!(code("a.txt", b""), ErrorCode::FileEmpty);
        assert_eq!(code("a.png", b"\x89PNG\r\n\x1a\nnothing more"), ErrorCode::ImageBroken);
        assert_eq!(code("a.mp3", b"ID3\x03\0\0\0"), ErrorCode::DocumentUnsupported);
        assert_eq!(code("a.mp4", b"\0\0\0\x20ftypisom\0\0\0\0"), ErrorCode::DocumentUnsupported);
    }

    #[test]
    fn a_drawing_in_xml_is_text_and_nothing_else() {
        let drawing = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
        for name in ["a.svg", "a.png", "a"] {
            let Reading::Document { media_type, text, .. } = read(name, drawing.as_bytes()).expect("read") else {
                panic!("{name} is a document")
            };
            assert!(media_type == "text/plain" && text.contains("<svg"), "{name}: {media_type} {text}");
        }
        assert_eq!(face(drawing.as_bytes()).expect_err("is refused").code, ErrorCode::ImageUnsupported);
    }
}
