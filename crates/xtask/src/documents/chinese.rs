//! Chinese prose is set as the interface is: one space between Han and Latin or code, full-width punctuation, 你.

use super::page::{Page, without_code};

pub(super) fn faults(page: &Page) -> Vec<String> {
    let fault = |(number, line): &(usize, String)| Some(format!("{}:{number}: {}", page.name, fault(line)?));
    page.prose.iter().filter_map(fault).collect()
}

fn fault(line: &str) -> Option<String> {
    if line.contains('您') {
        return Some("says 您 instead of 你".to_owned());
    }
    let shown = as_read(line);
    let pairs = shown.chars().zip(shown.chars().skip(1));
    let mut wrong = pairs.filter(|&(one, next)| touch(one, next) || (is_han(one) && ",.;:!?()".contains(next)));
    wrong.next().map(|(one, next)| format!("`{one}{next}`: a space or a full-width mark is missing"))
}

/// What a reader sees of a line: code as one letter, links without their target, no marks of emphasis.
fn as_read(line: &str) -> String {
    let (outside, _) = without_code(line, "x");
    let mut shown = String::new();
    let mut rest = outside.as_str();
    while let Some((before, after)) = rest.split_once("](") {
        shown.push_str(before);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    shown.push_str(rest);
    shown.replace(['[', ']', '*'], "")
}

fn touch(one: char, next: char) -> bool {
    (is_han(one) && next.is_ascii_alphanumeric()) || (one.is_ascii_alphanumeric() && is_han(next))
}

fn is_han(letter: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_set_lines_pass() {
        for line in
            ["打开 `x` 并[注册](#a)。", "用 **1Panel**（`a`、`b`）", "**设置 → 连接**：选择", "[接口（英文）](api.md)"]
        {
            assert_eq!(fault(line), None, "{line}");
        }
    }

    #[test]
    fn touching_scripts_and_half_width_marks_are_found() {
        for line in ["执行`x`", "共3个", "3个", "好,的", "见[文档](a.md)A", "您好"] {
            assert!(fault(line).is_some(), "{line}");
        }
    }
}
