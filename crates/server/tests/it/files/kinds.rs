//! Every kind of file once, from its bytes to what a model reads.

use super::fixtures::{docx, paragraph, pdf_of_pages, pptx, xlsx};
use super::{address, bytes, encoded, id, picture, text};
use crate::support::TestApp;
use image::ImageFormat;
use serde_json::json;
use shared::{Part, UserId};
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn ods() -> Vec<u8> {
    let table = r#"<office:document-content><office:body><office:spreadsheet><table:table table:name="表">
        <table:table-row><table:table-cell><text:p>苹果</text:p></table:table-cell></table:table-row>
        </table:table></office:spreadsheet></office:body></office:document-content>"#;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    // The first entry says what it is, unpacked: that is how such files are known.
    for (name, content, method) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet", CompressionMethod::Stored),
        ("content.xml", table, CompressionMethod::Deflated),
    ] {
        writer.start_file(name, SimpleFileOptions::default().compression_method(method)).expect("an entry begins");
        writer.write_all(content.as_bytes()).expect("memory takes it");
    }
    writer.finish().expect("the archive ends").into_inner()
}

#[tokio::test]
async fn every_kind_of_document_is_read_and_given_back_as_it_came() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let office = |kind: &str| format!("application/vnd.openxmlformats-officedocument.{kind}");
    let sheet = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>金额</t></is></c></row>"#;
    let documents: [(&str, Vec<u8>, &str, String); 9] = [
        ("报告.docx", docx(&paragraph("", "Word 中文")), "Word 中文", office("wordprocessingml.document")),
        ("a.xlsx", xlsx(sheet), "金额", office("spreadsheetml.sheet")),
        ("a.pptx", pptx(2), "标题1", office("presentationml.presentation")),
        ("a.ods", ods(), "苹果", "application/vnd.oasis.opendocument.spreadsheet".into()),
        ("a.pdf", pdf_of_pages(&["BT /F1 9 Tf (Portable) Tj ET"], ""), "Portable", "application/pdf".into()),
        ("a.html", b"<!doctype html><p>Page <b>words</b></p>".to_vec(), "Page words", "text/html".into()),
        ("a.md", "# 标题\n\nwords".into(), "# 标题", "text/markdown".into()),
        ("a.rs", b"fn main() {}".to_vec(), "fn main() {}", "text/plain".into()),
        ("a.txt", "plain words".into(), "plain words", "text/plain".into()),
    ];
    for (name, file, words, media_type) in documents {
        let reply = user.upload(name, file.clone()).await;
        assert_eq!((reply.status, text(&reply.body, "kind")), (201, "document"), "{name}: {}", reply.text);
        assert_eq!((text(&reply.body, "name"), text(&reply.body, "mediaType")), (name, media_type.as_str()));
        assert_eq!(reply.body["size"], json!(file.len()));
        assert_eq!(reply.body["width"], json!(null), "{name}");
        let (id, owner) = (id(&reply), UserId(user.id.clone()));
        let read = user.get(&format!("{}/text", address(&id))).await;
        assert!(read.text.contains(words), "{name}: {}", read.text);
        assert_eq!(reply.body["characters"], json!(read.text.chars().count()), "{name}");
        assert!(reply.body["tokens"].as_u64() > Some(0) && reply.body["cut"] == json!(null), "{}", reply.text);
        assert_eq!(bytes(&user, &address(&id)).await, file, "{name}");
        assert_eq!(app.app.files.text(&owner, &id).await.expect("read"), Some(read.text), "{name}: what a model gets");
        assert!(app.app.files.picture(&owner, &id).await.expect("read").is_none(), "{name} is no picture");
    }
}

#[tokio::test]
async fn every_kind_of_picture_is_made_anew_and_shown() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    for (name, format) in [
        ("png.png", ImageFormat::Png),
        ("jpeg.jpeg", ImageFormat::Jpeg),
        ("gif.gif", ImageFormat::Gif),
        ("webp.webp", ImageFormat::WebP),
    ] {
        let reply = user.upload(name, encoded(40, 24, format)).await;
        assert_eq!((reply.status, text(&reply.body, "kind")), (201, "image"), "{name}: {}", reply.text);
        assert_eq!((&reply.body["width"], &reply.body["height"]), (&json!(40), &json!(24)));
        assert_eq!(reply.body["tokens"], json!(85));
        let (id, owner) = (id(&reply), UserId(user.id.clone()));
        let shown = bytes(&user, &address(&id)).await;
        assert_eq!(reply.body["size"], json!(shown.len()));
        let media = app.app.files.picture(&owner, &id).await.expect("read").expect("a picture");
        assert_eq!((media.media_type.as_str(), &media.data[..]), (text(&reply.body, "mediaType"), &shown[..]));
        assert_eq!(app.app.files.text(&owner, &id).await.expect("read"), None);
        assert_eq!(user.get(&format!("{}/text", address(&id))).await.code(), "file.not_found");
    }
}

