//! The numbers that vendors tell, and how long they ask to wait.

use super::super::*;
use crate::replay::asked;

fn answer(status: u16, body: &str) -> Error {
    classify_answer(&asked(), "https://a.example/v1", status, &HeaderMap::new(), &Refusal::read(body.as_bytes()))
}

#[test]
fn the_numbers_of_a_context_error_are_told() {
    for (message, limit, used) in [
        (
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
            Some(8192),
            Some(9001),
        ),
        (
            "This model's maximum context length is 4,096 tokens. However, you requested 5000 tokens (904 in the messages, 4096 in the completion).",
            Some(4096),
            Some(904),
        ),
        (
            "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens in the messages, Please reduce the length of the messages.",
            Some(4096),
            Some(5000),
        ),
        (
            "'max_tokens' is too large: 4096. This model's maximum context length is 4096 tokens and your request has 904 input tokens (4096 > 4096 - 904).",
            Some(4096),
            Some(904),
        ),
        (
            "This endpoint's maximum context length is 131072 tokens. However, you requested about 150000 tokens (149000 of text input, 1000 in the output).",
            Some(131_072),
            Some(149_000),
        ),
        ("prompt is too long: 210000 tokens > 200000 maximum", Some(200_000), Some(210_000)),
        (
            "input length and `max_tokens` exceed context limit: 198000 + 8192 > 200000, decrease input length or `max_tokens` and try again",
            Some(200_000),
            Some(198_000),
        ),
        (
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
            Some(1_048_576),
            Some(1_200_000),
        ),
        ("<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]", Some(30_720), None),
        ("Invalid request: Your request exceeded model token limit: 8192 (requested: 9001)", Some(8192), Some(9001)),
        (
            "request (5123 tokens) exceeds the available context size (4096 tokens), try increasing it",
            Some(4096),
            Some(5123),
        ),
        ("the request exceeds the available context size, try increasing it", None, None),
        ("The decoder prompt (length 5000) is longer than the maximum model length of 4096.", Some(4096), Some(5000)),
        ("The input (5000 tokens) is longer than the model's context length (4096 tokens).", Some(4096), Some(5000)),
        (
            "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens",
            Some(4096),
            Some(5000),
        ),
        (
            "This model's maximum prompt length is 131072 but the request contains 150000 tokens.",
            Some(131_072),
            Some(150_000),
        ),
        (
            "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
            Some(32_768),
            Some(40_000),
        ),
        ("length of prompt_tokens (5000) must be less than max_seq_len (4096).", Some(4096), Some(5000)),
        ("Input length 5000 exceeds the maximum length 4096", Some(4096), Some(5000)),
        ("模型最大上下文长度为 131072 tokens，您请求了 150000 tokens", Some(131_072), Some(150_000)),
        ("输入长度 5000 超过最大长度 4096", Some(4096), Some(5000)),
        ("Prompt 超长", None, None),
        ("invalid params, context window exceeds limit (2013)", None, None),
        ("prompt too long; exceeded max context length by 12 tokens", None, None),
    ] {
        let refusal = Refusal { message: message.to_owned(), ..Refusal::default() };
        let error = classify(&asked(), Some(400), &refusal);
        let told = |name: &str| error.params.get(name).and_then(|text| text.parse::<u64>().ok());
        assert_eq!(
            (error.code, told("limit"), told("used")),
            (ErrorCode::ProviderContextLength, limit, used),
            "{message}"
        );
    }
    let body = r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":5123,"n_ctx":4096}}"#;
    let error = answer(400, body);
    assert_eq!((error.params["limit"].as_str(), error.params["used"].as_str()), ("4096", "5123"));
}

#[test]
fn a_time_to_wait_may_stand_in_the_body() {
    for (body, seconds) in [
        (
            r#"{"error":{"message":"Rate limit reached. Please try again in 20s.","code":"rate_limit_exceeded"}}"#,
            Some(20.0),
        ),
        (r#"{"error":{"message":"Please try again in 6m0.5s. Visit"}}"#, Some(360.5)),
        (r#"{"error":{"message":"Please try again in 250ms."}}"#, Some(0.25)),
        (r#"{"error":{"message":"请在 30 秒后重试"}}"#, Some(30.0)),
        (
            r#"[{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.Help"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"24.6s"}]}}]"#,
            Some(24.6),
        ),
        (r#"{"error":{"message":"Please try again in a moment"}}"#, None),
        (r#"{"error":{"message":"try again in 5 apples"}}"#, None),
        (r#"{"error":{"message":"Too many requests"}}"#, None),
    ] {
        let error = answer(429, body);
        assert_eq!(error.code, ErrorCode::ProviderRateLimited, "{body}");
        assert_eq!(error.retry_after.map(|wait| wait.as_secs_f64()), seconds, "{body}");
    }
    let within = Refusal::read(br#"{"error":{"code":"rate_limit_exceeded","message":"Please retry in 3s."}}"#);
    assert_eq!(classify(&asked(), None, &within).retry_after, Some(Duration::from_secs(3)));
}
