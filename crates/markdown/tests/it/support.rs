//! What the tests share.

use markdown::{Block, Document, render};

/// The HTML of all blocks of a text, one below the other.
pub(crate) fn html(text: &str) -> String {
    joined(&render(text))
}

/// The HTML of these blocks, one below the other.
pub(crate) fn joined(blocks: &[Block]) -> String {
    blocks.iter().map(|block| block.html.as_str()).collect::<Vec<_>>().join("\n")
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
