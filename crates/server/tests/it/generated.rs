//! The references under `docs/`: made from the tables of the code, in both languages, and never behind them.
//!
//! `AICHAT_WRITE_DOCS=1 cargo test -p server --test it generated` writes them anew.

mod authorisation;

use server::config::registry::{Group, Image, Kind, TABLE, Variable};
use server::doctor::State;
use server::doctor::words::Code;
use server::settings::registry::{Documented, documented};
use shared::ErrorCode;
use shared::error::Language;
use shared::settings::fields::{Group as Settings, Who};
use shared::settings::kind::Limits;
use std::path::Path;

/// Compares a document with what it has to be, or writes it when that was asked for.
fn is_current(name: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if std::env::var_os("AICHAT_WRITE_DOCS").is_some() {
        std::fs::write(&path, wanted).expect("the document can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = written.lines().zip(wanted.lines()).position(|(one, other)| one != other);
    assert!(
        written == wanted,
        "docs/{name} is behind the code from line {:?}: AICHAT_WRITE_DOCS=1 cargo test -p server --test it generated",
        differs.map(|line| line + 1)
    );
}

/// One of two texts.
fn either(language: Language, en: &'static str, zh: &'static str) -> &'static str {
    if language == Language::En { en } else { zh }
}

fn environment(language: Language) -> String {
    let mut text = either(language, ENVIRONMENT_EN, ENVIRONMENT_ZH).to_owned();
    for group in Group::ALL {
        text.push_str(&format!("\n## {}\n\n", group.title(language)));
        text.push_str(either(language, "| variable | default | meaning |\n", "| 变量 | 默认值 | 含义 |\n"));
        text.push_str("| --- | --- | --- |\n");
        for variable in TABLE.iter().filter(|variable| variable.group == *group) {
            text.push_str(&environment_line(variable, language));
        }
    }
    text
}

fn environment_line(variable: &Variable, language: Language) -> String {
    let names: Vec<String> = variable.names().map(|name| format!("`{name}`")).collect();
    let default = if variable.default.is_empty() { String::new() } else { format!("`{}`", variable.default) };
    let file = match variable.may_be_a_file() {
        true => either(language, " May stand in a file.", "可以写在文件中。"),
        false => "",
    };
    format!("| {} | {default} | {}{file} |\n", names.join(", "), variable.meaning(language).replace('|', "\\|"))
}

const ENVIRONMENT_EN: &str = "\
# Environment

[简体中文](environment.zh-CN.md)

Every variable is optional: without any, AIChat serves `http://127.0.0.1:8001` with its data in `./data`. This page is made \
from the table in `crates/server/src/config/registry.rs`.

The command line wins over the environment, the environment over files of secrets, those over `.env`, and that over the \
default. A variable that is set to nothing counts as not set. A variable that starts with `DEFAULT_` gives a setting its first \
value and nothing more. Connections that variables describe cannot be edited in the web client.

`aichat config show --sources` prints the values in use and where each came from. A secret is shown as its length and the \
beginning of its SHA-256, never as a part of it.

Where a line says that a value may stand in a file, there are two ways: `NAME_FILE` names the file, as with Docker's secrets \
(`JWT_SECRET_FILE=/run/secrets/jwt`), or the file is `/etc/secrets/NAME`, as with Render's secret files. White space around the \
value is cut. `NAME` and `NAME_FILE` at once are refused.

A value that breaks its rule ends the program with exit code 78 and one line that names it.
";

const ENVIRONMENT_ZH: &str = "\
# 环境变量

[English](environment.md)

所有变量都可以不设置：默认情况下，AIChat 在 `http://127.0.0.1:8001` 提供服务，数据存放在 `./data`。本页由 `crates/server/src/config/registry.rs` 中的表生成。

优先级：命令行 > 环境变量 > 密钥文件 > `.env` > 默认值。设置为空等于未设置。以 `DEFAULT_` 开头的变量只提供设置项的初始值。由环境变量给出的连接不能在网页中修改。

`aichat config show --sources` 会列出当前生效的值及其来源。密钥只显示长度和 SHA-256 的前几位，不会显示内容。

标明“可以写在文件中”的变量有两种写法：用 `变量名_FILE` 指定文件，例如 Docker secrets（`JWT_SECRET_FILE=/run/secrets/jwt`）；或者把文件放在 `/etc/secrets/变量名`，例如 Render 的 Secret Files。首尾空白会被去掉。不能同时设置 `变量名` 和 `变量名_FILE`。

取值不合规则时，程序以退出码 78 结束，并用一行文字指出是哪个变量。
";

fn errors(language: Language) -> String {
    let mut text = either(language, ERRORS_EN, ERRORS_ZH).to_owned();
    let mut area = "";
    for code in ErrorCode::ALL {
        let first = code.as_str().split('.').next().unwrap_or_default();
        if first != area {
            area = first;
            text.push_str(&format!("\n## {area}\n\n"));
            text.push_str(either(
                language,
                "| code | status | retry | what happened | what to do |\n",
                "| 错误码 | 状态 | 可重试 | 原因 | 处理方法 |\n",
            ));
            text.push_str("| --- | --- | --- | --- | --- |\n");
        }
        text.push_str(&error_line(*code, language));
    }
    text.push_str(either(language, DOCTOR_EN, DOCTOR_ZH));
    for code in Code::ALL.iter().filter(|code| code.state() != State::Ok) {
        let (what, remedy) = code.words(language);
        text.push_str(&format!("| `{}` | {what} | {remedy} |\n", code.as_str()));
    }
    text
}

const DOCTOR_EN: &str = "
## Found by `aichat doctor`

`aichat doctor` looks at the whole installation, beside the running server or without it, and prints these codes. Faults of \
connections have the codes above.

| code | what was found | what to do |
| --- | --- | --- |
";

const DOCTOR_ZH: &str = "
## `aichat doctor` 的检查结果

`aichat doctor` 检查整个安装，无论服务是否在运行，并输出下列代码。模型连接的问题使用上面的错误码。

| 代码 | 原因 | 处理方法 |
| --- | --- | --- |
";

fn error_line(code: ErrorCode, language: Language) -> String {
    let (what, remedy) = code.words(language);
    let retry = if code.retryable() { either(language, "yes", "是") } else { either(language, "no", "否") };
    let [what, remedy] = [what, remedy].map(|words| words.replace('|', "\\|"));
    format!("| `{}` | {} | {retry} | {what} | {remedy} |\n", code.as_str(), code.status())
}

const ERRORS_EN: &str = "\
# Errors

[简体中文](errors.zh-CN.md)

Every answer that refuses something, and every answer of a model that ended early, carries one of these codes and a request id. \
The line of the log has both as well: search it for the id. This page is made from the table in `crates/shared/src/error/code.rs`.

A name in braces stands for a value of the case at hand; `{detail}` holds the provider's own words. What stands in square \
brackets is said only where its value is known. *Retry* says whether the \
same request may succeed a little later. A status of 200 marks a notice, not a failure.
";

const ERRORS_ZH: &str = "\
# 错误码

[English](errors.md)

每个被拒绝的请求，以及每个提前结束的模型回答，都带有下列错误码之一和一个请求编号。日志中的对应行也有这两项，用请求编号即可查到。本页由 `crates/shared/src/error/code.rs` 中的表生成。

花括号中的名称代表具体情况下的值；`{detail}` 是服务商的原话。方括号中的内容仅在有对应的值时出现。“可重试”表示稍后发送同样的请求可能成功。状态 200 表示提示，不是错误。
";

fn settings(language: Language) -> String {
    let mut text = either(language, SETTINGS_EN, SETTINGS_ZH).to_owned();
    let all = documented();
    for group in Settings::ALL {
        let (en, zh) = group.titles();
        text.push_str(&format!("\n## {}\n\n", either(language, en, zh)));
        text.push_str(either(
            language,
            "| setting | key | holds | default | who | what it does |\n",
            "| 设置 | 键 | 取值 | 默认值 | 修改者 | 作用 |\n",
        ));
        text.push_str("| --- | --- | --- | --- | --- | --- |\n");
        all.iter().filter(|one| one.field.group == *group).for_each(|one| text.push_str(&setting_line(one, language)));
    }
    text
}

fn setting_line(one: &Documented, language: Language) -> String {
    let field = one.field;
    let words: Vec<&str> = field.words.iter().map(|word| word.value).collect();
    let unit = match field.limits {
        Limits::Number { unit, .. } => {
            either(language, " (", "（").to_owned() + unit.name(language) + either(language, ")", "）")
        }
        _ => String::new(),
    };
    let default = match one.default.as_str() {
        Some("") => String::new(),
        Some(text) => format!("`{text}`"),
        None => format!("`{}`", one.default),
    };
    let who = match field.who {
        Who::Admins => either(language, "administrators", "管理员"),
        Who::SignedIn => either(language, "administrators, no API key", "管理员（API 密钥不可）"),
    };
    let lock = one.variable.map_or_else(String::new, |variable| match language {
        Language::En => format!(" Fixed by `{variable}` while that is set."),
        Language::ZhCn => format!("设置了 `{variable}` 时由它固定。"),
    });
    let (name, sentence) = field.texts(language);
    let rule = field.limits.rule(&words, language);
    format!("| {name} | `{}` | {rule}{unit} | {default} | {who} | {sentence}{lock} |\n", field.key)
}

const SETTINGS_EN: &str = "\
# Settings

[简体中文](settings.zh-CN.md)

What administrators set while the server runs: under *Settings, General*, or with `PUT /api/settings/system/KEY` and the body \
`{\"value\": …}`. `GET /api/settings/system` tells each one's type, limits, value and default. A change applies at once, without \
a restart, on every server of a database and in every open tab, and the audit log keeps who changed it, from what to what. \
This page is made from the table in `crates/shared/src/settings/fields.rs`.

A variable of the [environment](environment.md) that fixes a setting locks it: the page shows the variable's name, and a \
change is refused with `setting.locked`. A variable that starts with `DEFAULT_` gives a first value and locks nothing.
";

const SETTINGS_ZH: &str = "\
# 设置

[English](settings.md)

管理员在服务运行期间可修改的设置：在网页的“设置 - 通用”中修改，或调用 `PUT /api/settings/system/键`，请求体为 `{\"value\": …}`。`GET /api/settings/system` 返回每项的类型、限制、当前值和默认值。修改立即生效，无需重启；共用数据库的所有服务器和所有已打开的页面都会更新，审计日志会记录谁把它从什么改成了什么。本页由 `crates/shared/src/settings/fields.rs` 中的表生成。

[环境变量](environment.zh-CN.md)固定的设置会被锁定：页面显示变量名，修改会被拒绝并返回 `setting.locked`。以 `DEFAULT_` 开头的变量只提供初始值，不会锁定设置。
";

#[test]
fn the_references_of_settings_are_current() {
    is_current("settings.md", &settings(Language::En));
    is_current("settings.zh-CN.md", &settings(Language::ZhCn));
}

#[test]
fn the_references_of_variables_are_current() {
    is_current("environment.md", &environment(Language::En));
    is_current("environment.zh-CN.md", &environment(Language::ZhCn));
}

#[test]
fn the_references_of_errors_are_current() {
    is_current("errors.md", &errors(Language::En));
    is_current("errors.zh-CN.md", &errors(Language::ZhCn));
}

#[test]
fn every_variable_is_explained_in_both_languages() {
    for variable in TABLE {
        let (en, zh) = (variable.meaning(Language::En), variable.meaning(Language::ZhCn));
        assert!(en.ends_with('.') && zh.ends_with('。'), "{}", variable.name);
        assert!(zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{}", variable.name);
        let quoted = |text: &str| text.matches('`').count();
        assert_eq!(quoted(en) % 2 + quoted(zh) % 2, 0, "{}", variable.name);
    }
}

#[test]
fn the_variables_of_the_frontend_image_are_those_of_the_caddyfile() {
    let caddyfile = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Caddyfile"));
    let caddyfile = caddyfile.expect("the Caddyfile");
    for variable in TABLE.iter().filter(|variable| variable.image == Image::Frontend) {
        let used = format!("{{${}:{}}}", variable.name, variable.default);
        assert!(caddyfile.contains(&used), "{used} is not in the Caddyfile");
        assert_eq!(variable.kind, Kind::Plain, "{}", variable.name);
    }
}
