//! Texts about where somebody reads in a chat.

crate::texts! {
    NEWS_BELOW: "To the end: there is new text", "回到底部：有新内容";
}
