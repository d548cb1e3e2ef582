//! Signing in through another service, from the button to the account, as a browser and a service meet the server.

pub(crate) mod linked;
mod providers;
mod tokens;

use crate::support::{Reply, TestApp, TestUser};
use mock_llm::{MockLlm, Options};
use reqwest::header::LOCATION;
use serde_json::{Value, json};
use url::Url;

/// Another issuer beside the server's own fake one.
fn issuer() -> MockLlm {
    MockLlm::start(Options { workers: 1, ..Options::default() }).expect("the issuer starts")
}

/// Sets a service up, with these changes. Answers its id.
pub(crate) async fn set_up(admin: &TestUser, issuer: &MockLlm, changes: Value) -> String {
    let mut body = json!({"name": "Casdoor", "issuer": issuer.issuer(), "clientId": "aichat", "clientSecret": "secret-0123",
        "creation": "active"});
    for (name, value) in changes.as_object().expect("an object") {
        body[name] = value.clone();
    }
    let made = admin.post("/api/identity-providers", body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.body["id"].as_str().expect("an id").to_owned()
}

/// A browser on its way: what the server gave it, and what the service sent it back with.
struct Way {
    flow: String,
    back: Value,
}

impl Way {
    /// Goes to the service as this person.
    async fn to(user: &TestUser, start: &str, person: &str) -> Self {
        let started = user.post(start, json!({"tokens": true, "next": "/c/1"})).await;
        assert_eq!(started.status, 200, "{}", started.text);
        Self::from(&started.body, person).await
    }

    async fn from(started: &Value, person: &str) -> Self {
        let mut url = Url::parse(started["url"].as_str().expect("an address")).expect("an address");
        url.query_pairs_mut().append_pair("person", person);
        let browser =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a browser");
        let answer = browser.get(url).send().await.expect("the service answers");
        let location = answer.headers()[LOCATION].to_str().expect("an address");
        let location = Url::parse(location).expect("an address");
        assert_eq!(location.path(), "/auth/callback");
        let mut back = json!({"tokens": true});
        for (name, value) in location.query_pairs() {
            let name = if name == "error_description" { "errorDescription" } else { &name };
            back[name] = value.as_ref().into();
        }
        Self { flow: started["flow"].as_str().unwrap_or_default().to_owned(), back }
    }

    /// Hands over what it was sent back with.
    async fn finish(&self, user: &TestUser) -> Reply {
        let mut body = self.back.clone();
        body["flow"] = self.flow.as_str().into();
        user.post("/api/auth/oidc/finish", body).await
    }
}

/// The whole way of a person who is not signed in.
pub(crate) async fn sign_in(app: &TestApp, provider: &str, person: &str) -> Reply {
    let nobody = app.nobody();
    Way::to(&nobody, &format!("/api/auth/oidc/{provider}/start"), person).await.finish(&nobody).await
}

/// A service that knows this person, made anew as there may be but a few: its id, and that of the link.
pub(crate) async fn known(app: &TestApp, admin: &TestUser, owner: &TestUser) -> (String, String) {
    for old in admin.get("/api/identity-providers").await.body["items"].as_array().expect("a list") {
        admin.delete(&format!("/api/identity-providers/{}", old["id"].as_str().expect("an id"))).await;
    }
    let provider = set_up(admin, &app.mock, json!({})).await;
    assert_eq!(linked::link(owner, &provider, "owner").await.status, 200);
    let identities = owner.get("/api/auth/identities").await.body;
    (provider, identities["items"][0]["id"].as_str().expect("an id").to_owned())
}

fn name(reply: &Reply) -> &str {
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body["user"]["username"].as_str().expect("a name")
}

#[tokio::test]
async fn a_person_signs_in_and_is_the_same_one_the_next_time() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = set_up(&admin, &app.mock, json!({})).await;
    let methods = app.nobody().get("/api/auth/methods").await.body;
    assert_eq!(methods["methods"], json!(["password", "oidc"]));
    assert_eq!(methods["providers"], json!([{"id": provider, "name": "Casdoor"}]));
    assert_eq!(app.nobody().get("/api/bootstrap").await.body["providers"], methods["providers"]);

    let first = sign_in(&app, &provider, "ada").await;
    assert_eq!((name(&first), &first.body["next"]), ("ada", &json!("/c/1")));
    let user = &first.body["user"];
    assert_eq!((&user["role"], &user["passwordless"]), (&json!("user"), &json!(true)));
    let ada = app.bearer(first.body["tokens"]["accessToken"].as_str().expect("a token"));
    assert_eq!(ada.get("/api/sessions").await.status, 200);
    let again = sign_in(&app, &provider, "ada").await;
    assert_eq!(again.body["user"]["id"], user["id"]);
    for password in ["", "correct horse battery"] {
        let body = json!({"username": "ada", "password": password, "tokens": true});
        let refused = app.nobody().post("/api/auth/login", body).await;
        assert_eq!(refused.code(), "auth.credentials", "nobody signs in with a password that is not there");
    }
}

