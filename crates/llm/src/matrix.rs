//! Every protocol shows every behaviour in a recording of that name, and means the same by it.

use crate::replay::recordings;
use std::path::Path;

/// The behaviours, and a line that their events have in every protocol.
const BEHAVIOURS: &[(&str, &str)] = &[
    ("text", "text \"Hello\"\ntext \", 世界 🎉\"\n"),
    ("reasoning", "\ntext \"4\"\n"),
    ("tools", "begins: weather "),
    ("parallel-tools", "call 1 begins: g "),
    ("refusal", "stop "),
    ("length", "stop Length\n"),
    ("content-filter", "stop ContentFilter\n"),
    ("error-in-stream", "text \"So far\"\n"),
    ("usage-last", "usage "),
    ("usage-early", "usage "),
    ("usage-absent", "stop End\n"),
    ("empty", "stop End\n"),
    ("unknown-events", "stop End\n"),
    ("malformed", "error provider.malformed"),
    ("cut", "error provider.cut"),
    ("whole", "\ntext \""),
    ("whole-error", "error provider."),
    ("page", "error provider.not_a_stream"),
];

/// What a protocol cannot show, because it has no such thing.
const ABSENT: &[(&str, &str)] = &[
    // Local models decline in words; nobody inspects them.
    ("ollama", "refusal"),
    ("ollama", "content-filter"),
    // The counts come with the last line or not at all.
    ("ollama", "usage-early"),
    // The counts are part of the event that ends the answer.
    ("openai_responses", "usage-early"),
];

/// The five readers; Azure shares one with Chat Completions.
const PROTOCOLS: &[&str] = &["openai_chat", "openai_responses", "anthropic", "gemini", "ollama"];

/// The events of the recording of a behaviour, from its snapshot.
fn events(protocol: &str, behaviour: &str) -> Option<String> {
    let stem = |path: &Path| path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
    let recording = recordings(protocol).into_iter().find(|path| stem(path).as_deref() == Some(behaviour))?;
    let snapshot = format!("{}.snap", recording.display());
    Some(std::fs::read_to_string(snapshot).expect("a snapshot"))
}

#[test]
fn every_protocol_shows_every_behaviour() {
    for protocol in PROTOCOLS {
        for (behaviour, line) in BEHAVIOURS {
            let is_absent = ABSENT.contains(&(protocol, behaviour));
            match events(protocol, behaviour) {
                Some(events) => assert!(!is_absent && events.contains(line), "{protocol} {behaviour}: {events}"),
                None => assert!(is_absent, "{protocol} has no recording of {behaviour}"),
            }
        }
    }
}

#[test]
fn text_and_calls_never_follow_the_stop() {
    for protocol in PROTOCOLS.iter().chain(&["azure"]) {
        for recording in recordings(protocol) {
            let snapshot = std::fs::read_to_string(format!("{}.snap", recording.display())).expect("a snapshot");
            let last = snapshot.trim_end().lines().last().expect("a line");
            assert!(last.starts_with("stop ") || last.starts_with("error "), "{}: {last}", recording.display());
            let ends = snapshot.lines().filter(|line| line.starts_with("stop ") || line.starts_with("error ")).count();
            assert_eq!(ends, 1, "{}", recording.display());
        }
    }
}
