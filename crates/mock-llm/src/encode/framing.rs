//! How frames are parted, in the styles that clients must understand.

use crate::act::Style;
use bytes::Bytes;
use serde_json::Value;

/// Writes Server-Sent Events.
#[derive(Clone, Copy)]
pub(super) struct Sse(pub(super) Style);

impl Sse {
    pub(super) fn field(self) -> &'static str {
        if self.0 == Style::NoSpace { "data:" } else { "data: " }
    }

    pub(super) fn end(self) -> &'static str {
        if self.0 == Style::Crlf { "\r\n\r\n" } else { "\n\n" }
    }

    fn line_end(self) -> &'static str {
        if self.0 == Style::Crlf { "\r\n" } else { "\n" }
    }

    /// A frame of data alone.
    pub(super) fn data(self, data: &str) -> Bytes {
        [self.field(), data, self.end()].concat().into()
    }

    /// A frame that names its event, which is the type of its data too.
    pub(super) fn event(self, data: &Value) -> String {
        let event = data["type"].as_str().unwrap_or_default();
        ["event: ", event, self.line_end(), self.field(), &data.to_string(), self.end()].concat()
    }

    pub(super) fn comment(self, text: &str) -> Bytes {
        [": ", text, self.end()].concat().into()
    }
}
