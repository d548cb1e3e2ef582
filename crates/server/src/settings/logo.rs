//! The logo: a small picture beside the name, kept as a row of the settings, so that every server has it at once. It was
//! made anew from its pixels before it came here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The key of its row. No setting has it: the row is written by the logo's own routes.
pub(super) const KEY: &str = "brand_logo";
/// Where it is served.
const ADDRESS: &str = "/api/settings/logo";

/// The logo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// Its media type, one of those that pictures are made anew as.
    pub media_type: &'static str,
    /// Its file.
    pub bytes: Bytes,
    /// A name for exactly these bytes.
    pub version: String,
}

impl Logo {
    /// A picture file as the logo; none for a type that pictures are not made anew as.
    #[must_use]
    pub fn new(media_type: &str, bytes: Bytes) -> Option<Self> {
        let media_type = ["image/png", "image/jpeg"].into_iter().find(|known| *known == media_type)?;
        let hash = Sha256::digest(&bytes);
        let version = hash[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        Some(Self { media_type, bytes, version })
    }

    /// Its address, which changes with it.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{ADDRESS}?v={}", self.version)
    }

    pub(super) fn to_value(&self) -> Value {
        json!({"mediaType": self.media_type, "data": STANDARD.encode(&self.bytes)})
    }

    pub(super) fn from_value(value: &Value) -> Option<Self> {
        let bytes = STANDARD.decode(value.get("data")?.as_str()?).ok()?;
        Self::new(value.get("mediaType")?.as_str()?, bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_what_was_given() {
        let logo = Logo::new("image/png", Bytes::from_static(b"pixels")).expect("a logo");
        assert_eq!(Logo::from_value(&logo.to_value()), Some(logo.clone()));
        let other = Logo::new("image/png", Bytes::from_static(b"others")).expect("a logo");
        assert_ne!(other.address(), logo.address());
    }

    #[test]
    fn nothing_that_a_browser_could_run_is_a_logo() {
        assert_eq!(Logo::new("image/svg+xml", Bytes::from_static(b"<svg/>")), None);
        for value in
            [json!(null), json!({"mediaType": "text/html", "data": ""}), json!({"mediaType": "image/png", "data": "%"})]
        {
            assert_eq!(Logo::from_value(&value), None, "{value}");
        }
    }
}
