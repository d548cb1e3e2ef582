//! What a setting holds: the types there are, their limits, and how they are told to programs.

use crate::error::Language;
use serde::{Deserialize, Serialize};

/// What a setting holds and within which limits, as the table says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limits {
    /// On or off.
    Switch,
    /// A whole number.
    Number {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
        /// Of what.
        unit: Unit,
    },
    /// A number with at most six digits behind the point.
    Decimal {
        /// The least, in millionths.
        least: u64,
        /// The most, in millionths.
        most: u64,
    },
    /// A text on one line.
    Line {
        /// Fewest characters.
        least: u32,
        /// Most characters.
        most: u32,
    },
    /// A text of several lines, or none.
    Text {
        /// Most characters.
        most: u32,
    },
    /// A colour as `#rrggbb`, or empty for the product's own.
    Colour,
    /// The name of a time zone (IANA), or empty for the server's own.
    Zone,
    /// One of a few words.
    Choice,
    /// The id of a model, empty for the server's own choice, or one of a few words.
    Model,
}

/// The same as it is told to programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Kind {
    /// On or off.
    Switch,
    /// A whole number.
    Number {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
        /// Of what.
        unit: Unit,
    },
    /// A number with at most six digits behind the point.
    Decimal {
        /// The least, in millionths.
        least: u64,
        /// The most, in millionths.
        most: u64,
    },
    /// A text on one line.
    Line {
        /// Fewest characters.
        least: u32,
        /// Most characters.
        most: u32,
    },
    /// A text of several lines, or none.
    Text {
        /// Most characters.
        most: u32,
    },
    /// A colour as `#rrggbb`, or empty for the product's own.
    Colour,
    /// The name of a time zone (IANA), or empty for the server's own.
    Zone,
    /// One of these words.
    Choice {
        /// They.
        words: Vec<String>,
    },
    /// The id of a model, empty for the server's own choice, or one of these words.
    Model {
        /// They.
        words: Vec<String>,
    },
}

macro_rules! units {
    ($($variant:ident $word:literal $zh:literal;)*) => {
        /// What a number counts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Unit {
            $(#[doc = $word] $variant,)*
        }

        impl Unit {
            /// As it stands behind a number.
            #[must_use]
            pub const fn name(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$variant, Language::En) => $word, (Self::$variant, Language::ZhCn) => $zh,)*
                }
            }
        }
    };
}

units! {
    Tokens "tokens" "token";
    Answers "answers" "个";
    Tries "tries" "次";
    Mebibytes "MiB" "MiB";
    Seconds "seconds" "秒";
    Minutes "minutes" "分钟";
    Hours "hours" "小时";
    Days "days" "天";
}

/// Millionths as they are written.
#[must_use]
pub fn decimal(millionths: u64) -> String {
    crate::budgets::money(millionths.saturating_mul(1_000))
}

impl Limits {
    /// The rule in words: "a whole number from 1 to 720". Ends no sentence.
    #[must_use]
    pub fn rule(self, words: &[&str], language: Language) -> String {
        let list = || words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let zh = language == Language::ZhCn;
        match self {
            Self::Switch if zh => "`true` 或 `false`".to_owned(),
            Self::Switch => "true or false".to_owned(),
            Self::Number { least, most, .. } if zh => format!("{least} 至 {most} 之间的整数"),
            Self::Number { least, most, .. } => format!("a whole number from {least} to {most}"),
            Self::Decimal { least, most } if zh => {
                format!("{} 至 {} 之间的数，最多 6 位小数", decimal(least), decimal(most))
            }
            Self::Decimal { least, most } => {
                format!("a number from {} to {} with at most 6 decimals", decimal(least), decimal(most))
            }
            Self::Zone if zh => "时区，例如 `Asia/Shanghai`，或留空".to_owned(),
            Self::Zone => "a time zone such as `Asia/Shanghai`, or empty".to_owned(),
            Self::Line { least, most } if zh => format!("单行文字，{least} 至 {most} 个字符"),
            Self::Line { least, most } => format!("a text of {least} to {most} characters on one line"),
            Self::Text { most } if zh => format!("文字，最多 {most} 个字符"),
            Self::Text { most } => format!("a text of at most {most} characters"),
            Self::Colour if zh => "颜色，例如 `#1f6b52`，或留空".to_owned(),
            Self::Colour => "a colour as `#1f6b52`, or empty".to_owned(),
            Self::Choice if zh => format!("其中之一：{}", list()),
            Self::Choice => format!("one of {}", list()),
            Self::Model if words.is_empty() && zh => "模型的 id，或留空".to_owned(),
            Self::Model if words.is_empty() => "the id of a model, or empty".to_owned(),
            Self::Model if zh => format!("模型的 id，或其中之一：{}", list()),
            Self::Model => format!("the id of a model, or one of {}", list()),
        }
    }

    /// The least and the most of a number.
    ///
    /// # Panics
    /// For what is no number: the table is fixed, and tests read all of it.
    #[must_use]
    pub const fn range(self) -> std::ops::RangeInclusive<u32> {
        match self {
            Self::Number { least, most, .. } => least..=most,
            _ => panic!("only a number has a range"),
        }
    }
}
