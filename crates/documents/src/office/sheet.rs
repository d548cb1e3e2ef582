//! Where the cells of a sheet are. Never makes room for cells that are not there.

use crate::output::Table;
use crate::work::{Flow, Work};

/// Columns that Excel and LibreOffice have; a reference beyond is not one.
const MOST_COLUMNS: u32 = 16_384;

/// A sheet while it is read.
pub(super) struct Sheet {
    name: String,
    table: Table,
    column: u32,
}

impl Sheet {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), table: Table::default(), column: 0 }
    }

    /// Begins a row.
    pub(super) fn row(&mut self, work: &Work) -> Flow {
        self.column = 0;
        self.table.row(work.output.left())
    }

    /// Moves to the column of a reference such as `AB12`; without one the cell follows the last.
    pub(super) fn place(&mut self, reference: Option<&str>) {
        if let Some(column) = reference.and_then(column_of) {
            self.column = column;
        }
    }

    /// Writes the present cell and moves on by `columns`.
    pub(super) fn cell(&mut self, text: &str, columns: u32, work: &Work) -> Flow {
        if self.column < MOST_COLUMNS {
            self.table.cell(self.column, text, work.output.left())?;
        }
        self.column = self.column.saturating_add(columns.max(1));
        Ok(())
    }

    /// Writes the sheet with its name; an empty one is left out, as nobody sees anything in it.
    pub(super) fn write(&self, work: &mut Work) -> Flow {
        if self.table.flat().is_empty() {
            return Ok(());
        }
        work.output.heading(2, &self.name)?;
        work.output.table(&self.table)
    }
}

/// The column of a reference, from 0.
fn column_of(reference: &str) -> Option<u32> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let column =
        letters.take(4).fold(0u32, |column, letter| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    column.checked_sub(1).filter(|column| *column < MOST_COLUMNS)
}

#[cfg(test)]
mod tests {
    use super::column_of;

    #[test]
    fn references_name_columns() {
        assert_eq!(["A1", "Z9", "AA3", "XFD1"].map(column_of), [Some(0), Some(25), Some(26), Some(16_383)]);
        assert_eq!(["XFE1", "12", "", "ZZZZZZ1"].map(column_of), [None; 4]);
    }
}
