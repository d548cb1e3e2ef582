//! What an administrator can do with a person: which deeds there are when, their words, and what each does.

use crate::components::ui::Glyph;
use crate::i18n::{Text, auth, factor, leaving, people as words, settings};
use crate::state::credentials::name_fault;
use crate::state::people::People;
use shared::accounts::{UserRole, UserStatus};
use shared::limits::MAX_REASON_CHARS;
use shared::{ApiError, UserId};

/// What an administrator can do with a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Approve,
    Reject,
    Disable,
    Enable,
    MakeAdmin,
    MakeUser,
    Rename,
    ResetPassword,
    EndLogins,
    TakeFactor,
    Delete,
}

impl Deed {
    /// What can be done with a person in this state; the first is what one usually wants.
    pub(super) fn of(role: UserRole, status: UserStatus, second_factor: bool) -> Vec<Self> {
        let mut deeds = Self::always(role, status).to_vec();
        if second_factor && status == UserStatus::Active {
            // What keeps somebody out stays last.
            let worst = deeds.iter().position(|deed| deed.is_final());
            deeds.insert(worst.unwrap_or(deeds.len()), Self::TakeFactor);
        }
        deeds
    }

    /// Whether it keeps somebody out.
    pub(super) fn is_final(self) -> bool {
        matches!(self, Self::Disable | Self::Delete)
    }

    fn always(role: UserRole, status: UserStatus) -> &'static [Self] {
        match (status, role) {
            (UserStatus::Pending, _) => &[Self::Approve, Self::Reject],
            (UserStatus::Rejected, _) => &[Self::Approve, Self::Delete],
            (UserStatus::Disabled, _) => &[Self::Enable, Self::Delete],
            (UserStatus::Active, UserRole::User) => {
                &[Self::MakeAdmin, Self::Rename, Self::ResetPassword, Self::EndLogins, Self::Disable, Self::Delete]
            }
            (UserStatus::Active, UserRole::Admin) => {
                &[Self::MakeUser, Self::Rename, Self::ResetPassword, Self::EndLogins, Self::Disable, Self::Delete]
            }
        }
    }

    pub(super) fn label(self) -> Text {
        match self {
            Self::Approve => settings::APPROVE,
            Self::Reject => settings::REJECT,
            Self::Disable => settings::DISABLE,
            Self::Enable => settings::ENABLE,
            Self::MakeAdmin => settings::MAKE_ADMIN,
            Self::MakeUser => settings::MAKE_USER,
            Self::Rename => words::RENAME,
            Self::ResetPassword => words::RESET,
            Self::EndLogins => words::END_ALL,
            Self::TakeFactor => factor::TAKE,
            Self::Delete => leaving::PERSON_DELETE,
        }
    }

    pub(super) fn done(self) -> Text {
        match self {
            Self::Approve => settings::APPROVED,
            Self::Reject => settings::REJECTED,
            Self::Disable => settings::DISABLED,
            Self::Enable => settings::ENABLED,
            Self::MakeAdmin => settings::IS_ADMIN,
            Self::MakeUser => settings::IS_USER,
            Self::Rename => words::RENAMED,
            Self::ResetPassword => words::RESET_DONE,
            Self::EndLogins => words::END_ALL_DONE,
            Self::TakeFactor => factor::TAKEN,
            Self::Delete => leaving::PERSON_DELETED,
        }
    }

    /// What is asked first, where it reaches further than this page or wants to be told something.
    pub(super) fn question(self) -> Option<(Text, Text)> {
        match self {
            Self::Disable => Some((settings::DISABLE_TITLE, settings::DISABLE_TEXT)),
            Self::MakeAdmin => Some((settings::MAKE_ADMIN_TITLE, settings::MAKE_ADMIN_TEXT)),
            Self::Reject => Some((settings::REJECT_TITLE, settings::REJECT_TEXT)),
            Self::Rename => Some((words::RENAME_TITLE, words::RENAME_TEXT)),
            Self::ResetPassword => Some((words::RESET_TITLE, words::RESET_TEXT)),
            Self::EndLogins => Some((words::END_ALL_TITLE, words::END_ALL_TEXT)),
            Self::TakeFactor => Some((factor::TAKE_TITLE, factor::TAKE_TEXT)),
            Self::Delete => Some((leaving::PERSON_DELETE_TITLE, leaving::PERSON_DELETE_TEXT)),
            Self::Approve | Self::Enable | Self::MakeUser => None,
        }
    }

    /// The field that belongs to it: its id, label and hint.
    pub(super) fn takes(self) -> Option<(&'static str, Text, Text)> {
        match self {
            Self::Reject | Self::Disable => Some(("reason", words::REASON, words::REASON_HINT)),
            Self::Rename => Some(("new-name", words::NAME, auth::USERNAME_RULE)),
            _ => None,
        }
    }

    /// Which rule breaks what was typed into it.
    pub(super) fn fault(self, typed: &str) -> Option<Text> {
        match self {
            Self::Rename => name_fault(typed),
            _ => reason_fault(typed),
        }
    }

    pub(super) fn glyph(self) -> Glyph {
        match self {
            Self::Approve | Self::Enable => Glyph::Check,
            Self::Reject | Self::Disable => Glyph::X,
            Self::MakeAdmin => Glyph::Shield,
            Self::MakeUser => Glyph::User,
            Self::Rename => Glyph::Pencil,
            Self::ResetPassword => Glyph::Lock,
            Self::EndLogins => Glyph::LogOut,
            Self::TakeFactor => Glyph::Key,
            Self::Delete => Glyph::Trash,
        }
    }

    /// Does it, with what was typed. Answers a password that was made for the person.
    pub(super) async fn run(self, people: People, id: &UserId, typed: String) -> Result<Option<String>, ApiError> {
        match self {
            Self::Approve | Self::Enable => people.set_status(id, UserStatus::Active, String::new()).await?,
            Self::Reject => people.set_status(id, UserStatus::Rejected, typed).await?,
            Self::Disable => people.set_status(id, UserStatus::Disabled, typed).await?,
            Self::MakeAdmin => people.set_role(id, UserRole::Admin).await?,
            Self::MakeUser => people.set_role(id, UserRole::User).await?,
            Self::Rename => people.rename(id, &typed).await?,
            Self::EndLogins => people.end_logins(id).await?,
            Self::TakeFactor => people.take_second_factor(id).await?,
            Self::Delete => people.remove(id).await?,
            Self::ResetPassword => return people.reset_password(id).await,
        }
        Ok(None)
    }
}

