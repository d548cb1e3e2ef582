//! Runs as a tab hears of them: from their start, from the middle, with gaps, and across lost connections.

use super::{Heard, Place, Runs};
use crate::state::conversation::fixtures::{answer, delta, ended, part, run_event, snapshot, started};
use shared::events::{RunEvent, Status};
use shared::{AssistantMessage, MessageId};

fn place() -> Place {
    Place { run: "r".into(), session: "s".into(), message: "a".into() }
}

fn no_base(_: &MessageId) -> Option<AssistantMessage> {
    None
}

fn hear(runs: &mut Runs, events: &[RunEvent]) -> Vec<Heard> {
    events.iter().map(|event| runs.apply(event, no_base)).collect()
}

#[test]
fn a_run_is_followed_from_its_start_to_its_end() {
    let mut runs = Runs::default();
    let heard = hear(&mut runs, &[started("r", 0), part("r", 2), delta("r", 3, "hi")]);
    assert_eq!(heard, [Heard::Started(place()), Heard::Grew(place()), Heard::Grew(place())]);
    assert!(runs.working().contains(&"s".into()));
    assert_eq!(hear(&mut runs, &[ended("r", 4, "hi")]), [Heard::Ended { place: place(), intact: true }]);
    assert!(runs.working().is_empty());
}

#[test]
fn a_text_that_differs_from_the_stored_one_is_noticed() {
    let mut runs = Runs::default();
    hear(&mut runs, &[started("r", 0), part("r", 2), delta("r", 3, "hi")]);
    assert_eq!(hear(&mut runs, &[ended("r", 4, "hi!")]), [Heard::Ended { place: place(), intact: false }]);
}

#[test]
fn a_snapshot_opens_a_run_and_repetitions_are_nothing() {
    let mut runs = Runs::default();
    let heard = hear(&mut runs, &[snapshot("r", 7, "half"), delta("r", 7, "half"), delta("r", 8, " more")]);
    assert_eq!(heard[0], Heard::Started(place()));
    assert_eq!(runs.answer(&"a".into()).expect("live").text(), "half more");
}

#[test]
fn a_run_met_in_its_middle_is_a_gap() {
    assert_eq!(hear(&mut Runs::default(), &[delta("r", 5, "x")]), [Heard::Gap]);
}

#[test]
fn a_missing_event_is_a_gap() {
    let mut runs = Runs::default();
    hear(&mut runs, &[started("r", 0), part("r", 2)]);
    assert_eq!(hear(&mut runs, &[delta("r", 4, "x")]), [Heard::Gap]);
}

#[test]
fn what_comes_after_the_end_is_nothing() {
    let mut runs = Runs::default();
    hear(&mut runs, &[started("r", 0), part("r", 2), ended("r", 3, "")]);
    assert_eq!(hear(&mut runs, &[part("r", 2), snapshot("r", 2, "")]), [Heard::Nothing, Heard::Nothing]);
    assert!(runs.working().is_empty());
}

#[test]
fn a_stored_half_is_adopted_and_goes_on_after_its_number() {
    let mut runs = Runs::default();
    assert!(runs.adopt(&answer("a", Status::Streaming, "half", Some(("r", 5)))));
    hear(&mut runs, &[delta("r", 5, "half"), delta("r", 6, "!")]);
    assert_eq!(runs.answer(&"a".into()).expect("live").text(), "half!");
}

#[test]
fn an_older_stored_half_does_not_set_a_live_answer_back() {
    let mut runs = Runs::default();
    hear(&mut runs, &[snapshot("r", 7, "half and more")]);
    runs.adopt(&answer("a", Status::Streaming, "half", Some(("r", 5))));
    assert_eq!(runs.answer(&"a".into()).expect("live").text(), "half and more");
}

#[test]
fn what_is_missing_in_the_servers_list_has_ended() {
    let mut runs = Runs::default();
    hear(&mut runs, &[snapshot("r", 7, "half")]);
    let lost = runs.hello(&["other".into()]);
    assert_eq!((lost.len(), &lost[0].0, lost[0].1.text().as_str()), (1, &place(), "half"));
    assert!(runs.working().is_empty());
}

#[test]
fn a_half_adopted_after_the_servers_list_is_doubted() {
    let mut runs = Runs::default();
    runs.hello(&[]);
    assert!(!runs.adopt(&answer("a", Status::Streaming, "half", Some(("r", 5)))));
}

#[test]
fn a_continued_answer_keeps_its_earlier_parts() {
    let mut runs = Runs::default();
    let before = AssistantMessage::from(&answer("a", Status::Stopped, "one", None));
    assert_eq!(runs.apply(&started("r", 1), |_| Some(before)), Heard::Started(place()));
    runs.apply(
        &run_event("r", 2, shared::events::RunEventBody::PartStarted { index: 1, part: shared::Part::text("") }),
        no_base,
    );
    runs.apply(&run_event("r", 3, shared::events::RunEventBody::PartDelta { index: 1, text: " two".into() }), no_base);
    assert_eq!(runs.answer(&"a".into()).expect("live").text(), "one two");
}

#[test]
fn a_continued_answer_without_its_earlier_parts_is_a_gap() {
    assert_eq!(Runs::default().apply(&started("r", 1), no_base), Heard::Gap);
}
