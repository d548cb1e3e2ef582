//! Texts of the first minutes of a new server.

crate::texts! {
    TITLE: "Set up", "初始设置";
    PLACE: "Step {step} of {of}", "第 {step} 步，共 {of} 步";
    SKIP: "Skip", "跳过";
    WELCOME: "Welcome to {brand}", "欢迎使用 {brand}";
    WELCOME_TEXT: "Connect a model, and you can chat. It can be changed at any time in the settings.", "接入一个模型即可开始对话，之后随时可以在设置中修改。";
    CHECK: "How this server stands", "服务器现状";
    CHECK_TEXT: "What is set up, and what was found on this machine. Nothing of it has to be done now: the overview in the settings keeps it.", "这里列出已完成的设置和检查结果。无需现在处理，之后可在设置的“概览”中查看。";
}
