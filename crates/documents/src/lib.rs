//! Files a person attaches: bytes in, Markdown or a safe picture out.
//!
//! [`recognise()`] says what a file is, by its content before its name and never by the type a sender declares alone.
//! [`extract()`] reads a document into Markdown: headings, lists and tables where the format knows them, sheets as tables
//! with their names, slides and PDF pages numbered. [`image::prepare`] makes a picture small, upright and free of
//! metadata.
//!
//! Files come from strangers, so everything is bounded by [`Limits`] before it is allocated: sizes that an archive
//! declares, what actually comes out of it, nesting, pages, characters, and time. What is guaranteed:
//!
//! - **Memory**: a few times [`Limits::inflated`] at most, whatever the file declares. Pictures of more than sixteen
//!   million pixels wait for each other.
//! - **Stack**: no recursion follows the file deeper than a fixed number of levels, so no file overflows a stack.
//! - **Panics**: a panic in a parser is caught and becomes [`ExtractError::Broken`]. The panic hook still runs, so one
//!   line may appear on standard error.
//! - **Time**: the clock is looked at in every loop that follows the file, so a document ends soon after
//!   [`Limits::time`]. Only the decoders of single compressed streams and of pictures run to their own end, which their
//!   size limits keep to seconds. It is ordinary blocking work all the same: call it where blocking is allowed.
//!
//! It never does IO, never runs what a file contains (scripts, macros, formulas, links, external entities), and knows
//! nothing of chats or the database. The same bytes give the same result, except where time ran out.

mod error;
mod extract;
mod html;
pub mod image;
mod kind;
mod limits;
mod office;
mod output;
mod package;
mod pdf;
mod recognise;
mod text;
mod work;
mod xml;

pub use error::{ExtractError, ImageError};
pub use extract::{Extracted, extract};
pub use kind::{ImageFormat, Kind, Unsupported};
pub use limits::Limits;
pub use recognise::recognise;
pub use work::Cut;
