//! Every path of the product in one table: method, path, who may call it, which scope an API key needs, what answers.
//! `NoKey` stands where no key may call, whatever its scopes: a person has to sign in for that.
//!
//! The gate denies what is not here, and the route matrix (`tests/it/matrix.rs`) calls every line as everybody. Paths
//! with words stand before paths with `{id}` in the same place: the first match wins.

pub mod audit;
pub mod auth;
pub mod budgets;
pub mod catalog;
pub mod connections;
pub mod diagnosis;
pub mod events;
pub mod files;
mod filters;
pub mod folders;
pub mod health;
pub mod identity_providers;
pub mod invitations;
pub mod keys;
pub mod leaving;
pub mod logins;
pub mod logs;
pub mod messages;
pub mod metrics;
pub mod models;
pub mod oidc;
pub mod openapi;
pub mod overview;
pub mod people;
pub mod people_csv;
pub mod runs;
pub mod search;
pub mod second_factor;
pub mod self_test;
pub mod sessions;
pub mod settings;
pub mod spa;
pub mod traces;
pub mod usage;
pub mod v1;

use crate::auth::Access::{self, Account, Admin, Metrics, Public, SelfTest, User};
use crate::error::AppError;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Route, guard};
use shared::ErrorCode;
use shared::keys::Scope;

/// One line of the table.
pub struct Line {
    /// The method.
    pub method: &'static str,
    /// The path, with `{id}` where one belongs.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What a key needs to call it; none for what no key may.
    pub scope: Option<Scope>,
    /// What answers, `module::function`: how other tables name the line.
    pub name: &'static str,
    handler: fn() -> Route,
}

macro_rules! table {
    ($($method:ident $path:literal $access:ident $scope:ident $handler:path;)*) => {
        /// The table.
        pub const TABLE: &[Line] = &[$(Line {
            method: stringify!($method),
            path: $path,
            access: $access,
            scope: table!(@scope $scope),
            name: stringify!($handler),
            handler: || table!(@route $method $access).to($handler),
        },)*];
    };
    (@scope NoKey) => { None };
    (@scope $scope:ident) => { Some(Scope::$scope) };
    (@route GET Public) => { web::route().guard(guard::Any(guard::Get()).or(guard::Head())) };
    (@route GET $access:ident) => { web::get() };
    (@route POST $access:ident) => { web::post() };
    (@route PUT $access:ident) => { web::put() };
    (@route PATCH $access:ident) => { web::patch() };
    (@route DELETE $access:ident) => { web::delete() };
}

impl Line {
    /// Whether a request with this method comes here. What everybody may read is also asked for by its head alone, as
    /// many programs do that watch whether a server is up. Streams never are: a head would start one for nobody.
    fn takes(&self, method: &str) -> bool {
        self.method == method || (method, self.method, self.access) == ("HEAD", "GET", Public)
    }
}

