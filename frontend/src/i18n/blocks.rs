//! Texts of what a message is made of: code, tables, formulas, diagrams, pictures. Those that only `build/blocks` says are
//! read from here by the build.

crate::texts! {
    CODE_SHOW_ALL: "Show all {count} lines", "显示全部 {count} 行";
    CODE_FOLD: "Fold the code", "折叠代码";
    CODE_UNFOLD: "Unfold the code", "展开代码";
    CODE_DOWNLOAD: "Download the code", "下载代码";

    TABLE_CSV: "Copy the table as CSV", "将表格复制为 CSV";
    TABLE_MARKDOWN: "Copy the table as Markdown", "将表格复制为 Markdown";
    COPIED: "Copied", "已复制";
    NOT_COPIED: "Could not copy. Select the text and copy it yourself.", "复制失败，请手动选中文字复制。";

    VIEW: "View", "视图";
    PREVIEW: "Preview", "预览";
    CODE: "Code", "代码";
    PREVIEW_OF: "Preview of this code", "此代码的预览";
    NOT_DRAWN: "The diagram cannot be drawn:", "无法绘制图表：";

    PICTURE: "Picture", "图片";
    PREVIOUS: "Previous picture", "上一张";
    NEXT: "Next picture", "下一张";
    ZOOM_IN: "Enlarge", "放大";
    ZOOM_OUT: "Reduce", "缩小";
    DOWNLOAD: "Download", "下载";
    CLOSE: "Close", "关闭";
    PLACE: "{place} / {count}", "{place} / {count}";
}
