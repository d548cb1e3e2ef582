//! `aichat admin …`: accounts without a browser. It opens the database beside a running server and takes no lock; the
//! server reads accounts from there, so it needs no telling.

use super::{AccountArgs, AdminCommand, DeleteArgs};
use crate::auth::leave;
use crate::auth::register::{self, Appointed};
use crate::auth::{reset, second_factor};
use crate::clock::Clock;
use crate::config::{Config, secrets};
use crate::db::{Db, users};
use crate::error::{AppError, AppResult};
use crate::failure::Failure;
use crate::storage;
use shared::accounts::{PeopleQuery, User};
use std::io::{BufRead, IsTerminal as _, Write as _};

/// Accounts read at a time.
const PAGE: u32 = 200;

pub(super) fn run(config: &Config, command: &AdminCommand) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("no threads can be started ({error})"))?;
    let text = runtime.block_on(obey(config, command))?;
    let written = std::io::stdout().write_all(text.as_bytes());
    Ok(written.map_err(|error| format!("the result cannot be written ({error})"))?)
}

/// Does it, and answers what to print.
async fn obey(config: &Config, command: &AdminCommand) -> Result<String, Failure> {
    let place = storage::find(&config.engine).await?;
    if !matches!(command, AdminCommand::Create(_)) {
        super::expect_database(&place)?;
    }
    let db = storage::open(&place, config.durable).await?;
    let done = match command {
        AdminCommand::Create(account) => create(&db, config, account, &mut std::io::stdin().lock()).await,
        AdminCommand::ResetPassword(account) => reset(&db, config, account, &mut std::io::stdin().lock()).await,
        AdminCommand::RemoveSecondFactor(account) => remove_second_factor(&db, &account.username).await,
        AdminCommand::List => list(&db).await,
        AdminCommand::Delete(who) => delete(&db, who).await,
    };
    db.close().await;
    done
}

async fn create(db: &Db, config: &Config, account: &AccountArgs, input: &mut impl BufRead) -> Result<String, Failure> {
    // Asked first: somebody who is there needs no password, and a made-up one must not be printed for them.
    if let Some(user) = register::appointed(db, &account.username).await.map_err(sentence)? {
        return Ok(unchanged(&user));
    }
    let password = password(account, input)?;
    let (clock, cost) = (Clock::default(), config.bcrypt_cost);
    let made = register::create_admin(db, &clock, cost, &account.username, password.clone()).await;
    Ok(match made.map_err(sentence)? {
        Appointed::Before(user) => unchanged(&user),
        Appointed::Now(user) => format!("{} is an administrator now.\n{}", user.username, told(account, &password)),
    })
}

fn unchanged(user: &User) -> String {
    format!(
        "{} is an administrator already; nothing was changed. A new password: aichat admin reset-password\n",
        user.username
    )
}

async fn reset(db: &Db, config: &Config, account: &AccountArgs, input: &mut impl BufRead) -> Result<String, Failure> {
    let password = password(account, input)?;
    let (clock, cost) = (Clock::default(), config.bcrypt_cost);
    let done = reset::reset_password(db, &clock, cost, &account.username, password.clone()).await;
    let user = done.map_err(sentence)?;
    Ok(format!("{} has a new password and is signed out everywhere.\n{}", user.username, told(account, &password)))
}

async fn delete(db: &Db, who: &DeleteArgs) -> Result<String, Failure> {
    if !who.yes {
        return Err(Failure::other(
            "this deletes the account with all chats and files and cannot be taken back: add --yes".to_owned(),
        ));
    }
    let user = leave::remove_account(db, &Clock::default(), &who.username).await.map_err(sentence)?;
    Ok(format!(
        "{} is signed out everywhere, and the name is free. The server removes chats and files within a minute, or at \
         its next start.\n",
        user.username
    ))
}

async fn remove_second_factor(db: &Db, username: &str) -> Result<String, Failure> {
    let name = second_factor::remove_of(db, &Clock::default(), username).await.map_err(sentence)?;
    Ok(format!("{name} signs in with the password alone now, and can set up another second factor.\n"))
}

fn told(account: &AccountArgs, password: &str) -> String {
    if account.generate { format!("Password, shown this once: {password}\n") } else { String::new() }
}

async fn list(db: &Db) -> Result<String, Failure> {
    let mut people = Vec::new();
    let mut after = None;
    loop {
        let page: AppResult<_> =
            users::list(db.read(), &PeopleQuery::default(), after.as_ref(), PAGE).await.map_err(AppError::from);
        let page = page.map_err(sentence)?;
        people.extend(page.items);
        after = page.next.as_deref().and_then(users::Cursor::parse);
        if after.is_none() {
            return Ok(table(&people));
        }
    }
}

fn table(people: &[User]) -> String {
    if people.is_empty() {
        return "There are no accounts. Make the first one: aichat admin create --username NAME --generate\n"
            .to_owned();
    }
    let width = people.iter().map(|user| user.username.chars().count()).max().unwrap_or(0).max("NAME".len());
    let line = |name: &str, role: &str, status: &str, created: &str, seen: &str| {
        format!("{name:width$}  {role:5}  {status:8}  {created:10}  {seen}\n")
    };
    let mut text = line("NAME", "ROLE", "STATUS", "CREATED", "LAST SIGN-IN");
    for user in people {
        let day = |moment: &str| moment.get(..10).unwrap_or(moment).to_owned();
        let seen = user.last_login_at.as_deref().map_or_else(|| "never".to_owned(), day);
        text.push_str(&line(&user.username, user.role.as_str(), user.status.as_str(), &day(&user.created_at), &seen));
    }
    text
}

/// An error as one line for a terminal.
fn sentence(error: AppError) -> Failure {
    let told = error.to_api("");
    let hint = told.hint.map(|hint| format!(" {hint}")).unwrap_or_default();
    let cause = error.cause.map(|cause| format!(" ({cause:#})")).unwrap_or_default();
    Failure::other(format!("{}: {}{hint}{cause}", told.code, told.message))
}

fn password(account: &AccountArgs, input: &mut impl BufRead) -> Result<String, Failure> {
    if account.generate {
        return Ok(secrets::random_text(15));
    }
    if !account.password_stdin && std::io::stdin().is_terminal() {
        // The question is for a person; without one to read it nothing is lost.
        let _ = write!(std::io::stderr(), "Password (visible while you type): ");
    }
    Ok(first_line(input)?)
}

fn first_line(input: &mut impl BufRead) -> Result<String, String> {
    let mut line = String::new();
    input.read_line(&mut line).map_err(|error| format!("the password cannot be read ({error})"))?;
    let password = line.trim_end_matches(['\n', '\r']).to_owned();
    if password.is_empty() {
        return Err("the first line of standard input is the password, and it is empty: or use --generate".to_owned());
    }
    Ok(password)
}

#[cfg(test)]
#[path = "admin_tests.rs"]
mod tests;
