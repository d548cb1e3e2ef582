//! The clock, by what can be known without asking anybody: this program is not older than itself, and nothing was
//! stored in the future.

use super::words::Code;
use super::{Finding, Patient};
use crate::clock::Clock;
use crate::db::{Db, inspect, rfc3339};

/// No build of this program is older: 2025-11-01, in unix milliseconds.
const EARLIEST: i64 = 1_761_955_200_000;
/// Differences below this do no harm, in milliseconds.
const TOLERANCE: i64 = 60_000;

pub(super) async fn look(patient: &mut Patient<'_>, db: Option<&Db>) {
    let newest = match db {
        // A database that does not answer has its own line.
        Some(db) => inspect::newest(db.read()).await.ok().flatten(),
        None => None,
    };
    patient.add(judge(Clock::default().now(), newest));
}

fn judge(now: i64, newest: Option<i64>) -> Finding {
    let ahead = newest.filter(|newest| newest - now > TOLERANCE);
    let code = match ahead {
        _ if now < EARLIEST => Code::ClockPast,
        Some(_) => Code::ClockBehindData,
        None => Code::ClockOk,
    };
    Finding::new(code).with("now", rfc3339(now)).with("newest", ahead.map(rfc3339).unwrap_or_default())
}

/// Says that two clocks differ by more than does no harm: ours, and the one that stamped an answer (unix milliseconds).
pub(super) fn compare(url: &str, stamped: i64) -> Option<Finding> {
    let off = (stamped - Clock::default().now()).abs();
    (off > TOLERANCE).then(|| Finding::new(Code::ClockOffProxy).with("url", url).with("seconds", off / 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_this_program_or_behind_its_data_is_wrong() {
        let code = |now, newest| judge(now, newest).code().to_owned();
        assert_eq!(code(0, None), "clock.past");
        assert_eq!(code(EARLIEST, None), "clock.ok");
        assert_eq!(code(EARLIEST, Some(EARLIEST + 30_000)), "clock.ok", "within a minute");
        assert_eq!(code(EARLIEST, Some(EARLIEST + 90_000)), "clock.behind_data");
    }
}
