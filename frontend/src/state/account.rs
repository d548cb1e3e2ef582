//! Who is signed in, what this server is called, and whether strangers may register.

use crate::reactive::{effect, memo};
use crate::state::preferences::Preferences;
use crate::state::{start, typed};
use crate::{api, dom, finished, look, storage};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::accounts::{ChangePassword, Credentials, Entry, SecondStep, SignedIn, User, UserRole, UserStatus};
use shared::error::Params;
use shared::invitations::NewAccount;
use shared::oidc::{FinishedSignIn, ProviderButton};
use shared::second_factor::CodeSignIn;
use shared::settings::{Announcement, Bootstrap, Branding, Registration};
use shared::{ApiError, ErrorCode};

/// Whether the first answer has arrived.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// Not yet.
    #[default]
    Loading,
    /// Yes.
    Ready,
    /// It failed.
    Failed(ApiError),
}

/// Whom a part of the interface is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody who is signed in.
    Everybody,
    /// Everybody, where people may connect models of their own.
    PersonalConnections,
    /// Everybody who may have answers traced, and administrators.
    Traces,
    /// Administrators.
    Admins,
}

/// The plain state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AccountState {
    /// Whether the first answer has arrived.
    pub phase: Phase,
    /// The signed-in person.
    pub user: Option<User>,
    /// Whether strangers may register; none before the first answer.
    pub registration: Option<Registration>,
    /// What the server shows of itself.
    pub branding: Branding,
    /// What administrators announce to those who are signed in.
    pub announcement: Option<Announcement>,
    /// Why the last login ended, when the person did not end it; shown at the door.
    pub ended: Option<ApiError>,
    /// The last sign-in that the state of the account did not allow; the notice about it says why.
    pub refused: Option<ApiError>,
    /// Other services through which people may sign in.
    pub providers: Vec<ProviderButton>,
    /// Whether answers are traced unless the person says otherwise; none where they may not have them traced.
    pub trace: Option<bool>,
    /// The second step of a sign-in that has begun.
    pub step: Option<SecondStep>,
    /// Whether the first account of the server was made here, and its setup not offered yet.
    pub founded: bool,
    /// Whether the person signed out: then nothing has to be found again after the next sign-in.
    pub left: bool,
}

impl AccountState {
    /// Takes in the first answer.
    pub fn load(&mut self, bootstrap: Bootstrap) {
        self.phase = Phase::Ready;
        self.look(bootstrap.branding);
        self.announcement = bootstrap.announcement;
        self.registration = Some(bootstrap.registration);
        self.providers = bootstrap.providers;
        self.trace = bootstrap.trace;
        self.user = bootstrap.user.filter(|user| user.status == UserStatus::Active);
    }

    /// Takes in what the server shows of itself.
    pub fn look(&mut self, branding: Branding) {
        self.branding = branding;
    }

    /// Whether the signed-in person is among those.
    #[must_use]
    pub fn may_see(&self, audience: Audience) -> bool {
        match audience {
            Audience::Everybody => true,
            Audience::PersonalConnections => self.branding.personal_connections,
            Audience::Traces => self.trace.is_some() || self.is_admin(),
            Audience::Admins => self.is_admin(),
        }
    }

    /// Takes in a sign-in, or news about the person. Anybody who is not active is not signed in.
    pub fn sign_in(&mut self, user: User) {
        let active = user.status == UserStatus::Active;
        // Whoever it is, the server has an account now.
        if self.registration == Some(Registration::Setup) {
            self.registration = Some(Registration::Open);
            self.founded = active;
        }
        self.ended = self.user.as_ref().and_then(|_| obstacle(&user));
        self.refused = None;
        self.step = None;
        self.left = false;
        self.user = active.then_some(user);
    }

    /// Forgets the person, and remembers why if there is something to say. No reason means their own wish.
    pub fn sign_out(&mut self, why: Option<ApiError>) {
        self.user = None;
        self.announcement = None;
        self.left = why.is_none();
        self.ended = why.filter(|error| error.known() != Some(ErrorCode::AuthRequired));
    }

    /// Whether the signed-in person has to replace their password before anything else.
    #[must_use]
    pub fn must_change_password(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.must_change_password)
    }

    /// Whether the signed-in person has to set up a second factor before anything else; a password comes first.
    #[must_use]
    pub fn must_set_up(&self) -> bool {
        let rule = self.branding.second_factor;
        self.user.as_ref().is_some_and(|user| !user.must_change_password && user.lacks_second_factor(rule))
    }

    /// Whether the signed-in person may do everything.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.role == UserRole::Admin)
    }
}

