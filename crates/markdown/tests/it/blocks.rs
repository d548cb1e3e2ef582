//! Blocks: what they are, how they grow, and that finished ones stay as they are.

use crate::support::{html, joined, open};
use markdown::{Block, BlockKind, Document, Options, TextLang, render, render_with};

fn code(block: &Block) -> (&str, &str, bool) {
    match &block.kind {
        BlockKind::Code { language, source, closed } => (language, source, *closed),
        other => panic!("no code: {other:?}"),
    }
}

#[test]
fn a_fence_is_code_from_its_first_whole_line() {
    assert_eq!(open("text\n\n```ru").len(), 1);
    let blocks = open("text\n\n```rust\nlet x = 1;\n``");
    assert_eq!(code(&blocks[1]), ("rust", "let x = 1;", false));
    assert!(blocks[1].open);
    let blocks = open("```rust\nlet x = 1;\n```\n");
    assert_eq!(code(&blocks[0]), ("rust", "let x = 1;", true));
    assert_eq!(blocks[0].html(), "<pre><code class=\"language-rust\">let x = 1;</code></pre>");
}

#[test]
fn a_block_that_follows_another_becomes_it() {
    for text in ["```rust\nfn a() {}\n\n  b\r\n``` \n", "    x\n\n  y\n\nz", "`a` **b**\n```js\n```\n", "$$\nx\n$$\n"] {
        let mut document = Document::default();
        let mut shown: Vec<Block> = Vec::new();
        for c in text.chars() {
            document.append(c.encode_utf8(&mut [0; 4]));
            let blocks = document.blocks();
            for (shown, newer) in shown.iter_mut().zip(blocks) {
                let differs = shown != newer;
                assert_eq!(shown.follow(newer), differs, "{text}");
            }
            shown.extend(blocks.iter().skip(shown.len()).cloned());
            assert_eq!(shown[..blocks.len()], *blocks, "{text}");
            shown.truncate(blocks.len());
        }
    }
}

#[test]
fn code_is_kept_to_the_letter() {
    let blocks = render("  ~~~c++\n  a <b>\n    c\n\n\td\n~~~~\n");
    assert_eq!(code(&blocks[0]), ("c++", "a <b>\n  c\n\n\td", true));
    assert_eq!(code(&render("```\nunclosed **x**")[0]), ("", "unclosed **x**", false));
    assert_eq!(code(&render("```\r\na\r\nb\r\n```\r\n")[0]), ("", "a\nb", true));
    assert_eq!(code(&render("a\n\n    x\n\n      y\n\nb")[1]), ("", "x\n\n  y", true));
}

