//! How wide the columns of a table are: as its head and its first row need it. Known before the second row, so nothing moves
//! while further rows come, and the same for a table that is written and one that is stored.

use crate::chars;
use crate::prepare::marks::Prepared;
use pulldown_cmark::{Event, Tag, TagEnd};

/// The widths that the style sheet has, in `em`, each with its class.
const WIDTHS: [(usize, &str); 5] = [(6, "c1"), (9, "c2"), (13, "c3"), (18, "c4"), (24, "c5")];
/// The room beside the text of a cell, in halves of an `em`.
const BESIDES: usize = 4;
/// From here on a table is wider than a column of text, in `em`.
const WIDE: usize = 48;

/// The opening tags of a table with so many columns; `events` are those after its own.
pub(super) fn opening(events: &[Event<'_>], columns: usize, prepared: &Prepared<'_>) -> String {
    let widths: Vec<_> = lengths(events, columns, prepared).into_iter().map(width).collect();
    let wide = if widths.iter().map(|(em, _)| em).sum::<usize>() > WIDE { " wide" } else { "" };
    let columns: String = widths.iter().map(|(_, class)| format!("<col class=\"{class}\">")).collect();
    format!("<div class=\"table-scroll{wide}\" tabindex=\"0\"><table><colgroup>{columns}</colgroup>")
}

/// The longer one of head and first row, for each column, in halves of an `em`.
fn lengths(events: &[Event<'_>], columns: usize, prepared: &Prepared<'_>) -> Vec<usize> {
    let mut longest = vec![0; columns];
    let (mut cell, mut length) = (0, 0);
    for event in events {
        match event {
            Event::Start(Tag::TableHead | Tag::TableRow) => cell = 0,
            Event::Start(Tag::TableCell) => length = 0,
            Event::Text(text) | Event::Code(text) => length += halves(&prepared.restore(text)),
            Event::End(TagEnd::TableCell) => {
                if let Some(longest) = longest.get_mut(cell) {
                    *longest = length.max(*longest);
                }
                cell += 1;
            }
            Event::End(TagEnd::TableRow | TagEnd::Table) => break,
            _ => {}
        }
    }
    longest
}

fn halves(text: &str) -> usize {
    text.chars().map(|c| if chars::is_wide(c) { 2 } else { 1 }).sum()
}

fn width(halves: usize) -> (usize, &'static str) {
    let fits = |(em, _): &&(usize, &str)| halves + BESIDES <= em * 2;
    *WIDTHS.iter().find(fits).unwrap_or(&WIDTHS[WIDTHS.len() - 1])
}

#[cfg(test)]
mod tests {
    use crate::render;

    fn head(text: &str) -> String {
        let html = render(text)[0].html().into_owned();
        html[..html.find("<thead").expect("a table")].to_owned()
    }

    fn table(classes: &[&str], wide: &str) -> String {
        let columns: String = classes.iter().map(|class| format!("<col class=\"{class}\">")).collect();
        format!("<div class=\"table-scroll{wide}\" tabindex=\"0\"><table><colgroup>{columns}</colgroup>")
    }

    #[test]
    fn columns_are_as_wide_as_the_head_or_the_first_row_needs() {
        let text = "| # | Name of it | What |\n|--|--|--|\n| 1 | x | a sentence of some letters |\n| 2 | longer than that | y |";
        assert_eq!(head(text), table(&["c1", "c2", "c4"], ""));
        assert_eq!(head("| 名 | `code` |\n|--|--|\n| 渡轮七点出发 | **b** |"), table(&["c2", "c1"], ""));
    }

    #[test]
    fn later_rows_change_nothing() {
        let rows = "| a | b |\n|--|--|\n| 1 | 2 |\n";
        let more = format!("{rows}| {} | 4 |\n", "long ".repeat(20));
        assert_eq!(head(rows), head(&more));
    }

    #[test]
    fn many_columns_are_wider_than_text() {
        let cells = |cell: &str| format!("|{}\n", format!("{cell}|").repeat(4));
        let text = cells("x") + &cells("-") + &cells(&"word ".repeat(12));
        assert_eq!(head(&text), table(&["c5"; 4], " wide"));
    }
}
