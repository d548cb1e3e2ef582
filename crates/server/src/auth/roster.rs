//! Lists of people as CSV: read whatever a spreadsheet made of them, and written so that no spreadsheet takes a name for a
//! formula. Pure: whether a name is free and a password good is not decided here.

use crate::error::{AppError, AppResult};
use crate::spreadsheet::{is_formula, write};
use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, GB18030};
use shared::accounts::{User, UserRole, UserStatus};
use shared::limits::{MAX_IMPORT_BYTES, MAX_IMPORT_PASSWORDS, MAX_IMPORT_ROWS};
use std::borrow::Cow;

/// What may stand between two fields.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// A list that was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Roster {
    /// The people.
    pub entries: Vec<Entry>,
    /// Columns that mean nothing here.
    pub ignored: Vec<String>,
}

/// One person of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where they stand, from 1 on.
    pub line: u64,
    /// The name as it was written.
    pub username: String,
    /// What they may do, or the word that says nothing known.
    pub role: Result<UserRole, String>,
    /// Whether they may sign in, or the word that says nothing known.
    pub status: Result<UserStatus, String>,
    /// The password that the list gives them.
    pub password: Option<String>,
}

/// Where the columns are that mean something.
struct Columns {
    username: usize,
    role: Option<usize>,
    status: Option<usize>,
    password: Option<usize>,
}

/// Reads a list: UTF-8, UTF-16 with its mark, or GB18030; commas, semicolons or tabs; the columns in any order.
///
/// # Errors
/// `request.too_large`, or `request.invalid` with what is wrong with the whole of it.
pub fn read(bytes: &[u8]) -> AppResult<Roster> {
    if bytes.len() > MAX_IMPORT_BYTES {
        let limit = format!("{} KiB", MAX_IMPORT_BYTES / 1024);
        return Err(AppError::new(shared::ErrorCode::RequestTooLarge).with("limit", limit));
    }
    let text = decode(bytes);
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter(&text)).flexible(true).has_headers(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| broken(&error))?.clone();
    let (columns, ignored) = columns(&header)?;
    let mut entries = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken(&error))?;
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        if entries.len() == MAX_IMPORT_ROWS {
            return Err(AppError::invalid(format!("the list must have at most {MAX_IMPORT_ROWS} people")));
        }
        entries.push(entry(&columns, &record));
    }
    if entries.is_empty() {
        return Err(AppError::invalid(
            "the list names nobody: below the line of column names there has to be one person",
        ));
    }
    if entries.iter().filter(|entry| entry.password.is_some()).count() > MAX_IMPORT_PASSWORDS {
        let rule = format!(
            "at most {MAX_IMPORT_PASSWORDS} people may get their password from the list; the server makes the others"
        );
        return Err(AppError::invalid(rule));
    }
    Ok(Roster { entries, ignored })
}

fn broken(error: &csv::Error) -> AppError {
    // Its own words may quote the list, and that may be a password.
    let line = error.position().map_or(1, csv::Position::line);
    AppError::invalid(format!("the list cannot be read near line {line}"))
}

fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => GB18030.decode_without_bom_handling(bytes).0,
    }
}

/// The one that the line of column names has most of.
fn delimiter(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    let count = |delimiter: &u8| head.bytes().filter(|byte| byte == delimiter).count();
    DELIMITERS.into_iter().rev().max_by_key(count).unwrap_or(b',')
}

fn columns(header: &StringRecord) -> AppResult<(Columns, Vec<String>)> {
    let names: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
    let find = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
    let columns = Columns {
        username: find(&["username", "用户名"]).ok_or_else(|| {
            AppError::invalid("the first line must name the columns, and one of them must be `username`")
        })?,
        role: find(&["role", "角色"]),
        status: find(&["status", "状态"]),
        password: find(&["password", "密码"]),
    };
    let known = [Some(columns.username), columns.role, columns.status, columns.password];
    let ignored = header.iter().enumerate().filter(|(at, name)| !known.contains(&Some(*at)) && !name.trim().is_empty());
    Ok((columns, ignored.map(|(_, name)| shown(name)).collect()))
}

/// A word of the list as it may be quoted.
fn shown(word: &str) -> String {
    word.trim().chars().filter(|c| !c.is_control()).take(40).collect()
}

fn entry(columns: &Columns, record: &StringRecord) -> Entry {
    let field = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
    let word = |at: Option<usize>| field(at).trim().to_lowercase();
    Entry {
        line: record.position().map_or(0, csv::Position::line),
        username: armed(field(Some(columns.username)).trim()).to_owned(),
        role: match word(columns.role).as_str() {
            "" | "user" | "成员" => Ok(UserRole::User),
            "admin" | "管理员" => Ok(UserRole::Admin),
            other => Err(shown(other)),
        },
        status: match word(columns.status).as_str() {
            "" | "active" | "正常" => Ok(UserStatus::Active),
            "pending" | "待审批" => Ok(UserStatus::Pending),
            "disabled" | "已停用" => Ok(UserStatus::Disabled),
            other => Err(shown(other)),
        },
        password: Some(armed(field(columns.password)).to_owned()).filter(|password| !password.is_empty()),
    }
}

