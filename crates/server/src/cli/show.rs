//! `aichat config show`: every variable with its value, for people or for programs. Secrets are shown as fingerprints.

use super::ShowConfig;
use crate::config::registry::{Image, Kind, TABLE, Variable};
use crate::config::{Config, Setting, Source};
use crate::failure::Failure;
use serde_json::{Value, json};
use std::io::{ErrorKind, Write as _};

pub(super) fn run(config: &Config, how: &ShowConfig) -> Result<(), Failure> {
    let text = if how.json { objects(config) } else { lines(config, how.sources) };
    match std::io::stdout().write_all(text.as_bytes()) {
        // Whoever reads may have seen enough, as `head` has.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written.map_err(|error| format!("the values cannot be written ({error})"))?),
    }
}

fn lines(config: &Config, sources: bool) -> String {
    let known = TABLE.iter().filter_map(|of| config.setting(of));
    known.map(|setting| format!("{} = {}\n", setting.variable, described(setting, sources))).collect()
}

/// The value, or that there is none: a variable set to nothing is a common slip and is told apart from one not set.
fn described(setting: &Setting, sources: bool) -> String {
    let blank = setting.blank.as_ref();
    let (value, source) = match (&setting.shown, blank) {
        (Some(value), Some(blank)) => (value.as_str(), format!(" ({}; set but blank: {blank})", setting.source)),
        (Some(value), None) => (value.as_str(), format!(" ({})", setting.source)),
        (None, Some(blank)) => ("empty (set but blank)", format!(" ({blank})")),
        (None, None) => ("unset", String::new()),
    };
    if sources { format!("{value}{source}") } else { value.to_owned() }
}

/// The table for programs. What the frontend image reads is listed without a value: this program does not know it.
fn objects(config: &Config) -> String {
    let objects: Vec<Value> = TABLE.iter().map(|of| object(of, config.setting(of))).collect();
    format!("{:#}\n", Value::from(objects))
}

fn object(of: &Variable, setting: Option<&Setting>) -> Value {
    let mut object = json!({
        "name": of.name,
        "aliases": of.aliases,
        "image": if of.image == Image::Frontend { "frontend" } else { "backend" },
        "secret": of.kind == Kind::Secret,
        "default": Some(of.default).filter(|default| !default.is_empty()),
    });
    if let Some(setting) = setting {
        object["state"] = state(setting).into();
        object["value"] = setting.shown.clone().into();
        object["source"] = setting.shown.as_ref().map(|_| setting.source.to_string()).into();
    }
    object
}

fn state(setting: &Setting) -> &'static str {
    match (&setting.shown, &setting.blank) {
        (Some(_), _) if setting.source != Source::Default => "set",
        (_, Some(_)) => "empty",
        (Some(_), None) => "default",
        (None, None) => "unset",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;

    fn config(values: &[(&str, &str)]) -> Config {
        let env = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::load(&Cli::default(), env, "LOG_LEVEL=warn").expect("good")
    }

    fn line(values: &[(&str, &str)], sources: bool, name: &str) -> String {
        let text = lines(&config(values), sources);
        text.lines().find(|line| line.split(' ').next() == Some(name)).map(str::to_owned).expect("a line of its own")
    }

    #[test]
    fn unset_empty_and_set_are_told_apart() {
        assert_eq!(line(&[], true, "LLM_API_KEY"), "LLM_API_KEY = unset");
        assert_eq!(line(&[("LLM_API_KEY", "")], false, "LLM_API_KEY"), "LLM_API_KEY = empty (set but blank)");
        assert_eq!(
            line(&[("LLM_API_KEY", " ")], true, "LLM_API_KEY"),
            "LLM_API_KEY = empty (set but blank) (environment)"
        );
        let set = line(&[("LLM_API_KEY", "hunter2")], true, "LLM_API_KEY");
        assert_eq!(set, "LLM_API_KEY = set, 7 bytes, sha256 f52fbd32 (environment)");
    }

    #[test]
    fn every_value_has_its_source() {
        assert_eq!(line(&[("PORT", "1")], true, "PORT"), "PORT = 1 (environment)");
        assert_eq!(line(&[("PORT", "1")], false, "PORT"), "PORT = 1");
        assert_eq!(line(&[("PORT", "")], true, "PORT"), "PORT = 8001 (default; set but blank: environment)");
        assert_eq!(line(&[], true, "LOG_LEVEL"), "LOG_LEVEL = warn (.env)");
        assert_eq!(line(&[("SECRET_KEY", "x")], false, "SECRET_KEY"), "SECRET_KEY = set, 1 bytes, sha256 2d711642");
    }

    #[test]
    fn every_variable_of_the_server_is_shown_and_those_of_the_edge_are_listed_for_programs() {
        let text = lines(&config(&[]), false);
        let server = TABLE.iter().filter(|of| of.image == Image::Backend);
        assert!(server.clone().all(|of| text.contains(&format!("{} = ", of.name))), "{text}");
        assert_eq!(text.lines().count(), server.count());
        let objects: Vec<Value> = serde_json::from_str(&objects(&config(&[("PORT", "")]))).expect("a list");
        assert_eq!(objects.len(), TABLE.len());
        let find = |name| objects.iter().find(|object| object["name"] == name).expect("listed");
        assert_eq!((&find("PORT")["state"], &find("PORT")["value"]), (&json!("empty"), &json!("8001")));
        assert_eq!((&find("HOST")["state"], &find("HOST")["source"]), (&json!("default"), &json!("default")));
        assert_eq!((&find("BACKEND_HOST")["image"], find("BACKEND_HOST").get("state")), (&json!("frontend"), None));
    }
}
