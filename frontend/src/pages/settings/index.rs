//! What there is to set, and where: the data behind the index and its search.

use crate::components::ui::Glyph;
use crate::i18n::{
    Text, audit, auth, brand, budgets, common, composer, connections, factor, invitations, keys, leaving, logs, models,
    oidc, overview, people, roster, settings, shortcuts, traces, usage,
};
use crate::state::account::Audience;
use shared::settings::fields::{self, Field, Group};

/// A section of the settings.
#[derive(Debug)]
pub struct Section {
    /// Its address.
    pub path: &'static str,
    /// Its title.
    pub title: Text,
    /// Its icon.
    pub glyph: Glyph,
    /// Who sees it.
    pub audience: Audience,
    /// Its fields: id on the page and label.
    pub fields: &'static [(&'static str, Text)],
    /// Where its settings of the system stand; those of another page are passed over.
    pub table: &'static [Field],
}

/// Every section, in the order of the index.
pub const SECTIONS: &[Section] = &[
    Section {
        path: "/settings/profile",
        title: settings::PROFILE,
        glyph: Glyph::User,
        audience: Audience::Everybody,
        fields: &[
            ("language", common::LANGUAGE),
            ("theme", common::THEME),
            ("scale", brand::SCALE),
            ("shortcuts", shortcuts::SWITCH),
            ("avatar", settings::AVATAR),
            ("username", auth::USERNAME),
            ("about", settings::ABOUT),
            ("my-model", settings::MY_MODEL),
            ("enter", composer::ENTER),
            ("during", composer::DURING),
            ("paste", composer::PASTE),
            ("usage-line", usage::LINE),
            ("left", budgets::LEFT),
            ("file-space", settings::FILE_SPACE),
            ("password", settings::PASSWORD),
            ("second-factor", factor::FACTOR),
            ("identities", oidc::LINKED),
            ("devices", people::DEVICES),
            ("export", leaving::EXPORT),
            ("delete-account", leaving::DELETE),
            ("sign-out", auth::SIGN_OUT),
        ],
        table: &[],
    },
    Section {
        path: "/settings/keys",
        title: keys::KEYS,
        glyph: Glyph::Key,
        audience: Audience::Everybody,
        fields: &[("new-key", keys::NEW)],
        table: &[],
    },
    Section {
        path: "/settings/usage",
        title: usage::USAGE,
        glyph: Glyph::ChartColumn,
        audience: Audience::Everybody,
        fields: &[],
        table: &[],
    },
    Section {
        path: "/settings/my-connections",
        title: connections::MINE,
        glyph: Glyph::Plug,
        audience: Audience::PersonalConnections,
        fields: &[],
        table: &[],
    },
    Section {
        path: "/main/logs/task-trace",
        title: traces::TRACES,
        glyph: Glyph::Activity,
        audience: Audience::Traces,
        fields: &[],
        table: &[],
    },
    Section {
        path: "/settings/overview",
        title: overview::OVERVIEW,
        glyph: Glyph::Info,
        audience: Audience::Admins,
        fields: &[("diagnosis", overview::DIAGNOSE), ("stream-test", overview::STREAM)],
        table: &[],
    },
    Section {
        path: "/settings/connections",
        title: settings::CONNECTIONS,
        glyph: Glyph::Plug,
        audience: Audience::Admins,
        fields: &[],
        table: &[],
    },
    Section {
        path: "/settings/models",
        title: models::MODELS,
        glyph: Glyph::Server,
        audience: Audience::Admins,
        fields: &[(fields::DEFAULT_MODEL.id, Text::name(&fields::DEFAULT_MODEL))],
        table: &[],
    },
    Section {
        path: "/settings/people",
        title: settings::PEOPLE,
        glyph: Glyph::Users,
        audience: Audience::Admins,
        fields: &[("invitations", invitations::INVITATIONS), ("lists", roster::LISTS)],
        table: &[],
    },
    Section {
        path: "/settings/budgets",
        title: budgets::BUDGETS,
        glyph: Glyph::Gauge,
        audience: Audience::Admins,
        fields: &[],
        table: fields::ALL,
    },
    Section {
        path: "/settings/usage/all",
        title: usage::ALL_USAGE,
        glyph: Glyph::ChartColumn,
        audience: Audience::Admins,
        fields: &[],
        table: &[],
    },
    Section {
        path: "/settings/sign-in",
        title: oidc::SERVICES,
        glyph: Glyph::Link,
        audience: Audience::Admins,
        fields: &[("new-service", oidc::ADD)],
        table: &[],
    },
    Section {
        path: "/settings/system",
        title: settings::SYSTEM,
        glyph: Glyph::SlidersHorizontal,
        audience: Audience::Admins,
        fields: &[("brand-logo", brand::LOGO), ("public-url", settings::PUBLIC_URL)],
        table: fields::ALL,
    },
    Section {
        path: "/settings/audit",
        title: audit::AUDIT,
        glyph: Glyph::ListChecks,
        audience: Audience::Admins,
        fields: &[],
        table: &[],
    },
    Section {
        path: "/main/logs/live",
        title: logs::LOGS,
        glyph: Glyph::FileText,
        audience: Audience::Admins,
        fields: &[],
        table: &[],
    },
];

