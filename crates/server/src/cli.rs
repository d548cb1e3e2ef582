//! The command line. It reads the process's environment and `.env`, here and nowhere else, and hands over to a command.

mod admin;
mod doctor;
mod healthcheck;
mod help;
mod secrets;
mod show;

pub use doctor::DoctorArgs;

use crate::config::{Config, Surroundings};
use crate::db::Engine;
use crate::failure::Failure;
use crate::privileges::{self, Folders};
use crate::spa::IS_EMBEDDED;
use crate::storage::{self, Place};
use clap::{Args, Parser, Subcommand};
use shared::error::Language;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What was asked for.
#[derive(Debug, Default, Parser)]
#[command(
    name = "aichat",
    version = crate::version::LINE,
    about = "A private AI chat platform",
    after_help = help::PROGRAM
)]
pub struct Cli {
    /// Values that win over environment and `.env`.
    #[command(flatten)]
    pub options: Options,
    /// The command; none serves.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Values from the command line.
#[derive(Debug, Default, Args)]
pub struct Options {
    /// Address or name to listen on [HOST; default 127.0.0.1]
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub host: Option<String>,
    /// Port to listen on [PORT; default 8001]
    #[arg(long, global = true, value_name = "NUMBER")]
    pub port: Option<String>,
    /// Folder of database, secrets and files [DATA_DIR; default ./data]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data_dir: Option<String>,
    /// file:PATH or postgres://USER:PASSWORD@HOST/NAME [DATABASE_URL; default aichat.db in the data folder]
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Folder of the built web app to serve [default: the one inside the program, else frontend/dist]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub spa: Option<String>,
    /// The address people use.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        help = "The address people use, such as https://chat.example.com [PUBLIC_URL]"
    )]
    pub public_url: Option<String>,
}

impl Options {
    /// What was said on the command line for a variable.
    pub(crate) fn given(&self, variable: &str) -> Option<&str> {
        let option = match variable {
            "HOST" => &self.host,
            "PORT" => &self.port,
            "DATA_DIR" => &self.data_dir,
            "DATABASE_URL" => &self.database_url,
            "PUBLIC_URL" => &self.public_url,
            _ => &None,
        };
        option.as_deref()
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve (what happens without a command, too)
    #[command(after_help = help::SERVE)]
    Serve,
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Look after accounts without a browser
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Look after the keys that seal what is stored
    #[command(subcommand)]
    Secrets(SecretsCommand),
    /// Look for faults: data, database, secrets, port, the way in from outside, every connection
    #[command(after_help = doctor::EXAMPLES)]
    Doctor(DoctorArgs),
    /// Ask the server on this machine whether it is well: exit 0 if it is, else 1
    #[command(after_help = help::HEALTHCHECK)]
    Healthcheck,
}

/// Commands about the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show every variable with its value; secrets as length and fingerprint
    #[command(after_help = help::CONFIG_SHOW)]
    Show(ShowConfig),
}

/// Commands about secrets.
#[derive(Debug, Subcommand)]
pub enum SecretsCommand {
    /// Make a new master key and seal everything with it again, while the server is stopped
    ///
    /// Interrupted, it goes on when it is run again. With a MASTER_KEY from the environment: put the new one there and the
    /// old one into MASTER_KEY_OLD, restart the servers, and run this; they may go on running.
    #[command(after_help = help::SECRETS_ROTATE)]
    Rotate,
}

/// Arguments of `config show`.
#[derive(Debug, Args)]
pub struct ShowConfig {
    /// Say as well where each value came from
    #[arg(long)]
    pub sources: bool,
    /// For programs: a JSON list, with sources, and with the variables of the frontend image
    #[arg(long)]
    pub json: bool,
}

