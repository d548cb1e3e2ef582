//! The table itself, and which row a name finds.

use super::*;
use std::collections::HashSet;

fn found(model: &str) -> Option<(ModelKind, Option<u32>)> {
    facts(model).and_then(|facts| Some((facts.kind?, facts.context_window)))
}

#[test]
fn every_line_is_a_row_and_every_name_stands_once() {
    let mut names = HashSet::new();
    for line in TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let rows = rows_of(line).unwrap_or_else(|| panic!("not a row: {line}"));
        for row in rows {
            assert!(names.insert((row.anywhere, row.name.clone())), "{} stands twice", row.name);
            let Facts { context_window, max_output, efforts, price, .. } = &row.facts;
            assert!(context_window.is_none() || max_output <= context_window, "{line}");
            assert!(efforts.as_ref().is_none_or(|efforts| efforts.is_sorted()), "{line}");
            let cheaper = |price: &Price| price.cached_input.is_none_or(|cached| cached < price.input);
            assert!(price.as_ref().is_none_or(|price| cheaper(price) && price.input > 0.0), "{line}");
        }
    }
    assert_eq!(names.len(), ROWS.len());
    assert!(names.len() > 250, "{}", names.len());
    assert!(DATED.len() == 10 && DATED.split('-').all(|part| part.parse::<u32>().is_ok()), "a date");
}

#[test]
fn the_longest_beginning_wins_and_dates_do_not_matter() {
    for (model, window) in [
        ("gpt-5", 400_000),
        ("gpt-5-2025-08-07", 400_000),
        ("openai/gpt-5-chat-latest", 128_000),
        ("GPT-4.1-mini", 1_047_576),
        ("gpt-4-1106-preview", 128_000),
        ("gpt-4-0613", 8_192),
        ("gpt-4o-2024-08-06", 128_000),
        ("gpt-5.4-mini-2026-03-17", 400_000),
        ("gpt-5.4-2026-03-05", 1_050_000),
        ("claude-3-5-sonnet-20241022", 200_000),
        ("anthropic/claude-opus-4.6", 1_000_000),
        ("claude-opus-4-20250514", 200_000),
        ("claude-opus-5-5", 1_000_000),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", 200_000),
        ("models/gemini-2.5-flash-lite-preview-09-2025", 1_048_576),
        ("Qwen/Qwen3-8B", 131_072),
        ("qwen3-coder-480b-a35b-instruct", 262_144),
        ("qwen3:8b", 131_072),
        ("qwen-plus-latest", 1_000_000),
        ("glm-4.6", 204_800),
        ("zai-org/GLM-4.5-Air", 131_072),
        ("kimi-k2-0711-preview", 131_072),
        ("moonshotai/Kimi-K2.5", 262_144),
        ("doubao-seed-1-6-250615", 256_000),
        ("moonshot-v1-32k-vision-preview", 32_768),
        ("llama3.2:latest", 131_072),
        ("hf.co/bartowski/Llama-3.3-70B-Instruct-GGUF:Q4_K_M", 131_072),
        ("gpt-oss:20b", 131_072),
        ("Pro/deepseek-ai/DeepSeek-V3.2", 131_072),
        ("deepseek/deepseek-chat-v3-0324:free", 1_000_000),
    ] {
        assert_eq!(found(model), Some((ModelKind::Chat, Some(window))), "{model}");
    }
    for unknown in ["", "my-model", "gpt-5x", "acme/gpt", "o", "/", "gptoss"] {
        assert_eq!(facts(unknown), None, "{unknown}");
    }
}

#[test]
fn what_a_model_is_made_for_is_told_by_its_family_or_by_a_word() {
    use ModelKind::{Audio, Embedding, Image, Other, Rerank};
    for (model, kind) in [
        ("text-embedding-3-small", Embedding),
        ("Qwen/Qwen3-Embedding-8B", Embedding),
        ("BAAI/bge-m3", Embedding),
        ("nomic-embed-text:latest", Embedding),
        ("gemini-embedding-001", Embedding),
        ("BAAI/bge-reranker-v2-m3", Rerank),
        ("Qwen3-Reranker-4B", Rerank),
        ("gemini-2.5-flash-image", Image),
        ("black-forest-labs/FLUX.1-schnell", Image),
        ("gpt-image-1.5", Image),
        ("qwen-image-edit", Image),
        ("whisper-large-v3-turbo", Audio),
        ("gemini-2.5-flash-preview-tts", Audio),
        ("gpt-4o-mini-transcribe", Audio),
        ("gpt-4o-realtime-preview", Audio),
        ("omni-moderation-latest", Other),
    ] {
        assert_eq!(facts(model).and_then(|facts| facts.kind), Some(kind), "{model}");
    }
}

#[test]
fn a_row_says_what_is_known_and_leaves_the_rest_open() {
    let mini = facts("gpt-5-mini").expect("a row");
    assert_eq!((mini.vision, mini.tools, mini.reasoning, mini.json), (Some(true), Some(true), Some(true), Some(true)));
    assert_eq!(mini.efforts, Some(vec![Effort::Minimal, Effort::Low, Effort::Medium, Effort::High]));
    assert_eq!(mini.price, Some(Price { input: 0.25, output: 2.0, cached_input: Some(0.025), ..Price::default() }));
    let old = facts("gpt-3.5-turbo-0125").expect("a row");
    assert_eq!((old.vision, old.reasoning, old.efforts), (Some(false), Some(false), Some(Vec::new())));
    let local = facts("qwen3:8b").expect("a row");
    assert_eq!((local.json, local.price, local.max_output), (None, None, None));
    assert_eq!(local.efforts.map(|efforts| efforts[0]), Some(Effort::Off));
    assert_eq!(facts("deepseek-reasoner").expect("a row").efforts, Some(Vec::new()), "it cannot be told");
}

#[test]
fn small_models_are_known_by_a_word_or_by_their_size() {
    for small in [
        "gpt-4o-mini",
        "gpt-5-nano-2025-08-07",
        "claude-haiku-4-5",
        "gemini-2.5-flash-lite",
        "deepseek-v4-flash",
        "qwen-turbo",
        "Qwen/Qwen3-8B",
        "qwen3:1.7b",
        "glm-4.5-air",
        "doubao-1-5-lite-32k-250115",
        "mistral-small-latest",
        "llama-3.1-8b-instant",
        "gpt-3.5-turbo",
    ] {
        assert!(is_small(small), "{small}");
    }
    for other in [
        "gpt-4o",
        "MiniMax-M2",
        "o4-mini",
        "o3-mini",
        "gemini-2.5-flash-image",
        "Qwen3-Embedding-8B",
        "llama-3.3-70b-versatile",
        "qwen3-235b-a22b",
        "claude-opus-5",
        "",
    ] {
        assert!(!is_small(other), "{other}");
    }
}
