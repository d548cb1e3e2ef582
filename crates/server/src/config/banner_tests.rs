//! Tests of what the server says when it starts.

use super::*;
use crate::cli::Cli;

fn banner(values: &[(&str, &str)], generated: bool, unclaimed: bool) -> String {
    let env = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    let config = Config::load(&Cli::default(), env, "").expect("good");
    let secret = || "hunter2".to_owned().into();
    let secrets = Secrets {
        jwt: secret(),
        master: secret(),
        former: Vec::new(),
        jwt_generated: generated,
        master_generated: generated,
    };
    let notes = ["something happened".to_owned()];
    let since = "2026-01-02T03:04:05Z".to_owned();
    text(&Banner { config: &config, secrets: &secrets, notes: &notes, since, port: 4711, models: 3, unclaimed })
}

#[test]
fn a_newcomer_reads_where_to_go_and_what_happens_there() {
    let text = banner(&[], true, true);
    assert!(text.contains("http://127.0.0.1:4711"), "{text}");
    assert!(text.contains("JWT_SECRET = generated (data directory)") && text.contains("note: something happened"));
    assert!(text.contains("HOST = 127.0.0.1 (default)"), "{text}");
    assert!(text.ends_with("The first account becomes the administrator."), "{text}");
}

#[test]
fn a_report_of_a_fault_has_what_is_asked_for_first() {
    let text = banner(&[("PUBLIC_URL", "https://chat.example"), ("HOST", "::")], true, false);
    let first = text.lines().next().expect("a line");
    let build = version::build();
    assert!(first.contains(&build.version) && first.contains(&build.commit) && first.contains(RUSTC), "{first}");
    assert!(first.contains(std::env::consts::ARCH), "{first}");
    for line in ["listens on      [::]:4711", "public URL      https://chat.example", "models          3"] {
        assert!(text.contains(line), "{line} in {text}");
    }
}

#[test]
fn a_program_reads_the_same_as_one_object() {
    let text = banner(&[("LOG_FORMAT", "json"), ("PORT", "80"), ("JWT_SECRET", "hunter2")], false, true);
    let object: serde_json::Value = serde_json::from_str(&text).expect("one object");
    assert!(!text.contains('\n'), "in one line");
    for field in ["timestamp", "level", "version", "commit", "arch", "rustc", "listen", "dataDirectory", "message"] {
        assert!(object[field].as_str().is_some_and(|value| !value.is_empty()), "{field} in {text}");
    }
    assert_eq!((&object["listen"], &object["models"]), (&json!("0.0.0.0:4711"), &json!(3)));
    assert_eq!(object["notes"], json!(["something happened"]));
    let port = json!({"variable": "PORT", "value": "80", "source": "environment"});
    assert!(object["settings"].as_array().is_some_and(|settings| settings.contains(&port)), "{text}");
}

#[test]
fn an_open_instance_says_how_long_it_waits() {
    let text = banner(&[("HOST", "0.0.0.0")], true, true);
    assert!(text.contains("within 60 minutes") && text.contains("http://127.0.0.1:4711"), "{text}");
    assert!(!banner(&[("HOST", "0.0.0.0")], true, false).contains("60 minutes"));
}

#[test]
fn variables_that_do_nothing_are_named_when_they_are_set() {
    let text = banner(&[("DB_INIT_ON_START", "true"), ("TZ", "Asia/Atlantis")], false, false);
    assert_eq!(text.matches("note: TZ is `Asia/Atlantis`, which is no time zone").count(), 1, "{text}");
    assert_eq!(text.matches("note: DB_INIT_ON_START is set and not needed").count(), 1, "{text}");
    assert!(!banner(&[("TZ", "Asia/Shanghai")], false, false).contains("note: TZ"), "it is a time zone");
}

#[test]
fn no_secret_is_shown() {
    let values = [
        ("SECRET_KEY", "hunter2"),
        ("MASTER_KEY", "hunter2"),
        ("LLM_API_KEY", "hunter2"),
        ("DATABASE_URL", "postgres://u:hunter2@db/x"),
        ("PUBLIC_URL", "https://chat.example"),
    ];
    for generated in [true, false] {
        let text = banner(&values, generated, false);
        assert!(!text.contains("hunter2"), "{text}");
        assert!(text.contains("postgres://***@db/x (environment)"), "{text}");
        assert!(text.ends_with("Ready: https://chat.example"), "{text}");
    }
    let text = banner(&values, false, false);
    assert!(text.contains("SECRET_KEY = set, 7 bytes, sha256 f52fbd32 (environment)"), "{text}");
}
