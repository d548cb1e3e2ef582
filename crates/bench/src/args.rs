//! The command line.

use clap::Parser;
use std::path::PathBuf;

/// Measures AIChat beside the fake model itself and prints every figure with its target.
#[derive(Debug, Parser)]
pub(crate) struct Args {
    /// The AIChat server to measure; without it only the fake model is measured.
    #[arg(long, value_name = "PATH")]
    pub(crate) aichat: Option<PathBuf>,
    /// The fake model server.
    #[arg(long, value_name = "PATH")]
    pub(crate) mock: PathBuf,
    /// Another server that speaks OpenAI Chat Completions and passes the model's name on to the fake model.
    #[arg(long, value_name = "URL", requires = "mock_port")]
    pub(crate) target_url: Option<String>,
    /// The key for it.
    #[arg(long, value_name = "KEY", default_value = "bench")]
    pub(crate) target_key: String,
    /// Its process, for processor time and memory.
    #[arg(long, value_name = "PID")]
    pub(crate) target_pid: Option<u32>,
    /// Port of the fake model, for servers that are configured to use it; otherwise a free one.
    #[arg(long, value_name = "PORT")]
    pub(crate) mock_port: Option<u16>,
    /// Directory in which the data of the measured server is made and removed; its disk counts.
    #[arg(long, value_name = "DIR", default_value_os_t = std::env::temp_dir())]
    pub(crate) data_dir: PathBuf,
    /// One round of smaller loads, to see whether everything works.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Where to write the figures as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}
