//! Texts of auth.

crate::texts! {
    X: "X", "字";
}
