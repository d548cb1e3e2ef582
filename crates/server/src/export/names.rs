//! What files in an archive are called: readable where it can be, and safe on every system. Pure.

use shared::chat::Session;
use shared::part::FilePart;
use shared::{FileId, SessionId};

/// Longest title in a name, in characters: with the id and three bytes for each it stays below what systems take.
const TITLE_CHARS: usize = 48;
/// Longest ending of a file's name that is kept, in characters.
const ENDING_CHARS: usize = 10;

/// Where a chat lies, without the ending.
pub(super) fn chat(chat: &Session, untitled: &str) -> String {
    let day = chat.created_at.get(..10).unwrap_or_default();
    let title = safe(&chat.title, TITLE_CHARS);
    let title = if title.is_empty() { untitled } else { &title };
    let SessionId(id) = &chat.id;
    format!("chats/{day} {title}-{id}")
}

/// Where a file lies.
pub(super) fn file(id: &FileId, name: &str) -> String {
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if (1..=ENDING_CHARS).contains(&ending.chars().count()) => {
            (stem, safe(ending, ENDING_CHARS))
        }
        _ => (name, String::new()),
    };
    let dot = if ending.is_empty() { "" } else { "." };
    format!("files/{id}-{}{dot}{ending}", safe(stem, TITLE_CHARS))
}

/// The link to a file from a chat: in angle brackets Markdown takes every sign of a safe name.
pub(super) fn link(part: &FilePart) -> String {
    format!("<../{}>", file(&part.file_id, &part.name))
}

/// A text without what some system does not take in a name, or what would make it look like another one.
fn safe(text: &str, most: usize) -> String {
    let words: String = text.chars().map(|c| if is_bad(c) { ' ' } else { c }).collect();
    let joined = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = joined.chars().take(most).collect();
    cut.trim_matches(|c: char| c == '.' || c.is_whitespace()).to_owned()
}

fn is_bad(c: char) -> bool {
    c.is_control()
        || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(title: &str) -> String {
        let session = Session {
            id: "1-2".into(),
            title: title.to_owned(),
            created_at: "2026-11-30T10:00:00.000Z".to_owned(),
            ..serde_json::from_value(serde_json::json!({
                "id": "", "title": "", "createdAt": "", "lastActivityAt": ""
            }))
            .expect("a chat")
        };
        chat(&session, "Untitled")
    }

    #[test]
    fn a_title_never_leaves_its_folder_and_fits_every_system() {
        assert_eq!(called("Plan"), "chats/2026-11-30 Plan-1-2");
        assert_eq!(called("../../etc/passwd"), "chats/2026-11-30 etc passwd-1-2");
        assert_eq!(called("a\r\nb\0c: \"d\" <e>|*?\u{202e}gpj"), "chats/2026-11-30 a b c d e gpj-1-2");
        for empty in ["", "...", " / ", "\u{200b}"] {
            assert_eq!(called(empty), "chats/2026-11-30 Untitled-1-2", "{empty:?}");
        }
        assert!(called(&"长".repeat(200)).len() < 200);
    }

    #[test]
    fn a_file_keeps_its_ending() {
        let id = FileId::from("7");
        assert_eq!(file(&id, "报告 2026.docx"), "files/7-报告 2026.docx");
        assert_eq!(file(&id, "..\\x/y.tar.gz"), "files/7-x y.tar.gz");
        assert_eq!(file(&id, "noending"), "files/7-noending");
        assert_eq!(file(&id, ".env"), "files/7-.env");
        assert_eq!(file(&id, &format!("{}.pdf", "字".repeat(300))), format!("files/7-{}.pdf", "字".repeat(48)));
    }
}
