//! A provider's own words, whatever body they come in, and what they say.

use super::numbers;
use serde_json::Value;
use shared::ErrorCode;
use std::time::Duration;

/// Longest body that is searched for words, in bytes.
const MAX_SEARCHED_BYTES: usize = 64 * 1024;

/// A refusal in the provider's own words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The status that the body itself names.
    pub(crate) status: Option<u16>,
    /// Its code, such as `insufficient_quota` or `1301`.
    pub(crate) code: String,
    /// Its type, such as `invalid_request_error`.
    pub(crate) kind: String,
    /// Its sentence.
    pub(crate) message: String,
    /// How long it asks to wait.
    pub(crate) retry: Option<Duration>,
    /// What the model reads, in tokens, where the body has a field for it.
    pub(crate) limit: Option<u64>,
    /// What was sent, likewise.
    pub(crate) used: Option<u64>,
}

/// Phrases, all in small letters, that name the cause whatever the status is. The first row that is met decides.
const PHRASES: &[(ErrorCode, &[&str])] = &[
    (
        ErrorCode::ProviderBalance,
        &[
            "insufficient_quota",
            "exceeded_current_quota",
            "insufficient balance",
            "insufficient_balance",
            "insufficient credits",
            "balance is insufficient",
            "balance is not enough",
            "not enough balance",
            "arrearage",
            "accountoverdue",
            "good standing",
            "credit balance is too low",
            "insufficient_user_quota",
            "quota is not enough",
            "used all available credits",
            "monthly spending limit",
            "reached your specified api usage limits",
            "free allocated quota exceeded",
            "billing_hard_limit",
            "billing_error",
            "purchase credits",
            "余额不足",
            "欠费",
            "请充值",
            "账户余额",
            "额度不足",
            "额度已用尽",
            "额度已用完",
            "预扣费额度失败",
        ],
    ),
    (
        ErrorCode::ProviderContentFiltered,
        &[
            "data_inspection_failed",
            "datainspectionfailed",
            "content_policy",
            "content_filter",
            "contentfilter",
            "content policy",
            "responsibleaipolicy",
            "sensitivecontent",
            "inappropriate content",
            "content exists risk",
            "high risk",
            "moderation",
            "prohibited_content",
            "sensitive words",
            "敏感",
            "违规",
            "不安全",
            "风险",
            "内容审核",
        ],
    ),
    (
        ErrorCode::ProviderContextLength,
        &[
            "context_length",
            "context length",
            "maximum context",
            "context window",
            "context size",
            "context_size",
            "input text is too long",
            "range of input length",
            "prompt is too long",
            "prompt too long",
            "maximum prompt length",
            "longer than the maximum model length",
            "exceed max message tokens",
            "`max_new_tokens` must be <=",
            "input is too long",
            "input length",
            "reduce the length of",
            "exceeded model token limit",
            "max_seq_len",
            "maximum input",
            "too many input tokens",
            "input token count",
            "request too large",
            "上下文长度",
            "超出最大长度",
            "输入过长",
            "输入长度",
            "prompt 超长",
            "超长",
        ],
    ),
    (
        ErrorCode::ProviderRegion,
        &[
            "unsupported_country",
            "location is not supported",
            "not available in your country",
            "not available in your region",
            "不支持您所在的地区",
            "所在地区",
        ],
    ),
    (
        ErrorCode::ProviderUnauthorized,
        &[
            "invalid_api_key",
            "invalidapikey",
            "invalid api key",
            "incorrect api key",
            "api key not valid",
            "api_key_invalid",
            "api key expired",
            "authentication_error",
            "authentication fails",
            "身份验证失败",
            "令牌已过期",
            "无效的令牌",
        ],
    ),
];

/// Codes that are mere numbers mean something only where they stand alone.
const NUMBERS: &[(&str, ErrorCode)] = &[
    ("1113", ErrorCode::ProviderBalance),
    ("30001", ErrorCode::ProviderBalance),
    ("1008", ErrorCode::ProviderBalance),
    ("1301", ErrorCode::ProviderContentFiltered),
    ("1026", ErrorCode::ProviderContentFiltered),
    ("1027", ErrorCode::ProviderContentFiltered),
    ("1261", ErrorCode::ProviderContextLength),
    ("1211", ErrorCode::ProviderModelNotFound),
    ("20012", ErrorCode::ProviderModelNotFound),
    ("1302", ErrorCode::ProviderRateLimited),
    ("1303", ErrorCode::ProviderRateLimited),
    ("1305", ErrorCode::ProviderOverloaded),
];

const REGION: &[&str] = &["region", "country", "territory", "地区"];
const MISSING: &[&str] = &[
    "not found",
    "not_found",
    "notfound",
    "not exist",
    "no such",
    "unknown model",
    "invalid model",
    "invalid_model",
    "not a valid model",
    "unsupported model",
    "no endpoints found",
    "does not have access",
    "not supported model",
    "不存在",
    "未找到",
    "找不到",
];
const CROWDED: &[&str] = &["overload", "engine_overloaded", "访问量过大", "繁忙", "at capacity", "server is busy"];
const TOO_FAST: &[&str] =
    &["rate limit", "rate_limit", "ratelimit", "too many requests", "throttl", "频率", "频繁", "速率", "限流"];

