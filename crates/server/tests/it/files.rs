//! Files that people attach: every kind, every limit, who may see them, and when they go.

mod faces;
// The same documents that the reader itself is tested with.
#[path = "../../../documents/tests/it/fixtures.rs"]
mod fixtures;
mod hostile;
mod keeping;
mod kinds;
mod limits;
mod serving;

use crate::support::{Reply, TestApp, TestUser};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::Value;
use server::db;
use shared::{FileId, MessageId, UserId};
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// A PNG of many colours.
pub(crate) fn picture(width: u32, height: u32) -> Vec<u8> {
    encoded(width, height, ImageFormat::Png)
}

fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let colour = |x: u32, y: u32| Rgb([(x * 7) as u8, (y * 5) as u8, (x * y) as u8]);
    let image = DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, colour));
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("memory takes it");
    bytes.into_inner()
}

/// The id in an answer about a file.
fn id(reply: &Reply) -> FileId {
    assert!([200, 201].contains(&reply.status), "{}", reply.text);
    FileId(reply.body["id"].as_str().expect("an id").to_owned())
}

fn address(id: &FileId) -> String {
    format!("/api/files/{id}")
}

/// Status and bytes of an answer that need not be text.
async fn bytes(user: &TestUser, path: &str) -> Vec<u8> {
    let answer = user.request(reqwest::Method::GET, path).send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 200, "{path}");
    answer.bytes().await.expect("a whole answer").to_vec()
}

async fn used(user: &TestUser) -> u64 {
    user.get("/api/files/usage").await.body["used"].as_u64().expect("a number")
}

/// Notes that a message holds a file.
async fn hold(app: &TestApp, id: &FileId, message: &str) {
    let tx = app.app.db.begin().await.expect("a transaction");
    db::files::refer(&tx, std::slice::from_ref(id), &MessageId(message.to_owned())).await.expect("written");
    tx.commit().await.expect("committed");
}

async fn is_there(app: &TestApp, owner: &TestUser, id: &FileId) -> bool {
    let owner = UserId(owner.id.clone());
    db::files::get(app.app.db.read(), &owner, id).await.expect("read").is_some()
}

/// Everything in the folders of files, but what marks them as ours.
fn stored(app: &TestApp) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for root in ["files", "images"] {
        list(&app.data_dir.join(root), &mut found);
    }
    found
}

fn list(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            list(&path, found);
        } else if !path.ends_with(".aichat-files") {
            found.push(path);
        }
    }
}

fn text<'a>(body: &'a Value, key: &str) -> &'a str {
    body[key].as_str().unwrap_or_default()
}
