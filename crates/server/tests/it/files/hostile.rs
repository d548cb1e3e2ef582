//! Files that mean harm, by the classes that hit others: each gets a sentence, and the next file is read as ever.

use super::fixtures::{docx, paragraph, pdf_of_pages};
use super::{address, bytes, encoded, id, picture, stored, text, used};
use crate::support::{TestApp, TestUser};
use image::ImageFormat;

/// Refused with this status and code, in words, with nothing left of it; and files are read as before.
async fn is_refused(app: &TestApp, user: &TestUser, name: &str, file: Vec<u8>, status: u16, code: &str) {
    let before = stored(app);
    let reply = user.upload(name, file).await;
    assert_eq!((reply.status, reply.code()), (status, code), "{name}: {}", reply.text);
    assert!(!text(&reply.body, "message").is_empty());
    assert_eq!(stored(app), before, "{name}");
    assert_eq!(user.upload("fine.txt", "fine").await.body["characters"], 4);
}

/// CVE class "falsified archive metadata": bombs and nested archives.
#[tokio::test]
async fn a_zip_bomb_is_refused_for_what_comes_out_of_it() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let bomb = docx(&paragraph("", &"0".repeat(160 << 20)));
    assert!(bomb.len() < 1 << 20);
    is_refused(&app, &user, "bomb.docx", bomb, 413, "document.too_large").await;
}

#[tokio::test]
async fn closed_endless_and_broken_documents_get_a_sentence() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let page = pdf_of_pages(&["BT /F1 9 Tf (x) Tj ET"], "");
    let closed = String::from_utf8_lossy(&page).replace("/Root 1 0 R", "/Root 1 0 R /Encrypt << /Filter /Standard >>");
    is_refused(&app, &user, "closed.pdf", closed.into_bytes(), 400, "document.encrypted").await;
    let office: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let office = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 512], &office].concat();
    is_refused(&app, &user, "closed.docx", office, 400, "document.encrypted").await;
    let pages = vec!["BT /F1 9 Tf (x) Tj ET"; 10_000];
    is_refused(&app, &user, "long.pdf", pdf_of_pages(&pages, ""), 413, "document.too_many_pages").await;
    is_refused(&app, &user, "cut.pdf", b"%PDF-1.7\n".to_vec(), 400, "document.broken").await;
    is_refused(&app, &user, "scan.pdf", pdf_of_pages(&["q Q"], ""), 400, "document.no_text").await;
    let deep = docx(&"<w:p>".repeat(100_000));
    is_refused(&app, &user, "deep.docx", deep, 400, "document.broken").await;
    is_refused(&app, &user, "empty.txt", Vec::new(), 400, "file.empty").await;
}

#[tokio::test]
async fn programs_sound_film_and_archives_are_refused_whatever_they_are_called() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let zip = super::fixtures::zipped(&[("a.txt", "words")]);
    for (name, file) in [
        ("photo.png", b"\x7fELF\x02\x01\x01\0\0\0".to_vec()),
        ("notes.txt", [&b"MZ\x90\0"[..], &[0; 600]].concat()),
        ("song.txt", b"ID3\x03\0\0\0\0\0\0".to_vec()),
        ("film.pdf", b"\0\0\0\x20ftypisom\0\0\0\0".to_vec()),
        ("letter.docx", zip),
        ("data.csv", b"SQLite format 3\0\0\0".to_vec()),
        ("noise.md", (0..=255).cycle().take(4000).collect()),
    ] {
        is_refused(&app, &user, name, file, 415, "document.unsupported").await;
    }
}

#[tokio::test]
async fn a_picture_that_declares_to_be_huge_is_refused_before_it_is_decoded() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let mut huge = picture(4, 4);
    huge[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let checksum = crc32(&huge[12..29]).to_be_bytes();
    huge[29..33].copy_from_slice(&checksum);
    is_refused(&app, &user, "huge.png", huge, 413, "image.too_large").await;
    is_refused(&app, &user, "cut.png", picture(40, 40)[..200].to_vec(), 400, "image.broken").await;
    is_refused(&app, &user, "a.heic", b"\0\0\0\x20ftypheic\0\0\0\0".to_vec(), 415, "image.unsupported").await;
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |mut sum, byte| {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
        }
        sum
    })
}

