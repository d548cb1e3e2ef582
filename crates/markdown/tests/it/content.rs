//! Nothing that was written is lost: the text of the HTML is the text that was meant.

use crate::safety::text_of;
use crate::support::Numbers;
use markdown::{Block, render};

/// Inline Markdown and the text it shows.
const INLINE: &[(&str, &str)] = &[
    ("plain  words", "plain  words"),
    ("中文，标点。", "中文，标点。"),
    ("**注意：**请", "注意：请"),
    ("a *b* c", "a b c"),
    ("***三***", "三"),
    ("~~旧~~", "旧"),
    ("`x  <y> | **z**`", "x  <y> | **z**"),
    ("[文字](https://a.example/x)", "文字"),
    ("![alt](https://a.example/x.png)", "alt"),
    ("https://a.example/b_c_d", "https://a.example/b_c_d"),
    ("\\*escaped\\*", "*escaped*"),
    ("<b>raw</b>", "<b>raw</b>"),
    ("&copy; & \"quotes\" 'too'", "© & \"quotes\" 'too'"),
    ("\\(x_1 < y\\)", "x_1 < y"),
    ("2 * 3 * 4", "2 * 3 * 4"),
    ("3~5天", "3~5天"),
    ("🙂 emoji 👩‍💻", "🙂 emoji 👩‍💻"),
    ("price $5 and $6", "price $5 and $6"),
];

fn inline(numbers: &mut Numbers) -> (String, String) {
    let parts: Vec<_> = (0..1 + numbers.below(6)).map(|_| *numbers.pick(INLINE)).collect();
    let join =
        |part: fn(&(&'static str, &'static str)) -> &'static str| parts.iter().map(part).collect::<Vec<_>>().join(" ");
    (join(|part| part.0), join(|part| part.1))
}

/// A block of Markdown and the text it shows, elements run together.
fn block(numbers: &mut Numbers) -> (String, String) {
    let ((a, plain_a), (b, plain_b)) = (inline(numbers), inline(numbers));
    match numbers.below(8) {
        0 => (format!("## {a}"), plain_a),
        1 => (format!("> {a}\n>\n> {b}"), plain_a + &plain_b),
        2 => (format!("- {a}\n- {b}"), plain_a + &plain_b),
        3 => (format!("1. {a}\n   - {b}"), plain_a + &plain_b),
        4 => (format!("```x\n{a}\n\n  {b}\n```"), format!("{a}\n\n  {b}")),
        5 => (format!("$$\n{}\n$$", r"\frac{a}{b}"), r"\frac{a}{b}".to_owned()),
        6 => {
            let cell = |text: &str| text.replace(" | ", " \\| ");
            (format!("| {} | x |\n|---|---|\n| y | {} |", cell(&a), cell(&b)), format!("{plain_a}xy{plain_b}"))
        }
        _ => (format!("{a}\n{b}"), format!("{plain_a}\n{plain_b}")),
    }
}

fn shown(blocks: &[Block]) -> String {
    blocks.iter().map(|block| text_of(&block.html())).collect()
}

#[test]
fn the_text_of_generated_messages_is_complete_to_the_letter() {
    let mut numbers = Numbers(2024);
    for _ in 0..2000 {
        let blocks: Vec<_> = (0..1 + numbers.below(5)).map(|_| block(&mut numbers)).collect();
        let text = blocks.iter().map(|block| block.0.as_str()).collect::<Vec<_>>().join("\n\n");
        let expected: String = blocks.into_iter().map(|block| block.1).collect();
        assert_eq!(shown(&render(&text)), expected, "{text}");
    }
}

#[test]
fn no_letter_of_a_strange_text_is_lost() {
    let pieces = [
        "中",
        "文",
        "ひ",
        " ",
        "\n",
        "\n\n",
        "**",
        "*",
        "，",
        "：",
        "“",
        "”",
        "- ",
        "1. ",
        "> ",
        "# ",
        "    ",
        "[",
        "]",
        "(",
        ")",
        "[x]: ",
        "![",
        "\\",
        "\\(",
        "\\)",
        "\\[",
        "\\]",
        "$",
        "$$",
        "$$\n",
        "`中`",
        "~~文~~",
        "<",
        ">",
        "<b>",
        "<!-- ",
        "_",
        "---\n",
        "===\n",
        "https://a.example/",
        "www.a.example",
        "&",
        "&amp;",
        "<br>",
        "\t",
        "\u{fdd1}",
    ];
    let count = |text: &str| ["中", "文", "ひ"].map(|letter| text.matches(letter).count());
    let mut numbers = Numbers(99);
    for _ in 0..6000 {
        let text: String = (0..25).map(|_| *numbers.pick(&pieces)).collect();
        if !text.contains("](") {
            assert_eq!(count(&shown(&render(&text))), count(&text), "{text:?}");
        }
    }
}
