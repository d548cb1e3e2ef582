//! What vendors of the OpenAI dialect do differently, as data: one row per vendor, chosen by host and model.
//!
//! A row says how thinking is switched, whether thoughts go back, which names fields have and what must not be sent. An
//! administrator's own fields are laid over all of it. To add a vendor: a row, and its line in the test below.

use crate::history::{IdRule, any_id, nine_id};
use crate::request::Effort;
use serde_json::{Map, Value, json};
use url::Url;

/// What one vendor does differently.
#[derive(Clone, Copy)]
pub(crate) struct Traits {
    /// How thinking is switched.
    pub(crate) thinking: Thinking,
    /// Whether and how thoughts go back.
    pub(super) replay: Replay,
    /// Whether usage has to be asked for by `stream_options`.
    pub(super) ask_usage: bool,
    /// The name of the limit of an answer.
    pub(super) max_tokens: &'static str,
    /// The name of the seed.
    pub(super) seed: &'static str,
    /// Whether temperature, penalties and their like are taken at all.
    pub(super) sampling: bool,
    /// Whether the number of words to draw from is taken; it is none of OpenAI's own fields.
    pub(super) top_k: bool,
    /// Whether penalties and texts that end the answer are taken.
    pub(super) penalties: bool,
    /// Which ids of calls are taken as they are.
    pub(super) ids: IdRule,
    /// How the vendor's own web search is switched on.
    pub(super) search: Search,
    /// Where texts go on and gaps are filled.
    pub(super) gaps: Gaps,
}

/// Where a vendor lets texts go on and fills gaps in them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gaps {
    /// At `completions`, as OpenAI has it.
    Plain,
    /// The same at `beta/completions` of the host (DeepSeek, <https://api-docs.deepseek.com/guides/fim_completion>).
    Beta,
    /// At `fim/completions`, and it answers in the form of chats (Mistral, <https://docs.mistral.ai/api/endpoint/fim>).
    InChatForm,
}

/// How thinking is switched.
#[derive(Clone, Copy)]
pub(crate) enum Thinking {
    /// Not at all, or only by the choice of the model.
    Fixed,
    /// `reasoning_effort`, in the words that are taken, least first.
    Effort(&'static [&'static str]),
    /// `thinking: {"type": "enabled"}`.
    Type,
    /// `enable_thinking`, with a budget in tokens.
    Flag,
    /// `chat_template_kwargs`, which servers hand to the model's template. Templates look for one of two names.
    Template,
    /// OpenRouter's `reasoning` object.
    Object,
}

