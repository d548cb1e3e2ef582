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
        fields: &[],
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
}

impl Entry {
    /// Its address.
    #[must_use]
    pub fn href(&self) -> String {
        self.field.map_or_else(|| self.section.path.to_owned(), |field| format!("{}#{field}", self.section.path))
    }
}

/// Everything whose name contains `query` in either language; sections before their fields.
#[must_use]
pub fn search(query: &str, sees: impl Fn(&Section) -> bool) -> Vec<Entry> {
    let wanted = query.trim().to_lowercase();
    let matches = |entry: &Entry| {
        entry.label.en.to_lowercase().contains(&wanted) || entry.label.zh.to_lowercase().contains(&wanted)
    };
    let visible = SECTIONS.iter().filter(|section| sees(section));
    visible.flat_map(entries).filter(matches).collect()
}

fn entries(section: &'static Section) -> impl Iterator<Item = Entry> {
    let whole = Entry { section, field: None, label: section.title };
    let entry = move |id: &'static str, label| Entry { section, field: Some(id), label };
    let fields = section.fields.iter().map(move |(id, label)| entry(id, *label));
    let is_here = |field: &&Field| (field.group == Group::Budgets) == (section.path == "/settings/budgets");
    let table = section.table.iter().filter(is_here).map(move |field| entry(field.id, Text::name(field)));
    std::iter::once(whole).chain(fields).chain(table)
}

#[cfg(test)]
mod tests {
    use super::search;
    use crate::state::account::Audience;

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
        assert_eq!(found(" REGIST ", true), ["/settings/system#registration"]);
    }

    #[test]
    fn nobody_finds_what_only_administrators_may_see() {
        assert!(found("people", false).is_empty());
        assert_eq!(found("people", true), ["/settings/people", "/settings/people#lists"]);
    }
}
