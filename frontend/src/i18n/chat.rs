//! Texts of the chat screen.

crate::texts! {}
