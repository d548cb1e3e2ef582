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
    RECONNECTING: "Reconnecting…", "正在重新连接…";
    BACK_TO_CHAT: "Back to chat", "返回对话";
    BACK_TO_INDEX: "All settings", "全部设置";
    LOCKED: "Fixed by {variable}", "由 {variable} 固定";

    USERNAME_TEXT: "What others see, and what you sign in with.", "别人看到的名称，也用于登录。";
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
    VARIABLES: "Replaced when they are sent: {list}", "发送时会替换：{list}";
    TEXT_RULE: "At most {most} characters.", "最多 {most} 个字符。";
    TITLES_OWN: "A model of your choice", "指定模型";
    PUBLIC_URL: "Public address", "公开地址";
    PUBLIC_URL_TEXT: "What full addresses of pictures begin with, for programs outside of this page.", "供外部程序使用的图片完整地址以此开头。";
    PUBLIC_URL_NONE: "Not set", "未设置";
    PUBLIC_URL_EXAMPLE: "A picture would be at {url}", "图片地址示例：{url}";
    PUBLIC_URL_VARIABLE: "Set by PUBLIC_URL", "由 PUBLIC_URL 设置";

    AVATAR: "Picture", "头像";
    AVATAR_TEXT: "Shown beside your name in place of its initial.", "代替首字母，显示在你的名字旁。";
    AVATAR_CHOOSE: "Choose a picture", "选择图片";
    AVATAR_REMOVE: "Remove", "移除";
    ABOUT: "About me", "关于我";
    ABOUT_TEXT: "What models are told about you and your wishes, in every chat. Only you see it.", "每次对话都会告诉模型的个人信息和偏好，仅你自己可见。";
    MY_MODEL: "Default model", "默认模型";
    MY_MODEL_TEXT: "What your new chats use.", "你的新对话使用的模型。";
    MY_MODEL_NONE: "Everybody's", "与所有人一致";
    FILE_SPACE: "File space", "文件空间";
    FILE_SPACE_TEXT: "What the pictures and documents of your chats take.", "你的对话中图片和文档占用的空间。";
    FILE_SPACE_USED: "{used} of {quota}", "已用 {used}，共 {quota}";
    LINE_RULE: "{low} to {high} characters.", "{low} 至 {high} 个字符。";
    NUMBER_RULE: "A whole number from {low} to {high}.", "请输入 {low} 至 {high} 之间的整数。";
}
