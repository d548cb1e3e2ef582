//! Texts about the brand of the server, and about how large everything is.

crate::texts! {
    LOGO: "Logo", "标志";
    LOGO_TEXT: "Shown before the name and in the browser's tab. PNG, JPEG or WebP; it is made smaller.", "显示在名称之前和浏览器标签页上。支持 PNG、JPEG 或 WebP，会自动缩小。";
    COLOUR_WELL: "Choose a colour", "选取颜色";
    COLOUR_RULE: "Six digits and letters a to f, such as #1f6b52.", "请输入六位十六进制颜色，例如 #1f6b52。";
    COLOUR_RESET: "Reset", "恢复默认";
    SAMPLE_LINK: "A link", "链接";
    SAMPLE_MARK: "Done", "完成";
    SCALE: "Size", "界面大小";
    SCALE_TEXT: "How large texts and buttons are. Kept in this browser.", "文字和按钮的大小，仅对此浏览器生效。";
}
