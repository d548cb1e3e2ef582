//! Every tag, every cut, and ten thousand generated answers.

use super::*;
use crate::random::Random;

/// The events of an answer that comes in these deltas, neighbours of a kind joined: `T` text, `R` thoughts.
fn told<'a>(deltas: impl IntoIterator<Item = &'a str>) -> Vec<(char, String)> {
    let (mut tags, mut out) = (Tags::default(), Queue::new());
    deltas.into_iter().for_each(|delta| tags.push(Cow::Borrowed(delta), &mut out));
    tags.flush(&mut out);
    let mut joined: Vec<(char, String)> = Vec::new();
    for event in out {
        let (kind, text) = match event.expect("no failure") {
            CompletionEvent::Text(text) => ('T', text),
            CompletionEvent::Thinking { text, signature: None } => ('R', text),
            CompletionEvent::TextWasThinking => {
                assert!(matches!(joined.as_slice(), [('T', _)]), "{joined:?}");
                joined[0].0 = 'R';
                continue;
            }
            other => panic!("{other:?}"),
        };
        assert!(!text.is_empty());
        match joined.last_mut() {
            Some((last, all)) if *last == kind => all.push_str(&text),
            _ => joined.push((kind, text)),
        }
    }
    joined
}

fn pairs(expected: &[(char, &str)]) -> Vec<(char, String)> {
    expected.iter().map(|(kind, text)| (*kind, (*text).to_owned())).collect()
}

#[test]
fn every_tag_is_understood_wherever_it_is_cut() {
    for tag in TAGS.iter().filter(|tag| !tag.close.is_empty()) {
        for close in tag.close {
            let whole = format!("{}想一想 a<b\n{close}\n\nHi 世界 {}", tag.open, tag.open);
            let text = format!("\n\nHi 世界 {}", tag.open);
            let expected = pairs(&[('R', "想一想 a<b\n"), ('T', &text)]);
            assert_eq!(told([whole.as_str()]), expected, "{whole}");
            for (cut, _) in whole.char_indices() {
                assert_eq!(told([&whole[..cut], &whole[cut..]]), expected, "{whole} cut at {cut}");
            }
            let single: Vec<String> = whole.chars().map(String::from).collect();
            assert_eq!(told(single.iter().map(String::as_str)), expected, "{whole} one by one");
        }
    }
}

#[test]
fn answers_that_only_look_like_thoughts_are_text() {
    for text in [
        "Use `<think>` like this: <think>x</think>",
        "<thin air>",
        "<",
        "<think",
        "```html\n<think>\n```",
        " \n ",
        "[1] THINK",
        "<|im_start|>",
        "</think>",
        "x<think>y</think>",
        "x</think>",
        "x\n</think>\n\n",
        "It ends with `</think>` and not with `</thought>`.",
        "It ends with </think> and nothing else.",
        "```\na\n</think>\n```\nsays so",
    ] {
        assert_eq!(told([text]), pairs(&[('T', text)]), "{text}");
        let single: Vec<String> = text.chars().map(String::from).collect();
        assert_eq!(told(single.iter().map(String::as_str)), pairs(&[('T', text)]), "{text}");
    }
}

#[test]
fn odd_ends_and_beginnings_lose_nothing() {
    for (text, expected) in [
        ("<think>never closed </thi", &[('R', "never closed </thi")][..]),
        ("<think>\n\n</think>\n\nHi", &[('T', "\n\nHi")]),
        ("<think></think>Hi", &[('T', "Hi")]),
        ("\n <Think> a </THINK> b", &[('R', "\n  a "), ('T', " b")]),
        ("<think>a</think>\n<think>b</think>c", &[('R', "a\nb"), ('T', "c")]),
        ("<think>a<think>b</think>c</think>d", &[('R', "a<think>b"), ('T', "c</think>d")]),
        ("<|channel|>final<|message|>Hi", &[('T', "Hi")]),
        (
            "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Hi",
            &[('R', "hm"), ('T', "Hi")],
        ),
        ("<|begin_of_thought|>a<|end_of_thought|>\n<|begin_of_solution|>b", &[('R', "a"), ('T', "\nb")]),
    ] {
        assert_eq!(told([text]), pairs(expected), "{text}");
        let single: Vec<String> = text.chars().map(String::from).collect();
        assert_eq!(told(single.iter().map(String::as_str)), pairs(expected), "{text}");
    }
}

#[test]
fn a_closing_tag_alone_makes_thoughts_of_the_text_before_it_wherever_it_is_cut() {
    for (text, expected) in [
        ("Two and two.\n</think>\n\n4", &[('R', "Two and two.\n"), ('T', "\n\n4")][..]),
        ("两个 2。</THINK>4 </think> 5", &[('R', "两个 2。"), ('T', "4 </think> 5")]),
        ("It is `</think>`, so\n</think>\nHi", &[('R', "It is `</think>`, so\n"), ('T', "\nHi")]),
        ("a</think>\n<think>b</think>c", &[('R', "a\nb"), ('T', "c")]),
        ("\n</think>\n\nHi", &[('T', "\n\nHi")]),
        ("</think>Hi", &[('T', "Hi")]),
        ("<b>hm</b></th</think>Hi", &[('R', "<b>hm</b></th"), ('T', "Hi")]),
    ] {
        assert_eq!(told([text]), pairs(expected), "{text}");
        for (cut, _) in text.char_indices() {
            assert_eq!(told([&text[..cut], &text[cut..]]), pairs(expected), "{text} cut at {cut}");
        }
        let single: Vec<String> = text.chars().map(String::from).collect();
        assert_eq!(told(single.iter().map(String::as_str)), pairs(expected), "{text}");
    }
}

#[test]
fn where_something_else_came_first_a_closing_tag_is_text() {
    let (mut tags, mut out) = (Tags::default(), Queue::new());
    tags.flush(&mut out);
    tags.push("a\n</think>\nb".into(), &mut out);
    assert_eq!(out.pop_front().expect("an event").expect("text"), CompletionEvent::Text("a\n</think>\nb".into()));
    assert!(out.is_empty());
}

#[test]
fn blanks_are_not_held_for_ever() {
    let (mut tags, mut out) = (Tags::default(), Queue::new());
    tags.push(" ".repeat(MOST_HELD + 1).into(), &mut out);
    assert_eq!(out.len(), 1, "text that is only blanks goes out in the end");
}

#[test]
fn ten_thousand_generated_answers_come_out_whole() {
    let mut random = Random::new(7);
    for round in 0..10_000 {
        let tag = random.pick(TAGS);
        let thoughts = random.words(&["hm", " ", "\n", "<", "</", "思考", "|", "think", "a>b", "[", "◁"]);
        let text = random.words(&["Hi", " ", "\n\n", "<think>", "</think>", "`<|end|>`", "世界 🎉", "<", "code"]);
        let begins = text.trim_start().is_empty() || !text.trim_start().starts_with('<');
        let close = tag.close.first().copied().unwrap_or_default();
        if close.is_empty() || !begins || find(&format!("{thoughts}{close}"), close) != Some(thoughts.len()) {
            continue;
        }
        let whole = format!("{}{thoughts}{close}{text}", tag.open);
        let mut expected = Vec::new();
        if !thoughts.trim().is_empty() {
            expected.push(('R', thoughts));
        }
        if !text.is_empty() {
            expected.push(('T', text));
        }
        let cuts = random.cut(&whole);
        assert_eq!(told(cuts.iter().map(String::as_str)), expected, "round {round}: {whole:?}");
    }
}
