//! The log of the server as an administrator follows it: what is shown, what waits while it is paused, and the connection.

use crate::api;
use crate::api::stream::{Abort, read};
use crate::state::load::Load;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::logs::{Level, LogEvent, LogLine, LogQuery};
use shared::sse::Decoder;
use shared::{ApiError, RequestId};
use std::collections::VecDeque;
use std::time::Duration;

/// Rows that are shown at most; the oldest go.
pub const MAX_ROWS: usize = 2_000;
/// How long typing has to pause before another selection is asked for.
const PAUSE: Duration = Duration::from_millis(200);
/// The wait before a connection that broke is made again.
const AGAIN: Duration = Duration::from_secs(2);

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The least grave lines; none for all.
    pub level: Option<Level>,
    /// A part of the text.
    pub text: String,
    /// The id of a request.
    pub request: String,
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A line of the log.
    Line(LogLine),
    /// So many lines are missing here.
    Gap(u64),
    /// From here on another server answers, or the same after a restart.
    Restart,
}

/// The plain state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogState {
    /// Whether it could be begun.
    pub load: Load,
    /// Whether the connection broke and is made again.
    pub is_lost: bool,
    /// Whether new rows wait until somebody goes on.
    pub is_paused: bool,
    /// What is shown.
    pub filter: Filter,
    rows: VecDeque<Row>,
    held: VecDeque<Row>,
    /// The number of the first row; every row has the next one.
    first: u64,
    /// Where the connection stood: which server, and its last line.
    server: Option<String>,
    last: u64,
    /// Number of the last question; what an earlier one brings is not wanted any more.
    asked: u64,
}

impl LogState {
    /// Begins a question and gives its number.
    pub fn ask(&mut self) -> u64 {
        self.asked += 1;
        self.asked
    }

    /// Begins anew with what is wanted now.
    pub fn restart(&mut self) {
        let Self { filter, asked, first, rows, .. } = std::mem::take(self);
        *self = Self { filter, asked, first: first + rows.len() as u64, ..Self::default() };
    }

    /// Takes in what the server says.
    pub fn apply(&mut self, event: LogEvent) {
        (self.load, self.is_lost) = (Load::Ready, false);
        match event {
            LogEvent::Began { server, .. } => {
                if self.server.as_ref().is_some_and(|known| *known != server) {
                    self.push(Row::Restart);
                    self.last = 0;
                }
                self.server = Some(server);
            }
            LogEvent::Lines { lines } => {
                for line in lines {
                    self.last = self.last.max(line.seq);
                    self.push(Row::Line(line));
                }
            }
            LogEvent::Lost { count } => self.push(Row::Gap(count)),
        }
    }

    /// The connection could not be made, or broke. Answers whether it is worth another try.
    pub fn fail(&mut self, error: Option<ApiError>) -> bool {
        match error {
            Some(error) if error.code != api::OFFLINE && error.code != api::UNEXPECTED => {
                self.load = Load::Failed(error);
                false
            }
            _ => {
                self.is_lost = true;
                true
            }
        }
    }

    /// Holds new rows back, or shows those that were.
    pub fn pause(&mut self, paused: bool) {
        self.is_paused = paused;
        if !paused {
            std::mem::take(&mut self.held).into_iter().for_each(|row| self.push(row));
        }
    }

    /// Empties the list; what comes is shown.
    pub fn clear(&mut self) {
        self.first += self.rows.len() as u64;
        self.rows.clear();
        self.held.clear();
    }

    /// How many rows wait.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// The keys of the rows in their order.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        (self.first..).take(self.rows.len()).map(|number| number.to_string()).collect()
    }

    /// The row with this key.
    #[must_use]
    pub fn row(&self, key: &str) -> Option<&Row> {
        let place = key.parse::<u64>().ok()?.checked_sub(self.first)?;
        self.rows.get(usize::try_from(place).ok()?)
    }

    /// Everything that is shown, as lines of text.
    #[must_use]
    pub fn text(&self) -> String {
        let line = |row: &Row| match row {
            Row::Line(line) => format!("{} {:5} {}\n", line.at, line.level.as_str().to_uppercase(), line.text),
            Row::Gap(count) => format!("… {count} …\n"),
            Row::Restart => "---\n".to_owned(),
        };
        self.rows.iter().map(line).collect()
    }

    /// What the next connection asks for.
    #[must_use]
    pub fn query(&self) -> LogQuery {
        let word = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        LogQuery {
            level: self.filter.level,
            text: word(&self.filter.text),
            request: word(&self.filter.request).map(RequestId),
            tail: None,
            after: Some(self.last).filter(|last| *last > 0),
            server: self.server.clone(),
        }
    }

    fn push(&mut self, row: Row) {
        let rows = if self.is_paused { &mut self.held } else { &mut self.rows };
        rows.push_back(row);
        if rows.len() > MAX_ROWS {
            rows.pop_front();
            self.first += u64::from(!self.is_paused);
        }
    }
}

/// The log as the interface reads it.
#[derive(Clone, Copy)]
pub struct Logs {
    /// The state; tracked.
    pub state: RwSignal<LogState>,
    abort: StoredValue<Abort, LocalStorage>,
}

