//! Hostile text through the real renderer, alone and in every place that text can stand.

use crate::safety::text_of;
use crate::support::joined;
use markdown::{Document, render, to_plain};

/// Things that have run somewhere, and variations on them.
const PAYLOADS: &[&str] = &[
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\n>alert(1)</script\n>",
    "<script/xss src=\"https://evil.example\"></script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<IMG \"\"\"><SCRIPT>alert(1)</SCRIPT>\">",
    "<img src=`javascript:alert(1)`>",
    "<img/src/onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert&#40;1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg/onload=alert(1)><!--",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<base href=https://evil.example/>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<div style=\"background:url(javascript:alert(1))\">x</div>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href=x onclick=alert(1)>x</a>",
    "<br onmouseover=alert(1)>",
    "<br/onmouseover=alert(1)/>",
    "<br><script>alert(1)</script><br/>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<textarea></textarea><script>alert(1)</script>",
    "<title></title><script>alert(1)</script>",
    "<xmp><script>alert(1)</script></xmp>",
    "<plaintext>",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo '<script>alert(1)</script>' ?>",
    "<!DOCTYPE html [<!ENTITY x \"<script>alert(1)</script>\">]>&x;",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&#x3C;img src=x onerror=alert(1)&#x3E;",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x]( javascript:alert(1))",
    "[x](\u{1}javascript:alert(1))",
    "[x](\u{a0}javascript:alert(1))",
    "[x](\u{feff}javascript:alert(1))",
    "[x](java\0script:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;&#x61;vascript:alert(1))",
    "[x](&#0000106avascript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](javascript\\:alert(1))",
    "[x](%6Aavascript:alert(1))",
    "[x](javascript://a.example/%0aalert(1))",
    "[x](javascript:alert`1`)",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](DATA:image/svg+xml,<svg onload=alert(1)>)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://a.example/1)",
    "[x](//evil.example)",
    "[x](\\\\evil.example)",
    "[x](https://a.example\" onmouseover=\"alert(1))",
    "[x](https://a.example 'x\" onclick=\"alert(1)')",
    "[x](https://a.example \"x&quot; onclick=&quot;alert(1)\")",
    "[x](<https://a.example/'onclick='alert(1)>)",
    "[x](mailto:a@b.example?body=\"><script>alert(1)</script>)",
    "<javascript:alert(1)>",
    "<JAVASCRIPT:alert(1)>",
    "<data:text/html,x>",
    "<https://a.example/\"onmouseover=\"alert(1)>",
    "<a@b.example\"onclick=alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://a.example/x.png\"onerror=\"alert(1))",
    "![\"onerror=\"alert(1)](https://a.example/x.png)",
    "![<img src=x onerror=alert(1)>](https://a.example/x.png)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](data:image/png;base64,AAAA)",
    "[![x](javascript:alert(1))](javascript:alert(2))",
    "[x]\n\n[x]: javascript:alert(1)",
    "[x]: javascript:alert(1) \"t\"\n[x]",
    "https://a.example/\"onmouseover=alert(1)",
    "https://a.example/'onmouseover='alert(1)",
    "https://a.example/<script>alert(1)</script>",
    "http://javascript:alert(1)",
    "www.a.example/\"><img src=x onerror=alert(1)>",
    "```\"><script>alert(1)</script>\nx\n```",
    "```js\" onmouseover=\"alert(1)\nx\n```",
    "``` <img/onerror=alert(1)>\n</code></pre><script>alert(1)</script>\n```",
    "`</code><script>alert(1)</script>`",
    "    </code></pre><script>alert(1)</script>",
    "\\(</span><script>alert(1)</script>\\)",
    "\\(\" onmouseover=\"alert(1)\\)",
    "$$\n\"><img src=x onerror=alert(1)>\n$$",
    "\\[ \\href{javascript:alert(1)}{x} \\]",
    "$\\\"onclick=\"alert(1)$",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "| a |\n|:-\" onclick=\"x:|\n| b |",
    "- [x\" onclick=\"alert(1)] y",
    "1<script>. x",
    "# <script>alert(1)</script> {#x onclick=alert(1)}",
    "> <script>\n> alert(1)\n> </script>",
    "\u{FDD1}\u{FDE0}\u{FDD2}<script>alert(1)</script>",
    "\u{FDD0}<script>alert(1)</script>\u{FDD2}",
    "https://a.example/\u{FDD1}\u{FDE0}\u{FDD2}\"onclick=alert(1)",
    "\u{202e}<script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\0<\0script\0>alert(1)</script>",
    "<scri\0pt>alert(1)</script>",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}",
];

/// Places a payload can stand in; `@` is the payload.
const PLACES: &[&str] = &[
    "@",
    "text @ text",
    "- item\n\n  @",
    "> @",
    "| a | b |\n|---|---|\n| @ | x |",
    "# @",
    "**@**",
    "**注意：@**请",
    "[@](https://a.example)",
    "[x](@)",
    "[x](https://a.example/@)",
    "[x](https://a.example \"@\")",
    "![@](https://a.example/x.png)",
    "![x](@)",
    "[x]: @\n\n[x]",
    "```@\ncode\n```",
    "```\n@\n```",
    "`@`",
    "\\(@\\)",
    "$$\n@\n$$",
    "https://a.example/@",
    "<@>",
    "<https://a.example/@>",
];

#[test]
fn nothing_hostile_survives_in_any_place() {
    assert!(PAYLOADS.len() >= 80);
    for payload in PAYLOADS {
        for place in PLACES {
            let text = place.replace('@', payload);
            let html = joined(&render(&text));
            text_of(&html);
            assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<svg"), "{html}");
            let _ = to_plain(&text);
        }
    }
}

#[test]
fn nothing_hostile_survives_while_it_is_typed() {
    for payload in PAYLOADS {
        let mut document = Document::default();
        for letter in payload.chars() {
            document.append(letter.encode_utf8(&mut [0; 4]));
            document.blocks().iter().for_each(|block| drop(text_of(&block.html())));
        }
    }
}

#[test]
fn payloads_stay_readable_as_text() {
    for text in ["<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "<b>**bold**</b>"] {
        assert_eq!(text_of(&joined(&render(text))), text.replace("**", ""), "{text}");
    }
}

#[test]
fn the_reader_itself_notices_what_it_should() {
    for html in [
        "<script>",
        "<p onclick=\"x\">",
        "<a href=\"javascript:x\">x</a>",
        "<p>",
        "<p class=\"x\"></p>",
        "a \" b",
        "<a href=\"https://a\"><a href=\"https://b\"></a></a>",
        "<code class=\"language-x y\"></code>",
        "</p>",
    ] {
        assert!(std::panic::catch_unwind(|| text_of(html)).is_err(), "{html}");
    }
}
