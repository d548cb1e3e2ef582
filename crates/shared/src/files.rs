//! Requests and answers about files: pictures and documents that people attach, and faces.

use crate::part::FilePart;
use crate::{FileId, Part};
use serde::{Deserialize, Serialize};

/// What a file is to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A picture; a model that sees gets it as it is.
    Image,
    /// A document; a model gets its text.
    Document,
}

impl FileKind {
    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Document => "document",
        }
    }
}

/// A stored file, as its owner sees it. Its bytes are at `GET /api/files/{id}`; what a model reads of a document is at
/// `GET /api/files/{id}/text`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FileInfo {
    /// The file.
    pub id: FileId,
    /// What it is to a model.
    pub kind: FileKind,
    /// Its name.
    pub name: String,
    /// Its media type, found by its content.
    pub media_type: String,
    /// Its size in bytes, as stored.
    pub size: u64,
    /// Width in pixels, for pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels, for pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Estimated tokens that it takes of a model's context.
    pub tokens: u64,
    /// Characters of its text, for documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub characters: Option<u64>,
    /// Whether only the beginning of the document could be read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// Stored at, RFC 3339.
    pub created_at: String,
}

impl From<&FileInfo> for Part {
    /// A file as a part of a message.
    fn from(info: &FileInfo) -> Self {
        let file = FilePart {
            file_id: info.id.clone(),
            name: info.name.clone(),
            media_type: info.media_type.clone(),
            size: info.size,
            width: info.width,
            height: info.height,
            tokens: info.tokens,
        };
        match info.kind {
            FileKind::Image => Self::Image(file),
            FileKind::Document => Self::File(file),
        }
    }
}

/// Query of `POST /api/files`, whose body is the file itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UploadQuery {
    /// The file's name.
    #[serde(default)]
    pub name: String,
}

/// Answer of `GET /api/files/usage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FileUsage {
    /// Bytes that the person's files take.
    pub used: u64,
    /// Bytes that they may take.
    pub quota: u64,
}