/// A section or one of its fields, as a search finds it.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The section.
    pub section: &'static Section,
    /// The field's id; none for the section itself.
    pub field: Option<&'static str>,
    /// What it is called.
    pub label: Text,
    /// The setting of the system that it is.
    of: Option<&'static Field>,
}

impl Entry {
    /// Its address.
    #[must_use]
    pub fn href(&self) -> String {
        self.field.map_or_else(|| self.section.path.to_owned(), |field| format!("{}#{field}", self.section.path))
    }
}

/// Everything whose name contains `query` in either language, sections before their fields; then the settings of the system
/// whose key or sentence does.
#[must_use]
pub fn search(query: &str, sees: impl Fn(&Section) -> bool) -> Vec<Entry> {
    let wanted = query.trim().to_lowercase();
    let says = |text: Text| [text.en, text.zh].iter().any(|words| words.to_lowercase().contains(&wanted));
    let means = |field: &Field| field.key.contains(&wanted) || says(Text::sentence(field));
    let visible = SECTIONS.iter().filter(|section| sees(section));
    let (mut found, others): (Vec<_>, Vec<_>) = visible.flat_map(entries).partition(|entry| says(entry.label));
    found.extend(others.into_iter().filter(|entry| entry.of.is_some_and(means)));
    found
}

fn entries(section: &'static Section) -> impl Iterator<Item = Entry> {
    let whole = Entry { section, field: None, label: section.title, of: None };
    let entry = move |id: &'static str, label, of| Entry { section, field: Some(id), label, of };
    let fields = section.fields.iter().map(move |(id, label)| entry(id, *label, None));
    let is_here = |field: &&Field| (field.group == Group::Budgets) == (section.path == "/settings/budgets");
    let table = section.table.iter().filter(is_here).map(move |field| entry(field.id, Text::name(field), Some(field)));
    std::iter::once(whole).chain(fields).chain(table)
}

#[cfg(test)]
mod tests {
    use super::search;
    use crate::state::account::Audience;
    use shared::settings::fields::{self, Group};

    fn found(query: &str, admin: bool) -> Vec<String> {
        search(query, |section| admin || section.audience == Audience::Everybody)
            .iter()
            .map(super::Entry::href)
            .collect()
    }

    #[test]
    fn settings_are_found_by_their_name_in_either_language() {
        assert_eq!(found("passw", false), ["/settings/profile#password"]);
        assert_eq!(found("外观", false), ["/settings/profile#theme"]);
        assert_eq!(found(" REGIST ", true)[0], "/settings/system#registration");
    }

    #[test]
    fn every_setting_of_the_system_is_found_by_its_names_its_sentences_and_its_key() {
        for field in fields::ALL {
            let page = if field.group == Group::Budgets { "budgets" } else { "system" };
            let place = format!("/settings/{page}#{}", field.id);
            for words in [field.en.0, field.en.1, field.zh.0, field.zh.1, field.key] {
                assert!(found(words, true).contains(&place), "`{words}` does not lead to {place}");
                assert!(!found(words, false).contains(&place), "`{words}` leads a member to {place}");
            }
        }
    }

    #[test]
    fn what_is_called_so_comes_before_what_only_speaks_of_it() {
        let about = found("prometheus", true);
        assert_eq!(about, ["/settings/system#metrics"]);
        let named = found("model", true);
        assert_eq!(named.first().map(String::as_str), Some("/settings/profile#my-model"));
    }

    #[test]
    fn nobody_finds_what_only_administrators_may_see() {
        assert!(found("people", false).is_empty());
        assert_eq!(found("people", true)[..2], ["/settings/people", "/settings/people#lists"]);
    }
}
