//! Text in whatever encoding it was saved. Never guesses where a byte order mark or valid UTF-8 tells.

use crate::kind::Kind;
use crate::work::{Flow, Work};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// How much of a text is looked at to find its encoding.
const SAMPLE: usize = 64 << 10;

/// From how many bytes above ASCII on the statistics of languages are believed.
const ENOUGH_TO_JUDGE: usize = 64;

/// Writes a text as it is, with its line ends as `\n`.
pub(crate) fn read(kind: Kind, bytes: &[u8], work: &mut Work) -> Flow {
    let text = decode(bytes);
    if kind == Kind::Markdown {
        let title = text.lines().take(50).find_map(|line| line.strip_prefix("# "));
        title.into_iter().for_each(|title| work.set_title(title));
    }
    for line in text.split_inclusive('\n') {
        work.step()?;
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        work.output.push(&line.strip_suffix('\r').unwrap_or(line).replace('\r', "\n"))?;
        work.output.push(end)?;
    }
    Ok(())
}

/// The text of bytes: by their mark, else as UTF-8 if they are, else in the encoding they look like.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    if let Some(encoding) = wide(bytes) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => detect(bytes).decode_without_bom_handling(bytes).0,
    }
}

/// The text of an XML part or web page that may name its encoding.
pub(crate) fn decode_as<'a>(bytes: &'a [u8], label: Option<&[u8]>) -> Cow<'a, str> {
    let known = label.and_then(Encoding::for_label);
    match known {
        Some(encoding) if Encoding::for_bom(bytes).is_none() && std::str::from_utf8(bytes).is_err() => {
            encoding.decode_without_bom_handling(bytes).0
        }
        _ => decode(bytes),
    }
}

/// Whether bytes without a byte order mark are UTF-16: in text, one half of each unit is zero again and again.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLE) & !1];
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (high_first, low_first) = (zeros(0), zeros(1));
    let enough = sample.len() / 2 / 5;
    let encoding = match (high_first, low_first) {
        _ if sample.len() < 4 => return None,
        (0, zeros) if zeros > enough => UTF_16LE,
        (zeros, 0) if zeros > enough => UTF_16BE,
        _ => return None,
    };
    // Numbers in a program's own format look like it too, but have units that no text has.
    let odd = |letter: char| letter.is_control() && !matches!(letter, '\t'..='\r');
    let plausible = !encoding.decode_without_bom_handling(sample).0.contains(odd);
    plausible.then_some(encoding)
}

/// Whether bytes can be read as text at all.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    if Encoding::for_bom(bytes).is_some() || wide(bytes).is_some() {
        return true;
    }
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    if sample.contains(&0) {
        return false;
    }
    // The controls that texts do have: tab, line feed, form feed, carriage return, escape (in logs).
    let odd = sample.iter().filter(|byte| **byte < 32 && !matches!(byte, 8..=13 | 27)).count();
    odd * 50 <= sample.len() && !(std::str::from_utf8(bytes).is_err() && damaged(sample) * 20 > sample.len())
}

/// How many places of a sample have no meaning in the encoding it looks most like.
fn damaged(sample: &[u8]) -> usize {
    let text = detect(sample).decode_without_bom_handling(sample).0;
    text.chars().filter(|letter| *letter == '\u{fffd}' || matches!(letter, '\u{80}'..='\u{9f}')).count()
}

/// The encoding that bytes look like. GB18030 contains GBK, so it stands for both.
fn detect(bytes: &[u8]) -> &'static Encoding {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, sample.len() == bytes.len());
    let guess = detector.guess(None, Utf8Detection::Allow);
    let asian = [BIG5, SHIFT_JIS, EUC_JP, EUC_KR].contains(&guess);
    let few = sample.iter().filter(|byte| **byte > 0x7f).count() < ENOUGH_TO_JUDGE;
    if guess == encoding_rs::GBK || ((few || !asian) && common_hanzi(sample)) {
        return GB18030;
    }
    if guess == UTF_8 { encoding_rs::WINDOWS_1252 } else { guess }
}

/// Whether bytes, which may be too few to judge by statistics, are the most used Chinese characters of GB 2312: pairs
/// from 0xB0A1 to 0xD7FE, and nothing else above ASCII but full-width punctuation.
fn common_hanzi(sample: &[u8]) -> bool {
    let mut rest = sample;
    let (mut common, mut punctuation) = (0, 0);
    while let Some((first, tail)) = rest.split_first() {
        rest = match (first, tail.first()) {
            (0..=0x7f, _) => tail,
            (0xb0..=0xd7, Some(0xa1..=0xfe)) => {
                common += 1;
                &tail[1..]
            }
            (0xa1 | 0xa3, Some(0xa1..=0xfe)) => {
                punctuation += 1;
                &tail[1..]
            }
            _ => return false,
        };
    }
    common > punctuation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    const CHINESE: &str = "人工智能是研究如何让计算机完成通常需要人类智能的任务的学科。\n第二行：测试。";

    #[test]
    fn every_encoding_gives_the_same_text() {
        for encoding in [GB18030, encoding_rs::GBK] {
            assert_eq!(decode(&encoding.encode(CHINESE).0), CHINESE, "{}", encoding.name());
        }
        let traditional = "人工智慧是研究如何讓電腦完成通常需要人類智慧的任務的學科，這個領域發展很快。";
        assert_eq!(decode(&BIG5.encode(traditional).0), traditional);
        let japanese = "人工知能とは、コンピュータに人間のような知的な作業をさせる技術のことです。";
        assert_eq!(decode(&SHIFT_JIS.encode(japanese).0), japanese);
        assert_eq!(decode("caf\u{e9}".as_bytes()), "café");
        assert_eq!(decode(b"un caf\xe9 au lait, d\xe9j\xe0 vu"), "un café au lait, déjà vu");
    }

    #[test]
    fn utf_16_is_known_with_and_without_its_mark() {
        let units = |big: bool| -> Vec<u8> {
            let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
            "Hello, 世界\n".encode_utf16().flat_map(bytes).collect()
        };
        assert_eq!(decode(&units(true)), "Hello, 世界\n");
        assert_eq!(decode(&units(false)), "Hello, 世界\n");
        assert_eq!(decode(&[&[0xff, 0xfe][..], &units(false)].concat()), "Hello, 世界\n");
    }

    #[test]
    fn few_words_in_gbk_are_chinese() {
        for words in ["你好", "测试文件", "第一行，第二行"] {
            assert_eq!(decode(&GB18030.encode(words).0), words);
        }
    }

    #[test]
    fn bytes_without_meaning_are_no_text() {
        assert!(!is_text(&[0x13, 0, 0x37, 1, 2, 3]));
        assert!(!is_text(&(0..4000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8 | 1).collect::<Vec<_>>()));
        assert!(is_text("plain\r\n\ttext \u{1b}[0m".as_bytes()));
        assert!(is_text(&GB18030.encode(CHINESE).0));
    }

    #[test]
    fn line_ends_become_one_kind() {
        let mut work = Work::new(Limits::default());
        read(Kind::PlainText, b"a\r\nb\rc\nd\r", &mut work).expect("reads");
        assert_eq!(work.output.into_text(), "a\nb\nc\nd");
    }
}
