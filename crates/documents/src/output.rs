//! The Markdown that grows while a document is read. Never longer than its limit, never with control characters.

use crate::work::{Cut, Flow, Stop};

/// Most cells of one table: what holds a table in memory until it is written.
const MOST_CELLS: usize = 400_000;

/// Text with a limit.
pub(crate) struct Output {
    text: String,
    left: usize,
}

impl Output {
    pub(crate) fn new(characters: usize) -> Self {
        Self { text: String::new(), left: characters }
    }

    /// Appends text as it is, without what no reader can see.
    pub(crate) fn push(&mut self, text: &str) -> Flow {
        for letter in text.chars().filter(|letter| visible(*letter)) {
            if self.left == 0 {
                return Err(Stop::Cut(Cut::Characters));
            }
            self.left -= 1;
            self.text.push(letter);
        }
        Ok(())
    }

    /// Begins a new line, unless at the start of one.
    pub(crate) fn line(&mut self) -> Flow {
        if self.text.is_empty() || self.text.ends_with('\n') { Ok(()) } else { self.push("\n") }
    }

    /// Begins a new paragraph: one blank line, never more.
    pub(crate) fn paragraph(&mut self) -> Flow {
        self.line()?;
        if self.text.is_empty() || self.text.ends_with("\n\n") { Ok(()) } else { self.push("\n") }
    }

    /// A heading of a level from 1 to 6, on one line.
    pub(crate) fn heading(&mut self, level: usize, text: &str) -> Flow {
        let text = one_line(text);
        if text.is_empty() {
            return Ok(());
        }
        self.paragraph()?;
        self.push(&"#".repeat(level.clamp(1, 6)))?;
        self.push(" ")?;
        self.push(&text)?;
        self.paragraph()
    }

    /// A paragraph of its own.
    pub(crate) fn block(&mut self, text: &str) -> Flow {
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        self.paragraph()?;
        self.push(text)?;
        self.paragraph()
    }

    /// A list item at a depth from 0; `mark` is `-` or a number with its point.
    pub(crate) fn item(&mut self, depth: usize, mark: &str, text: &str) -> Flow {
        let text = one_line(text);
        if text.is_empty() {
            return Ok(());
        }
        self.line()?;
        self.push(&"  ".repeat(depth.min(8)))?;
        self.push(mark)?;
        self.push(" ")?;
        self.push(&text)?;
        self.line()
    }

    /// A table; its first row is the heading. Columns that are empty everywhere are left out.
    pub(crate) fn table(&mut self, table: &Table) -> Flow {
        let columns = table.columns();
        let mut rows = table.rows.iter().filter(|row| !row.is_empty());
        let Some(first) = rows.next() else { return Ok(()) };
        self.paragraph()?;
        self.row(first, &columns)?;
        self.push("|")?;
        for _ in &columns {
            self.push(" --- |")?;
        }
        self.line()?;
        for row in rows {
            self.row(row, &columns)?;
        }
        self.paragraph()
    }

    fn row(&mut self, row: &[(u32, String)], columns: &[u32]) -> Flow {
        let mut cells = row.iter().peekable();
        self.push("|")?;
        for column in columns {
            self.push(" ")?;
            if let Some((_, text)) = cells.next_if(|(at, _)| at == column) {
                self.push(text)?;
                self.push(" ")?;
            }
            self.push("|")?;
        }
        self.line()
    }

    /// Whether nothing can be read in it.
    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// How many characters may still be written.
    pub(crate) fn left(&self) -> usize {
        self.left
    }

    /// The text, without blank lines at its ends.
    pub(crate) fn into_text(self) -> String {
        self.text.trim_matches(['\n', ' ']).to_owned()
    }
}

/// A table while it is read: only cells with text, with their columns from 0, in order.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Vec<(u32, String)>>,
    cells: usize,
    characters: usize,
}

impl Table {
    /// Begins a row.
    pub(crate) fn row(&mut self, limit: usize) -> Flow {
        self.grow(0, limit)?;
        if self.rows.last().is_none_or(|row| !row.is_empty()) {
            self.rows.push(Vec::new());
        }
        Ok(())
    }

    /// Adds a cell to the present row; one that lies left of the last is put after it.
    pub(crate) fn cell(&mut self, column: u32, text: &str, limit: usize) -> Flow {
        let text = one_line(text).replace('|', "\\|");
        if text.is_empty() {
            return Ok(());
        }
        self.grow(text.len(), limit)?;
        if self.rows.is_empty() {
            self.rows.push(Vec::new());
        }
        if let Some(row) = self.rows.last_mut() {
            let next = row.last().map_or(0, |(last, _)| last.saturating_add(1));
            row.push((column.max(next), text));
        }
        Ok(())
    }

    /// Its text on one line, for a table within a cell.
    pub(crate) fn flat(&self) -> String {
        let words = self.rows.iter().flatten().map(|(_, text)| text.as_str());
        words.collect::<Vec<_>>().join(" ")
    }

    fn grow(&mut self, characters: usize, limit: usize) -> Flow {
        self.cells += 1;
        self.characters = self.characters.saturating_add(characters);
        // Text in UTF-8 takes at most four bytes a character: past that the result is full in any case.
        let full = self.cells > MOST_CELLS || self.characters > limit.saturating_mul(4);
        if full { Err(Stop::Cut(Cut::Characters)) } else { Ok(()) }
    }

    fn columns(&self) -> Vec<u32> {
        let all: std::collections::BTreeSet<u32> = self.rows.iter().flatten().map(|(column, _)| *column).collect();
        all.into_iter().collect()
    }
}

/// Text with every run of white space as one blank.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character has a place in a text: no controls, no marks of byte order, nothing that is never a character.
fn visible(letter: char) -> bool {
    matches!(letter, '\n' | '\t') || !(letter.is_control() || matches!(letter, '\u{feff}' | '\u{fffe}' | '\u{ffff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_counts_characters_and_keeps_what_fits() {
        let mut output = Output::new(3);
        assert!(matches!(output.push("一二三四"), Err(Stop::Cut(Cut::Characters))));
        assert_eq!(output.into_text(), "一二三");
    }

    #[test]
    fn columns_that_are_empty_everywhere_are_left_out() {
        let mut table = Table::default();
        for (column, text) in [(0, "a"), (16_000, "b|c")] {
            table.cell(column, text, 100).expect("fits");
        }
        table.row(100).expect("fits");
        table.cell(16_000, "d\ne", 100).expect("fits");
        let mut output = Output::new(100);
        output.table(&table).expect("fits");
        assert_eq!(output.into_text(), "| a | b\\|c |\n| --- | --- |\n| | d e |");
    }

    #[test]
    fn a_table_of_endless_cells_is_cut() {
        let mut table = Table::default();
        assert!((0..u32::MAX).any(|at| table.cell(at, "x", usize::MAX).is_err()));
    }
}
