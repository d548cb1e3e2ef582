//! The values that a PDF is made of. Names and strings are bytes; generations of objects are not told apart, as the last
//! one written is the one that counts.

use std::collections::HashMap;
use std::ops::Range;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Object {
    Null,
    Number(f64),
    Text(Vec<u8>),
    Name(Vec<u8>),
    Array(Vec<Object>),
    Dictionary(Dictionary),
    Stream(Stream),
    Reference(u32),
    /// A word of a content stream or of a character map.
    Operator(Vec<u8>),
}

/// A dictionary with where its bytes lie in the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stream {
    pub(super) dictionary: Dictionary,
    pub(super) data: Range<usize>,
}

/// Values by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Dictionary(pub(super) HashMap<Vec<u8>, Object>);

impl Dictionary {
    /// The value with a name, as it stands.
    pub(super) fn get(&self, name: &str) -> &Object {
        self.0.get(name.as_bytes()).unwrap_or(&Object::Null)
    }
}

impl Object {
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) if number.is_finite() => Some(*number),
            _ => None,
        }
    }

    /// A whole number that is not negative.
    pub(super) fn index(&self) -> Option<usize> {
        self.number().filter(|number| (0.0..1e9).contains(number)).map(|number| number as usize)
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn array(&self) -> Option<&[Object]> {
        match self {
            Self::Array(values) => Some(values),
            _ => None,
        }
    }

    /// A dictionary, also that of a stream.
    pub(super) fn dictionary(&self) -> Option<&Dictionary> {
        match self {
            Self::Dictionary(dictionary) | Self::Stream(Stream { dictionary, .. }) => Some(dictionary),
            _ => None,
        }
    }

    pub(super) fn stream(&self) -> Option<&Stream> {
        match self {
            Self::Stream(stream) => Some(stream),
            _ => None,
        }
    }
}
