//! Texts of the text box: commands, messages that wait, pasted text, the settings of one chat.

crate::texts! {
    COMMANDS: "Commands", "命令";
    COMMAND_NEW: "Start a new chat", "新建对话";
    COMMAND_TEMPORARY: "Start a temporary chat", "新建临时对话";
    COMMAND_MODEL: "Choose another model", "更换模型";
    COMMAND_SYSTEM: "Give this chat instructions", "设置本对话的指令";
    COMMAND_PARAMETERS: "Set the parameters of this chat", "设置本对话的参数";
    COMMAND_HELP: "What can be typed here", "查看命令和快捷键";
    MODELS: "Models", "模型";
    OFFERED: "{count} to choose from; arrow keys move, Enter takes", "共 {count} 项，方向键选择，Enter 确认";

    HELP: "Commands and keys", "命令和快捷键";
    KEYS: "Keys", "快捷键";
    EMOJI: "Emoji", "表情";
    KEY_COLON: "Find an emoji by its name, as in :smile", "输入名称查找表情，例如 :笑";
    KEY_AT: "Choose a model while typing", "输入时选择模型";

    TALL: "Write on the whole page", "全屏编辑";
    TALL_LEAVE: "Back to the small box", "退出全屏编辑";

    QUEUE: "Send after this answer", "回答结束后发送";
    WAITING: "Waiting to be sent", "等待发送";
    WAITING_COUNT: "Messages waiting: {count}", "有 {count} 条消息等待发送";
    HELD: "The last answer did not end by itself, so these wait until you send one.", "上一条回答未正常结束，消息会等待你手动发送。";
    SEND_NOW: "Send now: {text}", "立即发送：{text}";
    QUEUE_EDIT: "Edit: {text}", "编辑：{text}";
    QUEUE_REMOVE: "Remove: {text}", "移除：{text}";
    QUEUE_REMOVED: "The waiting message was removed.", "已移除等待发送的消息。";
    QUEUE_FILES: "Files: {count}", "附件：{count}";

    PASTED: "Pasted text", "粘贴的文本";
    AS_TEXT: "Put {name} into the message", "将 {name} 转为消息正文";

    TEMPORARY_LEAVE: "Make it an ordinary chat", "改为普通对话";

    TUNE: "Instructions and parameters", "指令和参数";
    TUNE_NEW: "For this new chat", "用于这个新对话";
    PARAMETERS: "Parameters", "参数";
    PARAMETERS_TEXT: "Empty leaves it to the model.", "留空则由模型决定。";
    AS_MODEL: "As the model", "由模型决定";
    TEMPERATURE: "Temperature", "温度";
    TOP_P: "Top P", "Top P";
    TOP_K: "Top K", "Top K";
    MAX_TOKENS: "Longest answer, in tokens", "回答的最大 token 数";
    PRESENCE: "Presence penalty", "存在惩罚";
    FREQUENCY: "Frequency penalty", "频率惩罚";
    RANGE: "A number from {low} to {high}", "{low} 到 {high} 之间的数";
    RANGE_WHOLE: "A whole number from {low} to {high}", "{low} 到 {high} 之间的整数";

    ENTER: "Sending", "发送方式";
    ENTER_TEXT: "What Enter does while you write, on this device.", "在此设备上输入时 Enter 键的作用。";
    ENTER_SENDS: "Enter sends", "Enter 发送";
    ENTER_BREAKS: "Ctrl/⌘ Enter sends", "Ctrl/⌘ Enter 发送";
    DURING: "While an answer is written", "回答过程中发送";
    DURING_TEXT: "What sending does before the answer has ended, on this device.", "在此设备上，回答尚未结束时发送消息的处理方式。";
    DURING_QUEUE: "Wait for its end", "排队等待";
    DURING_STOP: "Stop it and send", "停止并发送";
    QUEUE_STOPS: "Stop the answer and send", "停止回答并发送";
    PASTE: "Long pastes", "长文本粘贴";
    PASTE_TEXT: "What becomes of more than 1,000 pasted characters, on this device.", "在此设备上粘贴超过 1,000 个字符时的处理方式。";
    PASTE_FILE: "Attach as a file", "作为附件";
    PASTE_STAYS: "Keep in the text", "保留在正文";
}
