//! The table of errors is whole and says the same in both languages.

use super::*;

fn placeholders(text: &str) -> std::collections::BTreeSet<&str> {
    super::super::placeholders(text).collect()
}

#[test]
fn codes_are_unique_and_parse_back() {
    for code in ErrorCode::ALL {
        assert_eq!(ErrorCode::parse(code.as_str()), Some(*code));
    }
}

#[test]
fn both_languages_say_the_same_with_the_same_values() {
    for code in ErrorCode::ALL {
        let (row, said) = (code.row(), code.sentences());
        assert!(!said.en.0.is_empty() && !said.zh.0.is_empty(), "{}", row.code);
        assert_eq!(said.en.1.is_empty(), said.zh.1.is_empty(), "hint of {}", row.code);
        assert_eq!(placeholders(said.en.0), placeholders(said.zh.0), "{}", row.code);
        assert_eq!(placeholders(said.en.1), placeholders(said.zh.1), "hint of {}", row.code);
        assert!(said.zh.0.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{}", row.code);
    }
}