/// Which rule a reason breaks.
fn reason_fault(reason: &str) -> Option<Text> {
    (reason.trim().chars().count() > MAX_REASON_CHARS).then_some(words::REASON_LONG)
}

#[cfg(test)]
mod tests {
    use super::Deed;
    use shared::accounts::{UserRole, UserStatus};

    const ALL: [Deed; 11] = [
        Deed::Approve,
        Deed::Reject,
        Deed::Disable,
        Deed::Enable,
        Deed::MakeAdmin,
        Deed::MakeUser,
        Deed::Rename,
        Deed::ResetPassword,
        Deed::EndLogins,
        Deed::TakeFactor,
        Deed::Delete,
    ];

    #[test]
    fn who_waits_can_be_approved_or_rejected() {
        assert_eq!(Deed::of(UserRole::User, UserStatus::Pending, true), [Deed::Approve, Deed::Reject]);
    }

    #[test]
    fn a_second_factor_is_taken_away_from_whoever_has_one() {
        let deeds = |has| Deed::of(UserRole::User, UserStatus::Active, has);
        assert!(deeds(true).contains(&Deed::TakeFactor) && !deeds(false).contains(&Deed::TakeFactor));
        assert_eq!(deeds(true)[4..], [Deed::TakeFactor, Deed::Disable, Deed::Delete]);
    }

    #[test]
    fn what_reaches_beyond_the_page_is_asked_first() {
        let asked: Vec<_> = ALL.into_iter().filter(|deed| deed.question().is_some()).collect();
        let due = [
            Deed::Reject,
            Deed::Disable,
            Deed::MakeAdmin,
            Deed::Rename,
            Deed::ResetPassword,
            Deed::EndLogins,
            Deed::TakeFactor,
            Deed::Delete,
        ];
        assert_eq!(asked, due);
    }

    #[test]
    fn a_reason_is_asked_for_where_somebody_is_kept_out_and_a_name_for_another_one() {
        let takes = |id: &str| -> Vec<Deed> {
            ALL.into_iter().filter(|deed| deed.takes().is_some_and(|(field, ..)| field == id)).collect()
        };
        assert_eq!((takes("reason"), takes("new-name")), (vec![Deed::Reject, Deed::Disable], vec![Deed::Rename]));
        let reason = |length| Deed::Disable.fault(&"因".repeat(length));
        assert!(reason(0).is_none() && reason(200).is_none() && reason(201).is_some());
        assert!(Deed::Rename.fault("李雷").is_none() && Deed::Rename.fault("a").is_some());
    }
}
