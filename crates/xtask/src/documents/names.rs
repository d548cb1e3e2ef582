//! Names that the pages speak of exist: environment variables, error codes, and the version in every image and address.

use super::page::{Page, without_code};
use crate::files::{below, text};
use crate::place::root;
use crate::process::Outcome;
use std::collections::BTreeSet;

/// Variables of other programs, of the programs people come from, and of those in the guide.
const FOREIGN: [&str; 5] = ["OLLAMA_HOST", "NODE_ENV", "NEXT_PUBLIC_API_URL", "CHAT_URL", "CHAT_KEY"];
/// Where variables are declared.
const DECLARING: [&str; 3] = [".env.example", "Caddyfile", "docker"];
/// Where error codes and the names of events are written.
const CODING: [&str; 3] = ["crates/shared/src", "crates/server/src", "Caddyfile"];
/// How the names of files and hosts end, which look like codes otherwise.
const ENDINGS: &str = "bak conf css db env example gguf gz html internal js json lock log md mjs rs service sh sql toml txt wasm yaml yml";

/// What there is to speak of.
pub(super) struct Known {
    variables: BTreeSet<String>,
    sources: String,
    version: String,
}

impl Known {
    /// Reads the sources.
    pub(super) fn read() -> Outcome<Self> {
        let declaring = all_text(&DECLARING)?;
        let manifest = text(&root().join("Cargo.toml"))?;
        let version = manifest.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
        Ok(Self {
            variables: declared(&declaring).chain(FOREIGN).map(str::to_owned).collect(),
            sources: all_text(&CODING)?,
            version: version.ok_or("Cargo.toml names no version")?.to_owned(),
        })
    }

    /// Names on a page that exist nowhere.
    pub(super) fn faults(&self, page: &Page) -> Vec<String> {
        let spans = page.prose.iter().flat_map(|(number, line)| {
            let spans = without_code(line, "").1.into_iter();
            spans.map(|span| (*number, span)).collect::<Vec<_>>()
        });
        // Quoted files are checked where they are made.
        let own = page.blocks.iter().filter(|block| block.file.is_none());
        let lines = own.flat_map(|block| page.inside(block).lines().zip(block.line + 1..));
        let lines = lines.map(|(line, number)| (number, line.to_owned()));
        let code = spans.map(|(number, span)| (number, self.span_fault(&span).or_else(|| self.version_fault(&span))));
        let code = code.chain(lines.map(|(number, line)| (number, self.line_fault(&line))));
        code.filter_map(|(number, fault)| Some(format!("{}:{number}: {}", page.name, fault?))).collect()
    }

    fn span_fault(&self, span: &str) -> Option<String> {
        let name = span.split('=').next().unwrap_or_default();
        if is_variable(name) && (name.contains('_') || span.contains('=')) && !self.has_variable(name) {
            return Some(format!("there is no variable {name}"));
        }
        (is_code(span) && !self.has_code(span)).then(|| format!("there is no code `{span}`"))
    }

    fn line_fault(&self, line: &str) -> Option<String> {
        let mut before_equals = line.match_indices('=').map(|(at, _)| name_before(&line[..at]));
        let missing = before_equals.find(|name| is_variable(name) && !self.has_variable(name));
        missing.map(|name| format!("there is no variable {name}")).or_else(|| self.version_fault(line))
    }

    fn has_variable(&self, name: &str) -> bool {
        self.variables.contains(name) || name.strip_suffix("_FILE").is_some_and(|name| self.variables.contains(name))
    }

    fn has_code(&self, code: &str) -> bool {
        let part = |letter: Option<char>| letter.is_some_and(|letter| is_code_letter(letter) || letter == '.');
        let mut places = self.sources.match_indices(code);
        places.any(|(at, _)| {
            let after = self.sources[at + code.len()..].chars().next();
            !part(self.sources[..at].chars().next_back()) && !after.is_some_and(is_code_letter)
        })
    }

