//! Opaque proofs that providers want back, marked with the protocol that they belong to.
//!
//! A chat may move from one provider to another; a proof must not, since every provider refuses those of others.

/// A proof as it is stored.
pub(crate) fn close(protocol: &str, proof: &str) -> String {
    format!("{protocol}:{proof}")
}

/// The proof inside a stored one, if it is of this protocol.
pub(crate) fn open<'a>(protocol: &str, stored: Option<&'a str>) -> Option<&'a str> {
    stored?.strip_prefix(protocol)?.strip_prefix(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_opens_for_its_own_protocol_only() {
        let stored = close("anthropic", "EqQB:x==");
        assert_eq!(open("anthropic", Some(&stored)), Some("EqQB:x=="));
        assert_eq!(open("gemini", Some(&stored)), None);
        assert_eq!(open("anth", Some(&stored)), None);
        assert_eq!(open("anthropic", None), None);
    }
}
