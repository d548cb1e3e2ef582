//! Limits that both sides obey. Units are in the names.

/// Longest text of one message, in UTF-8 bytes.
pub const MAX_CONTENT_BYTES: usize = 1024 * 1024;
/// Largest request body the server reads, in bytes.
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
/// Longest `clientMessageId`, in bytes.
pub const MAX_CLIENT_ID_BYTES: usize = 128;
/// Longest title of a chat, in characters.
pub const MAX_TITLE_CHARS: usize = 200;
/// Shortest and longest user name, in characters.
pub const USERNAME_CHARS: std::ops::RangeInclusive<usize> = 2..=64;
/// Shortest password, in characters.
pub const MIN_PASSWORD_CHARS: usize = 8;
/// Longest password, in UTF-8 bytes: bcrypt reads no more, so a longer one is refused instead of cut.
pub const MAX_PASSWORD_BYTES: usize = 72;
/// Most items on one page of a list.
pub const MAX_PAGE: u32 = 200;
/// Items on a page when the caller names no number.
pub const DEFAULT_PAGE: u32 = 50;
/// Most models on one page. They are small, and a picker needs all of them.
pub const MAX_MODELS_PAGE: u32 = 1000;
/// Models on a page when the caller names no number.
pub const DEFAULT_MODELS_PAGE: u32 = 500;
/// Longest name of a connection, brand or model, in characters.
pub const MAX_NAME_CHARS: usize = 100;
/// Longest URL, in bytes.
pub const MAX_URL_BYTES: usize = 2048;
/// Longest API key of a provider, in bytes.
pub const MAX_KEY_BYTES: usize = 4096;
/// Longest answer with its thoughts and all that continued it, in bytes; a provider that goes on is cut there with
/// `provider.too_long`.
pub const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;
