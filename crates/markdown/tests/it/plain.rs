//! Messages as plain text.

use markdown::to_plain;

#[test]
fn markdown_signs_are_gone_and_text_stays() {
    for (text, plain) in [
        ("# 标题\n\n**注意：**请看 `x`", "标题\n\n注意：请看 x"),
        ("- a\n- b\n  - c\n\n1. d\n2. e", "- a\n- b\n  - c\n\n1. d\n2. e"),
        ("- [x] done\n- [ ] open", "- [x] done\n- [ ] open"),
        ("- a\n\n  b\n- c", "- a\nb\n- c"),
        ("| a | b |\n|---|---|\n| 1 |  |\n|  | 2 |", "a\tb\n1\t\n\t2"),
        ("```rust\nlet x;\n\nx\n```\nend", "let x;\n\nx\n\nend"),
        ("> a\n> b\n\nc", "a\nb\n\nc"),
        ("[text](https://a.example) and ![alt](https://a.example/i.png)", "text and alt"),
        ("so \\(x_1\\)\n\n$$\ny\n$$", "so \\(x_1\\)\n\n$$\ny\n$$"),
        ("a<br>b <i>c</i>", "a\nb <i>c</i>"),
        ("", ""),
    ] {
        assert_eq!(to_plain(text), plain, "{text}");
    }
}
