//! JSON as vendors really write it: null or absent for empty, text in pieces, numbers in other clothes.
//!
//! Everything borrows from the line where it can, and nothing is buffered: this is read once per token.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// Text that may be null, a string, or a list of typed pieces; of other things nothing is taken.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Words<'a> {
    /// What is said.
    pub(crate) text: Cow<'a, str>,
    /// What is only thought, where pieces tell the two apart.
    pub(crate) thinking: Cow<'a, str>,
}

#[derive(serde::Deserialize)]
struct Piece<'a> {
    #[serde(borrow, default)]
    text: Words<'a>,
    #[serde(borrow, default)]
    thinking: Words<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Words<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordsVisitor(PhantomData))
    }
}

struct WordsVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for WordsVisitor<'a> {
    type Value = Words<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Words { text: Cow::Borrowed(text), ..Words::default() })
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Words { text: Cow::Owned(text.to_owned()), ..Words::default() })
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Words::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Words::default())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Words { text: Cow::Owned(number.to_string()), ..Words::default() })
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Words { text: Cow::Owned(number.to_string()), ..Words::default() })
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Words::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Words::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut all = Words::default();
        while let Some(piece) = seq.next_element::<Piece<'de>>()? {
            all.text.to_mut().push_str(&piece.text.text);
            all.thinking.to_mut().push_str(&piece.thinking.text);
        }
        Ok(all)
    }
}

/// More than any honest count, and few enough to be added up anywhere.
const MOST: f64 = 1e15;

/// A count that may be null, absent, negative, absurd or written with a decimal point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count(pub(crate) u64);

impl Count {
    /// The count as a size in tokens; zero is none.
    pub(crate) fn tokens(self) -> Option<u32> {
        u32::try_from(self.0).ok().filter(|size| *size > 0)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Option::<f64>::deserialize(deserializer)?.unwrap_or(0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is within the limits")]
        Ok(Self(number.clamp(0.0, MOST) as u64))
    }
}

/// The first element of a list that may be null; the others are skipped, not kept.
#[derive(Debug)]
pub(crate) struct First<T>(pub(crate) Option<T>);

impl<T> Default for First<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for First<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FirstVisitor(PhantomData))
    }
}

struct FirstVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for FirstVisitor<T> {
    type Value = First<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(First(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let first = seq.next_element()?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(First(first))
    }
}

/// A list that may be null.
#[derive(Debug)]
pub(crate) struct Many<T>(pub(crate) Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Option::deserialize(deserializer)?.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(json: &str) -> (String, String) {
        let words: Words<'_> = serde_json::from_str(json).expect(json);
        (words.text.into_owned(), words.thinking.into_owned())
    }

    #[test]
    fn text_is_found_in_every_form_and_borrowed_where_it_can_be() {
        for (json, text, thinking) in [
            (r#""汉字""#, "汉字", ""),
            (r#""a\nb""#, "a\nb", ""),
            ("null", "", ""),
            ("7", "7", ""),
            (r#"{"a":[1]}"#, "", ""),
            (r#"[{"type":"text","text":"a"},{"type":"text","text":"b"}]"#, "ab", ""),
            (r#"[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"text":"x"}]"#, "x", "hm"),
        ] {
            assert_eq!(words(json), (text.to_owned(), thinking.to_owned()), "{json}");
        }
        let borrowed: Words<'_> = serde_json::from_str(r#""plain""#).expect("text");
        assert!(matches!(borrowed.text, Cow::Borrowed("plain")));
    }

    #[test]
    fn counts_and_lists_may_be_null() {
        let counts: Vec<Count> = serde_json::from_str("[1, 2.0, null, -3, 1e300]").expect("counts");
        assert_eq!(counts.iter().map(|c| c.0).collect::<Vec<_>>(), [1, 2, 0, 0, 1_000_000_000_000_000]);
        for (json, first) in [("null", None), ("[]", None), ("[1, 2]", Some(1)), ("[1, {}]", Some(1))] {
            assert_eq!(serde_json::from_str::<First<u8>>(json).expect(json).0, first);
        }
    }
}