/// Why this person may not be here.
fn obstacle(user: &User) -> Option<ApiError> {
    let code = match user.status {
        UserStatus::Active => return None,
        UserStatus::Pending => ErrorCode::AuthPending,
        UserStatus::Rejected => ErrorCode::AuthRejected,
        UserStatus::Disabled => ErrorCode::AuthDisabled,
    };
    let reason = user.reason.clone().map(|reason| ("reason".to_owned(), reason));
    Some(ApiError::bare(code, reason.into_iter().collect()))
}

/// The account as the interface reads and changes it.
#[derive(Clone, Copy)]
pub struct Account {
    state: RwSignal<AccountState>,
    preferences: Preferences,
    /// Whether this browser keeps the mark of the login.
    marked: StoredValue<bool>,
    /// The signed-in person.
    pub user: Memo<Option<User>>,
    /// Whether somebody is signed in.
    pub is_signed_in: Memo<bool>,
    /// Whether that person has to replace their password before anything else.
    pub must_change_password: Memo<bool>,
    /// Whether that person has to set up a second factor before anything else.
    pub must_set_up: Memo<bool>,
    /// Whether a sign-in waits for a code.
    pub wants_code: Memo<bool>,
    /// Whether that person is an administrator.
    pub is_admin: Memo<bool>,
    /// The name that the interface shows.
    pub brand: Memo<String>,
    /// What the server shows of itself.
    pub branding: Memo<Branding>,
    /// What administrators announce.
    pub announcement: Memo<Option<Announcement>>,
    /// Whether strangers may register.
    pub registration: Memo<Option<Registration>>,
    /// Other services through which people may sign in.
    pub providers: Memo<Vec<ProviderButton>>,
    /// Whether answers are traced unless the person says otherwise; none where they may not have them traced.
    pub trace: Memo<Option<bool>>,
    /// Whether the first answer has arrived.
    pub phase: Memo<Phase>,
}

impl Account {
    fn new(preferences: Preferences) -> Self {
        let branding = Branding { name: "AIChat".to_owned(), ..Branding::default() };
        let state = RwSignal::new(AccountState { branding, ..AccountState::default() });
        Self {
            state,
            preferences,
            marked: StoredValue::new(false),
            user: memo(move || state.with(|state| state.user.clone())),
            is_signed_in: memo(move || state.with(|state| state.user.is_some())),
            must_change_password: memo(move || state.with(AccountState::must_change_password)),
            must_set_up: memo(move || state.with(AccountState::must_set_up)),
            wants_code: memo(move || state.with(|state| state.step.is_some())),
            is_admin: memo(move || state.with(AccountState::is_admin)),
            brand: memo(move || state.with(|state| state.branding.name.clone())),
            branding: memo(move || state.with(|state| state.branding.clone())),
            announcement: memo(move || state.with(|state| state.announcement.clone())),
            registration: memo(move || state.with(|state| state.registration)),
            providers: memo(move || state.with(|state| state.providers.clone())),
            trace: memo(move || state.with(|state| state.trace)),
            phase: memo(move || state.with(|state| state.phase.clone())),
        }
    }

    /// Whether the signed-in person is among those; tracked.
    #[must_use]
    pub fn may_see(self, audience: Audience) -> bool {
        self.state.with(|state| state.may_see(audience))
    }

    /// Why the last login ended; tracked.
    #[must_use]
    pub fn ended(self) -> Option<ApiError> {
        self.state.with(|state| state.ended.clone())
    }

    /// Why the last sign-in was refused, if this is the code; tracked.
    #[must_use]
    pub fn refused(self, code: ErrorCode) -> Option<ApiError> {
        self.state.with(|state| state.refused.clone().filter(|error| error.known() == Some(code)))
    }

    /// Whether the person signed out; not tracked.
    pub fn has_left(self) -> bool {
        self.state.with_untracked(|state| state.left)
    }

    /// Whether the first account of the server was made here just now; told once.
    #[must_use]
    pub fn has_founded(self) -> bool {
        self.state.try_update_untracked(|state| std::mem::take(&mut state.founded)).unwrap_or_default()
    }

    /// Asks for everything the first screen needs.
    pub fn load(self) {
        self.state.update(|state| state.phase = Phase::Loading);
        spawn_local(async move {
            match first_answer().await {
                Ok(bootstrap) => self.begin(bootstrap),
                Err(error) => self.state.update(|state| state.phase = Phase::Failed(error)),
            }
        });
    }

