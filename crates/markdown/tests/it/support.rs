//! What the tests share.

use markdown::{Block, Document, render};

/// The HTML of all blocks of a text, one below the other.
pub(crate) fn html(text: &str) -> String {
    joined(&render(text))
}

/// The HTML of these blocks, one below the other.
pub(crate) fn joined(blocks: &[Block]) -> String {
    blocks.iter().map(Block::html).collect::<Vec<_>>().join("\n")
}

/// The blocks of a text that arrived in these pieces, finished.
pub(crate) fn streamed<'a>(pieces: impl IntoIterator<Item = &'a str>) -> Vec<Block> {
    let mut document = Document::default();
    for piece in pieces {
        document.append(piece);
    }
    document.finish();
    document.blocks().to_vec()
}

/// What is on the screen while a text is still growing.
pub(crate) fn open(text: &str) -> Vec<Block> {
    let mut document = Document::default();
    document.append(text);
    document.blocks().to_vec()
}

/// Lets a text arrive letter by letter, looking each time: blocks that were finished must never change, at most the
/// last one is open, and keys are unique.
pub(crate) fn is_prefix_stable(name: &str, text: &str) {
    let mut document = Document::default();
    let mut finished: Vec<Block> = Vec::new();
    for letter in text.chars() {
        document.append(letter.encode_utf8(&mut [0; 4]));
        let blocks = document.blocks();
        let closed = blocks.iter().take_while(|block| !block.open).count();
        assert!(blocks.len() - closed <= 1, "{name}: {blocks:?}");
        assert!(blocks.windows(2).all(|pair| pair[0].key < pair[1].key), "{name}: keys");
        assert!(
            closed >= finished.len() && blocks[..finished.len()] == finished[..],
            "{name}: {finished:?} {blocks:?}"
        );
        finished.extend_from_slice(&blocks[finished.len()..closed]);
    }
    document.finish();
    assert_eq!(document.blocks()[..finished.len()], finished[..], "{name}");
    assert_eq!(document.blocks(), render(text), "{name}");
}

/// A small generator of numbers that are always the same (xorshift).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}
