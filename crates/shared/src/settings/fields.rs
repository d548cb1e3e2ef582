//! The settings of the system in one table: key, group, what each holds and within which limits, who may change it, and
//! its words in both languages. API, page, validation and `docs/settings.md` are made from it. It knows no value.

use super::kind::{Kind, Limits, Unit};
use crate::error::Language;
use crate::limits::{MAX_ANNOUNCEMENT_CHARS, MAX_INSTRUCTIONS_CHARS, MAX_NAME_CHARS};

/// A setting of the system.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name on the wire and in the database.
    pub key: &'static str,
    /// Its place on the page: `/settings/system#{id}`.
    pub id: &'static str,
    /// Where it stands.
    pub group: Group,
    /// Who may change it.
    pub who: Who,
    /// What it holds.
    pub limits: Limits,
    /// The words that it may be, where it is one of a few.
    pub words: &'static [Word],
    /// Its name and one plain sentence.
    pub en: (&'static str, &'static str),
    /// The same in Chinese.
    pub zh: (&'static str, &'static str),
}

/// A word that a setting may be.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// On the wire and in the database.
    pub value: &'static str,
    /// As people read it.
    pub en: &'static str,
    /// The same in Chinese.
    pub zh: &'static str,
}

/// Who may change a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Administrators and keys with their scope.
    Admins,
    /// Administrators who signed in: a key that got lost must not open the door wider.
    SignedIn,
}

macro_rules! groups {
    ($($variant:ident $en:literal $zh:literal;)*) => {
        /// Settings that belong together.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Group {
            $(#[doc = $en] $variant,)*
        }

        impl Group {
            /// Every group in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its heading in both languages.
            #[must_use]
            pub const fn titles(self) -> (&'static str, &'static str) {
                match self { $(Self::$variant => ($en, $zh),)* }
            }
        }
    };
}

groups! {
    Brand "Brand" "品牌";
    Announcement "Announcement" "公告";
    People "People" "用户";
    SignIn "Signing in" "登录";
    Models "Models and chats" "模型与对话";
    Budgets "Budgets" "额度";
    Data "Data" "数据";
    Monitoring "Logs and monitoring" "日志与监控";
}

macro_rules! fields {
    ($($name:ident $key:literal $id:literal $group:ident $who:ident $limits:expr
        $(, or $($value:ident $word_en:literal $word_zh:literal),+)?;
        en: $en:literal, $en_text:literal;
        zh: $zh:literal, $zh_text:literal;)*) => {
        $(
            #[doc = concat!("`", $key, "`: ", $en_text)]
            pub const $name: Field = Field {
                key: $key, id: $id, group: Group::$group, who: Who::$who, limits: $limits,
                words: &[$($(Word { value: super::$value, en: $word_en, zh: $word_zh },)+)?],
                en: ($en, $en_text), zh: ($zh, $zh_text),
            };
        )*

        /// The table, in the order of the page.
        pub const ALL: &[Field] = &[$($name,)*];
    };
}