/// Whether and how thoughts go back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Replay {
    /// Never: they are refused or wasted.
    Never,
    /// In this field, within the turn that is not finished yet.
    InTurn(&'static str),
    /// In this field, with every message that calls tools, in finished turns too, and empty where there were none: with
    /// thinking on, the vendor refuses a call without them.
    WithCalls(&'static str),
    /// Between think tags in the content, within the turn.
    Tags,
}

/// How a vendor's own web search is switched on.
#[derive(Clone, Copy)]
pub(crate) enum Search {
    /// It has none, or none that is a mere switch.
    None,
    /// By a field of this JSON.
    Field(&'static str, &'static str),
    /// By a tool of this JSON.
    Tool(&'static str),
}

/// What everybody understands.
const PLAIN: Traits = Traits {
    thinking: Thinking::Effort(&["none", "minimal", "low", "medium", "high"]),
    replay: Replay::InTurn("reasoning_content"),
    ask_usage: true,
    max_tokens: "max_tokens",
    seed: "seed",
    sampling: true,
    top_k: true,
    penalties: true,
    ids: any_id,
    search: Search::None,
    gaps: Gaps::Plain,
};

const LOW_TO_HIGH: Thinking = Thinking::Effort(&["low", "medium", "high"]);

/// OpenAI's models that think refuse what steers the choice of words.
const OPENAI_THINKS: Traits = Traits {
    thinking: LOW_TO_HIGH,
    replay: Replay::Never,
    max_tokens: "max_completion_tokens",
    sampling: false,
    ..PLAIN
};
const GPT_5: Traits = Traits { thinking: Thinking::Effort(&["minimal", "low", "medium", "high"]), ..OPENAI_THINKS };
const GPT_5_LATER: Traits = Traits { thinking: Thinking::Effort(&["none", "low", "medium", "high"]), ..OPENAI_THINKS };
const GPT_5_ONE: Traits = Traits { thinking: Thinking::Effort(&["high"]), ..OPENAI_THINKS };
const GPT_5_CHAT: Traits = Traits { thinking: Thinking::Effort(&["medium"]), ..OPENAI_THINKS };
const GPT_5_PRO: Traits = Traits { thinking: Thinking::Effort(&["medium", "high"]), ..OPENAI_THINKS };
const OPENAI: Traits = Traits { replay: Replay::Never, thinking: LOW_TO_HIGH, top_k: false, ..PLAIN };
/// What thinks at xAI takes no penalties.
const XAI: Traits =
    Traits { thinking: Thinking::Fixed, replay: Replay::Never, top_k: false, penalties: false, ..PLAIN };
/// In this protocol OpenAI searches the web for these models alone, which choose their words by themselves.
const OPENAI_SEARCHES: Traits =
    Traits { search: Search::Field("web_search_options", "{}"), sampling: false, thinking: Thinking::Fixed, ..OPENAI };
const DEEPSEEK: Traits = Traits { thinking: Thinking::Type, replay: Replay::WithCalls("reasoning_content"), ..PLAIN };
const GLM: Traits = Traits {
    thinking: Thinking::Type,
    search: Search::Tool(r#"{"type":"web_search","web_search":{"enable":true,"search_result":true}}"#),
    ..PLAIN
};
const KIMI: Traits = Traits { thinking: Thinking::Type, replay: Replay::WithCalls("reasoning_content"), ..PLAIN };
/// From K2.5 on, Kimi refuses any sampling but its own.
const KIMI_FIXED: Traits = Traits { sampling: false, ..KIMI };
/// From K3 on, it is told how hard to think.
const KIMI_3: Traits = Traits { thinking: Thinking::Effort(&["low", "high"]), ..KIMI_FIXED };
const MINIMAX: Traits = Traits { thinking: Thinking::Fixed, replay: Replay::Tags, ..PLAIN };
const TEMPLATE: Traits = Traits { thinking: Thinking::Template, ..PLAIN };

/// A vendor, how it is recognised, and its traits.
pub(crate) struct Row {
    /// Its name.
    pub(crate) vendor: &'static str,
    /// Its hosts: a domain with everything below it, `:port` on a near machine, or a `*word` in a near machine's name.
    hosts: &'static [&'static str],
    /// Beginnings of model names, without what stands before the last slash; none means all.
    models: &'static [&'static str],
    /// What it does differently.
    pub(crate) traits: Traits,
}

const fn row(
    vendor: &'static str,
    hosts: &'static [&'static str],
    models: &'static [&'static str],
    traits: Traits,
) -> Row {
    Row { vendor, hosts, models, traits }
}

const ANYWHERE: &[&str] = &[];
const ALL: &[&str] = &[];

