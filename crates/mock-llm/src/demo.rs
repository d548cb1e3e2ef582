//! The text of the demo model inside the server: a script of small steps, no HTTP, no clock.
//!
//! It never pretends to be a model: it says what it is, repeats what the person wrote, and shows what an answer looks like.

/// Characters of the person's text that are repeated.
const MAX_QUOTE_CHARS: usize = 300;
/// Steps that a demo reply is cut into, about.
const STEPS: usize = 150;

/// One step of a demo reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Milliseconds to wait before it.
    pub delay_ms: u64,
    /// What it adds.
    pub kind: StepKind,
}

/// What a step adds to the reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Thoughts.
    Thinking(String),
    /// Visible text.
    Text(String),
}

/// The reply to `prompt`, in Chinese or English.
#[must_use]
pub fn demo_script(prompt: &str, chinese: bool) -> Vec<Step> {
    let thoughts =
        if chinese { include_str!("texts/demo-zh-thoughts.md") } else { include_str!("texts/demo-en-thoughts.md") };
    let template = if chinese { include_str!("texts/demo-zh.md") } else { include_str!("texts/demo-en.md") };
    let text = template.replace("{quote}", &quote(prompt, chinese));
    let size = ((thoughts.chars().count() + text.chars().count()) / STEPS).max(1);
    let thinking = chunks(thoughts.trim_end(), size).into_iter().map(StepKind::Thinking);
    let texts = chunks(text.trim_end(), size).into_iter().map(StepKind::Text);
    // Between 15 and 30 ms, never twice the same in a row: it looks like a model and is the same every time.
    thinking.chain(texts).zip(0..).map(|(kind, index)| Step { delay_ms: 15 + index * 7 % 16, kind }).collect()
}

/// The person's text as a quote, bounded. Fences are indented by the quote mark and cannot leave it.
fn quote(prompt: &str, chinese: bool) -> String {
    let trimmed = prompt.trim();
    let mut quoted: String = trimmed.chars().take(MAX_QUOTE_CHARS).collect();
    if quoted.len() < trimmed.len() {
        quoted.push('…');
    }
    if quoted.is_empty() {
        quoted.push_str(if chinese { "（空白）" } else { "(nothing)" });
    }
    quoted.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

fn chunks(text: &str, size: usize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(size).map(|chunk| chunk.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(steps: &[Step]) -> (String, String) {
        let mut both = (String::new(), String::new());
        for step in steps {
            match &step.kind {
                StepKind::Thinking(text) => both.0.push_str(text),
                StepKind::Text(text) => both.1.push_str(text),
            }
        }
        both
    }

    #[test]
    fn the_reply_says_what_it_is_and_shows_every_element_in_both_languages() {
        for (chinese, label) in [(false, "built-in demo"), (true, "内置演示")] {
            let (thoughts, text) = join(&demo_script("How are you?\n```\nx", chinese));
            assert!(!thoughts.is_empty());
            for part in [label, "> How are you?\n> ```\n> x", "\n- ", "\n| --- |", "\n```rust\n"] {
                assert!(text.contains(part), "{part:?} in {text}");
            }
            assert!(!text.contains("{quote}"));
        }
    }

    #[test]
    fn what_the_person_wrote_is_bounded() {
        let (_, long) = join(&demo_script(&"字".repeat(100_000), true));
        assert!(long.contains(&format!("> {}…\n", "字".repeat(MAX_QUOTE_CHARS))));
        assert!(join(&demo_script(" \n", false)).1.contains("> (nothing)"));
    }

    #[test]
    fn steps_are_small_quick_and_always_the_same() {
        for prompt in ["hi", &"long ".repeat(1_000)] {
            let steps = demo_script(prompt, true);
            assert!((120..=320).contains(&steps.len()), "{}", steps.len());
            assert!(steps.iter().all(|step| (15..=30).contains(&step.delay_ms)));
            assert_eq!(steps, demo_script(prompt, true));
        }
    }
}
