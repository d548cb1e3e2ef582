//! Thoughts between tags. The first bytes are the lengths of the pieces in which the text arrives, in characters.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((lengths, text)) = data.split_at_checked(4) else { return };
    llm::fuzzing::tags(&String::from_utf8_lossy(text), lengths);
});
