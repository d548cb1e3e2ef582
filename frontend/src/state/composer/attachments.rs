//! The files that go with what is typed, as plain data: which are here, which are on their way, which did not come.
//! Limits are checked before a byte is sent. Knows neither the network nor the browser.

use shared::error::params;
use shared::files::{FileInfo, FileKind};
use shared::limits::{MAX_CONTENT_BYTES, MAX_FILES_PER_MESSAGE, MAX_UPLOAD_BYTES};
use shared::part::FilePart;
use shared::{ApiError, ErrorCode, Part};

/// How far a file got.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// It is being sent; a share of 0 to 100.
    Sending(u8),
    /// The server has it.
    Here(Box<FileInfo>),
    /// It did not get through.
    Failed(ApiError),
}

/// A file beside the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// Tells it from every other one in this tab.
    pub key: u64,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Whether it looks like a picture; the server knows better as soon as it is there.
    pub is_picture: bool,
    /// How far it got.
    pub stage: Stage,
}

impl Attachment {
    /// The file as the server has it.
    #[must_use]
    pub fn info(&self) -> Option<&FileInfo> {
        match &self.stage {
            Stage::Here(info) => Some(info),
            Stage::Sending(_) | Stage::Failed(_) => None,
        }
    }

    /// A file that the server has already.
    #[must_use]
    pub fn of(key: u64, info: FileInfo) -> Self {
        let (name, size, is_picture) = (info.name.clone(), info.size, info.kind == FileKind::Image);
        Self { key, name, size, is_picture, stage: Stage::Here(Box::new(info)) }
    }

    /// Whether it is plain text that a message could hold itself.
    #[must_use]
    pub fn is_text(&self) -> bool {
        !self.is_picture && self.size <= MAX_CONTENT_BYTES as u64 && self.name.ends_with(".txt")
    }

    /// Whether sending it once more may help.
    #[must_use]
    pub fn may_retry(&self) -> bool {
        let Stage::Failed(error) = &self.stage else { return false };
        // Room can be made, and a code of this browser's own says that the server was not reached.
        error.known().is_none_or(|code| code.retryable() || code == ErrorCode::FileQuota)
    }
}

/// What somebody wants to attach.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Whether it looks like a picture.
    pub is_picture: bool,
}

/// The files beside the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attachments {
    /// In the order in which they were chosen.
    pub items: Vec<Attachment>,
    /// Why some of those chosen last are not among them.
    pub refused: Option<ApiError>,
}

impl Attachments {
    /// Takes what was chosen, as far as a message has room; gives the place among the candidates and the key of each
    /// that has to be sent. `first` is the first key that is free.
    pub fn add(&mut self, candidates: Vec<Candidate>, first: u64) -> Vec<(usize, u64)> {
        let room = MAX_FILES_PER_MESSAGE.saturating_sub(self.items.len());
        self.refused = (candidates.len() > room).then(too_many);
        let mut due = Vec::new();
        for (place, candidate) in candidates.into_iter().take(room).enumerate() {
            let key = first + place as u64;
            let stage = match fault(&candidate) {
                Some(error) => Stage::Failed(error),
                None => Stage::Sending(0),
            };
            if stage == Stage::Sending(0) {
                due.push((place, key));
            }
            let Candidate { name, size, is_picture } = candidate;
            self.items.push(Attachment { key, name, size, is_picture, stage });
        }
        due
    }

    /// A file got further. False when it is not among them any more.
    pub fn progressed(&mut self, key: u64, stage: Stage) -> bool {
        let twin = match &stage {
            // The server keeps the same bytes once, and a message takes them once.
            Stage::Here(info) => {
                self.items.iter().any(|known| known.key != key && known.info().map(|known| &known.id) == Some(&info.id))
            }
            Stage::Sending(_) | Stage::Failed(_) => false,
        };
        if twin {
            return self.remove(key).is_some();
        }
        let Some(item) = self.items.iter_mut().find(|item| item.key == key) else { return false };
        if let Stage::Here(info) = &stage {
            item.name.clone_from(&info.name);
            (item.size, item.is_picture) = (info.size, info.kind == FileKind::Image);
        }
        item.stage = stage;
        true
    }

