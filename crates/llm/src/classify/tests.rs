//! What vendors really answer, and what it means.

use super::*;
use crate::replay::asked;
use shared::error::Language;

fn answer(status: u16, body: &str) -> Error {
    classify_answer(
        &asked(),
        "https://a.example/v1/chat/completions",
        status,
        &HeaderMap::new(),
        &Refusal::read(body.as_bytes()),
    )
}

#[test]
fn refusals_of_many_vendors_are_understood() {
    use ErrorCode::*;
    for (status, body, code) in [
        // OpenAI.
        (
            401,
            r#"{"error":{"message":"Incorrect API key provided: sk-ab***yz.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#,
            ProviderUnauthorized,
        ),
        (
            403,
            r#"{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported","param":null,"type":"request_forbidden"}}"#,
            ProviderRegion,
        ),
        (
            403,
            r#"{"error":{"message":"Project `p` does not have access to model `m`","type":"invalid_request_error","code":"model_not_found"}}"#,
            ProviderModelNotFound,
        ),
        (
            404,
            r#"{"error":{"message":"The model `m` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}"#,
            ProviderModelNotFound,
        ),
        (
            404,
            r#"{"error":{"message":"Invalid URL (POST /v1/chat/completion)","type":"invalid_request_error","param":null,"code":null}}"#,
            ProviderNotFound,
        ),
        (
            429,
            r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#,
            ProviderBalance,
        ),
        (
            429,
            r#"{"error":{"message":"Rate limit reached for m in organization o on requests per min (RPM): Limit 3, Used 3. Please try again in 20s.","type":"requests","code":"rate_limit_exceeded"}}"#,
            ProviderRateLimited,
        ),
        (
            400,
            r#"{"error":{"message":"This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.","code":"context_length_exceeded"}}"#,
            ProviderContextLength,
        ),
        (
            400,
            r#"{"error":{"message":"max_tokens is too large: 99999. This model supports at most 16384 completion tokens.","code":"invalid_value"}}"#,
            ProviderInvalidRequest,
        ),
        (
            500,
            r#"{"error":{"message":"The server had an error while processing your request.","type":"server_error"}}"#,
            ProviderServerError,
        ),
        (
            503,
            r#"{"error":{"message":"The engine is currently overloaded, please try again later."}}"#,
            ProviderOverloaded,
        ),
        // Azure.
        (
            400,
            r#"{"error":{"message":"The response was filtered","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#,
            ProviderContentFiltered,
        ),
        // DeepSeek.
        (
            402,
            r#"{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}"#,
            ProviderBalance,
        ),
        (
            400,
            r#"{"error":{"message":"Content Exists Risk","type":"invalid_request_error","code":"invalid_request_error"}}"#,
            ProviderContentFiltered,
        ),
        (
            400,
            r#"{"error":{"message":"Model Not Exist","type":"invalid_request_error","code":"invalid_request_error"}}"#,
            ProviderModelNotFound,
        ),
        (
            401,
            r#"{"error":{"message":"Authentication Fails (no such user)","type":"authentication_error"}}"#,
            ProviderUnauthorized,
        ),
        // DashScope.
        (
            400,
            r#"{"error":{"code":"data_inspection_failed","message":"<400> InternalError.Algo.DataInspectionFailed: Input text data may contain inappropriate content.","type":"data_inspection_failed"}}"#,
            ProviderContentFiltered,
        ),
        (
            400,
            r#"{"error":{"code":"Arrearage","message":"Access denied, please make sure your account is in good standing.","type":"Arrearage"}}"#,
            ProviderBalance,
        ),
        (
            400,
            r#"{"error":{"code":"invalid_parameter_error","message":"<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]"}}"#,
            ProviderContextLength,
        ),
        (
            404,
            r#"{"error":{"message":"The model `m` does not exist or you do not have access to it.","code":"model_not_found"}}"#,
            ProviderModelNotFound,
        ),
        (403, r#"{"code":"AccessDenied","message":"Access denied.","request_id":"r"}"#, ProviderForbidden),
        (
            429,
            r#"{"code":"Throttling.RateQuota","message":"Requests rate limit exceeded, please try again later."}"#,
            ProviderRateLimited,
        ),
        // GLM.
        (429, r#"{"error":{"code":"1113","message":"您的账户已欠费，请充值后重试。"}}"#, ProviderBalance),
        (
            400,
            r#"{"error":{"code":"1301","message":"系统检测到输入或生成内容可能包含不安全或敏感内容"}}"#,
            ProviderContentFiltered,
        ),
        (400, r#"{"error":{"code":"1211","message":"模型不存在，请检查模型代码。"}}"#, ProviderModelNotFound),
        (400, r#"{"error":{"code":"1261","message":"Prompt 超长"}}"#, ProviderContextLength),
        (429, r#"{"error":{"code":"1302","message":"您当前使用该API的并发数过高，请降低并发"}}"#, ProviderRateLimited),
        (429, r#"{"error":{"code":"1305","message":"该模型当前访问量过大，请您稍后再试"}}"#, ProviderOverloaded),
        (401, r#"{"error":{"code":"1002","message":"Authorization Token 非法"}}"#, ProviderUnauthorized),
        // Kimi.
        (
            429,
            r#"{"error":{"message":"Your account is not active, current state: suspended","type":"exceeded_current_quota_error"}}"#,
            ProviderBalance,
        ),
        (
            429,
            r#"{"error":{"message":"The engine is currently overloaded, please try again later","type":"engine_overloaded_error"}}"#,
            ProviderOverloaded,
        ),
        (
            404,
            r#"{"error":{"message":"Not found the model m or Permission denied","type":"resource_not_found_error"}}"#,
            ProviderModelNotFound,
        ),
        (
            400,
            r#"{"error":{"message":"The request was rejected because it was considered high risk","type":"content_filter"}}"#,
            ProviderContentFiltered,
        ),
        (
            400,
            r#"{"error":{"message":"Invalid request: Your request exceeded model token limit: 8192","type":"invalid_request_error"}}"#,
            ProviderContextLength,
        ),
        // SiliconFlow.
        (403, r#"{"code":30001,"message":"Sorry, your account balance is insufficient","data":null}"#, ProviderBalance),
        (
            400,
            r#"{"code":20012,"message":"Model does not exist. Please check it carefully.","data":null}"#,
            ProviderModelNotFound,
        ),
        (401, r#""Invalid token""#, ProviderUnauthorized),
        // Ark.
        (
            403,
            r#"{"error":{"code":"AccountOverdueError","message":"The request failed because your account has an overdue balance.","type":"Forbidden"}}"#,
            ProviderBalance,
        ),
        (
            404,
            r#"{"error":{"code":"InvalidEndpointOrModel.NotFound","message":"The model or endpoint m does not exist or you do not have access to it.","type":"NotFound"}}"#,
            ProviderModelNotFound,
        ),
        (
            400,
            r#"{"error":{"code":"InputTextSensitiveContentDetected","message":"The request failed because the input text may contain sensitive information."}}"#,
            ProviderContentFiltered,
        ),
        // OpenRouter.
        (402, r#"{"error":{"message":"Insufficient credits","code":402}}"#, ProviderBalance),
        (404, r#"{"error":{"message":"No endpoints found for x/y.","code":404}}"#, ProviderModelNotFound),
        (400, r#"{"error":{"message":"x/y is not a valid model ID","code":400}}"#, ProviderModelNotFound),
        // Gemini.
        (
            400,
            r#"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]"#,
            ProviderUnauthorized,
        ),
        (
            400,
            r#"[{"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}}]"#,
            ProviderRegion,
        ),
        (
            429,
            r#"[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details. Please retry in 24.6s.","status":"RESOURCE_EXHAUSTED"}}]"#,
            ProviderRateLimited,
        ),
        (
            404,
            r#"{"error":{"code":404,"message":"models/m is not found for API version v1beta, or is not supported for generateContent.","status":"NOT_FOUND"}}"#,
            ProviderModelNotFound,
        ),
        (
            400,
            r#"{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}"#,
            ProviderContextLength,
        ),
        (
            400,
            r#"{"error":{"code":400,"message":"API key expired. Please renew the API key.","status":"INVALID_ARGUMENT"}}"#,
            ProviderUnauthorized,
        ),
        (
            403,
            r#"{"error":{"code":403,"message":"Generative Language API has not been used in project 1 before or it is disabled.","status":"PERMISSION_DENIED"}}"#,
            ProviderForbidden,
        ),
        (
            503,
            r#"{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}"#,
            ProviderOverloaded,
        ),
        // Anthropic.
        (
            401,
            r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#,
            ProviderUnauthorized,
        ),
        (
            403,
            r#"{"type":"error","error":{"type":"permission_error","message":"Your API key does not have permission to use the specified resource."}}"#,
            ProviderForbidden,
        ),
        (404, r#"{"type":"error","error":{"type":"not_found_error","message":"model: m"}}"#, ProviderModelNotFound),
        (
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."}}"#,
            ProviderBalance,
        ),
        (
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
            ProviderContextLength,
        ),
        (
            413,
            r#"{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#,
            ProviderContextLength,
        ),
        (
            429,
            r#"{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your organization's rate limit of 50,000 input tokens per minute."}}"#,
            ProviderRateLimited,
        ),
        (
            500,
            r#"{"type":"error","error":{"type":"api_error","message":"Internal server error"}}"#,
            ProviderServerError,
        ),
        // Azure.
        (
            404,
            r#"{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."}}"#,
            ProviderModelNotFound,
        ),
        (404, r#"{"error":{"code":"404","message":"Resource not found"}}"#, ProviderNotFound),
        (
            401,
            r#"{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint."}}"#,
            ProviderUnauthorized,
        ),
        // Ollama.
        (404, r#"{"error":"model 'm' not found"}"#, ProviderModelNotFound),
        (400, r#"{"error":"registry.ollama.ai/library/m does not support tools"}"#, ProviderInvalidRequest),
        (400, r#"{"error":"\"m\" does not support thinking"}"#, ProviderInvalidRequest),
        // vLLM, llama.cpp, Ollama, LM Studio.
        (
            404,
            r#"{"object":"error","message":"The model `m` does not exist.","type":"NotFoundError","param":null,"code":404}"#,
            ProviderModelNotFound,
        ),
        (
            400,
            r#"{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens","type":"BadRequestError","param":null,"code":400}"#,
            ProviderContextLength,
        ),
        (
            400,
            r#"{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error"}}"#,
            ProviderContextLength,
        ),
        (
            404,
            r#"{"error":{"message":"model \"m\" not found, try pulling it first","type":"api_error","param":null,"code":null}}"#,
            ProviderModelNotFound,
        ),
        (
            400,
            r#"{"error":{"message":"The decoder prompt (length 5000) is longer than the maximum model length of 4096.","type":"BadRequestError","code":400}}"#,
            ProviderContextLength,
        ),
        // An empty account, and a limit per minute in nearly the same words.
        (
            429,
            r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details. For details, see: https://help.aliyun.com/zh/model-studio/error-code#token-limit","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            ProviderRateLimited,
        ),
        (
            403,
            r#"{"error":{"message":"用户额度不足, 剩余额度: ＄0.00","type":"new_api_error","code":"insufficient_user_quota"}}"#,
            ProviderBalance,
        ),
        (
            429,
            r#"{"code":"Some resource has been exhausted","error":"Your team has either used all available credits or reached its monthly spending limit."}"#,
            ProviderBalance,
        ),
        (
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified API usage limits. You will regain access on 2026-01-01."}}"#,
            ProviderBalance,
        ),
        // Others and gateways.
        (529, r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, ProviderOverloaded),
        (413, "<html><head><title>413 Request Entity Too Large</title></head></html>", ProviderContextLength),
        (404, "<html><head><title>404 Not Found</title></head><body>nginx</body></html>", ProviderNotFound),
        (404, "404 page not found", ProviderNotFound),
        (404, r#"{"detail":"Not Found"}"#, ProviderNotFound),
        (405, r#"{"detail":"Method Not Allowed"}"#, ProviderNotFound),
        (
            422,
            r#"{"detail":[{"loc":["body","messages"],"msg":"field required","type":"value_error.missing"}]}"#,
            ProviderInvalidRequest,
        ),
        (403, "error code: 1020", ProviderForbidden),
        (502, "<html><title>502 Bad Gateway</title></html>", ProviderServerError),
        (504, "", ProviderServerError),
        (520, "", ProviderServerError),
        (408, "", ProviderServerError),
        (418, "", ProviderInvalidRequest),
        (429, "", ProviderRateLimited),
    ] {
        let error = answer(status, body);
        assert_eq!(error.code, code, "{status} {body}");
        assert_eq!(error.status, Some(status));
        for language in [Language::En, Language::ZhCn] {
            let words = code.message(language, &error.params) + &code.hint(language, &error.params).unwrap_or_default();
            assert!(!words.contains('…'), "{status} {body}: {words}");
        }
    }
}

#[test]
fn errors_without_a_status_are_understood_by_their_words() {
    use ErrorCode::*;
    for (body, code) in [
        (
            r#"{"error":{"code":429,"message":"Provider returned error","metadata":{"raw":"slow down"}}}"#,
            ProviderRateLimited,
        ),
        (r#"{"error":{"code":502,"message":"Upstream failed"}}"#, ProviderServerError),
        (r#"{"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}"#, ProviderBalance),
        (r#"{"base_resp":{"status_code":1002,"status_msg":"rate limit"}}"#, ProviderRateLimited),
        (r#"{"error":{"message":"Model is at capacity","type":"x"}}"#, ProviderOverloaded),
        (r#"{"error":{"message":"model not found"}}"#, ProviderModelNotFound),
        (r#"{"error":"something odd"}"#, ProviderServerError),
        (r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, ProviderOverloaded),
        (r#"{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"}}"#, ProviderRateLimited),
        (r#"{"code":"rate_limit_exceeded","message":"Rate limit reached"}"#, ProviderRateLimited),
        (r#"{"error":{"code":503,"message":"Try again later","status":"UNAVAILABLE"}}"#, ProviderOverloaded),
    ] {
        assert_eq!(classify(&asked(), None, &Refusal::read(body.as_bytes())).code, code, "{body}");
    }
}

#[test]
fn a_list_of_models_cannot_lack_a_model() {
    let asked = Asked { model: None, ..asked() };
    let refusal = Refusal::read(br#"{"error":{"message":"Route /v1/models not found"}}"#);
    assert_eq!(classify(&asked, Some(404), &refusal).code, ErrorCode::ProviderNotFound);
}

#[test]
fn the_providers_words_are_kept_short_and_without_the_key() {
    let error =
        answer(401, r#"{"error":{"message":"Incorrect API key provided: sk-canary-0123456789\n\tPlease check."}}"#);
    assert_eq!(error.detail.as_deref(), Some("Incorrect API key provided: *** Please check."));
    assert_eq!(error.params["detail"], error.detail.clone().expect("words"));
    assert_eq!(error.params["connection"], "Test");
    assert!(!format!("{error:?} {error} {:?}", error.to_api()).contains("canary"));
    let long = answer(500, &"字".repeat(5000));
    assert_eq!(long.detail.expect("words").chars().count(), 500);
    let page = answer(502, "<HTML><head><TITLE>\n502 Bad Gateway </TITLE></head>");
    assert_eq!(page.detail.as_deref(), Some("502 Bad Gateway"));
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let wait = |name: &'static str, value: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().expect("a header"));
        retry_after(&headers, now)
    };
    for (name, value, seconds) in [
        ("retry-after", "7", Some(7.0)),
        ("retry-after", " 1.5 ", Some(1.5)),
        ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT", Some(30.0)),
        ("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT", Some(0.0)),
        ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT", Some(86_400.0)),
        ("retry-after", "-5", Some(0.0)),
        ("retry-after", "1e300", Some(86_400.0)),
        ("retry-after", "soon", None),
        ("retry-after-ms", "250", Some(0.25)),
    ] {
        assert_eq!(wait(name, value).map(|wait| wait.as_secs_f64()), seconds, "{value}");
    }
    let mut headers = HeaderMap::new();
    headers.insert("retry-after", "7".parse().expect("a header"));
    let limited = classify_answer(&asked(), "https://a.example", 429, &headers, &Refusal::default());
    assert_eq!((limited.retry_after, limited.params["seconds"].as_str()), (Some(Duration::from_secs(7)), "7"));
    let unknown = answer(429, "");
    assert_eq!((unknown.retry_after, unknown.params["seconds"].as_str()), (None, "30"));
    let refused = classify_answer(&asked(), "https://a.example", 402, &headers, &Refusal::default());
    assert_eq!(refused.retry_after, None);
}

#[test]
fn a_redirect_names_the_address_to_use() {
    let mut headers = HeaderMap::new();
    headers.insert("location", "https://b.example/v1/chat/completions".parse().expect("a header"));
    let asked_url = "https://a.example/v1/chat/completions";
    let error = classify_answer(&asked(), asked_url, 308, &headers, &Refusal::default());
    assert_eq!(
        (error.code, error.params["location"].as_str()),
        (ErrorCode::ProviderRedirected, "https://b.example/v1")
    );
}