impl Logs {
    /// Follows the log for as long as the caller lives.
    #[must_use]
    pub fn follow(filter: Filter) -> Self {
        let state = RwSignal::new(LogState { filter, ..LogState::default() });
        let logs = Self { state, abort: StoredValue::new_local(Abort::default()) };
        on_cleanup(move || logs.abort.with_value(Abort::abort));
        logs.begin();
        logs
    }

    /// Shows something else, once typing pauses.
    pub fn filter(self, filter: Filter) {
        if self.state.with_untracked(|state| state.filter == filter) {
            return;
        }
        self.state.update(|state| state.filter = filter);
        let Some(number) = self.state.try_update(LogState::ask) else { return };
        let ask = move || {
            if self.is_asked(number) {
                self.begin();
            }
        };
        set_timeout(ask, PAUSE);
    }

    /// Begins with what is kept of what is wanted now.
    pub fn begin(self) {
        self.abort.with_value(Abort::abort);
        let Some(number) = self.state.try_update(|state| {
            state.restart();
            state.ask()
        }) else {
            return;
        };
        self.connect(number);
    }

    /// Connects, reads to the end, and connects again.
    fn connect(self, number: u64) {
        let Some(query) = self.state.try_with_untracked(LogState::query) else { return };
        let abort = Abort::new();
        self.abort.set_value(abort.clone());
        spawn_local(async move {
            let failure = match api::logs::follow(&query, &abort).await {
                Ok(response) => {
                    let mut decoder = Decoder::default();
                    read(&response, |bytes| self.take(number, &mut decoder, bytes)).await;
                    None
                }
                Err(error) => Some(error),
            };
            if self.is_asked(number) && self.state.try_update(|state| state.fail(failure)) == Some(true) {
                set_timeout(
                    move || {
                        if self.is_asked(number) {
                            self.connect(number);
                        }
                    },
                    AGAIN,
                );
            }
        });
    }

    /// Takes in what arrived; answers whether more is wanted.
    fn take(self, number: u64, decoder: &mut Decoder, bytes: &[u8]) -> bool {
        if !self.is_asked(number) {
            return false;
        }
        let mut events: Vec<LogEvent> = Vec::new();
        let whole = decoder.push(bytes, |frame| events.extend(serde_json::from_str(&frame.data).ok()));
        if !events.is_empty() {
            self.state.try_update(|state| events.into_iter().for_each(|event| state.apply(event)));
        }
        whole.is_ok()
    }

    fn is_asked(self, number: u64) -> bool {
        self.state.try_with_untracked(|state| state.asked) == Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(from: u64, count: u64) -> LogEvent {
        let line = |seq| LogLine {
            seq,
            at: "2026-11-30T00:00:00.000Z".to_owned(),
            level: Level::Info,
            text: format!("line {seq}"),
            code: None,
            request_id: None,
        };
        LogEvent::Lines { lines: (from..from + count).map(line).collect() }
    }

    fn began(server: &str) -> LogEvent {
        LogEvent::Began { level: Level::Info, server: server.to_owned() }
    }

    #[test]
    fn rows_keep_their_keys_while_old_ones_go() {
        let mut state = LogState::default();
        state.apply(lines(1, 3));
        let key = state.keys()[2].clone();
        state.apply(lines(4, MAX_ROWS as u64 - 1));
        assert_eq!(state.keys().len(), MAX_ROWS);
        let Some(Row::Line(line)) = state.row(&key) else { panic!("it is still there") };
        assert_eq!((line.seq, state.row("0"), state.row("1").is_none()), (3, None, true));
    }

    #[test]
    fn what_comes_while_it_is_paused_is_shown_when_it_goes_on() {
        let mut state = LogState::default();
        state.apply(lines(1, 1));
        state.pause(true);
        state.apply(lines(2, 2));
        assert_eq!((state.keys().len(), state.held()), (1, 2));
        state.pause(false);
        assert_eq!((state.keys().len(), state.held()), (3, 0));
        state.clear();
        assert!(state.keys().is_empty() && state.text().is_empty());
        state.apply(lines(4, 1));
        assert_eq!(state.text(), "2026-11-30T00:00:00.000Z INFO  line 4\n");
    }

    #[test]
    fn a_new_connection_goes_on_where_the_old_one_stood_and_marks_another_server() {
        let mut state = LogState::default();
        state.apply(began("a"));
        state.apply(lines(1, 5));
        assert!(state.fail(None) && state.is_lost);
        assert_eq!((state.query().after, state.query().server.as_deref()), (Some(5), Some("a")));
        state.apply(began("b"));
        assert!(!state.is_lost);
        assert_eq!((state.query().after, state.keys().len()), (None, 6));
        assert_eq!(state.row(&state.keys()[5]), Some(&Row::Restart));
        state.restart();
        assert!(state.query() == LogQuery::default() && state.keys().is_empty());
    }

    #[test]
    fn a_refusal_is_told_and_an_outage_is_tried_again() {
        let mut state = LogState::default();
        assert!(state.fail(Some(api::offline())));
        let refused = ApiError { code: "auth.forbidden".to_owned(), ..ApiError::default() };
        assert!(!state.fail(Some(refused.clone())));
        assert_eq!(state.load, Load::Failed(refused));
    }
}
