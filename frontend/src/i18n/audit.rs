//! Texts of the audit log. What was done is worded in `shared`.

crate::texts! {
    AUDIT: "Audit log", "审计日志";
    INTRO: "Who changed what, when and from where. Secrets never stand here.", "谁在何时、从哪里做了什么改动。日志中不会出现密钥等机密内容。";
    PERSON: "Person", "操作人";
    ACT: "What was done", "操作";
    ANYTHING: "Anything", "全部操作";
    OBJECT: "Done to", "操作对象";
    FROM: "From", "开始日期";
    TO: "Until", "结束日期";
    NONE: "Nothing was written down yet.", "还没有记录。";
    NONE_FOUND: "Nothing fits these filters.", "没有符合条件的记录。";
    SHOW_ALL: "Show everything", "显示全部";
    STRANGER: "Not signed in", "未登录";
    COMMAND_LINE: "Command line of the server", "服务器命令行";
    BY_KEY: "API key {name}", "API 密钥“{name}”";
    CHANGE: "{field}: {before} → {after}", "{field}：{before} → {after}";
    CHANGE_PLAIN: "{before} → {after}", "{before} → {after}";
    EMPTY: "empty", "空";
    ON: "on", "开";
    OFF: "off", "关";
}
