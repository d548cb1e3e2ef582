//! Where to go when a provider does not answer: another key, another connection, the same one a little later, or nowhere.
//!
//! Pure. It is asked only while nothing of the answer was shown.

use crate::catalog::Route;
use llm::Error;
use shared::ErrorCode;
use std::time::Duration;

/// Most calls of a provider for one answer of a model.
const MAX_CALLS: usize = 6;
/// Longest wait that a person is made to sit through.
const MAX_WAIT: Duration = Duration::from_secs(20);

/// The ways to ask a model, and what became of them so far.
#[derive(Debug)]
pub(crate) struct Failover {
    /// The way that is being tried.
    at: usize,
    tried: Vec<bool>,
    calls: usize,
    waited: bool,
    refitted: bool,
    /// The way that may be asked again soonest, and how soon.
    soonest: Option<(Duration, usize)>,
    /// What the first way said that was only busy.
    busy: Option<Error>,
}

/// What to do about a failed call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Ask with another key of the same connection: the `number`th of `of`.
    Key { number: usize, of: usize },
    /// Ask at another connection.
    Connection,
    /// Ask again after a while.
    Wait(Duration),
    /// Ask again with less.
    Refit,
    /// Tell the person.
    GiveUp,
}

/// What a failure is about.
enum Fault {
    /// This key, or this moment.
    Key,
    /// The whole connection.
    Connection,
    /// What was asked: it was too much to read.
    Length,
    /// What was asked, or who pays: it would be the same everywhere.
    Asked,
}

fn fault(code: ErrorCode) -> Fault {
    match code {
        ErrorCode::ProviderUnauthorized
        | ErrorCode::ProviderForbidden
        | ErrorCode::ProviderRateLimited
        | ErrorCode::ProviderOverloaded
        | ErrorCode::ProviderServerError => Fault::Key,
        ErrorCode::ProviderDns
        | ErrorCode::ProviderRefused
        | ErrorCode::ProviderLoopbackInContainer
        | ErrorCode::ProviderUnreachable
        | ErrorCode::ProviderTls
        | ErrorCode::ProviderFakeIp
        | ErrorCode::ProviderProxy
        | ErrorCode::ProviderTimeout
        | ErrorCode::ProviderCut
        | ErrorCode::ProviderRegion
        | ErrorCode::ProviderModelNotFound => Fault::Connection,
        ErrorCode::ProviderContextLength => Fault::Length,
        _ => Fault::Asked,
    }
}

impl Failover {
    /// The first way of so many is being tried.
    pub(crate) fn new(ways: usize) -> Self {
        Self { at: 0, tried: vec![false; ways], calls: 1, waited: false, refitted: false, soonest: None, busy: None }
    }

    /// The way that is being tried.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The model is asked again with the results of its tools: every way may be tried anew.
    pub(crate) fn next_round(&mut self) {
        *self = Self { at: self.at, ..Self::new(self.tried.len()) };
    }

    /// What to do about this failure. `bound` says that the conversation is sealed by this connection's provider.
    pub(crate) fn next(&mut self, routes: &[Route], error: &Error, bound: bool) -> Next {
        self.remember(error);
        if self.calls == MAX_CALLS {
            return Next::GiveUp;
        }
        let next = match fault(error.code) {
            // An account without credit is not tried elsewhere. Where it was the second choice, the first one is left.
            Fault::Asked if error.code == ErrorCode::ProviderBalance => self.later(),
            Fault::Asked => return Next::GiveUp,
            Fault::Length if std::mem::replace(&mut self.refitted, true) => return Next::GiveUp,
            Fault::Length => Next::Refit,
            Fault::Key => self.elsewhere(routes, true, bound).unwrap_or_else(|| self.later()),
            Fault::Connection => self.elsewhere(routes, false, bound).unwrap_or_else(|| self.later()),
        };
        self.calls += usize::from(next != Next::GiveUp);
        next
    }

