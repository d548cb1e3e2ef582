//! Lists of models in all forms, and names of models.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| llm::fuzzing::models(data));
