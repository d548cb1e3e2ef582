//! Texts about connections to model providers.

use super::{fill, say};

/// How many models, in words; tracked.
#[must_use]
pub fn model_count(count: usize) -> String {
    match count {
        0 => say(MODELS_NONE).to_owned(),
        _ => fill(MODELS_COUNT, &[("count", &count.to_string())]),
    }
}

crate::texts! {
    INTRO: "Where models come from. Keys are sealed on the server and never shown again.", "模型的来源。密钥在服务器上加密保存，不会再次显示。";
    CONNECT: "Connect a model", "接入模型";
    NONE_YET: "No model is connected yet.", "还没有接入任何模型。";
    FIRST_CONNECTED: "The first model is connected. Chat with it, or see what else a new server needs: people, address, backup, diagnosis.", "第一个模型已接入。可以开始对话，也可以看看新服务器还需要什么：成员、访问地址、备份和诊断。";
    START_CHAT: "Start a chat", "开始对话";
    SEE_CHECKLIST: "See the checklist", "查看检查清单";
    TRY_DEMO: "Try the demo", "试用演示模型";
    DEMO: "Demo", "演示";
    DEMO_NOTE: "Built into this server; it leaves when a real model arrives.", "内置于本服务，接入真实模型后自动移除。";
    OFF: "Off", "已关闭";
    MODELS_COUNT: "{count} {count?model|models}", "{count} 个模型";
    MODELS_NONE: "No models", "没有模型";

    CHOOSE_VENDOR: "Where are your models?", "你的模型在哪里？";
    FOUND_HERE: "Found on this machine", "在本机找到";
    FOUND_MODELS: "{models}, connect with one click", "{models}，点击即可接入";
    OTHER_VENDOR: "All providers", "全部服务商";

    DEEPSEEK: "DeepSeek", "DeepSeek 深度求索";
    DEEPSEEK_NOTE: "DeepSeek models", "DeepSeek 系列模型";
    QWEN: "Qwen", "通义千问 Qwen";
    QWEN_NOTE: "Alibaba Cloud Model Studio", "阿里云百炼";
    DOUBAO: "Doubao", "豆包 Doubao";
    DOUBAO_NOTE: "Volcengine Ark", "火山方舟";
    MINIMAX: "MiniMax", "MiniMax";
    MINIMAX_NOTE: "MiniMax models", "MiniMax 系列模型";
    GLM: "GLM", "智谱 GLM";
    GLM_NOTE: "Z.ai and Zhipu", "智谱开放平台";
    KIMI: "Kimi", "Kimi";
    KIMI_NOTE: "Moonshot AI", "月之暗面";
    SILICONFLOW: "SiliconFlow", "硅基流动 SiliconFlow";
    SILICONFLOW_NOTE: "Many open models, one key", "多种开源模型，一个密钥";
    OPENAI: "OpenAI", "OpenAI";
    OPENAI_NOTE: "GPT models", "GPT 系列模型";
    OPENAI_RESPONSES: "OpenAI Responses", "OpenAI Responses";
    OPENAI_RESPONSES_NOTE: "GPT models by the newer interface", "GPT 系列模型的新接口";
    ANTHROPIC: "Anthropic", "Anthropic";
    ANTHROPIC_NOTE: "Claude models", "Claude 系列模型";
    GEMINI: "Google Gemini", "Google Gemini";
    GEMINI_NOTE: "Google AI Studio", "Google AI Studio";
    AZURE: "Azure OpenAI", "Azure OpenAI";
    AZURE_NOTE: "GPT models in your Azure resource", "你的 Azure 资源中的 GPT 模型";
    XAI: "xAI", "xAI";
    XAI_NOTE: "Grok models", "Grok 系列模型";
    MISTRAL: "Mistral", "Mistral";
    MISTRAL_NOTE: "Mistral models", "Mistral 系列模型";
    GROQ: "Groq", "Groq";
    GROQ_NOTE: "Open models, very fast", "速度很快的开源模型";
    LM_STUDIO: "LM Studio", "LM Studio";
    LM_STUDIO_NOTE: "Its local server", "LM Studio 的本地服务";
    LLAMA_CPP: "llama.cpp", "llama.cpp";
    LLAMA_CPP_NOTE: "llama-server on your own machine", "自己机器上的 llama-server";
    VLLM: "vLLM", "vLLM";
    VLLM_NOTE: "Your own inference server", "自建的推理服务";
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
    MODEL_NAMES_TYPED: "Only where the provider lists none; empty fetches its list.", "仅在服务商不提供列表时填写，留空则获取其列表。";

    ADVANCED: "Advanced", "高级";
    PROTOCOL: "Protocol", "协议";
    PROTOCOL_OPENAI_CHAT: "OpenAI Chat Completions", "OpenAI Chat Completions";
    PROTOCOL_OPENAI_RESPONSES: "OpenAI Responses", "OpenAI Responses";
    PROTOCOL_AZURE_OPENAI: "Azure OpenAI", "Azure OpenAI";
    PROTOCOL_ANTHROPIC: "Anthropic Messages", "Anthropic Messages";
    PROTOCOL_GEMINI: "Google Gemini", "Google Gemini";
    PROTOCOL_OLLAMA: "Ollama", "Ollama";
    PREFIX: "Prefix of its models", "模型名前缀";
    PREFIX_HINT: "Stands before their names, so that two connections may offer the same one.", "加在模型名前，用于区分不同连接的同名模型。";
    PROXY: "Proxy", "代理";
    PROXY_HINT: "Such as http://user:password@host:port; empty uses the server's own.", "例如 http://user:password@host:port，留空则使用服务器自身的设置。";
    FIRST_TOKEN_SECONDS: "Longest wait for an answer, in seconds", "等待回答的最长秒数";
    IDLE_SECONDS: "Longest pause in an answer, in seconds", "回答中途停顿的最长秒数";
    SECONDS_HINT: "Empty uses the server's own time.", "留空则使用服务器默认值。";
    SECONDS_RULE: "A whole number from 5 to 3,600.", "请输入 5 至 3,600 之间的整数。";
    SHOW_NEW: "Show new models by themselves", "自动显示新模型";
    HEADERS: "Headers", "请求头";
    HEADERS_HINT: "Sent with every request. Values are sealed and not shown again.", "随每个请求发送。值会加密保存，不再显示。";
    HEADER_NAME: "Name of the header", "请求头名称";
    HEADER_VALUE: "Value", "值";
    HEADER_ADD: "Add a header", "添加请求头";
    HEADER_NAMELESS: "Every header has a name and a value.", "请填写请求头的名称和值。";
    STORED: "Stored; type to replace it", "已保存，输入新值可替换";
    REMOVE: "Remove", "移除";
    KEYS: "API keys", "API 密钥";
    KEYS_HINT: "Tried from top to bottom: when one is refused or exhausted, the next one answers.", "按从上到下的顺序使用，一个被拒绝或用尽时由下一个接替。";
    KEY_ADD: "Add another key", "再添加一个密钥";
    KEY_NUMBER: "Key {number}", "密钥 {number}";
    KEY_LABEL: "Label", "标签";
    KEY_MODELS: "Only for these models", "仅用于这些模型";
    KEY_MODELS_HINT: "Separate several by commas; empty means all.", "多个名称用逗号分隔，留空表示全部。";
    KEY_ACTIONS: "Actions for this key", "密钥操作";
    KEY_USE: "Use this key", "使用此密钥";
    MOVE_UP: "Move up", "上移";
    MOVE_DOWN: "Move down", "下移";
    KEY_LIMIT: "Limit to some models", "限定模型";
    KEY_WORKS: "works", "正常";
    KEY_UNUSED: "not used yet", "尚未使用";
    KEY_OFF: "off", "已关闭";
    KEY_RESTS: "rests until {time}: {reason}", "暂停至 {time}：{reason}";
    KEY_REFUSED: "left alone: {reason}", "已停用：{reason}";
    CHECK: "Check", "检查";
    CHECKING: "Asking the provider for its models and one short answer", "正在向服务商获取模型列表并请求一个简短的回答";
    SAVE: "Save connection", "保存连接";
    SAVE_ANYWAY: "Save anyway", "仍然保存";
    CONNECTED: "{name} is connected", "已接入“{name}”";

    STAGE_ADDRESS: "The address is usable", "地址可用";
    STAGE_DNS: "The name was found", "域名已解析";
    STAGE_TCP: "The server takes connections", "已连接服务器";
    STAGE_TLS: "The connection is secure", "安全连接已建立";
    STAGE_MODELS: "The models were listed", "已获取模型列表";
    STAGE_CHAT: "A model answered", "模型已作答";
    STAGE_ADDRESS_BAD: "The address is not usable", "地址不可用";
    STAGE_DNS_BAD: "The name was not found", "无法解析域名";
    STAGE_TCP_BAD: "The server takes no connection", "无法连接服务器";
    STAGE_TLS_BAD: "No secure connection", "无法建立安全连接";
    STAGE_MODELS_BAD: "The models could not be listed", "未能获取模型列表";
    STAGE_CHAT_BAD: "No model answered", "没有模型作答";
    STAGE_MODEL: "{model} answered", "{model} 已作答";
    MILLISECONDS: "{ms} ms", "{ms} 毫秒";
    FIRST_TOKEN: "first token {ms} ms", "首个 Token {ms} 毫秒";
    PER_SECOND: "{count} tokens/s", "{count} Token/秒";

    WHICH_MODELS: "Which models", "使用哪些模型";
    ALL_MODELS: "All {count}", "全部 {count} 个";
    USUAL_MODELS: "The well-known ones", "常用模型";
    SOME_MODELS: "Only some", "只选一部分";
    USUAL_NOTE: "{count} models are a long list: the well-known ones are shown, the others can be shown later.", "共有 {count} 个模型，默认只显示常用的，其余可稍后显示。";
    CHOOSE_ALL: "Choose all", "全选";
    CHOOSE_NONE: "Choose none", "全不选";
    FILTER_MODELS: "Filter models", "筛选模型";
    CHOSEN: "{count} chosen", "已选 {count} 个";
    CHOOSE_ONE: "Choose at least one model.", "请至少选择一个模型。";

    USE: "Use {name}", "使用“{name}”";
    ACTIONS: "Actions for {name}", "对“{name}”的操作";
    VERIFY: "Check", "检查";
    REFRESH: "Refresh models", "刷新模型";
    REFRESHED: "{name}: {models}", "“{name}”：{models}";
    SHOWN_OF: "{shown} of {models} shown", "显示 {shown} 个，共 {models}";
    FETCHED: "fetched {ago}", "{ago}获取";
    TYPED: "names typed by hand", "名称为手动填写";
    REFRESH_FAILED: "The last refresh failed {ago}: {reason}", "{ago}刷新失败：{reason}";
    ITS_MODELS: "Its models", "查看模型";
    MINE: "Own connections", "我的连接";
    MINE_INTRO: "Models that only you use, with keys of your own. They are sealed on the server and never shown again.", "只有你自己使用的模型，使用你自己的密钥。密钥在服务器上加密保存，不会再次显示。";
    NONE_OF_MINE: "You have not connected a model of your own.", "你还没有接入自己的模型。";
    EDIT: "Edit", "编辑";
    EDIT_TITLE: "Edit {name}", "编辑“{name}”";
    DELETE: "Delete", "删除";
    DELETE_TITLE: "Delete {name}?", "删除“{name}”？";
    DELETE_TEXT: "Its models can no longer be chosen and its keys are erased. Chats stay.", "其中的模型将不能再选用，密钥会被清除。对话会保留。";
    DELETED: "{name} was deleted", "已删除“{name}”";
}