    /// Goes to the next way that was not tried, in the order of the catalogue: keys that rest are its last.
    fn elsewhere(&mut self, routes: &[Route], keys: bool, bound: bool) -> Option<Next> {
        let here = &routes[self.at].connection_id;
        let same = |at: usize| routes[at].connection_id == *here;
        for at in 0..routes.len() {
            // With its connection all its keys are out of reach.
            self.tried[at] |= at == self.at || (!keys && same(at));
        }
        let at = (0..routes.len()).find(|&at| !self.tried[at] && (same(at) || !bound))?;
        let of_connection: Vec<usize> = (0..routes.len()).filter(|&at| same(at)).collect();
        self.at = at;
        let number = of_connection.iter().position(|&key| key == at);
        Some(number.map_or(Next::Connection, |place| Next::Key { number: place + 1, of: of_connection.len() }))
    }

    /// Keeps how soon a way may be asked again, and what one said that is only busy.
    fn remember(&mut self, error: &Error) {
        if let Some(wait) = error.retry_after.filter(|wait| *wait <= MAX_WAIT)
            && self.soonest.is_none_or(|(soonest, _)| wait < soonest)
        {
            self.soonest = Some((wait, self.at));
        }
        if matches!(error.code, ErrorCode::ProviderRateLimited | ErrorCode::ProviderOverloaded) {
            self.busy.get_or_insert_with(|| error.clone());
        }
    }

    /// Waits once, for the way that said how soon it will do, if that is bearable.
    fn later(&mut self) -> Next {
        match self.soonest {
            Some((wait, at)) if !std::mem::replace(&mut self.waited, true) => {
                self.at = at;
                Next::Wait(wait)
            }
            _ => Next::GiveUp,
        }
    }

