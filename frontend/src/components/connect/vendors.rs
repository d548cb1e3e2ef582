//! The providers that people most often have a key of: protocol, address and key page, so that only the key has to be
//! pasted. A new one is a row here and its words.

use crate::i18n::{Text, connections as words};
use shared::connections::Protocol;
use shared::error::Language;

/// Where an account of a provider lives; the two have different addresses and keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// The base URL.
    pub base_url: &'static str,
    /// The page where one gets a key; empty where none is needed.
    pub keys: &'static str,
}

/// Where a provider stands in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// First for readers of Chinese.
    China,
    /// First for everybody else.
    World,
    /// On one's own machine, or anything else: always last.
    Own,
}

/// A provider.
#[derive(Debug, PartialEq, Eq)]
pub struct Vendor {
    /// Its name in the address of its form.
    pub id: &'static str,
    /// Its name.
    pub name: Text,
    /// What one finds there.
    pub note: Text,
    /// Where it stands in the list. Those of [`Home::Own`] need no key.
    pub home: Home,
    /// What it speaks.
    pub protocol: Protocol,
    /// Its sites: in China and international for some, else one; none where everybody has an address of their own.
    pub sites: &'static [Site],
}

impl Vendor {
    /// The site that a reader of this language most likely has an account at.
    #[must_use]
    pub fn likely_site(&self, language: Language) -> usize {
        if language == Language::ZhCn { 0 } else { self.sites.len().saturating_sub(1) }
    }

    /// Whether it asks for a key.
    #[must_use]
    pub fn needs_key(&self) -> bool {
        self.home != Home::Own
    }

    /// What an address of it looks like, where it has none of its own.
    #[must_use]
    pub fn example(&self) -> &'static str {
        if self.protocol == Protocol::AzureOpenai {
            "https://name.openai.azure.com"
        } else {
            "https://api.example.com/v1"
        }
    }
}

const fn site(base_url: &'static str, keys: &'static str) -> Site {
    Site { base_url, keys }
}

const fn vendor(
    id: &'static str,
    (name, note): (Text, Text),
    home: Home,
    protocol: Protocol,
    sites: &'static [Site],
) -> Vendor {
    Vendor { id, name, note, home, protocol, sites }
}

use Home::{China, Own, World};
use Protocol::{Anthropic, AzureOpenai, Gemini, Ollama, OpenaiChat, OpenaiResponses};

/// Every provider of the wizard. Of two sites the first is the one in China.
pub const VENDORS: &[Vendor] = &[
    vendor(
        "deepseek",
        (words::DEEPSEEK, words::DEEPSEEK_NOTE),
        China,
        OpenaiChat,
        &[site("https://api.deepseek.com/v1", "https://platform.deepseek.com/api_keys")],
    ),
    vendor(
        "qwen",
        (words::QWEN, words::QWEN_NOTE),
        China,
        OpenaiChat,
        &[
            site(
                "https://dashscope.aliyuncs.com/compatible-mode/v1",
                "https://bailian.console.aliyun.com/?tab=model#/api-key",
            ),
            site(
                "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
                "https://modelstudio.console.alibabacloud.com/?tab=model#/api-key",
            ),
        ],
    ),
    vendor(
        "glm",
        (words::GLM, words::GLM_NOTE),
        China,
        OpenaiChat,
        &[
            site("https://open.bigmodel.cn/api/paas/v4", "https://bigmodel.cn/usercenter/proj-mgmt/apikeys"),
            site("https://api.z.ai/api/paas/v4", "https://z.ai/manage-apikey/apikey-list"),
        ],
    ),
    vendor(
        "kimi",
        (words::KIMI, words::KIMI_NOTE),
        China,
        OpenaiChat,
        &[
            site("https://api.moonshot.cn/v1", "https://platform.moonshot.cn/console/api-keys"),
            site("https://api.moonshot.ai/v1", "https://platform.moonshot.ai/console/api-keys"),
        ],
    ),
    vendor(
        "doubao",
        (words::DOUBAO, words::DOUBAO_NOTE),
        China,
        OpenaiChat,
        &[site(
            "https://ark.cn-beijing.volces.com/api/v3",
            "https://console.volcengine.com/ark/region:ark+cn-beijing/apiKey",
        )],
    ),
    vendor(
        "minimax",
        (words::MINIMAX, words::MINIMAX_NOTE),
        China,
        OpenaiChat,
        &[
            site(
                "https://api.minimaxi.com/v1",
                "https://platform.minimaxi.com/user-center/basic-information/interface-key",
            ),
            site(
                "https://api.minimax.io/v1",
                "https://platform.minimax.io/user-center/basic-information/interface-key",
            ),
        ],
    ),
    vendor(
        "siliconflow",
        (words::SILICONFLOW, words::SILICONFLOW_NOTE),
        China,
        OpenaiChat,
        &[
            site("https://api.siliconflow.cn/v1", "https://cloud.siliconflow.cn/account/ak"),
            site("https://api.siliconflow.com/v1", "https://cloud.siliconflow.com/account/ak"),
        ],
    ),
    vendor(
        "openai",
        (words::OPENAI, words::OPENAI_NOTE),
        World,
        OpenaiChat,
        &[site("https://api.openai.com/v1", "https://platform.openai.com/api-keys")],
    ),
    vendor(
        "openai-responses",
        (words::OPENAI_RESPONSES, words::OPENAI_RESPONSES_NOTE),
        World,
        OpenaiResponses,
        &[site("https://api.openai.com/v1", "https://platform.openai.com/api-keys")],
    ),
    vendor(
        "anthropic",
        (words::ANTHROPIC, words::ANTHROPIC_NOTE),
        World,
        Anthropic,
        &[site("https://api.anthropic.com", "https://console.anthropic.com/settings/keys")],
    ),
    vendor(
        "gemini",
        (words::GEMINI, words::GEMINI_NOTE),
        World,
        Gemini,
        &[site("https://generativelanguage.googleapis.com", "https://aistudio.google.com/apikey")],
    ),
    vendor("azure", (words::AZURE, words::AZURE_NOTE), World, AzureOpenai, &[]),
    vendor(
        "openrouter",
        (words::OPENROUTER, words::OPENROUTER_NOTE),
        World,
        OpenaiChat,
        &[site("https://openrouter.ai/api/v1", "https://openrouter.ai/settings/keys")],
    ),
    vendor(
        "xai",
        (words::XAI, words::XAI_NOTE),
        World,
        OpenaiChat,
        &[site("https://api.x.ai/v1", "https://console.x.ai")],
    ),
    vendor(
        "mistral",
        (words::MISTRAL, words::MISTRAL_NOTE),
        World,
        OpenaiChat,
        &[site("https://api.mistral.ai/v1", "https://console.mistral.ai/api-keys")],
    ),
    vendor(
        "groq",
        (words::GROQ, words::GROQ_NOTE),
        World,
        OpenaiChat,
        &[site("https://api.groq.com/openai/v1", "https://console.groq.com/keys")],
    ),
    vendor("ollama", (words::OLLAMA, words::OLLAMA_NOTE), Own, Ollama, &[site("http://localhost:11434", "")]),
    vendor(
        "lm-studio",
        (words::LM_STUDIO, words::LM_STUDIO_NOTE),
        Own,
        OpenaiChat,
        &[site("http://localhost:1234/v1", "")],
    ),
    vendor(
        "llama-cpp",
        (words::LLAMA_CPP, words::LLAMA_CPP_NOTE),
        Own,
        OpenaiChat,
        &[site("http://localhost:8080/v1", "")],
    ),
    vendor("vllm", (words::VLLM, words::VLLM_NOTE), Own, OpenaiChat, &[site("http://localhost:8000/v1", "")]),
    vendor("other", (words::OTHER, words::OTHER_NOTE), Own, OpenaiChat, &[]),
];

