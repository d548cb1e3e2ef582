//! Texts of several models that answer one message.

crate::texts! {
    SIDE_BY_SIDE: "Side by side", "并排对比";
    ANSWER_OF: "Answer {number}: {model}", "回答 {number}：{model}";
    GO_ON: "Go on with this", "采用这个回答";
    GO_ON_WITH: "Go on with this: {model}", "采用这个回答：{model}";
    COMPARE: "Compare with…", "对比多个模型…";
    MODELS: "{count} models", "{count} 个模型";
    CHOSEN: "{count} of {most} chosen", "已选 {count}/{most} 个";
    ONE: "One model", "只用一个模型";
    DONE: "Done", "完成";
}
