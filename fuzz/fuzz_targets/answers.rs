//! Answers in the five readers' protocols. The first byte chooses the reader, the second the content type; the next ones are
//! the lengths of the pieces in which the rest arrives.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::cell::LazyCell;
use tokio::runtime::{Builder, Runtime};

/// How many bytes are lengths.
const LENGTHS: usize = 8;

thread_local! {
    static RUNTIME: LazyCell<Runtime> =
        LazyCell::new(|| Builder::new_current_thread().enable_time().build().expect("a runtime"));
}

fuzz_target!(|data: &[u8]| {
    let Some((head, bytes)) = data.split_at_checked(2 + LENGTHS) else { return };
    let (reader, kind) = (usize::from(head[0]), usize::from(head[1]));
    RUNTIME.with(|runtime| runtime.block_on(llm::fuzzing::answer(reader, kind, bytes, &head[2..])));
});
