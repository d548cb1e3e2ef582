//! A server started by this run: its processor time, its memory, and its certain end. Linux only (`/proc`).

use crate::http::{Connection, encode};
use anyhow::{Context as _, Result, ensure};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Units of processor time in `/proc/<pid>/stat`: hundredths of a second on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;
/// How long a server may take to end by itself.
const STOP_LIMIT: Duration = Duration::from_secs(20);
/// Longest time until a server is healthy.
const HEALTHY_LIMIT: Duration = Duration::from_secs(20);
/// Pause between two questions whether it is.
const HEALTHY_PAUSE: Duration = Duration::from_micros(500);

/// A running server. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
}

impl Server {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let program = command.get_program().to_owned();
        let child = command.spawn().with_context(|| format!("{} does not start", program.display()))?;
        Ok(Self { child })
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Says when it ended by itself.
    pub(crate) fn ensure_alive(&mut self) -> Result<()> {
        let status = self.child.try_wait()?;
        ensure!(status.is_none(), "the server ended: {}", status.unwrap_or_default());
        Ok(())
    }

    /// Asks it to end and waits; after a while it is killed.
    pub(crate) async fn stop(mut self) -> Result<()> {
        let pid = self.pid().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().context("no `kill` command")?;
        let deadline = Instant::now() + STOP_LIMIT;
        while asked.success() && self.child.try_wait()?.is_none() && Instant::now() < deadline {
            sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks `path` again and again until the server answers 200.
pub(crate) async fn until_healthy(server: &mut Server, address: SocketAddr, path: &str) -> Result<()> {
    let question = encode("GET", path, None, None);
    let deadline = Instant::now() + HEALTHY_LIMIT;
    loop {
        server.ensure_alive()?;
        let status = ask(address, &question).await;
        if status.as_ref().is_ok_and(|status| *status == 200) {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "{path} is not healthy within {HEALTHY_LIMIT:?}: {status:?}");
        sleep(HEALTHY_PAUSE).await;
    }
}

async fn ask(address: SocketAddr, question: &[u8]) -> Result<u16> {
    let mut connection = Connection::open(address).await?;
    connection.send(question).await?;
    connection.head().await
}

/// Processor time that the process has used, in seconds.
pub(crate) fn cpu_seconds(pid: u32) -> Result<f64> {
    let stat = read(pid, "stat")?;
    parse_cpu(&stat).with_context(|| format!("/proc/{pid}/stat is not understood"))
}

/// Fields 14 and 15; counted from behind the name, which may contain anything.
fn parse_cpu(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(str::parse::<u64>);
    let (user, system) = (times.next()?.ok()?, times.next()?.ok()?);
    Some((user + system) as f64 / TICKS_PER_SECOND)
}

/// Memory of the process that no file backs, in MiB.
pub(crate) fn anonymous_mib(pid: u32) -> Result<f64> {
    let status = read(pid, "status")?;
    parse_memory(&status).with_context(|| format!("/proc/{pid}/status is not understood"))
}

fn parse_memory(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}

fn read(pid: u32, file: &str) -> Result<String> {
    let path = Path::new("/proc").join(pid.to_string()).join(file);
    std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_found_behind_any_name() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 9 9 20 0 1 0 5 1 1 1";
        assert_eq!(parse_cpu(stat), Some(3.0));
        assert!(cpu_seconds(std::process::id()).is_ok_and(|seconds| seconds >= 0.0));
    }

    #[test]
    fn anonymous_memory_is_read_in_mib() {
        assert_eq!(parse_memory("VmRSS:\t  9 kB\nRssAnon:\t    2048 kB\n"), Some(2.0));
        assert!(anonymous_mib(std::process::id()).is_ok_and(|mib| mib > 0.1));
    }

    #[tokio::test]
    async fn a_server_ends_when_asked_and_when_dropped() {
        let sleeper = || Server::start(Command::new("sleep").arg("60")).expect("sleeps");
        let gone = |pid: u32| !Path::new("/proc").join(pid.to_string()).exists();
        let mut server = sleeper();
        let pid = server.pid();
        server.ensure_alive().expect("alive");
        server.stop().await.expect("stops");
        assert!(gone(pid));
        let server = sleeper();
        let pid = server.pid();
        drop(server);
        assert!(gone(pid));
    }
}
