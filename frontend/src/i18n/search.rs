//! Texts of the search over all chats.

crate::texts! {
    SEARCH: "Search", "搜索";
    SEARCH_CHATS: "Search chats", "搜索对话";
    BOX: "Words, or a filter", "输入关键词或筛选条件";
    RESULTS: "Results", "结果";
    RECENT: "Recent chats", "最近的对话";
    COMMANDS: "Go to", "前往";
    FILTERS: "Filters", "筛选";
    NOTHING: "Nothing was found for “{query}”.", "没有找到“{query}”。";
    WITHOUT: "Search without “{part}”", "去掉“{part}”再搜索";
    CLEAR: "Clear the search", "清除搜索";
    PENDING: "Older messages are still being read in ({count}).", "较早的消息仍在建立索引（{count}）。";
    FOUND: "{count} found", "找到 {count} 个";
    FOUND_MORE: "More than {count} found", "找到 {count} 个以上";
    YOU_WROTE: "You", "你";
    ARCHIVED: "Archived", "已归档";
}
