//! Times the drawing of a long answer: `cargo run --release -p markdown --example measure`.

#![expect(clippy::print_stdout, reason = "it reports to the person who runs it")]

use markdown::{Document, render};
use std::time::Instant;

const BYTES: usize = 200_000;

/// What each measured text repeats until it is long enough.
const TEXTS: [(&str, &str); 6] = [
    (
        "a mixed answer",
        "## 步骤\n\n**注意：**请先看 `cargo build`，详见https://a.example/b。It takes a minute or *two*, and \\(x_1\\) grows.\n\n\
         1. 第一步：打开文件\n2. 第二步：**“保存”**它\n   - nested\n\n```rust\nfn main() {\n    println!(\"hi\");\n}\n```\n\n\
         | a | b |\n|---|--:|\n| 一 | 2 |\n\n> quoted\n\n",
    ),
    ("one list", "- **第一：**an item of the list, with `code`\n"),
    ("one code block", "    let answer = compute(&input)?; // 注释\n"),
    ("one line", "没有换行的长文，with some words。"),
    ("one table", "| 名称 | value | **说明：**的 |\n"),
    ("unclosed brackets", "[![**a "),
];

fn main() {
    for (name, unit) in TEXTS {
        let opening = match name {
            "one code block" => "```rust\n",
            "one table" => "| a | b | c |\n|---|---|---|\n",
            _ => "",
        };
        let text = opening.to_owned() + &unit.repeat(BYTES / unit.len());
        let start = Instant::now();
        let blocks = render(&text).len();
        let whole = start.elapsed();
        let (streamed, slowest) = stream(&text);
        println!("{name}: {blocks} blocks, at once {whole:?}, streamed {streamed:?}, slowest frame {slowest:?}");
    }
}

/// Appends four characters at a time and reads the blocks after every sixteenth time; all of it, and the worst read.
fn stream(text: &str) -> (std::time::Duration, std::time::Duration) {
    let letters: Vec<char> = text.chars().collect();
    let pieces: Vec<String> = letters.chunks(4).map(|piece| piece.iter().collect()).collect();
    let start = Instant::now();
    let mut slowest = std::time::Duration::ZERO;
    let mut document = Document::default();
    for frame in pieces.chunks(16) {
        let begun = Instant::now();
        for piece in frame {
            document.append(piece);
        }
        std::hint::black_box(document.blocks());
        slowest = slowest.max(begun.elapsed());
    }
    document.finish();
    (start.elapsed(), slowest)
}
