//! `aichat doctor`: examines the installation and prints what was found.

use crate::config::Config;
use crate::doctor;
use crate::failure::Failure;
use clap::Args;
use shared::error::Language;
use std::io::Write as _;

/// Behind `aichat doctor --help`.
pub(super) const EXAMPLES: &str = "Examples:
  aichat doctor                                     beside the running server, or without one
  docker compose exec backend /usr/bin/aichat doctor
  docker compose run --rm --no-deps backend doctor  where the container restarts again and again
  aichat doctor --url https://chat.example.com      try this way in instead of PUBLIC_URL
  aichat doctor --json                              for programs

Each line is ok, warn or fail; what is not ok has a code and a remedy. Connections are really asked: each check costs a
few tokens. In a Chinese environment (LANG=zh_CN.UTF-8) the words are Chinese.

Exit codes: 0 nothing failed; 1 something did; 78 the configuration itself cannot be read.";

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// The way in from outside to try, with proxies and all [default: PUBLIC_URL]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// For programs: one JSON object
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(config: &Config, how: &DoctorArgs, language: Language) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("no threads can be started ({error})"))?;
    let report = runtime.block_on(doctor::examine(config, how.url.as_deref()));
    let text = if how.json { report.to_json(language) + "\n" } else { report.to_text(language) };
    let written = std::io::stdout().write_all(text.as_bytes());
    written.map_err(|error| format!("the report cannot be written ({error})"))?;
    if report.is_ok() { Ok(()) } else { Err(Failure::other("the report above names what failed and what to do")) }
}