    /// What a person is told instead of this failure, where it is one of a key that nobody would miss if another one were
    /// not busy.
    pub(crate) fn instead_of(&self, error: &Error) -> Option<Error> {
        let dead = [ErrorCode::ProviderUnauthorized, ErrorCode::ProviderForbidden, ErrorCode::ProviderBalance];
        self.busy.clone().filter(|_| dead.contains(&error.code))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use async_trait::async_trait;
    use llm::{CompletionRequest, CompletionStream, ModelInfo, Provider};
    use std::sync::Arc;

    struct Nobody;

    #[async_trait]
    impl Provider for Nobody {
        async fn models(&self) -> Result<Vec<ModelInfo>, Error> {
            Ok(Vec::new())
        }

        async fn stream(&self, _: CompletionRequest) -> Result<CompletionStream, Error> {
            Err(Error::new(ErrorCode::ProviderEmpty))
        }
    }

    /// One route for each letter, which names the connection.
    pub(in crate::chat) fn routes(connections: &str) -> Vec<Route> {
        let route = |name: char| Route {
            connection_id: name.to_string().into(),
            connection: name.to_string(),
            key_id: None,
            model: "m".into(),
            model_id: "m".into(),
            facts: Arc::default(),
            parameters: Arc::default(),
            token_ratio: 1.0,
            interfaces: Arc::default(),
            provider: Arc::new(Nobody),
        };
        connections.chars().map(route).collect()
    }

    fn failed(code: ErrorCode) -> Error {
        Error::new(code)
    }

    #[test]
    fn a_refused_key_gives_way_to_the_next_one_and_then_to_another_connection() {
        let (routes, refused) = (routes("aaab"), failed(ErrorCode::ProviderUnauthorized));
        let mut failover = Failover::new(routes.len());
        let mut next = || {
            let next = failover.next(&routes, &refused, false);
            (next, failover.at())
        };
        assert_eq!(next(), (Next::Key { number: 2, of: 3 }, 1));
        assert_eq!(next(), (Next::Key { number: 3, of: 3 }, 2));
        assert_eq!(next(), (Next::Connection, 3));
        assert_eq!(next(), (Next::GiveUp, 3));
    }

    #[test]
    fn a_connection_out_of_reach_is_left_with_all_its_keys() {
        let routes = routes("aaba");
        let mut failover = Failover::new(routes.len());
        assert_eq!(failover.next(&routes, &failed(ErrorCode::ProviderDns), false), Next::Connection);
        assert_eq!(failover.at(), 2);
        assert_eq!(failover.next(&routes, &failed(ErrorCode::ProviderServerError), false), Next::GiveUp);
    }

    #[test]
    fn a_key_that_rests_comes_after_other_connections() {
        let (routes, busy) = (routes("aba"), failed(ErrorCode::ProviderOverloaded));
        let mut failover = Failover::new(routes.len());
        assert_eq!(failover.next(&routes, &busy, false), Next::Connection);
        assert_eq!(failover.next(&routes, &busy, false), Next::Connection);
        assert_eq!(failover.at(), 2);
        let mut bound = Failover::new(routes.len());
        assert_eq!(bound.next(&routes, &busy, true), Next::Key { number: 2, of: 2 });
    }

    #[test]
    fn what_would_be_the_same_everywhere_is_not_tried_elsewhere() {
        let routes = routes("ab");
        for code in [ErrorCode::ProviderBalance, ErrorCode::ProviderContentFiltered, ErrorCode::ProviderInvalidRequest]
        {
            assert_eq!(Failover::new(2).next(&routes, &failed(code), false), Next::GiveUp, "{code:?}");
        }
        let mut failover = Failover::new(2);
        assert_eq!(failover.next(&routes, &failed(ErrorCode::ProviderContextLength), false), Next::Refit);
        assert_eq!(failover.next(&routes, &failed(ErrorCode::ProviderContextLength), false), Next::GiveUp, "once");
    }

    #[test]
    fn a_full_house_is_waited_for_once_if_there_is_no_other_and_the_wait_is_short() {
        let limited = |seconds| Error {
            retry_after: Some(Duration::from_secs(seconds)),
            ..failed(ErrorCode::ProviderRateLimited)
        };
        let (alone, two) = (routes("a"), routes("aa"));
        assert_eq!(Failover::new(1).next(&alone, &limited(21), false), Next::GiveUp);
        assert_eq!(Failover::new(1).next(&alone, &failed(ErrorCode::ProviderRateLimited), false), Next::GiveUp);
        let mut failover = Failover::new(2);
        assert_eq!(failover.next(&two, &limited(3), false), Next::Key { number: 2, of: 2 });
        assert_eq!(failover.next(&two, &limited(3), false), Next::Wait(Duration::from_secs(3)));
        assert_eq!(failover.next(&two, &limited(3), false), Next::GiveUp);
    }

    #[test]
    fn a_dead_key_does_not_hide_that_a_good_one_is_only_busy() {
        let limited = |seconds| Error {
            retry_after: Some(Duration::from_secs(seconds)),
            ..failed(ErrorCode::ProviderRateLimited)
        };
        let routes = routes("aab");
        for dead in [ErrorCode::ProviderUnauthorized, ErrorCode::ProviderDns, ErrorCode::ProviderBalance] {
            let mut failover = Failover::new(3);
            assert_eq!(failover.next(&routes, &limited(9), false), Next::Key { number: 2, of: 2 });
            assert_eq!(failover.next(&routes, &limited(4), false), Next::Connection);
            assert_eq!(failover.next(&routes, &failed(dead), false), Next::Wait(Duration::from_secs(4)), "{dead:?}");
            assert_eq!(failover.at(), 1, "the one that is ready first");
        }
        let mut failover = Failover::new(2);
        let (long, dead) = (limited(60), failed(ErrorCode::ProviderUnauthorized));
        assert!(failover.instead_of(&dead).is_none());
        assert_eq!(failover.next(&routes[..2], &long, false), Next::Key { number: 2, of: 2 });
        assert_eq!(failover.next(&routes[..2], &dead, false), Next::GiveUp);
        let told = failover.instead_of(&dead).map(|error| error.code);
        assert_eq!(told, Some(ErrorCode::ProviderRateLimited), "a long wait is what the person must know of");
        assert!(failover.instead_of(&failed(ErrorCode::ProviderInvalidRequest)).is_none());
    }

    #[test]
    fn what_a_provider_sealed_stays_with_it_and_nobody_is_asked_for_ever() {
        let (two, many) = (routes("ab"), routes("aaaaaaaaaa"));
        let refused = failed(ErrorCode::ProviderServerError);
        assert_eq!(Failover::new(2).next(&two, &refused, true), Next::GiveUp);
        let mut failover = Failover::new(many.len());
        let calls = (1..).take_while(|_| failover.next(&many, &refused, false) != Next::GiveUp).count();
        assert_eq!(calls + 1, MAX_CALLS);
    }
}
