//! What was begun at the end of a growing text is ended or held back there, so that half-typed signs do not flash up.
//! Only what is drawn while the text grows depends on this, never what a finished text looks like.

use super::Pass;
use super::marks::{JOIN, Kind};

impl Pass<'_> {
    /// Code that is still being written, or backticks of which more may come.
    pub(super) fn open_code(&mut self, ticks: usize, inside: usize) {
        let code = self.source[inside..].trim_end();
        if code.is_empty() {
            self.at = self.source.len();
            return;
        }
        self.copy(ticks + code.len());
        if code.ends_with('`') {
            self.out.text.push(' ');
        }
        self.out.text.extend(std::iter::repeat_n('`', ticks));
        self.at = self.source.len();
    }

    /// Mathematics that is still being written.
    pub(super) fn open_math(&mut self, kind: Kind) {
        if self.rest()[2..].trim().is_empty() {
            self.at = self.source.len();
        } else {
            self.token(kind, self.rest().len());
        }
    }

    /// Keeps account of what is open, for a growing text.
    pub(super) fn note(&mut self, sign: u8, length: usize, (may_open, may_close): (bool, bool)) {
        let begun = self.begun.iter().rposition(|&run| run == (sign, length));
        match begun.filter(|_| may_close) {
            Some(index) => self.begun.truncate(index),
            None if may_open && length > 1 && self.begun.len() < 8 => self.begun.push((sign, length)),
            None => {}
        }
    }

    /// A link whose address is still being written shows its text.
    pub(super) fn half_link(&mut self) {
        if !self.rest().starts_with("](") || self.at < self.settled {
            return self.copy(1);
        }
        self.at = self.source.len();
        if let Some(opening) = self.out.text.rfind('[') {
            self.out.text.remove(opening);
            if self.out.text[..opening].ends_with('!') {
                self.out.text.remove(opening - 1);
            }
        }
    }

    /// Ends emphasis that is still open.
    pub(super) fn end_what_was_begun(&mut self) {
        let text = &mut self.out.text;
        text.truncate(text.trim_end().len());
        while let Some((sign, length)) = self.begun.pop() {
            let bare = text.trim_end_matches(JOIN).len();
            if text[..bare].ends_with(char::from(sign)) {
                text.truncate(bare - run_back(&text[..bare], sign).min(length));
                continue;
            }
            text.push(JOIN);
            text.extend(std::iter::repeat_n(char::from(sign), length));
        }
    }
}

fn run_back(text: &str, sign: u8) -> usize {
    text.bytes().rev().take_while(|&byte| byte == sign).count()
}

/// Whether a growing text ends in what may become `<br>`.
pub(super) fn is_half_break(rest: &str) -> bool {
    ["<", "<b", "<br", "<br ", "<br/", "<br /"].iter().any(|half| rest.eq_ignore_ascii_case(half))
}
