//! Texts of the overview of the system.

crate::texts! {
    OVERVIEW: "Overview", "概览";
    INTRO: "Who and what is here, and what is left to set up.", "系统现状，以及还需要完成的设置。";
    PEOPLE: "People", "用户";
    PEOPLE_COUNT: "{people} can sign in, {waiting} wait for approval", "{people} 人可以登录，{waiting} 人等待审批";
    CONNECTIONS: "Connections", "连接";
    CONNECTIONS_COUNT: "Connections: {connections}, models: {models}", "{connections} 个连接，{models} 个模型";
    CHECKLIST: "Setup", "设置清单";
    DONE: "Done", "已完成";
    OPEN: "To do", "待完成";
    ADVICE: "Keep in mind", "请留意";

    MODEL: "Connect a model", "接入模型";
    MODEL_TEXT: "Without one nobody can chat.", "没有模型就无法对话。";
    REGISTRATION: "Decide who may register", "确定谁可以注册";
    REGISTRATION_OPEN: "Anybody may register now, and waits for your approval.", "目前任何人都可以注册，经你批准后使用。";
    REGISTRATION_CLOSED: "Nobody may register now.", "目前不开放注册。";
    WAITING: "Decide who waits", "处理等待审批的用户";
    WAITING_TEXT: "Nobody can sign in before you approve them.", "批准之前，对方无法登录。";
    ADDRESS: "Say which address people use", "指定访问地址";
    ADDRESS_TEXT: "Set PUBLIC_URL, so that full addresses are right behind every proxy.", "设置 PUBLIC_URL，经过代理时完整地址才始终正确。";
    ADDRESS_SET: "People use {url}.", "访问地址为 {url}。";
    HTTPS: "Use HTTPS", "使用 HTTPS";
    HTTPS_TEXT: "Over plain HTTP passwords can be read on the way. Put a reverse proxy with a certificate in front.", "使用 HTTP 时，密码可能在传输中被看到。请在前面放置带证书的反向代理。";
    SECOND_ADMIN: "Name a second administrator", "设置第二位管理员";
    SECOND_ADMIN_TEXT: "Somebody who can help when the only one is away.", "唯一的管理员不在时，仍有人可以处理问题。";
    BACKUP: "Back up the data folder", "备份数据目录";
    BACKUP_TEXT: "It holds the database, the files and the keys that open stored secrets.", "其中有数据库、文件，以及解密已保存密钥所需的主密钥。";
    GO: "Open", "前往";

    DEGRADED: "Works worse than it should", "运行异常";
    DIAGNOSIS: "Diagnosis", "诊断";
    DIAGNOSE: "Look at everything", "全面检查";
    DIAGNOSE_TEXT: "Data folder, database, secrets, the way in, sign-in services and every connection. Each connection is asked a short question.", "检查数据目录、数据库、密钥、访问入口、登录服务和所有连接。每个连接会收到一个简短的提问。";
    DIAGNOSE_GO: "Examine", "开始检查";
    STREAM: "Listen to a stream", "测试实时传输";
    STREAM_TEXT: "Five events are sent to this browser within a second. Where a proxy holds answers back, they arrive together.", "服务器在一秒内向此浏览器发送五个事件。如果代理缓冲了响应，它们会同时到达。";
    STREAM_GO: "Listen", "开始测试";
    STREAM_EVENT: "Event {number} after {ms} ms", "第 {number} 个事件，{ms} 毫秒";
    STREAM_WELL: "All {of} events came one by one within {ms} ms.", "{of} 个事件逐个到达，用时 {ms} 毫秒。";
    STREAM_HELD: "The events came together, within {ms} ms instead of {wanted}: something on the way holds answers back. Switch buffering off there for /api and /v1.", "事件几乎同时到达，间隔 {ms} 毫秒而不是 {wanted} 毫秒：途中有代理缓冲了响应，请对 /api 和 /v1 关闭缓冲。";
    STREAM_CUT: "The stream ended after {count} of {of} events: something on the way cuts it off.", "收到 {count} 个事件后中断，应为 {of} 个：途中有代理切断了连接。";
    ALL_WELL: "Everything is as it should be.", "一切正常。";
    TO_LOOK_AT: "Does not work: {failed}. To look at: {warned}.", "故障 {failed} 项，需留意 {warned} 项。";
}
