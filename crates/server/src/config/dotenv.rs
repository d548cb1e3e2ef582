//! The text of a `.env` file. Pure, and unlike most readers of this format it puts nothing of the process's environment
//! into the values: a `$` in a password stays a `$`.

use std::collections::HashMap;

/// Reads `NAME=value` lines. Comments, blank lines and a leading `export` are fine; a value in single quotes is taken
/// to the letter, one in double quotes knows `\n`, `\"` and `\\`; both may span lines. The last of equal names counts.
///
/// # Errors
/// One line with the number of the line that is not understood, without its content, which may be a secret.
pub(super) fn parse(text: &str) -> Result<HashMap<String, String>, String> {
    let mut values = HashMap::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let refuse = |rule: &str| format!("line {} of .env is not understood: {rule}", index + 1);
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=').ok_or_else(|| refuse("it must be NAME=value"))?;
        let name = name.trim();
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(refuse("a name has letters, digits and underscores"));
        }
        let mut raw = value.trim().to_owned();
        let value = match raw.chars().next() {
            Some(quote @ ('\'' | '"')) => loop {
                if let Some(value) = quoted(&raw, quote) {
                    break value;
                }
                let (_, more) = lines.next().ok_or_else(|| refuse("its quote is never closed"))?;
                raw.push('\n');
                raw.push_str(more);
            },
            _ => bare(&raw),
        };
        values.insert(name.to_owned(), value);
    }
    Ok(values)
}

/// The value between the quotes; none while the closing one is missing. What follows it is a comment.
fn quoted(raw: &str, quote: char) -> Option<String> {
    let mut value = String::new();
    let mut rest = raw.chars().skip(1);
    while let Some(c) = rest.next() {
        match c {
            _ if c == quote => return Some(value),
            '\\' if quote == '"' => match rest.next()? {
                'n' => value.push('\n'),
                escaped @ ('"' | '\\') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            _ => value.push(c),
        }
    }
    None
}

/// A value without quotes ends where a comment begins: at a `#` after white space.
fn bare(raw: &str) -> String {
    let comment =
        raw.char_indices().find(|(at, c)| *c == '#' && raw[..*at].chars().next_back().is_none_or(char::is_whitespace));
    raw[..comment.map_or(raw.len(), |(at, _)| at)].trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> String {
        parse(text).expect("understood").remove("A").expect("has A")
    }

    #[test]
    fn values_are_read_with_quotes_comments_and_lines() {
        assert_eq!(value("\u{feff}# c\n\nexport A = b c #d"), "b c");
        assert_eq!(value("A=请改成强随机密码 #这里要改"), "请改成强随机密码");
        assert_eq!(value("A=p$a#b\"c"), "p$a#b\"c");
        assert_eq!(value("A='[\n {\"k\": \"\\n\"}\n]' # end"), "[\n {\"k\": \"\\n\"}\n]");
        assert_eq!(value(r#"A="x\n\"y\\ \d""#), "x\n\"y\\ \\d");
        assert_eq!(value("A=[{\"name\":\"m\"}]"), "[{\"name\":\"m\"}]");
        assert_eq!(value("A=1\r\nA=2\r\n"), "2");
        assert_eq!(value("A= # nothing"), "");
    }

    #[test]
    fn a_broken_line_is_named_by_number_and_never_quoted() {
        for text in ["A=1\nhunter2", "A=1\nB C=hunter2", "A=1\nB='hunter2\nC=3"] {
            let error = parse(text).expect_err("refused");
            assert!(error.contains("line 2") && !error.contains("hunter2"), "{error}");
        }
    }
}
