//! Texts about lists of people: the import of one, and the export.

crate::texts! {
    LISTS: "Lists of people", "用户列表";
    IMPORT: "Import from CSV", "从 CSV 导入";
    EXPORT: "Export as CSV", "导出为 CSV";
    INTRO: "The first line names the columns: username, and if you like role, status and password. Whoever has no password in the list gets one from the server.", "第一行为列名：username，以及可选的 role、status、password。列表中没有密码的用户由服务器生成密码。";
    FILE: "Choose a file", "选择文件";
    PASTE: "Or paste the list", "或粘贴列表";
    PASTE_HINT: "At most 500 people.", "最多 500 人。";
    EMPTY: "Choose a file or paste a list.", "请选择文件或粘贴列表。";
    CHECK: "Check", "检查";
    BACK: "Back", "返回";
    READY: "{count} {count?person|people} can be added. Each has to choose a password of their own at the first sign-in.", "可以添加 {count} 位用户。每位用户首次登录时需设置自己的密码。";
    FAULTS: "Lines that cannot be added: {count}. Nobody is added until they are mended in the list.", "有 {count} 行无法添加。请先在列表中修正，修正前不会添加任何人。";
    IGNORED: "Not used: {list}", "未使用的列：{list}";
    LINE: "Line {line}", "第 {line} 行";
    GIVEN: "Password from the list", "使用列表中的密码";
    MADE: "Password made by the server", "由服务器生成密码";
    ADD: "Add them", "全部添加";
    DONE_TITLE: "{count} {count?person was|people were} added", "已添加 {count} 位用户";
    DONE_TEXT: "Save the list with the passwords that were made, and hand them out: they are shown this once.", "请保存含有生成密码的列表并转交给对应用户：密码只提供这一次。";
    SAVE: "Save the list", "保存列表";
}
