//! From a file to its text: picks the reader, catches what goes wrong in it, and measures the result.

use crate::error::ExtractError;
use crate::kind::Kind;
use crate::limits::Limits;
use crate::work::{Cut, Flow, Stop, Work};
use crate::{html, office, pdf, text};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The text of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted {
    /// The text: Markdown where the document's structure is known, the text itself for code and plain text.
    pub text: String,
    /// The title that the document gives itself.
    pub title: Option<String>,
    /// Pages, sheets or slides of the whole document, for kinds that have them.
    pub pages: Option<usize>,
    /// Characters of `text`.
    pub characters: usize,
    /// Why the text ends before the document does; `None` if it is all there.
    pub truncated: Option<Cut>,
}

/// Reads a document within limits.
///
/// # Errors
///
/// Says why there is no text; a document of which a part could be read is a result with [`Extracted::truncated`].
/// [`Kind::Image`] has no text: [`ExtractError::NoText`].
pub fn extract(kind: Kind, bytes: &[u8], limits: Limits) -> Result<Extracted, ExtractError> {
    if bytes.len() > limits.bytes {
        return Err(ExtractError::TooLarge(limits.bytes));
    }
    // Whatever a panic leaves half done is dropped with `work`.
    catch_unwind(AssertUnwindSafe(|| {
        let mut work = Work::new(limits);
        let end = read(kind, bytes, &mut work);
        finish(kind, work, &end)
    }))
    .unwrap_or(Err(ExtractError::Broken("the parser panicked")))
}

fn read(kind: Kind, bytes: &[u8], work: &mut Work) -> Flow {
    match kind {
        Kind::Pdf => pdf::read(bytes, work),
        Kind::Docx => office::docx::read(bytes, work),
        Kind::Xlsx => office::xlsx::read(bytes, work),
        Kind::Ods => office::ods::read(bytes, work),
        Kind::Pptx => office::pptx::read(bytes, work),
        Kind::Html => html::read(bytes, work),
        Kind::Markdown | Kind::Code(_) | Kind::PlainText => text::read(kind, bytes, work),
        Kind::Image(_) => Err(ExtractError::NoText.into()),
        Kind::Unsupported(reason) => Err(ExtractError::from(reason).into()),
    }
}

fn finish(kind: Kind, work: Work, end: &Flow) -> Result<Extracted, ExtractError> {
    let truncated = match end {
        Ok(()) => None,
        Err(Stop::Cut(cut)) => Some(*cut),
        Err(Stop::Fail(error)) => return Err(*error),
    };
    if work.output.is_blank() {
        return Err(if truncated == Some(Cut::Time) { work.too_slow() } else { ExtractError::NoText });
    }
    let paged = matches!(kind, Kind::Pdf | Kind::Xlsx | Kind::Ods | Kind::Pptx);
    let pages = paged.then_some(work.pages);
    let text = work.output.into_text();
    Ok(Extracted { characters: text.chars().count(), text, title: work.title, pages, truncated })
}
