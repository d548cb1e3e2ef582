//! Texts of connections.

crate::texts! {
    X: "X", "字";
}
