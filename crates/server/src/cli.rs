//! The command line. It reads the process's environment and `.env`, here and nowhere else, and hands over to a command.

mod admin;
mod healthcheck;

use crate::config::Config;
use crate::spa::IS_EMBEDDED;
use clap::{Args, Parser, Subcommand};
use std::fmt::Display;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What was asked for.
#[derive(Debug, Default, Parser)]
#[command(
    name = "aichat",
    version = crate::version::LINE,
    about = "A private AI chat platform",
    after_help = EXAMPLES,
    disable_help_subcommand = true
)]
pub struct Cli {
    /// Values that win over environment and `.env`.
    #[command(flatten)]
    pub options: Options,
    /// The command; none serves.
    #[command(subcommand)]
    pub command: Option<Command>,
}

const EXAMPLES: &str = "Examples:
  aichat                                            serve http://127.0.0.1:8001
  aichat --host 0.0.0.0 --port 80                   serve for other machines
  aichat --data-dir /var/lib/aichat                 keep the data elsewhere
  aichat --database-url postgres://user:pw@db/chat  keep it in PostgreSQL
  aichat admin create --username ada --generate     make an administrator, print a password
  aichat healthcheck                                is the server on this machine well?

Every option can be given as an environment variable or in .env; .env.example explains them all.";

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

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve (what happens without a command, too)
    Serve,
    /// Look after accounts without a browser
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Ask the server on this machine whether it is well: exit 0 if it is, else 1
    Healthcheck,
}

/// Commands about accounts.
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Make an administrator; the server may run meanwhile, and nobody else is changed
    ///
    /// The password is read from the first line of standard input unless --generate is given.
    Create(CreateAdmin),
}

/// Arguments of `admin create`.
#[derive(Debug, Args)]
pub struct CreateAdmin {
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

/// Exit code for a configuration that cannot be used (`EX_CONFIG` of sysexits).
const BAD_CONFIGURATION: u8 = 78;

/// Runs the command of this process.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let config = match configuration(&cli) {
        Ok(config) => config,
        Err(line) => return fail(BAD_CONFIGURATION, line),
    };
    let done = match &cli.command {
        None | Some(Command::Serve) => crate::serve(config),
        Some(Command::Admin(AdminCommand::Create(create))) => admin::create(&config, create),
        Some(Command::Healthcheck) => healthcheck::run(&config),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => fail(1, line),
    }
}

fn configuration(cli: &Cli) -> Result<Config, String> {
    let dotenv = match std::fs::read_to_string(".env") {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(format!(".env cannot be read ({error}): make it readable for this user, or move it")),
    };
    let mut config = Config::load(cli, |name| std::env::var(name).ok(), &dotenv)?;
    let built = Path::new("frontend/dist");
    if !IS_EMBEDDED && config.spa_dir.is_none() && built.join("index.html").is_file() {
        config.spa_dir = Some(PathBuf::from(built));
    }
    Ok(config)
}

fn fail(code: u8, line: impl Display) -> ExitCode {
    // A closed stderr must not turn the exit code into a panic.
    let _ = writeln!(std::io::stderr(), "aichat: {line}");
    ExitCode::from(code)
}
