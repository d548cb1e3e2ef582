//! The second factor, from its setting up to its end, as a person with an authenticator app meets it.

mod held;
mod sign_in;

use crate::support::{PASSWORD, Reply, TestApp, TestUser};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha1::Sha1;

/// An app on a phone, whose clock goes with the server's.
#[derive(Clone)]
pub(crate) struct Phone {
    secret: Vec<u8>,
}

impl Phone {
    /// Reads the secret as people type it.
    pub(crate) fn told(secret: &str) -> Self {
        let value = |letter: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).expect("base32");
        let bits: Vec<bool> =
            secret.chars().flat_map(|c| (0..5).rev().map(move |at| value(c) >> at & 1 == 1)).collect();
        let byte = |bits: &[bool]| bits.iter().fold(0_u8, |byte, bit| byte << 1 | u8::from(*bit));
        Self { secret: bits.chunks_exact(8).map(byte).collect() }
    }

    /// What it shows now, or so many steps before or after.
    pub(crate) fn code(&self, app: &TestApp, steps: i64) -> String {
        let step = app.app.clock.now().div_euclid(30_000) + steps;
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.secret).expect("a key");
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let at = usize::from(digest[19] & 15);
        let number = u32::from_be_bytes([digest[at], digest[at + 1], digest[at + 2], digest[at + 3]]);
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }

    /// A code that it does not show.
    fn wrong(&self, app: &TestApp) -> String {
        let shown = [-1, 0, 1].map(|steps| self.code(app, steps));
        let mut codes = (0..10).map(|number| format!("{number:06}"));
        codes.find(|code| !shown.contains(code)).expect("one of ten")
    }
}

/// Lets the codes that were used be over.
pub(crate) fn later(app: &TestApp) {
    app.app.clock.shift(90_000);
}

/// Sets a second factor up. Answers the phone and the recovery codes.
pub(crate) async fn set_up(app: &TestApp, user: &TestUser) -> (Phone, Vec<String>) {
    let begun = user.post("/api/auth/second-factor", json!({})).await;
    assert_eq!(begun.status, 200, "{}", begun.text);
    let phone = Phone::told(begun.body["secret"].as_str().expect("a secret"));
    let done = user.post("/api/auth/second-factor/confirm", json!({"code": phone.code(app, 0)})).await;
    assert_eq!(done.status, 200, "{}", done.text);
    later(app);
    (phone, codes(&done.body))
}

fn codes(body: &Value) -> Vec<String> {
    serde_json::from_value(body["codes"].clone()).expect("codes")
}

async fn first_step(app: &TestApp, name: &str) -> Reply {
    let credentials = json!({"username": name, "password": PASSWORD, "tokens": true});
    app.nobody().post("/api/auth/login", credentials).await
}

async fn ticket(app: &TestApp, name: &str) -> String {
    let reply = first_step(app, name).await;
    assert_eq!(reply.status, 202, "{}", reply.text);
    reply.body["secondFactor"]["ticket"].as_str().expect("a ticket").to_owned()
}

pub(crate) async fn second_step(app: &TestApp, ticket: &str, code: &str) -> Reply {
    app.nobody().post("/api/auth/login/code", json!({"ticket": ticket, "code": code, "tokens": true})).await
}

#[tokio::test]
async fn it_counts_once_a_code_was_shown_and_gives_recovery_codes_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    assert_eq!(admin.get("/api/auth/second-factor").await.body, json!({"recoveryCodes": 0}));
    let early = admin.post("/api/auth/second-factor/confirm", json!({"code": "000000"})).await;
    assert_eq!((early.status, early.code()), (409, "second_factor.off"));

    let begun = admin.post("/api/auth/second-factor", json!({})).await.body;
    let uri = begun["uri"].as_str().expect("an address");
    assert!(uri.starts_with("otpauth://totp/AIChat:admin?secret=") && uri.contains("&issuer=AIChat"), "{uri}");
    assert!(begun["qr"].as_str().expect("a picture").starts_with("<svg "));
    assert_eq!(first_step(&app, "admin").await.status, 200, "it does not count before a code was shown");

    let again = admin.post("/api/auth/second-factor", json!({})).await.body;
    let (old, phone) = (Phone::told(begun["secret"].as_str().expect("a secret")), again["secret"].as_str());
    let phone = Phone::told(phone.expect("a secret"));
    let refused = admin.post("/api/auth/second-factor/confirm", json!({"code": old.code(&app, 0)})).await;
    assert_eq!((refused.status, refused.code()), (403, "auth.code"), "the first secret is no longer");
    let code = phone.code(&app, 0);
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let done = admin.post("/api/auth/second-factor/confirm", json!({"code": spaced})).await;
    assert_eq!(codes(&done.body).len(), 10, "{}", done.text);
    let status = admin.get("/api/auth/second-factor").await.body;
    assert!(status["since"].is_string() && status["recoveryCodes"] == 10, "{status}");
    assert_eq!(admin.get("/api/auth/me").await.body["secondFactor"], true);
    for path in ["/api/auth/second-factor", "/api/auth/second-factor/confirm"] {
        let refused = admin.post(path, json!({"code": phone.code(&app, 1)})).await;
        assert_eq!((refused.status, refused.code()), (409, "second_factor.on"), "{path}");
    }
}

#[tokio::test]
async fn recovery_codes_are_made_anew_with_a_code_and_the_old_ones_are_void() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let refused = admin.post("/api/auth/second-factor/recovery-codes", json!({"code": "000000"})).await;
    assert_eq!((refused.status, refused.code()), (409, "second_factor.off"));
    let (phone, old) = set_up(&app, &admin).await;
    let renew = |code: String| {
        let admin = admin.clone();
        async move { admin.post("/api/auth/second-factor/recovery-codes", json!({"code": code})).await }
    };
    assert_eq!(renew(phone.wrong(&app)).await.code(), "auth.code");
    let new = codes(&renew(phone.code(&app, 0)).await.body);
    assert!(new.len() == 10 && new.iter().all(|code| !old.contains(code)));
    let first = ticket(&app, "admin").await;
    assert_eq!(second_step(&app, &first, &old[0]).await.code(), "auth.code");
    assert_eq!(second_step(&app, &first, &new[0]).await.status, 200);
    assert_eq!(admin.get("/api/auth/second-factor").await.body["recoveryCodes"], 9);
}

#[tokio::test]
async fn it_is_removed_with_the_password_and_a_code_and_by_nothing_less() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (phone, recovery) = set_up(&app, &admin).await;
    let remove = |body: Value| {
        let admin = admin.clone();
        async move { admin.post("/api/auth/second-factor/remove", body).await }
    };
    let code = phone.code(&app, 0);
    for (body, due) in [
        (json!({"code": code}), "auth.password"),
        (json!({"password": "wrong horse battery", "code": code}), "auth.password"),
        (json!({"password": PASSWORD, "code": phone.wrong(&app)}), "auth.code"),
        (json!({"password": PASSWORD, "code": "x".repeat(10_000)}), "auth.code"),
    ] {
        let refused = remove(body).await;
        assert_eq!((refused.status, refused.code()), (403, due));
    }
    let done = remove(json!({"password": PASSWORD, "code": recovery[3].to_uppercase()})).await;
    assert_eq!(done.status, 204, "{}", done.text);
    assert_eq!(first_step(&app, "admin").await.status, 200);
    assert_eq!(admin.get("/api/auth/me").await.body.get("secondFactor"), None);
    set_up(&app, &admin).await;
    assert_eq!(first_step(&app, "admin").await.status, 202);
}