    fn begin(self, mut bootstrap: Bootstrap) {
        start::keep(bootstrap.start.take());
        self.state.update(|state| state.load(bootstrap));
        self.follow();
    }

    /// Somebody signed in: asks for everything their first screen needs. Without that answer the screen asks by itself.
    async fn arrive(self, user: &User) {
        let mut began = None;
        if user.status == UserStatus::Active {
            let answer = api::auth::bootstrap().await.ok();
            began = answer.filter(|answer| answer.user.as_ref().is_some_and(|known| known.id == user.id));
        }
        match began {
            Some(bootstrap) => {
                self.state.update(|state| state.sign_in(user.clone()));
                self.begin(bootstrap);
            }
            None => self.set_user(user.clone()),
        }
    }

    /// Signs in, or begins to: then a code is asked for.
    ///
    /// # Errors
    /// As the server refuses: wrong, pending, rejected, disabled, throttled.
    pub async fn sign_in(self, credentials: &Credentials) -> api::ApiResult<()> {
        let answer = api::auth::login(credentials).await;
        self.state.update(|state| state.refused = answer.as_ref().err().cloned());
        self.enter(answer?).await;
        Ok(())
    }

    /// Takes in what a first step led to.
    async fn enter(self, entry: Entry) {
        match entry.user {
            Some(user) => self.arrive(&user).await,
            None => self.state.update(|state| state.step = entry.second_factor),
        }
    }

    /// Takes in what a sign-in through another service led to.
    pub async fn finish(self, finished: FinishedSignIn) {
        let FinishedSignIn { user, tokens, second_factor, .. } = finished;
        self.enter(Entry { user, tokens, second_factor }).await;
    }

    /// Notes why a sign-in through another service came to nothing; it is said at the door.
    pub fn fail(self, error: ApiError) {
        self.state.update(|state| (state.refused, state.ended) = (Some(error.clone()), Some(error)));
    }

