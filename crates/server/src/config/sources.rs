//! Where each value came from. It decides precedence; what a value means is decided in `parse`.

use super::registry::Variable;
use super::shown::shown;
use super::surroundings::{SECRETS_DIR, Surroundings};
use crate::cli::Options;
use std::collections::HashMap;
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Where a value came from, strongest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An argument.
    CommandLine,
    /// A variable of the process.
    Environment,
    /// A file that `NAME_FILE` names, or one among the platform's secrets.
    File(PathBuf),
    /// A line of `.env`.
    DotEnv,
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine => f.write_str("command line"),
            Self::Environment => f.write_str("environment"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::DotEnv => f.write_str(".env"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// What became of a variable, as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The variable; of aliases the one that was used.
    pub variable: &'static str,
    /// The value in use, masked where it could hold a secret; none without a value and a default.
    pub shown: Option<String>,
    /// Who said it.
    pub source: Source,
    /// Where it is set to nothing, which counts as not set.
    pub blank: Option<Source>,
}

impl Setting {
    /// Whether somebody said something.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.source != Source::Default
    }
}

/// Looks values up and remembers what it found.
pub(super) struct Sources<'a> {
    options: &'a Options,
    around: &'a Surroundings<'a>,
    dotenv: HashMap<String, String>,
    settings: Vec<Setting>,
}

/// The outcome of a search.
#[derive(Default)]
struct Found {
    value: Option<(&'static str, String, Source)>,
    blank: Option<Source>,
}

impl Found {
    /// Takes a value unless there is one already; white space alone is remembered as blank.
    fn offer(&mut self, name: &'static str, value: &str, source: Source) {
        let value = value.trim();
        if self.value.is_some() {
            return;
        }
        if value.is_empty() {
            self.blank.get_or_insert(source);
        } else {
            self.value = Some((name, value.to_owned(), source));
        }
    }
}

type Parse<T> = fn(&str) -> Result<T, String>;
type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

impl<'a> Sources<'a> {
    pub(super) fn new(options: &'a Options, around: &'a Surroundings<'a>) -> Result<Self, String> {
        Ok(Self { options, around, dotenv: super::dotenv::parse(around.dotenv)?, settings: Vec::new() })
    }

    /// The value of a variable that has no default.
    pub(super) fn optional<T>(&mut self, variable: &Variable, parse: Parse<T>) -> Result<Option<T>, String> {
        let Found { value, blank } = self.find(variable)?;
        let Some(value) = value else {
            self.settings.push(Setting { variable: variable.name, shown: None, source: Source::Default, blank });
            return Ok(None);
        };
        self.accept(variable, value, blank, parse).map(Some)
    }

    /// The value of a variable, or its default.
    pub(super) fn required<T>(&mut self, variable: &Variable, parse: Parse<T>) -> Result<T, String> {
        self.required_or(variable, parse, variable.default)
    }

    /// The value of a variable, or a default that depends on others.
    pub(super) fn required_or<T>(&mut self, variable: &Variable, parse: Parse<T>, default: &str) -> Result<T, String> {
        let Found { value, blank } = self.find(variable)?;
        let value = value.unwrap_or_else(|| (variable.name, default.to_owned(), Source::Default));
        self.accept(variable, value, blank, parse)
    }

    /// What became of a variable that was asked for before.
    pub(super) fn setting(&self, variable: &Variable) -> Option<&Setting> {
        self.settings.iter().find(|setting| variable.names().any(|name| name == setting.variable))
    }

    /// What became of every variable that was asked for.
    pub(super) fn take_settings(&mut self) -> Vec<Setting> {
        std::mem::take(&mut self.settings)
    }

    /// Every name is asked in one source before the next source is.
    fn find(&self, variable: &Variable) -> Result<Found, String> {
        let mut found = Found::default();
        if let Some(value) = self.options.given(variable.name) {
            found.offer(variable.name, value, Source::CommandLine);
        }
        self.search(&mut found, variable, self.around.variable, &Source::Environment)?;
        if found.value.is_none() && variable.may_be_a_file() {
            self.search_secrets(&mut found, variable)?;
        }
        self.search(&mut found, variable, &|name| self.dotenv.get(name).cloned(), &Source::DotEnv)?;
        Ok(found)
    }

    fn search(
        &self,
        found: &mut Found,
        variable: &Variable,
        lookup: Lookup<'_>,
        source: &Source,
    ) -> Result<(), String> {
        if found.value.is_some() {
            return Ok(());
        }
        for name in variable.names() {
            let direct = lookup(name);
            if let Some(path) = named_file(variable, name, lookup) {
                if direct.is_some_and(|value| !value.trim().is_empty()) {
                    return Err(format!("{name} and {name}_FILE are both set ({source}): keep one of them"));
                }
                let text = (self.around.file)(&path).map_err(|error| {
                    format!("{name}_FILE is `{}` ({source}), which cannot be read ({error}): correct the path, or make the file readable for this user", path.display())
                })?;
                found.offer(name, &text, Source::File(path));
            } else if let Some(value) = direct {
                found.offer(name, &value, source.clone());
            }
        }
        Ok(())
    }

    fn search_secrets(&self, found: &mut Found, variable: &Variable) -> Result<(), String> {
        for name in variable.names() {
            let path = Path::new(SECRETS_DIR).join(name);
            match (self.around.file)(&path) {
                Ok(text) => found.offer(name, &text, Source::File(path)),
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                Err(error) => {
                    return Err(format!(
                        "{} cannot be read ({error}): make it readable for this user, or set {name} in the environment",
                        path.display()
                    ));
                }
            }
        }
        Ok(())
    }

    fn accept<T>(
        &mut self,
        variable: &Variable,
        (name, value, source): (&'static str, String, Source),
        blank: Option<Source>,
        parse: Parse<T>,
    ) -> Result<T, String> {
        let shown = shown(variable.kind, &value);
        let parsed = parse(&value).map_err(|rule| format!("{name} is `{shown}` ({source}): {rule}"))?;
        self.settings.push(Setting { variable: name, shown: Some(shown), source, blank });
        Ok(parsed)
    }
}

/// The file that `NAME_FILE` names. Names in lower case are those of other programs and know no such form.
fn named_file(variable: &Variable, name: &str, lookup: Lookup<'_>) -> Option<PathBuf> {
    if !variable.may_be_a_file() || name.starts_with(|first: char| first.is_ascii_lowercase()) {
        return None;
    }
    let path = lookup(&format!("{name}_FILE"))?;
    Some(PathBuf::from(path.trim())).filter(|path| !path.as_os_str().is_empty())
}
