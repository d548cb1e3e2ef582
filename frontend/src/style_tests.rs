//! The style sheets keep the promises of the interface guide: contrast, one dark theme, values only in the tokens.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const TOKENS: &str = include_str!("../style/tokens.css");

/// The declarations of the rule that begins with `selector {`.
fn block(selector: &str) -> BTreeMap<&'static str, &'static str> {
    let (_, tail) = TOKENS.split_once(&format!("{selector} {{")).expect("the selector is there");
    let (body, _) = tail.split_once('}').expect("the rule ends");
    let pairs = body.split(';').filter_map(|line| line.split_once(':'));
    pairs.map(|(name, value)| (name.trim(), value.trim())).collect()
}

fn light() -> BTreeMap<&'static str, &'static str> {
    block(":root")
}

fn dark() -> BTreeMap<&'static str, &'static str> {
    block(":root[data-theme=\"dark\"]")
}

/// Relative luminance of `#RRGGBB`, by WCAG 2.
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = u8::from_str_radix(&colour[at..at + 2], 16).expect("a hexadecimal colour");
        let share = f64::from(value) / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn the_devices_dark_theme_is_the_chosen_one() {
    assert_eq!(block(":root:not([data-theme=\"light\"], [data-theme=\"dark\"])"), dark());
}

#[test]
fn both_themes_name_the_same_values() {
    let names = |theme: BTreeMap<&'static str, _>| theme.into_keys().collect::<Vec<_>>();
    assert_eq!(names(light()), names(dark()));
}

#[test]
fn brand_colours_are_fitted_to_the_grounds_that_are_there() {
    for (theme, ground) in [(light(), shared::colour::LIGHT), (dark(), shared::colour::DARK)] {
        let pairs = [("--canvas", ground.canvas), ("--selected", ground.selected), ("--text", ground.text)];
        for (name, colour) in pairs {
            assert_eq!(theme[name].to_lowercase(), colour.hex(), "{name}");
        }
    }
}

#[test]
fn dark_shadows_are_the_light_ones_in_black_with_a_line_inside() {
    let shape = |shadow: &str| {
        shadow.split(", ").map(|layer| layer.rsplit_once(' ').expect("a colour").0.to_owned()).collect::<Vec<_>>()
    };
    for name in ["--shadow-1", "--shadow-2", "--shadow-3"] {
        let (_, layers) = dark()[name].split_once("inset 0 0 0 1px #FFFFFF0F, ").expect("a line inside");
        assert_eq!(shape(layers), shape(light()[name]), "{name}");
    }
}

#[test]
fn the_phone_keeps_the_gutter_and_the_bubble_of_the_guide() {
    assert!(block("@media (max-width: 767px) {\n  :root")["--gutter"] == "16px");
    let (_, chat) = sheets().into_iter().find(|(name, _)| name == "chat.css").expect("the chat");
    assert_eq!(chat.matches("max-width: var(--bubble-share)").count(), 1);
    assert!(chat.contains("--bubble-share: 80%;") && chat.matches(".bubble { max-width").count() == 0);
}

