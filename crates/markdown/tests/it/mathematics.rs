//! Mathematics is kept as its source.

use crate::support::{html, streamed};
use markdown::{BlockKind, Document, render};

fn sources(text: &str) -> Vec<String> {
    let source = |kind| match kind {
        BlockKind::Math { source } => Some(source),
        _ => None,
    };
    render(text).into_iter().filter_map(|block| source(block.kind)).collect()
}

#[test]
fn inline_mathematics_is_not_touched_by_markdown() {
    let span = |tex: &str| format!("<span class=\"math\" data-tex=\"{tex}\">{tex}</span>");
    for (text, expected) in [
        (r"设\(a_1 * b_1 * c\)为", format!("设{}为", span("a_1 * b_1 * c"))),
        (r"so $x_1^2$, and $y$.", format!("so {}, and {}.", span("x_1^2"), span("y"))),
        (r"若 \(a<b\) 则", format!("若 {} 则", span("a&lt;b"))),
        (r"**\(x\)**的", format!("<strong>{}</strong>的", span("x"))),
    ] {
        assert_eq!(html(text), format!("<p>{expected}</p>"), "{text}");
    }
    assert!(html("where $$x$$ is").contains("<span class=\"math math-display\" data-tex=\"x\">x</span>"));
}

#[test]
fn money_and_shell_variables_are_no_mathematics() {
    for text in ["$5 and $6", "花了$5，还剩$6", "US$5 = CN$36", "$HOME/$USER", "echo $PATH and $A_B", "$ 5 $"] {
        assert_eq!(html(text), format!("<p>{text}</p>"), "{text}");
    }
    assert_eq!(html(r"\\(x\\)"), r"<p>\(x\)</p>");
    assert_eq!(html("`$x$` and `\\(x\\)`"), "<p><code>$x$</code> and <code>\\(x\\)</code></p>");
}

#[test]
fn display_mathematics_is_a_block() {
    assert_eq!(sources("$$\na\n+ b\n= c\n$$"), ["a\n+ b\n= c"]);
    assert_eq!(sources(r"\[ x^2 \]"), ["x^2"]);
    assert_eq!(sources("如下：\n\\[\n- x\n\\]\n其中"), ["- x"]);
    assert_eq!(sources("因此 $$\nx\n$$"), ["x"]);
    assert_eq!(sources("$$x$$\n\n$$y$$"), ["x", "y"]);
    assert_eq!(sources("1. 第一步：\n$$\nx\n$$\n2. 第二步"), ["x"]);
    assert_eq!(html("$$\nx\n$$，其中"), "<div class=\"math math-display\" data-tex=\"x\">x</div>\n<p>，其中</p>");
}

#[test]
fn what_never_ends_is_text_again() {
    assert_eq!(html("$$ is the process id\n\n- a"), "<p>$$ is the process id</p>\n<ul><li>a</li></ul>");
    assert_eq!(html("\\[ open\n\nnext"), "<p>[ open</p>\n<p>next</p>");
    assert_eq!(html("$$"), "<p>$$</p>");
    assert_eq!(html("$$\n\n$$"), "<p>$$</p>\n<p>$$</p>");
}

#[test]
fn mathematics_inside_lists_and_quotes_is_kept() {
    let list = html("- so:\n  $$\n  a\n  + b\n  $$\n- next");
    assert!(list.contains("data-tex=\"a\n  + b\""), "{list}");
    assert_eq!(list.matches("<li>").count(), 2);
    assert!(html("> \\[\n> x\n> + y\n> \\]").contains("data-tex=\"x\n+ y\""));
}

#[test]
fn pipes_in_mathematics_do_not_split_cells() {
    let table = html("| a | b |\n|---|---|\n| $|x_1|$ | `p|q` |");
    assert!(table.contains("data-tex=\"|x_1|\""), "{table}");
    assert!(table.contains("<td><code>p|q</code></td>"), "{table}");
}

#[test]
fn mathematics_that_arrives_letter_by_letter_is_the_same() {
    let text = "前\n\n$$\na\n\n+ b\n$$ 后\n\\[ x\n\\]\n$y_1$ \\(z";
    let letters: Vec<String> = text.chars().map(String::from).collect();
    assert_eq!(streamed(letters.iter().map(String::as_str)), render(text));
}

#[test]
fn a_formula_that_is_still_written_says_so_and_a_finished_text_has_none() {
    let text = "Let \\(x^2\\) be $y_1$ and \\(z + 1\\).\n\n$$\na\n$$\n\n- $$b$$ and\n- \\[c\\]\n";
    for (end, _) in text.char_indices().chain([(text.len(), ' ')]) {
        let (mut growing, part) = (Document::default(), &text[..end]);
        growing.append(part);
        let drawn: String = growing.blocks().iter().map(|block| block.html().into_owned()).collect();
        let open = drawn.matches("math-open").count();
        assert!(open <= 1, "{part:?}: {drawn}");
        let sources = drawn.split("data-tex=").count() - 1;
        for tex in ["x^2", "y_1", "z + 1"].iter().take(sources - open) {
            assert!(drawn.contains(&format!("<span class=\"math\" data-tex=\"{tex}\"")), "{part:?}: {drawn}");
        }
        assert!(!html(part).contains("math-open"), "{part:?}");
    }
    let open = |text: &str| {
        let mut document = Document::default();
        document.append(text);
        document.blocks()[0].html().contains("math-open")
    };
    assert!(open("so \\(x") && open("$$\nx") && open("\\[ x"));
    assert!(!open("so \\(x\\)") && !open("$$\nx\n$$") && !open("\\[ x \\]"));
}
