//! Texts of the shortcuts and their overview.

crate::texts! {
    TITLE: "Keyboard shortcuts", "键盘快捷键";
    AROUND: "Around", "导航";
    CHAT: "In a chat", "对话中";
    WRITING: "In the text box", "输入框";
    MESSAGE: "At a message that has the focus", "选中消息时";
    EDITING: "While a message is edited", "编辑消息时";
    NEW_CHAT: "New chat", "新对话";
    TEMPORARY: "Temporary chat", "临时对话";
    SEARCH: "Search chats", "搜索对话";
    SIDEBAR: "Show or hide the list of chats", "显示或隐藏对话列表";
    SETTINGS: "Open the settings", "打开设置";
    OVERVIEW: "Show these shortcuts", "显示快捷键";
    MODEL: "Choose a model", "选择模型";
    COPY_ANSWER: "Copy the last answer", "复制最后一个回答";
    COPY_CODE: "Copy the last code block", "复制最后一个代码块";
    DELETE: "Delete this chat", "删除当前对话";
    FOCUS: "Go to the text box", "回到输入框";
    SEND: "Send", "发送";
    LINE: "New line", "换行";
    STOP: "Stop the answer", "停止回答";
    TALL: "Write on the whole page", "全屏编辑";
    EDIT_LAST: "Edit your last message, from the empty box", "输入框为空时，编辑上一条消息";
    PASTE: "Paste a long text as it is", "将长文本原样粘贴";
    VERSION_BEFORE: "The version before", "上一个版本";
    VERSION_AFTER: "The version after", "下一个版本";
    MESSAGE_BEFORE: "The message before", "上一条消息";
    MESSAGE_AFTER: "The message after", "下一条消息";
    EDITOR_SAVE: "Save in its place", "直接保存";
    EDITOR_SEND: "Send a question anew, or save an answer", "重新发送问题，或保存回答";
    EDITOR_LEAVE: "Leave it as it was", "放弃修改";
    ARE_OFF: "They are switched off in this browser; the settings switch them on.", "此浏览器已停用快捷键，可在设置中启用。";
    SWITCH: "Keyboard shortcuts", "键盘快捷键";
    SWITCH_TEXT: "Kept in this browser. Switch them off where they get in the way of an extension.", "仅对此浏览器生效。与扩展冲突时可以停用。";
    SHOW: "Show all", "查看全部";
}