/// The provider of this id.
#[must_use]
pub fn named(id: &str) -> Option<&'static Vendor> {
    VENDORS.iter().find(|vendor| vendor.id == id)
}

/// The providers in the order that suits a reader: Chinese ones first in Chinese, last in English; what runs at home and
/// everything else always at the end.
#[must_use]
pub fn ordered(language: Language) -> Vec<&'static Vendor> {
    let mut vendors: Vec<_> = VENDORS.iter().collect();
    vendors.sort_by_key(|vendor| (vendor.home == Own, (vendor.home == China) != (language == Language::ZhCn)));
    vendors
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn ids(language: Language) -> Vec<&'static str> {
        ordered(language).iter().map(|vendor| vendor.id).collect()
    }

    #[test]
    fn the_order_follows_the_language() {
        assert_eq!(ids(Language::ZhCn)[..3], ["deepseek", "qwen", "glm"]);
        assert_eq!(ids(Language::En)[..3], ["openai", "openai-responses", "anthropic"]);
        for language in [Language::En, Language::ZhCn] {
            let own = VENDORS.iter().filter(|vendor| !vendor.needs_key()).count();
            let last = ids(language).split_off(VENDORS.len() - own);
            assert_eq!(last, ["ollama", "lm-studio", "llama-cpp", "vllm", "other"]);
        }
    }

    #[test]
    fn addresses_are_usable_as_they_stand() {
        for vendor in VENDORS {
            for site in vendor.sites {
                assert!(site.base_url.starts_with("http") && !site.base_url.ends_with('/'), "{}", vendor.id);
                assert_eq!(site.keys.starts_with("https://"), vendor.needs_key(), "{}", vendor.id);
            }
        }
    }

    #[test]
    fn every_protocol_has_a_provider_and_every_provider_a_name_of_its_own() {
        let protocols: BTreeSet<_> = VENDORS.iter().map(|vendor| vendor.protocol.as_str()).collect();
        assert_eq!(protocols, Protocol::ALL.iter().map(|protocol| protocol.as_str()).collect());
        let ids: BTreeSet<_> = VENDORS.iter().map(|vendor| vendor.id).collect();
        assert_eq!(ids.len(), VENDORS.len());
    }

    #[test]
    fn a_reader_of_chinese_most_likely_has_an_account_in_china() {
        let kimi = named("kimi").expect("a row of the table");
        assert!(kimi.sites[kimi.likely_site(Language::ZhCn)].base_url.ends_with(".cn/v1"));
        assert!(kimi.sites[kimi.likely_site(Language::En)].base_url.ends_with(".ai/v1"));
    }
}