fields! {
    BRAND_NAME "brand_name" "brand-name" Brand Admins Limits::Line { least: 1, most: MAX_NAME_CHARS as u32 };
        en: "Name", "What this server calls itself, on every page.";
        zh: "名称", "本服务在每个页面上显示的名称。";
    BRAND_COLOUR "brand_colour" "brand-colour" Brand Admins Limits::Colour;
        en: "Colour", "Marks buttons, links and what is done. It keeps its hue and becomes darker or lighter until it can be read.";
        zh: "主题色", "用于按钮、链接和完成状态。色相保持不变，明暗会自动调整到清晰可读。";

    ANNOUNCEMENT_SHOWN "announcement_shown" "announcement" Announcement Admins Limits::Switch;
        en: "Show the announcement", "Stands above the chat of everybody who is signed in, in open tabs at once.";
        zh: "显示公告", "显示在所有已登录用户的对话上方，已打开的页面也会立即出现。";
    ANNOUNCEMENT_TEXT "announcement_text" "announcement-text" Announcement Admins Limits::Text { most: MAX_ANNOUNCEMENT_CHARS as u32 };
        en: "Text of the announcement", "What everybody should know, such as when the server will be down.";
        zh: "公告内容", "需要所有人知道的事，例如停机维护的时间。";
    ANNOUNCEMENT_TONE "announcement_tone" "announcement-tone" Announcement Admins Limits::Choice,
        or TONE_INFO "Information" "一般信息", TONE_WARNING "Warning" "警示";
        en: "Tone of the announcement", "A warning stands out; an information does not.";
        zh: "公告类型", "警示会更醒目，一般信息则比较平和。";
    ANNOUNCEMENT_DISMISSIBLE "announcement_dismissible" "announcement-dismissible" Announcement Admins Limits::Switch;
        en: "May be closed", "Who closes the announcement sees it again when its text or tone changes.";
        zh: "允许关闭", "关闭后，公告的内容或类型变化时会再次显示。";

    REGISTRATION "registration_enabled" "registration" People Admins Limits::Switch;
        en: "Registration", "Anybody may create an account; an administrator approves it before use.";
        zh: "开放注册", "任何人都可以注册账号，经管理员批准后使用。";
    PERSONAL_CONNECTIONS "personal_connections" "personal" People Admins Limits::Switch;
        en: "Own connections", "People may connect models with keys of their own, which only they use.";
        zh: "个人连接", "允许用户用自己的密钥接入仅供自己使用的模型。";
    RUNS_PER_USER "runs_per_user" "runs-per-user" People Admins Limits::Number { least: 1, most: 1_000, unit: Unit::Answers };
        en: "Answers at once", "How many answers one person may have written at the same time.";
        zh: "同时生成的回答数", "每位用户最多可以同时生成多少个回答。";
    FILE_QUOTA_MIB "file_quota_mib" "file-quota" People Admins Limits::Number { least: 0, most: 1_000_000, unit: Unit::Mebibytes };
        en: "File space per person", "How many MiB the pictures and documents of one person may take; 0 allows none.";
        zh: "每人的文件空间", "每位用户的图片和文档最多占用多少 MiB，0 表示不允许上传。";

    SECOND_FACTOR "second_factor" "second-factor-rule" SignIn SignedIn Limits::Choice,
        or FACTOR_OFF "Nobody has to" "不强制", FACTOR_ADMINS "Administrators" "管理员", FACTOR_EVERYBODY "Everybody" "所有人";
        en: "Second factor", "Who has to set up an authenticator app before anything else. API keys go on working.";
        zh: "两步验证", "哪些人必须先设置验证器应用才能使用。API 密钥不受影响。";
    ACCESS_TOKEN_SECONDS "access_token_seconds" "access-token" SignIn SignedIn Limits::Number { least: 2, most: 2_592_000, unit: Unit::Seconds };
        en: "Life of an access token", "After how many seconds browsers and programs renew theirs, which they do by themselves. Counts for tokens made from now on.";
        zh: "访问令牌有效期", "令牌多少秒后续期，浏览器会自动完成。对之后签发的令牌生效。";
    LOGIN_IDLE_DAYS "login_idle_days" "login-idle" SignIn SignedIn Limits::Number { least: 1, most: 365, unit: Unit::Days };
        en: "Unused logins end after", "How many days a device stays signed in without being used. Counts at once.";
        zh: "闲置登录的保留时间", "设备连续多少天未使用后需要重新登录，立即生效。";
    LOGIN_MAX_DAYS "login_max_days" "login-max" SignIn SignedIn Limits::Number { least: 0, most: 3_650, unit: Unit::Days };
        en: "Every login ends after", "How many days after signing in a device has to sign in again, however much it is used; 0 for never. Counts at once.";
        zh: "登录的最长时间", "登录多少天后必须重新登录，无论是否一直在用；0 表示不限。立即生效。";
    SIGN_IN_TRIES "sign_in_tries" "sign-in-tries" SignIn SignedIn Limits::Number { least: 3, most: 100, unit: Unit::Tries };
        en: "Wrong passwords before a pause", "Counted for each account and address, so that nobody is locked out by tries from elsewhere.";
        zh: "密码错误次数上限", "按账号和来源地址分别计数，别处的尝试不会让本人无法登录。";
    SIGN_IN_PAUSE_MINUTES "sign_in_pause_minutes" "sign-in-pause" SignIn SignedIn Limits::Number { least: 1, most: 1_440, unit: Unit::Minutes };
        en: "Length of the pause", "How many minutes nobody can sign in from there after too many wrong passwords.";
        zh: "暂停时长", "密码错误过多后，该来源多少分钟内不能登录。";

    SYSTEM_PROMPT "system_prompt" "instructions" Models Admins Limits::Text { most: MAX_INSTRUCTIONS_CHARS as u32 };
        en: "Instructions", "What every model is told in every chat, before anything of a person or a chat.";
        zh: "系统提示词", "每次对话都会先告诉模型的内容，位于个人和对话的说明之前。";
    DEFAULT_MODEL "default_model" "default-model" Models Admins Limits::Model;
        en: "Default model", "What new chats use, unless a person chose another one.";
        zh: "默认模型", "新对话使用的模型，用户自己选过的除外。";
    TITLE_MODEL "title_model" "titles" Models Admins Limits::Model,
        or TITLES_AUTO "A small model by itself" "自动选择小模型", TITLES_BY_CHAT "The chat's own model" "对话所用的模型", TITLES_OFF "None: the first words stay" "不命名，保留首句";
        en: "Titles of chats", "Which model names a chat after its first answer. A title that a person wrote stays.";
        zh: "对话标题", "首次回答后由哪个模型为对话命名。用户自己写的标题不会被改动。";
    CONTEXT_TOKENS "context_token_limit" "context-tokens" Models Admins Limits::Number { least: 1_000, most: 10_000_000, unit: Unit::Tokens };
        en: "Context limit", "How many tokens a model reads that does not say so itself; older messages are left out.";
        zh: "上下文上限", "模型未声明上下文长度时按此值发送对话内容，更早的消息不再发送。";
    COMPLETION_MODEL "completion_model" "completion-model" Models Admins Limits::Line { least: 0, most: 200 };
        en: "Completion model", "The name of the model that programs get which complete texts and code and name none. Empty for the first there is.";
        zh: "补全模型", "程序请求文本或代码补全而未指定模型时使用的模型名称。留空则使用第一个可用的模型。";
    EMBEDDING_MODEL "embedding_model" "embedding-model" Models Admins Limits::Line { least: 0, most: 200 };
        en: "Embedding model", "The name of the model that programs get which ask for vectors and name none. Empty for the first there is.";
        zh: "向量模型", "程序请求文本向量而未指定模型时使用的模型名称。留空则使用第一个可用的模型。";
    RERANK_MODEL "rerank_model" "rerank-model" Models Admins Limits::Line { least: 0, most: 200 };
        en: "Rerank model", "The name of the model that programs get which rank documents and name none. Empty for the first there is.";
        zh: "重排模型", "程序请求文档重排而未指定模型时使用的模型名称。留空则使用第一个可用的模型。";
    REFRESH_HOURS "model_refresh_hours" "refresh-hours" Models Admins Limits::Number { least: 1, most: 720, unit: Unit::Hours };
        en: "Refresh of model lists", "After how many hours a provider is asked for its models again.";
        zh: "模型列表刷新间隔", "每隔多少小时重新向服务商获取模型列表。";

    BUDGET_CURRENCY "budget_currency" "budget-currency" Budgets Admins Limits::Choice,
        or CURRENCY_USD "US dollars" "美元", CURRENCY_CNY "Yuan" "人民币";
        en: "Currency", "In which new budgets count money.";
        zh: "货币", "新建额度所用的货币。";
    USD_IN_CNY "usd_in_cny" "usd-in-cny" Budgets Admins Limits::Decimal { least: 10_000, most: 1_000_000_000 };
        en: "Yuan in a dollar", "For models whose prices are in the other currency.";
        zh: "美元兑人民币汇率", "用于换算以另一种货币定价的模型。";
    BUDGET_ZONE "budget_time_zone" "budget-zone" Budgets Admins Limits::Zone;
        en: "Time zone", "Whose midnight ends a day and a month, such as Asia/Shanghai. Empty for the server's own.";
        zh: "时区", "以该时区的零点划分日和月，例如 Asia/Shanghai。留空则使用服务器的时区。";

    AUDIT_DAYS "audit_days" "audit-days" Data SignedIn Limits::Number { least: 7, most: 3_650, unit: Unit::Days };
        en: "The audit log is kept for", "How many days it can be read who changed what; older entries are removed every hour.";
        zh: "审计日志保留时间", "操作记录保留多少天，更早的记录每小时清理一次。";

    LOG_LEVEL "log_level" "log-level" Monitoring Admins Limits::Choice,
        or LOG_ERROR "Errors" "错误", LOG_WARN "Warnings" "警告", LOG_INFO "Information" "信息",
        LOG_DEBUG "Debugging" "调试", LOG_TRACE "Everything" "全部";
        en: "Level of the log", "How much is logged, from now on and on every server of this database. Debugging writes a line for each request.";
        zh: "日志级别", "决定记录多少日志，对共用此数据库的所有服务器立即生效。调试级别会为每个请求写一行。";
    TRACE_ENABLED "task_trace_enabled" "task-trace" Monitoring Admins Limits::Switch;
        en: "Task trace", "Writes down what each answer went through, stage by stage, so that it shows why one was slow or failed.";
        zh: "启用任务追踪", "逐阶段记录每次回答的过程，用来查明为什么慢、为什么失败。";
    TRACE_DEFAULT "task_trace_default" "task-trace-default" Monitoring Admins Limits::Switch;
        en: "On by default", "Every answer is traced unless its sender switches it off; otherwise only those for which it is switched on.";
        zh: "默认开启", "每次回答都会追踪，发送者可单独关闭；停用后仅追踪发送时主动开启的回答。";
    TRACE_ADMINS "task_trace_admins_only" "task-trace-admins" Monitoring Admins Limits::Switch;
        en: "Administrators only", "Only answers of administrators are traced. What was traced of others before stays until it is removed.";
        zh: "仅限管理员", "只追踪管理员的回答。此前为其他用户留下的追踪会保留到清理为止。";
    TRACE_VIA "task_trace_via" "task-trace-via" Monitoring Admins Limits::Choice,
        or TRACE_BOTH "Web page and programs" "网页和程序", TRACE_SPA "Web page" "网页", TRACE_API "Programs" "程序";
        en: "Where", "Whether answers are traced that the web page asks for, or programs with a token or an API key.";
        zh: "适用范围", "追踪来自网页的请求，还是程序用令牌或 API 密钥发出的请求。";
    TRACE_DAYS "task_trace_days" "task-trace-days" Monitoring Admins Limits::Number { least: 1, most: 365, unit: Unit::Days };
        en: "Traces are kept for", "How many days; older ones are removed every hour, and of very many the oldest.";
        zh: "追踪保留时间", "追踪记录保留多少天，更早的记录每小时清理一次；数量过多时优先清理最早的记录。";
    METRICS "metrics_enabled" "metrics" Monitoring SignedIn Limits::Switch;
        en: "Metrics for Prometheus", "Answers GET /metrics to administrators, to their API keys with that right, and to whoever shows METRICS_TOKEN.";
        zh: "Prometheus 指标", "开启后，管理员、管理员的 API 密钥（需有相应权限）以及持有 METRICS_TOKEN 的程序可以访问 GET /metrics。";
}

