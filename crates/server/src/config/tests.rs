//! Tests of precedence, rules and masks.

use super::*;
use clap::Parser as _;
use std::io;
use std::path::Path;

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
    assert_eq!(config.access_token_minutes, None);
    assert_eq!(config.log_level, tracing::Level::INFO);
    assert_eq!((config.bcrypt_cost, config.durable), (12, true));
    assert!(config.jwt_secret.is_none() && config.seed_registration.is_none() && config.cors_origins.is_none());
    assert!(config.notes.is_empty(), "{:?}", config.notes);
    assert!(!config.listens_beyond_loopback());
}

#[test]
fn the_command_line_wins_over_environment_env_file_and_default() {
    let source = |config: &Config| config.settings().iter().find(|s| s.variable == "PORT").map(|s| s.source.clone());
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
fn every_option_and_every_variable_obeys_the_same_precedence() {
    let value = |of: &registry::Variable, number: usize| match of.name {
        "HOST" => format!("10.0.0.{number}"),
        "DATABASE_URL" => format!("file:./{number}.db"),
        "PUBLIC_URL" | "RENDER_EXTERNAL_URL" | "CORS_ORIGIN" => format!("https://{number}.example.com"),
        "TRUSTED_PROXIES" => format!("10.0.0.{number}"),
        "RUN_AS" => format!("{number}:{number}"),
        "DEFAULT_REGISTRATION_ENABLED" | "ENABLE_CORS" => ["true", "false", "yes", "no", "on"][number].to_owned(),
        "DEFAULT_CONTEXT_TOKEN_LIMIT" => format!("{number}000"),
        "LOG_LEVEL" => ["trace", "error", "warn", "info", "debug"][number].to_owned(),
        "METRICS_TOKEN" => format!("a-token-of-the-operator-{number}"),
        "LOG_FORMAT" => ["text", "json", "TEXT", "JSON", "Text"][number].to_owned(),
        _ => number.to_string(),
    };
    for of in registry::TABLE.iter().filter(|of| of.image == registry::Image::Backend) {
        let option = format!("--{}", of.name.to_lowercase().replace('_', "-"));
        let has_option = ["HOST", "PORT", "DATA_DIR", "DATABASE_URL", "PUBLIC_URL"].contains(&of.name);
        let [by_option, by_environment, by_file, by_dotenv] = [1, 2, 3, 4].map(|number| value(of, number));
        let dotenv = format!("{}={by_dotenv}", of.name);
        let secret = format!("/etc/secrets/{}", of.name);
        let mut expected = vec!["environment".to_owned(), ".env".to_owned()];
        if has_option {
            expected.insert(0, "command line".to_owned());
        }
        if of.may_be_a_file() {
            expected.insert(expected.len() - 1, format!("file {secret}"));
        }
        // Everybody speaks at first; then the strongest falls silent, and the next one counts.
        for silent in 0..expected.len() {
            let speaks = |source: &str| expected[silent..].iter().any(|one| one == source);
            let words = if speaks("command line") { vec!["aichat", &option, &by_option] } else { vec!["aichat"] };
            let variable = |name: &str| (speaks("environment") && name == of.name).then(|| by_environment.clone());
            let file = |path: &Path| match speaks(&format!("file {}", path.display())) {
                true => Ok(by_file.clone()),
                false => Err(io::Error::from(io::ErrorKind::NotFound)),
            };
            let around = Surroundings { variable: &variable, file: &file, dotenv: &dotenv };
            let config = Config::read(&Cli::parse_from(words), &around).expect("good");
            assert_eq!(source(&config, of.name), expected[silent], "{}", of.name);
        }
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
    assert_eq!(config.cors_origins, Some(Vec::new()), "a placeholder allows nobody");
    let told = |what: &str| config.notes.iter().filter(|note| note.contains(what)).count();
    assert_eq!((told("placeholder"), told("DB_INIT_ON_START"), config.notes.len()), (1, 1, 2), "{:?}", config.notes);
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
        ("LOG_FORMAT", "xml", "text or json"),
        ("ENABLE_CORS", "maybe", "true or false"),
        ("CORS_ORIGIN", "*", "one by one"),
        ("CORS_ORIGIN", "app.example.com", "https://app.example.com"),
        ("CORS_ORIGIN", "https://a.example.com,https://b.example.com/path", "without a path"),
        ("CORS_ORIGIN", "null", "a scheme, a host"),
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

fn with_files(
    env: &[(&str, &str)],
    files: &[(&str, Result<&str, io::ErrorKind>)],
    dotenv: &str,
) -> Result<Config, String> {
    let variable = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    let file = |path: &Path| match files.iter().find(|(name, _)| Path::new(name) == path) {
        Some((_, Ok(text))) => Ok((*text).to_owned()),
        Some((_, Err(kind))) => Err(io::Error::from(*kind)),
        None => Err(io::Error::from(io::ErrorKind::NotFound)),
    };
    Config::read(&Cli::default(), &Surroundings { variable: &variable, file: &file, dotenv })
}

fn source(config: &Config, variable: &str) -> String {
    let setting = config.settings().iter().find(|setting| setting.variable == variable);
    setting.map(|setting| setting.source.to_string()).unwrap_or_default()
}

#[test]
fn secrets_and_urls_may_stand_in_files_that_variables_name() {
    for name in
        ["JWT_SECRET", "SECRET_KEY", "MASTER_KEY", "LLM_API_KEY", "DATABASE_URL", "PRESET_MODELS", "HTTPS_PROXY"]
    {
        let value = if name == "DATABASE_URL" { "file:./a.db" } else { "hunter2" };
        let (variable, text) = (format!("{name}_FILE"), format!("{value}\n"));
        let files: &[(&str, Result<&str, io::ErrorKind>)] = &[("/run/secret", Ok(&text))];
        let config = with_files(&[(&variable, "/run/secret")], files, "").expect("good");
        assert_eq!(source(&config, name), "file /run/secret", "{name}");
        let given: [Option<&str>; 6] = [
            config.jwt_secret.as_ref().map(SecretString::expose),
            config.master_key.as_ref().map(SecretString::expose),
            config.llm.key.as_ref().map(SecretString::expose),
            config.presets.as_deref(),
            config.https_proxy.as_deref(),
            Some("hunter2").filter(|_| config.engine == Engine::Sqlite("./a.db".into())),
        ];
        assert_eq!(given.iter().flatten().collect::<Vec<_>>(), [&"hunter2"], "{name}: the line end is cut");
        let from_dotenv = with_files(&[], files, &format!("{variable}=/run/secret")).expect("good");
        assert_eq!(source(&from_dotenv, name), "file /run/secret", "{name} in .env");
    }
    let port = with_files(&[("PORT_FILE", "/run/secret")], &[("/run/secret", Ok("1"))], "").expect("good");
    assert_eq!(port.port, 8001, "what is no secret has no file");
}

#[test]
fn the_platforms_folder_of_secrets_is_read() {
    let file = [("/etc/secrets/MASTER_KEY", Ok("hunter2\n"))];
    let config = with_files(&[], &file, "MASTER_KEY=weaker").expect("good");
    assert_eq!(config.master_key.as_ref().map(SecretString::expose), Some("hunter2"));
    assert_eq!(source(&config, "MASTER_KEY"), "file /etc/secrets/MASTER_KEY");
    let config = with_files(&[("MASTER_KEY", "stronger")], &file, "").expect("good");
    assert_eq!(source(&config, "MASTER_KEY"), "environment");
    let blank =
        with_files(&[("MASTER_KEY", " ")], &[("/etc/secrets/MASTER_KEY", Ok("\n"))], "MASTER_KEY=x").expect("good");
    assert_eq!(source(&blank, "MASTER_KEY"), ".env", "what is blank counts as absent");
    let closed = [("/etc/secrets/MASTER_KEY", Err(io::ErrorKind::PermissionDenied))];
    let error = with_files(&[], &closed, "").expect_err("it is there and cannot be read");
    assert!(error.starts_with("/etc/secrets/MASTER_KEY cannot be read") && !error.contains('\n'), "{error}");
}

#[test]
fn a_variable_and_its_file_at_once_are_refused_in_one_line() {
    let files = [("/run/secret", Ok("hunter2"))];
    let env = [("MASTER_KEY", "hunter2"), ("MASTER_KEY_FILE", "/run/secret")];
    for error in [
        with_files(&env, &files, "").expect_err("both in the environment"),
        with_files(&[], &files, "MASTER_KEY=hunter2\nMASTER_KEY_FILE=/run/secret").expect_err("both in .env"),
    ] {
        assert!(error.starts_with("MASTER_KEY and MASTER_KEY_FILE are both set"), "{error}");
        assert!(!error.contains("hunter2") && !error.contains('\n'), "{error}");
    }
    let blank = [("MASTER_KEY", ""), ("MASTER_KEY_FILE", "/run/secret")];
    assert_eq!(source(&with_files(&blank, &files, "").expect("one is blank"), "MASTER_KEY"), "file /run/secret");
    let missing = with_files(&[("MASTER_KEY_FILE", "/run/nothing")], &files, "").expect_err("no such file");
    assert!(missing.contains("MASTER_KEY_FILE is `/run/nothing`") && !missing.contains('\n'), "{missing}");
}

#[test]
fn an_address_of_the_container_alone_is_warned_of_inside_one() {
    let code = "listen.loopback_in_container";
    let warned = |env: &[(&str, &str)], files: &[(&str, Result<&str, io::ErrorKind>)]| {
        with_files(env, files, "").expect("good").notes.iter().filter(|note| note.starts_with(code)).count()
    };
    let docker: &[(&str, Result<&str, io::ErrorKind>)] = &[("/.dockerenv", Ok(""))];
    assert_eq!(warned(&[("RENDER", "true"), ("HOST", "127.0.0.1")], &[]), 1);
    assert_eq!(warned(&[], docker), 1);
    assert_eq!(warned(&[("HOST", "localhost")], &[("/run/.containerenv", Ok(""))]), 1);
    assert_eq!(warned(&[("HOST", "0.0.0.0")], docker), 0);
    assert_eq!(warned(&[("PORT", "10000")], docker), 0, "a platform that sets PORT gets every address");
    assert_eq!(warned(&[("HOST", "127.0.0.1")], &[]), 0);
}

#[test]
fn the_public_address_of_the_platform_counts_where_the_operator_names_none() {
    let env: &[(&str, &str)] = &[("RENDER_EXTERNAL_URL", "https://a.onrender.example")];
    assert_eq!(load(&[], env, "").expect("good").public_url.as_deref(), Some("https://a.onrender.example"));
    let own = load(&[], env, "PUBLIC_URL=https://chat.example.com").expect("good");
    assert_eq!(own.public_url.as_deref(), Some("https://chat.example.com"));
}

#[test]
fn an_address_with_a_password_is_refused_without_repeating_it() {
    for name in ["PUBLIC_URL", "RENDER_EXTERNAL_URL", "CORS_ORIGIN"] {
        let refused = load(&[], &[(name, "https://ada:hunter2@chat.example.com")], "").expect_err("a password");
        assert!(refused.contains(name) && refused.contains("`https://***@chat.example.com`"), "{refused}");
        assert!(!refused.contains("hunter2"), "{refused}");
    }
}

#[test]
fn other_websites_are_let_in_one_by_one_and_only_when_that_is_on() {
    let origins = |env: &[(&str, &str)]| {
        let config = load(&[], env, "").expect("good");
        (config.cors_origins, config.notes)
    };
    let two = "https://a.example.com, http://192.0.2.1:3555/";
    let named = vec!["https://a.example.com".to_owned(), "http://192.0.2.1:3555".to_owned()];
    assert_eq!(origins(&[("ENABLE_CORS", "true"), ("CORS_ORIGIN", two)]), (Some(named), Vec::new()));
    for (env, note) in [
        (&[("CORS_ORIGIN", two)][..], "ENABLE_CORS is not true"),
        (&[("ENABLE_CORS", "true")], "ENABLE_CORS is true and allows nobody"),
        (&[("ENABLE_CORS", "true"), ("CORS_ORIGIN", "https://your-domain.com")], "placeholder"),
        (&[("ENABLE_CORS", "true"), ("CORS_ORIGIN", "http://<IP>:3555")], "placeholder"),
    ] {
        let (allowed, notes) = origins(env);
        assert!(allowed.is_none_or(|allowed| allowed.is_empty()), "{env:?}");
        assert!(notes.len() == 1 && notes[0].contains(note), "{env:?} {notes:?}");
    }
    assert!(origins(&[("CORS_ORIGIN", "http://你的IP或域名:3555")]).1.is_empty(), "nobody asked for it");
}

#[test]
fn every_variable_of_the_server_is_read_and_no_other() {
    let asked = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let ask = |name: &str| {
        asked.borrow_mut().insert(name.to_owned());
        None
    };
    let config = load_with(&ask);
    let of_the_server = || registry::TABLE.iter().filter(|of| of.image == registry::Image::Backend);
    let files = of_the_server().filter(|of| of.may_be_a_file()).flat_map(registry::Variable::names);
    let files = files.filter(|name| name.starts_with(char::is_uppercase)).map(|name| format!("{name}_FILE"));
    let names = of_the_server().flat_map(registry::Variable::names).map(str::to_owned);
    assert_eq!(asked.into_inner(), names.chain(files).collect());
    for of in of_the_server().filter(|of| !of.default.is_empty()) {
        let shown = config.setting(of).and_then(|setting| setting.shown.as_deref());
        assert_eq!(shown, Some(of.default), "{}: the documented default is the one in use", of.name);
    }
}

fn load_with(env: &dyn Fn(&str) -> Option<String>) -> Config {
    Config::load(&Cli::default(), env, "").expect("defaults")
}
