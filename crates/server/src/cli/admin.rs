//! `aichat admin …`: accounts without a browser. It opens the database beside a running server and takes no lock.

use super::CreateAdmin;
use crate::app::open_database;
use crate::auth::register;
use crate::clock::Clock;
use crate::config::{Config, secrets};
use crate::error::AppError;
use crate::failure::Failure;
use shared::accounts::User;
use std::io::{BufRead, IsTerminal as _, Write as _};

pub(super) fn create(config: &Config, wish: &CreateAdmin) -> Result<(), Failure> {
    let password = if wish.generate { secrets::random_text(15) } else { read_password(wish.password_stdin)? };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("no threads can be started ({error})"))?;
    let user = runtime.block_on(insert(config, &wish.username, password.clone()))?;
    let mut lines = format!("{} is an administrator now.\n", user.username);
    if wish.generate {
        lines.push_str(&format!("Password, shown this once: {password}\n"));
    }
    let written = std::io::stdout().write_all(lines.as_bytes());
    Ok(written.map_err(|error| format!("the result cannot be written ({error})"))?)
}

async fn insert(config: &Config, username: &str, password: String) -> Result<User, Failure> {
    let db = open_database(config).await?;
    let done = register::create_admin(&db, &Clock::default(), config.bcrypt_cost, username, password).await;
    db.close().await;
    Ok(done.map_err(|error| sentence(&error))?)
}

/// An error as one line for a terminal.
fn sentence(error: &AppError) -> String {
    let told = error.to_api("");
    let cause = error.cause.as_ref().map(|cause| format!(" ({cause:#})")).unwrap_or_default();
    format!("{}{cause}", told.message)
}

fn read_password(quietly: bool) -> Result<String, String> {
    let stdin = std::io::stdin();
    if !quietly && stdin.is_terminal() {
        // The question is for a person; without one to read it nothing is lost.
        let _ = write!(std::io::stderr(), "Password (visible while you type): ");
    }
    first_line(&mut stdin.lock())
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
