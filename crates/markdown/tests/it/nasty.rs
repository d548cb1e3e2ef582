//! Text that nobody would write: no panic, safe HTML, the same however it arrives, and in bounded time.

use crate::safety::text_of;
use crate::support::{Numbers, is_prefix_stable, joined, streamed};
use markdown::{Document, render, to_plain};
use std::time::{Duration, Instant};

/// Pieces that texts are put together from.
const FRAGMENTS: &[&str] = &[
    "a",
    "word ",
    "中文",
    "，",
    "。",
    "“",
    "”",
    "：",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\t",
    "\r\n",
    "\r",
    "\0",
    "*",
    "**",
    "***",
    "~",
    "~~",
    "_",
    "`",
    "``",
    "```",
    "```\n",
    "```rust\n",
    "~~~\n",
    "    ",
    "- ",
    "+ ",
    "* ",
    "1. ",
    "2) ",
    "10. ",
    "> ",
    ">",
    "# ",
    "###",
    "---\n",
    "===\n",
    "***\n",
    "| ",
    "|",
    "|---|\n",
    "|:-:|\n",
    "| a | b |\n|---|---|\n",
    "[",
    "]",
    "](",
    "[a](",
    ")",
    "(",
    "![",
    "[x]: ",
    "[ ] ",
    "[x] ",
    "\\",
    "\\(",
    "\\)",
    "\\[",
    "\\]",
    "$",
    "$$",
    "$$\n",
    "x^2",
    "<",
    ">",
    "<br>",
    "<b>",
    "</b>",
    "<!--",
    "-->",
    "&amp;",
    "&#0;",
    "&",
    "https://a.example/b",
    "http://",
    "www.",
    "www.a.b",
    "<https://a.example>",
    "a@b.c",
    "🙂",
    "👩‍👩‍👧",
    "\u{202e}",
    "\u{200d}",
    "\u{feff}",
    "\u{fdd0}",
    "\u{fdd1}",
    "\u{fdd2}",
    "\u{fde5}",
    "\u{ffff}",
    "\u{10ffff}",
    "é",
    "e\u{301}",
    "ع",
    "ひ",
    "한",
    "　",
    "3",
    "5",
    "\"",
    "'",
    "=",
    "{",
    "}",
];

fn text(numbers: &mut Numbers, pieces: usize) -> String {
    (0..pieces).map(|_| *numbers.pick(FRAGMENTS)).collect()
}

#[test]
fn thousands_of_strange_texts_are_safe_and_the_same_in_any_pieces() {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for _ in 0..4000 {
        let length = 1 + numbers.below(40);
        let text = text(&mut numbers, length);
        let whole = render(&text);
        let html = joined(&whole);
        text_of(&html);
        let marks = |text: &str| text.contains(|c: char| ('\u{fdd0}'..='\u{fdef}').contains(&c));
        assert!(!marks(&html) || marks(&text), "{text:?}");
        let _ = to_plain(&text);
        let mut pieces = Vec::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(rest.ceil_char_boundary(1 + numbers.below(12)));
            pieces.push(piece);
            rest = more;
        }
        assert_eq!(streamed(pieces), whole, "{text:?}");
    }
}

#[test]
fn strange_texts_never_change_what_was_finished() {
    let mut numbers = Numbers(42);
    for _ in 0..600 {
        let text = text(&mut numbers, 30);
        is_prefix_stable(&format!("{text:?}"), &text);
    }
}

#[test]
fn strange_texts_are_safe_while_they_are_open() {
    let mut numbers = Numbers(7);
    for _ in 0..4000 {
        let mut document = Document::default();
        document.append(&text(&mut numbers, 12));
        text_of(&joined(document.blocks()));
    }
}

#[test]
fn long_repetition_takes_bounded_time_and_depth() {
    let deepest = |html: &str| {
        let (mut depth, mut deepest) = (0_i32, 0);
        for tag in html.split('<').skip(1) {
            let void = ["br", "hr", "input"].iter().any(|name| tag.starts_with(name));
            depth += if void {
                0
            } else if tag.starts_with('/') {
                -1
            } else {
                1
            };
            deepest = deepest.max(depth);
        }
        deepest
    };
    for fragment in FRAGMENTS {
        let text = fragment.repeat(10_000);
        let start = Instant::now();
        let html = joined(&render(&text));
        let mut document = Document::default();
        document.append(&text);
        let _ = document.blocks();
        let _ = to_plain(&text);
        assert!(start.elapsed() < Duration::from_secs(5), "{fragment:?}: {:?}", start.elapsed());
        assert!(deepest(&html) < 150, "{fragment:?}: {}", deepest(&html));
    }
}

#[test]
fn nesting_by_indentation_takes_bounded_time() {
    let stairs: String = (0..300).map(|depth| "  ".repeat(depth) + "- a\n").collect();
    let lazy = "- ".repeat(10_000) + "a\n" + &"b\n".repeat(10_000);
    let quotes = ">".repeat(10_000) + "a\n" + &"b\n".repeat(10_000);
    for text in [stairs, lazy, quotes] {
        let start = Instant::now();
        text_of(&joined(&render(&text)));
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }
}

#[test]
fn a_text_without_any_line_ending_is_cut_and_complete() {
    let text = "没有换行的长文，with some words. ".repeat(4000);
    let blocks = render(&text);
    assert!(blocks.len() > 1);
    let words = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    assert_eq!(words(&text_of(&joined(&blocks))), words(&text));
    let letters: Vec<char> = text.chars().collect();
    let pieces: Vec<String> = letters.chunks(97).map(|piece| piece.iter().collect()).collect();
    assert_eq!(streamed(pieces.iter().map(String::as_str)), blocks);
}

#[test]
fn long_lists_and_tables_are_cut_without_harm() {
    let list: String = (1..=3000).map(|number| format!("{number}. **第：**an item\n")).collect();
    let html = joined(&render(&list));
    assert_eq!(html.matches("<li>").count(), 3000);
    for start in html.split("<ol start=\"").skip(1) {
        let (number, _) = start.split_once('"').expect("a number");
        let before = html.split(&format!("<ol start=\"{number}\"")).next().unwrap_or_default();
        assert_eq!(before.matches("<li>").count() + 1, number.parse().expect("a number"));
    }
    let table = "| a | b |\n|---|---|\n".to_owned() + &"| 一 | two |\n".repeat(6000);
    let blocks = render(&table);
    assert_eq!((blocks.len(), blocks[0].html().matches("<tr>").count()), (1, 6001));
}
