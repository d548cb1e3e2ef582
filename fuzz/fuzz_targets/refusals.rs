//! Refusals: their codes, numbers and times to wait, and that none repeats the key.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((status, body)) = data.split_first_chunk::<2>() else { return };
    llm::fuzzing::refusal(300 + u16::from_le_bytes(*status) % 300, body);
});
