//! Texts of API keys: the list, the form, and the secret that is shown once.

crate::texts! {
    KEYS: "API keys", "API 密钥";
    INTRO: "What programs show in place of your password: scripts, editors, other chat clients.", "脚本、编辑器和其他聊天客户端等程序用来代替密码的凭据。";
    NEW: "New key", "新建密钥";
    NEW_TEXT: "One for each program, so that each can be revoked by itself.", "每个程序使用单独的密钥，以便分别吊销。";
    NONE: "There are no keys yet. With one, a program chats, searches and reads files in your name, and you can take that back at any time.", "还没有密钥。程序可以凭密钥以你的名义对话、搜索和读取文件，你可以随时收回。";

    NAME: "Name", "名称";
    NAME_HINT: "What the program is, to recognise the key.", "用途或程序名称，便于识别。";
    NAME_RULE: "1 to 64 characters.", "1 至 64 个字符。";
    SCOPES: "What it may do", "权限";
    SCOPES_RULE: "Choose at least one.", "请至少选择一项。";
    SCOPE_CHAT: "Chats", "对话";
    SCOPE_CHAT_TEXT: "Your chats, answers, folders, search and files.", "你的对话、回答、文件夹、搜索和文件。";
    SCOPE_MODELS: "List of models", "模型列表";
    SCOPE_MODELS_TEXT: "Which models you may use.", "你可以使用哪些模型。";
    SCOPE_ADMIN: "Administration", "系统管理";
    SCOPE_ADMIN_TEXT: "Connections, people and settings, as long as you are administrator.", "连接、用户和设置，仅在你是管理员期间有效。";
    END: "Expires", "有效期";
    END_KEPT: "As it is", "保持不变";
    END_NEVER: "Never", "永不过期";
    END_DAYS: "{days} days from now", "从现在起 {days} 天";
    MODELS: "Models", "模型";
    MODELS_HINT: "One name a line. Empty for all that you may use.", "每行一个名称，留空表示你可用的全部模型。";
    ADDRESSES: "Addresses", "来源地址";
    ADDRESSES_HINT: "One address or network a line, such as 10.0.0.0/8. Empty for anywhere.", "每行一个地址或网段，例如 10.0.0.0/8，留空表示不限。";
    MAKE: "Make key", "创建密钥";

    MADE_TITLE: "The key “{name}”", "密钥“{name}”";
    MADE_TEXT: "Put it into the program now: it is shown this once.", "请立即填入程序：密钥只显示这一次。";
    TRY: "To try it", "试用命令";
    COPY_TRY: "Copy the command", "复制命令";

    ACTIONS: "Actions for {name}", "对“{name}”的操作";
    EDIT: "Edit", "编辑";
    EDIT_TITLE: "Edit the key “{name}”", "编辑密钥“{name}”";
    CHANGED: "The key was changed", "密钥已修改";
    REVOKE: "Revoke", "吊销";
    REVOKE_TITLE: "Revoke the key “{name}”?", "吊销密钥“{name}”？";
    REVOKE_TEXT: "Whatever uses it is refused at once. This cannot be undone.", "使用它的程序会立即失去访问权限，且无法恢复。";
    REVOKED: "The key was revoked", "密钥已吊销";
    EXPIRED: "Expired", "已过期";
    UNTIL: "Expires on {date}", "有效期至 {date}";
    NO_END: "Never expires", "长期有效";
    NEVER_USED: "Never used", "从未使用";
    LAST_USED: "Last used {ago} from {address}", "最近使用：{ago}，来自 {address}";
    ONLY: "Only {list}", "仅限 {list}";
}
