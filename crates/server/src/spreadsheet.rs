//! CSV as spreadsheets open it: marked as UTF-8, and without a field that they would calculate. Pure.

use crate::error::{AppError, AppResult};
use csv::Writer;
use std::borrow::Cow;

/// Without this mark spreadsheets take UTF-8 for something else.
pub const MARK: &str = "\u{feff}";

/// Whether spreadsheets take a field that begins so for a formula.
#[must_use]
pub fn is_formula(field: &str) -> bool {
    field.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A field that no spreadsheet calculates.
fn disarmed(field: &str) -> Cow<'_, str> {
    if is_formula(field) { Cow::Owned(format!("'{field}")) } else { Cow::Borrowed(field) }
}

/// Lines of CSV.
///
/// # Errors
/// Writing to memory does not fail.
pub fn write<'a>(lines: impl IntoIterator<Item = Vec<&'a str>>) -> AppResult<String> {
    let mut writer = Writer::from_writer(Vec::new());
    for line in lines {
        let fields: Vec<Cow<'_, str>> = line.into_iter().map(disarmed).collect();
        writer.write_record(fields.iter().map(|field| field.as_bytes())).map_err(AppError::internal)?;
    }
    let bytes = writer.into_inner().map_err(|error| AppError::internal(anyhow::anyhow!("{error}")))?;
    String::from_utf8(bytes).map_err(AppError::internal)
}