    /// Shows a code, the second step of signing in. When its ticket is over the first step comes back, and says why.
    ///
    /// # Errors
    /// As the server refuses: wrong, over, throttled.
    pub async fn show_code(self, code: String) -> api::ApiResult<()> {
        let Some(step) = self.state.with_untracked(|state| state.step.clone()) else { return Ok(()) };
        let wish = CodeSignIn { ticket: step.ticket, code, tokens: false };
        match api::second_factor::sign_in(&wish).await {
            Ok(signed_in) => {
                self.arrive(&signed_in.user).await;
                Ok(())
            }
            Err(error) if error.known() == Some(ErrorCode::AuthTicket) => {
                self.state.update(|state| (state.step, state.ended) = (None, Some(error)));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Goes back to the first step of signing in.
    pub fn forget_step(self) {
        self.state.update(|state| state.step = None);
    }

    /// Notes whether the person has a second factor now.
    pub fn set_second_factor(self, has: bool) {
        if let Some(user) = self.user.get_untracked() {
            self.set_user(User { second_factor: has, ..user });
        }
    }

    /// Whoever had to set up a second factor first gets everything their first screen needs.
    pub async fn enter_with_second_factor(self) {
        if let Some(user) = self.user.get_untracked() {
            self.arrive(&User { second_factor: true, ..user }).await;
        }
    }

    /// Replaces the password. Who had to do that first gets everything their first screen needs.
    ///
    /// # Errors
    /// As the server refuses: the present one is wrong, the new one too common, throttled.
    pub async fn change_password(self, change: &ChangePassword) -> api::ApiResult<()> {
        api::auth::change_password(change).await?;
        let Some(user) = self.user.get_untracked() else { return Ok(()) };
        if user.must_change_password {
            self.arrive(&User { must_change_password: false, ..user }).await;
        } else if user.passwordless {
            self.set_user(User { passwordless: false, ..user });
        }
        Ok(())
    }

    /// Creates an account. The person in the answer may have to wait for approval.
    ///
    /// # Errors
    /// As the server refuses: name taken, registration closed, throttled.
    pub async fn register(self, wish: &NewAccount) -> api::ApiResult<SignedIn> {
        let reply = api::auth::register(wish).await;
        match &reply {
            Ok(signed_in) => self.arrive(&signed_in.user).await,
            // Somebody else may have been quicker.
            Err(_) => self.ask_for_setup().await,
        }
        reply
    }

    /// Where the server had no account yet: asks whether it has one now.
    pub async fn ask_for_setup(self) {
        if self.registration.get_untracked() == Some(Registration::Setup) {
            self.ask_again().await;
        }
    }

    /// Asks again for what was told at first: nobody here may have heard of what changed since.
    pub async fn ask_again(self) {
        let Ok(answer) = first_answer().await else { return };
        self.state.update(|state| {
            state.look(answer.branding);
            (state.registration, state.providers) = (Some(answer.registration), answer.providers);
        });
        // Whoever signed out meanwhile is not brought back, and what strangers are told says nothing of who is here.
        let here = self.user.get_untracked().map(|user| user.id);
        if let Some(user) = answer.user.filter(|user| here.as_ref() == Some(&user.id)) {
            self.state.update(|state| (state.announcement, state.trace) = (answer.announcement, answer.trace));
            self.set_user(user);
        }
    }

    /// Signs out.
    ///
    /// # Errors
    /// When the server could not be told: then the person is still signed in.
    pub async fn sign_out(self) -> api::ApiResult<()> {
        match api::auth::logout().await {
            Err(error) if !api::ends_session(&error) => return Err(error),
            _ => {}
        }
        self.end(None);
        Ok(())
    }

    /// Deletes the account, and with it the login.
    ///
    /// # Errors
    /// As the server refuses: wrong password, the last administrator, throttled.
    pub async fn leave(self, password: String) -> api::ApiResult<()> {
        api::auth::leave(password).await?;
        self.end(None);
        Ok(())
    }

    /// Signs out here if another tab has: it took the mark of the login away.
    pub fn notice_sign_out(self) {
        let was_marked = self.marked.get_value();
        if was_marked && self.is_signed_in.get_untracked() && storage::read(storage::SIGNED_IN).is_none() {
            self.end(Some(ApiError::bare(ErrorCode::AuthRequired, Params::new())));
        }
    }

    /// Signs out here if this error says that the login is over: another tab ended it, and took its mark away.
    pub fn expire(self, error: ApiError) {
        if self.user.with_untracked(Option::is_some) && api::ends_session(&error) {
            self.end(Some(error));
        }
    }

    /// Takes in news about the person: after sign-in, and from the event stream (`user.changed`).
    pub fn set_user(self, user: User) {
        self.state.update(|state| state.sign_in(user));
        self.follow();
    }

    /// Changes what the server shows of itself.
    pub fn set_branding(self, branding: Branding) {
        self.state.update(|state| state.look(branding));
    }

    fn end(self, why: Option<ApiError>) {
        self.state.update(|state| state.sign_out(why));
        self.follow();
    }

    /// What depends on the person outside the page: the device's memory of a login, language and colours.
    fn follow(self) {
        let user = self.user.get_untracked();
        if let Some(user) = &user {
            typed::belongs_to(&user.id);
            self.marked.set_value(storage::write(storage::SIGNED_IN, user.id.as_str()));
        } else {
            storage::remove(storage::SIGNED_IN);
        }
        self.preferences.adopt(user.as_ref());
    }
}

/// The first answer. A browser that was signed in may hold only the longer-lived half of its login, so that is tried too.
async fn first_answer() -> api::ApiResult<Bootstrap> {
    let bootstrap = api::auth::bootstrap().await?;
    let refreshable = bootstrap.user.is_none() && storage::read(storage::SIGNED_IN).is_some();
    if refreshable && api::auth::refresh().await.is_ok() {
        return api::auth::bootstrap().await;
    }
    Ok(bootstrap)
}

/// Makes the account available below, and starts loading it. Expects preferences.
pub fn provide_account(preferences: Preferences) -> Account {
    let account = Account::new(preferences);
    api::on_session_end(move |error| account.end(Some(error.clone())));
    provide_context(account);
    account.load();
    effect(move || {
        // Before the first answer the page wears what it wore last.
        if account.phase.get() == Phase::Ready {
            account.branding.with(look::dress);
        }
    });
    account
}

/// The account.
#[must_use]
pub fn use_account() -> Account {
    expect_context()
}

/// Names the page after `page` as long as the caller lives; follows language and brand.
pub fn use_title(page: impl Fn() -> String + Send + Sync + 'static) {
    let account = use_account();
    effect(move || dom::set_title(&page(), &account.brand.get(), finished::count()));
}

#[cfg(test)]
mod tests;
