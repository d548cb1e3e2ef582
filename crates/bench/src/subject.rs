//! One of the servers that are measured side by side, and what was measured of it.

use crate::aichat::AiChat;
use crate::endpoint::{Endpoint, Wire};
use crate::metric::Metric;
use crate::mock::Mock;
use crate::stats::median;
use anyhow::Result;
use std::collections::BTreeMap;

/// A server with its figures.
pub(crate) struct Subject {
    pub(crate) kind: Kind,
    pub(crate) figures: Figures,
    /// What went wrong, in words, for the reader of the table.
    pub(crate) remarks: Vec<String>,
}

/// Which server.
pub(crate) enum Kind {
    /// The fake model itself.
    Direct(Mock),
    /// AIChat in front of it.
    AiChat(Box<AiChat>),
    /// Another server, which runs already.
    Target(Endpoint, Option<u32>),
}

impl Subject {
    /// A server of which nothing was measured yet.
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, figures: Figures::default(), remarks: Vec::new() }
    }

    /// The head of its column.
    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            Kind::Direct(_) => "direct",
            Kind::AiChat(_) => "aichat",
            Kind::Target(..) => "target",
        }
    }

    /// Where its streams come from, with tokens that live long enough for a load.
    pub(crate) async fn endpoint(&mut self) -> Result<Endpoint> {
        match &mut self.kind {
            Kind::Direct(mock) => mock.endpoint(),
            Kind::AiChat(aichat) => {
                aichat.renew().await?;
                Ok(aichat.endpoint())
            }
            Kind::Target(endpoint, _) => Ok(endpoint.clone()),
        }
    }

    /// The same below `/v1`, where it speaks OpenAI's interface.
    pub(crate) async fn program_endpoint(&mut self) -> Result<Endpoint> {
        let endpoint = self.endpoint().await?;
        Ok(match self.kind {
            Kind::AiChat(_) => Endpoint { wire: Wire::OpenAi { base: "/v1".to_owned() }, ..endpoint },
            Kind::Direct(_) | Kind::Target(..) => endpoint,
        })
    }

    /// Its process, if it is known.
    pub(crate) fn pid(&self) -> Option<u32> {
        match &self.kind {
            Kind::Direct(mock) => mock.pid(),
            Kind::AiChat(aichat) => aichat.pid(),
            Kind::Target(_, pid) => *pid,
        }
    }

    /// Starts it again and says how many seconds that took; none for a server that is not ours to start.
    pub(crate) async fn restart(&mut self) -> Result<Option<f64>> {
        match &mut self.kind {
            Kind::Direct(mock) => Ok(Some(mock.restart().await?)),
            Kind::AiChat(aichat) => Ok(Some(aichat.restart().await?)),
            Kind::Target(..) => Ok(None),
        }
    }

    /// Starts one like it that has no data yet and says how many seconds that took; none for a server that keeps none.
    pub(crate) async fn first_start(&self) -> Result<Option<f64>> {
        match &self.kind {
            Kind::AiChat(aichat) => Ok(Some(aichat.first_start().await?)),
            Kind::Direct(_) | Kind::Target(..) => Ok(None),
        }
    }
}

/// For every figure one value per round.
#[derive(Debug, Default)]
pub(crate) struct Figures(BTreeMap<Metric, Vec<f64>>);

impl Figures {
    /// Adds the value of a round, if there is one.
    pub(crate) fn add(&mut self, metric: Metric, value: impl Into<Option<f64>>) {
        self.0.entry(metric).or_default().extend(value.into());
    }

    /// The figure over all rounds.
    pub(crate) fn get(&self, metric: Metric) -> Option<f64> {
        let values = self.0.get(&metric)?;
        if metric.takes_worst() { values.iter().copied().reduce(f64::max) } else { median(values) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_give_their_median_and_failures_the_worst() {
        let mut figures = Figures::default();
        for value in [3.0, 1.0, 2.0] {
            figures.add(Metric::FlatRate, value);
            figures.add(Metric::FlatFailed, value);
        }
        figures.add(Metric::CpuToken, None);
        assert_eq!(figures.get(Metric::FlatRate), Some(2.0));
        assert_eq!(figures.get(Metric::FlatFailed), Some(3.0));
        assert_eq!((figures.get(Metric::CpuToken), figures.get(Metric::Start)), (None, None));
    }
}
