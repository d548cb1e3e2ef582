//! What is drawn on a page, as far as it is text. Forms within forms are followed a few levels, a limited number of times.

use super::file::File;
use super::filters::decode;
use super::font::{Font, Fonts};
use super::layout::{Layout, Piece};
use super::lexer::{Lexer, is_blank};
use super::matrix::Matrix;
use super::object::{Dictionary, Object};
use super::pages::Page;
use crate::work::{Cut, Flow, Stop, Work};
use std::rc::Rc;

/// Deepest forms within forms.
const DEEPEST: usize = 12;

/// Most forms drawn on one page.
const MOST_FORMS: usize = 2_000;

/// Most states saved at one time, and most operands of one operator; PDF itself knows 28 and 33.
const MOST_SAVED: usize = 64;

/// Most parts of a page's content.
const MOST_PARTS: usize = 10_000;

/// The text of a page.
pub(super) fn text_of_page(file: &File<'_>, page: &Page, fonts: &mut Fonts, work: &mut Work) -> Flow<String> {
    let content = content_of(file, page, work)?;
    let resources = file.resolve(&page.resources, work)?.into_owned();
    let resources = resources.dictionary().cloned().unwrap_or_default();
    let mut drawing = Drawing { file, fonts, layout: Layout::default(), forms: 0 };
    let end = drawing.run(&content, &resources, State::default(), 0, work);
    match end {
        // What was read of a page is worth having also when it is cut.
        Err(Stop::Cut(cut)) if drawing.layout.len() > 0 => {
            work.output.block(&drawing.layout.into_text())?;
            Err(Stop::Cut(cut))
        }
        Err(stop) => Err(stop),
        Ok(()) => Ok(drawing.layout.into_text()),
    }
}

/// The content of a page in one piece; a piece that cannot be unpacked is left out.
fn content_of(file: &File<'_>, page: &Page, work: &mut Work) -> Flow<Vec<u8>> {
    let contents = file.resolve(&page.contents, work)?.into_owned();
    let parts = match contents {
        Object::Array(parts) => parts,
        one => vec![one],
    };
    let mut content = Vec::new();
    for part in parts.iter().take(MOST_PARTS) {
        if let Some(stream) = file.resolve(part, work)?.stream()
            && let Some(bytes) = decode(file, stream, work)?
        {
            // Counted while the page is put together, so that many parts are no more than one.
            work.hold(bytes.len())?;
            content.push(bytes);
        }
    }
    work.release(content.iter().map(Vec::len).sum());
    Ok(content.join(&b'\n'))
}

/// What operators change and `q` and `Q` save and restore.
#[derive(Clone)]
struct State {
    place: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    letter_spacing: f64,
    word_spacing: f64,
    scale: f64,
    leading: f64,
    rise: f64,
}

impl Default for State {
    fn default() -> Self {
        let (letter_spacing, word_spacing, leading, rise) = (0.0, 0.0, 0.0, 0.0);
        Self { place: Matrix::IDENTITY, font: None, size: 1.0, letter_spacing, word_spacing, scale: 1.0, leading, rise }
    }
}

struct Drawing<'a, 'f> {
    file: &'a File<'f>,
    fonts: &'a mut Fonts,
    layout: Layout,
    forms: usize,
}

/// A content stream while it is drawn.
struct Stream<'r> {
    resources: &'r Dictionary,
    state: State,
    saved: Vec<State>,
    line: Matrix,
    text: Matrix,
    depth: usize,
}

impl Drawing<'_, '_> {
    fn run(&mut self, content: &[u8], resources: &Dictionary, state: State, depth: usize, work: &mut Work) -> Flow {
        let (line, text) = (Matrix::IDENTITY, Matrix::IDENTITY);
        let mut stream = Stream { resources, state, saved: Vec::new(), line, text, depth };
        let mut lexer = Lexer::new(content, 0);
        let mut operands = Vec::new();
        while let Some(value) = lexer.next_operand() {
            work.step()?;
            match value {
                Object::Operator(word) if word == b"ID" => skip_picture(&mut lexer, content),
                Object::Operator(word) => self.operator(&word, &operands, &mut stream, work)?,
                value => {
                    if operands.len() < MOST_SAVED {
                        operands.push(value);
                    }
                    continue;
                }
            }
            operands.clear();
        }
        Ok(())
    }

    fn operator(&mut self, word: &[u8], operands: &[Object], stream: &mut Stream<'_>, work: &mut Work) -> Flow {
        let number = |at: usize| operands.get(at).and_then(Object::number).unwrap_or(0.0);
        match word {
            b"q" if stream.saved.len() < MOST_SAVED => stream.saved.push(stream.state.clone()),
            b"Q" => stream.state = stream.saved.pop().unwrap_or_else(|| stream.state.clone()),
            b"cm" => stream.state.place = Matrix::of(operands).unwrap_or(Matrix::IDENTITY).then(stream.state.place),
            b"BT" => stream.begin(Matrix::IDENTITY),
            b"Tm" => stream.begin(Matrix::of(operands).unwrap_or(Matrix::IDENTITY)),
            b"Td" => stream.next_line(number(0), number(1)),
            b"TD" => {
                stream.state.leading = -number(1);
                stream.next_line(number(0), number(1));
            }
            b"T*" => stream.next_line(0.0, -stream.state.leading),
            b"TL" => stream.state.leading = number(0),
            b"Tc" => stream.state.letter_spacing = number(0),
            b"Tw" => stream.state.word_spacing = number(0),
            b"Tz" => stream.state.scale = number(0) / 100.0,
            b"Ts" => stream.state.rise = number(0),
            b"Tf" => {
                stream.state.size = number(1);
                self.font(operands.first(), stream, work)?;
            }
            b"Tj" => self.show(operands.first(), stream, work)?,
            b"TJ" => self.show_many(operands.first(), stream, work)?,
            b"'" | b"\"" => {
                stream.next_line(0.0, -stream.state.leading);
                self.show(operands.last(), stream, work)?;
            }
            b"Do" => self.form(operands.first(), stream, work)?,
            _ => {}
        }
        Ok(())
    }

