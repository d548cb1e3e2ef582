//! One module per address, and the table of addresses. Pages read state and lay out; they decide nothing that outlives
//! them.

pub mod audit;
pub mod budgets;
pub mod callback;
pub mod chat;
pub mod connections;
pub mod door;
pub mod guard;
pub mod keys;
pub mod login;
pub mod logs;
pub mod models;
pub mod not_found;
pub mod overview;
pub mod pending;
pub mod people;
pub mod profile;
pub mod providers;
pub mod register;
pub mod replace;
pub mod set_up_factor;
pub mod settings;
pub mod start;
pub mod system;
pub mod traces;
pub mod usage;

/// A page of the client. Both addresses of the chat are one page, so opening another chat does not build it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// `/auth/login`, and `/auth`, which is how older links name it.
    Login,
    /// `/auth/register`.
    Register,
    /// `/auth/pending`.
    Pending,
    /// `/auth/password`.
    Replace,
    /// `/auth/second-factor`.
    SetUpFactor,
    /// `/auth/callback`.
    Callback,
    /// `/start`.
    Start,
    /// `/settings` and what is below it.
    Settings(Section),
    /// `/`, `/c/:id` and `/archive`.
    Chat,
    /// Anything else.
    NotFound,
}

/// A section of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// `/settings`.
    Index,
    /// `/settings/profile`.
    Profile,
    /// `/settings/keys`.
    Keys,
    /// `/settings/my-connections`.
    MyConnections,
    /// `/settings/connections`.
    Connections,
    /// `/settings/models`.
    Models,
    /// `/settings/people`.
    People,
    /// `/settings/overview`.
    Overview,
    /// `/settings/budgets`.
    Budgets,
    /// `/settings/sign-in`.
    SignIn,
    /// `/settings/system`.
    System,
    /// `/settings/audit`.
    Audit,
    /// `/main/logs/task-trace`.
    Traces,
    /// `/settings/usage`.
    Usage,
    /// `/settings/usage/all`.
    UsageOfAll,
    /// `/main/logs/live`.
    Logs,
}

impl Page {
    /// The page at a path; a slash at the end does not matter.
    #[must_use]
    pub fn at(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts[..] {
            ["auth"] | ["auth", "login"] => Self::Login,
            ["auth", "register"] => Self::Register,
            ["auth", "pending"] => Self::Pending,
            ["auth", "password"] => Self::Replace,
            ["auth", "second-factor"] => Self::SetUpFactor,
            ["auth", "callback"] => Self::Callback,
            ["start"] => Self::Start,
            ["settings"] => Self::Settings(Section::Index),
            ["settings", "profile"] => Self::Settings(Section::Profile),
            ["settings", "keys"] => Self::Settings(Section::Keys),
            ["settings", "connections"] => Self::Settings(Section::Connections),
            ["settings", "my-connections"] => Self::Settings(Section::MyConnections),
            ["settings", "models"] => Self::Settings(Section::Models),
            ["settings", "people"] => Self::Settings(Section::People),
            ["settings", "overview"] => Self::Settings(Section::Overview),
            ["settings", "budgets"] => Self::Settings(Section::Budgets),
            ["settings", "sign-in"] => Self::Settings(Section::SignIn),
            ["settings", "system"] => Self::Settings(Section::System),
            ["settings", "audit"] => Self::Settings(Section::Audit),
            ["settings", "usage"] => Self::Settings(Section::Usage),
            ["settings", "usage", "all"] => Self::Settings(Section::UsageOfAll),
            ["main", "logs", "live"] => Self::Settings(Section::Logs),
            ["main", "logs", "task-trace"] => Self::Settings(Section::Traces),
            [] | ["c", _] | ["archive"] => Self::Chat,
            _ => Self::NotFound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, Section};

    #[test]
    fn every_address_has_its_page() {
        for (path, page) in [
            ("/", Page::Chat),
            ("/c/01a1fd3d", Page::Chat),
            ("/archive", Page::Chat),
            ("/auth", Page::Login),
            ("/auth/login/", Page::Login),
            ("/auth/password", Page::Replace),
            ("/auth/second-factor", Page::SetUpFactor),
            ("/auth/callback", Page::Callback),
            ("/start", Page::Start),
            ("/settings/sign-in", Page::Settings(Section::SignIn)),
            ("/settings", Page::Settings(Section::Index)),
            ("/settings/keys", Page::Settings(Section::Keys)),
            ("/settings/budgets", Page::Settings(Section::Budgets)),
            ("/settings/people", Page::Settings(Section::People)),
            ("/settings/audit", Page::Settings(Section::Audit)),
            ("/main/logs/task-trace", Page::Settings(Section::Traces)),
            ("/settings/usage", Page::Settings(Section::Usage)),
            ("/settings/usage/all/", Page::Settings(Section::UsageOfAll)),
            ("/settings/usage/none", Page::NotFound),
            ("/main/logs/live", Page::Settings(Section::Logs)),
            ("/main/logs", Page::NotFound),
            ("/settings/overview", Page::Settings(Section::Overview)),
            ("/settings/nothing", Page::NotFound),
            ("/c", Page::NotFound),
            ("/c/1/2", Page::NotFound),
            ("/docs", Page::NotFound),
        ] {
            assert_eq!(Page::at(path), page, "{path}");
        }
    }
}