#[tokio::test]
async fn a_large_picture_is_made_as_small_as_models_look_at() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let reply = user.upload("a.png", picture(2100, 70)).await;
    assert_eq!((&reply.body["width"], &reply.body["height"]), (&json!(2048), &json!(68)), "{}", reply.text);
}

#[tokio::test]
async fn text_in_gb18030_is_read_and_its_bytes_are_kept() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let words = "第一行：中文文本\n第二行，用的是旧编码";
    let file = encoding_rs::GB18030.encode(words).0.into_owned();
    let id = id(&user.upload("旧.txt", file.clone()).await);
    let read = user.get(&format!("{}/text", address(&id))).await;
    assert_eq!(
        (read.text.as_str(), &read.headers["content-type"]),
        (words, &"text/plain; charset=utf-8".parse().expect("text"))
    );
    assert_eq!(bytes(&user, &address(&id)).await, file);
}

#[tokio::test]
async fn a_wrong_ending_and_a_declared_type_deceive_nobody() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let request = user.request(reqwest::Method::POST, "/api/files?name=notes.txt");
    let reply = user.call(request.header("content-type", "text/html").body(picture(20, 20))).await;
    assert_eq!((text(&reply.body, "kind"), text(&reply.body, "name")), ("image", "notes.txt.jpg"), "{}", reply.text);
    let page = user.upload("photo.png", "<!doctype html><script>alert(1)</script><p>words</p>").await;
    assert_eq!((text(&page.body, "kind"), text(&page.body, "mediaType")), ("document", "text/html"));
    let pdf = user.upload("photo.jpg", pdf_of_pages(&["BT /F1 9 Tf (words) Tj ET"], "")).await;
    assert_eq!(text(&pdf.body, "mediaType"), "application/pdf");
}

#[tokio::test]
async fn a_message_takes_files_by_their_ids_and_nothing_else_of_what_is_said_about_them() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let other = app.user(&admin, "other").await;
    let (image, document) = (admin.upload("a.png", picture(30, 20)).await, admin.upload("a.md", "# words").await);
    let (image, document) = (id(&image), id(&document));
    let lie = |kind: &str, file: &str| -> Part {
        serde_json::from_value(
            json!({"kind": kind, "v": 1, "fileId": file, "name": "lie", "size": 1, "mediaType": "x/y", "tokens": 0}),
        )
        .expect("a part")
    };
    let (owner, stranger) = (UserId(admin.id.clone()), UserId(other.id.clone()));
    let parts = vec![lie("file", &image.0), lie("image", &document.0), lie("file", &image.0)];
    let taken = app.app.files.check(&owner, parts.clone()).await.expect("taken");
    let [Part::Image(picture), Part::File(file)] = &taken[..] else { panic!("{taken:?}") };
    assert_eq!((picture.name.as_str(), picture.media_type.as_str(), picture.width), ("a.jpg", "image/jpeg", Some(30)));
    assert_eq!((file.name.as_str(), file.media_type.as_str(), file.size), ("a.md", "text/markdown", 7));
    assert!(picture.tokens > 0 && file.tokens > 0);
    let refused =
        async |owner: &UserId, parts| app.app.files.check(owner, parts).await.expect_err("is refused").code.as_str();
    assert_eq!(refused(&stranger, parts).await, "file.not_found", "of somebody else");
    assert_eq!(refused(&owner, vec![lie("image", "no such file")]).await, "file.not_found");
    assert_eq!(refused(&owner, vec![Part::text("words")]).await, "request.invalid");
    assert_eq!(refused(&owner, vec![lie("image", &image.0); 21]).await, "file.too_many");
    assert_eq!(app.app.files.check(&owner, Vec::new()).await.expect("nothing to do"), []);
}
