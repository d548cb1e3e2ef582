//! Texts of the list of chats: pins, folders, tags, the archive, temporary chats, choosing several.

crate::texts! {
    LIST_MENU: "More", "更多";
    PINNED: "Pinned", "置顶";
    FOLDERS: "Folders", "文件夹";
    PART_FAILED: "{part}: {reason}", "{part}：{reason}";
    PIN: "Pin", "置顶";
    UNPIN: "Unpin", "取消置顶";
    TAGS: "Tags", "标签";
    MOVE: "Move to folder", "移动到文件夹";
    ARCHIVE_CHAT: "Archive", "归档";
    UNARCHIVE: "Take out of the archive", "取消归档";
    CHOOSE: "Select", "选择";
    CHOOSE_CHATS: "Select chats", "选择对话";
    CHOSEN: "{count} selected", "已选择 {count} 个";
    CHOOSE_NONE: "Select chats in the list", "请在列表中选择对话";
    CHOOSE_THIS: "Select “{title}”", "选择“{title}”";
    DONE: "Done", "完成";
    SHOW_MORE: "Show more", "显示更多";

    ARCHIVED_ONE: "The chat was archived.", "对话已归档。";
    ARCHIVED_MANY: "{count} chats were archived.", "已归档 {count} 个对话。";
    UNARCHIVED: "Back in the list.", "已放回列表。";
    MOVED: "Moved to “{folder}”.", "已移动到“{folder}”。";
    MOVED_OUT: "Taken out of its folder.", "已移出文件夹。";
    DELETED_MANY: "{count} chats were deleted.", "已删除 {count} 个对话。";

    NEW_FOLDER: "New folder", "新建文件夹";
    EDIT_FOLDER: "Folder", "文件夹";
    FOLDER_ACTIONS: "Actions for the folder “{name}”", "文件夹“{name}”的操作";
    FOLDER_NAME: "Name", "名称";
    FOLDER_INSTRUCTIONS: "Instructions", "指令";
    FOLDER_INSTRUCTIONS_HINT: "What the model is told in every chat of this folder. A chat's own instructions come first.", "在此文件夹的所有对话中告诉模型的内容，对话自身的指令优先。";
    FOLDER_NAMELESS: "A folder needs a name.", "请填写文件夹名称。";
    FOLDER_LONG: "A name has at most {limit} characters.", "名称最多 {limit} 个字符。";
    FOLDER_EMPTY: "No chats yet", "暂无对话";
    FOLDER_UP: "Move up", "上移";
    FOLDER_DOWN: "Move down", "下移";
    FOLDER_DELETE: "Delete folder", "删除文件夹";
    FOLDER_DELETE_TITLE: "Delete the folder “{name}”?", "删除文件夹“{name}”？";
    FOLDER_DELETE_TEXT: "Its chats stay; they are listed by date again.", "其中的对话会保留，并重新按日期显示。";
    NEW_CHAT_HERE: "New chat here", "在此新建对话";
    NO_FOLDER: "No folder", "不放入文件夹";
    IN_FOLDER: "New chat in “{folder}”", "在“{folder}”中新建对话";

    TAG_ADD: "Add a tag", "添加标签";
    TAG_REMOVE: "Remove the tag {tag}", "移除标签 {tag}";
    TAG_NONE: "This chat has no tags yet.", "此对话还没有标签。";
    TAG_HINT: "Enter adds it. The search can filter by tags.", "按 Enter 添加，搜索时可按标签筛选。";
    TAG_KNOWN: "Used elsewhere", "已有标签";
    TAG_LIMIT: "A chat has at most {limit} tags.", "一个对话最多 {limit} 个标签。";

    ARCHIVE: "Archive", "归档";
    ARCHIVE_EMPTY: "Nothing is archived.", "还没有归档的对话。";
    ARCHIVE_SEARCH: "Search the archive", "搜索归档";

    TEMPORARY: "Temporary chat", "临时对话";
    TEMPORARY_MARK: "This chat is in no list and goes after a day.", "此对话不会出现在列表中，一天后自动删除。";
    KEEP: "Keep it", "保留";
    KEPT: "The chat is in the list now.", "对话已加入列表。";
}
