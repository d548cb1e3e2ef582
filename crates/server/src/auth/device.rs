//! What a browser or program calls itself, as people read it: "Firefox · Windows", "curl". Pure. The names of products are
//! the same in every language, so nothing here is translated.

/// What marks a browser, and its name. The first that fits wins: most claim to be Chrome and Safari as well.
const BROWSERS: &[(&str, &str)] = &[
    ("MicroMessenger/", "WeChat"),
    ("QQBrowser/", "QQ Browser"),
    ("UCBrowser/", "UC Browser"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex Browser"),
    ("Vivaldi/", "Vivaldi"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// What marks a system, and its name. Phones come first: they claim to be Linux or a Mac as well.
const SYSTEMS: &[(&str, &str)] = &[
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// Longest name of a program, in characters.
const MAX_PROGRAM_CHARS: usize = 60;

/// The name of a device, from its `User-Agent`; empty if it told nothing.
pub(super) fn name(agent: &str) -> String {
    if !agent.starts_with("Mozilla/") {
        return program(agent);
    }
    let found =
        |table: &[(&str, &'static str)]| table.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (found(BROWSERS), found(SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(known), None) | (None, Some(known)) => known.to_owned(),
        (None, None) => program(agent),
    }
}

/// What stands before the version.
fn program(agent: &str) -> String {
    let name = agent.split('/').next().unwrap_or_default().trim();
    name.chars().take(MAX_PROGRAM_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn browsers_are_named_with_their_system() {
        for (agent, wanted) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
                "Edge · Windows",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox · Linux"),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
                "Safari · macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0 Mobile/15E148 Safari/604.1",
                "Chrome · iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; 23127PN0CC) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.50",
                "WeChat · Android",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0 Safari/537.36",
                "Chrome · Linux",
            ),
        ] {
            assert_eq!(name(agent), wanted, "{agent}");
        }
    }

    #[test]
    fn programs_keep_their_own_name_without_its_version() {
        for (agent, wanted) in [
            ("curl/8.5.0", "curl"),
            ("python-requests/2.32.3", "python-requests"),
            ("My Notes/1.2 (Linux)", "My Notes"),
            ("Mozilla/5.0 (unheard of)", "Mozilla"),
            ("/", ""),
            ("", ""),
        ] {
            assert_eq!(name(agent), wanted, "{agent}");
        }
        assert_eq!(name(&"名".repeat(500)).chars().count(), 60);
    }
}
