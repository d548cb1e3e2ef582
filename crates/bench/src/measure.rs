//! The run: start the servers, make every load against each of them in turns, print the table.

use crate::aichat::AiChat;
use crate::args::Args;
use crate::endpoint::Endpoint;
use crate::loads::{self, Burst};
use crate::machine::{self, Scratch};
use crate::metric::Metric;
use crate::mock::Mock;
use crate::plan::Plan;
use crate::process::{anonymous_mib, cpu_seconds};
use crate::report::{self, Report};
use crate::stats::percentile;
use crate::stream::Stream;
use crate::subject::{Kind, Subject};
use anyhow::{Result, ensure};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Pause before a look at idle memory, and between loads.
const SETTLE: Duration = Duration::from_secs(1);
/// Requests before those that count.
const WARM_UP: usize = 20;
/// Requests that make the data which is present at a timed start.
const FILL: usize = 100;

/// Measures everything and prints it.
pub(crate) async fn run(args: &Args) -> Result<()> {
    let plan = Plan::new(args.quick);
    machine::ensure_open_files(plan.open_files())?;
    let busy = machine::busy();
    // Declared first, dropped last: the servers are gone before their data is removed.
    let scratch = Scratch::new(&args.data_dir)?;
    let sync = machine::disk_sync(&scratch.0)?;
    let mut subjects = start(args, &plan, &scratch.0).await?;
    for subject in &mut subjects {
        progress(&format!("{}: starts and memory", subject.name()));
        at_rest(subject, &plan).await?;
    }
    let provider = subjects[0].endpoint().await?;
    for subject in &mut subjects {
        progress(&format!("{}: programs that leave", subject.name()));
        leaves(subject, &provider, &plan).await?;
    }
    for round in 1..=plan.rounds {
        for subject in &mut subjects {
            progress(&format!("{}: round {round} of {}", subject.name(), plan.rounds));
            under_load(subject, &plan).await?;
        }
    }
    for subject in &mut subjects {
        if let Some(many) = plan.many {
            progress(&format!("{}: {} streams", subject.name(), many.streams));
            let (streams, _) = burst(subject, many).await?;
            count_failures(subject, Metric::ManyFailed, &streams);
        }
    }
    let report = Report { subjects: &subjects, sync, busy, quick: args.quick };
    report::print(&report)?;
    args.json.as_deref().map_or(Ok(()), |path| report::write_json(&report, path))
}

async fn start(args: &Args, plan: &Plan, data: &Path) -> Result<Vec<Subject>> {
    let mut mock = Mock::new(&args.mock, args.mock_port)?;
    mock.restart().await?;
    let model_url = mock.base_url();
    let mut subjects = vec![Subject::new(Kind::Direct(mock))];
    if let Some(binary) = &args.aichat {
        progress("aichat: setting up");
        let mut aichat = AiChat::new(binary, data, model_url)?;
        aichat.restart().await?;
        aichat.set_up(&plan.models()).await?;
        subjects.push(Subject::new(Kind::AiChat(Box::new(aichat))));
    }
    if let Some(url) = &args.target_url {
        let endpoint = Endpoint::openai(url, &args.target_key)?;
        subjects.push(Subject::new(Kind::Target(endpoint, args.target_pid)));
    }
    Ok(subjects)
}

/// Start-up time and memory, each on a process that has done nothing else.
async fn at_rest(subject: &mut Subject, plan: &Plan) -> Result<()> {
    let streams = loads::one_at_a_time(&subject.endpoint().await?, FILL, plan.alone_tokens).await?;
    ensure_works(subject, &streams)?;
    for _ in 0..plan.starts {
        let seconds = subject.restart().await?;
        subject.figures.add(Metric::Start, seconds);
        let seconds = subject.first_start().await?;
        subject.figures.add(Metric::FirstStart, seconds);
    }
    sleep(SETTLE).await;
    let Some(pid) = subject.pid() else { return Ok(()) };
    let idle = anonymous_mib(pid)?;
    let endpoint = subject.endpoint().await?;
    let held = loads::hold(&endpoint, plan.held, plan.held_tokens, || anonymous_mib(pid)).await?;
    subject.figures.add(Metric::MemoryIdle, idle);
    subject.figures.add(Metric::MemoryStreams, (held - idle) * 1000.0 / f64::from(plan.held));
    subject.restart().await?;
    Ok(())
}

/// How soon the fake model is hung up on. Another server's model is not known.
async fn leaves(subject: &mut Subject, provider: &Endpoint, plan: &Plan) -> Result<()> {
    if matches!(subject.kind, Kind::Target(..)) {
        return Ok(());
    }
    let endpoint = subject.program_endpoint().await?;
    for (metric, model) in [Metric::LeaveFlowing, Metric::LeaveSilent].into_iter().zip(&plan.left) {
        subject.figures.add(metric, loads::leave(&endpoint, provider, model, plan.leaves).await?);
    }
    Ok(())
}

