//! From pieces of text with places to lines. Pieces come in the order in which they are drawn; what separates two is seen
//! in the distance between them.

use crate::output::one_line;

/// Distances in parts of the size of the letters.
const NEW_LINE: f64 = 0.6;
const NEW_PARAGRAPH: f64 = 2.2;
const BLANK: f64 = 0.2;
const BLANK_BETWEEN_WIDE: f64 = 0.9;

/// A piece of text on a page.
pub(super) struct Piece {
    pub(super) text: String,
    /// Where it begins.
    pub(super) start: (f64, f64),
    /// Which way it runs; of length 1.
    pub(super) direction: (f64, f64),
    /// How far it reaches that way.
    pub(super) length: f64,
    /// The size of its letters.
    pub(super) size: f64,
}

/// The text of a page while it grows.
#[derive(Default)]
pub(super) struct Layout {
    text: String,
    last: Option<Piece>,
}

impl Layout {
    /// Adds a piece.
    pub(super) fn add(&mut self, piece: Piece) {
        if piece.text.is_empty() {
            return;
        }
        if self.last.as_ref().is_some_and(|last| is_shadow(last, &piece)) {
            return;
        }
        let between = self.last.as_ref().map_or("", |last| separator(last, &piece, &self.text));
        self.text.push_str(between);
        self.text.push_str(&piece.text);
        self.last = Some(piece);
    }

    /// How much text there is, in bytes.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// The lines.
    pub(super) fn into_text(self) -> String {
        let lines: Vec<String> = self.text.split('\n').map(one_line).collect();
        lines.join("\n")
    }
}

/// Whether a piece is drawn over the last to make it bold.
fn is_shadow(last: &Piece, piece: &Piece) -> bool {
    let distance = (last.start.0 - piece.start.0).abs() + (last.start.1 - piece.start.1).abs();
    last.text == piece.text && distance < last.size * 0.15 && last.length > last.size * 0.3
}

/// What stands between two pieces.
fn separator(last: &Piece, piece: &Piece, text: &str) -> &'static str {
    let end = (last.start.0 + last.direction.0 * last.length, last.start.1 + last.direction.1 * last.length);
    let way = (piece.start.0 - end.0, piece.start.1 - end.1);
    let along = way.0 * last.direction.0 + way.1 * last.direction.1;
    let across = (way.1 * last.direction.0 - way.0 * last.direction.1).abs();
    let size = last.size.max(piece.size).max(0.01);
    let turned = (last.direction.0 - piece.direction.0).abs() + (last.direction.1 - piece.direction.1).abs() > 0.1;
    match () {
        () if across > NEW_PARAGRAPH * size => "\n\n",
        () if turned || across > NEW_LINE * size => "\n",
        () if along.abs() > gap(text, piece) * size => " ",
        () => "",
    }
}

/// How far apart letters are that have a blank between them. Chinese letters may be set with air and have none.
fn gap(text: &str, piece: &Piece) -> f64 {
    let wide = |letter: Option<char>| letter.is_some_and(|letter| letter >= '\u{2e80}');
    let both = wide(text.chars().next_back()) && wide(piece.text.chars().next());
    if both { BLANK_BETWEEN_WIDE } else { BLANK }
}
