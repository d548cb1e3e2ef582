//! Events are numbered, kept and handed out so that every reader ends with the same answer.

use super::*;
use shared::{Part, RunEvent};

fn handle() -> RunHandle {
    let ids =
        RunIds { run: "r".into(), user: "u".into(), session: "s".into(), message: "m".into(), user_message: None };
    RunHandle::new(ids, AssistantMessage::default(), Arc::default())
}

fn delta(text: &str) -> RunEventBody {
    RunEventBody::PartDelta { index: 0, text: text.into() }
}

fn begin(run: &RunHandle) {
    run.emit(RunEventBody::Started {
        session_id: "s".into(),
        message_id: "m".into(),
        user_message_id: None,
        model: "ok".into(),
        parts_before: 0,
    });
    run.emit(RunEventBody::PartStarted { index: 0, part: Part::text("") });
}

/// Reads what is waiting and folds it the way a client does.
fn fold(receiver: &mut mpsc::Receiver<Bytes>, mut live: LiveAnswer) -> LiveAnswer {
    let mut decoder = shared::sse::Decoder::default();
    while let Ok(frame) = receiver.try_recv() {
        let take = |frame: shared::sse::Frame| {
            let event: RunEvent = serde_json::from_str(&frame.data).expect("an event");
            assert_eq!(frame.id, event.seq.to_string());
            live.apply(&event);
        };
        decoder.push(&frame, take).expect("short");
    }
    live
}

#[test]
fn a_frame_reads_as_the_event_it_was_made_from() {
    let bodies = [
        delta("\"quoted\" \n{"),
        RunEventBody::Completed(Box::default()),
        RunEventBody::Snapshot { message: Box::default() },
    ];
    for body in bodies {
        let frame = Frame::new(&"r".into(), 7, &body);
        let text = String::from_utf8(frame.data().to_vec()).expect("text");
        let data = text.strip_prefix("data: ").and_then(|data| data.strip_suffix("\n\n")).expect("one event");
        let event: RunEvent = serde_json::from_str(data).expect("an event");
        assert_eq!(event, RunEvent { run_id: "r".into(), seq: 7, body });
        assert!(frame.numbered().starts_with(b"id: 7\ndata: "));
    }
}

#[test]
fn every_reader_ends_with_the_same_answer_wherever_it_attached() {
    let run = handle();
    begin(&run);
    let mut early = run.subscribe(0, &"l".into());
    let mut half = None;
    for n in 0..200 {
        run.emit(delta(&format!("{n} ")));
        if n == 150 {
            half = Some((fold(&mut early, LiveAnswer::default()), run.seq()));
        }
    }
    let (seen, seq) = half.expect("half way");
    let mut late = run.subscribe(0, &"l".into());
    let mut again = run.subscribe(seq, &"l".into());
    run.emit(RunEventBody::Completed(Box::default()));
    assert_eq!(fold(&mut late, LiveAnswer::default()), run.live());
    assert_eq!(fold(&mut again, seen), run.live());
    assert!(run.subscribe(u64::MAX, &"l".into()).try_recv().is_err(), "nothing comes after the end");
    let mut after_the_end = run.subscribe(0, &"l".into());
    assert_eq!(fold(&mut after_the_end, LiveAnswer::default()), run.live(), "a snapshot, then the terminal event");
    assert!(run.ended.is_cancelled());
}

#[test]
fn a_reader_that_does_not_read_is_dropped_and_harms_nobody() {
    let run = handle();
    begin(&run);
    let slow = run.subscribe(0, &"slow".into());
    let mut quick = run.subscribe(0, &"quick".into());
    let mut seen = LiveAnswer::default();
    for n in 0..CHANNEL_FRAMES + 50 {
        run.emit(delta(&n.to_string()));
        seen = fold(&mut quick, seen);
    }
    assert_eq!(seen, run.live());
    assert_eq!(run.readers(), ["quick".into()], "the slow one is gone");
    assert_eq!(slow.len(), CHANNEL_FRAMES, "and finds what fitted");
}

#[test]
fn checkpoints_merge_growth_and_come_back_when_they_failed() {
    let run = handle();
    begin(&run);
    run.emit(delta("a"));
    run.emit(delta("b"));
    let first = run.take_unsaved().expect("something");
    assert_eq!((first.from_seq, first.to_seq), (1, 4));
    assert_eq!(first.bodies.len(), 3);
    assert!(run.take_unsaved().is_none());
    run.emit(delta("c"));
    run.restore_unsaved(first);
    let again = run.take_unsaved().expect("both");
    assert_eq!((again.from_seq, again.to_seq), (1, 5));
    let mut message = AssistantMessage::default();
    again.bodies.iter().for_each(|body| message.apply(body));
    assert_eq!(message.text(), "abc");
}

#[test]
fn what_another_server_stored_is_shown_as_wholes_and_ends_once() {
    let run = handle();
    begin(&run);
    let mut reader = run.subscribe(0, &"l".into());
    let mut live = run.live();
    live.message.parts[0].push_str("abc");
    run.show(live.clone());
    assert_eq!(reader.len(), 2, "it is no news");
    live.seq = 9;
    run.show(live.clone());
    let mut late = run.subscribe(3, &"l".into());
    live.message.status = Status::Stopped;
    live.seq = 10;
    run.show(live.clone());
    run.show(live.clone());
    assert_eq!(fold(&mut reader, LiveAnswer::default()), live);
    assert_eq!(fold(&mut late, LiveAnswer::at("r".into(), 3, AssistantMessage::default())), live);
    assert_eq!(fold(&mut run.subscribe(0, &"l".into()), LiveAnswer::default()), live);
    assert!(run.ended.is_cancelled());
}

#[test]
fn an_end_without_a_checkpoint_before_it_is_news_to_whoever_saw_the_begin() {
    let run = handle();
    begin(&run);
    let mut reader = run.subscribe(0, &"l".into());
    let status = Status::Interrupted;
    run.show(LiveAnswer::at("r".into(), 1, AssistantMessage { status, ..AssistantMessage::default() }));
    assert_eq!(fold(&mut reader, LiveAnswer::default()).message.status, status);
}

#[test]
fn readers_of_other_logins_can_be_closed() {
    let run = handle();
    begin(&run);
    let mut other = run.subscribe(2, &"a".into());
    let kept = run.subscribe(2, &"b".into());
    run.close_readers(|login| *login != "b".into());
    assert!(matches!(other.try_recv(), Err(mpsc::error::TryRecvError::Disconnected)));
    assert!(!kept.is_closed());
}