impl Refusal {
    /// Reads a body: JSON in any of the shapes in use, a web page, or plain text.
    pub(crate) fn read(body: &[u8]) -> Self {
        let body = &body[..body.len().min(MAX_SEARCHED_BYTES)];
        match serde_json::from_slice::<Value>(body) {
            Ok(value) => Self::from_json(&value),
            Err(_) => {
                let message = readable(&String::from_utf8_lossy(body));
                Self { retry: numbers::retry(&message), message, ..Self::default() }
            }
        }
    }

    /// Whether this JSON, which came instead of an answer, is an error at all.
    pub(crate) fn is_said(&self) -> bool {
        !(self.code.is_empty() && self.kind.is_empty() && self.message.is_empty())
    }

    /// The shortest name of what went wrong.
    pub(crate) fn name(&self) -> &str {
        [&self.code, &self.kind].into_iter().find(|name| !name.is_empty()).map_or("error", String::as_str)
    }

    /// The sentence, or what else there is.
    pub(crate) fn words(&self) -> &str {
        let all = [&self.message, &self.code, &self.kind];
        all.into_iter().find(|words| !words.is_empty()).map_or("", String::as_str)
    }

    fn from_json(value: &Value) -> Self {
        let value = value.as_array().and_then(|list| list.first()).unwrap_or(value);
        let inner = ["error", "errors", "base_resp"].into_iter().map(|key| &value[key]).find(|inner| !inner.is_null());
        let source = match inner {
            Some(Value::Array(list)) => list.first().unwrap_or(value),
            Some(inner) => inner,
            None => value,
        };
        // A word beside the object still counts where the object itself lacks one.
        let find = |keys: &[&str]| {
            let values = keys.iter().flat_map(|key| [&source[*key], &value[*key]]);
            values.filter_map(text_of).find(|text| !text.is_empty()).unwrap_or_default()
        };
        let code = find(&["code", "status_code"]);
        let mut message =
            text_of(source).unwrap_or_else(|| find(&["message", "status_msg", "msg", "detail", "error_msg"]));
        if let Some(raw) = text_of(&source["metadata"]["raw"]) {
            message = format!("{message}: {raw}");
        }
        // Google's `status` is a word such as `UNAVAILABLE`; elsewhere it is the number.
        let word = source["status"].as_str().unwrap_or_default().to_owned();
        let kind = Some(find(&["type"])).filter(|kind| !kind.is_empty()).unwrap_or(word);
        let named = code.parse().ok().or_else(|| source["status"].as_u64().and_then(|status| status.try_into().ok()));
        let detailed = source["details"].as_array().into_iter().flatten().find_map(|one| one["retryDelay"].as_str());
        Self {
            status: named.filter(|status| (400..600).contains(status)),
            code,
            kind,
            retry: detailed.and_then(numbers::duration).or_else(|| numbers::retry(&message)),
            message,
            // llama.cpp.
            limit: source["n_ctx"].as_u64(),
            used: source["n_prompt_tokens"].as_u64(),
        }
    }

    /// What the words say by themselves, given the status they came with.
    pub(crate) fn said(&self, status: Option<u16>) -> Option<ErrorCode> {
        let text = format!("{} {} {}", self.code, self.kind, self.message).to_lowercase();
        let any = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
        let refused = matches!(status, None | Some(400 | 403 | 404 | 422));
        if let Some((_, code)) = NUMBERS.iter().find(|(number, _)| self.code == *number) {
            return Some(*code);
        }
        match status {
            Some(401) => return Some(ErrorCode::ProviderUnauthorized),
            Some(402) => return Some(ErrorCode::ProviderBalance),
            Some(413) => return Some(ErrorCode::ProviderContextLength),
            _ => {}
        }
        // DashScope words a limit per minute like an empty account; only the link tells.
        if text.contains("#token-limit") {
            return Some(ErrorCode::ProviderRateLimited);
        }
        let by_phrase = PHRASES.iter().find(|(_, phrases)| any(phrases)).map(|(code, _)| *code);
        by_phrase
            // A limit per minute is worded like one of money where it says when to come back.
            .or_else(|| {
                (any(&["exceeded your current quota"]) && self.retry.is_none()).then_some(ErrorCode::ProviderBalance)
            })
            .or_else(|| (status == Some(403) && any(REGION)).then_some(ErrorCode::ProviderRegion))
            .or_else(|| {
                (refused && any(&["model", "模型", "no endpoints", "deployment"]) && any(MISSING))
                    .then_some(ErrorCode::ProviderModelNotFound)
            })
            .or_else(|| {
                (matches!(status, None | Some(429 | 500..)) && any(CROWDED)).then_some(ErrorCode::ProviderOverloaded)
            })
            .or_else(|| {
                (matches!(status, None | Some(400 | 403)) && any(TOO_FAST)).then_some(ErrorCode::ProviderRateLimited)
            })
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(list) => list.first().and_then(|first| text_of(&first["msg"])),
        _ => None,
    }
}

/// Plain text as it is; of a web page, its title.
pub(crate) fn readable(body: &str) -> String {
    let text = body.trim();
    if !text.starts_with('<') {
        return text.to_owned();
    }
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|start| {
        let begin = start + lower[start..].find('>')? + 1;
        Some(text[begin..begin + lower[begin..].find("</title")?].trim().to_owned())
    });
    title.unwrap_or_default()
}
