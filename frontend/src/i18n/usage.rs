//! Texts of usage: its pages, and the line below an answer. Groupings, measures and purposes are worded in `shared`.

crate::texts! {
    USAGE: "Usage", "用量";
    INTRO: "What your calls of models took: chats, programs with your keys, names of chats.", "你调用模型的用量，包括对话、密钥的程序调用和自动命名。";
    ALL_USAGE: "Everybody's usage", "所有人的用量";
    ALL_INTRO: "What the calls of all people took, those who left included.", "所有用户调用模型的用量，包括已离开的用户。";
    PERIOD: "Period", "时间范围";
    DAYS: "{count} days", "{count} 天";
    DATES: "Dates", "自定义";
    FROM: "From", "开始日期";
    TO: "Until", "结束日期";
    BY: "Told apart by", "分组方式";
    MEASURE: "What is drawn", "显示内容";
    DOWNLOAD: "Download CSV", "下载 CSV";

    CALLS: "Calls", "调用";
    FAILED: "Failed", "失败";
    TOKENS: "Tokens", "Token";
    COST: "Cost", "费用";
    FIRST_TOKEN: "First token", "首个 token";
    READ_WRITTEN: "{read} in, {written} out", "输入 {read}，输出 {written}";
    CACHED: "{count} cached", "缓存 {count}";
    THOUGHTS: "{count} for thinking", "思考 {count}";
    UNPRICED: "{count} {count?call|calls} without a price", "{count} 次调用没有价格";
    ESTIMATED: "{count} estimated", "{count} 次为估算";
    FAILED_SHARE: "{share} of all", "占 {share}";
    ON_AVERAGE: "on the average", "平均";
    CALLS_COUNT: "{count} {count?call|calls}", "{count} 次调用";
    FAILED_COUNT: "{count} failed", "{count} 次失败";
    TOKENS_COUNT: "{count} {count?token|tokens}", "{count} 个 token";
    FIRST_AFTER: "first token after {time}", "首个 token {time}";

    CALLS_DAY: "Calls per day", "每天的调用次数";
    TOKENS_DAY: "Tokens per day", "每天的 token 数";
    COST_DAY: "Cost per day", "每天的费用";
    CALLS_WEEK: "Calls per week", "每周的调用次数";
    TOKENS_WEEK: "Tokens per week", "每周的 token 数";
    COST_WEEK: "Cost per week", "每周的费用";
    CHART_DAY: "Day in the chart", "图表中的日期";
    WEEK: "{from} to {to}", "{from} 至 {to}";
    OTHERS: "Others", "其他";
    IN_FIGURES: "Each day in figures", "每天的数据";
    DAY: "Day", "日期";
    ZONE: "Days are those of {zone}.", "日期按 {zone} 时区计算。";

    NO_KEY: "Without a key", "未使用密钥";
    KEY_GONE: "A key that was removed", "已移除的密钥";
    KEY_OF: "{name} ({owner})", "{name}（{owner}）";
    LEFT: "People who left", "已离开的用户";
    OWN: "Connections of people's own", "用户自己的连接";
    GONE: "Connections that were removed", "已移除的连接";
    NARROW: "Show only {name}", "只看“{name}”";
    WIDEN: "(show all again)", "（取消筛选）";
    NONE: "Nothing was called in this time.", "这段时间没有调用。";
    LONGER: "Show 90 days", "查看 90 天";
    SHOW_ALL: "Show everything", "显示全部";

    TO_BUDGETS: "What is left for you", "查看剩余额度";
    TO_RULES: "Set budgets", "设置额度";
    SEE: "See your usage", "查看用量";
    SEE_ALL: "See everybody's usage", "查看所有人的用量";

    LINE: "Numbers of an answer", "回答的用量";
    LINE_TEXT: "Tokens, time and cost beside the actions of each answer, on this device.", "在每个回答的操作旁显示 token、用时和费用，仅在此设备生效。";
}
