//! The bodies of OpenAI's and Anthropic's interfaces, as far as we read or write them: fields that are not here pass through.

use super::operation::Foreign;

const OPENAI: &str = "https://platform.openai.com/docs/api-reference";
const ANTHROPIC: &str = "https://docs.anthropic.com/en/api";
const COSTRICT: &str = "https://github.com/zgsm-ai/costrict";
const COHERE: &str = "https://docs.cohere.com/reference/rerank";

pub(super) static MODELS: Foreign = Foreign {
    name: "OpenAiModelList",
    description: "The models. With the header `anthropic-version` the list has Anthropic's form.",
    required: &[("data", "array")],
    optional: &[("object", "string"), ("first_id", "string"), ("last_id", "string"), ("has_more", "boolean")],
    link: OPENAI,
};

pub(super) static MODEL: Foreign = Foreign {
    name: "OpenAiModel",
    description: "A model.",
    required: &[("id", "string")],
    optional: &[("object", "string"), ("type", "string"), ("created", "integer"), ("owned_by", "string")],
    link: OPENAI,
};

pub(super) static CHAT: Foreign = Foreign {
    name: "ChatCompletionRequest",
    description: "A request of OpenAI's Chat Completions.",
    required: &[("messages", "array")],
    optional: &[
        ("model", "string"),
        ("stream", "boolean"),
        ("stream_options", "object"),
        ("tools", "array"),
        ("tool_choice", ""),
        ("response_format", "object"),
        ("max_tokens", "integer"),
        ("max_completion_tokens", "integer"),
        ("temperature", "number"),
        ("top_p", "number"),
        ("stop", ""),
    ],
    link: OPENAI,
};

pub(super) static CHAT_ANSWER: Foreign = Foreign {
    name: "ChatCompletion",
    description: "An answer of OpenAI's Chat Completions.",
    required: &[("id", "string"), ("object", "string"), ("choices", "array")],
    optional: &[("created", "integer"), ("model", "string"), ("usage", "object")],
    link: OPENAI,
};

pub(super) static CHAT_EVENT: Foreign = Foreign {
    name: "ChatCompletionChunk",
    description: "A piece of an answer; `data: [DONE]` is the last line of the stream.",
    required: &[("id", "string"), ("object", "string"), ("choices", "array")],
    optional: &[("created", "integer"), ("model", "string"), ("usage", "")],
    link: OPENAI,
};

pub(super) static GAP: Foreign = Foreign {
    name: "CompletionRequest",
    description: "A request of OpenAI's Completions. With `suffix` it fills what is missing between the two.",
    required: &[("prompt", "")],
    optional: &[
        ("model", "string"),
        ("suffix", ""),
        ("stream", "boolean"),
        ("max_tokens", "integer"),
        ("temperature", "number"),
        ("stop", ""),
    ],
    link: OPENAI,
};

pub(super) static SUGGESTION: Foreign = Foreign {
    name: "SuggestionRequest",
    description: "What an editor of CoStrict asks: the text around the cursor, in its first or its second form. One of prefix, suffix and prompt has to be there. The answer comes whole.",
    required: &[],
    optional: &[
        ("model", "string"),
        ("prompt_options", "object"),
        ("prefix", "string"),
        ("suffix", "string"),
        ("context", "string"),
        ("prompt", "string"),
        ("max_tokens", "integer"),
        ("temperature", "number"),
        ("stop", "array"),
    ],
    link: COSTRICT,
};

pub(super) static TEXT: Foreign = Foreign {
    name: "Completion",
    description: "An answer of OpenAI's Completions.",
    required: &[("choices", "array")],
    optional: &[
        ("id", "string"),
        ("object", "string"),
        ("created", "integer"),
        ("model", "string"),
        ("usage", "object"),
    ],
    link: OPENAI,
};

pub(super) static TEXT_EVENT: Foreign = Foreign {
    name: "CompletionChunk",
    description: "A piece of such an answer; `data: [DONE]` is the last line of the stream.",
    required: &[("choices", "array")],
    optional: &[("id", "string"), ("object", "string"), ("created", "integer"), ("model", "string"), ("usage", "")],
    link: OPENAI,
};

pub(super) static EMBEDDINGS: Foreign = Foreign {
    name: "EmbeddingRequest",
    description: "A request of OpenAI's Embeddings.",
    required: &[("input", "")],
    optional: &[("model", "string"), ("encoding_format", "string"), ("dimensions", "integer")],
    link: OPENAI,
};

pub(super) static VECTORS: Foreign = Foreign {
    name: "EmbeddingList",
    description: "Vectors, as numbers or in base64.",
    required: &[("data", "array")],
    optional: &[("object", "string"), ("model", "string"), ("usage", "object")],
    link: OPENAI,
};

pub(super) static RERANK: Foreign = Foreign {
    name: "RerankRequest",
    description: "A query, and documents to put in order.",
    required: &[("query", "string"), ("documents", "array")],
    optional: &[("model", "string"), ("top_n", "integer"), ("return_documents", "boolean")],
    link: COHERE,
};

pub(super) static RANKING: Foreign = Foreign {
    name: "Ranking",
    description: "Which document fits how well, best first.",
    required: &[("results", "array")],
    optional: &[("id", "string"), ("model", "string"), ("usage", "object")],
    link: COHERE,
};

pub(super) static MESSAGES: Foreign = Foreign {
    name: "MessageRequest",
    description: "A request of Anthropic's Messages.",
    required: &[("messages", "array"), ("max_tokens", "integer")],
    optional: &[("model", "string"), ("system", ""), ("stream", "boolean"), ("tools", "array"), ("thinking", "object")],
    link: ANTHROPIC,
};

pub(super) static MESSAGE: Foreign = Foreign {
    name: "AnthropicMessage",
    description: "An answer of Anthropic's Messages.",
    required: &[("id", "string"), ("type", "string"), ("role", "string"), ("content", "array")],
    optional: &[("model", "string"), ("stop_reason", ""), ("usage", "object")],
    link: ANTHROPIC,
};

pub(super) static MESSAGE_EVENT: Foreign = Foreign {
    name: "AnthropicEvent",
    description: "A piece of such an answer: `message_start`, `content_block_delta` and their like.",
    required: &[("type", "string")],
    optional: &[("message", "object"), ("index", "integer"), ("delta", "object"), ("usage", "object")],
    link: ANTHROPIC,
};

pub(super) static COUNT: Foreign = Foreign {
    name: "CountTokensRequest",
    description: "What would be sent.",
    required: &[("messages", "array")],
    optional: &[("model", "string"), ("system", ""), ("tools", "array")],
    link: ANTHROPIC,
};

pub(super) static COUNTED: Foreign = Foreign {
    name: "CountedTokens",
    description: "How many tokens that has.",
    required: &[("input_tokens", "integer")],
    optional: &[],
    link: ANTHROPIC,
};
