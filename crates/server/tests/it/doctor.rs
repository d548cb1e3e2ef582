//! `aichat doctor`: what it finds beside a running server, without one, and through proxies that do something wrong.

mod middleman;

use crate::program::{Folder, Program, run};
use crate::support::{TestApp, TestUser, test_config};
use middleman::{Habit, Middleman};
use mock_llm::{MockLlm, Options};
use serde_json::{Value, json};
use server::config::Config;
use server::doctor::{Finding, Report, State, examine};
use shared::error::Language;

/// The configuration of a running server, with its port.
fn beside(app: &TestApp) -> Config {
    let mut config = app.config();
    config.port = app.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    config
}

fn host(app: &TestApp) -> &str {
    app.url.trim_start_matches("http://")
}

/// The codes that are not ok.
fn complaints(report: &Report) -> Vec<&str> {
    report.findings.iter().filter(|found| found.state != State::Ok).map(Finding::code).collect()
}

fn codes(report: &Report) -> Vec<&str> {
    report.findings.iter().map(Finding::code).collect()
}

#[tokio::test]
async fn a_healthy_installation_is_healthy_step_by_step() {
    let app = TestApp::new().await;
    app.with_models(&["ok"]).await;
    let proxy = Middleman::start(host(&app), Habit::Honest);
    let report = examine(&beside(&app), Some(&proxy.url)).await;
    assert_eq!(complaints(&report), [""; 0], "{}", report.to_text(Language::En));
    let expected = ["data.ok", "database.ok", "secrets.ok", "port.ours", "clock.ok", "public.ok", "stream.ok"];
    assert_eq!(codes(&report)[..7], expected);
    let stages: Vec<_> = report.findings.iter().filter_map(|found| found.subject.clone()).collect();
    let stage = |name| ("mock".to_owned(), name);
    assert_eq!(stages, [stage("address"), stage("tcp"), stage("models"), stage("chat")]);
    assert!(report.is_ok() && report.to_text(Language::ZhCn).ends_with("一切正常。\n"));
}

#[tokio::test]
async fn folders_of_files_that_cannot_be_used_are_named() {
    let app = TestApp::new().await;
    app.with_models(&["ok"]).await;
    let mut config = beside(&app);
    let blocked = app.data_dir.join("blocked");
    std::fs::write(&blocked, "a file where the folder should be").expect("written");
    config.chat_image_dir = Some(blocked.join("images"));
    let badge = app.data_dir.join("files/.aichat-files");
    std::fs::create_dir_all(app.data_dir.join("files")).expect("made");
    std::fs::write(&badge, "another installation").expect("written");
    let report = examine(&config, Some(&app.url)).await;
    let found = complaints(&report);
    assert!(found.contains(&"files.not_writable") && found.contains(&"files.foreign"), "{found:?}");
    for language in [Language::En, Language::ZhCn] {
        let text = report.to_text(language);
        for path in [&blocked, &badge] {
            assert!(text.contains(&path.display().to_string()), "{text}");
        }
    }
}

