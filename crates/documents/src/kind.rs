//! What a file can be. Never holds its content.

use crate::error::ExtractError;

/// What a file is, and so how it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A picture for [`crate::image::prepare`].
    Image(ImageFormat),
    /// A PDF document.
    Pdf,
    /// A Word document (Office Open XML).
    Docx,
    /// An Excel workbook (Office Open XML).
    Xlsx,
    /// A spreadsheet of LibreOffice and its kin (OpenDocument).
    Ods,
    /// A PowerPoint presentation (Office Open XML).
    Pptx,
    /// A web page.
    Html,
    /// Text that already is Markdown.
    Markdown,
    /// Source code or data in a language with this name, as it stands after a Markdown fence.
    Code(&'static str),
    /// Any other text.
    PlainText,
    /// Something that is refused.
    Unsupported(Unsupported),
}

/// The picture formats that are decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageFormat {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF, first frame.
    Gif,
    /// WebP, first frame.
    Webp,
}

impl ImageFormat {
    /// The media type, as in `Content-Type`.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        }
    }
}

/// Why a file is refused for what it is; the names are those people know from file endings, the same in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsupported {
    /// A picture format that is not decoded, such as HEIC.
    Picture(&'static str),
    /// An archive that is no document.
    Archive(&'static str),
    /// A program or library.
    Executable(&'static str),
    /// An Office format from before 2007, with the format to save it as.
    OldOffice {
        /// What it is.
        kind: &'static str,
        /// What to save it as.
        instead: &'static str,
    },
    /// An Office document behind a password.
    Encrypted,
    /// Another known format.
    Other(&'static str),
    /// No text, and no known format.
    Binary,
}

impl Unsupported {
    /// A short name for the format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Picture(name) | Self::Archive(name) | Self::Executable(name) | Self::Other(name) => name,
            Self::OldOffice { kind, .. } => kind,
            Self::Encrypted => "OOXML",
            Self::Binary => "binary",
        }
    }
}

impl From<Unsupported> for ExtractError {
    fn from(reason: Unsupported) -> Self {
        Self::Unsupported(reason)
    }
}