/// The field as it was before it was written so that no spreadsheet calculates it.
fn armed(field: &str) -> &str {
    field.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(field)
}

/// The columns of [`people`].
pub const COLUMNS: [&str; 6] = ["username", "role", "status", "reason", "created_at", "last_login_at"];

/// People as lines of CSV, without the line of column names.
///
/// # Errors
/// Writing to memory does not fail.
pub fn people(people: &[User]) -> AppResult<String> {
    write(people.iter().map(|user| {
        vec![
            user.username.as_str(),
            user.role.as_str(),
            user.status.as_str(),
            user.reason.as_deref().unwrap_or_default(),
            user.created_at.as_str(),
            user.last_login_at.as_deref().unwrap_or_default(),
        ]
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spreadsheet::MARK;

    const LIST: &str =
        "username,role,status,password\nBob,user,,\n张三,Admin,pending,一个很长的密码\n\"O'Neil, Ann\",,disabled,\n";

    fn names(bytes: &[u8]) -> Vec<String> {
        read(bytes).expect("a list").entries.into_iter().map(|entry| entry.username).collect()
    }

    #[test]
    fn every_form_that_spreadsheets_write_is_read_alike() {
        let expected = read(LIST.as_bytes()).expect("a list");
        assert_eq!(expected.entries.len(), 3);
        assert_eq!(expected.entries[1].password.as_deref(), Some("一个很长的密码"));
        assert_eq!(
            (&expected.entries[1].role, &expected.entries[1].status),
            (&Ok(UserRole::Admin), &Ok(UserStatus::Pending))
        );
        let utf16: Vec<u8> = format!("{MARK}{LIST}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = format!("{MARK}{LIST}");
        let (gb, ..) = GB18030.encode(LIST);
        let windows = LIST.replace('\n', "\r\n");
        for bytes in [marked.as_bytes(), &gb, &utf16, windows.as_bytes()] {
            assert_eq!(
                read(bytes).expect("a list").entries.iter().map(|e| &e.username).collect::<Vec<_>>(),
                ["Bob", "张三", "O'Neil, Ann"]
            );
        }
        for delimiter in [";", "\t"] {
            let list = LIST.replace("O'Neil, Ann", "O'Neil").replace(',', delimiter);
            assert_eq!(names(list.as_bytes()), ["Bob", "张三", "O'Neil"]);
        }
    }

    #[test]
    fn columns_stand_anywhere_and_strange_ones_are_named() {
        let list = read("Mail, 角色 ,Username\na@b,管理员, Bob \n\n".as_bytes()).expect("a list");
        assert_eq!(list.ignored, ["Mail"]);
        let entry = &list.entries[0];
        assert_eq!((entry.line, entry.username.as_str(), &entry.role), (2, "Bob", &Ok(UserRole::Admin)));
        let odd = read(b"username,role,status\nbob,boss,rejected\n").expect("a list");
        assert_eq!((&odd.entries[0].role, &odd.entries[0].status), (&Err("boss".into()), &Err("rejected".into())));
    }

    #[test]
    fn what_is_no_list_is_refused_with_its_reason() {
        let many = format!("username\n{}", "bob\n".repeat(MAX_IMPORT_ROWS + 1));
        let chosen = format!("username,password\n{}", "bob,a long password\n".repeat(MAX_IMPORT_PASSWORDS + 1));
        for (list, part) in [
            ("", "must name the columns"),
            ("bob\ncarol", "must name the columns"),
            ("username,role\n", "names nobody"),
            (many.as_str(), "at most 500"),
            (chosen.as_str(), "at most 100"),
        ] {
            let error = read(list.as_bytes()).expect_err("refused");
            assert!(error.params["detail"].contains(part), "{:?}", error.params);
        }
        let large = read(&vec![b'x'; MAX_IMPORT_BYTES + 1]).expect_err("refused");
        assert_eq!(large.code, shared::ErrorCode::RequestTooLarge);
    }

    #[test]
    fn nothing_that_is_written_is_calculated_and_it_is_read_back_as_it_was() {
        for name in ["=cmd|' /C calc'!A0", "+1", "-x", "@sum", "plain", "'quoted", "a,\"b\""] {
            let text = write([vec!["username"], vec![name]]).expect("CSV");
            let field = text.lines().nth(1).expect("a line").trim_start_matches('"');
            assert!(!is_formula(field), "{text}");
            assert_eq!(names(text.as_bytes()), [name]);
        }
    }
}
