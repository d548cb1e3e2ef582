//! Tokens of one call, in buckets of time: few for a short answer, wider ones for a long one. Pure.

use shared::trace::{Stage, TraceEvent};

/// Width of a bucket at the beginning, in microseconds.
const WIDTH_US: u64 = 100_000;
/// Most buckets of a call; then pairs become one.
const MOST: usize = 128;

/// Buckets of one call.
#[derive(Debug)]
pub(super) struct Buckets {
    width: u64,
    list: Vec<Bucket>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bucket {
    from: u64,
    to: u64,
    chars: u64,
}

impl Default for Buckets {
    fn default() -> Self {
        Self { width: WIDTH_US, list: Vec::new() }
    }
}

impl Buckets {
    /// So many characters came at this moment.
    pub(super) fn add(&mut self, now: u64, chars: u64) {
        match self.list.last_mut().filter(|last| now < last.from.saturating_add(self.width)) {
            Some(last) => (last.to, last.chars) = (now, last.chars + chars),
            None => self.list.push(Bucket { from: now, to: now, chars }),
        }
        if self.list.len() > MOST {
            self.widen();
        }
    }

    fn widen(&mut self) {
        self.width *= 2;
        let merged = self.list.chunks(2).map(|pair| {
            let (first, last) = (pair[0], pair[pair.len() - 1]);
            Bucket { from: first.from, to: last.to, chars: pair.iter().map(|bucket| bucket.chars).sum() }
        });
        self.list = merged.collect();
    }

    /// The buckets as events of a call.
    pub(super) fn events(&self, call: u32) -> impl Iterator<Item = TraceEvent> {
        self.list.iter().map(move |bucket| TraceEvent {
            took: Some(bucket.to - bucket.from),
            call: Some(call),
            count: Some(bucket.chars),
            ..TraceEvent::new(Stage::Tokens, bucket.from)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_answer_has_fine_buckets() {
        let mut buckets = Buckets::default();
        for n in 0..20 {
            buckets.add(1_000 + n * 20_000, 3);
        }
        let events: Vec<_> = buckets.events(1).collect();
        assert_eq!(events.len(), 4);
        assert_eq!((events[0].at, events[0].took, events[0].count), (1_000, Some(80_000), Some(15)));
    }

    #[test]
    fn a_long_answer_has_few_and_loses_no_character() {
        let mut buckets = Buckets::default();
        for n in 0..100_000 {
            buckets.add(n * 20_000, 1);
        }
        let events: Vec<_> = buckets.events(2).collect();
        assert!(events.len() <= MOST, "{}", events.len());
        assert_eq!(events.iter().filter_map(|event| event.count).sum::<u64>(), 100_000);
        assert!(events.windows(2).all(|pair| pair[0].end() <= pair[1].at), "in order, none over the next");
    }
}
