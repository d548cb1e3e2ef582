//! A PostgreSQL server of our own for one test run: in a temporary folder, on a free loopback port, gone at the end
//! whatever happens. Durability is off, since nothing in it is worth keeping.

use crate::files::text;
use crate::process::{Outcome, because, command, find, read, run};
use crate::setup;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const OPTIONS: [&str; 6] = [
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    // Every test has a pool of its own, and a test that has ended gives its connections back only with the process.
    "max_connections=2000",
    "log_min_messages=fatal",
];

/// What the suites start.
const PROGRAMS: [&str; 5] = ["initdb", "postgres", "pg_ctl", "pg_isready", "createdb"];

/// A running server. Dropping it ends the server and removes its folder.
pub(super) struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    account: Option<(u32, u32)>,
    server: Option<Child>,
    port: u16,
}

impl Cluster {
    /// Creates and starts it.
    pub(super) fn start() -> Outcome<Self> {
        let programs = programs("postgres")?;
        let folder = std::env::temp_dir().join(format!("aichat-postgres-{}", std::process::id()));
        let mut cluster = Self { folder, programs, account: account()?, server: None, port: free_port()? };
        cluster.lay()?;
        cluster.launch()?;
        Ok(cluster)
    }

    /// The address for the tests.
    pub(super) fn url(&self) -> String {
        format!("postgres://aichat@127.0.0.1:{}/postgres", self.port)
    }

    fn lay(&self) -> Outcome<()> {
        let folder = &self.folder;
        fs::create_dir_all(folder).map_err(because(format!("cannot create {}", folder.display())))?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(because("cannot protect the folder"))?;
        if let Some((user, group)) = self.account {
            chown(folder, Some(user), Some(group)).map_err(because("cannot give PostgreSQL its folder"))?;
        }
        let mut initdb = self.program("initdb");
        initdb.args([
            "--username=aichat",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
            "--no-instructions",
        ]);
        run(initdb.arg("--pgdata").arg(self.data()).stdout(Stdio::null()))
    }

    fn launch(&mut self) -> Outcome<()> {
        let mut server = self.program("postgres");
        server.arg("-D").arg(self.data()).arg("-p").arg(self.port.to_string()).arg("-k").arg(&self.folder);
        for option in OPTIONS {
            server.args(["-c", option]);
        }
        self.server = Some(server.spawn().map_err(because("PostgreSQL does not start"))?);
        let asked = Instant::now();
        // The last line of this file is the server's own word for it.
        while !text(&self.data().join("postmaster.pid")).is_ok_and(|lines| lines.trim_end().ends_with("ready")) {
            if asked.elapsed() > Duration::from_secs(30) {
                return Err("PostgreSQL did not become ready within 30 seconds".into());
            }
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A program of PostgreSQL, under an account that it accepts: it refuses to run as root.
    fn program(&self, name: &str) -> Command {
        let mut program = command(self.programs.join(name));
        program.current_dir(&self.folder);
        if let Some((user, group)) = self.account {
            program.uid(user).gid(group);
        }
        program
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            // Whatever does not work here, the next step is the stronger one.
            let _ =
                run(self.program("pg_ctl").args(["stop", "--mode=immediate", "--silent", "--pgdata"]).arg(self.data()));
            let _ = server.kill();
            let _ = server.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The folder with `initdb`: on the `PATH`, or where Debian puts it. `phase` is the one that needs it.
pub(crate) fn programs(phase: &str) -> Outcome<PathBuf> {
    if let Some(folder) = installed() {
        return Ok(folder);
    }
    setup::install(&["postgresql"], &format!("or leave it out by --skip {phase}"))?;
    installed().ok_or_else(|| "the package postgresql brought no initdb".into())
}

fn installed() -> Option<PathBuf> {
    // Where the link leads: a machine may have links to some of the programs and not to others.
    let on_path = find("initdb").and_then(|file| Some(fs::canonicalize(file).ok()?.parent()?.to_path_buf()));
    let mut versions: Vec<_> = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().collect();
    versions.sort_by_key(|version| version.file_name().to_string_lossy().parse::<u32>().unwrap_or(0));
    let packaged = versions.into_iter().rev().map(|version| version.path().join("bin"));
    on_path.into_iter().chain(packaged).find(|folder| PROGRAMS.iter().all(|name| has(folder, name)))
}

fn has(folder: &Path, name: &str) -> bool {
    folder.join(name).is_file()
}

/// Whom to run as: root runs it as `postgres` or else `nobody`, everybody else as themselves.
fn account() -> Outcome<Option<(u32, u32)>> {
    if read(command("id").arg("-u"))? != "0" {
        return Ok(None);
    }
    let number = |flag, name| read(command("id").args([flag, name])).ok()?.parse().ok();
    let pair = |name| Some((number("-u", name)?, number("-g", name)?));
    let found = pair("postgres").or_else(|| pair("nobody"));
    found
        .map(Some)
        .ok_or_else(|| "PostgreSQL does not run as root, and there is neither `postgres` nor `nobody` here".into())
}

fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(because("no free port"))?;
    listener.local_addr().map(|address| address.port()).map_err(because("no free port"))
}
