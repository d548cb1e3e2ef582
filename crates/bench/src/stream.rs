//! One streamed answer: when each token came, and whether all of them did, in order.

use crate::endpoint::{Endpoint, Heard};
use crate::http::Connection;
use anyhow::{Result, bail, ensure};
use shared::sse::{Decoder, Frame};
use std::time::{Duration, Instant};

/// An answer of numbered tokens, `w0 w1 …`, as the fake model gives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tokens {
    /// How many.
    pub(crate) count: usize,
    /// How many per second; 0 is flat out.
    pub(crate) rate: u32,
}

impl Tokens {
    /// The model that answers so.
    pub(crate) fn model(self) -> String {
        format!("tokens-{}-{}", self.count, self.rate)
    }
}

/// What became of a stream.
#[derive(Debug)]
pub(crate) struct Stream {
    /// When the request was sent.
    pub(crate) started: Instant,
    /// When each token came.
    pub(crate) arrivals: Vec<Instant>,
    /// Why it does not count, if it does not.
    pub(crate) failure: Option<String>,
}

impl Stream {
    /// From the request to the first token, in milliseconds.
    pub(crate) fn first_token_ms(&self) -> Option<f64> {
        self.arrivals.first().map(|first| millis(first.duration_since(self.started)))
    }

    /// The delay of each token, in milliseconds: its arrival minus its place in the pace that began with the request.
    pub(crate) fn delays_ms(&self, rate: u32) -> Vec<f64> {
        let place = |index: usize| index as f64 * 1000.0 / f64::from(rate.max(1));
        let arrivals = self.arrivals.iter().enumerate();
        arrivals.map(|(index, at)| millis(at.duration_since(self.started)) - place(index)).collect()
    }

    /// How late each token came, in milliseconds: its delay minus that of the token that was least late. A constant delay
    /// is no lateness (the time to the first token tells it); jitter is.
    pub(crate) fn lateness_ms(&self, rate: u32) -> Vec<f64> {
        let delays = self.delays_ms(rate);
        let least = delays.iter().copied().fold(f64::INFINITY, f64::min);
        delays.iter().map(|delay| delay - least).collect()
    }
}

/// A duration in milliseconds.
pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Reads the numbered tokens out of an answer.
#[derive(Default)]
struct Reader {
    arrivals: Vec<Instant>,
    /// The beginning of a token whose end has not come.
    open: String,
    ended: bool,
}

impl Reader {
    /// Counts the tokens of `text`. One that is not the next one is lost, doubled or out of order.
    fn text(&mut self, text: &str, at: Instant) -> Result<()> {
        self.open.push_str(text);
        let mut used = 0;
        while let Some(length) = self.open[used..].find(' ') {
            let word = &self.open[used..used + length];
            let number = word.strip_prefix('w').and_then(|number| number.parse().ok());
            ensure!(number == Some(self.arrivals.len()), "token {} came as {word:?}", self.arrivals.len());
            self.arrivals.push(at);
            used += length + 1;
        }
        self.open.drain(..used);
        Ok(())
    }

    fn frame(&mut self, frame: &Frame, endpoint: &Endpoint, at: Instant) -> Result<()> {
        match endpoint.hear(&frame.data) {
            Heard::Text(text) => self.text(&text, at),
            Heard::Failed(why) => bail!(why),
            Heard::End => {
                self.ended = true;
                Ok(())
            }
            Heard::Nothing => Ok(()),
        }
    }
}

/// Asks for `tokens` and reads the answer to its end, within `limit`.
pub(crate) async fn run(connection: &mut Connection, endpoint: &Endpoint, tokens: Tokens, limit: Duration) -> Stream {
    let request = endpoint.request(&tokens.model());
    let mut reader = Reader { arrivals: Vec::with_capacity(tokens.count), ..Reader::default() };
    let started = Instant::now();
    let read = tokio::time::timeout(limit, read(connection, endpoint, &request, &mut reader, || {})).await;
    let result = read.unwrap_or_else(|_| bail!("no end within {limit:?}")).and_then(|()| {
        ensure!(reader.arrivals.len() == tokens.count, "{} of {} tokens came", reader.arrivals.len(), tokens.count);
        Ok(())
    });
    Stream { started, arrivals: reader.arrivals, failure: result.err().map(|error| format!("{error:#}")) }
}

/// Asks for `tokens`, calls `first` once the first one is there, and reads on until the stream ends.
pub(crate) async fn hold(
    connection: &mut Connection,
    endpoint: &Endpoint,
    tokens: Tokens,
    first: impl FnOnce(),
) -> Result<()> {
    let request = endpoint.request(&tokens.model());
    read(connection, endpoint, &request, &mut Reader::default(), first).await
}

async fn read(
    connection: &mut Connection,
    endpoint: &Endpoint,
    request: &[u8],
    reader: &mut Reader,
    first: impl FnOnce(),
) -> Result<()> {
    connection.send(request).await?;
    let status = connection.head().await?;
    if status != 200 {
        bail!("status {status}: {}", String::from_utf8_lossy(&connection.body().await?));
    }
    let mut first = Some(first);
    let mut decoder = Decoder::default();
    while let Some((at, piece)) = connection.piece().await? {
        let mut result = Ok(());
        let pushed = decoder.push(piece, |frame| {
            if result.is_ok() {
                result = reader.frame(&frame, endpoint, at);
            }
        });
        ensure!(pushed.is_ok(), "an event is too long");
        result?;
        if !reader.arrivals.is_empty()
            && let Some(first) = first.take()
        {
            first();
        }
    }
    ensure!(reader.ended, "the stream ended without its last event");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(texts: &[&str]) -> (Result<()>, usize) {
        let mut reader = Reader::default();
        let result = texts.iter().try_for_each(|text| reader.text(text, Instant::now()));
        (result, reader.arrivals.len())
    }

    #[test]
    fn tokens_are_counted_however_they_are_put_together() {
        for texts in [&["w0 ", "w1 ", "w2 "][..], &["w0 w1 w2 "], &["w", "0", " w1", " w2", " "]] {
            let (result, count) = read_all(texts);
            assert!(result.is_ok() && count == 3, "{texts:?}");
        }
    }

    #[test]
    fn a_token_that_is_lost_doubled_or_out_of_order_is_found() {
        for texts in [&["w0 ", "w2 "], &["w0 ", "w0 "], &["w1 ", "w0 "], &["w0 ", " w1 "], &["w0 ", "x1 "]] {
            assert!(read_all(texts).0.is_err(), "{texts:?}");
        }
    }

    #[test]
    fn lateness_counts_from_the_token_that_was_least_late() {
        let started = Instant::now();
        let at = |ms| started + Duration::from_millis(ms);
        // Due every 20 ms; the second is least late, although the first came at once after a long wait.
        let stream = Stream { started, arrivals: vec![at(105), at(121), at(150)], failure: None };
        let late: Vec<f64> = stream.lateness_ms(50).iter().map(|ms| ms.round()).collect();
        assert_eq!(late, [4.0, 0.0, 9.0]);
        let delays: Vec<f64> = stream.delays_ms(50).iter().map(|ms| ms.round()).collect();
        assert_eq!(delays, [105.0, 101.0, 110.0]);
        assert_eq!(stream.first_token_ms().map(f64::round), Some(105.0));
    }
}
