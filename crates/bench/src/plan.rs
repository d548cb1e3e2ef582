//! How large the loads are: those of the specification, or smaller ones for a quick look.

use crate::loads::Burst;
use crate::stream::Tokens;
use std::collections::BTreeSet;
use std::time::Duration;

/// The sizes of all loads.
pub(crate) struct Plan {
    /// Times that each load is made against each server.
    pub(crate) rounds: usize,
    /// Requests one at a time.
    pub(crate) alone: usize,
    /// What each of them answers.
    pub(crate) alone_tokens: Tokens,
    /// The 200 paced streams.
    pub(crate) paced: Burst,
    /// The 8 streams flat out.
    pub(crate) flat: Burst,
    /// Requests of programs below `/v1`, 50 a second.
    pub(crate) steady: Burst,
    /// Streams that are held open to see their memory.
    pub(crate) held: u32,
    /// What each of them answers, long enough to be open all the time.
    pub(crate) held_tokens: Tokens,
    /// Programs that leave before the end, one after another.
    pub(crate) leaves: usize,
    /// The model whose tokens flow meanwhile, and the one that is silent after two.
    pub(crate) left: [String; 2],
    /// Starts that are timed.
    pub(crate) starts: usize,
    /// The many streams; none in a quick look.
    pub(crate) many: Option<Burst>,
}

impl Plan {
    /// The loads of the specification, or smaller ones.
    pub(crate) fn new(quick: bool) -> Self {
        let burst = |streams, count, rate, seconds| {
            let (tokens, within) = (Tokens { count, rate }, Duration::from_secs(seconds));
            Burst { streams, tokens, within }
        };
        Self {
            rounds: if quick { 1 } else { 3 },
            alone: if quick { 100 } else { 500 },
            alone_tokens: Tokens { count: 20, rate: 0 },
            paced: burst(200, if quick { 50 } else { 200 }, 50, 1),
            flat: burst(8, if quick { 2_000 } else { 20_000 }, 0, 0),
            steady: burst(if quick { 100 } else { 500 }, 20, 0, if quick { 2 } else { 10 }),
            held: if quick { 200 } else { 1_000 },
            held_tokens: Tokens { count: 300, rate: 1 },
            leaves: if quick { 5 } else { 30 },
            left: [Tokens { count: 1_000, rate: 20 }.model(), "stall-after-2".to_owned()],
            starts: if quick { 1 } else { 5 },
            many: (!quick).then(|| burst(2_000, 100, 20, 2)),
        }
    }

    /// Every model that a load asks for.
    pub(crate) fn models(&self) -> Vec<String> {
        let tokens = [self.alone_tokens, self.paced.tokens, self.flat.tokens, self.steady.tokens, self.held_tokens];
        let all = tokens.into_iter().chain(self.many.map(|many| many.tokens)).map(Tokens::model);
        all.chain(self.left.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Files that a server must be able to open: two sockets for each stream, and some of its own.
    pub(crate) fn open_files(&self) -> u64 {
        let streams = self.many.map_or(self.held.max(self.paced.streams).max(self.steady.streams), |many| many.streams);
        u64::from(streams) * 2 + 200
    }
}
