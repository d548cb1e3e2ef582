//! The figures: what each one is, in which unit, and its target from the specification.

use crate::machine::Sync;

/// A figure. The order is that of the printed table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Metric {
    /// From sending a request to the first token of its answer; one request at a time on one connection. Median.
    FirstTokenAlone,
    /// The same while 200 streams run that began within a second. Median over the streams.
    FirstTokenBurst50,
    /// The same, 99th percentile.
    FirstTokenBurst99,
    /// Lateness of a token in those streams: arrival minus its place in the pace, the pace anchored at the stream's token
    /// that was least late. Median over all tokens.
    Late50,
    /// The same, 99th percentile.
    Late99,
    /// Delay of a token in those streams: arrival minus its place in the pace, the pace anchored at the request. Unlike the
    /// lateness it contains what delays all tokens alike, the wait for the first one included. Median over all tokens.
    Delay50,
    /// The same, 99th percentile.
    Delay99,
    /// Tokens of those streams per second, from the first request to the last token.
    BurstRate,
    /// Streams among them that failed, or in which a token was lost, doubled or out of order.
    BurstFailed,
    /// Tokens per second of 8 streams without a pace, from the first request to the last token.
    FlatRate,
    /// Streams among them that failed.
    FlatFailed,
    /// From sending a request of a program (`/v1/chat/completions`) to the first token of its answer, 50 requests a second.
    /// Median.
    Program50,
    /// The same, 99th percentile.
    Program99,
    /// Requests among them that failed.
    ProgramFailed,
    /// From a program that leaves while tokens flow to the moment at which the fake model is hung up on. The worst.
    LeaveFlowing,
    /// The same while the fake model is silent.
    LeaveSilent,
    /// Processor time of the server for a request with 20 tokens, one at a time.
    CpuRequest,
    /// Processor time of the server for a token of the 200 streams.
    CpuToken,
    /// Anonymous memory of the server after a start with data present.
    MemoryIdle,
    /// What 1,000 open streams add to that.
    MemoryStreams,
    /// From starting the process, with data present, to the first healthy answer.
    Start,
    /// The same in an empty directory: with the schema and the secrets that a first start makes.
    FirstStart,
    /// Streams that failed of 2,000 at 20 tokens per second.
    ManyFailed,
}

/// What a figure should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Target {
    /// At most this.
    AtMost(f64),
    /// At most this and the median disk sync.
    AtMostAndSync50(f64),
    /// At most this and the 99th percentile of the disk sync.
    AtMostAndSync99(f64),
    /// At most so much more than `direct`.
    MoreThanDirect(f64),
    /// At most so many times `direct`.
    TimesAtMost(f64),
    /// At least so many times `direct`.
    TimesAtLeast(f64),
    /// None: the figure explains another.
    Nothing,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) metric: Metric,
    /// Stable name in the JSON file.
    pub(crate) key: &'static str,
    pub(crate) label: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) target: Target,
}

const fn row(metric: Metric, key: &'static str, label: &'static str, unit: &'static str, target: Target) -> Row {
    Row { metric, key, label, unit, target }
}