#[test]
fn tables_have_classes_and_a_box_to_scroll_in() {
    insta::assert_snapshot!(html("| 名称 | 价格 | x |\n|:--|--:|:-:|\n| **苹果：**好 | 3 | a\\|b |\n| 只有一格 |"), @r#"<div class="table-scroll" tabindex="0"><table><colgroup><col class="c1"><col class="c1"><col class="c1"></colgroup><thead><tr><th>名称</th><th class="ta-r">价格</th><th class="ta-c">x</th></tr></thead><tbody><tr><td><strong>苹果：</strong>好</td><td class="ta-r">3</td><td class="ta-c">a|b</td></tr><tr><td>只有一格</td><td class="ta-r"></td><td class="ta-c"></td></tr></tbody></table></div>"#);
}

#[test]
fn a_table_is_a_table_from_the_first_thing_that_is_seen_of_it() {
    for head in ["|", "| a", "| a |", "| a | b |", "| a | b |\n", "  | a | b |\n"] {
        assert_eq!(joined(&open(head)), "", "{head}");
        assert_eq!(joined(&open(&format!("So:\n\n{head}"))), "<p>So:</p>", "{head}");
        assert_eq!(joined(&open(&format!("So:\n{head}"))), "<p>So:</p>", "{head}");
    }
    for half in ["|", "|-", "|--", "|---|", "|---|--", "|---|---|", "| :-: | -"] {
        assert_eq!(joined(&open(&format!("| a | b |\n{half}"))), "", "{half}");
    }
    for half in ["", "| x", "| x | y |"] {
        assert_eq!(joined(&open(&format!("| a | b |\n|---|---|\n{half}"))), "", "{half}");
    }
    let (one, two) = ("| a | b |\n|---|---|\n| x | y |\n", "| a | b |\n|---|---|\n| x | y |\n| z | z |\n");
    assert_eq!(joined(&open(one)), html(one), "as wide as it stays");
    for half in ["| z", "| z | z |"] {
        assert_eq!(joined(&open(&format!("{one}{half}"))), html(one), "a row comes whole");
    }
    assert_eq!(joined(&open(two)), html(two));
    assert!(joined(&open("| a | b |\n|---|---|\n\n")).contains("<table>"), "a head without rows");
    assert!(joined(&open("| a | b |\n|---|---|\nno")).contains("<td>no</td>"));
    let long = format!("{one}| {}", "long ".repeat(60));
    assert!(joined(&open(&long)).contains("long long"), "nobody waits for a very long one");
}

#[test]
fn text_that_only_begins_like_a_table_is_shown_when_it_is_known() {
    assert_eq!(joined(&open("|x| is never negative.\nSo")), "<p>|x| is never negative.\nSo</p>");
    assert_eq!(joined(&open("| a |\n\n")), "<p>| a |</p>");
    let long = format!("|x| {}", "is never negative ".repeat(20));
    assert_eq!(joined(&open(&long)), format!("<p>{}</p>", long.trim_end()));
}

#[test]
fn half_typed_signs_do_not_flash_up() {
    for (text, shown) in [
        ("说**重", "<p>说<strong>重</strong></p>"),
        ("说**", "<p>说</p>"),
        ("说**重点*", "<p>说<strong>重点</strong></p>"),
        ("**注意：", "<p><strong>注意：</strong></p>"),
        ("a ~~b", "<p>a <del>b</del></p>"),
        ("run `ls -", "<p>run <code>ls -</code></p>"),
        ("run `", "<p>run</p>"),
        ("see [docs](https://a.exa", "<p>see docs</p>"),
        ("see ![cat](https://a.exa", "<p>see cat</p>"),
        ("so \\(x_1", "<p>so <span class=\"math math-open\" data-tex=\"x_1\">x_1</span></p>"),
        ("a <br", "<p>a</p>"),
        ("text\n-", "<p>text</p>"),
        ("text\n``", "<p>text</p>"),
    ] {
        assert_eq!(joined(&open(text)), shown, "{text}");
    }
    for text in ["#", "##", "-", "- ", "1.", "> ", "```", "|", "**", "$$"] {
        assert_eq!(open(text), [], "{text}");
    }
    assert_eq!(html("说**重"), "<p>说**重</p>");
}

#[test]
fn dashes_below_a_paragraph_are_a_rule() {
    assert_eq!(html("text\n---\n### Next"), "<p>text</p>\n<hr>\n<h3>Next</h3>");
    assert_eq!(html("> text\n> ---\n> more"), "<blockquote><p>text</p><hr><p>more</p></blockquote>");
    assert_eq!(html("- text\n  ---\n-\n"), "<ul><li>text<hr></li><li></li></ul>");
    assert_eq!(html("text\n--\n-"), "<p>text<br>\n--<br>\n-</p>");
    assert_eq!(html("text\n==="), "<h1>text</h1>");
}

#[test]
fn raw_html_is_text_and_only_a_break_is_honoured() {
    assert_eq!(html("a<br>b<BR/>c<br />d"), "<p>a<br>\nb<br>\nc<br>\nd</p>");
    assert_eq!(
        html("<div onclick=\"x\">\n**b**\n</div>"),
        "<p>&lt;div onclick=&quot;x&quot;&gt;\n<strong>b</strong><br>\n&lt;/div&gt;</p>"
    );
    assert_eq!(html("- <details>\n  x"), "<ul><li>&lt;details&gt;\nx</li></ul>");
    assert_eq!(html("用Vec<String>吧 <!-- c -->"), "<p>用Vec&lt;String&gt;吧 &lt;!-- c --&gt;</p>");
}

#[test]
fn line_breaks_are_kept_where_people_expect_them() {
    assert_eq!(html("one\ntwo"), "<p>one\ntwo</p>");
    assert_eq!(html("床前明月光，\n疑是地上霜。"), "<p>床前明月光，<br>\n疑是地上霜。</p>");
    assert_eq!(html("**床前**\n**明月**"), "<p><strong>床前</strong><br>\n<strong>明月</strong></p>");
    assert_eq!(html("1.安装依赖\n2.配置\nHello"), "<p>1.安装依赖<br>\n2.配置<br>\nHello</p>");
    let options = Options { hard_breaks: true };
    assert_eq!(joined(&render_with("one\ntwo", options)), "<p>one<br>\ntwo</p>");
}

#[test]
fn the_language_follows_the_text_of_each_block() {
    let of = |text: &str| render(text).iter().map(|block| block.lang).collect::<Vec<_>>();
    assert_eq!(of("English\n\n中文 with some words"), [TextLang::Latin, TextLang::Latin]);
    assert_eq!(of("请运行 `cargo build --release --target x`，见https://a.example/very/long"), [TextLang::Han]);
    assert_eq!(of("这是中文，with English"), [TextLang::Han]);
}

#[test]
fn lists_go_on_across_blank_lines_and_end_with_unindented_text() {
    assert_eq!(render("- a\n\n  b\n\n- c\n\nend").len(), 2);
    assert_eq!(render("1. a\n   ```sh\n   x\n   ```\n2. b\n\n1) other").len(), 2);
    assert_eq!(html("3. c\n4. d"), "<ol start=\"3\"><li>c</li><li>d</li></ol>");
    assert_eq!(
        html("- [x] a\n- [ ] b"),
        "<ul><li class=\"task\"><input type=\"checkbox\" disabled checked> a</li>\
         <li class=\"task\"><input type=\"checkbox\" disabled> b</li></ul>"
    );
}

#[test]
fn a_text_that_replaces_another_has_new_keys() {
    let mut document = Document::default();
    document.set("one\n\ntwo");
    let before: Vec<u64> = document.blocks().iter().map(|block| block.key).collect();
    document.set("one\n\ntwo and\n\nthree");
    assert_eq!(document.blocks().iter().take(2).map(|block| block.key).collect::<Vec<_>>(), before);
    document.set("other");
    assert!(document.blocks().iter().all(|block| !before.contains(&block.key)));
}

#[test]
fn a_finished_text_may_go_on() {
    let mut document = Document::default();
    document.append("```\na");
    document.finish();
    document.finish();
    assert!(!document.blocks()[0].open);
    document.append("\nb\n```");
    document.finish();
    assert_eq!(document.text(), "```\na\nb\n```");
    assert_eq!(joined(document.blocks()), html("```\na\nb\n```"));
}

#[test]
fn a_document_may_be_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&Document::default());
}

#[test]
fn what_ends_a_block_stands_apart_from_its_first_letter_on() {
    let first = |text: &str| open(text).iter().map(|block| block.html()[..3].to_owned()).collect::<Vec<_>>();
    assert_eq!(first("- a\n- b\n\n## "), ["<ul"]);
    assert_eq!(first("- a\n- b\n\n## T"), ["<ul", "<h2"]);
    assert_eq!(first("- a\n\nT"), ["<ul", "<p>"]);
    assert_eq!(first("- a\nT"), ["<ul"], "this goes on with the item");
    assert_eq!(first("One\n- a"), ["<p>", "<ul"]);
    assert_eq!(first("One\n2. a"), ["<p>"], "this does not interrupt a paragraph");
    assert_eq!(first("- a\n\n    - b"), ["<ul"]);
}
