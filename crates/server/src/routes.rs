//! Every path of the product in one table: method, path, who may call it, what answers.
//!
//! The gate denies what is not here, and the route matrix (`tests/it/matrix.rs`) calls every line as everybody. Paths
//! with words stand before paths with `{id}` in the same place: the first match wins.

pub mod auth;
pub mod catalog;
pub mod connections;
pub mod events;
pub mod files;
pub mod folders;
pub mod health;
pub mod logins;
pub mod messages;
pub mod models;
pub mod people;
pub mod runs;
pub mod search;
pub mod self_test;
pub mod sessions;
pub mod settings;
pub mod spa;

use crate::auth::Access::{self, Account, Admin, Public, SelfTest, User};
use crate::error::AppError;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Route, guard};
use shared::ErrorCode;

/// One line of the table.
pub struct Line {
    /// The method.
    pub method: &'static str,
    /// The path, with `{id}` where one belongs.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    handler: fn() -> Route,
}

macro_rules! table {
    ($($method:ident $path:literal $access:ident $handler:path;)*) => {
        /// The table.
        pub const TABLE: &[Line] = &[$(Line {
            method: stringify!($method),
            path: $path,
            access: $access,
            handler: || table!(@route $method $access).to($handler),
        },)*];
    };
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
    GET    "/api/health"                       Public health::get_health;
    GET    "/api/settings/health"              Public health::get_database_health;
    GET    "/api/bootstrap"                    Public auth::get_bootstrap;
    GET    "/api/settings/branding"            Public settings::get_branding;
    GET    "/api/settings/logo"                Public settings::get_logo;

    GET    "/api/auth/methods"                 Public auth::get_methods;
    POST   "/api/auth/register"                Public auth::register;
    POST   "/api/auth/login"                   Public auth::login;
    POST   "/api/auth/refresh"                 Public auth::refresh;
    POST   "/api/auth/logout"                  Public auth::logout;
    GET    "/api/auth/me"                      Account auth::get_me;
    PATCH  "/api/auth/me"                      Account auth::update_me;
    POST   "/api/auth/password"                Account auth::change_password;
    GET    "/api/auth/logins"                  User   logins::list_logins;
    DELETE "/api/auth/logins"                  User   logins::end_other_logins;
    DELETE "/api/auth/logins/{id}"             User   logins::end_login;
    PUT    "/api/auth/me/avatar"               User   files::set_avatar;
    DELETE "/api/auth/me/avatar"               User   files::remove_avatar;
    GET    "/api/users/{id}/avatar"            User   files::get_avatar;

    POST   "/api/chat/stream"                  User   runs::stream_answer;
    POST   "/api/chat"                         User   runs::whole_answer;
    POST   "/api/chat/runs"                    User   runs::start_answer;
    GET    "/api/chat/runs/{id}"               User   runs::get_run;
    GET    "/api/chat/runs/{id}/events"        User   runs::attach_run;
    POST   "/api/chat/runs/{id}/stop"          User   runs::stop_run;
    GET    "/api/events"                       User   events::stream_events;

    GET    "/api/sessions"                     User   sessions::list_sessions;
    POST   "/api/sessions"                     User   sessions::create_session;
    POST   "/api/sessions/bulk"                User   sessions::change_sessions;
    GET    "/api/sessions/{id}"                User   sessions::get_session;
    PATCH  "/api/sessions/{id}"                User   sessions::update_session;
    DELETE "/api/sessions/{id}"                User   sessions::delete_session;
    POST   "/api/sessions/{id}/restore"        User   sessions::restore_session;
    POST   "/api/sessions/{id}/fork"           User   sessions::fork_session;
    GET    "/api/sessions/{id}/messages"       User   messages::list_messages;
    GET    "/api/sessions/{id}/context"        User   sessions::get_context;

    GET    "/api/search"                       User   search::search_chats;
    PATCH  "/api/messages/{id}"                User   messages::update_message;
    DELETE "/api/messages/{id}"                User   messages::delete_message;
    POST   "/api/messages/{id}/restore"        User   messages::restore_message;

    GET    "/api/folders"                      User   folders::list_folders;
    POST   "/api/folders"                      User   folders::create_folder;
    PATCH  "/api/folders/{id}"                 User   folders::update_folder;
    DELETE "/api/folders/{id}"                 User   folders::delete_folder;
    GET    "/api/tags"                         User   folders::list_tags;

    POST   "/api/files"                        User   files::upload_file;
    GET    "/api/files/usage"                  User   files::get_usage;
    GET    "/api/files/{id}"                   User   files::get_file;
    GET    "/api/files/{id}/text"              User   files::get_text;
    DELETE "/api/files/{id}"                   User   files::delete_file;

    GET    "/api/models"                       User   models::list_models;

    GET    "/api/connections"                  Admin  connections::list_connections;
    POST   "/api/connections"                  Admin  connections::create_connection;
    POST   "/api/connections/verify"           Admin  connections::verify_new_connection;
    GET    "/api/connections/discover"         Admin  connections::discover_servers;
    POST   "/api/connections/demo"             Admin  connections::create_demo;
    PATCH  "/api/connections/{id}"             Admin  connections::update_connection;
    DELETE "/api/connections/{id}"             Admin  connections::delete_connection;
    POST   "/api/connections/{id}/verify"      Admin  connections::verify_connection;
    POST   "/api/connections/{id}/refresh"     Admin  connections::refresh_connection;

    GET    "/api/my/connections"               User   connections::list_own;
    POST   "/api/my/connections"               User   connections::create_own;
    POST   "/api/my/connections/verify"        User   connections::verify_new_own;
    PATCH  "/api/my/connections/{id}"          User   connections::update_own;
    DELETE "/api/my/connections/{id}"          User   connections::delete_own;
    POST   "/api/my/connections/{id}/verify"   User   connections::verify_own;
    POST   "/api/my/connections/{id}/refresh"  User   connections::refresh_own;

    GET    "/api/catalog"                      Admin  catalog::list_catalog;
    PATCH  "/api/catalog"                      Admin  catalog::update_models;
    PATCH  "/api/catalog/{id}"                 Admin  catalog::update_model;

    GET    "/api/settings/system"              Admin  settings::list_settings;
    PUT    "/api/settings/system/{key}"        Admin  settings::set_setting;
    PUT    "/api/settings/logo"                Admin  settings::set_logo;
    DELETE "/api/settings/logo"                Admin  settings::remove_logo;
    GET    "/api/settings/public-url"          Admin  settings::get_public_url;

    GET    "/api/admin/users"                  Admin  people::list_users;
    POST   "/api/admin/users"                  Admin  people::create_user;
    PATCH  "/api/admin/users/{id}"             Admin  people::update_user;
    POST   "/api/admin/users/{id}/password"    Admin  people::reset_password;
    DELETE "/api/admin/users/{id}/logins"      Admin  people::end_logins;

    GET    "/api/self-test"                    SelfTest self_test::stream_self_test;
}

/// Who may call this route; none if there is no such route.
#[must_use]
pub fn access(method: &str, path: &str) -> Option<Access> {
    TABLE.iter().find(|line| line.takes(method) && line.path == path).map(|line| line.access)
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
