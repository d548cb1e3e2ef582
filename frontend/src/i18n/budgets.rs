//! Texts of budgets: the rules, what is left, and the limits of a key.

crate::texts! {
    BUDGETS: "Budgets", "额度";
    INTRO: "How much of the models may be used: by each person, by one of them, or by everybody together.", "限制模型的用量：每个人、某个人，或所有人合计。";
    NEW: "New budget", "新建额度";
    NONE: "There are no budgets: everybody may use as much as they like.", "还没有额度，所有人都可以不受限制地使用。";

    WHO: "For whom", "适用对象";
    EACH: "Each person", "每个人";
    PERSON: "One person", "某个人";
    EVERYONE: "Everybody together", "所有人合计";
    OF_KEY: "API key {name}", "API 密钥“{name}”";
    PERSON_NAME: "User name", "用户名";
    PERSON_RULE: "There is nobody of this name.", "没有这个用户。";
    MODEL: "Model", "模型";
    ALL_MODELS: "All models", "所有模型";
    UNIT: "What it counts", "计量方式";
    REQUESTS: "Requests", "请求次数";
    TOKENS: "Tokens", "token 数量";
    MONEY: "Money", "金额";
    MONEY_HINT: "In {currency}. A model without a price costs nothing here: set prices under Models.", "以 {currency} 计。没有价格的模型在此不计费，请在“模型”中设置价格。";
    WINDOW: "Starts anew", "重新计算";
    DAY: "Every day", "每天";
    MONTH: "Every month", "每月";
    TOTAL: "Never", "从不";
    LIMIT: "Limit", "上限";
    LIMIT_RULE: "A whole number; 0 allows nothing.", "请输入整数，0 表示不允许使用。";
    MONEY_RULE: "An amount such as 20 or 0.50; 0 allows nothing.", "请输入金额，例如 20 或 0.50，0 表示不允许使用。";
    MAKE: "Make budget", "创建额度";
    MADE: "The budget holds from now on", "额度已生效";

    ACTIONS: "Actions for {name}", "对“{name}”的操作";
    EDIT: "Change the limit", "修改上限";
    CHANGED: "The budget was changed", "额度已修改";
    SWITCH_OFF: "Switch off", "停用";
    SWITCH_ON: "Switch on", "启用";
    OFF: "Off", "已停用";
    REMOVE: "Remove", "移除";
    REMOVE_TITLE: "Remove this budget?", "移除该额度？";
    REMOVE_TEXT: "Nobody is held to it any more, and what it counted is forgotten.", "它将不再限制任何人，已统计的用量也会清除。";
    REMOVED: "The budget was removed", "额度已移除";

    REQUESTS_DAY: "{amount} requests a day", "每天 {amount} 次请求";
    REQUESTS_MONTH: "{amount} requests a month", "每月 {amount} 次请求";
    REQUESTS_TOTAL: "{amount} requests in total", "累计 {amount} 次请求";
    TOKENS_DAY: "{amount} tokens a day", "每天 {amount} 个 token";
    TOKENS_MONTH: "{amount} tokens a month", "每月 {amount} 个 token";
    TOKENS_TOTAL: "{amount} tokens in total", "累计 {amount} 个 token";
    MONEY_DAY: "{amount} a day", "每天 {amount}";
    MONEY_MONTH: "{amount} a month", "每月 {amount}";
    MONEY_TOTAL: "{amount} in total", "累计 {amount}";
    USED: "{used} of {limit} used", "已用 {used}，共 {limit}";
    MOST_BY: "most by {name}", "用量最多的是 {name}";
    UNDER_WAY: "{amount} set aside for answers under way", "为生成中的回答预留 {amount}";
    RESETS: "starts anew {date}", "{date} 重新计算";

    LEFT: "What is left", "剩余额度";
    LEFT_TEXT: "How much of the models you may still use.", "你还可以使用多少模型用量。";
    LEFT_NONE: "No budget limits you.", "没有额度限制你的用量。";
    LEFT_OF: "{left} of {limit} left", "剩余 {left}，共 {limit}";
    WITH_EVERYBODY: "together with everybody", "与所有人共用";
    ONLY_MODEL: "only {model}", "仅限 {model}";

    KEY_LIMITS: "Limits of its own", "密钥额度";
    KEY_LIMITS_TEXT: "What may be used with this key, beside your own limits.", "在你本人的额度之外，限制此密钥的用量。";
    ADD_LIMIT: "Add a limit", "添加上限";
    REMOVE_LIMIT: "Remove limit {number}", "移除第 {number} 个上限";
}