#[tokio::test]
async fn three_people_of_whom_nothing_is_known_are_three_accounts_with_names_of_their_own() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (one, other) = (issuer(), issuer());
    let mut names = Vec::new();
    // Each service knows one of them; the subject of all three is the same.
    for issuer in [&app.mock, &one, &other] {
        let provider = set_up(&admin, issuer, json!({})).await;
        let reply = sign_in(&app, &provider, "bare").await;
        names.push(name(&reply).to_owned());
        assert_eq!(sign_in(&app, &provider, "bare").await.body["user"]["id"], reply.body["user"]["id"]);
    }
    assert_eq!(names, ["user", "user-2", "user-3"]);
}

#[tokio::test]
async fn one_subject_at_two_services_and_one_name_of_an_account_lead_to_nobody_elses_account() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    app.user(&admin, "ada").await;
    let other = issuer();
    let (first, second) = (set_up(&admin, &app.mock, json!({})).await, set_up(&admin, &other, json!({})).await);
    // The service's administrator is no administrator here, whatever they are called.
    let claimed = sign_in(&app, &first, "admin").await;
    assert_eq!((name(&claimed), &claimed.body["user"]["role"]), ("admin-2", &json!("user")));
    let here = sign_in(&app, &first, "ada").await;
    let there = sign_in(&app, &second, "ada").await;
    assert_eq!((name(&here), name(&there)), ("ada-2", "ada-3"));
    assert_ne!(here.body["user"]["id"], there.body["user"]["id"]);
}

#[tokio::test]
async fn whom_nobody_knows_stays_out_waits_or_is_in_as_the_administrator_wants() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let closed = set_up(&admin, &app.mock, json!({"creation": "off", "name": "Off"})).await;
    let refused = sign_in(&app, &closed, "ada").await;
    assert_eq!((refused.status, refused.code()), (403, "oidc.closed"));
    let waits = set_up(&admin, &app.mock, json!({"creation": "pending"})).await;
    for _ in 0..2 {
        let refused = sign_in(&app, &waits, "ada").await;
        assert_eq!((refused.status, refused.code()), (403, "auth.pending"));
    }
    let people = admin.get("/api/admin/users?status=pending").await.body;
    assert_eq!(people["items"].as_array().map(Vec::len), Some(1));
    let path = format!("/api/admin/users/{}", people["items"][0]["id"].as_str().expect("an id"));
    assert_eq!(admin.patch(&path, json!({"status": "active"})).await.status, 200);
    assert_eq!(name(&sign_in(&app, &waits, "ada").await), "ada");
    assert_eq!(name(&sign_in(&app, &closed, "ada").await), "ada", "who is known comes in through a closed door");
    admin.patch(&path, json!({"status": "disabled"})).await;
    assert_eq!(sign_in(&app, &waits, "ada").await.code(), "auth.disabled");
    assert_eq!(sign_in(&app, &waits, "forbidden").await.code(), "oidc.forbidden");
}

