//! Texts about connections to model providers.

use super::{fill, say};

/// How many models, in words; tracked.
#[must_use]
pub fn model_count(count: usize) -> String {
    match count {
        0 => say(MODELS_NONE).to_owned(),
        1 => say(MODELS_ONE).to_owned(),
        _ => fill(MODELS_COUNT, &[("count", &count.to_string())]),
    }
}

crate::texts! {
    INTRO: "Where models come from. Keys are sealed on the server and never shown again.", "模型的来源。密钥在服务器上加密保存，不会再次显示。";
    CONNECT: "Connect a model", "接入模型";
    NONE_YET: "No model is connected yet.", "还没有接入任何模型。";
    TRY_DEMO: "Try the demo", "试用演示模型";
    DEMO: "Demo", "演示";
    DEMO_NOTE: "Built into this server; it leaves when a real model arrives.", "内置于本服务，接入真实模型后自动移除。";
    OFF: "Off", "已关闭";
    MODELS_COUNT: "{count} models", "{count} 个模型";
    MODELS_ONE: "1 model", "1 个模型";
    MODELS_NONE: "No models", "没有模型";

    CHOOSE_VENDOR: "Where are your models?", "你的模型在哪里？";
    FOUND_HERE: "Found on this machine", "在本机找到";
    FOUND_MODELS: "{models}, connect with one click", "{models}，点击即可接入";
    OTHER_VENDOR: "All providers", "全部服务商";

    DEEPSEEK: "DeepSeek", "DeepSeek 深度求索";
    DEEPSEEK_NOTE: "DeepSeek models", "DeepSeek 系列模型";
    QWEN: "Qwen", "通义千问 Qwen";
    QWEN_NOTE: "Alibaba Cloud Model Studio", "阿里云百炼";
    GLM: "GLM", "智谱 GLM";
    GLM_NOTE: "Z.ai and Zhipu", "智谱开放平台";
    KIMI: "Kimi", "Kimi";
    KIMI_NOTE: "Moonshot AI", "月之暗面";
    SILICONFLOW: "SiliconFlow", "硅基流动 SiliconFlow";
    SILICONFLOW_NOTE: "Many open models, one key", "多种开源模型，一个密钥";
    OPENAI: "OpenAI", "OpenAI";
    OPENAI_NOTE: "GPT models", "GPT 系列模型";
    OPENROUTER: "OpenRouter", "OpenRouter";
    OPENROUTER_NOTE: "Many providers, one key", "多家服务商，一个密钥";
    OLLAMA: "Ollama", "Ollama";
    OLLAMA_NOTE: "Models on your own machine", "运行在自己机器上的模型";
    OTHER: "Other", "其他";
    OTHER_NOTE: "Any OpenAI-compatible address", "任何兼容 OpenAI 的接口";

    REGION: "Account", "账号所属";
    REGION_CHINA: "China", "中国内地";
    REGION_WORLD: "International", "国际站";
    NAME: "Name", "名称";
    NAME_HINT: "How it is called here; empty uses the address.", "在这里显示的名称，留空则使用地址。";
    BASE_URL: "Address", "接口地址";
    BASE_URL_HINT: "As the provider gives it, usually ending in /v1.", "按服务商提供的填写，通常以 /v1 结尾。";
    BASE_URL_MISSING: "Enter the address of the model server.", "请填写模型服务的接口地址。";
    KEY: "API key", "API 密钥";
    KEY_GET: "Get a key", "获取密钥";
    KEY_OPTIONAL: "Leave empty if the server asks for none.", "如果服务不需要密钥，请留空。";
    KEY_KEEP: "Leave empty to keep the present key.", "留空则保留现有密钥。";
    KEY_AGAIN: "Another address needs the key again: the present one stays with its server.", "更换接口地址后需要重新填写密钥：现有密钥只用于原来的服务。";
    KEY_MISSING: "Paste the key that the provider gave you.", "请粘贴服务商提供的密钥。";
    MODEL_NAMES: "Model names", "模型名称";
    MODEL_NAMES_HINT: "The provider lists none; separate several by commas.", "服务商没有提供列表，多个名称用逗号分隔。";
    CHECK: "Check", "检查";
    CHECKING: "Asking the provider for its models and one short answer", "正在向服务商获取模型列表并请求一个简短的回答";
    SAVE: "Save connection", "保存连接";
    SAVE_ANYWAY: "Save anyway", "仍然保存";
    CONNECTED: "{name} is connected", "已接入“{name}”";

    STAGE_ADDRESS: "The address is usable", "地址可用";
    STAGE_MODELS: "The models were listed", "已获取模型列表";
    STAGE_CHAT: "A model answered", "模型已作答";
    STAGE_ADDRESS_BAD: "The address is not usable", "地址不可用";
    STAGE_MODELS_BAD: "The models could not be listed", "未能获取模型列表";
    STAGE_CHAT_BAD: "No model answered", "没有模型作答";
    STAGE_MODEL: "{model} answered", "{model} 已作答";
    MILLISECONDS: "{ms} ms", "{ms} 毫秒";

    WHICH_MODELS: "Which models", "使用哪些模型";
    ALL_MODELS: "All {count}", "全部 {count} 个";
    SOME_MODELS: "Only some", "只选一部分";
    FILTER_MODELS: "Filter models", "筛选模型";
    CHOSEN: "{count} chosen", "已选 {count} 个";
    CHOOSE_ONE: "Choose at least one model.", "请至少选择一个模型。";

    USE: "Use {name}", "使用“{name}”";
    ACTIONS: "Actions for {name}", "对“{name}”的操作";
    VERIFY: "Check", "检查";
    REFRESH: "Refresh models", "刷新模型";
    REFRESHED: "{name}: {models}", "“{name}”：{models}";
    EDIT: "Edit", "编辑";
    EDIT_TITLE: "Edit {name}", "编辑“{name}”";
    DELETE: "Delete", "删除";
    DELETE_TITLE: "Delete {name}?", "删除“{name}”？";
    DELETE_TEXT: "Its models can no longer be chosen and its key is erased. Chats stay.", "其中的模型将不能再选用，密钥会被清除。对话会保留。";
    DELETED: "{name} was deleted", "已删除“{name}”";
}