/// The setting with this key.
#[must_use]
pub fn find(key: &str) -> Option<&'static Field> {
    ALL.iter().find(|field| field.key == key)
}

impl Field {
    /// What it holds, as it is told to programs.
    #[must_use]
    pub fn kind(&self) -> Kind {
        let words = || self.words.iter().map(|word| word.value.to_owned()).collect();
        match self.limits {
            Limits::Switch => Kind::Switch,
            Limits::Number { least, most, unit } => Kind::Number { least, most, unit },
            Limits::Line { least, most } => Kind::Line { least, most },
            Limits::Text { most } => Kind::Text { most },
            Limits::Colour => Kind::Colour,
            Limits::Decimal { least, most } => Kind::Decimal { least, most },
            Limits::Zone => Kind::Zone,
            Limits::Choice => Kind::Choice { words: words() },
            Limits::Model => Kind::Model { words: words() },
        }
    }

    /// Its name and one plain sentence.
    #[must_use]
    pub fn texts(&self, language: Language) -> (&'static str, &'static str) {
        match language {
            Language::En => self.en,
            Language::ZhCn => self.zh,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_setting_has_a_name_and_one_sentence_in_both_languages() {
        let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        for field in ALL {
            let [(en, en_text), (zh, zh_text)] = [field.en, field.zh];
            assert!(!en.ends_with('.') && en_text.ends_with('.'), "{}", field.key);
            assert!(!zh.ends_with('。') && zh_text.ends_with('。') && zh.chars().any(is_han), "{}", field.key);
            assert!(!zh_text.contains(['您', '！']) && !en_text.contains('!'), "{}", field.key);
            for (a, b) in zh_text.chars().zip(zh_text.chars().skip(1)) {
                let touching = (is_han(a) && b.is_ascii_alphanumeric()) || (a.is_ascii_alphanumeric() && is_han(b));
                assert!(!touching, "{}: `{a}{b}`", field.key);
            }
        }
    }

    #[test]
    fn keys_and_places_are_unique_and_groups_stand_together() {
        let keys: HashSet<_> = ALL.iter().map(|field| field.key).collect();
        let ids: HashSet<_> = ALL.iter().map(|field| field.id).collect();
        assert_eq!((keys.len(), ids.len()), (ALL.len(), ALL.len()));
        let mut order: Vec<Group> = ALL.iter().map(|field| field.group).collect();
        order.dedup();
        assert_eq!(order, Group::ALL);
    }

    #[test]
    fn only_what_is_one_of_a_few_words_has_words() {
        for field in ALL {
            let is_choice = matches!(field.limits, Limits::Choice | Limits::Model);
            assert!(is_choice || field.words.is_empty(), "{}", field.key);
            assert!(field.limits != Limits::Choice || field.words.len() > 1, "{}", field.key);
        }
    }
}