/// A server that cannot do the simplest thing is not measured.
fn ensure_works(subject: &Subject, streams: &[Stream]) -> Result<()> {
    let fault = streams.iter().find_map(|stream| stream.failure.as_deref());
    ensure!(fault.is_none(), "{} fails: {}", subject.name(), fault.unwrap_or_default());
    Ok(())
}

async fn under_load(subject: &mut Subject, plan: &Plan) -> Result<()> {
    alone(subject, plan).await?;
    paced(subject, plan.paced).await?;
    flat(subject, plan.flat).await?;
    programs(subject, plan.steady).await
}

async fn alone(subject: &mut Subject, plan: &Plan) -> Result<()> {
    let endpoint = subject.endpoint().await?;
    loads::one_at_a_time(&endpoint, WARM_UP, plan.alone_tokens).await?;
    let before = cpu(subject)?;
    let streams = loads::one_at_a_time(&endpoint, plan.alone, plan.alone_tokens).await?;
    let used = spent(before, cpu(subject)?);
    ensure_works(subject, &streams)?;
    let first: Vec<f64> = streams.iter().filter_map(Stream::first_token_ms).collect();
    subject.figures.add(Metric::FirstTokenAlone, percentile(&first, 50.0));
    subject.figures.add(Metric::CpuRequest, used.map(|seconds| seconds * 1e3 / plan.alone as f64));
    Ok(())
}

async fn paced(subject: &mut Subject, load: Burst) -> Result<()> {
    let before = cpu(subject)?;
    let (streams, rate) = burst(subject, load).await?;
    let used = spent(before, cpu(subject)?);
    let first: Vec<f64> = streams.iter().filter_map(Stream::first_token_ms).collect();
    let late: Vec<f64> = streams.iter().flat_map(|stream| stream.lateness_ms(load.tokens.rate)).collect();
    let delays: Vec<f64> = streams.iter().flat_map(|stream| stream.delays_ms(load.tokens.rate)).collect();
    let figures = &mut subject.figures;
    figures.add(Metric::FirstTokenBurst50, percentile(&first, 50.0));
    figures.add(Metric::FirstTokenBurst99, percentile(&first, 99.0));
    figures.add(Metric::Late50, percentile(&late, 50.0));
    figures.add(Metric::Late99, percentile(&late, 99.0));
    figures.add(Metric::Delay50, percentile(&delays, 50.0));
    figures.add(Metric::Delay99, percentile(&delays, 99.0));
    figures.add(Metric::BurstRate, rate);
    figures.add(Metric::CpuToken, used.map(|seconds| seconds * 1e6 / late.len().max(1) as f64));
    count_failures(subject, Metric::BurstFailed, &streams);
    Ok(())
}

async fn flat(subject: &mut Subject, load: Burst) -> Result<()> {
    let (streams, rate) = burst(subject, load).await?;
    subject.figures.add(Metric::FlatRate, rate);
    count_failures(subject, Metric::FlatFailed, &streams);
    Ok(())
}

async fn programs(subject: &mut Subject, load: Burst) -> Result<()> {
    sleep(SETTLE).await;
    let streams = loads::burst(&subject.program_endpoint().await?, load).await?;
    let first: Vec<f64> = streams.iter().filter_map(Stream::first_token_ms).collect();
    subject.figures.add(Metric::Program50, percentile(&first, 50.0));
    subject.figures.add(Metric::Program99, percentile(&first, 99.0));
    count_failures(subject, Metric::ProgramFailed, &streams);
    Ok(())
}

/// Makes a burst and gives the tokens per second from the first request to the last token.
async fn burst(subject: &mut Subject, load: Burst) -> Result<(Vec<Stream>, Option<f64>)> {
    sleep(SETTLE).await;
    let streams = loads::burst(&subject.endpoint().await?, load).await?;
    let begin = streams.iter().map(|stream| stream.started).min();
    let end: Option<Instant> = streams.iter().filter_map(|stream| stream.arrivals.last().copied()).max();
    let tokens: usize = streams.iter().map(|stream| stream.arrivals.len()).sum();
    let rate = begin.zip(end).map(|(begin, end)| tokens as f64 / end.duration_since(begin).as_secs_f64());
    Ok((streams, rate))
}

fn count_failures(subject: &mut Subject, metric: Metric, streams: &[Stream]) {
    let failures: Vec<&str> = streams.iter().filter_map(|stream| stream.failure.as_deref()).collect();
    subject.figures.add(metric, failures.len() as f64);
    if let Some(first) = failures.first() {
        subject.remarks.push(format!("{} of {} streams failed, the first: {first}", failures.len(), streams.len()));
    }
}

fn cpu(subject: &Subject) -> Result<Option<f64>> {
    subject.pid().map(cpu_seconds).transpose()
}

fn spent(before: Option<f64>, after: Option<f64>) -> Option<f64> {
    before.zip(after).map(|(before, after)| after - before)
}

fn progress(what: &str) {
    eprintln!("bench: {what}");
}
