//! What files give, through the crate's own door.

mod fixtures;
mod hostile;
mod images;
mod office;
mod pdf;
mod random;
mod recognising;
mod texts;