    /// Takes a file away.
    pub fn remove(&mut self, key: u64) -> Option<Attachment> {
        self.refused = None;
        let place = self.items.iter().position(|item| item.key == key)?;
        Some(self.items.remove(place))
    }

    /// Puts files back that were sent in vain: ahead of those that were chosen meanwhile, each of them once.
    pub fn put_back(&mut self, files: Vec<FileInfo>, first: u64) {
        self.take_back(&files);
        let returned = files.into_iter().zip(first..).map(|(info, key)| Attachment::of(key, info));
        self.items.splice(0..0, returned);
    }

    /// Takes files away that are sent once more.
    pub fn take_back(&mut self, files: &[FileInfo]) {
        self.items.retain(|item| item.info().is_none_or(|info| files.iter().all(|file| file.id != info.id)));
    }

    /// One of them.
    #[must_use]
    pub fn find(&self, key: u64) -> Option<&Attachment> {
        self.items.iter().find(|item| item.key == key)
    }

    /// Whether another one has room.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.items.len() < MAX_FILES_PER_MESSAGE
    }

    /// A name that none of them has: `stem.txt`, `stem 2.txt`.
    #[must_use]
    pub fn free_name(&self, stem: &str) -> String {
        let numbered = |number: usize| if number == 1 { format!("{stem}.txt") } else { format!("{stem} {number}.txt") };
        let is_free = |name: &String| self.items.iter().all(|item| item.name != *name);
        (1..).map(numbered).find(is_free).unwrap_or_default()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether one is still on its way.
    #[must_use]
    pub fn is_sending(&self) -> bool {
        self.items.iter().any(|item| matches!(item.stage, Stage::Sending(_)))
    }

    /// Whether one did not get through.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.items.iter().any(|item| matches!(item.stage, Stage::Failed(_)))
    }

    /// Whether there is a picture among them.
    #[must_use]
    pub fn has_picture(&self) -> bool {
        self.items.iter().any(|item| item.is_picture && !matches!(item.stage, Stage::Failed(_)))
    }

    /// Those that the server has.
    #[must_use]
    pub fn here(&self) -> Vec<FileInfo> {
        self.items.iter().filter_map(|item| item.info().cloned()).collect()
    }

    /// Estimated tokens of those that the server has.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.items.iter().filter_map(Attachment::info).map(|info| info.tokens).sum()
    }
}

/// Why a file need not be sent at all.
fn fault(candidate: &Candidate) -> Option<ApiError> {
    match candidate.size {
        0 => Some(ApiError::bare(ErrorCode::FileEmpty, params([]))),
        size if size > MAX_UPLOAD_BYTES as u64 => {
            let limit = format!("{} MB", MAX_UPLOAD_BYTES / (1024 * 1024));
            Some(ApiError::bare(ErrorCode::FileTooLarge, params([("limit", limit)])))
        }
        _ => None,
    }
}

fn too_many() -> ApiError {
    ApiError::bare(ErrorCode::FileTooMany, params([("limit", MAX_FILES_PER_MESSAGE.to_string())]))
}

/// The files of a message, as they can be attached again.
#[must_use]
pub fn files_of(parts: &[Part]) -> Vec<FileInfo> {
    let info = |part: &Part| {
        let kind = if matches!(part, Part::Image(_)) { FileKind::Image } else { FileKind::Document };
        part.file().cloned().map(|file| info_of(kind, file))
    };
    parts.iter().filter_map(info).collect()
}

fn info_of(kind: FileKind, file: FilePart) -> FileInfo {
    let FilePart { file_id: id, name, media_type, size, width, height, tokens } = file;
    let (characters, cut, created_at) = (None, false, String::new());
    FileInfo { id, kind, name, media_type, size, width, height, tokens, characters, cut, created_at }
}

#[cfg(test)]
mod tests;
