//! Codes for thirty seconds (RFC 6238 over RFC 4226: SHA-1, six digits, which is what every app understands). Pure.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use shared::second_factor::CODE_DIGITS;
use std::ops::RangeInclusive;

/// Bytes of a secret, as RFC 4226 recommends.
pub(super) const SECRET_BYTES: usize = 20;
/// How long a code is shown, in milliseconds.
const STEP_MS: i64 = 30_000;
/// Steps that the clock of a phone may be behind or ahead, or a person slow.
const DRIFT: RangeInclusive<i64> = -1..=1;
/// Ten to the power of [`CODE_DIGITS`].
const CODES: u32 = 1_000_000;

/// The step whose code was typed, of those that count now (unix milliseconds).
pub(super) fn step_of(secret: &[u8], typed: &str, now: i64) -> Option<i64> {
    let typed = number(typed)?;
    let present = now.div_euclid(STEP_MS);
    // All are compared, whichever fits: how long it takes tells nothing.
    DRIFT.map(|drift| present + drift).fold(None, |found, step| {
        let fits = code(secret, step) == typed;
        if fits { Some(step) } else { found }
    })
}

/// Whether a text has the form of a code of the app.
pub(super) fn is_code(typed: &str) -> bool {
    number(typed).is_some()
}

fn number(typed: &str) -> Option<u32> {
    let is_code = typed.len() == CODE_DIGITS && typed.bytes().all(|byte| byte.is_ascii_digit());
    if is_code { typed.parse().ok() } else { None }
}

fn code(secret: &[u8], step: i64) -> u32 {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[19] & 0xf);
    let [a, b, c, d] = [0, 1, 2, 3].map(|at| digest[offset + at]);
    u32::from_be_bytes([a & 0x7f, b, c, d]) % CODES
}

/// The secret as people type it (RFC 4648, without padding).
pub(super) fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bit = |at: usize| bytes.get(at / 8).is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1);
    let letter = |at: usize| (0..5).fold(0, |value, next| value << 1 | usize::from(bit(at + next)));
    (0..bytes.len() * 8).step_by(5).map(|at| char::from(ALPHABET[letter(at)])).collect()
}

/// The address that apps read out of a QR code.
pub(super) fn uri(brand: &str, username: &str, secret: &str) -> String {
    // The form of queries writes a blank as `+`, which some apps show.
    let escaped =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    // A colon ends the name of the issuer within the label.
    let (brand, username) = (escaped(&brand.replace(':', " ")), escaped(username));
    format!("otpauth://totp/{brand}:{username}?secret={secret}&issuer={brand}&algorithm=SHA1&digits=6&period=30")
}

/// A text as a QR code: an SVG document, dark on light whatever the page wears, since many cameras want it so.
///
/// # Errors
/// A text that is too long for one.
pub(super) fn qr(text: &str) -> Result<String, qrcodegen::DataTooLong> {
    use std::fmt::Write as _;
    /// Modules of light around, as the standard demands.
    const QUIET: i32 = 4;
    let code = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Low)?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    let side = size + 2 * QUIET;
    Ok(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>"##
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the test vectors of RFC 6238, appendix B.
    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_standard() {
        // The standard's have eight digits; six of them are the last six.
        for (seconds, eight) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(step_of(SECRET, &eight[2..], seconds * 1000), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_one_step_early_and_one_late() {
        let (at, code) = (59_000, "287082");
        for (moment, counts) in [(-1, false), (0, true), (at, true), (89_999, true), (90_000, false)] {
            assert_eq!(step_of(SECRET, code, moment).is_some(), counts, "{moment}");
        }
        for typed in ["", "28708", "2870820", "28708a", "+87082", "２８７０８２"] {
            assert_eq!(step_of(SECRET, typed, at), None, "{typed}");
        }
    }

    #[test]
    fn secrets_are_written_as_apps_read_them() {
        let vectors =
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB")];
        for (bytes, text) in vectors {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        assert_eq!(base32(&[0xff; SECRET_BYTES]).len(), 32);
    }

    #[test]
    fn the_address_names_brand_and_person() {
        assert_eq!(
            uri("Team: 聊天", "Ada Lovelace", "MY"),
            "otpauth://totp/Team%20%20%E8%81%8A%E5%A4%A9:Ada%20Lovelace?secret=MY\
             &issuer=Team%20%20%E8%81%8A%E5%A4%A9&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn the_longest_address_fits_into_a_picture_without_script() {
        let long = uri(&"汉".repeat(100), &"字".repeat(64), &base32(&[0; SECRET_BYTES]));
        let picture = qr(&long).expect("it fits");
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>") && !picture.contains("script"));
        assert!(qr(&"x".repeat(10_000)).is_err());
    }
}
