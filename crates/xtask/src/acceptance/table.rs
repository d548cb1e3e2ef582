//! The rows of `docs/acceptance.md`. Reads text only.

use crate::process::Outcome;
use std::fmt;

/// A trouble and the tests that show it cannot happen here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Its name, such as `2-14b`.
    pub(super) name: String,
    /// What went wrong elsewhere.
    pub(super) trouble: String,
    /// The tests, in the order of the table.
    pub(super) tests: Vec<Test>,
}

/// A test as the table names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Test {
    /// Which suite, as the first word of the name says.
    pub(super) suite: String,
    /// Its name there, to the letter.
    pub(super) name: String,
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}: {}`", self.suite, self.name)
    }
}

/// Every row of every table whose first cell is a name such as `0-1` or `web-1`.
pub(super) fn rows(document: &str) -> Outcome<Vec<Row>> {
    document.lines().filter(|line| is_row(line)).map(row).collect()
}

fn is_row(line: &str) -> bool {
    let name = line.strip_prefix("| ").and_then(|rest| rest.split_once(" |")).map(|(name, _)| name);
    name.and_then(|name| name.split_once('-')).is_some_and(|(part, number)| {
        !part.is_empty()
            && part.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
            && number.starts_with(|first: char| first.is_ascii_digit())
    })
}

fn row(line: &str) -> Outcome<Row> {
    let cells: Vec<_> = line.trim().trim_matches('|').split(" | ").map(str::trim).collect();
    let [name, trouble, _, tests] = cells[..] else {
        return Err(format!("docs/acceptance.md: not four cells: {line}").into());
    };
    let tests = tests.split('`').skip(1).step_by(2).map(test).collect::<Outcome<_>>()?;
    Ok(Row { name: name.to_owned(), trouble: trouble.to_owned(), tests })
}

fn test(words: &str) -> Outcome<Test> {
    let (suite, name) =
        words.split_once(": ").ok_or_else(|| format!("docs/acceptance.md: `{words}` does not begin with its suite"))?;
    Ok(Test { suite: suite.to_owned(), name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_a_name_and_its_tests() {
        let text = "| row | trouble | here | tests |\n| --- | --- | --- | --- |\n| 2-14b | a cache | no | `it: a::b`, `proxy: x: y` |\n";
        let test = |suite: &str, name: &str| Test { suite: suite.into(), name: name.into() };
        let tests = vec![test("it", "a::b"), test("proxy", "x: y")];
        assert_eq!(rows(text), Ok(vec![Row { name: "2-14b".into(), trouble: "a cache".into(), tests }]));
    }

    #[test]
    fn names_of_rows_may_begin_with_a_word_and_heads_are_no_rows() {
        let text = "| row | trouble | here | tests |\n| --- | --- | --- | --- |\n| web-1 | x | y | `it: a` |\n";
        assert_eq!(rows(text).map(|rows| rows.into_iter().map(|row| row.name).collect()), Ok(vec!["web-1".to_owned()]));
    }

    #[test]
    fn a_row_that_lost_a_cell_or_a_suite_is_an_error() {
        assert!(rows("| 2-1 | x | `it: a` |").is_err());
        assert!(rows("| 2-1 | x | y | `a` |").is_err());
    }
}
