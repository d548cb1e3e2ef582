//! Texts of the page that follows the log.

crate::texts! {
    LOGS: "Live log", "实时日志";
    INTRO: "What this server writes into its log, as it happens. Secrets never stand here.", "服务器写入的日志，实时显示。其中不会出现密钥等机密内容。";
    LEVEL_WRITTEN: "Level of the log", "日志级别";
    LEVEL_FIXED: "{level}, fixed by {variable}", "{level}，由 {variable} 指定";
    LEVEL: "Level", "级别";
    ANY_LEVEL: "Any level", "全部级别";
    DOWN_TO: "{level} and graver", "{level}及以上";
    TEXT: "Text", "文本";
    REQUEST: "Request id", "请求编号";
    PAUSE: "Pause", "暂停";
    GO_ON: "Go on", "继续";
    WAITING: "{count} new {count?line waits|lines wait}", "有 {count} 行新日志";
    COPY: "Copy what is shown", "复制当前显示的日志";
    DOWNLOAD: "Download", "下载";
    CLEAR: "Clear", "清空";
    LATEST: "To the latest line", "跳到最新一行";
    LIST: "Lines of the log", "日志内容";
    GAP: "{count} {count?line is|lines are} left out here: they came too fast", "此处略去 {count} 行：写入过快";
    RESTART: "From here on another server answers, or the same one after a restart.", "从这里开始由另一台服务器应答，或服务器已重启。";
    NONE: "Nothing of that kind was written yet. New lines appear here.", "还没有符合条件的日志，新的日志会显示在这里。";
    LOST: "The connection is lost. Reconnecting…", "连接已断开，正在重新连接…";
    OF_REQUEST: "See the log of this request", "查看此请求的日志";
}
