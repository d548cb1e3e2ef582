//! What came of an answer before it said anything: of one that says nothing it is all there is to look at.

/// The beginning of an answer, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// How often something came.
    pub chunks: u64,
    /// How much, in bytes.
    pub bytes: u64,
    head: Vec<u8>,
}

impl Received {
    /// How much of it is kept, in bytes.
    pub const KEPT_BYTES: usize = 4 * 1024;

    pub(crate) fn push(&mut self, chunk: &[u8]) {
        self.chunks += 1;
        self.bytes += chunk.len() as u64;
        let room = Self::KEPT_BYTES - self.head.len();
        self.head.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }

    /// The first 4 KiB as text. They may hold secrets: whoever keeps or shows them takes those out.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.head).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_is_kept_and_the_rest_is_counted() {
        let mut received = Received::default();
        received.push(b"data: ");
        received.push(&[b'x'; 5_000]);
        received.push(b"end");
        assert_eq!((received.chunks, received.bytes), (3, 5_009));
        assert_eq!((received.text().len(), &received.text()[..8]), (Received::KEPT_BYTES, "data: xx"));
    }
}
