//! Which addresses a link may lead to: http, https and mailto, nothing else and nothing relative.

/// The address to put into `href`, before escaping; `None` if it must not become a link.
///
/// Browsers drop tabs and line breaks anywhere in an address and control characters at its ends before they look at
/// the scheme. The same is done here first, and what was looked at is what is put out.
pub(crate) fn safe(destination: &str) -> Option<String> {
    let address: String = destination.trim_matches(|c: char| c <= ' ').chars().filter(|c| !c.is_control()).collect();
    let scheme = ["https://", "http://", "mailto:"].into_iter().find(|scheme| {
        let start = address.as_bytes().get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
    })?;
    (address.len() > scheme.len()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_and_mail_addresses_pass() {
        for address in ["https://a.example", "HTTP://a.example/?q=1", "mailto:a@b.example"] {
            assert_eq!(safe(address).as_deref(), Some(address));
        }
        assert_eq!(safe(" ht\ttps://a.exa\nmple ").as_deref(), Some("https://a.example"));
    }

    #[test]
    fn everything_else_is_refused() {
        let refused = [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\tscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "//a.example",
            "/path",
            "#anchor",
            "path",
            "",
            "https:",
            "https://",
            "http:a",
            "blob:https://a.example/x",
            "view-source:https://a.example",
        ];
        for address in refused {
            assert_eq!(safe(address), None, "{address:?}");
        }
    }
}
