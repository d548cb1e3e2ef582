//! Register, sign in, stay signed in, sign out, one's own account, and what the first screen needs to know.
//!
//! A browser gets cookies and no token in a body; a program that asks for tokens gets them and no cookie.

use crate::App;
use crate::audit::Actor;
use crate::auth::gate::Credential;
use crate::auth::{Client, CurrentUser, Entered, Grant, OptionalUser, Refreshed, Registered, cookies, rename};
use crate::chat::wishes::clean_instructions;
use crate::db::sessions::Filter;
use crate::db::{providers, sessions, users};
use crate::error::{AppError, AppResult};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use shared::ErrorCode;
use shared::accounts::{ChangePassword, Credentials, Entry, RefreshRequest, SignedIn, UpdateMe, User};
use shared::events::UserEvent;
use shared::invitations::NewAccount;
use shared::limits::{DEFAULT_PAGE, MAX_PAGE};
use shared::page::PageQuery;
use shared::second_factor::CodeSignIn;
use shared::settings::{Announcement, Bootstrap, START_MODELS, SignInMethod, SignInMethods, Start, Uploads};
use shared::trace::Via;

/// `GET /api/bootstrap`: all that the first screen needs, signed in or not.
pub async fn get_bootstrap(app: web::Data<App>, caller: OptionalUser) -> AppResult<web::Json<Bootstrap>> {
    let user = caller.0.map(|caller| User::clone(&caller.user));
    let rule = app.settings.trace_rule();
    let start = match &user {
        // Who has to replace their password, or to set up a second factor, sees nothing else first.
        Some(user) if is_let_in(&app, user) => Some(start(&app, user).await?),
        _ => None,
    };
    Ok(web::Json(Bootstrap {
        branding: app.settings.branding(),
        registration: app.auth.registration(app.settings.registration_enabled()).await?,
        announcement: user.is_some().then(|| app.settings.announcement()).filter(Announcement::is_up),
        providers: providers::buttons(app.db.read()).await?,
        trace: user.as_ref().filter(|user| rule.allows(user, Via::Spa)).map(|_| rule.by_default),
        user,
        uploads: Uploads::new(app.settings.file_quota()),
        start,
    }))
}

fn is_let_in(app: &App, user: &User) -> bool {
    !user.must_change_password && !user.lacks_second_factor(app.settings.second_factor_rule())
}

/// The beginning of what this person has.
async fn start(app: &App, user: &User) -> AppResult<Start> {
    let (db, mark) = (app.db.read(), app.runs.hub().mark(&user.id));
    let (pinned, loose) = (Some(true), Filter { pinned: Some(false), folder: Some(None), ..Filter::default() });
    let models = app.catalog.models(&PageQuery { after: None, limit: Some(START_MODELS) }, user)?;
    Ok(Start {
        mark,
        folders: super::folders::all(app, &user.id).await?,
        pinned: sessions::list(db, &user.id, &Filter { pinned, ..Filter::default() }, None, MAX_PAGE).await?,
        loose: sessions::list(db, &user.id, &loose, None, DEFAULT_PAGE).await?,
        models: Some(models).filter(|models| models.next.is_none()),
    })
}

/// `GET /api/auth/methods`: the ways to sign in that work here, and whether one may register. There is no demo account.
pub async fn get_methods(app: web::Data<App>) -> AppResult<web::Json<SignInMethods>> {
    let providers = providers::buttons(app.db.read()).await?;
    let oidc = Some(SignInMethod::Oidc).filter(|_| !providers.is_empty());
    Ok(web::Json(SignInMethods {
        methods: std::iter::once(SignInMethod::Password).chain(oidc).collect(),
        providers,
        registration: app.auth.registration(app.settings.registration_enabled()).await?,
    }))
}

/// `POST /api/auth/register`: 201 and signed in for the first account and with an invitation, 202 for one that waits for
/// approval.
pub async fn register(
    app: web::Data<App>,
    request: HttpRequest,
    body: web::Json<NewAccount>,
) -> AppResult<HttpResponse> {
    let tokens = body.tokens;
    let client = caller(&app, &request, tokens)?;
    match app.auth.register(&client, body.into_inner(), app.settings.registration_enabled()).await? {
        Registered::Active(grant) => {
            app.runs.hub().publish_people();
            Ok(signed_in(HttpResponse::Created(), &grant, tokens, &client))
        }
        Registered::Pending(user) => {
            app.runs.hub().publish_people();
            Ok(HttpResponse::Accepted().json(SignedIn { user, tokens: None }))
        }
    }
}

/// `POST /api/auth/login`: 200 and signed in, or 202 with a ticket for the second step.
pub async fn login(app: web::Data<App>, request: HttpRequest, body: web::Json<Credentials>) -> AppResult<HttpResponse> {
    let tokens = body.tokens;
    let client = caller(&app, &request, tokens)?;
    let entered = app.auth.login(&client, body.into_inner()).await?;
    Ok(entrance(entered, tokens, &client))
}

/// `POST /api/auth/login/code`: the second step, for whoever was asked for a code.
pub async fn login_with_code(
    app: web::Data<App>,
    request: HttpRequest,
    body: web::Json<CodeSignIn>,
) -> AppResult<HttpResponse> {
    let client = caller(&app, &request, body.tokens)?;
    let grant = app.auth.login_with_code(&client, &body).await?;
    Ok(signed_in(HttpResponse::Ok(), &grant, body.tokens, &client))
}

