//! A new version of the master key, in steps that a crash may fall between: the new key and the retired one are stored
//! together before anything is sealed again, and the retired one goes when nothing is left that needs it.

use super::secrets::{self, FILE, SecretString, Stored};
use super::{Config, Secrets};
use std::path::PathBuf;

/// A rotation that has begun.
pub struct Rotation {
    /// Seals from now on.
    pub master: SecretString,
    /// Everything that may have sealed what is stored.
    pub former: Vec<SecretString>,
    /// Whether the key was made here and now; else one that had begun goes on, or the operator gave the new key.
    pub made: bool,
    file: PathBuf,
}

impl Rotation {
    /// Whether the operator gives the master key.
    #[must_use]
    pub fn is_given(config: &Config) -> bool {
        secrets::usable("MASTER_KEY", config.master_key.as_ref(), &mut Vec::new()).is_some()
    }

    /// Stores a new version beside the present one, or finds the one that is there already.
    ///
    /// # Errors
    /// One line: there is nothing to rotate from, or the file cannot be read or written.
    pub fn begin(config: &Config) -> Result<Self, String> {
        let file = config.data_dir.join(FILE);
        let mut made = false;
        if !Self::is_given(config) {
            let stored = secrets::read(&file)?;
            let Some(master) = stored.master.clone() else {
                return Err(format!(
                    "secrets.missing: {} holds no master key; there is nothing to rotate from",
                    file.display()
                ));
            };
            if stored.retired.is_empty() {
                let master_and_old = Stored { master: Some(secrets::generate()), retired: vec![master], ..stored };
                secrets::write(&file, &master_and_old)?;
                made = true;
            }
        }
        let (all, _) = Secrets::resolve(config, &config.data_dir)?;
        if all.former.is_empty() {
            return Err(
                "secrets.nothing_to_rotate: MASTER_KEY is given by the operator, and no older key is known: put \
                        the new key into MASTER_KEY and the one of now into MASTER_KEY_OLD, restart every server, and \
                        run this again"
                    .to_owned(),
            );
        }
        Ok(Self { master: all.master, former: all.former, made, file })
    }

    /// Forgets the retired versions of the data directory: nothing is sealed with them any more.
    ///
    /// # Errors
    /// One line: the file cannot be read or written.
    pub fn end(self) -> Result<(), String> {
        let stored = secrets::read(&self.file)?;
        if stored.retired.is_empty() {
            return Ok(());
        }
        secrets::write(&self.file, &Stored { retired: Vec::new(), ..stored })
    }
}
