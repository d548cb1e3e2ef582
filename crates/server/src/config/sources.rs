//! Where each value came from. It decides precedence; what a value means is decided in `parse`.

use std::collections::HashMap;
use std::fmt;

/// Where a value came from, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An argument.
    CommandLine,
    /// A variable of the process.
    Environment,
    /// A line of `.env`.
    DotEnv,
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CommandLine => "command line",
            Self::Environment => "environment",
            Self::DotEnv => ".env",
            Self::Default => "default",
        })
    }
}

/// A value in use, as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The variable that sets it; of aliases the one that was used.
    pub variable: &'static str,
    /// The value; masked where it could hold a secret.
    pub shown: String,
    /// Who said it.
    pub source: Source,
}

/// Looks values up and remembers what it found.
pub(super) struct Sources<'a> {
    env: &'a dyn Fn(&str) -> Option<String>,
    dotenv: HashMap<String, String>,
    settings: Vec<Setting>,
}

/// How a value appears in banner, errors and `Debug`.
pub(super) type Show = fn(&str) -> String;

impl<'a> Sources<'a> {
    pub(super) fn new(env: &'a dyn Fn(&str) -> Option<String>, dotenv: &str) -> Result<Self, String> {
        Ok(Self { env, dotenv: super::dotenv::parse(dotenv)?, settings: Vec::new() })
    }

    pub(super) fn optional<T>(
        &mut self,
        names: &[&'static str],
        flag: Option<&str>,
        parse: fn(&str) -> Result<T, String>,
        show: Show,
    ) -> Result<Option<T>, String> {
        let Some((variable, value, source)) = self.find(names, flag) else { return Ok(None) };
        self.accept(variable, &value, source, parse, show).map(Some)
    }

    pub(super) fn required<T>(
        &mut self,
        names: &[&'static str],
        flag: Option<&str>,
        parse: fn(&str) -> Result<T, String>,
        show: Show,
        default: &str,
    ) -> Result<T, String> {
        let found = self.find(names, flag);
        let (variable, value, source) = found.unwrap_or_else(|| (names[0], default.to_owned(), Source::Default));
        self.accept(variable, &value, source, parse, show)
    }

    /// The source of a value that was asked for before.
    pub(super) fn source_of(&self, variable: &str) -> Source {
        let setting = self.settings.iter().find(|setting| setting.variable == variable);
        setting.map_or(Source::Default, |setting| setting.source)
    }

    pub(super) fn into_settings(self) -> Vec<Setting> {
        self.settings
    }

    /// Every alias is asked in one source before the next source is.
    fn find(&self, names: &[&'static str], flag: Option<&str>) -> Option<(&'static str, String, Source)> {
        let given = |value: String| Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        if let Some(value) = flag.and_then(|value| given(value.to_owned())) {
            return Some((names[0], value, Source::CommandLine));
        }
        let mut from_env = names.iter().filter_map(|name| Some((*name, (self.env)(name).and_then(given)?)));
        if let Some((name, value)) = from_env.next() {
            return Some((name, value, Source::Environment));
        }
        let mut from_file =
            names.iter().filter_map(|name| Some((*name, self.dotenv.get(*name).cloned().and_then(given)?)));
        from_file.next().map(|(name, value)| (name, value, Source::DotEnv))
    }

    fn accept<T>(
        &mut self,
        variable: &'static str,
        value: &str,
        source: Source,
        parse: fn(&str) -> Result<T, String>,
        show: Show,
    ) -> Result<T, String> {
        let shown = show(value);
        let parsed = parse(value).map_err(|rule| format!("{variable} is `{shown}` ({source}): {rule}"))?;
        self.settings.push(Setting { variable, shown, source });
        Ok(parsed)
    }
}

/// Shows a value as it is, on one line.
pub(super) fn plain(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Shows nothing of a value.
pub(super) fn hidden(_value: &str) -> String {
    "***".to_owned()
}

/// Shows a URL without what stands before the `@` of its host and without the values of its query.
pub(super) fn without_password(value: &str) -> String {
    let shown = plain(value);
    let (scheme, rest) = shown.split_once("://").unwrap_or(("", &shown));
    let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, _)| (rest, "?***"));
    // The last `@` counts, and before any slash is looked for: a password may hold either unescaped.
    let host = rest.rsplit_once('@').map_or_else(|| rest.to_owned(), |(_, host)| format!("***@{host}"));
    if scheme.is_empty() { format!("{host}{query}") } else { format!("{scheme}://{host}{query}") }
}