/// The table of the specification, as far as a server alone can answer it.
pub(crate) const ROWS: &[Row] = &[
    row(Metric::FirstTokenAlone, "firstTokenAloneP50", "first token, alone, p50", "ms", Target::AtMostAndSync50(1.1)),
    row(
        Metric::FirstTokenBurst50,
        "firstToken200P50",
        "first token, 200 streams, p50",
        "ms",
        Target::AtMostAndSync50(1.0),
    ),
    row(
        Metric::FirstTokenBurst99,
        "firstToken200P99",
        "first token, 200 streams, p99",
        "ms",
        Target::AtMostAndSync99(4.0),
    ),
    row(Metric::Late50, "latenessP50", "lateness of a token, p50", "ms", Target::TimesAtMost(1.5)),
    row(Metric::Late99, "latenessP99", "lateness of a token, p99", "ms", Target::TimesAtMost(2.0)),
    row(Metric::Delay50, "delayP50", "delay of a token, p50", "ms", Target::Nothing),
    row(Metric::Delay99, "delayP99", "delay of a token, p99", "ms", Target::Nothing),
    row(Metric::BurstRate, "tokensPerSecond200", "tokens/s, 200 streams", "/s", Target::TimesAtLeast(0.99)),
    row(Metric::BurstFailed, "failed200", "failed of 200 streams", "", Target::AtMost(0.0)),
    row(Metric::FlatRate, "tokensPerSecond8Flat", "tokens/s, 8 streams flat out", "/s", Target::TimesAtLeast(0.2)),
    row(Metric::FlatFailed, "failed8Flat", "failed of 8 streams flat out", "", Target::AtMost(0.0)),
    row(Metric::Program50, "programFirstTokenP50", "first token, /v1 at 50/s, p50", "ms", Target::MoreThanDirect(0.5)),
    row(Metric::Program99, "programFirstTokenP99", "first token, /v1 at 50/s, p99", "ms", Target::MoreThanDirect(3.0)),
    row(Metric::ProgramFailed, "failedProgram", "failed of those", "", Target::AtMost(0.0)),
    row(Metric::LeaveFlowing, "leaveFlowing", "hung up after leaving, tokens flow", "ms", Target::AtMost(200.0)),
    row(Metric::LeaveSilent, "leaveSilent", "hung up after leaving, silence", "ms", Target::AtMost(2_000.0)),
    row(Metric::CpuRequest, "cpuRequest", "processor, 20-token request", "ms", Target::AtMost(1.5)),
    row(Metric::CpuToken, "cpuToken", "processor, paced token", "µs", Target::AtMost(25.0)),
    row(Metric::MemoryIdle, "memoryIdle", "memory, idle", "MiB", Target::AtMost(25.0)),
    row(Metric::MemoryStreams, "memory1000", "memory, 1,000 open streams", "MiB", Target::AtMost(40.0)),
    row(Metric::Start, "start", "start to healthy, data present", "s", Target::AtMost(0.03)),
    row(Metric::FirstStart, "firstStart", "start to healthy, empty dir", "s", Target::Nothing),
    row(Metric::ManyFailed, "failed2000", "failed of 2,000 streams", "", Target::AtMost(0.0)),
];

impl Target {
    /// Whether a figure meets it; none when that needs `direct` and there is none.
    pub(crate) fn is_met(self, value: f64, direct: Option<f64>, sync: Sync) -> Option<bool> {
        Some(match self {
            Self::AtMost(most) => value <= most,
            Self::AtMostAndSync50(most) => value <= most + sync.p50,
            Self::AtMostAndSync99(most) => value <= most + sync.p99,
            Self::MoreThanDirect(most) => value <= direct? + most,
            Self::TimesAtMost(times) => value <= times * direct?,
            Self::TimesAtLeast(times) => value >= times * direct?,
            Self::Nothing => return None,
        })
    }

    /// The target in words.
    pub(crate) fn words(self, sync: Sync) -> String {
        match self {
            Self::AtMost(most) => format!("≤ {most}"),
            Self::AtMostAndSync50(most) => format!("≤ {most} + sync {:.2}", sync.p50),
            Self::AtMostAndSync99(most) => format!("≤ {most} + sync {:.2}", sync.p99),
            Self::MoreThanDirect(most) => format!("≤ direct + {most}"),
            Self::TimesAtMost(times) => format!("≤ {times} ×"),
            Self::TimesAtLeast(times) => format!("≥ {times} ×"),
            Self::Nothing => String::new(),
        }
    }
}

impl Metric {
    /// Whether the worst round counts instead of the median: a failure is a failure, and a limit is one for all.
    pub(crate) fn takes_worst(self) -> bool {
        let failures = matches!(self, Self::BurstFailed | Self::FlatFailed | Self::ProgramFailed | Self::ManyFailed);
        failures || matches!(self, Self::LeaveFlowing | Self::LeaveSilent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_has_every_figure_once_and_in_order() {
        assert!(ROWS.is_sorted_by_key(|row| row.metric));
        let keys: BTreeSet<&str> = ROWS.iter().map(|row| row.key).collect();
        assert_eq!((ROWS.len(), keys.len()), (23, 23));
    }

    #[test]
    fn targets_compare_with_the_sync_or_with_direct() {
        let sync = Sync { p50: 0.5, p99: 2.0 };
        assert_eq!(Target::AtMostAndSync50(1.0).is_met(1.5, None, sync), Some(true));
        assert_eq!(Target::AtMostAndSync99(1.0).is_met(3.1, None, sync), Some(false));
        assert_eq!(Target::MoreThanDirect(0.5).is_met(0.8, Some(0.2), sync), Some(false));
        assert_eq!(Target::TimesAtMost(2.0).is_met(4.0, Some(2.0), sync), Some(true));
        assert_eq!(Target::TimesAtLeast(0.99).is_met(98.0, Some(100.0), sync), Some(false));
        assert_eq!(Target::TimesAtLeast(0.99).is_met(98.0, None, sync), None);
    }
}
