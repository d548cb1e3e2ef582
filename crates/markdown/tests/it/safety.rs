//! A strict reader of the HTML: anything it does not know by name is a failure.

/// Elements that may appear, the attributes each may have, and whether it has an end.
const ELEMENTS: &[(&str, &[&str], bool)] = &[
    ("p", &[], true),
    ("h1", &[], true),
    ("h2", &[], true),
    ("h3", &[], true),
    ("h4", &[], true),
    ("h5", &[], true),
    ("h6", &[], true),
    ("blockquote", &[], true),
    ("ul", &[], true),
    ("ol", &["start"], true),
    ("li", &["class"], true),
    ("div", &["class", "data-tex", "tabindex"], true),
    ("span", &["class", "data-tex"], true),
    ("table", &[], true),
    ("colgroup", &[], true),
    ("col", &["class"], false),
    ("thead", &[], true),
    ("tbody", &[], true),
    ("tr", &[], true),
    ("th", &["class"], true),
    ("td", &["class"], true),
    ("pre", &[], true),
    ("code", &["class"], true),
    ("em", &[], true),
    ("strong", &[], true),
    ("del", &[], true),
    ("a", &["class", "href", "title", "rel", "target"], true),
    ("input", &["type", "disabled", "checked"], false),
    ("hr", &[], false),
    ("br", &[], false),
];

const CLASSES: &[&str] = &[
    "math",
    "math math-display",
    "math math-open",
    "math math-display math-open",
    "table-scroll",
    "table-scroll wide",
    "c1",
    "c2",
    "c3",
    "c4",
    "c5",
    "ta-c",
    "ta-r",
    "task",
    "img",
];

/// Reads HTML of the renderer, checks every tag and attribute, and gives the text between the tags.
#[track_caller]
pub(crate) fn text_of(html: &str) -> String {
    let mut text = String::new();
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&unescaped(&rest[..at]));
        let end = at + rest[at..].find('>').unwrap_or_else(|| panic!("tag without end in {html}"));
        let tag = &rest[at + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "wrong end in {html}");
        } else {
            let name = tag.split(' ').next().unwrap_or_default();
            let Some((_, attributes, ends)) = ELEMENTS.iter().find(|(known, ..)| *known == name) else {
                panic!("<{name}> in {html}");
            };
            check_attributes(tag[name.len()..].trim_start(), attributes, html);
            assert!(name != "a" || !open.contains(&"a"), "a link in a link in {html}");
            if *ends {
                open.push(name);
            }
        }
        rest = &rest[end + 1..];
    }
    assert_eq!(open, Vec::<&str>::new(), "{html}");
    text + &unescaped(rest)
}

#[track_caller]
fn check_attributes(mut rest: &str, allowed: &[&str], html: &str) {
    while !rest.is_empty() {
        let (name, value, next) = attribute(rest);
        assert!(allowed.contains(&name), "attribute {name:?} in {html}");
        assert!(!value.contains(['<', '>', '\'']), "{name}={value:?} in {html}");
        match name {
            "href" => check_address(&unescaped(value), html),
            "class" => check_class(value, html),
            "rel" => assert_eq!(value, "noopener noreferrer nofollow"),
            "target" => assert_eq!(value, "_blank"),
            "tabindex" => assert_eq!(value, "0"),
            "start" => assert!(value.bytes().all(|byte| byte.is_ascii_digit()), "{html}"),
            _ => {}
        }
        rest = next;
    }
}

/// Name, value and what follows; the value of an attribute without one is empty.
fn attribute(text: &str) -> (&str, &str, &str) {
    let end = text.find([' ', '=']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let Some(value) = rest.strip_prefix("=\"") else { return (name, "", rest.trim_start()) };
    let (value, rest) = value.split_once('"').expect("a closing quote");
    (name, value, rest.trim_start())
}

#[track_caller]
fn check_address(address: &str, html: &str) {
    let lower = address.to_lowercase();
    let known = ["https://", "http://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme));
    assert!(known && !address.contains(char::is_control), "{address:?} in {html}");
}

#[track_caller]
fn check_class(class: &str, html: &str) {
    let word = |c: char| c.is_ascii_alphanumeric() || "+#._-".contains(c);
    let language = class.strip_prefix("language-").is_some_and(|name| name.chars().all(word));
    assert!(language || CLASSES.contains(&class), "class {class:?} in {html}");
}

#[track_caller]
fn unescaped(text: &str) -> String {
    assert!(!text.contains(['<', '>', '"', '\'']), "unescaped {text:?}");
    let known = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    let mut out = text.to_owned();
    for (escaped, plain) in known {
        out = out.replace(escaped, plain);
    }
    out
}