#[tokio::test]
async fn what_a_proxy_does_wrong_is_named_with_its_remedy() {
    let app = TestApp::new().await;
    app.with_models(&["ok"]).await;
    for (habit, expected) in [
        (Habit::Buffers, &["stream.buffered"][..]),
        (Habit::Caches, &["public.cached"]),
        (Habit::RenamesHost, &["public.host"]),
        (Habit::Cuts, &["stream.cut"]),
        (Habit::Stranded, &["public.gateway"]),
        (Habit::Website, &["public.other_program"]),
        (Habit::SaysHttps, &[]),
    ] {
        let proxy = Middleman::start(host(&app), habit);
        let report = examine(&beside(&app), Some(&proxy.url)).await;
        assert_eq!(complaints(&report), expected, "{}", report.to_text(Language::En));
        let bad = report.findings.iter().filter(|found| found.state != State::Ok);
        for found in bad {
            for language in [Language::En, Language::ZhCn] {
                let said = format!("{} {}", found.message(language), found.remedy(language).expect("a remedy"));
                assert!(said.contains(&proxy.url) && !said.contains(['…', '{']), "{said}");
            }
        }
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_trusted_is_named_whatever_the_scheme_and_the_public_address() {
    for public in [None, Some("https://chat.example.com")] {
        let app = TestApp::with(|config| {
            config.trusted_proxies = Vec::new();
            config.public_url = public.map(str::to_owned);
        })
        .await;
        app.with_models(&["ok"]).await;
        let proxy = Middleman::start(host(&app), Habit::SaysHttps);
        let report = examine(&beside(&app), Some(&proxy.url)).await;
        assert_eq!(complaints(&report), ["public.untrusted_proxy"], "{}", report.to_text(Language::En));
        assert!(report.to_text(Language::En).contains("loopback,private,127.0.0.1"), "what to write is said");
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_named_by_the_reason() {
    let app = TestApp::new().await;
    let other = TestApp::new().await;
    let tls = app.url.replace("http://", "https://");
    for (url, expected) in [
        ("http://127.0.0.1:9", "public.refused"),
        ("http://no-such-host.invalid", "public.dns"),
        (tls.as_str(), "public.tls"),
        (other.url.as_str(), "public.other_server"),
        ("chat.example.com", "public.invalid"),
        ("https://chat.example.com/path", "public.invalid"),
    ] {
        let report = examine(&beside(&app), Some(url)).await;
        assert_eq!(complaints(&report), [expected, "connection.none"], "{url}: {}", report.to_text(Language::En));
        assert!(!report.is_ok());
    }
    let mut config = beside(&app);
    config.in_container = true;
    let report = examine(&config, Some("https://localhost:9")).await;
    assert!(report.is_ok() && complaints(&report).contains(&"public.loopback_in_container"), "{report:?}");
    let mut config = beside(&app);
    config.public_url = Some(other.url.clone());
    assert!(
        complaints(&examine(&config, None).await).contains(&"public.other_server"),
        "PUBLIC_URL is tried by itself"
    );
}

#[tokio::test]
async fn the_port_of_somebody_else_is_told_apart() {
    let (app, other) = (TestApp::new().await, TestApp::new().await);
    let website = Middleman::start(host(&app), Habit::Website);
    let port = |url: &str| url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    for (url, expected) in [(&other.url, "port.other_server"), (&website.url, "port.taken")] {
        let mut config = app.config();
        config.port = port(url);
        assert!(codes(&examine(&config, None).await).contains(&expected), "{url}");
    }
}

#[tokio::test]
async fn somebody_who_never_stops_talking_is_not_heard_out() {
    let app = TestApp::new().await;
    app.with_models(&["ok"]).await;
    for habit in [Habit::Floods, Habit::Trickles] {
        let talker = Middleman::start(host(&app), habit);
        let mut config = app.config();
        config.port = talker.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let report = examine(&config, None).await;
        assert!(complaints(&report).contains(&"port.taken"), "{}", report.to_text(Language::En));
        assert!(!talker.was_heard_out());
    }
    let proxy = Middleman::start(host(&app), Habit::Floods);
    let report = examine(&beside(&app), Some(&proxy.url)).await;
    assert!(codes(&report).contains(&"stream.ok"), "the way leads here: {}", report.to_text(Language::En));
    assert!(!proxy.was_heard_out());
}

#[tokio::test]
async fn before_the_first_start_nothing_is_wrong_and_nothing_is_made() {
    let folder = Folder::new();
    let mut config = test_config(&folder.0.join("data")).await;
    config.port = std::net::TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr()).expect("one").port();
    config.public_url = Some("https://chat.example.com".to_owned());
    let report = examine(&config, None).await;
    assert_eq!(complaints(&report), ["public.not_running", "connection.none"]);
    for code in ["data.absent", "database.absent", "secrets.absent", "port.free"] {
        assert!(codes(&report).contains(&code), "{code}: {}", report.to_text(Language::En));
    }
    assert!(!folder.0.join("data").exists());
}

#[tokio::test]
async fn without_the_server_its_data_is_examined_all_the_same() {
    let app = TestApp::new().await;
    app.with_models(&["ok"]).await;
    let (mut config, data_dir) = app.crash().await;
    config.port = 0;
    let report = examine(&config, None).await;
    assert!(codes(&report).contains(&"database.ok") && codes(&report).contains(&"port.free"), "{report:?}");
    // The fake model server ended with the application.
    assert!(complaints(&report).contains(&"provider.refused"), "{report:?}");

    std::fs::remove_file(data_dir.join("secrets.json")).expect("removed");
    let report = examine(&config, None).await;
    assert_eq!(complaints(&report), ["secrets.missing", "connection.skipped"], "{}", report.to_text(Language::En));
    config.master_key = Some("kX9fQ2mZ83kLw0pTn5vB7cYd1RgHs4Je".to_owned().into());
    let report = examine(&config, None).await;
    assert!(complaints(&report).contains(&"secrets.locked"), "{}", report.to_text(Language::En));
    std::fs::remove_dir_all(data_dir).expect("removed");
}

#[tokio::test]
async fn secrets_that_are_not_used_or_open_to_others_are_warnings() {
    use std::os::unix::fs::PermissionsExt;
    let app = TestApp::new().await;
    std::fs::set_permissions(app.data_dir.join("secrets.json"), PermissionsExt::from_mode(0o644)).expect("opened");
    let mut config = beside(&app);
    config.jwt_secret = Some("请改成强随机密码".to_owned().into());
    config.master_key = Some("k9!".to_owned().into());
    let report = examine(&config, None).await;
    let expected = ["secrets.example", "secrets.example", "secrets.open_to_others", "connection.none"];
    assert_eq!(complaints(&report), expected, "{}", report.to_text(Language::En));
    assert!(report.is_ok(), "warnings are no failure");
    let mode = std::fs::metadata(app.data_dir.join("secrets.json")).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o644, "looking changes nothing");
}

#[tokio::test]
async fn each_fault_of_a_connection_has_the_code_of_the_connection_page() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let locked = MockLlm::start(Options { workers: 1, key: Some("sk-right-key".into()), ..Options::default() })
        .expect("it starts");
    for (model, base, expected) in [
        ("ok", "http://127.0.0.1:9/v1".to_owned(), "provider.refused"),
        ("ok", "http://no-such-host.invalid/v1".to_owned(), "provider.dns"),
        ("ok", format!("https://{}/v1", app.mock.address()), "provider.tls"),
        ("ok", locked.base_url(), "provider.unauthorized"),
        ("402", app.mock.base_url(), "provider.balance"),
        ("404", app.mock.base_url(), "provider.model_not_found"),
        ("empty", app.mock.base_url(), "provider.empty"),
        ("html200", app.mock.base_url(), "provider.not_a_stream"),
    ] {
        let body = json!({"name": expected, "baseUrl": base, "key": "sk-wrong-key", "models": [model]});
        let saved = admin.post("/api/connections", body).await;
        assert_eq!(saved.status, 201, "{}", saved.text);
        let id = saved.body["id"].as_str().expect("an id").to_owned();
        let shown = admin.post(&format!("/api/connections/{id}/verify"), json!({})).await.body;
        let report = examine(&beside(&app), None).await;
        let found: Vec<_> = report.findings.iter().filter(|found| found.subject.is_some()).collect();
        let shown: Vec<&str> = shown["steps"]
            .as_array()
            .expect("steps")
            .iter()
            .filter_map(|step| step["error"]["code"].as_str())
            .collect();
        let printed: Vec<&str> =
            found.iter().filter(|found| found.state != State::Ok).map(|found| found.code()).collect();
        assert_eq!(printed, shown, "{expected}");
        assert!(printed.contains(&expected) && !report.is_ok(), "{expected}: {printed:?}");
        assert!(!report.to_json(Language::En).contains("sk-wrong-key"), "no key is printed");
        assert_eq!(admin.delete(&format!("/api/connections/{id}")).await.status, 204);
    }
}

#[tokio::test]
async fn an_address_of_the_container_itself_is_told_apart_in_the_check_in_the_chat_and_by_the_doctor() {
    let app = TestApp::with(|config| config.in_container = true).await;
    let admin = app.admin().await;
    for base in ["http://127.0.0.1:9/v1", "http://localhost:9/v1"] {
        let body = json!({"name": "local", "baseUrl": base, "models": ["x"]});
        let report = admin.post("/api/connections/verify", body.clone()).await.body;
        let error = &report["steps"].as_array().and_then(|steps| steps.last()).expect("a step")["error"];
        assert_eq!(error["code"], "provider.loopback_in_container", "{report}");
        assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("http://host.docker.internal:9")), "{error}");
    }
    let body = json!({"name": "local", "baseUrl": "http://127.0.0.1:9/v1", "models": ["x"]});
    assert_eq!(admin.post("/api/connections", body).await.status, 201);
    assert_eq!(admin.ask("x", "hello").await.code(), "provider.loopback_in_container");
    assert!(complaints(&examine(&beside(&app), None).await).contains(&"provider.loopback_in_container"));

    let outside = TestApp::new().await;
    let body = json!({"name": "local", "baseUrl": "http://127.0.0.1:9/v1", "models": ["x"]});
    let report = outside.admin().await.post("/api/connections/verify", body).await.body;
    assert_eq!(report["steps"][1]["error"]["code"], "provider.refused", "on a machine of its own");
}

