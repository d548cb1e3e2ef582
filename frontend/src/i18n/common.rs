//! Texts used all over the interface.

crate::texts! {
    SAVE: "Save", "保存";
    SAVED: "Saved", "已保存";
    CANCEL: "Cancel", "取消";
    CLOSE: "Close", "关闭";
    RETRY: "Retry", "重试";
    UNDO: "Undo", "撤销";
    COPY: "Copy", "复制";
    COPIED: "Copied", "已复制";
    COPY_FAILED: "Copying did not work; select the text and copy it by hand", "未能复制，请选中文字后手动复制";
    DETAILS: "Details", "详情";
    ERROR_CODE: "Code", "错误码";
    PROVIDER_WORDS: "Provider", "服务商说明";
    REQUEST_ID: "Request id", "请求编号";
    MORE: "Show more", "显示更多";
    LOADING: "Loading", "正在加载";
    WORKING: "Working", "正在处理";
    SHOW_PASSWORD: "Show password", "显示密码";
    HIDE_PASSWORD: "Hide password", "隐藏密码";
    OFFLINE: "The server cannot be reached.", "无法连接服务器。";
    OFFLINE_HINT: "Check your network and try again.", "请检查网络后重试。";
    UNEXPECTED: "The answer did not come from AIChat.", "收到的响应不是来自 AIChat。";
    UNEXPECTED_HINT: "A proxy may stand in between; try again in a moment.", "中间可能有代理，请稍后重试。";
    NOT_FOUND: "There is nothing at this address", "这个地址不存在";
    TO_CHAT: "Go to chat", "前往对话";
    LANGUAGE: "Language", "语言";
    THEME: "Colours", "外观";
    THEME_SYSTEM: "System", "跟随系统";
    THEME_LIGHT: "Light", "浅色";
    THEME_DARK: "Dark", "深色";
    NOTIFICATIONS: "Notices", "通知";
}