/// Commands about accounts.
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Make an administrator; the server may run meanwhile, and nobody else is changed
    ///
    /// The password is read from the first line of standard input unless --generate is given.
    #[command(after_help = help::ADMIN_CREATE)]
    Create(AccountArgs),
    /// List the accounts, those who wait for approval first
    #[command(after_help = help::ADMIN_LIST)]
    List,
    /// Give an account a new password and end its logins, while the server runs or not
    ///
    /// The password is read from the first line of standard input unless --generate is given.
    #[command(after_help = help::ADMIN_RESET_PASSWORD)]
    ResetPassword(AccountArgs),
    /// Delete an account with everything that is theirs: it cannot be taken back
    ///
    /// A running server notices within five seconds and begins to remove within a minute, one that does not run at its
    /// next start. What the account spent stays in the sums, without a name.
    #[command(after_help = help::ADMIN_DELETE)]
    Delete(DeleteArgs),
    /// Take an account's second factor away, for somebody who lost their phone and their recovery codes
    #[command(after_help = help::ADMIN_REMOVE_SECOND_FACTOR)]
    RemoveSecondFactor(NamedAccount),
}

/// Arguments of `admin delete`.
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// Name to sign in with
    #[arg(long, value_name = "NAME")]
    pub username: String,
    /// Yes, with everything that is theirs
    #[arg(long)]
    pub yes: bool,
}

/// Arguments of commands about one account.
#[derive(Debug, Args)]
pub struct NamedAccount {
    /// Name to sign in with
    #[arg(long, value_name = "NAME")]
    pub username: String,
}

/// Arguments of commands that set the password of an account.
#[derive(Debug, Args)]
pub struct AccountArgs {
    /// Name to sign in with
    #[arg(long, value_name = "NAME")]
    pub username: String,
    /// Read the password from the first line of standard input, without asking for it
    #[arg(long)]
    pub password_stdin: bool,
    /// Make up a password and print it, once
    #[arg(long, conflicts_with = "password_stdin")]
    pub generate: bool,
}

/// Runs the command of this process.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match configuration(&cli).map_err(Failure::configuration).and_then(|config| obey(cli.command, config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // A closed stderr must not turn the exit code into a panic.
            let _ = writeln!(std::io::stderr(), "aichat: {failure}");
            ExitCode::from(failure.exit)
        }
    }
}

fn obey(command: Option<Command>, config: Config) -> Result<(), Failure> {
    let serving = matches!(command, None | Some(Command::Serve));
    privileges::give_up(&config, if serving { Folders::Give } else { Folders::Leave })?;
    match command {
        None | Some(Command::Serve) => crate::serve(config),
        Some(Command::Config(ConfigCommand::Show(how))) => show::run(&config, &how),
        Some(Command::Admin(command)) => admin::run(&config, &command),
        Some(Command::Secrets(command)) => secrets::run(&config, &command),
        Some(Command::Doctor(how)) => doctor::run(&config, &how, language()),
        Some(Command::Healthcheck) => healthcheck::run(&config).map_err(Failure::from),
    }
}

/// Opening makes a database where there is none, and nobody looks for one in the wrong folder.
fn expect_database(place: &Place) -> Result<(), Failure> {
    if !matches!(&place.engine, Engine::Sqlite(path) if !path.exists()) {
        return Ok(());
    }
    Err(Failure::other(format!(
        "database.absent: {} does not exist: name the right folder with --data-dir or DATA_DIR",
        storage::name(&place.engine)
    )))
}

/// The language of the terminal, as programs of its kind agree on it.
fn language() -> Language {
    let given = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let tag = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(given);
    Language::from_tag(&tag.unwrap_or_default())
}

fn configuration(cli: &Cli) -> Result<Config, String> {
    let dotenv = match std::fs::read_to_string(".env") {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(format!(".env cannot be read ({error}): make it readable for this user, or move it")),
    };
    let variable = |name: &str| std::env::var(name).ok();
    let file = |path: &Path| std::fs::read_to_string(path);
    let mut config = Config::read(cli, &Surroundings { variable: &variable, file: &file, dotenv: &dotenv })?;
    let built = Path::new("frontend/dist");
    if !IS_EMBEDDED && config.spa_dir.is_none() && built.join("index.html").is_file() {
        config.spa_dir = Some(PathBuf::from(built));
    }
    Ok(config)
}