#[tokio::test]
async fn a_pass_opens_the_self_test_and_nothing_else() {
    let app = TestApp::new().await;
    app.admin().await;
    let secret = std::fs::read_to_string(app.data_dir.join("secrets.json")).expect("generated");
    let secret: Value = serde_json::from_str(&secret).expect("JSON");
    let passes = server::auth::self_test::Passes::new(&secret["jwt"].as_str().expect("a secret").to_owned().into());
    let pass = |shift: i64| passes.issue("n1", app.app.clock.now() + shift).expect("signed");
    let ask = async |path: &str, pass: &str, bearer: Option<&str>| {
        let caller = TestUser::at(&app.url).holding(bearer.map(str::to_owned));
        let request = caller.request(reqwest::Method::GET, path).header("x-aichat-self-test", pass);
        caller.call(request).await
    };
    let good = ask("/api/self-test", &pass(0), None).await;
    assert_eq!(good.status, 200, "{}", good.text);
    assert_eq!(good.text.matches("\"nonce\":\"n1\"").count(), 5, "{}", good.text);
    assert_eq!(good.headers["x-accel-buffering"], "no");
    let once = ask("/api/self-test?once=true", &pass(0), None).await;
    assert_eq!((once.status, &once.body["nonce"], &once.body["number"]), (200, &json!("n1"), &json!(1)));
    assert!(once.headers.get("x-accel-buffering").is_none(), "it is what a cache would take");
    assert_eq!(ask("/api/self-test", &pass(-61_000), None).await.code(), "auth.expired");
    assert_eq!(ask("/api/self-test", &pass(61_000), None).await.code(), "auth.invalid");
    assert_eq!(ask("/api/self-test", "forged", None).await.code(), "auth.invalid");
    for path in ["/api/auth/me", "/api/connections", "/api/admin/users"] {
        assert_eq!(ask(path, &pass(0), None).await.code(), "auth.required", "{path}");
        assert_eq!(ask(path, &pass(0), Some(&pass(0))).await.code(), "auth.invalid", "{path} with it as a token");
    }
}

