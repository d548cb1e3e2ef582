//! Texts of the chat screen.

crate::texts! {
    NEW_CHAT: "New chat", "新对话";
    CHATS: "Chats", "对话列表";
    OPEN_LIST: "Show the chats", "显示对话列表";
    FOLD_LIST: "Hide the chats", "隐藏对话列表";
    RESIZE_LIST: "Width of the list", "列表宽度";
    CHAT_ACTIONS: "Actions for this chat", "对话操作";
    ROW_ACTIONS: "Actions for “{title}”", "“{title}”的操作";
    RENAME: "Rename", "重命名";
    TITLE: "Title", "标题";
    DELETE: "Delete", "删除";
    DELETED: "The chat was deleted.", "对话已删除。";
    UNTITLED: "Untitled chat", "未命名对话";
    TODAY: "Today", "今天";
    YESTERDAY: "Yesterday", "昨天";
    LAST_WEEK: "Last 7 days", "近 7 天";
    LAST_MONTH: "Last 30 days", "近 30 天";
    WRITING: "An answer is being written", "正在生成回答";
    UNREAD: "New answer", "有新回答";
    NO_CHATS: "Your chats will appear here.", "你的对话会显示在这里。";

    PERSON: "Account and settings", "账号与设置";
    SETTINGS: "Settings", "设置";
    CONNECTIONS: "Connections", "连接";
    PEOPLE: "People", "用户";
    SIGN_OUT: "Sign out", "退出登录";

    MESSAGE: "Message", "消息";
    ASK_ANYTHING: "Write a message", "输入消息";
    SEND: "Send", "发送";
    STOP: "Stop", "停止";
    STOPPING: "Stopping", "正在停止";
    STILL_WRITING: "The answer is still being written. Stop it to send.", "回答仍在生成，停止后即可发送。";
    TOO_LONG: "The message is longer than 1 MB.", "消息超过了 1 MB。";

    ATTACH: "Attach files", "添加附件";
    ATTACHED: "Attached files", "附件";
    DROP_HERE: "Drop the files to attach them", "松开即可添加附件";
    REMOVE_FILE: "Remove {name}", "移除 {name}";
    RETRY_FILE: "Send {name} again", "重新上传 {name}";
    SENDING_FILE: "Uploading, {share} %", "正在上传，{share}%";
    READING_FILE: "Reading", "正在读取";
    FILE_CHARACTERS: "{count} {count?character|characters}", "{count} 字";
    FILE_TOKENS: "{count} {count?token|tokens}", "{count} 个 token";
    FILE_CUT: "only the beginning could be read", "仅读取了开头部分";
    FILES_SENDING: "Files are being uploaded", "正在上传附件";
    FILES_HERE: "Files attached: {count}", "已添加 {count} 个附件";
    FILES_WAIT: "The message will be sent as soon as its files are uploaded.", "附件上传完成后会自动发送消息。";
    FILES_FAILED: "A file did not get through. Try it again or remove it, then send.", "有附件未能上传，请重试或移除后再发送。";
    NO_VISION: "{model} does not see pictures.", "{model} 无法识别图片。";
    NO_VISION_CHOOSE: "Choose another model", "换个模型";
    PICTURE_GONE: "This picture is no longer there", "图片已不存在";
    OPEN_PICTURE: "Open {name}", "打开 {name}";
    OPEN_TEXT: "Show the text that the model reads", "查看模型读取的文字";
    TEXT_READ: "What the model reads of this document:", "模型从该文档读取的内容：";
    DOWNLOAD: "Download the file", "下载文件";
    EDIT: "Edit", "编辑";

    SEARCH_WEB: "Search the web", "联网搜索";
    EFFORT: "Thinking: {effort}", "思考强度：{effort}";
    EFFORT_MODEL: "as the model likes", "由模型决定";
    EFFORT_OFF: "off", "关闭";
    EFFORT_MINIMAL: "minimal", "最低";
    EFFORT_LOW: "low", "低";
    EFFORT_MEDIUM: "medium", "中";
    EFFORT_HIGH: "high", "高";

    GAUGE: "Context: {share} % used", "上下文：已用 {share}%";
    GAUGE_TITLE: "Context", "上下文";
    GAUGE_USED: "This chat", "本对话";
    GAUGE_DRAFT: "This message", "本条消息";
    GAUGE_RESERVED: "Kept for the answer", "为回答预留";
    GAUGE_LIMIT: "Limit of the model", "模型上限";
    GAUGE_OLD_OUT: "The {count} oldest messages no longer fit and are left out.", "最早的 {count} 条消息放不下，将不会发送给模型。";
    GAUGE_WILL_OUT: "The {count} oldest messages will be left out to make room for this one.", "为给本条消息腾出空间，最早的 {count} 条消息将不会发送给模型。";
    GAUGE_MORE_OUT: "Older messages will be left out to make room for this one.", "为给本条消息腾出空间，较早的消息将不会发送给模型。";
    GAUGE_TOO_LONG: "This message alone is longer than the model reads.", "单是本条消息就超过了模型的上下文上限。";
    GAUGE_FITS: "Older messages are left out when the context is full.", "上下文用满后，较早的消息将不会发送给模型。";

    INSTRUCTIONS: "Instructions", "对话指令";
    INSTRUCTIONS_EDIT: "Instructions for this chat", "本对话的指令";
    INSTRUCTIONS_THERE: "This chat has instructions", "本对话设有指令";
    INSTRUCTIONS_HINT: "What the model is told in this chat, above your own instructions and those for everybody. Empty removes them.", "仅在本对话中告诉模型的内容，优先于你的个人指令和全局指令。留空则移除。";
    INSTRUCTIONS_VARIABLES: "These are filled in when a message is sent:", "发送消息时会自动填入：";
    INSTRUCTIONS_LONG: "Instructions have at most {limit} characters.", "指令最多 {limit} 个字符。";

    TOOL_CALLING: "Calling {name}", "正在调用 {name}";
    TOOL_CALLED: "Called {name}", "已调用 {name}";
    TOOL_FAILED: "{name} failed", "{name} 调用失败";
    TOOL_ARGUMENTS: "Arguments", "参数";
    TOOL_RESULT: "Result", "结果";

    GREETING_MORNING: "Good morning, {name}", "早上好，{name}";
    GREETING_DAY: "Hello, {name}", "你好，{name}";
    GREETING_EVENING: "Good evening, {name}", "晚上好，{name}";
    STARTER_EXPLAIN: "Explain", "讲解";
    STARTER_EXPLAIN_TEXT: "Explain how TCP congestion control works, first in three sentences, then in detail.", "讲讲 TCP 拥塞控制：先用三句话概括，再展开说明。";
    STARTER_WRITE: "Write", "写作";
    STARTER_WRITE_TEXT: "Write a short, friendly message that moves our meeting from Tuesday to Thursday: ", "帮我写一条简短友好的消息，把周二的会议改到周四：";
    STARTER_CODE: "Code", "编程";
    STARTER_CODE_TEXT: "Review this code and name the three most important improvements:", "请审阅这段代码，指出最重要的三处改进：";

    NO_MODEL: "There is no model to talk to yet.", "还没有可以对话的模型。";
    NO_MODEL_ASK: "Ask an administrator of this server to connect one.", "请联系这台服务器的管理员接入模型。";
    CONNECT_MODEL: "Connect a model", "接入模型";
    TRY_DEMO: "Try the demo", "试用演示模型";
    DEMO: "Demo", "演示";
    DEMO_NOTE: "The demo model repeats prepared text; nothing leaves this server.", "演示模型只会返回预先准备的文字，不会连接外部服务。";

    COPY_MESSAGE: "Copy", "复制";
    ANSWER_AGAIN: "Answer again", "重新回答";
    CONTINUE: "Continue", "继续生成";
    INFORMATION: "About this answer", "回答信息";
    MESSAGE_ACTIONS: "Actions for this message", "消息操作";
    OTHER_MODEL: "Other model", "换个模型";
    TAKE_OUT: "Put aside", "收起";
    VERSION: "Version {number} of {count}", "第 {number} 版，共 {count} 版";
    VERSION_BEFORE: "Earlier version", "上一版";
    VERSION_AFTER: "Later version", "下一版";
    STOPPED: "Stopped", "已停止";
    UNSURE: "Not confirmed yet. It will be sent as soon as the server answers.", "尚未确认送达，服务器恢复后会自动发送。";
    KEPT_WRITING: "AIChat kept writing while you were away.", "你离开期间，回答已继续完成。";
    ENDED: "The answer has ended.", "回答已结束。";
    YOU: "You", "你";
    ANSWER: "Answer", "回答";
    TO_END: "To the end", "回到底部";
    UNKNOWN_PART: "A newer version of AIChat can show this part.", "此部分内容需要更新版本的 AIChat 才能显示。";

    MODEL: "Model", "模型";
    TOKENS: "Tokens", "Token 用量";
    TOKENS_VALUE: "{prompt} in, {completion} out", "输入 {prompt}，输出 {completion}";
    REASONING_TOKENS: "For thinking", "思考用量";
    CACHED_TOKENS: "Cached", "缓存命中";
    FIRST_TOKEN: "First token", "首个 Token";
    WHOLE_TIME: "Time", "用时";
    ESTIMATED: "{value} (estimated)", "{value}（估算）";
    SECONDS: "{value} s", "{value} 秒";
    MILLISECONDS: "{value} ms", "{value} 毫秒";
    WRITTEN_AT: "Written", "时间";

    THINKING: "Thinking", "正在思考";
    THOUGHT: "Thought", "已思考";
    THOUGHT_FOR: "Thought for {seconds} s", "思考了 {seconds} 秒";
    THOUGHT_FOR_MINUTES: "Thought for {minutes} min {seconds} s", "思考了 {minutes} 分 {seconds} 秒";

    CODE_COPY: "Copy the code", "复制代码";
    CODE_WRAP: "Wrap long lines", "自动换行";
    CODE_PLAIN: "Text", "文本";

    CHOOSE_MODEL: "Choose a model", "选择模型";
    MODEL_REPLACED: "The model of this chat is no longer available. {model} answers instead.", "此对话使用的模型已不可用，将由 {model} 回答。";
    SEARCH_MODELS: "Search models", "搜索模型";
    RECENT: "Recent", "最近使用";
    PIN_MODEL: "Pin {model}", "置顶 {model}";
    UNPIN_MODEL: "Unpin {model}", "取消置顶 {model}";
    NO_MODEL_FOUND: "No model matches “{search}”.", "没有与“{search}”匹配的模型。";
    NONE_MADE: "No model that is shown is made for this.", "已显示的模型中没有适合此用途的。";
    CLEAR_SEARCH: "Show all", "显示全部";
    CONTEXT: "{size} context", "{size} 上下文";
    PRICE: "{input} in, {output} out per M", "输入 {input}，输出 {output}/百万";
    SEES: "Sees pictures", "识别图片";
    USES_TOOLS: "Calls tools", "调用工具";
    THINKS: "Thinks", "思考";
    SEARCHES: "Searches the web", "联网搜索";

    RECONNECTING: "Your message is safe. Reconnecting…", "你的消息已保存，正在重新连接…";
    OUTDATED: "{brand} was updated.", "{brand} 已更新。";
    RELOAD: "Reload", "重新加载";
}
