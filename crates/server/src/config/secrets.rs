//! The two secrets of an installation: one signs access tokens, one seals what is stored. A value that is missing,
//! short or copied from an example is replaced by a generated one in the data directory. It never prints a value.

use super::Config;
use super::data_dir::{create_dir, write_private};
use super::ownership::not_readable;
use crate::db::Engine;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore as _;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Text that `Debug` does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretString(String);

impl SecretString {
    /// The text itself. Call it only where it is used.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretString {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl fmt::Debug for SecretString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The secrets in use.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// Signs access tokens.
    pub jwt: SecretString,
    /// Seals what is stored.
    pub master: SecretString,
    /// Former versions of that: they open what was sealed with them until all of it is sealed again.
    pub former: Vec<SecretString>,
    /// Whether the first comes from the data directory.
    pub jwt_generated: bool,
    /// Whether the second does.
    pub master_generated: bool,
}

/// `secrets.json`.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Stored {
    pub(super) jwt: Option<String>,
    pub(super) master: Option<String>,
    /// Master keys that something may still be sealed with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) retired: Vec<String>,
}

/// Shortest secret taken from the operator, in bytes.
const MIN_BYTES: usize = 32;
/// Name of the file in the data directory.
pub(super) const FILE: &str = "secrets.json";

impl Secrets {
    /// The operator's secrets where they are good, generated ones elsewhere, and notes about the latter.
    ///
    /// # Errors
    /// One line: which path cannot be used, why, and what to do.
    pub fn resolve(config: &Config, data_dir: &Path) -> Result<(Self, Vec<String>), String> {
        let mut notes = Vec::new();
        let jwt = usable("JWT_SECRET", config.jwt_secret.as_ref(), &mut notes);
        let master = usable("MASTER_KEY", config.master_key.as_ref(), &mut notes);
        let (jwt_generated, master_generated) = (jwt.is_none(), master.is_none());
        if (jwt_generated || master_generated) && matches!(config.engine, Engine::Postgres(_)) {
            notes.push(
                "several servers on this database need the same JWT_SECRET and MASTER_KEY; a generated one is known to \
                 this data directory only"
                    .to_owned(),
            );
        }
        let (jwt, master) = match (jwt, master) {
            (Some(jwt), Some(master)) => (jwt, master),
            (jwt, master) => {
                let (stored_jwt, stored_master) = stored(data_dir)?;
                (jwt.unwrap_or(stored_jwt), master.unwrap_or(stored_master))
            }
        };
        let former = former(config, data_dir, &master)?;
        Ok((Self { jwt, master, former, jwt_generated, master_generated }, notes))
    }
}

/// Every other master key that is known: the one that the operator names as the old one, retired ones of the data directory,
/// and the generated one where another is given.
fn former(config: &Config, data_dir: &Path, master: &SecretString) -> Result<Vec<SecretString>, String> {
    let stored = read(&data_dir.join(FILE))?;
    let of_file = stored.retired.into_iter().chain(stored.master).map(SecretString::from);
    let mut known: Vec<SecretString> = config.master_key_old.iter().cloned().chain(of_file).collect();
    known.retain(|other| other != master);
    known.dedup();
    Ok(known)
}

/// The secrets of an installation as they stand, for somebody who only looks: nothing is generated, nothing tightened.
pub struct Review {
    /// Signs access tokens, unless the next start has to make one.
    pub jwt: Option<SecretString>,
    /// Seals what is stored, unless the next start has to make one.
    pub master: Option<SecretString>,
    /// Former versions of that.
    pub former: Vec<SecretString>,
    /// Given values that are not used, by variable, and why.
    pub faults: Vec<(&'static str, Fault)>,
    /// The file of generated secrets.
    pub file: PathBuf,
    /// Its permission bits, if it is there.
    pub mode: Option<u32>,
}

impl Review {
    /// Looks at the secrets.
    ///
    /// # Errors
    /// One line, when the file of generated ones cannot be read.
    pub fn of(config: &Config) -> Result<Self, String> {
        let file = config.data_dir.join(FILE);
        let mut faults = Vec::new();
        let mut usable = |name, given: Option<&SecretString>| {
            let given = given?;
            match fault(given.expose()) {
                None => return Some(given.clone()),
                Some(fault) => faults.push((name, fault)),
            }
            None
        };
        let jwt = usable("JWT_SECRET", config.jwt_secret.as_ref());
        let master = usable("MASTER_KEY", config.master_key.as_ref());
        let stored = if jwt.is_some() && master.is_some() { Stored::default() } else { read(&file)? };
        let mode = fs::metadata(&file).ok().map(|found| found.permissions().mode() & 0o777);
        let (jwt, master) = (jwt.or(stored.jwt.map(Into::into)), master.or(stored.master.map(Into::into)));
        let former = match &master {
            Some(master) => former(config, &config.data_dir, master)?,
            None => Vec::new(),
        };
        Ok(Self { jwt, master, former, faults, file, mode })
    }
}

/// Why a given secret is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is the text of an example.
    Example,
    /// It is too short.
    Short,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Example => "is the text of an example",
            Self::Short => "is shorter than 32 bytes",
        })
    }
}

