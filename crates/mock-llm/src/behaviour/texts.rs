//! The words of the canned answers.

/// The answer of `ok`.
pub(super) const OK: &str = "**Hello!** This is a *short* answer with `code`, a list\n\n- one\n- two\n\nand 中文。";

/// Text that an end comes upon in the middle of a sentence.
pub(super) const CUT_OFF: &str = "The first reason is simple. The second reason is that";

/// Thoughts before an answer.
pub(super) const THOUGHTS: &str = "The person says something.\n\nA short answer is enough, 简短即可。";

/// The answer of `canned-zh`.
pub(super) const CANNED_ZH: &str = include_str!("../texts/canned-zh.md");

/// The answer of `canned-en`.
pub(super) const CANNED_EN: &str = include_str!("../texts/canned-en.md");
