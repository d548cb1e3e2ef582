//! Limits that both sides obey. Units are in the names.

/// Largest body of a request of a program below `/v1`: pictures stand in it.
pub const MAX_PROGRAM_BODY_BYTES: usize = 32 * 1024 * 1024;
/// Longest text of one message, in UTF-8 bytes.
pub const MAX_CONTENT_BYTES: usize = 1024 * 1024;
/// Largest request body the server reads, in bytes.
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
/// Longest `clientMessageId`, in bytes.
pub const MAX_CLIENT_ID_BYTES: usize = 128;
/// Longest title of a chat, in characters.
pub const MAX_TITLE_CHARS: usize = 200;
/// Longest name of a folder, in characters.
pub const MAX_FOLDER_CHARS: usize = 100;
/// Most folders of one person.
pub const MAX_FOLDERS: usize = 200;
/// Longest tag, in characters.
pub const MAX_TAG_CHARS: usize = 40;
/// Most tags of one chat.
pub const MAX_TAGS: usize = 20;
/// Most chats that are changed at once.
pub const MAX_BULK: usize = 200;
/// Most unread chats that the list of folders names.
pub const MAX_FOLDER_NEWS: usize = 200;
/// Most messages of a path that are copied into a chat of their own.
pub const MAX_FORK: u32 = 5_000;
/// Most answers to one question that are written at the same time.
pub const MAX_ANSWERS_AT_ONCE: u64 = 3;
/// Longest search, in characters.
pub const MAX_SEARCH_CHARS: usize = 400;
/// Longest reason for rejecting or disabling somebody, in characters.
pub const MAX_REASON_CHARS: usize = 200;
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
/// Largest file that may be attached, in bytes, as it is sent.
pub const MAX_UPLOAD_BYTES: usize = 50 * 1024 * 1024;
/// Largest picture that somebody may give as their face, in bytes, as it is sent.
pub const MAX_FACE_BYTES: usize = 10 * 1024 * 1024;
/// Most files of one message.
pub const MAX_FILES_PER_MESSAGE: usize = 20;
/// Longest name of a file, in characters; a longer one is shortened.
pub const MAX_FILE_NAME_CHARS: usize = 200;
/// Longest instructions (of everybody, of a person, of a chat), in characters.
pub const MAX_INSTRUCTIONS_CHARS: usize = 20_000;
/// Longest announcement, in characters: it is read at a glance, above every chat.
pub const MAX_ANNOUNCEMENT_CHARS: usize = 500;
/// Longest name of an API key, in characters.
pub const MAX_KEY_NAME_CHARS: usize = 64;
/// Most API keys of one person that stand at a time.
pub const MAX_API_KEYS: usize = 50;
/// Most models that one API key is held to.
pub const MAX_KEY_MODELS: usize = 100;
/// Most addresses and networks that one API key is taken from.
pub const MAX_KEY_ADDRESSES: usize = 50;
/// Most budgets that administrators set.
pub const MAX_BUDGETS: usize = 200;
/// Most limits of its own that one API key has.
pub const MAX_KEY_LIMITS: usize = 6;
/// Largest limit of a budget: a billion of any currency, in billionths.
pub const MAX_BUDGET: u64 = 1_000_000_000_000_000_000;
/// Most invitations that hold at a time.
pub const MAX_INVITATIONS: u64 = 50;
/// For how many days an invitation may hold.
pub const INVITATION_DAYS: std::ops::RangeInclusive<u32> = 1..=30;
/// For how many people an invitation may be.
pub const INVITATION_USES: std::ops::RangeInclusive<u32> = 1..=100;
/// Longest note on an invitation, in characters.
pub const MAX_NOTE_CHARS: usize = 100;
/// Most people of one list that is imported.
pub const MAX_IMPORT_ROWS: usize = 500;
/// Most of them with a password that the list gives them: each takes a moment of a processor.
pub const MAX_IMPORT_PASSWORDS: usize = 100;
/// Largest list that is imported, in bytes.
pub const MAX_IMPORT_BYTES: usize = 256 * 1024;
/// Most keys of one connection.
pub const MAX_KEYS: usize = 50;
/// Most headers of one connection.
pub const MAX_HEADERS: usize = 20;
/// Most connections that one person may have of their own.
pub const MAX_PERSONAL_CONNECTIONS: usize = 20;

/// Most models of a connection that is a person's own.
pub const MAX_PERSONAL_MODELS: usize = 300;
/// Longest prefix of a connection's models, in characters.
pub const MAX_PREFIX_CHARS: usize = 40;
/// Names of models that a connection lists in itself; the catalogue has all of them.
pub const NAMES_IN_CONNECTION: usize = 50;
