//! Name, logo and colour: public, live at once, and never anything that a browser could run.

use crate::files::picture;
use crate::support::{Events, TestApp, TestUser};
use reqwest::Method;
use serde_json::{Value, json};
use shared::colour::{DARK, LIGHT, Rgb, contrast};

const LOGO: &str = "/api/settings/logo";

async fn branding(user: &TestUser) -> Value {
    user.get("/api/settings/branding").await.body
}

async fn paint(admin: &TestUser, colour: &str) -> u16 {
    admin.put("/api/settings/system/brand_colour", json!({"value": colour})).await.status
}

#[tokio::test]
async fn a_colour_comes_with_what_can_be_read_of_it_in_both_themes() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    assert_eq!(branding(&app.nobody()).await, json!({"name": "AIChat"}), "a product without a brand sends none");
    assert_eq!(paint(&admin, "FFEE00").await, 200);
    let brand = branding(&app.nobody()).await;
    assert_eq!(brand["colour"], "#ffee00");
    for (theme, ground) in [("light", LIGHT.selected), ("dark", DARK.selected)] {
        let accent = brand["accents"][theme]["accent"].as_str().and_then(Rgb::parse).expect("a colour");
        assert!(contrast(accent, ground) >= 4.5, "{theme}: {}", accent.hex());
    }
    assert_eq!(app.nobody().get("/api/bootstrap").await.body["branding"], brand, "the sign-in page has it at once");
    assert_eq!(paint(&admin, "yellow").await, 400);
    assert_eq!(branding(&app.nobody()).await, brand);
    assert_eq!(paint(&admin, "").await, 200);
    assert_eq!(branding(&app.nobody()).await, json!({"name": "AIChat"}));
}

#[tokio::test]
async fn a_logo_is_small_seen_by_everybody_and_told_to_every_tab() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let mut tab = Events::open(bob.request(Method::GET, "/api/events")).await;
    let put = admin.put_bytes(LOGO, picture(600, 300)).await;
    let address = put.body["logo"].as_str().expect("an address").to_owned();
    assert!(address.starts_with(&format!("{LOGO}?v=")), "{address}");
    while !tab.frame().await.expect("told").data.contains("settings.changed") {}
    assert_eq!(branding(&app.nobody()).await["logo"], json!(address));
    let answer = app.nobody().request(Method::GET, &address).send().await.expect("an answer");
    let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    assert!(header("cache-control").contains("immutable"));
    assert!(header("content-security-policy").contains("sandbox"), "nothing runs in it");
    // A picture of many colours is kept as a photograph.
    assert_eq!((header("content-type"), header("x-content-type-options")), ("image/jpeg".into(), "nosniff".into()));
    let logo = image::load_from_memory(&answer.bytes().await.expect("a whole answer")).expect("a picture");
    assert!(logo.width() <= 256 && logo.width() == 2 * logo.height(), "{} × {}", logo.width(), logo.height());
    let other = admin.put_bytes(LOGO, picture(40, 40)).await.body["logo"].clone();
    assert_ne!(other, json!(address), "another picture has another address");
    let unversioned = app.nobody().get(LOGO).await;
    assert_eq!(unversioned.headers["cache-control"], "private, no-cache", "it may be another one tomorrow");
    assert_eq!(admin.delete(LOGO).await.body, json!({"name": "AIChat"}));
    assert_eq!(app.nobody().get(LOGO).await.code(), "file.not_found");
}

#[tokio::test]
async fn a_logo_is_a_picture_of_pixels_and_the_one_before_stays_when_another_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let before = admin.put_bytes(LOGO, picture(20, 20)).await.body["logo"].clone();
    let drawing = r#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#.as_bytes().to_vec();
    for (file, status, code) in [
        (drawing, 415, "image.unsupported"),
        (picture(20, 20)[..60].to_vec(), 400, "image.broken"),
        (Vec::new(), 400, "file.empty"),
    ] {
        let refused = admin.put_bytes(LOGO, file).await;
        assert_eq!((refused.status, refused.code()), (status, code), "{}", refused.text);
    }
    assert_eq!(branding(&admin).await["logo"], before);
    let listed = admin.get("/api/settings/system").await.body;
    assert!(!listed.to_string().contains("brand_logo"), "its bytes are in no list");
}

#[tokio::test]
async fn a_brand_outlives_a_restart() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    admin.put_bytes(LOGO, picture(20, 20)).await;
    paint(&admin, "#aa3377").await;
    let before = branding(&admin).await;
    let (config, data_dir) = app.crash().await;
    let app = TestApp::open(config, data_dir).await;
    assert_eq!(branding(&app.nobody()).await, before);
    assert_eq!(app.nobody().request(Method::GET, LOGO).send().await.expect("an answer").status(), 200);
}
