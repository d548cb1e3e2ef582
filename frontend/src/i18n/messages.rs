//! Texts of what can be done with a message.

crate::texts! {
    MORE: "More", "更多";
    COPY_RICH: "Copy with formatting", "复制为富文本";
    COPY_LINK: "Copy link", "复制链接";
    LINK_COPIED: "The link was copied.", "链接已复制。";
    RICH_COPIED: "Copied with formatting.", "已复制为富文本。";
    AGAIN_OTHER: "Answer again with another model", "换个模型重新回答";
    QUOTE: "Quote", "引用";
    FORK: "Go on in a new chat", "从这里开始新对话";
    DELETE_MESSAGE: "Delete", "删除";
    MESSAGE_DELETED: "The message and what followed it were deleted.", "这条消息及其后的内容已删除。";
    EDITED: "edited", "已编辑";
    EDIT_TEXT: "Text of the message", "消息内容";
    SEND_NEW: "Send as a new branch", "作为新分支发送";
    SEND_NEW_HINT: "Save changes the message in its place. Sending answers it anew; the present version stays.", "“保存”会直接修改这条消息；“作为新分支发送”会重新生成回答，并保留当前版本。";
    SAVE_HINT: "Save changes the answer in its place. The model reads it as you leave it.", "“保存”会直接修改这条回答，之后模型读到的就是修改后的内容。";
    SAVE_KEEPS_FILES: "Files can only be taken away by sending anew.", "移除附件后只能作为新分支发送。";
    EDIT_DROPPED: "Your changes were discarded.", "修改已放弃。";
    CONNECTION: "Connection", "连接";
    SPEED: "Speed", "速度";
    PER_SECOND: "{count} tokens/s", "{count} token/秒";
    COST: "Cost", "费用";
    REQUEST: "Request", "请求 ID";
}
