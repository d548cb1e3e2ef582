//! Realistic answers, in `tests/corpus`: what they look like, and that it does not matter how they arrive.

use crate::support::{is_prefix_stable, streamed};
use markdown::{Block, Options, render, render_with};
use std::fs;
use std::path::Path;

/// Name and text of every answer.
fn corpus() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut texts: Vec<_> = fs::read_dir(folder)
        .expect("the corpus")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| (name(&path), fs::read_to_string(&path).expect("a text")))
        .collect();
    texts.sort();
    texts
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Blocks as a snapshot shows them: kind and language, then the HTML.
fn shown(blocks: &[Block]) -> String {
    let block = |block: &Block| format!("-- {:?} {:?}\n{}\n", block.kind, block.lang, block.html());
    blocks.iter().map(block).collect()
}

#[test]
fn every_answer_looks_as_it_did() {
    let texts = corpus();
    assert!(texts.len() >= 14);
    for (name, text) in texts {
        insta::assert_snapshot!(name, shown(&render(&text)));
    }
}

#[test]
fn an_answer_cut_into_any_pieces_is_the_same() {
    for (name, text) in corpus() {
        let whole = render(&text);
        let letters: Vec<String> = text.chars().map(String::from).collect();
        for size in [1, 2, 3, 7, 16, 61, 500] {
            let pieces: Vec<String> = letters.chunks(size).map(<[String]>::concat).collect();
            assert_eq!(streamed(pieces.iter().map(String::as_str)), whole, "{name} in pieces of {size}");
        }
    }
}

#[test]
fn finished_blocks_never_change_while_an_answer_arrives() {
    for (name, text) in corpus() {
        is_prefix_stable(&name, &text);
    }
}

#[test]
fn windows_line_endings_make_no_difference_to_the_words() {
    for (name, text) in corpus() {
        let windows = markdown::to_plain(&text.replace('\n', "\r\n"));
        assert_eq!(windows.replace('\r', ""), markdown::to_plain(&text), "{name}");
    }
}

#[test]
fn kept_line_breaks_change_nothing_but_line_breaks() {
    let bare = |blocks: Vec<Block>| {
        let html: String = blocks.iter().map(Block::html).collect();
        html.replace("<br>", "").replace('\n', "")
    };
    for (name, text) in corpus() {
        assert_eq!(bare(render_with(&text, Options { hard_breaks: true })), bare(render(&text)), "{name}");
    }
}