pub(super) fn usable(name: &str, given: Option<&SecretString>, notes: &mut Vec<String>) -> Option<SecretString> {
    let given = given?;
    let Some(fault) = fault(given.expose()) else { return Some(given.clone()) };
    notes.push(format!("{name} {fault}; a generated one from the data directory ({FILE}) is used instead"));
    None
}

/// Marks of text that an example asks to replace; lower case.
const MARKS: &str = "请改 请修改 请替换 请设置 change-me change_me changeme change-this change_this changethis \
    change-in-production replace-me replace_me replaceme replace-this replace-with replace_with your-secret your_secret \
    yoursecret your-super-secret your_super_secret placeholder";

/// Words that are no secret, however many of them stand together.
const WORDS: &str = "password passwd secret example default random string strong token super local value dev test your \
    long with here this must that very aichat jwt key my the and for at least characters chars bytes is be an a";

/// Fewest different characters in a text that could be random.
const MIN_DISTINCT: usize = 8;

/// Why a secret from the operator is not used.
fn fault(value: &str) -> Option<Fault> {
    let lower = value.to_lowercase();
    let distinct: std::collections::HashSet<char> = lower.chars().collect();
    if MARKS.split(' ').any(|mark| lower.contains(mark)) || distinct.len() < MIN_DISTINCT || only_words(&lower) {
        return Some(Fault::Example);
    }
    (value.len() < MIN_BYTES).then_some(Fault::Short)
}

fn only_words(lower: &str) -> bool {
    let mut words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    lower.chars().any(char::is_alphabetic) && words.all(is_words)
}

/// Whether a run of letters is nothing but words of the list, one after another.
fn is_words(letters: &str) -> bool {
    let mut reached = vec![false; letters.len() + 1];
    reached[0] = true;
    for start in 0..letters.len() {
        if reached[start] {
            let rest = letters.get(start..).unwrap_or_default();
            for word in WORDS.split(' ').filter(|word| rest.starts_with(word)) {
                reached[start + word.len()] = true;
            }
        }
    }
    reached[letters.len()]
}

/// Reads the generated secrets, making those that do not exist yet.
fn stored(data_dir: &Path) -> Result<(SecretString, SecretString), String> {
    create_dir(data_dir)?;
    let path = data_dir.join(FILE);
    let mut stored = read(&path)?;
    let complete = stored.jwt.is_some() && stored.master.is_some();
    let jwt = stored.jwt.get_or_insert_with(generate).clone();
    let master = stored.master.get_or_insert_with(generate).clone();
    if complete {
        tighten(&path)?;
    } else {
        write(&path, &stored)?;
    }
    Ok((jwt.into(), master.into()))
}

/// Writes the file of generated secrets: whole and on the disk, or not at all.
pub(super) fn write(path: &Path, stored: &Stored) -> Result<(), String> {
    let text = serde_json::to_string_pretty(stored).map_err(|error| format!("{}: {error}", path.display()))?;
    write_private(path, &text)
}

/// Reads the file of generated secrets; one that is not there holds none.
pub(super) fn read(path: &Path) -> Result<Stored, String> {
    let refuse = |what: &str| format!("{} {what}", path.display());
    match fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text)
            .map_err(|_| refuse("is damaged: restore it from a backup, or move it away to sign everybody out")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Stored::default()),
        Err(error) => Err(refuse(&format!("cannot be read: {}", not_readable(path, &error)))),
    }
}

pub(super) fn generate() -> String {
    random_text(32)
}

/// This many random bytes as text.
#[must_use]
pub fn random_text(bytes: usize) -> String {
    let mut random = vec![0_u8; bytes];
    rand::rng().fill_bytes(&mut random);
    URL_SAFE_NO_PAD.encode(&random)
}

/// Takes away what others may do with the file; a copy or an archive often widens it.
fn tighten(path: &Path) -> Result<(), String> {
    let mode = fs::metadata(path).map_or(0o600, |found| found.permissions().mode());
    if mode & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
        .map_err(|error| format!("{} is open to others ({error}): run chmod 600 on it", path.display()))
}

#[cfg(test)]
#[path = "secrets_tests.rs"]
mod tests;
