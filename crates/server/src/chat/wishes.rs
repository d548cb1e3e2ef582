//! What a person may wish for a chat of theirs. Pure: it checks, cleans and names the rule that is broken.

use crate::catalog::check_of_chat;
use crate::db::tags::key;
use crate::error::{AppError, AppResult};
use shared::chat::NewChat;
use shared::limits::{MAX_FOLDER_CHARS, MAX_INSTRUCTIONS_CHARS, MAX_TAG_CHARS, MAX_TAGS, MAX_TITLE_CHARS};
use std::collections::HashSet;

/// One line without control characters and blanks around it.
fn line(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.trim().to_owned()
}

/// The title of a chat; it may be empty.
///
/// # Errors
/// One that is too long.
pub fn clean_title(title: &str) -> AppResult<String> {
    let title = line(title);
    if title.chars().count() > MAX_TITLE_CHARS {
        return Err(AppError::invalid(format!("title must have at most {MAX_TITLE_CHARS} characters")));
    }
    Ok(title)
}

/// The name of a folder.
///
/// # Errors
/// One that is empty or too long.
pub fn clean_folder_name(name: &str) -> AppResult<String> {
    let name = line(name);
    if name.is_empty() || name.chars().count() > MAX_FOLDER_CHARS {
        return Err(AppError::invalid(format!("name must have 1 to {MAX_FOLDER_CHARS} characters")));
    }
    Ok(name)
}

/// Instructions of a person: for a chat, for those of a folder, or for all of them.
///
/// # Errors
/// Those that are too long.
pub fn clean_instructions(text: &str) -> AppResult<&str> {
    let text = text.trim();
    if text.chars().count() > MAX_INSTRUCTIONS_CHARS || text.contains('\0') {
        return Err(AppError::invalid(format!("instructions must have at most {MAX_INSTRUCTIONS_CHARS} characters")));
    }
    Ok(text)
}

/// The tags of a chat: without blanks around them, each once, whatever its case.
///
/// # Errors
/// Too many, and one that is empty or too long.
pub fn clean_tags(tags: &[String]) -> AppResult<Vec<String>> {
    let (mut clean, mut known) = (Vec::new(), HashSet::new());
    // Looked at before anything is made of them.
    if tags.len() > MAX_TAGS {
        return Err(AppError::invalid(format!("tags must be at most {MAX_TAGS}")));
    }
    for tag in tags {
        let tag = line(tag);
        if tag.is_empty() || tag.chars().count() > MAX_TAG_CHARS {
            return Err(AppError::invalid(format!("a tag must have 1 to {MAX_TAG_CHARS} characters")));
        }
        if known.insert(key(&tag)) {
            clean.push(tag);
        }
    }
    Ok(clean)
}

/// What a new chat is besides empty.
///
/// # Errors
/// Whatever is not allowed in it. Whose the folder is, only the database knows.
pub fn check_new_chat(about: &NewChat) -> AppResult<NewChat> {
    let instructions = about.instructions.as_deref().map(clean_instructions).transpose()?;
    if let Some(parameters) = &about.parameters {
        check_of_chat(parameters)?;
    }
    Ok(NewChat { instructions: instructions.map(str::to_owned), ..about.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(tags: &[&str]) -> Vec<String> {
        tags.iter().map(|tag| (*tag).to_owned()).collect()
    }

    #[test]
    fn tags_are_lines_and_each_is_there_once_whatever_its_case() {
        let clean = clean_tags(&tags(&[" Rust ", "rust", "学习", "a\nb", "ÄPFEL", "äpfel"])).expect("good ones");
        assert_eq!(clean, ["Rust", "学习", "a b", "ÄPFEL"]);
    }

    #[test]
    fn limits_count_characters_and_name_their_rule() {
        let too_many: Vec<String> = (0..=MAX_TAGS).map(|number| number.to_string()).collect();
        for wrong in [tags(&[" \t"]), tags(&[&"字".repeat(MAX_TAG_CHARS + 1)]), too_many] {
            let error = clean_tags(&wrong).expect_err("refused");
            assert!(error.params["detail"].contains("tag"), "{error:?}");
        }
        assert!(clean_tags(&tags(&[&"字".repeat(MAX_TAG_CHARS)])).is_ok());
        assert!(clean_folder_name("\u{0} ").is_err() && clean_folder_name(&"字".repeat(MAX_FOLDER_CHARS)).is_ok());
        assert!(clean_folder_name(&"字".repeat(MAX_FOLDER_CHARS + 1)).is_err());
        assert_eq!(clean_title(" a\nb\0c ").expect("a title"), "a b c");
    }
}