/// The first row that fits decides.
const TABLE: &[Row] = &[
    row("DeepSeek", &["api.deepseek.com"], ALL, Traits { gaps: Gaps::Beta, ..DEEPSEEK }),
    row(
        "Qwen",
        &["aliyuncs.com"],
        ALL,
        Traits {
            thinking: Thinking::Flag,
            replay: Replay::Never,
            search: Search::Field("enable_search", "true"),
            ..PLAIN
        },
    ),
    row("GLM", &["bigmodel.cn", "z.ai"], ALL, GLM),
    // Kimi's search is a tool that has to be called back, which is no mere switch.
    row("Kimi", &["moonshot.cn", "moonshot.ai"], &["kimi-k3"], KIMI_3),
    row("Kimi", &["moonshot.cn", "moonshot.ai"], &["kimi-k2."], KIMI_FIXED),
    row("Kimi", &["moonshot.cn", "moonshot.ai"], ALL, KIMI),
    // Doubao searches in the other protocol only.
    row("Doubao", &["volces.com", "bytepluses.com"], ALL, Traits { thinking: Thinking::Type, ..PLAIN }),
    row("MiniMax", &["minimax.io", "minimaxi.com", "minimax.chat"], ALL, MINIMAX),
    row("SiliconFlow", &["siliconflow.cn", "siliconflow.com"], ALL, Traits { thinking: Thinking::Flag, ..PLAIN }),
    row(
        "OpenRouter",
        &["openrouter.ai"],
        ALL,
        Traits {
            thinking: Thinking::Object,
            replay: Replay::InTurn("reasoning"),
            search: Search::Field("plugins", r#"[{"id":"web"}]"#),
            ..PLAIN
        },
    ),
    // Mistral counts unasked and refuses fields that it does not know.
    row(
        "Mistral",
        &["mistral.ai"],
        ALL,
        Traits {
            thinking: Thinking::Effort(&["none", "high"]),
            replay: Replay::Never,
            ask_usage: false,
            top_k: false,
            seed: "random_seed",
            ids: nine_id,
            gaps: Gaps::InChatForm,
            ..PLAIN
        },
    ),
    // Its search by a field is switched off; the one by a tool is in the other protocol.
    row("xAI", &["x.ai"], &["grok-3-mini"], Traits { thinking: Thinking::Effort(&["low", "high"]), ..XAI }),
    row(
        "xAI",
        &["x.ai"],
        &["grok-4.3"],
        Traits { thinking: Thinking::Effort(&["none", "low", "medium", "high"]), replay: Replay::Never, ..PLAIN },
    ),
    // The others think as they like, and refuse to be told.
    row("xAI", &["x.ai"], ALL, XAI),
    row(
        "Groq",
        &["groq.com"],
        &["gpt-oss"],
        Traits {
            thinking: LOW_TO_HIGH,
            replay: Replay::InTurn("reasoning"),
            top_k: false,
            search: Search::Tool(r#"{"type":"browser_search"}"#),
            ..PLAIN
        },
    ),
    // Groq's `compound` models search unasked.
    row(
        "Groq",
        &["groq.com"],
        ALL,
        Traits {
            thinking: Thinking::Effort(&["none", "default"]),
            replay: Replay::InTurn("reasoning"),
            top_k: false,
            ..PLAIN
        },
    ),
    row(
        "Gemini",
        &["googleapis.com"],
        ALL,
        Traits {
            thinking: Thinking::Effort(&["none", "low", "medium", "high"]),
            replay: Replay::Never,
            top_k: false,
            ..PLAIN
        },
    ),
    row("vLLM", &[":8000", "*vllm", "*sglang"], ALL, TEMPLATE),
    row("llama.cpp", &[":8080", "*llama-cpp", "*llamacpp", "*llama.cpp"], ALL, TEMPLATE),
    row("LM Studio", &[":1234", "*lmstudio", "*lm-studio"], ALL, PLAIN),
    row("Ollama", &[":11434", "*ollama"], ALL, Traits { replay: Replay::InTurn("reasoning"), ..PLAIN }),
    // Families that gateways and relays offer under their own name.
    row("OpenAI", ANYWHERE, &["gpt-4o-search", "gpt-4o-mini-search", "gpt-5-search"], OPENAI_SEARCHES),
    row("OpenAI", ANYWHERE, &["gpt-5-chat"], OPENAI),
    row("OpenAI", ANYWHERE, &["gpt-5-pro"], GPT_5_ONE),
    row("OpenAI", ANYWHERE, &["gpt-5-codex", "gpt-5.1-codex", "gpt-5.2-codex"], OPENAI_THINKS),
    row("OpenAI", ANYWHERE, &["gpt-5.1-chat", "gpt-5.2-chat"], GPT_5_CHAT),
    row("OpenAI", ANYWHERE, &["gpt-5.2-pro", "gpt-5.4-pro", "gpt-5.5-pro"], GPT_5_PRO),
    row("OpenAI", ANYWHERE, &["gpt-5."], GPT_5_LATER),
    row("OpenAI", ANYWHERE, &["gpt-5", "gpt-6"], GPT_5),
    row("OpenAI", ANYWHERE, &["o1", "o3", "o4"], OPENAI_THINKS),
    row("OpenAI", &["openai.com", "azure.com"], ALL, OPENAI),
    row("DeepSeek", ANYWHERE, &["deepseek"], DEEPSEEK),
    row("GLM", ANYWHERE, &["glm-"], Traits { search: Search::None, ..GLM }),
    row("Kimi", ANYWHERE, &["kimi-"], KIMI),
    row("MiniMax", ANYWHERE, &["minimax-"], MINIMAX),
    row("any", ANYWHERE, ALL, PLAIN),
];

/// The row for a model at an address.
pub(crate) fn of(base_url: &str, model: &str) -> &'static Row {
    let url = Url::parse(base_url).ok();
    let model = model.rsplit('/').next().unwrap_or(model).to_ascii_lowercase();
    let fits = |row: &&Row| {
        (row.models.is_empty() || row.models.iter().any(|beginning| model.starts_with(beginning)))
            && (row.hosts.is_empty() || url.as_ref().is_some_and(|url| row.hosts.iter().any(|host| lives(url, host))))
    };
    TABLE.iter().find(fits).unwrap_or(&TABLE[TABLE.len() - 1])
}

/// Whether the vendor at an address searches the web for a model when it is told to.
pub(crate) fn searches(base_url: &str, model: &str) -> bool {
    !matches!(of(base_url, model).traits.search, Search::None)
}

/// Where the vendor at an address lets texts go on, below that address.
pub(super) fn completions(base_url: &str, model: &str) -> &'static str {
    let base_url = base_url.trim_end_matches('/');
    match of(base_url, model).traits.gaps {
        Gaps::Beta if base_url.ends_with("/v1") => "../beta/completions",
        Gaps::Beta if !base_url.ends_with("/beta") => "beta/completions",
        Gaps::Plain | Gaps::Beta => "completions",
        Gaps::InChatForm => "fim/completions",
    }
}