#[test]
fn the_program_prints_for_people_and_for_programs_and_its_exit_code_says_whether_something_failed() {
    let folder = Folder::new();
    let mut program = Program::start(&folder, &[]);
    let url = program.url();
    program.line_with("Next: open http");
    let port = url.rsplit(':').next().expect("a port");
    let env = [("PORT", port), ("PUBLIC_URL", url.as_str())];
    let good = run(&folder, &["doctor", "--json"], &env);
    let report: Value = serde_json::from_slice(&good.stdout).expect("JSON");
    assert_eq!((good.status.code(), &report["ok"]), (Some(0), &json!(true)), "{report:#}");
    let found: Vec<_> = report["findings"].as_array().expect("a list").iter().map(|found| &found["code"]).collect();
    for code in ["port.ours", "public.ok", "stream.ok", "connection.none"] {
        assert!(found.contains(&&json!(code)), "{code}: {report:#}");
    }
    let chinese = run(&folder, &["doctor"], &[env[0], ("LANG", "zh_CN.UTF-8")]);
    assert!(String::from_utf8_lossy(&chinese.stdout).contains("还没有接入任何模型"), "{chinese:?}");
    let bad = run(&folder, &["doctor", "--url", "http://no-such-host.invalid"], &env[..1]);
    assert_eq!(bad.status.code(), Some(1), "{bad:?}");
    assert!(String::from_utf8_lossy(&bad.stdout).contains("fail public      public.dns: "), "{bad:?}");
    assert_eq!(run(&folder, &["doctor"], &[("PORT", "http")]).status.code(), Some(78));
}