table! {
    GET    "/api/health"                          Public   NoKey  health::get_health;
    GET    "/api/settings/health"                 Public   NoKey  health::get_database_health;
    GET    "/api/openapi.json"                    Public   NoKey  openapi::get_document;
    GET    "/docs"                                Public   NoKey  openapi::get_page;
    GET    "/docs/page.js"                        Public   NoKey  openapi::get_script;
    GET    "/docs/page.css"                       Public   NoKey  openapi::get_style;
    GET    "/api/bootstrap"                       Public   NoKey  auth::get_bootstrap;
    GET    "/api/settings/branding"               Public   NoKey  settings::get_branding;
    GET    "/api/settings/logo"                   Public   NoKey  settings::get_logo;

    GET    "/api/auth/methods"                    Public   NoKey  auth::get_methods;
    POST   "/api/auth/register"                   Public   NoKey  auth::register;
    POST   "/api/auth/invitation"                 Public   NoKey  invitations::look_up_invitation;
    POST   "/api/auth/login"                      Public   NoKey  auth::login;
    POST   "/api/auth/login/code"                 Public   NoKey  auth::login_with_code;
    POST   "/api/auth/oidc/finish"                Public   NoKey  oidc::finish_sign_in;
    POST   "/api/auth/oidc/{id}/start"            Public   NoKey  oidc::start_sign_in;
    POST   "/api/auth/refresh"                    Public   NoKey  auth::refresh;
    POST   "/api/auth/logout"                     Public   NoKey  auth::logout;
    GET    "/api/auth/me"                         Account  NoKey  auth::get_me;
    PATCH  "/api/auth/me"                         Account  NoKey  auth::update_me;
    DELETE "/api/auth/me"                         User     NoKey  leaving::delete_me;
    GET    "/api/auth/me/export"                  User     NoKey  leaving::export_me;
    POST   "/api/auth/password"                   Account  NoKey  auth::change_password;
    GET    "/api/auth/second-factor"              Account  NoKey  second_factor::get_second_factor;
    POST   "/api/auth/second-factor"              Account  NoKey  second_factor::begin_second_factor;
    POST   "/api/auth/second-factor/confirm"      Account  NoKey  second_factor::confirm_second_factor;
    POST   "/api/auth/second-factor/recovery-codes" Account NoKey second_factor::renew_recovery_codes;
    POST   "/api/auth/second-factor/remove"       Account  NoKey  second_factor::remove_second_factor;
    GET    "/api/auth/logins"                     User     NoKey  logins::list_logins;
    DELETE "/api/auth/logins"                     User     NoKey  logins::end_other_logins;
    DELETE "/api/auth/logins/{id}"                User     NoKey  logins::end_login;
    GET    "/api/auth/identities"                 User     NoKey  oidc::list_identities;
    POST   "/api/auth/identities/{id}/start"      User     NoKey  oidc::start_link;
    DELETE "/api/auth/identities/{id}"            User     NoKey  oidc::unlink_identity;
    PUT    "/api/auth/me/avatar"                  User     NoKey  files::set_avatar;
    DELETE "/api/auth/me/avatar"                  User     NoKey  files::remove_avatar;
    GET    "/api/users/{id}/avatar"               User     Chat   files::get_avatar;

    GET    "/api/keys"                            User     NoKey  keys::list_keys;
    POST   "/api/keys"                            User     NoKey  keys::create_key;
    PATCH  "/api/keys/{id}"                       User     NoKey  keys::update_key;
    DELETE "/api/keys/{id}"                       User     NoKey  keys::revoke_key;

    POST   "/api/chat/stream"                     User     Chat   runs::stream_answer;
    POST   "/api/chat"                            User     Chat   runs::whole_answer;
    POST   "/api/chat/runs"                       User     Chat   runs::start_answer;
    GET    "/api/chat/runs/{id}"                  User     Chat   runs::get_run;
    GET    "/api/chat/runs/{id}/events"           User     Chat   runs::attach_run;
    POST   "/api/chat/runs/{id}/stop"             User     Chat   runs::stop_run;
    GET    "/api/events"                          User     Chat   events::stream_events;

    GET    "/api/sessions"                        User     Chat   sessions::list_sessions;
    POST   "/api/sessions"                        User     Chat   sessions::create_session;
    POST   "/api/sessions/bulk"                   User     Chat   sessions::change_sessions;
    GET    "/api/sessions/{id}"                   User     Chat   sessions::get_session;
    PATCH  "/api/sessions/{id}"                   User     Chat   sessions::update_session;
    DELETE "/api/sessions/{id}"                   User     Chat   sessions::delete_session;
    POST   "/api/sessions/{id}/restore"           User     Chat   sessions::restore_session;
    POST   "/api/sessions/{id}/fork"              User     Chat   sessions::fork_session;
    GET    "/api/sessions/{id}/messages"          User     Chat   messages::list_messages;
    GET    "/api/sessions/{id}/context"           User     Chat   sessions::get_context;

    GET    "/api/search"                          User     Chat   search::search_chats;
    PATCH  "/api/messages/{id}"                   User     Chat   messages::update_message;
    DELETE "/api/messages/{id}"                   User     Chat   messages::delete_message;
    POST   "/api/messages/{id}/restore"           User     Chat   messages::restore_message;

    GET    "/api/folders"                         User     Chat   folders::list_folders;
    POST   "/api/folders"                         User     Chat   folders::create_folder;
    PATCH  "/api/folders/{id}"                    User     Chat   folders::update_folder;
    DELETE "/api/folders/{id}"                    User     Chat   folders::delete_folder;
    GET    "/api/tags"                            User     Chat   folders::list_tags;

    POST   "/api/files"                           User     Chat   files::upload_file;
    GET    "/api/files/usage"                     User     Chat   files::get_usage;
    GET    "/api/files/{id}"                      User     Chat   files::get_file;
    GET    "/api/files/{id}/text"                 User     Chat   files::get_text;
    DELETE "/api/files/{id}"                      User     Chat   files::delete_file;

    GET    "/api/models"                          User     Models models::list_models;

    GET    "/api/connections"                     Admin    Admin  connections::list_connections;
    POST   "/api/connections"                     Admin    Admin  connections::create_connection;
    POST   "/api/connections/verify"              Admin    Admin  connections::verify_new_connection;
    GET    "/api/connections/discover"            Admin    Admin  connections::discover_servers;
    POST   "/api/connections/demo"                Admin    Admin  connections::create_demo;
    PATCH  "/api/connections/{id}"                Admin    Admin  connections::update_connection;
    DELETE "/api/connections/{id}"                Admin    Admin  connections::delete_connection;
    POST   "/api/connections/{id}/verify"         Admin    Admin  connections::verify_connection;
    POST   "/api/connections/{id}/refresh"        Admin    Admin  connections::refresh_connection;

    GET    "/api/my/connections"                  User     NoKey  connections::list_own;
    POST   "/api/my/connections"                  User     NoKey  connections::create_own;
    POST   "/api/my/connections/verify"           User     NoKey  connections::verify_new_own;
    PATCH  "/api/my/connections/{id}"             User     NoKey  connections::update_own;
    DELETE "/api/my/connections/{id}"             User     NoKey  connections::delete_own;
    POST   "/api/my/connections/{id}/verify"      User     NoKey  connections::verify_own;
    POST   "/api/my/connections/{id}/refresh"     User     NoKey  connections::refresh_own;

    GET    "/api/catalog"                         Admin    Admin  catalog::list_catalog;
    PATCH  "/api/catalog"                         Admin    Admin  catalog::update_models;
    PATCH  "/api/catalog/{id}"                    Admin    Admin  catalog::update_model;
    GET    "/api/catalog/{id}/interfaces"         Admin    Admin  catalog::get_interfaces;
    PUT    "/api/catalog/{id}/interfaces"         Admin    Admin  catalog::set_interfaces;

    GET    "/api/settings/announcement"           User     Chat   settings::get_announcement;
    GET    "/api/task-trace"                      User     Chat   traces::list_traces;
    POST   "/api/task-trace/cleanup"              Admin    Admin  traces::clean_up_traces;
    GET    "/api/task-trace/{id}"                 User     Chat   traces::get_trace;
    GET    "/api/task-trace/{id}/export"          User     Chat   traces::export_trace;

    GET    "/api/budgets"                         Admin    Admin  budgets::list_budgets;
    POST   "/api/budgets"                         Admin    Admin  budgets::create_budget;
    PATCH  "/api/budgets/{id}"                    Admin    Admin  budgets::update_budget;
    DELETE "/api/budgets/{id}"                    Admin    Admin  budgets::delete_budget;
    GET    "/api/my/budgets"                      User     Chat   budgets::list_own;
    GET    "/api/usage"                           User     Chat   usage::get_usage;
    GET    "/api/usage/export"                    User     Chat   usage::export_usage;

    GET    "/api/settings/system"                 Admin    Admin  settings::list_settings;
    PUT    "/api/settings/system/{key}"           Admin    Admin  settings::set_setting;
    PUT    "/api/settings/logo"                   Admin    Admin  settings::set_logo;
    DELETE "/api/settings/logo"                   Admin    Admin  settings::remove_logo;
    GET    "/api/settings/public-url"             Admin    Admin  settings::get_public_url;

    GET    "/api/overview"                        Admin    Admin  overview::get_overview;
    POST   "/api/diagnosis"                       Admin    Admin  diagnosis::diagnose;
    GET    "/api/diagnosis/stream"                Admin    Admin  self_test::stream_to_browser;
    GET    "/api/audit"                           Admin    Admin  audit::list_audit;
    GET    "/api/logs"                            Admin    Admin  logs::stream_logs;
    GET    "/metrics"                             Metrics  Admin  metrics::get_metrics;
    GET    "/api/identity-providers"              Admin    Admin  identity_providers::list_providers;
    POST   "/api/identity-providers"              Admin    NoKey  identity_providers::create_provider;
    POST   "/api/identity-providers/check"        Admin    Admin  identity_providers::check_new_provider;
    PATCH  "/api/identity-providers/{id}"         Admin    NoKey  identity_providers::update_provider;
    DELETE "/api/identity-providers/{id}"         Admin    NoKey  identity_providers::delete_provider;
    POST   "/api/identity-providers/{id}/check"   Admin    Admin  identity_providers::check_stored_provider;

    GET    "/api/admin/users"                     Admin    Admin  people::list_users;
    POST   "/api/admin/users"                     Admin    Admin  people::create_user;
    GET    "/api/admin/users/export"              Admin    Admin  people_csv::export_users;
    POST   "/api/admin/users/import"              Admin    NoKey  people_csv::import_users;
    PATCH  "/api/admin/users/{id}"                Admin    Admin  people::update_user;
    DELETE "/api/admin/users/{id}"                Admin    NoKey  leaving::delete_user;
    POST   "/api/admin/users/{id}/password"       Admin    NoKey  people::reset_password;
    DELETE "/api/admin/users/{id}/logins"         Admin    Admin  people::end_logins;
    DELETE "/api/admin/users/{id}/second-factor"  Admin    NoKey  second_factor::take_second_factor;
    GET    "/api/admin/users/{id}/keys"           Admin    NoKey  keys::list_keys_of;
    DELETE "/api/admin/users/{id}/keys/{key}"     Admin    NoKey  keys::revoke_key_of;

    GET    "/api/admin/invitations"               Admin    NoKey  invitations::list_invitations;
    POST   "/api/admin/invitations"               Admin    NoKey  invitations::create_invitation;
    DELETE "/api/admin/invitations/{id}"          Admin    NoKey  invitations::revoke_invitation;

    GET    "/v1/models"                           User     Models v1::list_models;
    GET    "/v1/models/{id:.+}"                   User     Models v1::get_model;
    GET    "/ai-gateway/api/v1/models"            User     Models v1::list_chat_models;
    POST   "/v1/chat/completions"                 User     Chat   v1::complete_chat;
    POST   "/v1/completions"                      User     Chat   v1::complete_text;
    POST   "/code-completion/api/v1/completions"  User     Chat   v1::suggest_code;
    POST   "/v1/embeddings"                       User     Chat   v1::create_embeddings;
    POST   "/v1/rerank"                           User     Chat   v1::rank_documents;
    POST   "/v1/messages"                         User     Chat   v1::create_message;
    POST   "/v1/messages/count_tokens"            User     Chat   v1::count_tokens;

    GET    "/api/self-test"                       SelfTest NoKey  self_test::stream_self_test;
}

