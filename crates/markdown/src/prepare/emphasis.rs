//! Where a run of emphasis signs may open and close, by the characters beside it.

use crate::chars;

/// Whether a run between these characters would be refused by rules made for text with spaces.
pub(super) fn needs_join(before: Option<char>, after: Option<char>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    let spaced = before.is_whitespace() || after.is_whitespace();
    let punctuated = chars::is_punctuation(before) || chars::is_punctuation(after);
    !spaced && punctuated && (chars::is_east_asian(before) || chars::is_east_asian(after))
}

/// Whether a run between these characters may open and may close emphasis.
pub(super) fn flanks(before: Option<char>, after: Option<char>, joined: bool) -> (bool, bool) {
    let space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let sign = |c: Option<char>| c.is_some_and(chars::is_punctuation);
    let may_open = !space(after) && (joined || !sign(after) || space(before) || sign(before));
    let may_close = !space(before) && (joined || !sign(before) || space(after) || sign(after));
    (may_open, may_close)
}
