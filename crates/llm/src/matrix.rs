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
    ("tools-of-the-provider", "text \"Found\"\n"),
];

/// What a protocol cannot show, and why.
const ABSENT: &[(&str, &str, &str)] = &[
    ("ollama", "refusal", "a local model declines in words"),
    ("ollama", "content-filter", "nobody inspects a local model"),
    ("ollama", "usage-early", "the counts come with the last line or not at all"),
    ("ollama", "tools-of-the-provider", "it runs no tools of its own"),
    ("openai_responses", "usage-early", "the counts are part of the event that ends the answer"),
    ("azure", "usage-early", "it is read as Chat Completions, where that is shown"),
    ("azure", "empty", "it is read as Chat Completions, where that is shown"),
    ("azure", "malformed", "it is read as Chat Completions, where that is shown"),
    ("azure", "page", "it is read as Chat Completions, where that is shown"),
    ("azure", "tools-of-the-provider", "it runs no tools of its own in this protocol"),
];

/// All of them. Azure shares a reader with Chat Completions, and has shapes of its own.
const PROTOCOLS: &[&str] = &["openai_chat", "openai_responses", "azure", "anthropic", "gemini", "ollama"];

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
            let absent = ABSENT.iter().find(|row| (row.0, row.1) == (*protocol, *behaviour)).map(|row| row.2);
            match (events(protocol, behaviour), absent) {
                (Some(events), None) => assert!(events.contains(line), "{protocol} {behaviour}: {events}"),
                (None, Some(why)) => assert!(!why.is_empty()),
                (Some(_), Some(why)) => panic!("{protocol} has {behaviour} after all, although {why}"),
                (None, None) => panic!("{protocol} has no recording of {behaviour}"),
            }
        }
    }
}

#[test]
fn tools_of_the_provider_are_no_calls_of_ours_and_lose_no_text() {
    for protocol in PROTOCOLS {
        let Some(events) = events(protocol, "tools-of-the-provider") else { continue };
        assert!(!events.contains("call ") && events.contains("stop End"), "{protocol}: {events}");
    }
}

#[test]
fn text_and_calls_never_follow_the_stop() {
    for protocol in PROTOCOLS {
        for recording in recordings(protocol) {
            let snapshot = std::fs::read_to_string(format!("{}.snap", recording.display())).expect("a snapshot");
            let last = snapshot.trim_end().lines().last().expect("a line");
            assert!(last.starts_with("stop ") || last.starts_with("error "), "{}: {last}", recording.display());
            let ends = snapshot.lines().filter(|line| line.starts_with("stop ") || line.starts_with("error ")).count();
            assert_eq!(ends, 1, "{}", recording.display());
        }
    }
}