#[tokio::test]
async fn whoever_has_a_second_factor_is_asked_for_a_code_here_too() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = set_up(&admin, &app.mock, json!({})).await;
    let first = sign_in(&app, &provider, "ada").await;
    let ada = app.bearer(first.body["tokens"]["accessToken"].as_str().expect("a token"));
    let (phone, _) = crate::second_factor::set_up(&app, &ada).await;
    let step = sign_in(&app, &provider, "ada").await;
    assert_eq!((step.status, step.body.get("user")), (202, None), "{}", step.text);
    let ticket = step.body["secondFactor"]["ticket"].as_str().expect("a ticket");
    assert_eq!(crate::second_factor::second_step(&app, ticket, &phone.code(&app, 0)).await.status, 200);
    crate::second_factor::later(&app);
    let removed = ada.post("/api/auth/second-factor/remove", json!({"code": phone.code(&app, 0)})).await;
    assert_eq!(removed.status, 204, "who has no password shows a code alone: {}", removed.text);
}

#[tokio::test]
async fn administrators_are_made_and_unmade_by_the_claim_that_is_named_and_by_no_other() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let plain = set_up(&admin, &app.mock, json!({"name": "Plain"})).await;
    let role = |reply: &Reply| reply.body["user"]["role"].as_str().expect("a role").to_owned();
    assert_eq!(role(&sign_in(&app, &plain, "governor").await), "user", "without a mapping no claim counts");
    let mapped = set_up(&admin, &app.mock, json!({"adminClaim": "role", "adminValue": "admin"})).await;
    assert_eq!(role(&sign_in(&app, &mapped, "ada").await), "user");
    let governor = sign_in(&app, &mapped, "governor").await;
    assert_eq!(role(&governor), "admin");
    let token = governor.body["tokens"]["accessToken"].as_str().expect("a token");
    assert_eq!(app.bearer(token).get("/api/admin/users").await.status, 200);
    let path = format!("/api/identity-providers/{mapped}");
    assert_eq!(admin.patch(&path, json!({"adminValue": "root"})).await.status, 200);
    let unmade = sign_in(&app, &mapped, "governor").await;
    assert_eq!(role(&unmade), "user", "what a claim gave it takes away");
    assert_eq!(app.bearer(token).get("/api/admin/users").await.code(), "auth.forbidden", "at once, in every login");
}

#[tokio::test]
async fn a_browser_holds_the_flow_in_a_cookie_and_gets_cookies_for_it() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = set_up(&admin, &app.mock, json!({})).await;
    let (browser, start) = (app.nobody(), format!("/api/auth/oidc/{provider}/start"));
    assert_eq!(browser.post(&start, json!({})).await.code(), "auth.csrf");
    let marked = |path: &str| browser.request(reqwest::Method::POST, path).header("x-aichat-request", "1");
    let started = browser.call(marked(&start).json(&json!({}))).await;
    assert_eq!(started.body.get("flow"), None);
    let cookie = started.headers["set-cookie"].to_str().expect("text").to_owned();
    for part in ["aichat_flow=", "HttpOnly", "SameSite=Lax", "Path=/api/auth/oidc", "Max-Age=600"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let held = cookie.split(';').next().expect("a cookie");
    let mut back = Way::from(&started.body, "ada").await.back;
    back.as_object_mut().expect("an object").remove("tokens");
    let without = browser.call(marked("/api/auth/oidc/finish").json(&back)).await;
    assert_eq!((without.status, without.code()), (400, "oidc.state"), "another browser finishes nothing");
    let done = browser.call(marked("/api/auth/oidc/finish").header("cookie", held).json(&back)).await;
    assert_eq!((name(&done), done.body.get("tokens")), ("ada", None));
    let cookies: Vec<&str> =
        done.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()).collect();
    assert!(cookies.iter().any(|cookie| cookie.starts_with("aichat_access=")), "{cookies:?}");
    assert!(cookies.iter().any(|cookie| cookie.starts_with("aichat_flow=;")), "{cookies:?}");
    let again = browser.call(marked("/api/auth/oidc/finish").header("cookie", held).json(&back)).await;
    assert_eq!(again.code(), "oidc.denied", "a code is redeemed once");
}
