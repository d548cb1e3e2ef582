//! Random ids for what the client creates. Works on plain `http`, where `crypto.randomUUID` is absent.

/// A new random id: 32 lower-case hexadecimal digits.
#[must_use]
pub fn random_id() -> String {
    let mut bytes = [0_u8; 16];
    if fill_secure(&mut bytes).is_none() {
        // A browser without `crypto` still has to tell two messages apart; nothing secret depends on it.
        bytes.iter_mut().for_each(|byte| *byte = js_sys::Math::floor(js_sys::Math::random() * 256.0) as u8);
    }
    hex(&bytes)
}

fn fill_secure(bytes: &mut [u8]) -> Option<()> {
    web_sys::window()?.crypto().ok()?.get_random_values_with_u8_array(bytes).ok()?;
    Some(())
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use super::hex;

    #[test]
    fn bytes_become_two_digits_each() {
        assert_eq!(hex(&[0, 10, 255]), "000aff");
    }
}