/// The line of this route; none if there is no such route.
#[must_use]
pub fn line(method: &str, path: &str) -> Option<&'static Line> {
    place(method, path).map(|place| &TABLE[place])
}

/// Where that line stands in the table.
#[must_use]
pub fn place(method: &str, path: &str) -> Option<usize> {
    TABLE.iter().position(|line| line.takes(method) && line.path == path)
}

/// Registers the table, and what answers where nothing matches.
pub fn configure(config: &mut ServiceConfig) {
    let mut done: Vec<&str> = Vec::new();
    for line in TABLE {
        if done.contains(&line.path) {
            continue;
        }
        done.push(line.path);
        let mut resource = web::resource(line.path).default_service(web::to(refuse_method));
        for same in TABLE.iter().filter(|other| other.path == line.path) {
            resource = resource.route((same.handler)());
        }
        config.service(resource);
    }
    config.default_service(web::to(nothing_here));
}

async fn refuse_method() -> Result<HttpResponse, AppError> {
    Err(ErrorCode::MethodNotAllowed.into())
}

/// Below the programs' paths a JSON 404, elsewhere the web client.
async fn nothing_here(request: HttpRequest) -> Result<HttpResponse, AppError> {
    if crate::edge::is_api(request.path()) {
        return Err(ErrorCode::RouteNotFound.into());
    }
    spa::serve(&request).await
}
