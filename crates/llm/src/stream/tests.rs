//! Patience, and what one read of the socket gives, with a paused clock and a protocol of one-word frames.

use super::*;
use crate::{StopReason, Timeouts};
use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::time::{Instant, advance};

/// `done`, `last` (only the formal end is missing), or text.
struct Plain {
    last: bool,
}

impl Mapper for Plain {
    const FRAMING: Framing = Framing::Events;

    fn frame(&mut self, frame: &Frame, out: &mut Queue) -> Result<Flow, Error> {
        match frame.data.as_str() {
            "done" => {
                self.last = true;
                self.end(out).map(|()| Flow::Done)
            }
            "last" => {
                self.last = true;
                Ok(Flow::Ending)
            }
            text => {
                out.push_back(Ok(CompletionEvent::Text(text.to_owned())));
                Ok(Flow::More)
            }
        }
    }

    fn whole(&mut self, _: &[u8], out: &mut Queue) -> Result<(), Error> {
        self.last = true;
        self.end(out)
    }

    fn end(&mut self, out: &mut Queue) -> Result<(), Error> {
        if !self.last {
            return Err(Error::new(ErrorCode::ProviderCut));
        }
        out.push_back(Ok(CompletionEvent::Stop(StopReason::End)));
        Ok(())
    }
}

type Sender = mpsc::UnboundedSender<Result<Bytes, Error>>;

fn open() -> (Sender, impl Stream<Item = Result<CompletionEvent, Error>> + Unpin) {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let body = futures_util::stream::poll_fn(move |cx| receiver.poll_recv(cx));
    let timeouts = Timeouts { first_byte: Duration::from_secs(300), idle: Duration::from_secs(180) };
    let late = Error::new(ErrorCode::ProviderTimeout).with("seconds", "300");
    let patience = Patience::new(Instant::now() + timeouts.first_byte, late, timeouts);
    (sender, Events::new(body, Plain { last: false }, "text/event-stream", patience))
}

fn send(sender: &Sender, text: &'static str) {
    sender.send(Ok(Bytes::from_static(text.as_bytes()))).expect("somebody reads");
}

fn text(text: &str) -> Option<Result<CompletionEvent, Error>> {
    Some(Ok(CompletionEvent::Text(text.to_owned())))
}

fn code(event: Option<Result<CompletionEvent, Error>>) -> ErrorCode {
    event.expect("an event").expect_err("an error").code
}

const STOP: Option<Result<CompletionEvent, Error>> = Some(Ok(CompletionEvent::Stop(StopReason::End)));

#[tokio::test(start_paused = true)]
async fn one_read_gives_all_its_events_without_waiting() {
    let (sender, mut events) = open();
    assert!(events.next().now_or_never().is_none());
    send(&sender, "data: a\n\ndata: b\n\ndata: c\n\nda");
    for expected in ["a", "b", "c"] {
        assert_eq!(events.next().now_or_never(), Some(text(expected)));
    }
    assert!(events.next().now_or_never().is_none());
    send(&sender, "ta: done\n\n");
    assert_eq!(events.next().now_or_never(), Some(STOP));
    assert_eq!(events.next().now_or_never(), Some(None));
}

#[tokio::test(start_paused = true)]
async fn a_first_token_that_does_not_come_is_a_timeout_comments_or_not() {
    let (sender, mut events) = open();
    for _ in 0..29 {
        send(&sender, ": still here\n\n");
        assert!(events.next().now_or_never().is_none());
        advance(Duration::from_secs(10)).await;
    }
    let started = Instant::now();
    assert_eq!(code(events.next().await), ErrorCode::ProviderTimeout);
    assert_eq!(started.elapsed().as_secs(), 10);
    assert_eq!(events.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn silence_amid_an_answer_is_a_stall_and_comments_are_no_silence() {
    let (sender, mut events) = open();
    advance(Duration::from_secs(200)).await;
    send(&sender, "data: a\n\n");
    assert_eq!(events.next().await, text("a"));
    for _ in 0..4 {
        advance(Duration::from_secs(170)).await;
        send(&sender, ": still here\n\n");
        assert!(events.next().now_or_never().is_none());
    }
    let silent_since = Instant::now();
    let error = events.next().await.expect("an event").expect_err("an error");
    assert_eq!((error.code, error.params["seconds"].as_str()), (ErrorCode::ProviderStalled, "180"));
    assert_eq!(silent_since.elapsed().as_secs(), 180);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_goes_on_with_comments_alone_ends_and_tokens_renew_its_time() {
    let (sender, mut events) = open();
    for _ in 0..3 {
        send(&sender, "data: a\n\n");
        assert_eq!(events.next().await, text("a"));
        for _ in 0..8 {
            advance(Duration::from_secs(100)).await;
            send(&sender, ": still here\n\n");
            assert!(events.next().now_or_never().is_none());
        }
    }
    let last_comment = Instant::now();
    let error = events.next().await.expect("an event").expect_err("an error");
    assert_eq!((error.code, error.params["seconds"].as_str()), (ErrorCode::ProviderStalled, "900"));
    assert_eq!(last_comment.elapsed().as_secs(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_complete_answer_does_not_wait_long_for_its_formal_end() {
    let (sender, mut events) = open();
    send(&sender, "data: a\n\ndata: last\n\n");
    assert_eq!(events.next().await, text("a"));
    let complete = Instant::now();
    assert_eq!(events.next().await, STOP);
    assert_eq!(complete.elapsed().as_secs(), 5);
    assert_eq!(events.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn what_breaks_after_a_complete_answer_does_not_matter() {
    let broken = || Err(Error::new(ErrorCode::ProviderUnreachable));
    let (sender, mut events) = open();
    send(&sender, "data: a\n\ndata: last\n\n");
    sender.send(broken()).expect("somebody reads");
    assert_eq!(events.next().await, text("a"));
    assert_eq!(events.next().await, STOP);

    let (sender, mut events) = open();
    send(&sender, "data: a\n\n");
    sender.send(broken()).expect("somebody reads");
    assert_eq!(events.next().await, text("a"));
    assert_eq!(code(events.next().await), ErrorCode::ProviderUnreachable);
    assert_eq!(events.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn the_rest_of_a_finished_answer_is_read_so_that_its_connection_lives() {
    let (sender, mut events) = open();
    send(&sender, "data: done\n\n");
    assert_eq!(events.next().await, STOP);
    drop(events);
    tokio::task::yield_now().await;
    send(&sender, "trailer");
    tokio::time::sleep(DRAIN_TIME + Duration::from_millis(10)).await;
    assert!(sender.is_closed(), "and not for ever");
}

#[tokio::test(start_paused = true)]
async fn dropping_an_unfinished_answer_ends_it_at_once() {
    let (sender, mut events) = open();
    send(&sender, "data: a\n\n");
    assert_eq!(events.next().await, text("a"));
    drop(events);
    assert!(sender.is_closed());
}
