//! Addresses taken apart. Pure.

/// An address of this site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// `/c/1`; never empty.
    pub path: String,
    /// `a=b`, without the question mark.
    pub query: String,
    /// `theme`, without the `#`.
    pub hash: String,
}

impl Address {
    /// From a path with query and hash: `/c/1?a=b#theme`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (text, hash) = text.split_once('#').unwrap_or((text, ""));
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let path = if path.is_empty() { "/" } else { path };
        Self { path: path.to_owned(), query: query.to_owned(), hash: hash.to_owned() }
    }

    /// From a whole address: `https://chat.example/c/1`.
    #[must_use]
    pub fn from_href(href: &str) -> Self {
        let after_scheme = href.split_once("://").map_or(href, |(_, tail)| tail);
        let start = after_scheme.find(['/', '?', '#']).unwrap_or(after_scheme.len());
        Self::parse(&after_scheme[start..])
    }
}

/// What stands behind the origin in an address of this site; none for other sites.
#[must_use]
pub fn within<'a>(href: &'a str, origin: &str) -> Option<&'a str> {
    let path = href.strip_prefix(origin)?;
    path.starts_with('/').then_some(path)
}

#[cfg(test)]
mod tests {
    use super::{Address, within};

    fn address(path: &str, query: &str, hash: &str) -> Address {
        Address { path: path.to_owned(), query: query.to_owned(), hash: hash.to_owned() }
    }

    #[test]
    fn an_address_is_taken_apart() {
        assert_eq!(Address::parse("/c/1?a=b?c#d"), address("/c/1", "a=b?c", "d"));
        assert_eq!(Address::parse(""), address("/", "", ""));
        assert_eq!(Address::from_href("http://aichat.test:8001/settings#theme"), address("/settings", "", "theme"));
        assert_eq!(Address::from_href("https://chat.example?a=1"), address("/", "a=1", ""));
    }

    #[test]
    fn a_site_whose_name_begins_alike_is_another_site() {
        assert_eq!(within("https://chat.example/c/1", "https://chat.example"), Some("/c/1"));
        assert_eq!(within("https://chat.example.evil/c/1", "https://chat.example"), None);
        assert_eq!(within("mailto:a@chat.example", "https://chat.example"), None);
    }
}