    /// A version in code is the one of this workspace, so that nothing of an older release is pasted.
    fn version_fault(&self, line: &str) -> Option<String> {
        let words = line.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
        let mut versions = words.filter(|word| word.split('.').filter(|part| !part.is_empty()).count() == 3);
        let old = versions.find(|version| version.trim_matches('.') != self.version && !version.contains(".."));
        old.map(|old| format!("version {old}, but this is {}", self.version))
    }
}

fn all_text(places: &[&str]) -> Outcome<String> {
    places.iter().flat_map(|place| below(&root().join(place))).map(|file| text(&file)).collect()
}

/// Names that are given a value (`NAME=`, `NAME: `) or asked for one (`${NAME…`, `{$NAME…`).
fn declared(text: &str) -> impl Iterator<Item = &str> {
    let given = text.match_indices(['=', ':']).map(|(at, _)| name_before(&text[..at]));
    let asked = ["${", "{$"].into_iter().flat_map(|mark| text.split(mark).skip(1));
    let asked = asked.filter_map(|rest| rest.split(|letter: char| !is_name_letter(letter)).next());
    given.chain(asked).filter(|word| is_variable(word))
}

/// The name that a text ends with.
fn name_before(text: &str) -> &str {
    &text[text.trim_end_matches(is_name_letter).len()..]
}

fn is_name_letter(letter: char) -> bool {
    letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_'
}

fn is_variable(word: &str) -> bool {
    word.len() > 3
        && word.starts_with(|letter: char| letter.is_ascii_uppercase())
        && !word.ends_with('_')
        && word.chars().all(is_name_letter)
}

fn is_code_letter(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter == '_'
}

/// Whether a span looks like `provider.refused` and not like the name of a file.
fn is_code(span: &str) -> bool {
    let parts: Vec<_> = span.split('.').collect();
    let whole = parts.iter().all(|part| !part.is_empty() && part.chars().all(is_code_letter));
    parts.len() > 1 && whole && !ENDINGS.split(' ').any(|ending| parts.last() == Some(&ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Vec<String> {
        let known = Known {
            variables: ["PORT", "JWT_SECRET"].map(str::to_owned).into(),
            sources: "\"provider.refused\" \"auth.csrf: no\"".to_owned(),
            version: "0.1.0".to_owned(),
        };
        known.faults(&Page::parse("docs/x.md", text))
    }

    #[test]
    fn what_exists_is_no_fault() {
        let text = "`PORT=1` `JWT_SECRET_FILE` `provider.refused` `auth.csrf` `compose.yml` `HTTP` `DEFAULT_` `192.0.2.1`\n```sh\nPORT=2 run a:0.1.0 v0.1.0\nT=x\n```\n";
        assert_eq!(judged(text), Vec::<String>::new());
    }

    #[test]
    fn what_does_not_exist_is_named_with_its_line() {
        assert_eq!(judged("\n`NO_SUCH`"), ["docs/x.md:2: there is no variable NO_SUCH"]);
        assert_eq!(judged("`provider.refuse`"), ["docs/x.md:1: there is no code `provider.refuse`"]);
        assert_eq!(judged("```sh\nrun -e GONE=1\n```"), ["docs/x.md:2: there is no variable GONE"]);
        assert_eq!(judged("```\na:0.0.9\n```"), ["docs/x.md:2: version 0.0.9, but this is 0.1.0"]);
    }

    #[test]
    fn a_name_is_declared_where_it_gets_or_gives_a_value() {
        let text = "甲=#HOST=1\n# SEE THIS\nHEALTHCHECK CMD\n- DATA_DIR: /x\n${IMAGE:-a}{$SITE_ADDRESS::3000}";
        assert_eq!(
            declared(text).collect::<Vec<_>>(),
            ["HOST", "DATA_DIR", "IMAGE", "SITE_ADDRESS", "IMAGE", "SITE_ADDRESS"]
        );
    }

    #[test]
    fn a_quoted_file_is_not_judged_twice() {
        assert!(judged("<!-- file: docker/x.yml -->\n```yaml\n- GONE=1\n```\n").is_empty());
    }
}
