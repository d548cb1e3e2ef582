//! One chat: the whole tree as JSON, a few messages at a time, and the active path as Markdown.

use super::archive::{Archive, Packing};
use super::contents::{Source, VERSION};
use super::{markdown, names};
use crate::db::messages::{self, Place};
use crate::db::sessions::SessionRow;
use anyhow::Result;
use serde_json::json;
use shared::MessageId;
use std::collections::HashMap;
use std::io::Write as _;

/// Messages in memory at a time.
const MESSAGES: usize = 20;

/// Writes both files of a chat.
pub(super) fn write(source: &Source, archive: &mut Archive, row: &SessionRow) -> Result<()> {
    let name = names::chat(&row.session, source.words().untitled);
    let tree = source.wait(messages::tree(source.app.db.read(), &row.session.id))?;
    archive.begin(&format!("{name}.json"), Packing::Tight)?;
    write_tree(source, archive, row, &tree)?;
    archive.begin(&format!("{name}.md"), Packing::Tight)?;
    let head = markdown::head(source.words(), &row.session);
    archive.write_all(head.as_bytes())?;
    for batch in path(&tree, row.active_leaf.as_ref()).chunks(MESSAGES) {
        for message in source.wait(messages::several(source.app.db.read(), &row.session.id, batch))? {
            archive.write_all(markdown::message(source.words(), source.language, &message).as_bytes())?;
        }
    }
    Ok(())
}

fn write_tree(source: &Source, archive: &mut Archive, row: &SessionRow, tree: &[Place]) -> Result<()> {
    write!(archive, "{{\"format\":\"aichat-chat\",\"version\":{VERSION},\"chat\":")?;
    serde_json::to_writer(&mut *archive, &row.session)?;
    write!(archive, ",\"activeMessageId\":{},\"messages\":[", json!(row.active_leaf))?;
    let ids: Vec<MessageId> = tree.iter().map(|place| place.id.clone()).collect();
    let mut between = "\n";
    for batch in ids.chunks(MESSAGES) {
        for message in source.wait(messages::several(source.app.db.read(), &row.session.id, batch))? {
            archive.write_all(between.as_bytes())?;
            serde_json::to_writer(&mut *archive, &message)?;
            between = ",\n";
        }
    }
    Ok(archive.write_all(b"\n]}\n")?)
}

/// The path that ends at `leaf`, from its beginning on.
fn path(tree: &[Place], leaf: Option<&MessageId>) -> Vec<MessageId> {
    let parents: HashMap<&MessageId, Option<&MessageId>> =
        tree.iter().map(|place| (&place.id, place.parent.as_ref())).collect();
    let mut path = Vec::new();
    let mut next = leaf;
    while let Some((id, parent)) = next.and_then(|id| parents.get_key_value(id)) {
        path.push((*id).clone());
        next = *parent;
    }
    path.reverse();
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_active_path_is_one_way_through_the_tree() {
        let place = |id: &str, parent: Option<&str>| Place { id: id.into(), parent: parent.map(Into::into) };
        let tree = [place("a", None), place("b", Some("a")), place("c", Some("a")), place("d", Some("c"))];
        let ids = |leaf: Option<&str>| {
            path(&tree, leaf.map(MessageId::from).as_ref()).into_iter().map(|id| id.0).collect::<Vec<_>>()
        };
        assert_eq!(ids(Some("d")), ["a", "c", "d"]);
        assert_eq!(ids(Some("b")), ["a", "b"]);
        assert!(ids(None).is_empty() && ids(Some("gone")).is_empty());
    }
}