#[tokio::test]
async fn a_service_that_does_not_know_this_server_is_named_with_the_client_and_the_address_to_register() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    let of_service = |report: &Report| -> Vec<(String, String)> {
        let own = report.findings.iter().filter(|found| found.step() == "sign_in");
        own.map(|found| (found.code().to_owned(), found.message(Language::En) + &remedy(found))).collect()
    };
    assert_eq!(of_service(&examine(&beside(&app), Some(&app.url)).await), []);
    let wrong = crate::oidc::set_up(&admin, &app.mock, json!({"clientSecret": "wrong"})).await;
    let callback = format!("{}/auth/callback", app.url);
    let report = examine(&beside(&app), Some(&app.url)).await;
    let found = of_service(&report);
    assert!(!report.is_ok() && found.len() == 1 && found[0].0 == "oidc.client", "{found:?}");
    assert!(found[0].1.contains("`aichat`") && found[0].1.contains(&callback), "{found:?}");
    let checked = admin.post(&format!("/api/identity-providers/{wrong}/check"), json!({})).await;
    assert_eq!(checked.body["problem"]["code"], "oidc.client", "the page's check says the same");

    let right = json!({"clientSecret": "secret-0123"});
    assert_eq!(admin.patch(&format!("/api/identity-providers/{wrong}"), right).await.status, 200);
    let report = examine(&beside(&app), Some(&app.url)).await;
    let found = of_service(&report);
    assert!(report.is_ok() && found[0].0 == "sign_in.ok" && found[0].1.contains(&callback), "{found:?}");
    let without = of_service(&examine(&beside(&app), None).await);
    assert_eq!(without[0].0, "sign_in.no_address", "{without:?}");
    let off = admin.patch(&format!("/api/identity-providers/{wrong}"), json!({"enabled": false})).await;
    assert_eq!((off.status, of_service(&examine(&beside(&app), None).await)), (200, Vec::new()));
}

fn remedy(found: &Finding) -> String {
    found.remedy(Language::En).unwrap_or_default()
}

#[tokio::test]
async fn administrators_read_the_same_report_without_a_shell() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    crate::oidc::set_up(&admin, &app.mock, json!({"clientSecret": "wrong"})).await;
    let told = admin.post("/api/diagnosis", json!({"language": "zh-CN"})).await;
    assert_eq!(told.status, 200, "{}", told.text);
    let findings = told.body["findings"].as_array().expect("findings");
    let find = |code: &str| findings.iter().find(|finding| finding["code"] == code).unwrap_or_else(|| panic!("{code}"));
    assert_eq!((&told.body["ok"], &find("database.ok")["state"]), (&json!(false), &json!("ok")));
    let refused = find("oidc.client");
    assert_eq!(
        (&refused["step"], &refused["connection"], &refused["state"]),
        (&json!("sign_in"), &json!("Casdoor"), &json!("fail"))
    );
    assert!(refused["message"].as_str().is_some_and(|text| text.contains("登录服务不接受")), "{refused}");
    assert!(!told.text.contains("sk-test") && !told.text.contains("secret-0123"));
    assert_eq!(app.user(&admin, "bob").await.post("/api/diagnosis", json!({})).await.code(), "auth.forbidden");
}
