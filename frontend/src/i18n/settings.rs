//! Texts of settings.

crate::texts! {
    X: "X", "字";
}
