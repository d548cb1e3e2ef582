//! Texts of the settings: index, profile, people, system.

crate::texts! {
    SETTINGS: "Settings", "设置";
    YOURS: "Yours", "个人";
    SYSTEM_GROUP: "System", "系统";
    PROFILE: "Profile", "个人资料";
    CONNECTIONS: "Connections", "连接";
    PEOPLE: "People", "用户";
    SYSTEM: "General", "通用";
    SEARCH: "Search settings", "搜索设置";
    NOTHING_FOUND: "No setting is called “{query}”.", "没有名为“{query}”的设置。";
    CLEAR_SEARCH: "Clear search", "清除搜索";
    BACK_TO_CHAT: "Back to chat", "返回对话";
    BACK_TO_INDEX: "All settings", "全部设置";
    LOCKED: "Fixed by {variable}", "由 {variable} 固定";

    SIGNED_IN_AS: "Signed in as", "当前账号";
    ROLE_ADMIN: "Administrator", "管理员";
    ROLE_USER: "Member", "成员";
    LANGUAGE_TEXT: "The language of everything but your chats.", "界面所用的语言，不影响对话内容。";
    THEME_TEXT: "Light, dark, or as your device has it.", "浅色、深色，或与设备保持一致。";
    PASSWORD: "Password", "密码";
    PASSWORD_TEXT: "Changing it signs out your other devices.", "修改后，其他设备上的登录会失效。";
    PASSWORD_CURRENT: "Current password", "当前密码";
    PASSWORD_NEW: "New password", "新密码";
    PASSWORD_CHANGE: "Change password", "修改密码";
    PASSWORD_CHANGED: "Password changed", "密码已修改";
    SIGN_OUT_TEXT: "Ends the login in this browser. Your chats stay.", "结束此浏览器上的登录，对话会保留。";

    PEOPLE_TEXT: "Who may use this server. New accounts wait here for approval.", "可以使用本服务的人。新账号会在这里等待审批。";
    APPROVE: "Approve", "批准";
    REJECT: "Reject", "拒绝";
    DISABLE: "Disable", "停用";
    ENABLE: "Enable", "启用";
    MAKE_ADMIN: "Make administrator", "设为管理员";
    MAKE_USER: "Make member", "设为成员";
    APPROVED: "{name} can sign in now", "“{name}”现在可以登录";
    REJECTED: "{name} was rejected", "已拒绝“{name}”";
    DISABLED: "{name} was disabled", "已停用“{name}”";
    ENABLED: "{name} was enabled", "已启用“{name}”";
    IS_ADMIN: "{name} is administrator now", "“{name}”现在是管理员";
    IS_USER: "{name} is a member now", "“{name}”现在是成员";
    STATUS_PENDING: "Waits for approval", "等待审批";
    STATUS_REJECTED: "Rejected", "已拒绝";
    STATUS_DISABLED: "Disabled", "已停用";
    YOU: "You", "你";
    REGISTERED: "Registered {date}", "注册于 {date}";
    LAST_SEEN: "Last sign-in {date}", "最近登录 {date}";
    PERSON_ACTIONS: "Actions for {name}", "对“{name}”的操作";
    REJECT_TITLE: "Reject {name}?", "拒绝“{name}”？";
    REJECT_TEXT: "They cannot sign in. You can still approve them later.", "对方将无法登录。之后你仍可以批准。";
    DISABLE_TITLE: "Disable {name}?", "停用“{name}”？";
    DISABLE_TEXT: "This signs them out everywhere and stops answers that are being written. Their chats stay.", "对方会在所有设备上退出登录，正在生成的回答会停止。对话会保留。";
    MAKE_ADMIN_TITLE: "Make {name} administrator?", "将“{name}”设为管理员？";
    MAKE_ADMIN_TEXT: "Administrators can change every setting and manage everybody.", "管理员可以修改所有设置并管理所有用户。";

    SYSTEM_TEXT: "These apply to everybody on this server.", "这些设置对本服务的所有用户生效。";
    BRAND_NAME: "Name", "名称";
    BRAND_NAME_TEXT: "What this server calls itself, on every page.", "本服务在每个页面上显示的名称。";
    REGISTRATION: "Registration", "开放注册";
    REGISTRATION_TEXT: "Anybody may create an account; an administrator approves it before use.", "任何人都可以注册账号，经管理员批准后使用。";
    CONTEXT_TOKENS: "Context limit", "上下文上限";
    CONTEXT_TOKENS_TEXT: "How many tokens of a chat are sent to a model at most; older messages are left out.", "每次最多向模型发送多少 token 的对话内容，更早的消息不再发送。";
    RUNS_PER_USER: "Answers at once", "同时生成的回答数";
    RUNS_PER_USER_TEXT: "How many answers one person may have written at the same time.", "每位用户最多可以同时生成多少个回答。";
    NUMBER_RULE: "A whole number from {low} to {high}.", "请输入 {low} 至 {high} 之间的整数。";
    NAME_RULE: "1 to 100 characters.", "1 至 100 个字符。";
}