/// Whether an address is meant by a host of the table.
fn lives(url: &Url, host: &str) -> bool {
    let name = url.host_str().unwrap_or_default().to_ascii_lowercase();
    // Numbers and bare names are machines nearby, where a port says what runs there.
    let near = !name.contains('.') || name.ends_with(".internal") || !name.ends_with(|c: char| c.is_ascii_alphabetic());
    match (host.strip_prefix(':'), host.strip_prefix('*')) {
        (Some(port), _) => near && url.port().is_some_and(|own| own.to_string() == port),
        (_, Some(word)) => near && name.contains(word),
        _ => name.strip_suffix(host).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
    }
}

impl Thinking {
    /// The fields that ask for so much thinking.
    pub(crate) fn fields(self, effort: Effort) -> Map<String, Value> {
        let on = effort != Effort::Off;
        let fields = match self {
            Self::Fixed => json!({}),
            Self::Effort(words) => json!({"reasoning_effort": nearest(words, effort)}),
            Self::Type => json!({"thinking": {"type": if on { "enabled" } else { "disabled" }}}),
            Self::Flag if on => json!({"enable_thinking": true, "thinking_budget": effort.budget()}),
            Self::Flag => json!({"enable_thinking": false}),
            Self::Template => json!({"chat_template_kwargs": {"enable_thinking": on, "thinking": on}}),
            Self::Object if on => json!({"reasoning": {"effort": effort.word()}}),
            Self::Object => json!({"reasoning": {"enabled": false}}),
        };
        if let Value::Object(fields) = fields { fields } else { Map::new() }
    }
}

/// The word that comes nearest among those that a vendor takes, least first.
pub(crate) fn nearest(words: &[&'static str], effort: Effort) -> &'static str {
    let all = [Effort::Off, Effort::Minimal, Effort::Low, Effort::Medium, Effort::High];
    let rank = |effort: Effort| all.iter().position(|other| *other == effort).unwrap_or_default();
    let known = |word: &str| all.iter().position(|effort| effort.word() == word).unwrap_or(all.len() - 1);
    words.iter().copied().min_by_key(|word| rank(effort).abs_diff(known(word))).unwrap_or("medium")
}

#[cfg(test)]
mod tests;
