//! Secrets at rest: AES-256-GCM under a key that HKDF-SHA256 derives from the master key.
//!
//! The stored form is `v1:keyId:nonce:ciphertext`, the last two in base64url; `keyId` is the version of the master key. What
//! former versions sealed is opened, too, until `aichat secrets rotate` sealed it again. The place (`table/row/column`) is
//! authenticated with it, so a sealed secret that is copied to another row does not open there. It never logs, and an
//! error never holds what was sealed.

use crate::config::SecretString;
use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use sha2::Sha256;
use std::fmt;

/// The version of the stored form that this build writes, and the only one it reads.
const VERSION: &str = "v1";
/// Bytes of a nonce.
const NONCE_BYTES: usize = 12;

/// Seals secrets with one master key, and opens what that and former ones sealed.
#[derive(Clone)]
pub struct Sealer {
    current: Version,
    former: Vec<Version>,
}

/// One version of the master key.
#[derive(Clone)]
struct Version {
    cipher: Aes256Gcm,
    key_id: String,
}

impl Version {
    /// Derives the key. In the log the master key never shows.
    fn new(master_key: &str) -> Self {
        crate::redact::pin(master_key);
        let derived: [u8; 32] = derive(master_key, b"aichat seal v1");
        let id: [u8; 4] = derive(master_key, b"aichat seal key id");
        let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(derived));
        Self { cipher, key_id: format!("{:08x}", u32::from_be_bytes(id)) }
    }
}

/// Why a sealed secret does not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The text is not of the stored form.
    #[error("the stored secret is damaged")]
    Form,
    /// Another master key sealed it.
    #[error("the secret was sealed with another master key (id {0})")]
    Key(String),
    /// It was changed, or it belongs to another place.
    #[error("the stored secret was changed or belongs to another row")]
    Tampered,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let former: Vec<&str> = self.former.iter().map(|version| version.key_id.as_str()).collect();
        f.debug_struct("Sealer").field("key_id", &self.current.key_id).field("former", &former).finish_non_exhaustive()
    }
}

impl Sealer {
    /// The same master key opens what it sealed, on any machine.
    #[must_use]
    pub fn new(master_key: &str) -> Self {
        Self { current: Version::new(master_key), former: Vec::new() }
    }

    /// The sealer of an installation, which may be between two versions of its master key.
    #[must_use]
    pub fn of(master: &SecretString, former: &[SecretString]) -> Self {
        let former = former.iter().map(|master| Version::new(master.expose())).collect();
        Self { former, ..Self::new(master.expose()) }
    }