/// Class "stored XSS by a cached file": a picture that is a page at the same time.
#[tokio::test]
async fn what_hides_behind_or_in_a_picture_is_gone() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let script = b"<script>alert(document.cookie)</script>";
    let mut comment = encoded(16, 16, ImageFormat::Jpeg);
    let length = (script.len() as u16 + 2).to_be_bytes();
    comment.splice(2..2, [&[0xff, 0xfe], &length[..], script].concat());
    let behind = [&picture(16, 16)[..], script].concat();
    for (name, file) in [("a.jpg", comment), ("page.html", behind)] {
        assert!(contains(&file, script));
        let reply = user.upload(name, file).await;
        assert_eq!(text(&reply.body, "kind"), "image", "{}", reply.text);
        assert!(!contains(&bytes(&user, &address(&id(&reply))).await, b"script"), "{name}");
    }
}

/// Class "metadata": where and when a photograph was taken stays with the person.
#[tokio::test]
async fn place_and_time_of_a_photograph_are_gone_and_it_stands_upright() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    exif.extend(b"GPS 52.5200 13.4050 2026:01:01");
    let length = (exif.len() as u16 + 2).to_be_bytes();
    let mut file = encoded(40, 24, ImageFormat::Jpeg);
    file.splice(2..2, [&[0xff, 0xe1], &length[..], &exif].concat());
    let reply = user.upload("holiday.jpg", file).await;
    assert_eq!((&reply.body["width"], &reply.body["height"]), (&24.into(), &40.into()), "{}", reply.text);
    let kept = bytes(&user, &address(&id(&reply))).await;
    assert!(!contains(&kept, b"Exif") && !contains(&kept, b"GPS"));
    let on_disk = stored(&app);
    assert!(on_disk.iter().all(|file| !contains(&std::fs::read(file).expect("read"), b"GPS")), "{on_disk:?}");
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Class "path traversal": a name is never a path, in the folder or in a header.
#[tokio::test]
async fn tricks_in_a_name_lead_nowhere() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    for (at, (given, kept)) in [
        ("../../../../tmp/evil.txt", "evil.txt"),
        (r"..\..\evil.txt", "evil.txt"),
        ("/etc/cron.d/evil", "evil"),
        ("a\r\nX-Evil: 1.txt", "aX-Evil: 1.txt"),
        ("nul\0.txt", "nul.txt"),
        ("photo\u{202e}gpj.exe", "photogpj.exe"),
        ("..", "file"),
    ]
    .into_iter()
    .enumerate()
    {
        let reply = user.upload(given, format!("words {at}")).await;
        assert_eq!((reply.status, text(&reply.body, "name")), (201, kept), "{given:?}: {}", reply.text);
        let headers = user.get(&address(&id(&reply))).await.headers;
        assert!(headers.get("x-evil").is_none());
    }
    let root = app.data_dir.join("files");
    assert!(stored(&app).iter().all(|path| path.starts_with(&root)));
    for path in
        ["/api/files/..%2f..%2faichat.db", "/api/files/%2e%2e%2fsecrets.json", "/api/files/%2fetc%2fpasswd/text"]
    {
        let reply = user.get(path).await;
        assert_eq!((reply.status, reply.text.contains("root:")), (404, false), "{path}");
    }
    assert!(used(&user).await > 0);
}

/// Class "SVG runs scripts": it is read as the text that it is, and a browser only ever saves it.
#[tokio::test]
async fn a_drawing_with_a_script_is_text_and_a_download() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let drawing = r#"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>"#;
    let reply = user.upload("logo.svg", drawing).await;
    assert_eq!((text(&reply.body, "kind"), text(&reply.body, "mediaType")), ("document", "text/plain"));
    let answer = user.get(&address(&id(&reply))).await;
    assert_eq!(
        (answer.text.as_str(), &answer.headers["content-type"]),
        (drawing, &"application/octet-stream".parse().expect("text"))
    );
    assert!(answer.headers["content-disposition"].to_str().expect("text").starts_with("attachment;"));
}