/// `POST /api/auth/refresh`: with the token in the body, or with an empty body and the cookie.
pub async fn refresh(app: web::Data<App>, request: HttpRequest, body: web::Bytes) -> AppResult<HttpResponse> {
    let given = token_in(&body)?;
    let tokens = given.is_some();
    let token = given.or_else(|| refresh_cookie(&request)).ok_or(ErrorCode::AuthRequired)?;
    let client = caller(&app, &request, tokens)?;
    match app.auth.refresh(&client, &token).await? {
        Refreshed::Granted(grant) => Ok(signed_in(HttpResponse::Ok(), &grant, tokens, &client)),
        Refreshed::Reused(ended) => {
            app.runs.hub().close_login(&ended.user, &ended.login);
            Err(ErrorCode::AuthRevoked.into())
        }
    }
}

/// `POST /api/auth/logout`: ends the login that any of the caller's tokens belongs to. There may be none: 204 again.
pub async fn logout(app: web::Data<App>, request: HttpRequest, body: web::Bytes) -> AppResult<HttpResponse> {
    let given = token_in(&body)?;
    let shown = Credential::of(&request);
    let by_token = given.is_some() || matches!(shown, Some(Credential::Bearer(_)));
    let refresh = given.or_else(|| refresh_cookie(&request).filter(|_| !by_token));
    if !by_token && (shown.is_some() || refresh.is_some()) {
        app.auth.check_csrf(&request)?;
    }
    if let Some(ended) = app.auth.logout(shown.as_ref().map(Credential::token), refresh.as_deref()).await? {
        app.runs.hub().close_login(&ended.user, &ended.login);
    }
    let mut response = HttpResponse::NoContent();
    if !by_token {
        for cookie in cookies::clear(&app.auth.trust().client(&request)) {
            response.cookie(cookie);
        }
    }
    Ok(response.finish())
}

/// `GET /api/auth/me`.
pub async fn get_me(caller: CurrentUser) -> web::Json<User> {
    web::Json(User::clone(&caller.user))
}

/// `PATCH /api/auth/me`: name, language, colours, what models are told about the person, and the model of their new chats.
pub async fn update_me(
    app: web::Data<App>,
    caller: CurrentUser,
    by: Actor,
    mut body: web::Json<UpdateMe>,
) -> AppResult<web::Json<User>> {
    let id = &caller.user.id;
    body.about.as_deref().map(clean_instructions).transpose()?;
    if let Some(model) = body.default_model.as_mut().filter(|model| !model.as_str().is_empty()) {
        *model = app.catalog.resolve(Some(model.as_str()), &caller)?.model_id;
    }
    let tx = app.db.begin().await?;
    users::set_preferences(&tx, id, &body).await?;
    let mut user = users::get(&tx, id).await?.ok_or(ErrorCode::AuthRevoked)?;
    if let Some(name) = &body.username {
        user = rename(&tx, &by, &user, name, app.clock.now()).await?;
    }
    tx.commit().await?;
    app.auth.forget_user(id);
    if user.username != caller.user.username {
        app.runs.hub().publish_people();
    }
    app.runs.hub().publish(id, &UserEvent::UserChanged { user: user.clone() });
    Ok(web::Json(user))
}

/// `POST /api/auth/password`: replaces the password and ends all other logins with their streams.
pub async fn change_password(
    app: web::Data<App>,
    caller: CurrentUser,
    by: Actor,
    body: web::Json<ChangePassword>,
) -> AppResult<HttpResponse> {
    app.auth.change_password(&caller, &by, body.into_inner()).await?;
    app.runs.hub().close_logins(&caller.user.id, Some(&caller.login));
    if caller.user.must_change_password {
        app.runs.hub().publish_people();
    }
    Ok(HttpResponse::NoContent().finish())
}

/// Describes who wants to sign in. What sets cookies must come from a page of ours: else a foreign page could sign a
/// person in to an account that is not theirs.
pub(super) fn caller(app: &App, request: &HttpRequest, tokens: bool) -> AppResult<Client> {
    if !tokens {
        app.auth.check_csrf(request)?;
    }
    Ok(app.auth.trust().client(request))
}

/// What a first step led to.
fn entrance(entered: Entered, tokens: bool, client: &Client) -> HttpResponse {
    match entered {
        Entered::Granted(grant) => signed_in(HttpResponse::Ok(), &grant, tokens, client),
        Entered::CodeNeeded(step) => {
            HttpResponse::Accepted().json(Entry { second_factor: Some(step), ..Entry::default() })
        }
    }
}

fn signed_in(mut response: HttpResponseBuilder, grant: &Grant, tokens: bool, client: &Client) -> HttpResponse {
    set_cookies(&mut response, grant, tokens, client);
    response.json(SignedIn { user: grant.user.clone(), tokens: tokens.then(|| grant.tokens()) })
}

/// A browser gets its cookies; a program that asked for tokens gets none.
pub(super) fn set_cookies(response: &mut HttpResponseBuilder, grant: &Grant, tokens: bool, client: &Client) {
    if !tokens {
        for cookie in cookies::set(grant, client) {
            response.cookie(cookie);
        }
    }
}

fn refresh_cookie(request: &HttpRequest) -> Option<String> {
    let cookie = request.cookie(cookies::REFRESH)?;
    Some(cookie.value().to_owned()).filter(|token| !token.is_empty())
}

/// The refresh token in a body that may be empty, or `null`.
fn token_in(body: &[u8]) -> AppResult<Option<String>> {
    if body.trim_ascii().is_empty() {
        return Ok(None);
    }
    let request: Option<RefreshRequest> = serde_json::from_slice(body).map_err(AppError::invalid)?;
    Ok(request.and_then(|request| request.refresh_token).filter(|token| !token.is_empty()))
}
