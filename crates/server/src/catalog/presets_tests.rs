//! What people write into `LLM_API_URL` and `PRESET_MODELS`, form by form.

use super::*;
use crate::config::SecretString;

fn list(text: &str) -> (Vec<Preset>, Vec<String>) {
    read(&LlmEnv::default(), Some(text))
}

fn preset(variable: &str, name: &str, url: &str, key: Option<&str>, models: &[&str]) -> Preset {
    Preset {
        variable: variable.to_owned(),
        name: name.to_owned(),
        protocol: Protocol::default(),
        url: url.to_owned(),
        key: key.map(str::to_owned),
        models: models.iter().map(|&model| model.to_owned()).collect(),
    }
}

#[test]
fn every_form_of_the_list_is_understood() {
    let glm = "http://127.0.0.1:11553/v1/chat/completions";
    let named = preset("PRESET_MODELS:GLM-4", "GLM-4", glm, Some("glm432b"), &["glm4_32B_chat"]);
    let by_key = Preset { variable: "PRESET_MODELS:glm".to_owned(), ..named.clone() };
    for (text, expected) in [
        (r#"[{"name":"GLM-4","url":"@","key":"glm432b","model":"glm4_32B_chat"}]"#, &named),
        (r#"[{"name":"GLM-4","base_url":"@","api_key":"glm432b","models":["glm4_32B_chat"]}]"#, &named),
        (r#"[{"title":"GLM-4","apiUrl":"@","apiKey":"glm432b","models":[{"id":"glm4_32B_chat"}]}]"#, &named),
        (r#"[{"NAME":" GLM-4 ","API_URL":" @ ","API-KEY":" glm432b ","MODEL":"glm4_32B_chat,glm4_32B_chat"}]"#, &named),
        (r#"{"name":"GLM-4","baseUrl":"@","token":"glm432b","model_name":"glm4_32B_chat"}"#, &named),
        (r#"{"glm":{"name":"GLM-4","url":"@","model":"glm4_32B_chat","key":"glm432b"}}"#, &by_key),
    ] {
        let (presets, complaints) = list(&text.replace('@', glm));
        assert_eq!(complaints, Vec::<String>::new(), "{text}");
        assert!(presets.len() == 1 && presets[0] == *expected, "{text}: {presets:?}");
    }
}

#[test]
fn the_list_of_document_002_gives_two_connections() {
    let (presets, complaints) = list(
        r#"{
            "codegeex": {"name": "CodeGeex", "url": "http://127.0.0.1:11551/v1/chat/completions",
                         "model": "codegeex4-all-9b", "key": "codegeex"},
            "glm": {"name": "GLM-4", "url": "http://127.0.0.1:11553/v1/chat/completions",
                    "model": "glm4_32B_chat", "key": "glm432b"}
        }"#,
    );
    assert!(complaints.is_empty());
    let shown: Vec<_> = presets.iter().map(|p| (p.variable.as_str(), p.name.as_str(), p.models[0].as_str())).collect();
    let codegeex = ("PRESET_MODELS:codegeex", "CodeGeex", "codegeex4-all-9b");
    assert_eq!(shown, [codegeex, ("PRESET_MODELS:glm", "GLM-4", "glm4_32B_chat")]);
}

#[test]
fn missing_names_are_made_up_and_equal_ones_told_apart() {
    let (presets, _) =
        list(r#"[{"url":"https://a.example/v1"},{"name":"X","url":"b.example"},{"name":"X","url":"c"}]"#);
    let variables: Vec<_> = presets.iter().map(|preset| preset.variable.as_str()).collect();
    assert_eq!(variables, ["PRESET_MODELS:a.example", "PRESET_MODELS:X", "PRESET_MODELS:X (2)"]);
    assert!(presets[0].models.is_empty() && presets[0].key.is_none());
}

#[test]
fn what_cannot_be_used_is_named_and_the_rest_stays() {
    let (presets, complaints) = list(r#"[{"name":"no address","key":"sk-secret"}, 7, {"url":"https://a.example"}]"#);
    assert_eq!(presets.len(), 1);
    assert_eq!(complaints.len(), 2);
    assert!(complaints[0].contains("entry 1") && complaints[0].contains("has no `url`"), "{complaints:?}");
    for text in ["{'python': {'key': 'sk-secret'}}", "[{\"key\":\"sk-secret\",}]", "\"sk-secret\"", ""] {
        let (presets, complaints) = list(text);
        assert!(presets.is_empty() && complaints.len() == 1, "{text}");
        assert!(
            complaints[0].starts_with("PRESET_MODELS is") && !complaints[0].contains("sk-secret"),
            "{complaints:?}"
        );
    }
}

#[test]
fn the_single_connection_takes_a_list_of_models() {
    let env = LlmEnv {
        url: Some("http://10.0.0.5:8000/v1".to_owned()),
        model: Some("a, b，c , a".to_owned()),
        key: Some(SecretString::from("k".to_owned())),
    };
    let (presets, complaints) = read(&env, None);
    assert!(complaints.is_empty());
    let expected = preset("LLM_API_URL", "10.0.0.5", "http://10.0.0.5:8000/v1", Some("k"), &["a", "b", "c"]);
    assert!(presets == [expected], "{presets:?}");
}

#[test]
fn companions_without_an_address_are_pointed_out() {
    let env = LlmEnv { model: Some("m".to_owned()), ..LlmEnv::default() };
    let (presets, complaints) = read(&env, None);
    assert!(presets.is_empty() && complaints[0].contains("LLM_API_URL"));
    assert_eq!(read(&LlmEnv::default(), None), (Vec::new(), Vec::new()));
}

#[test]
fn a_preset_does_not_show_its_key() {
    let preset = preset("V", "n", "u", Some("sk-secret"), &[]);
    assert!(!format!("{preset:?}").contains("sk-secret"));
}

#[test]
fn an_entry_may_name_its_protocol_or_its_vendor() {
    let list = r#"[
        {"url": "https://api.anthropic.com", "protocol": "anthropic"},
        {"url": "http://box:11434", "provider": "Ollama"},
        {"url": "https://r.openai.azure.com", "provider": "azure"},
        {"url": "https://g.example", "provider": "google-genai"},
        {"url": "https://a.example", "protocol": "telepathy"}
    ]"#;
    let (presets, complaints) = read(&LlmEnv::default(), Some(list));
    let protocols: Vec<Protocol> = presets.iter().map(|preset| preset.protocol).collect();
    assert_eq!(protocols, [Protocol::Anthropic, Protocol::Ollama, Protocol::AzureOpenai, Protocol::Gemini]);
    assert!(complaints.len() == 1 && complaints[0].contains("protocol"), "{complaints:?}");
}
