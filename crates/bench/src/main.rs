//! Measures AIChat beside the fake model itself, on this machine, in one run: `bench --aichat BINARY --mock BINARY`.
//!
//! Every load is made twice, against the fake model (`direct`) and through AIChat, by the same client code, in turns; what
//! is printed are medians over the rounds, their ratio, and the target from the specification. [`metric`] defines each
//! figure. Everything stays on loopback; the servers are started here, on free ports and an own data directory, and
//! are ended by their process id however the run ends.

mod aichat;
mod args;
mod endpoint;
mod http;
mod loads;
mod machine;
mod measure;
mod metric;
mod mock;
mod plan;
mod process;
mod report;
mod stats;
mod stream;
mod subject;

use args::Args;
use clap::Parser as _;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

// One thread: the generator then takes at most one core, and its time stamps are in one order.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    // Either branch drops the servers, which ends them.
    let result = tokio::select! {
        result = measure::run(&args) => result,
        () = asked_to_end() => Err(anyhow::anyhow!("ended by a signal")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn asked_to_end() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
