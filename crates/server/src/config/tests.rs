//! Tests of precedence, rules and masks.

use super::*;
use clap::Parser as _;

fn load(args: &[&str], env: &[(&str, &str)], dotenv: &str) -> Result<Config, String> {
    let cli = Cli::parse_from(["aichat"].iter().chain(args));
    let env = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    Config::load(&cli, env, dotenv)
}

fn refused(env: &[(&str, &str)]) -> String {
    let error = load(&[], env, "").expect_err("refused");
    assert!(!error.contains('\n'), "one line: {error}");
    error
}

#[test]
fn nothing_has_to_be_said() {
    let config = load(&[], &[], "").expect("defaults");
    assert_eq!((config.host.as_str(), config.port), ("127.0.0.1", 8001));
    assert_eq!(config.engine, Engine::Sqlite("./data/aichat.db".into()));
    assert_eq!(config.access_token_minutes, 15);
    assert_eq!(config.log_level, tracing::Level::INFO);
    assert_eq!((config.bcrypt_cost, config.durable), (12, true));
    assert!(config.jwt_secret.is_none() && config.seed_registration.is_none() && !config.db_init_on_start);
    assert!(!config.listens_beyond_loopback());
}

#[test]
fn the_command_line_wins_over_environment_env_file_and_default() {
    let source = |config: &Config| config.settings().iter().find(|s| s.variable == "PORT").map(|s| s.source);
    let env: &[(&str, &str)] = &[("PORT", "2")];
    for (args, env, dotenv, port, from) in [
        (&["--port", "1"][..], env, "PORT=3", 1, Source::CommandLine),
        (&[], env, "PORT=3", 2, Source::Environment),
        (&[], &[], "PORT=3", 3, Source::DotEnv),
        (&[], &[], "", 8001, Source::Default),
        (&["serve", "--port", "1"], env, "", 1, Source::CommandLine),
        (&[], &[("PORT", " ")], "PORT=", 8001, Source::Default),
    ] {
        let config = load(args, env, dotenv).expect("good");
        assert_eq!((config.port, source(&config)), (port, Some(from)));
    }
}

#[test]
fn an_injected_port_opens_every_address_unless_a_host_is_named() {
    let host = |args: &[&str], env: &[(&str, &str)], dotenv: &str| load(args, env, dotenv).expect("good").host;
    assert_eq!(host(&[], &[("PORT", "10000")], ""), "0.0.0.0");
    assert_eq!(host(&[], &[("PORT", "10000"), ("HOST", "127.0.0.1")], ""), "127.0.0.1");
    assert_eq!(host(&[], &[], "PORT=10000"), "127.0.0.1");
    assert_eq!(host(&["--port", "10000"], &[("PORT", "1")], ""), "127.0.0.1");
    assert!(load(&[], &[("HOST", "::")], "").expect("good").listens_beyond_loopback());
    assert!(!load(&[], &[("HOST", "[::1]")], "").expect("good").listens_beyond_loopback());
    assert!(!load(&[], &[("HOST", "localhost")], "").expect("good").listens_beyond_loopback());
}

#[test]
fn the_environment_of_the_first_document_is_taken_as_it_is() {
    let env: &[(&str, &str)] = &[
        ("NODE_ENV", "production"),
        ("PORT", "8001"),
        ("DATABASE_URL", "file:./data/app.db"),
        ("JWT_SECRET", "请改成强随机密码"),
        ("DEFAULT_REGISTRATION_ENABLED", "true"),
        ("DEFAULT_CONTEXT_TOKEN_LIMIT", "120000"),
        ("ENABLE_CORS", "true"),
        ("CORS_ORIGIN", "http://你的IP或域名:3555"),
        ("LOG_LEVEL", "info"),
        ("DB_INIT_ON_START", "true"),
    ];
    let config = load(&[], env, "").expect("good");
    assert_eq!(config.engine, Engine::Sqlite("./data/app.db".into()));
    assert_eq!((config.seed_registration, config.seed_context_token_limit), (Some(true), Some(120_000)));
    assert!(config.db_init_on_start);
}

