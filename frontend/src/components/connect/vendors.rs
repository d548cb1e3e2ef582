//! The providers that people most often have a key of: address and key page, so that only the key has to be pasted.

use crate::i18n::{Text, connections as words};
use shared::error::Language;

/// Where an account of a provider lives; the two have different addresses and keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// The base URL.
    pub base_url: &'static str,
    /// The page where one gets a key; empty where none is needed.
    pub keys: &'static str,
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
    /// Whether it comes first for readers of Chinese.
    pub chinese: bool,
    /// Its sites: in China and international for some, else one.
    pub sites: &'static [Site],
    /// Whether it asks for a key.
    pub needs_key: bool,
}

impl Vendor {
    /// The site that a reader of this language most likely has an account at.
    #[must_use]
    pub fn likely_site(&self, language: Language) -> usize {
        if language == Language::ZhCn { 0 } else { self.sites.len().saturating_sub(1) }
    }
}

const fn site(base_url: &'static str, keys: &'static str) -> Site {
    Site { base_url, keys }
}

/// Every provider of the wizard. Of two sites the first is the one in China.
pub const VENDORS: &[Vendor] = &[
    Vendor {
        id: "deepseek",
        name: words::DEEPSEEK,
        note: words::DEEPSEEK_NOTE,
        chinese: true,
        sites: &[site("https://api.deepseek.com/v1", "https://platform.deepseek.com/api_keys")],
        needs_key: true,
    },
    Vendor {
        id: "qwen",
        name: words::QWEN,
        note: words::QWEN_NOTE,
        chinese: true,
        sites: &[
            site(
                "https://dashscope.aliyuncs.com/compatible-mode/v1",
                "https://bailian.console.aliyun.com/?tab=model#/api-key",
            ),
            site(
                "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
                "https://modelstudio.console.alibabacloud.com/?tab=model#/api-key",
            ),
        ],
        needs_key: true,
    },
    Vendor {
        id: "glm",
        name: words::GLM,
        note: words::GLM_NOTE,
        chinese: true,
        sites: &[
            site("https://open.bigmodel.cn/api/paas/v4", "https://bigmodel.cn/usercenter/proj-mgmt/apikeys"),
            site("https://api.z.ai/api/paas/v4", "https://z.ai/manage-apikey/apikey-list"),
        ],
        needs_key: true,
    },
    Vendor {
        id: "kimi",
        name: words::KIMI,
        note: words::KIMI_NOTE,
        chinese: true,
        sites: &[
            site("https://api.moonshot.cn/v1", "https://platform.moonshot.cn/console/api-keys"),
            site("https://api.moonshot.ai/v1", "https://platform.moonshot.ai/console/api-keys"),
        ],
        needs_key: true,
    },
    Vendor {
        id: "siliconflow",
        name: words::SILICONFLOW,
        note: words::SILICONFLOW_NOTE,
        chinese: true,
        sites: &[
            site("https://api.siliconflow.cn/v1", "https://cloud.siliconflow.cn/account/ak"),
            site("https://api.siliconflow.com/v1", "https://cloud.siliconflow.com/account/ak"),
        ],
        needs_key: true,
    },
    Vendor {
        id: "openai",
        name: words::OPENAI,
        note: words::OPENAI_NOTE,
        chinese: false,
        sites: &[site("https://api.openai.com/v1", "https://platform.openai.com/api-keys")],
        needs_key: true,
    },
    Vendor {
        id: "openrouter",
        name: words::OPENROUTER,
        note: words::OPENROUTER_NOTE,
        chinese: false,
        sites: &[site("https://openrouter.ai/api/v1", "https://openrouter.ai/settings/keys")],
        needs_key: true,
    },
    Vendor {
        id: "ollama",
        name: words::OLLAMA,
        note: words::OLLAMA_NOTE,
        chinese: false,
        sites: &[site("http://localhost:11434/v1", "")],
        needs_key: false,
    },
    Vendor { id: "other", name: words::OTHER, note: words::OTHER_NOTE, chinese: false, sites: &[], needs_key: false },
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
    let at_the_end = |vendor: &Vendor| !vendor.needs_key;
    vendors.sort_by_key(|vendor| (at_the_end(vendor), vendor.chinese != (language == Language::ZhCn)));
    vendors
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(language: Language) -> Vec<&'static str> {
        ordered(language).iter().map(|vendor| vendor.id).collect()
    }

    #[test]
    fn the_order_follows_the_language() {
        assert_eq!(ids(Language::ZhCn)[..3], ["deepseek", "qwen", "glm"]);
        assert_eq!(ids(Language::En)[..3], ["openai", "openrouter", "deepseek"]);
        assert_eq!(ids(Language::En)[7..], ["ollama", "other"]);
        assert_eq!(ids(Language::ZhCn)[7..], ["ollama", "other"]);
    }

    #[test]
    fn addresses_are_usable_as_they_stand() {
        for vendor in VENDORS {
            for site in vendor.sites {
                assert!(site.base_url.starts_with("http") && !site.base_url.ends_with('/'), "{}", vendor.id);
                assert_eq!(site.keys.starts_with("https://"), vendor.needs_key, "{}", vendor.id);
            }
        }
    }

    #[test]
    fn a_reader_of_chinese_most_likely_has_an_account_in_china() {
        let kimi = named("kimi").expect("a row of the table");
        assert!(kimi.sites[kimi.likely_site(Language::ZhCn)].base_url.ends_with(".cn/v1"));
        assert!(kimi.sites[kimi.likely_site(Language::En)].base_url.ends_with(".ai/v1"));
    }
}
