//! The log of this binary, as the lines that it writes. One log for all tests: a process has no second one.

use server::logging;
use std::io::{self, Write};
use std::sync::{LazyLock, Mutex, MutexGuard, Once};

static LINES: LazyLock<Mutex<Vec<String>>> = LazyLock::new(Mutex::default);

struct Tap;

impl Write for Tap {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line).into_owned();
        // At this level there are very many; those of requests and those that the canary listens for are kept.
        if text.contains("request_id=") && !text.contains("DEBUG") || crate::canary::matters(&text) {
            LINES.lock().expect("no test panics in here").push(text);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Starts the log, unless another test did.
pub(crate) fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| assert!(logging::init_to("trace", || Tap), "nobody else starts the log"));
}

/// What was logged so far.
pub(crate) fn lines() -> MutexGuard<'static, Vec<String>> {
    LINES.lock().expect("no test panics in here")
}

/// The lines of one request.
pub(crate) fn of_request(id: &str) -> Vec<String> {
    lines().iter().filter(|line| line.contains(id)).cloned().collect()
}
