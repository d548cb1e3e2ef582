//! The folders of files: whether each can be written, and whether it is this installation's. Says nothing where all is well.

use super::words::Code;
use super::{Finding, Patient, data};
use crate::config::data_dir;
use crate::db::Db;
use crate::files;

pub(super) async fn look(patient: &mut Patient<'_>, db: Option<&Db>) {
    let ours = match db {
        Some(db) => files::installation(db).await.ok().flatten(),
        None => None,
    };
    for folder in files::folders(patient.config) {
        let path = std::path::absolute(&folder).unwrap_or(folder);
        // Making it is the server's business; the nearest folder above says whether it can.
        let there = path.ancestors().find(|above| above.exists()).unwrap_or(&path);
        // What is wrong with the data directory itself was said.
        if let Err(error) = data_dir::probe(there)
            && !(data::is_full(&error) && path.starts_with(&patient.config.data_dir))
        {
            let finding = Finding::new(Code::FilesNotWritable).with("path", path.display()).with("detail", &error);
            patient.add(data::mended(finding, &path, &path));
        }
        if let Some(badge) = files::foreign_badge(&path, ours.as_deref()) {
            let finding = Finding::new(Code::FilesForeign).with("path", path.display());
            patient.add(finding.with("badge", badge.display()));
        }
    }
}
