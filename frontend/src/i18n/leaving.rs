//! Texts about one's own data: taking it along, and deleting an account.

crate::texts! {
    EXPORT: "Your data", "你的数据";
    EXPORT_TEXT: "One ZIP with your chats, files, folders and settings, readable without AIChat.", "将对话、文件、文件夹和设置打包为一个 ZIP，无需 AIChat 即可阅读。";
    EXPORT_DO: "Export", "导出";
    EXPORT_BEGUN: "The export has begun; your browser saves it", "导出已开始，浏览器会保存文件";

    DELETE: "Delete account", "删除账号";
    DELETE_TEXT: "Removes your account with everything in it, for good.", "永久删除你的账号和其中的全部数据。";
    DELETE_TITLE: "Delete your account?", "删除你的账号？";
    DELETE_GOES: "Your chats with all their messages and files, your folders, your API keys, your own connections and all your logins are removed. Answers that are being written stop. This cannot be undone.", "你的所有对话、消息和文件，以及文件夹、API 密钥、个人连接和登录都会被删除，正在生成的回答会停止。此操作无法撤销。";
    DELETE_STAYS: "What your answers cost stays in this server's sums, without your name.", "你的用量会保留在本服务的统计中，但不再与你关联。";
    DELETE_EXPORT: "Export your data first", "先导出数据";
    DELETE_PASSWORD: "Your password, to confirm", "输入密码以确认";
    DELETED: "Your account was deleted", "账号已删除";

    PERSON_DELETE: "Delete", "删除";
    PERSON_DELETE_TITLE: "Delete {name}?", "删除“{name}”？";
    PERSON_DELETE_TEXT: "Their chats, files, folders, keys and logins are removed for good, and answers that are being written stop. What they spent stays in the sums, without their name. To keep their chats, disable them instead.", "对方的对话、文件、文件夹、密钥和登录会被永久删除，正在生成的回答会停止。其用量会保留在统计中，但不再与其关联。如需保留对话，请改为停用。";
    PERSON_DELETED: "{name} was deleted", "已删除“{name}”";
}
