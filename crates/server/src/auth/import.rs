//! People made by the list: every line is examined first, then all of them are made or none.

use super::given::generate;
use super::names::Username;
use super::password::{Hasher, check_new};
use super::register::insert;
use super::roster::{self, Entry};
use super::{Auth, CurrentUser};
use crate::audit::{self, Actor, Deed};
use crate::db::users;
use crate::error::{AppError, AppResult};
use crate::spreadsheet;
use serde_json::Value;
use shared::ErrorCode;
use shared::accounts::{UserRole, UserStatus};
use shared::audit::Act;
use shared::people_csv::{ImportReport, ImportRow};
use std::collections::HashSet;

/// The work factor for passwords that are made here: they are 80 random bits, and no work makes those harder to guess.
const MADE_COST: u32 = 4;

/// A line that can be made.
struct Ready {
    name: Username,
    rights: (UserRole, UserStatus),
    password: Option<String>,
}

impl Auth {
    /// Says what a list would make, or makes it. Whoever is made has to replace their password.
    ///
    /// # Errors
    /// What is wrong with the whole list; and, unless it is only looked at, `request.invalid` with the first line that
    /// cannot be made.
    pub async fn import_users(
        &self,
        caller: &CurrentUser,
        by: &Actor,
        list: &[u8],
        only_check: bool,
    ) -> AppResult<ImportReport> {
        let roster = roster::read(list)?;
        let (rows, ready) = self.examine(roster.entries).await?;
        if only_check {
            return Ok(ImportReport { rows, ignored: roster.ignored, done: false, csv: None });
        }
        if let Some((line, error)) = rows.iter().find_map(|row| Some((row.line, row.error.as_ref()?))) {
            return Err(AppError::invalid(format!("line {line}: {} Nobody was made.", error.message)));
        }
        let csv = self.make(caller, by, ready).await?;
        Ok(ImportReport { rows, ignored: roster.ignored, done: true, csv: Some(csv) })
    }

    async fn examine(&self, entries: Vec<Entry>) -> AppResult<(Vec<ImportRow>, Vec<Ready>)> {
        let keys: Vec<String> =
            entries.iter().filter_map(|entry| Some(Username::parse(&entry.username).ok()?.key)).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let mut taken = users::taken(self.db.read(), &keys).await?;
        let (mut rows, mut ready) = (Vec::with_capacity(entries.len()), Vec::with_capacity(entries.len()));
        for entry in entries {
            let mut row = ImportRow {
                line: entry.line,
                username: entry.username.clone(),
                role: entry.role.clone().unwrap_or_default(),
                status: entry.status.clone().unwrap_or(UserStatus::Active),
                has_password: entry.password.is_some(),
                error: None,
            };
            match examine(entry, &mut taken) {
                Ok(person) => {
                    row.username.clone_from(&person.name.shown);
                    ready.push(person);
                }
                Err(error) => row.error = Some(error.to_api("")),
            }
            rows.push(row);
        }
        Ok((rows, ready))
    }

    /// Makes all of them in one transaction. Answers them as CSV, with the passwords that were made.
    async fn make(&self, caller: &CurrentUser, by: &Actor, people: Vec<Ready>) -> AppResult<String> {
        let quick = Hasher::new(MADE_COST);
        let (mut hashes, mut made) = (Vec::with_capacity(people.len()), Vec::with_capacity(people.len()));
        for person in &people {
            match &person.password {
                Some(password) => {
                    hashes.push(self.hasher.hash(password.clone()).await?);
                    made.push(String::new());
                }
                None => {
                    let password = generate(&person.name.shown)?;
                    hashes.push(quick.hash(password.clone()).await?);
                    made.push(password);
                }
            }
        }
        let tx = self.db.begin().await?;
        let now = self.clock.now();
        for (person, hash) in people.iter().zip(&hashes) {
            // A name that was taken meanwhile undoes all of it.
            let user = insert(&tx, &person.name, hash, person.rights, true, now).await?;
            let deed = Deed::on_person(Act::PersonCreated, &user);
            audit::write(&tx, by, &deed.changes(Value::Null, audit::rights(&user)), now).await?;
        }
        let csv = told(&people, &made)?;
        tx.commit().await?;
        tracing::info!(people = people.len(), by = %caller.user.id, "people made by a list");
        Ok(csv)
    }
}

/// Whether a line can be made. Its name counts as taken for those below it.
fn examine(entry: Entry, taken: &mut HashSet<String>) -> AppResult<Ready> {
    let name = Username::parse(&entry.username)?;
    let role = entry.role.map_err(|word| AppError::invalid(format!("`{word}` is no role: admin or user")))?;
    let status = entry
        .status
        .map_err(|word| AppError::invalid(format!("`{word}` is no status: active, pending or disabled")))?;
    if let Some(password) = &entry.password {
        check_new(password, &name.shown)?;
    }
    if !taken.insert(name.key.clone()) {
        return Err(AppError::new(ErrorCode::UserNameTaken).with("name", &name.shown));
    }
    Ok(Ready { name, rights: (role, status), password: entry.password })
}

/// The people with the passwords that were made, to be saved and handed out.
fn told(people: &[Ready], made: &[String]) -> AppResult<String> {
    let head = std::iter::once(vec!["username", "role", "status", "password"]);
    let lines = people.iter().zip(made).map(|(person, password)| {
        let (role, status) = person.rights;
        vec![person.name.shown.as_str(), role.as_str(), status.as_str(), password.as_str()]
    });
    Ok(format!("{}{}", spreadsheet::MARK, spreadsheet::write(head.chain(lines))?))
}
