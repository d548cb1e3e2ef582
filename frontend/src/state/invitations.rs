//! Invitations, as administrators see them.

use crate::api;
use crate::state::load::Load;
use crate::state::people::use_people;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::invitations::{CreateInvitation, CreatedInvitation, Invitation, InvitationState};
use shared::{ApiError, ErrorCode, InvitationId, Page};

/// The plain state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InvitationsState {
    /// Where the list stands.
    pub load: Load,
    /// The invitations, the newest first.
    pub items: Vec<Invitation>,
}

impl InvitationsState {
    /// Takes in the list.
    pub fn replace(&mut self, answer: Result<Page<Invitation>, ApiError>) {
        match answer {
            Ok(page) => (self.load, self.items) = (Load::Ready, page.items),
            Err(error) => self.load = Load::Failed(error),
        }
    }

    /// Takes in one that was revoked. Who came by it stays to be seen.
    pub fn revoked(&mut self, id: &InvitationId) {
        if let Some(known) = self.items.iter_mut().find(|known| known.id == *id) {
            known.state = InvitationState::Revoked;
        }
    }
}

/// Invitations as the interface reads and changes them.
#[derive(Clone, Copy)]
pub struct Invitations {
    /// The state; tracked.
    pub state: RwSignal<InvitationsState>,
}

impl Invitations {
    /// Asks for the list, and again whenever somebody came or changed, for as long as the caller lives.
    #[must_use]
    pub fn load() -> Self {
        let invitations = Self { state: RwSignal::new(InvitationsState::default()) };
        use_people().follow(move || invitations.reload());
        invitations
    }

    /// Asks for the list again.
    pub fn reload(self) {
        spawn_local(async move {
            let answer = api::invitations::list().await;
            self.state.try_update(|state| state.replace(answer));
        });
    }

    /// Makes one. Answers it with its code.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn create(self, wish: &CreateInvitation) -> api::ApiResult<CreatedInvitation> {
        let made = api::invitations::create(wish).await?;
        self.state.try_update(|state| state.items.insert(0, made.invitation.clone()));
        Ok(made)
    }

    /// Takes one back. One that somebody else took back is seen as that.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn revoke(self, id: &InvitationId) -> api::ApiResult<()> {
        match api::invitations::revoke(id).await {
            Err(error) if error.known() != Some(ErrorCode::InvitationNotFound) => return Err(error),
            _ => {}
        }
        self.state.try_update(|state| state.revoked(id));
        Ok(())
    }
}

/// A whole number within a range, as it was typed.
#[must_use]
pub fn number(text: &str, range: &std::ops::RangeInclusive<u32>) -> Option<u32> {
    text.trim().parse().ok().filter(|number| range.contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::limits::INVITATION_DAYS;

    #[test]
    fn a_number_is_whole_and_within_its_range() {
        let days = |text| number(text, &INVITATION_DAYS);
        assert_eq!(
            (days(" 7 "), days("30"), days("31"), days("0"), days("x"), days("1.5")),
            (Some(7), Some(30), None, None, None, None)
        );
    }

    #[test]
    fn one_that_was_revoked_stays_in_its_place() {
        let one = |id: &str| Invitation {
            id: id.into(),
            by: "ada".to_owned(),
            role: shared::accounts::UserRole::User,
            note: String::new(),
            max_uses: 1,
            uses: 0,
            people: Vec::new(),
            state: InvitationState::Open,
            created_at: String::new(),
            expires_at: String::new(),
        };
        let mut state = InvitationsState { load: Load::Ready, items: vec![one("a"), one("b")] };
        state.revoked(&"b".into());
        assert_eq!(state.items[1].state, InvitationState::Revoked);
        assert_eq!(state.items[0].state, InvitationState::Open);
    }
}
