//! Names of files: what a person's system calls a file becomes something that is safe to store and to show. Never a path.

use documents::ImageFormat;
use shared::limits::MAX_FILE_NAME_CHARS;

/// What a file without a name is called.
const NAMELESS: &str = "file";
/// Longest ending that is kept when a name is shortened, in characters.
const LONGEST_ENDING: usize = 10;

/// The name alone, on one line, without what would change the direction of the text around it.
pub(super) fn clean(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = last.chars().filter(|c| !c.is_control() && !turns_text(*c)).collect();
    let name = visible.trim();
    // `.` and `..` mean folders wherever the name is used again.
    if name.chars().all(|c| c == '.') { NAMELESS.to_owned() } else { shorten(name) }
}

/// Whether a character only says in which direction others run: `gpj.exe` could be made to look like `exe.jpg`.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

fn shorten(name: &str) -> String {
    let length = name.chars().count();
    if length <= MAX_FILE_NAME_CHARS {
        return name.to_owned();
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let ending = ending.filter(|ending| ending.chars().count() <= LONGEST_ENDING);
    let ending = ending.map_or_else(|| "…".to_owned(), |ending| format!("….{ending}"));
    let kept: String = name.chars().take(MAX_FILE_NAME_CHARS - ending.chars().count()).collect();
    format!("{kept}{ending}")
}

/// The name of a picture with the ending of the format that it is kept in.
pub(super) fn of_picture(name: &str, format: ImageFormat) -> String {
    let (fitting, proper): (&[&str], &str) = match format {
        ImageFormat::Png => (&["png"], "png"),
        ImageFormat::Jpeg => (&["jpg", "jpeg"], "jpg"),
        ImageFormat::Gif => (&["gif"], "gif"),
        ImageFormat::Webp => (&["webp"], "webp"),
    };
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let ending = ending.to_ascii_lowercase();
    if fitting.contains(&ending.as_str()) {
        return name.to_owned();
    }
    let is_picture = ["png", "jpg", "jpeg", "jfif", "gif", "webp", "bmp"].contains(&ending.as_str());
    shorten(&format!("{}.{proper}", if is_picture && !stem.is_empty() { stem } else { name }))
}

/// The value of `Content-Disposition` for a name (RFC 6266, RFC 8187): plain letters for old programs, then all of it.
#[must_use]
pub fn disposition(inline: bool, name: &str) -> String {
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let whole: String = name.bytes().map(encode).collect();
    let how = if inline { "inline" } else { "attachment" };
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

fn is_plain(c: char) -> bool {
    (' '..='~').contains(&c) && !matches!(c, '"' | '\\' | '%')
}

fn encode(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        return char::from(byte).to_string();
    }
    format!("%{byte:02X}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_path_and_stays_on_one_line() {
        for (given, name) in [
            ("../../etc/passwd", "passwd"),
            (r"C:\Users\me\报告 2026.docx", "报告 2026.docx"),
            ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
            ("nul\0.txt", "nul.txt"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("  spaced.md  ", "spaced.md"),
            ("..", "file"),
            ("dir/", "file"),
            ("", "file"),
            (".env", ".env"),
        ] {
            assert_eq!(clean(given), name);
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let long = clean(&format!("{}.docx", "报".repeat(500)));
        assert_eq!(long.chars().count(), MAX_FILE_NAME_CHARS);
        assert!(long.ends_with("….docx"), "{long}");
        assert_eq!(clean(&"x".repeat(500)).chars().count(), MAX_FILE_NAME_CHARS);
    }

    #[test]
    fn a_picture_is_called_after_what_it_is_kept_as() {
        for (name, kept) in [
            ("a.png", "a.png"),
            ("a.PNG", "a.PNG"),
            ("a.gif", "a.png"),
            ("notes.txt", "notes.txt.png"),
            ("file", "file.png"),
            (".gif", ".gif.png"),
        ] {
            assert_eq!(of_picture(name, ImageFormat::Png), kept);
        }
        assert_eq!(of_picture("a.jpeg", ImageFormat::Jpeg), "a.jpeg");
    }

    #[test]
    fn every_name_survives_its_header() {
        assert_eq!(
            disposition(false, "报告 \"1\".pdf"),
            "attachment; filename=\"__ _1_.pdf\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A%20%221%22.pdf"
        );
        assert_eq!(disposition(true, "a.png"), "inline; filename=\"a.png\"; filename*=UTF-8''a.png");
    }
}
