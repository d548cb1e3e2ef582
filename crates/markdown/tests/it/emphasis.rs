//! Emphasis in Chinese text, and what must not become emphasis.

use crate::support::html;

#[track_caller]
fn becomes(text: &str, inside: &str) {
    assert_eq!(html(text), format!("<p>{inside}</p>"), "{text}");
}

#[test]
fn strong_text_beside_full_width_punctuation_is_strong() {
    for (text, expected) in [
        ("**注意：**请", "<strong>注意：</strong>请"),
        ("请看**“重点”**内容", "请看<strong>“重点”</strong>内容"),
        ("**「强调」**的", "<strong>「强调」</strong>的"),
        ("中文**加粗。**中文", "中文<strong>加粗。</strong>中文"),
        ("这是**《红楼梦》**里的", "这是<strong>《红楼梦》</strong>里的"),
        ("**（一）**第一条", "<strong>（一）</strong>第一条"),
        ("**注意:**请", "<strong>注意:</strong>请"),
        ("请用**`code`**的", "请用<strong><code>code</code></strong>的"),
        ("说：**重点**。", "说：<strong>重点</strong>。"),
        ("甲**“一”**乙**“二”**丙", "甲<strong>“一”</strong>乙<strong>“二”</strong>丙"),
        ("**重点**“引用”**重点**", "<strong>重点</strong>“引用”<strong>重点</strong>"),
        ("价格是**100元（含税）**左右", "价格是<strong>100元（含税）</strong>左右"),
        ("他说**…**然后", "他说<strong>…</strong>然后"),
    ] {
        becomes(text, expected);
    }
}

#[test]
fn every_kind_of_run_works_beside_full_width_punctuation() {
    for (run, opening, closing) in [
        ("*", "<em>", "</em>"),
        ("**", "<strong>", "</strong>"),
        ("***", "<em><strong>", "</strong></em>"),
        ("~~", "<del>", "</del>"),
    ] {
        for word in ["注意：", "“重点”", "「强调」", "加粗。", "（注）", "结束！", "文、"] {
            becomes(&format!("中文{run}{word}{run}中文"), &format!("中文{opening}{word}{closing}中文"));
            becomes(&format!("{run}{word}{run}中文"), &format!("{opening}{word}{closing}中文"));
            becomes(&format!("中文{run}{word}{run}"), &format!("中文{opening}{word}{closing}"));
        }
    }
}

#[test]
fn emphasis_nests_in_chinese_text() {
    becomes("**重点*强调*。**后", "<strong>重点<em>强调</em>。</strong>后");
    becomes("~~旧**“词”**的~~新", "<del>旧<strong>“词”</strong>的</del>新");
    becomes("**公式\\(x\\)：**的", "<strong>公式<span class=\"math\" data-tex=\"x\">x</span>：</strong>的");
}

#[test]
fn arithmetic_names_and_lone_signs_are_left_alone() {
    for text in [
        "2 * 3 * 4",
        "计算3*4*5的值",
        "2**3**2",
        "a**b",
        "snake_case_word and other_name",
        "价格3~5天，10~20元",
        "约~一百~人",
        "** 空格 **",
        "a * b * c",
        "一个*星号",
        "**未完成",
        "f(**kwargs)",
    ] {
        becomes(text, text);
    }
}

#[test]
fn code_keeps_its_signs() {
    becomes("用`**注意：**请`写", "用<code>**注意：**请</code>写");
    becomes("``a`**。**`b``", "<code>a`**。**`b</code>");
    becomes("转义\\*\\*注意：\\*\\*请", "转义**注意：**请");
    let fenced = html("- 例：\n  ```md\n  **注意：**请 ~x~\n  ```");
    assert!(fenced.contains("<code class=\"language-md\">**注意：**请 ~x~</code>"), "{fenced}");
}

#[test]
fn latin_emphasis_follows_commonmark() {
    becomes("**Note:** do *this* and __that__", "<strong>Note:</strong> do <em>this</em> and <strong>that</strong>");
    becomes("a**\"b\"**c", "a**&quot;b&quot;**c");
    becomes("in*tra*word", "in<em>tra</em>word");
}

#[test]
fn noncharacters_in_the_text_are_only_text() {
    let text = "a\u{FDD0}b\u{FDD1}\u{FDE0}\u{FDD2}c **注\u{FDD2}意：**请";
    becomes(text, "a\u{FDD0}b\u{FDD1}\u{FDE0}\u{FDD2}c <strong>注\u{FDD2}意：</strong>请");
    becomes("`\u{FDD0}`", "<code>\u{FDD0}</code>");
}
