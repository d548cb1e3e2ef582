//! Links, bare addresses and pictures.

use crate::support::html;

const END: &str = "rel=\"noopener noreferrer nofollow\" target=\"_blank\"";

fn link(address: &str) -> String {
    format!("<a href=\"{address}\" {END}>{address}</a>")
}

#[test]
fn bare_addresses_become_links_and_end_before_chinese_text() {
    let a = link("https://a.example/b");
    for (text, expected) in [
        ("详见https://a.example/b。谢谢", format!("详见{a}。谢谢")),
        ("（https://a.example/b）", format!("（{a}）")),
        ("打开https://a.example/b的页面", format!("打开{a}的页面")),
        ("(see https://a.example/b).", format!("(see {a}).")),
        ("**https://a.example/b**，好", format!("<strong>{a}</strong>，好")),
        ("https://a.example/b\nnext", format!("{a}\nnext")),
        ("<https://a.example/b>", a.clone()),
        (
            "地址：https://a.example/b，或www.b.example。",
            format!("地址：{a}，或<a href=\"http://www.b.example\" {END}>www.b.example</a>。"),
        ),
    ] {
        assert_eq!(html(text), format!("<p>{expected}</p>"), "{text}");
    }
}

#[test]
fn signs_inside_an_address_are_not_markdown() {
    let address = "https://a.example/a_b_c*d*e?x=$y$&z=1";
    let escaped = address.replace('&', "&amp;");
    assert_eq!(html(address), format!("<p>{}</p>", link(&escaped)));
    assert_eq!(html("https://a.example/?a=1&amp;b=2"), format!("<p>{}</p>", link("https://a.example/?a=1&amp;b=2")));
}

#[test]
fn addresses_in_code_and_link_texts_are_not_links_of_their_own() {
    assert_eq!(html("`https://a.example`"), "<p><code>https://a.example</code></p>");
    let nested = html("[https://a.example](https://b.example/x_(y) \"T&\")");
    assert_eq!(
        nested,
        format!("<p><a href=\"https://b.example/x_(y)\" title=\"T&amp;\" {END}>https://a.example</a></p>")
    );
    assert_eq!(nested.matches("<a ").count(), 1);
}

#[test]
fn links_lead_to_the_web_or_to_mail_or_are_text() {
    assert_eq!(html("[a](mailto:a@b.example)"), format!("<p><a href=\"mailto:a@b.example\" {END}>a</a></p>"));
    assert_eq!(html("<a@b.example>"), format!("<p><a href=\"mailto:a@b.example\" {END}>a@b.example</a></p>"));
    for target in ["javascript:alert(1)", "data:text/html,x", "/local", "#top", "ftp://a.example", "src/main.rs"] {
        assert_eq!(html(&format!("[文字]({target})")), "<p>文字</p>", "{target}");
    }
}

#[test]
fn pictures_are_links_and_are_never_loaded() {
    assert_eq!(
        html("![a *cat*](https://a.example/c.png)"),
        format!("<p><a class=\"img\" href=\"https://a.example/c.png\" {END}>a cat</a></p>")
    );
    assert!(html("![](https://a.example/c.png)").ends_with(">https://a.example/c.png</a></p>"));
    assert_eq!(html("![x](data:image/png;base64,AAAA)"), "<p><span class=\"img\">x</span></p>");
    let badge = html("[![build](https://a.example/b.svg)](https://a.example)");
    assert_eq!(badge, format!("<p><a href=\"https://a.example\" {END}><span class=\"img\">build</span></a></p>"));
}

#[test]
fn definitions_stay_visible_as_links() {
    let text = "See [the book][1].\n\n[1]: https://a.example/book \"The book\"\n[^2]: A note";
    let expected = format!(
        "<p>See [the book][1].</p>\n<p>[1]: {} &quot;The book&quot;<br>\n[^2]: A note</p>",
        link("https://a.example/book")
    );
    assert_eq!(html(text), expected);
}
