//! Why a file gave nothing. Every reason has a row in the product's table of errors, which holds its words.

use crate::kind::Unsupported;
use shared::error::{ErrorCode, Params, params};
use std::fmt;

/// Why no text came out of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtractError {
    /// Its kind is not read.
    Unsupported(Unsupported),
    /// It can only be opened with a password.
    Encrypted,
    /// It holds no text, as a scan does.
    NoText,
    /// It is damaged, or not what it says it is; the words are for the log.
    Broken(&'static str),
    /// The file, or what comes out of it, is larger than this many bytes.
    TooLarge(usize),
    /// It has more pages, sheets or slides than this.
    TooManyPages(usize),
    /// Not even its first words were found within this many seconds.
    TooSlow(u64),
}

impl ExtractError {
    /// Its row in the table of errors.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Unsupported(Unsupported::Encrypted) | Self::Encrypted => ErrorCode::DocumentEncrypted,
            Self::Unsupported(Unsupported::Picture(_)) => ErrorCode::ImageUnsupported,
            Self::Unsupported(Unsupported::OldOffice { .. }) => ErrorCode::DocumentOldFormat,
            Self::Unsupported(_) => ErrorCode::DocumentUnsupported,
            Self::NoText => ErrorCode::DocumentNoText,
            Self::Broken(_) => ErrorCode::DocumentBroken,
            Self::TooLarge(_) => ErrorCode::DocumentTooLarge,
            Self::TooManyPages(_) => ErrorCode::DocumentTooManyPages,
            Self::TooSlow(_) => ErrorCode::DocumentTooSlow,
        }
    }

    /// The values for its sentences.
    #[must_use]
    pub fn params(&self) -> Params {
        match self {
            Self::Unsupported(Unsupported::OldOffice { kind, instead }) => {
                params([("kind", (*kind).to_owned()), ("instead", (*instead).to_owned())])
            }
            Self::Unsupported(reason) => params([("kind", reason.name().to_owned())]),
            Self::TooLarge(limit) => params([("limit", mebibytes(*limit))]),
            Self::TooManyPages(limit) => params([("limit", limit.to_string())]),
            Self::TooSlow(seconds) => params([("seconds", seconds.to_string())]),
            Self::Encrypted | Self::NoText | Self::Broken(_) => Params::new(),
        }
    }
}

impl fmt::Display for ExtractError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.code().message(shared::error::Language::En, &self.params()))?;
        match self {
            Self::Broken(detail) => write!(out, " ({detail})"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for ExtractError {}

/// Why a picture was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageError {
    /// The file is larger than this many bytes.
    FileTooLarge(usize),
    /// It has more pixels, or a longer side, than is decoded.
    TooLarge {
        /// Its width in pixels, as it declares.
        width: u32,
        /// Its height in pixels, as it declares.
        height: u32,
        /// The most pixels that are decoded.
        pixels: u64,
    },
    /// It is damaged.
    Broken,
}

impl ImageError {
    /// Its row in the table of errors.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::FileTooLarge(_) => ErrorCode::DocumentTooLarge,
            Self::TooLarge { .. } => ErrorCode::ImageTooLarge,
            Self::Broken => ErrorCode::ImageBroken,
        }
    }

    /// The values for its sentences.
    #[must_use]
    pub fn params(&self) -> Params {
        match self {
            Self::FileTooLarge(limit) => params([("limit", mebibytes(*limit))]),
            Self::TooLarge { width, height, pixels } => params([
                ("width", width.to_string()),
                ("height", height.to_string()),
                ("limit", (pixels / 1_000_000).to_string()),
            ]),
            Self::Broken => Params::new(),
        }
    }
}

impl fmt::Display for ImageError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.code().message(shared::error::Language::En, &self.params()))
    }
}

impl std::error::Error for ImageError {}

/// A size as people read it.
fn mebibytes(bytes: usize) -> String {
    if bytes < 1 << 20 { format!("{} KiB", bytes >> 10) } else { format!("{} MiB", bytes >> 20) }
}
