//! The words in an archive, in both languages.

use shared::error::Language;

/// Words of one language.
pub(super) struct Words {
    pub(super) untitled: &'static str,
    pub(super) created: &'static str,
    pub(super) instructions: &'static str,
    pub(super) you: &'static str,
    pub(super) answer: &'static str,
    pub(super) thoughts: &'static str,
    pub(super) tool: &'static str,
    pub(super) unfinished: &'static str,
    readme: &'static str,
}

impl Words {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::En => &EN,
            Language::ZhCn => &ZH,
        }
    }

    /// The text that explains the archive.
    pub(super) fn readme(&self, name: &str, moment: &str) -> String {
        self.readme.replace("{name}", name).replace("{moment}", moment)
    }
}

static EN: Words = Words {
    untitled: "Untitled",
    created: "Created",
    instructions: "Instructions",
    you: "You",
    answer: "Answer",
    thoughts: "Thoughts",
    tool: "Tool",
    unfinished: "This answer was not finished.",
    readme: "Everything that AIChat keeps of {name}, as of {moment}.

profile.json      your account, your settings, and where you are signed in
folders.json      your folders and their instructions
keys.json         your API keys, without the secrets
connections.json  your own connections to models, without the keys
chats/            every chat twice: .md to read what was shown last,
                  .json with all versions of every message
files.json        your files and where they lie below
files/            your files: documents as you sent them, pictures as they
                  were kept

Times are UTC. Your password is not in here, nor is any other secret: only their
digests are kept. What you deleted is not in here either.

If you open the archive on an old system and Chinese names look wrong, choose
UTF-8 in the program that unpacks it.
",
};

static ZH: Words = Words {
    untitled: "未命名",
    created: "创建时间",
    instructions: "指令",
    you: "你",
    answer: "回答",
    thoughts: "思考过程",
    tool: "工具",
    unfinished: "这条回答没有写完。",
    readme: "AIChat 中属于 {name} 的全部数据，截至 {moment}。

profile.json      账号、个人设置和登录设备
folders.json      文件夹及其指令
keys.json         API 密钥（不含密钥本身）
connections.json  你自己的模型连接（不含密钥）
chats/            每个对话两份：.md 方便阅读，是最后显示的那条分支；
                  .json 包含每条消息的所有版本
files.json        文件清单及其在压缩包中的位置
files/            你的文件：文档为上传时的原件，图片为保存的版本

时间均为 UTC。这里没有你的密码，也没有任何其他机密，服务器只保存它们的摘要。
你已经删除的内容也不在其中。

如果在旧系统上解压后中文文件名显示异常，请在解压软件中选择 UTF-8 编码。
",
};