    /// Seals a secret for a place.
    #[must_use]
    pub fn seal(&self, place: &str, secret: &str) -> String {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let payload = Payload { msg: secret.as_bytes(), aad: place.as_bytes() };
        let current = &self.current;
        let sealed = current.cipher.encrypt(&Nonce::from(nonce), payload).expect("a secret is far below GCM's 64 GiB");
        format!("{VERSION}:{}:{}:{}", current.key_id, URL_SAFE_NO_PAD.encode(nonce), URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// [`SealError`], when the text is damaged, from another master key, or from another place.
    pub fn open(&self, place: &str, sealed: &str) -> Result<String, SealError> {
        let fields: Vec<&str> = sealed.split(':').collect();
        let [VERSION, key_id, nonce, ciphertext] = fields[..] else { return Err(SealError::Form) };
        let mut versions = std::iter::once(&self.current).chain(&self.former);
        let Some(version) = versions.find(|version| version.key_id == key_id) else {
            let shown = key_id.chars().take(8).collect();
            return Err(SealError::Key(shown));
        };
        let nonce = <[u8; NONCE_BYTES]>::try_from(decode(nonce)?).map_err(|_| SealError::Form)?;
        let ciphertext = decode(ciphertext)?;
        let payload = Payload { msg: &ciphertext, aad: place.as_bytes() };
        let secret = version.cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_| SealError::Tampered)?;
        String::from_utf8(secret).map_err(|_| SealError::Tampered)
    }

    /// Seals again, for the same place, what a former version sealed; none where the present one did.
    ///
    /// # Errors
    /// Those of [`Sealer::open`].
    pub fn renew(&self, place: &str, sealed: &str) -> Result<Option<String>, SealError> {
        if sealed.split(':').nth(1) == Some(&self.current.key_id) {
            return Ok(None);
        }
        Ok(Some(self.seal(place, &self.open(place, sealed)?)))
    }
}

/// A key for one purpose, out of a secret for all of them.
pub(crate) fn derive<const N: usize>(master_key: &str, purpose: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    let expander = Hkdf::<Sha256>::new(None, master_key.as_bytes());
    expander.expand(purpose, &mut out).expect("far below HKDF's limit of 255 blocks");
    out
}

fn decode(text: &str) -> Result<Vec<u8>, SealError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| SealError::Form)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASTER: &str = "the master key of these tests";
    const PLACE: &str = "connection_keys/1/sealed";

    #[test]
    fn a_secret_comes_back_from_its_place_and_never_looks_the_same_twice() {
        let sealer = Sealer::new(MASTER);
        for secret in ["sk-1234567890", "", "汉字 🎉"] {
            let sealed = sealer.seal(PLACE, secret);
            assert_eq!(Sealer::new(MASTER).open(PLACE, &sealed).as_deref(), Ok(secret));
            assert_ne!(sealed, sealer.seal(PLACE, secret));
            assert!(secret.is_empty() || !sealed.contains(secret));
        }
    }

    #[test]
    fn the_stored_form_names_version_and_key() {
        let sealed = Sealer::new(MASTER).seal(PLACE, "secret");
        let fields: Vec<&str> = sealed.split(':').collect();
        assert_eq!((fields.len(), fields[0]), (4, "v1"));
        assert!(fields[1].len() == 8 && fields[1].chars().all(|c| c.is_ascii_hexdigit()));
        assert_ne!(
            fields[1],
            Sealer::new("another master key").seal(PLACE, "secret").split(':').nth(1).expect("a key id")
        );
    }

    #[test]
    fn another_place_or_a_changed_letter_does_not_open() {
        let sealer = Sealer::new(MASTER);
        let sealed = sealer.seal(PLACE, "secret");
        assert_eq!(sealer.open("connection_keys/2/sealed", &sealed), Err(SealError::Tampered));
        let last = sealed.len() - 2;
        let changed = if &sealed[last..=last] == "A" { "B" } else { "A" };
        let mut forged = sealed.clone();
        forged.replace_range(last..=last, changed);
        assert_eq!(sealer.open(PLACE, &forged), Err(SealError::Tampered));
    }

    #[test]
    fn another_master_key_is_told_apart_from_damage() {
        let sealed = Sealer::new("the old master key").seal(PLACE, "secret");
        assert!(
            matches!(Sealer::new("the new master key").open(PLACE, &sealed), Err(SealError::Key(id)) if id.len() == 8)
        );
    }

    #[test]
    fn what_a_former_version_sealed_opens_and_is_sealed_again_once() {
        let text = |text: &str| SecretString::from(text.to_owned());
        let old = Sealer::new(MASTER).seal(PLACE, "secret");
        let between = Sealer::of(&text("the new master key"), &[text(MASTER)]);
        assert_eq!(between.open(PLACE, &old).as_deref(), Ok("secret"));
        let new = between.renew(PLACE, &old).expect("it opens").expect("it was an old one");
        assert_eq!(between.renew(PLACE, &new), Ok(None));
        let done = Sealer::new("the new master key");
        assert_eq!(done.open(PLACE, &new).as_deref(), Ok("secret"));
        assert!(matches!(done.renew(PLACE, &old), Err(SealError::Key(_))), "the old version is gone");
        assert_eq!(between.renew("elsewhere", &old), Err(SealError::Tampered));
    }

    #[test]
    fn every_truncation_is_refused() {
        let sealer = Sealer::new(MASTER);
        let sealed = sealer.seal(PLACE, "secret");
        for end in 0..sealed.len() {
            assert!(sealer.open(PLACE, &sealed[..end]).is_err(), "cut at {end}");
        }
        assert_eq!(sealer.open(PLACE, &format!("{sealed}:x")), Err(SealError::Form));
        assert_eq!(sealer.open(PLACE, &sealed.replace("v1:", "v2:")), Err(SealError::Form));
    }
}