#[test]
fn everything_can_be_read_on_every_ground_it_may_stand_on() {
    const GROUNDS: [&str; 6] = ["--canvas", "--sidebar", "--surface", "--raised", "--fill", "--selected"];
    const PAPER: [&str; 3] = ["--canvas", "--sidebar", "--surface"];
    let rules: [(&str, &[&str], f64); 17] = [
        ("--text", &GROUNDS, 10.0),
        ("--text-2", &GROUNDS, 5.6),
        ("--text-3", &GROUNDS, 4.5),
        ("--control", &["--canvas", "--sidebar", "--surface", "--fill"], 3.0),
        ("--accent", &GROUNDS, 4.5),
        ("--on-accent", &["--accent", "--accent-hover"], 6.0),
        ("--on-accent-soft", &["--accent-soft"], 7.0),
        ("--danger", &["--canvas", "--sidebar", "--surface", "--fill"], 4.5),
        ("--on-danger", &["--danger"], 5.5),
        ("--on-danger-soft", &["--danger-soft"], 7.0),
        ("--warning", &["--canvas", "--sidebar", "--surface", "--fill", "--warning-soft"], 4.5),
        ("--code-keyword", &["--code-ground"], 5.0),
        ("--code-string", &["--code-ground"], 5.0),
        ("--code-number", &["--code-ground"], 5.0),
        ("--code-comment", &["--code-ground"], 5.0),
        ("--code-function", &["--code-ground"], 5.0),
        ("--series-1", &PAPER, 3.0),
    ];
    for (name, theme) in [("light", light()), ("dark", dark())] {
        for (colour, grounds, least) in rules {
            for ground in grounds {
                let found = contrast(theme[colour], theme[ground]);
                assert!(found >= least, "{name}: {colour} on {ground} has {found:.2}, needs {least}");
            }
        }
    }
}

/// Name and text of every style sheet but the tokens.
fn sheets() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("style");
    let files = std::fs::read_dir(folder).expect("the folder of style sheets");
    let read = |file: std::io::Result<std::fs::DirEntry>| {
        let file = file.expect("a file");
        let name = file.file_name().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(file.path()).expect("a style sheet"))
    };
    let later = ("blocks/blocks.css".to_owned(), include_str!("../build/blocks/blocks.css").to_owned());
    files.map(read).filter(|(name, _)| name != "tokens.css").chain([later]).collect()
}

#[test]
fn nothing_is_looked_for_in_the_whole_page() {
    const PAGE: [&str; 3] = [":root:has(", "html:has(", "body:has("];
    for (name, sheet) in sheets() {
        let looks = |word: &str| PAGE.iter().any(|page| word.starts_with(page));
        let search = sheet.lines().find(|line| line.split([' ', ',', '>']).any(looks));
        assert_eq!(search, None, "{name}: hold a mark instead, see marks.rs");
        let any = sheet.lines().find(|line| line.contains("* + *") || line.contains("* ~ *"));
        assert_eq!(any, None, "{name}: every element that comes would have all its siblings looked at");
        // Wherever the attribute changes, everything below would be styled again: an answer of any length, at its end.
        let below = sheet.lines().find(|line| line.contains("] > *") || line.contains("] *"));
        assert_eq!(below, None, "{name}: name what is below the attribute");
    }
}

#[test]
fn colours_are_written_in_the_tokens_only() {
    for (name, sheet) in sheets() {
        let literal = sheet.lines().find(|line| {
            let values =
                line.split(':').skip(1).flat_map(|value| value.split(|c: char| !c.is_ascii_alphanumeric() && c != '#'));
            values
                .filter_map(|word| word.strip_prefix('#'))
                .any(|hex| hex.len() >= 3 && hex.chars().all(|c| c.is_ascii_hexdigit()))
                || ["rgb(", "rgba(", "hsl("].iter().any(|function| line.contains(function))
        });
        assert_eq!(literal, None, "{name}");
    }
}

#[test]
fn every_value_that_is_used_is_defined() {
    let all: Vec<_> = sheets().into_iter().chain([("tokens.css".to_owned(), TOKENS.to_owned())]).collect();
    let end = |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(text.len());
    let defined: BTreeSet<String> = all
        .iter()
        .flat_map(|(_, sheet)| sheet.split("--").skip(1))
        .filter(|tail| tail[end(tail)..].starts_with(':'))
        .map(|tail| format!("--{}", &tail[..end(tail)]))
        .collect();
    for (name, sheet) in &all {
        for tail in sheet.split("var(").skip(1) {
            let used = &tail[..end(tail)];
            // A fallback says that the value is set by the program.
            let has_fallback = tail[used.len()..].starts_with(',');
            assert!(has_fallback || defined.contains(used), "{name} uses {used}");
        }
    }
}