#[test]
fn aliases_are_understood() {
    let config = load(&[], &[("SECRET_KEY", "k"), ("https_proxy", "http://p:1"), ("no_proxy", "a")], "").expect("good");
    assert_eq!(config.jwt_secret, Some(SecretString::from("k".to_owned())));
    assert_eq!((config.https_proxy.as_deref(), config.no_proxy.as_deref()), (Some("http://p:1"), Some("a")));
    let both = load(&[], &[("JWT_SECRET", "a"), ("SECRET_KEY", "b")], "").expect("good");
    assert_eq!(both.jwt_secret, Some(SecretString::from("a".to_owned())));
}

#[test]
fn a_bad_value_is_refused_with_its_name_its_value_and_the_rule() {
    for (name, value, rule) in [
        ("PORT", "http", "0 to 65535"),
        ("PORT", "65536", "0 to 65535"),
        ("HOST", "http://x", "without scheme"),
        ("DATABASE_URL", "mysql://db/x", "postgres://"),
        ("PUBLIC_URL", "chat.example.com", "http or https URL"),
        ("PUBLIC_URL", "https://chat.example.com/ai", "without a path"),
        ("TRUSTED_PROXIES", "10.0.0.0/33", "10.0.0.0/8"),
        ("ACCESS_TOKEN_EXPIRE_MINUTES", "0", "1 to 43200"),
        ("DEFAULT_REGISTRATION_ENABLED", "maybe", "true or false"),
        ("DEFAULT_CONTEXT_TOKEN_LIMIT", "-5", "1000 to 10000000"),
        ("LOG_LEVEL", "3", "debug"),
    ] {
        let error = refused(&[(name, value)]);
        assert!(error.contains(name) && error.contains(value) && error.contains(rule), "{error}");
        assert!(error.contains("environment"), "{error}");
    }
    assert!(load(&[], &[], "nonsense").expect_err("refused").contains("line 1"));
}

#[test]
fn no_secret_is_in_debug_settings_or_errors() {
    let env: &[(&str, &str)] = &[
        ("DATABASE_URL", "postgres://user:hunter2/@db@host/name?password=hunter2"),
        ("JWT_SECRET", "hunter2"),
        ("MASTER_KEY", "hunter2"),
        ("LLM_API_URL", "https://user:hunter2@host/v1?key=hunter2"),
        ("LLM_API_KEY", "hunter2"),
        ("PRESET_MODELS", r#"[{"key":"hunter2"}]"#),
        ("HTTPS_PROXY", "user:hunter2@host:1"),
    ];
    let config = load(&[], env, "").expect("good");
    let shown = format!("{config:?} {config:#?} {:?} {:?} {:?}", config.settings(), config.jwt_secret, config.llm.key);
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("postgres://***@host/name"), "{shown}");
    assert!(!refused(&[("DATABASE_URL", "mysql://user:hunter2@host/name")]).contains("hunter2"));
}

#[test]
fn what_the_operator_set_locks_its_field_and_seeds_do_not() {
    let config = load(&[], &[("LOG_LEVEL", "warn"), ("DEFAULT_REGISTRATION_ENABLED", "no")], "").expect("good");
    assert_eq!(config.locked_by("LOG_LEVEL"), Some("LOG_LEVEL"));
    assert_eq!(config.locked_by("DEFAULT_REGISTRATION_ENABLED"), None);
    assert_eq!(config.locked_by("PORT"), None, "a default locks nothing");
    assert_eq!(config.locked_by("PUBLIC_URL"), None);
}

#[test]
fn proxies_are_words_addresses_and_networks() {
    let nets = |value: &str| load(&[], &[("TRUSTED_PROXIES", value)], "").expect("good").trusted_proxies;
    let trusts = |value: &str, address: &str| {
        let address: IpAddr = address.parse().expect("an address");
        nets(value).iter().any(|net| net.contains(&address))
    };
    assert!(nets("none").is_empty());
    assert!(trusts("203.0.113.5, 2001:db8::/32", "203.0.113.5") && trusts("2001:db8::/32", "2001:db8::1"));
    assert!(trusts("private", "172.31.0.9") && !trusts("private", "127.0.0.1") && !trusts("private", "172.32.0.1"));
    assert!(trusts("loopback", "::1"));
}