    fn font(&mut self, name: Option<&Object>, stream: &mut Stream<'_>, work: &mut Work) -> Flow {
        let font = self.resource("Font", name, stream, work)?;
        stream.state.font = Some(self.fonts.get(&font, self.file, work)?);
        Ok(())
    }

    /// What the resources hold under a name, as it stands.
    fn resource(&self, kind: &str, name: Option<&Object>, stream: &Stream<'_>, work: &mut Work) -> Flow<Object> {
        let Some(name) = name.and_then(Object::name) else { return Ok(Object::Null) };
        let all = self.file.resolve(stream.resources.get(kind), work)?;
        let found = all.dictionary().and_then(|all| all.0.get(name));
        Ok(found.cloned().unwrap_or(Object::Null))
    }

    fn show_many(&mut self, values: Option<&Object>, stream: &mut Stream<'_>, work: &mut Work) -> Flow {
        for value in values.and_then(Object::array).unwrap_or_default() {
            match value.number() {
                Some(back) => stream.advance(-back / 1000.0 * stream.state.size * stream.state.scale),
                None => self.show(Some(value), stream, work)?,
            }
        }
        Ok(())
    }

    fn show(&mut self, value: Option<&Object>, stream: &mut Stream<'_>, work: &mut Work) -> Flow {
        let (Some(mut string), Some(font)) = (value.and_then(Object::text), stream.state.font.clone()) else {
            return Ok(());
        };
        let (mut text, mut length) = (String::new(), 0.0);
        while !string.is_empty() {
            work.step()?;
            let (glyph, bytes) = font.glyph(string);
            string = &string[bytes..];
            text.push_str(&glyph.letters);
            length += stream.state.width_of(glyph.width, glyph.is_blank);
            if self.layout.len() + text.len() > work.output.left().saturating_mul(4) {
                return Err(Stop::Cut(Cut::Characters));
            }
        }
        self.layout.add(stream.piece(text, length));
        stream.advance(length);
        Ok(())
    }

    /// Draws a form where it stands. One that draws itself ends at the deepest level.
    fn form(&mut self, name: Option<&Object>, stream: &Stream<'_>, work: &mut Work) -> Flow {
        work.look_at_clock()?;
        let form = self.resource("XObject", name, stream, work)?;
        let form = self.file.resolve(&form, work)?.into_owned();
        let Some(data) = form.stream() else { return Ok(()) };
        let is_form = data.dictionary.get("Subtype").name() == Some(b"Form");
        if !is_form || stream.depth >= DEEPEST || self.forms >= MOST_FORMS {
            return Ok(());
        }
        self.forms += 1;
        let Some(content) = decode(self.file, data, work)? else { return Ok(()) };
        let own = self.file.get(&data.dictionary, "Resources", work)?;
        let resources = own.dictionary().unwrap_or(stream.resources);
        let matrix = self.file.get(&data.dictionary, "Matrix", work)?;
        let matrix = matrix.array().and_then(Matrix::of).unwrap_or(Matrix::IDENTITY);
        let state = State { place: matrix.then(stream.state.place), ..stream.state.clone() };
        // Forms within forms are all in memory at one time.
        work.hold(content.len())?;
        self.run(&content, resources, state, stream.depth + 1, work)?;
        work.release(content.len());
        Ok(())
    }
}

impl State {
    /// How far a glyph moves the pen.
    fn width_of(&self, width: f64, is_blank: bool) -> f64 {
        let word = if is_blank { self.word_spacing } else { 0.0 };
        (width / 1000.0 * self.size + self.letter_spacing + word) * self.scale
    }
}

impl Stream<'_> {
    fn begin(&mut self, at: Matrix) {
        self.line = at;
        self.text = at;
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.begin(Matrix::shift(x, y).then(self.line));
    }

    fn advance(&mut self, length: f64) {
        self.text = Matrix::shift(length, 0.0).then(self.text);
    }

    /// A text with its place on the page.
    fn piece(&self, text: String, length: f64) -> Piece {
        let [a, b, c, d, e, f] = Matrix::shift(0.0, self.state.rise).then(self.text).then(self.state.place).0;
        let stretch = a.hypot(b);
        let direction = if stretch > 0.0 { (a / stretch, b / stretch) } else { (1.0, 0.0) };
        Piece { text, start: (e, f), direction, length: length * stretch, size: self.state.size.abs() * c.hypot(d) }
    }
}

/// Steps over the bytes of a picture within the content: up to `EI` between blanks.
fn skip_picture(lexer: &mut Lexer<'_>, content: &[u8]) {
    let from = lexer.position();
    let blank = |at: usize| content.get(at).is_none_or(|byte| is_blank(*byte));
    let rest = content.get(from..).unwrap_or_default();
    let mut ends = memchr::memmem::find_iter(rest, b"EI").map(|at| from + at);
    let end = ends.find(|at| *at > 0 && blank(at - 1) && blank(at + 2));
    lexer.move_to(end.map_or(content.len(), |end| end + 2));
}
