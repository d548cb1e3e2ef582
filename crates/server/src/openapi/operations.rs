//! Every operation in words and shapes, in the order of the table of routes.

use super::operation::{Content, Operation, op};
use crate::routes::{runs, self_test};
use shared::accounts::*;
use shared::audit::{AuditEntry, AuditQuery};
use shared::budgets::{Budget, Budgets, CreateBudget, MyBudget, UpdateBudget};
use shared::chat::*;
use shared::connections::{Connection, FoundServer, NewConnection, UpdateConnection, VerifyReport};
use shared::diagnosis::{Diagnose, Diagnosis};
use shared::events::{Event, RunEvent};
use shared::files::{FileInfo, FileUsage, UploadQuery};
use shared::interfaces::Interfaces;
use shared::invitations::{
    CreateInvitation, CreatedInvitation, Invitation, InvitationNotice, LookUpInvitation, NewAccount,
};
use shared::keys::{ApiKey, CreateKey, CreatedKey, UpdateKey};
use shared::logs::{LogEvent, LogQuery};
use shared::models::{CatalogModel, CatalogQuery, UpdateModel, UpdateModels};
use shared::oidc::*;
use shared::organize::{ChangeSessions, ChangedSessions, CreateFolder, Folder, SessionQuery, Tag, UpdateFolder};
use shared::overview::Overview;
use shared::page::{MessagePage, MessagesQuery, Page, PageQuery};
use shared::people_csv::{ImportQuery, ImportReport};
use shared::search::{SearchQuery, SearchResults};
use shared::second_factor::{CodeSignIn, NewSecondFactor, RecoveryCodes, RemoveSecondFactor, SecondFactor, ShowCode};
use shared::self_test::SelfTestEvent;
use shared::settings::{
    Announcement, Bootstrap, Branding, Health, HealthQuery, PublicUrl, SetSetting, SettingView, SignInMethods,
};
use shared::trace::{CleanUpTraces, TraceBrief, TraceDetail, TraceQuery, TracesCleaned};
use shared::usage::{UsageQuery, UsageReport};

const PICTURES: &[&str] = &["image/png", "image/jpeg", "image/webp", "image/gif"];
const ANY: &[&str] = &["application/octet-stream"];
const CSV: &str = "text/csv";

/// All of them.
pub(super) fn operations() -> Vec<Operation> {
    [server(), doors(), person(), chats(), models(), administration(), people(), programs()]
        .into_iter()
        .flatten()
        .collect()
}

fn server() -> Vec<Operation> {
    vec![
        op("health::get_health", "Whether the server answers, and works as it should.")
            .query::<HealthQuery>()
            .json::<Health>(200),
        op("health::get_database_health", "Whether the database answers, too.")
            .query::<HealthQuery>()
            .json::<Health>(200)
            .json::<Health>(503),
        op("metrics::get_metrics", "Figures for Prometheus, where they are switched on.").media("text/plain"),
        op("openapi::get_document", "This document.").media("application/json"),
        op("openapi::get_page", "The same as a page.").media("text/html"),
        op("openapi::get_script", "What draws that page.").media("text/javascript"),
        op("openapi::get_style", "How that page looks.").media("text/css"),
        op("auth::get_bootstrap", "All that a client's first screen needs, signed in or not.").json::<Bootstrap>(200),
        op("settings::get_branding", "Name, colour and logo of this server.").json::<Branding>(200),
        op("settings::get_logo", "The logo.").media("image/*").none(304),
        op("self_test::stream_self_test", "A few events at known times, for `aichat doctor`.")
            .query::<self_test::Form>()
            .events::<SelfTestEvent>()
            .json::<SelfTestEvent>(200),
    ]
}

fn doors() -> Vec<Operation> {
    vec![
        op("auth::get_methods", "The ways to sign in that work here.").json::<SignInMethods>(200),
        op("auth::register", "Makes an account: signed in (201), or waiting for approval (202).")
            .body::<NewAccount>()
            .json::<SignedIn>(201)
            .json::<SignedIn>(202),
        op("invitations::look_up_invitation", "What an invitation's code is good for.")
            .body::<LookUpInvitation>()
            .json::<InvitationNotice>(200),
        op("auth::login", "Signs in; 202 asks for a second factor.")
            .body::<Credentials>()
            .json::<Entry>(200)
            .json::<Entry>(202),
        op("auth::login_with_code", "Signs in with the code of a second factor.")
            .body::<CodeSignIn>()
            .json::<SignedIn>(200),
        op("oidc::finish_sign_in", "Signs in, or links, with what a service sent back; 202 asks for a second factor.")
            .body::<FinishSignIn>()
            .json::<FinishedSignIn>(200)
            .json::<FinishedSignIn>(202),
        op("oidc::start_sign_in", "Where to send the browser to sign in through a service.")
            .body::<StartSignIn>()
            .json::<StartedSignIn>(200),
        op("auth::refresh", "A new pair of tokens; in cookies where the old one was.")
            .maybe::<RefreshRequest>()
            .json::<SignedIn>(200),
        op("auth::logout", "Ends this login.").maybe::<RefreshRequest>().none(204),
    ]
}

fn person() -> Vec<Operation> {
    vec![
        op("auth::get_me", "Who I am.").json::<User>(200),
        op("auth::update_me", "Changes my name, language or colours.").body::<UpdateMe>().json::<User>(200),
        op("leaving::delete_me", "Deletes my account and everything in it.").body::<Leave>().none(204),
        op("leaving::export_me", "Everything of mine in one ZIP; with `check` only whether one may begin (204).")
            .query::<ExportQuery>()
            .media("application/zip")
            .none(204),
        op("auth::change_password", "Changes my password and ends my other logins.").body::<ChangePassword>().none(204),
        op("second_factor::get_second_factor", "How my second factor stands.").json::<SecondFactor>(200),
        op("second_factor::begin_second_factor", "A secret for a new second factor.").json::<NewSecondFactor>(200),
        op(
            "second_factor::confirm_second_factor",
            "Sets the second factor up with a first code; the recovery codes are told here alone.",
        )
        .body::<ShowCode>()
        .json::<RecoveryCodes>(200),
        op("second_factor::renew_recovery_codes", "New recovery codes in place of the old ones.")
            .body::<ShowCode>()
            .json::<RecoveryCodes>(200),
        op("second_factor::remove_second_factor", "Removes my second factor.").body::<RemoveSecondFactor>().none(204),
        op("logins::list_logins", "Where I am signed in, last used first.").json::<Page<LoginInfo>>(200),
        op("logins::end_other_logins", "Ends all my logins but this one.").none(204),
        op("logins::end_login", "Ends one of my logins.").none(204),
        op("oidc::list_identities", "The services that I may sign in through.").json::<Identities>(200),
        op("oidc::start_link", "Where to send the browser to link a service.")
            .body::<StartSignIn>()
            .json::<StartedSignIn>(200),
        op("oidc::unlink_identity", "Unlinks a service.").none(204),
        op("files::set_avatar", "Sets my picture.").bytes(PICTURES).json::<User>(200),
        op("files::remove_avatar", "Removes my picture.").json::<User>(200),
        op("files::get_avatar", "Somebody's picture.").media("image/*").none(304),
        op("keys::list_keys", "My API keys, newest first.").json::<Page<ApiKey>>(200),
        op("keys::create_key", "Makes an API key; its secret is told here alone.")
            .body::<CreateKey>()
            .json::<CreatedKey>(201),
        op("keys::update_key", "Changes an API key.").body::<UpdateKey>().json::<ApiKey>(200),
        op("keys::revoke_key", "Revokes an API key.").none(204),
    ]
}

fn chats() -> Vec<Operation> {
    vec![
        op("runs::stream_answer", "Sends a message and streams the answer's events. Leaving does not end it.")
            .body::<SendMessage>()
            .events::<RunEvent>(),
        op("runs::whole_answer", "Sends a message and waits for the whole answer.")
            .body::<SendMessage>()
            .json::<WholeAnswer>(200),
        op("runs::start_answer", "Sends a message; the answer's events come through `GET /api/events`.")
            .body::<SendMessage>()
            .json::<RunAccepted>(202),
        op("runs::get_run", "Where an answer stands.").json::<RunInfo>(200),
        op("runs::attach_run", "Joins an answer after the event with this number, running or finished.")
            .query::<runs::After>()
            .events::<RunEvent>(),
        op("runs::stop_run", "Stops an answer; what was written stays.").none(202),
        op("events::stream_events", "Everything of mine on one connection: answers, chats, settings.")
            .events::<Event>(),
        op("sessions::list_sessions", "My chats, newest activity first.")
            .query::<SessionQuery>()
            .json::<Page<Session>>(200),
        op("sessions::create_session", "Makes a chat.").body::<CreateSession>().json::<Session>(201),
        op("sessions::change_sessions", "Changes many chats at once.")
            .body::<ChangeSessions>()
            .json::<ChangedSessions>(200),
        op("sessions::get_session", "A chat.").json::<Session>(200),
        op("sessions::update_session", "Changes a chat.").body::<UpdateSession>().json::<Session>(200),
        op("sessions::delete_session", "Deletes a chat; it can be restored for a while.").none(204),
        op("sessions::restore_session", "Takes the deletion back.").json::<Session>(200),
        op("sessions::fork_session", "A new chat from the path to a message.")
            .body::<ForkSession>()
            .json::<Session>(201),
        op("messages::list_messages", "A page of a chat's messages, newest page first.")
            .query::<MessagesQuery>()
            .json::<MessagePage>(200),
        op("sessions::get_context", "How much of the context the next message would take.")
            .query::<ContextQuery>()
            .json::<ContextGauge>(200),
        op("search::search_chats", "Finds chats by what was said in them.")
            .query::<SearchQuery>()
            .json::<SearchResults>(200),
        op("messages::update_message", "Changes a message in its place.").body::<UpdateMessage>().json::<Message>(200),
        op("messages::delete_message", "Deletes a message and what hangs on it; it can be restored for a while.")
            .none(204),
        op("messages::restore_message", "Takes the deletion back.").none(204),
        op("folders::list_folders", "My folders.").json::<Vec<Folder>>(200),
        op("folders::create_folder", "Makes a folder.").body::<CreateFolder>().json::<Folder>(201),
        op("folders::update_folder", "Changes a folder.").body::<UpdateFolder>().json::<Folder>(200),
        op("folders::delete_folder", "Deletes a folder; its chats stay.").none(204),
        op("folders::list_tags", "My tags with the number of chats of each.").json::<Vec<Tag>>(200),
        op("files::upload_file", "Stores a picture or document; 200 where it was there already.")
            .query::<UploadQuery>()
            .bytes(ANY)
            .json::<FileInfo>(201)
            .json::<FileInfo>(200),
        op("files::get_usage", "What my files take, and may take.").json::<FileUsage>(200),
        op("files::get_file", "A picture to be shown, a document to be saved.").media("*/*").none(304),
        op("files::get_text", "What models read of a document.").media("text/plain"),
        op("files::delete_file", "Deletes a file that no message holds.").none(204),
        op("models::list_models", "The models that I may use.").query::<PageQuery>().json::<ModelList>(200).none(304),
        op("settings::get_announcement", "What administrators tell everybody.").json::<Announcement>(200),
        op("usage::get_usage", "What calls of models took: mine, or everybody's for administrators.")
            .query::<UsageQuery>()
            .json::<UsageReport>(200),
        op("usage::export_usage", "The same as a table.").query::<UsageQuery>().media(CSV),
        op("traces::list_traces", "Traces of answers, newest first: mine, or all for administrators.")
            .query::<TraceQuery>()
            .json::<Page<TraceBrief>>(200),
        op("traces::clean_up_traces", "Removes traces that are older than so many days.")
            .body::<CleanUpTraces>()
            .json::<TracesCleaned>(200),
        op("traces::get_trace", "A trace with its events.").json::<TraceDetail>(200),
        op("traces::export_trace", "A trace as text.").media("text/plain"),
        op("budgets::list_own", "What is left to me of budgets.").json::<Budgets<MyBudget>>(200),
    ]
}

/// Connections of everybody and one's own, which differ in nothing but whose they are.
fn models() -> Vec<Operation> {
    vec![
        op("connections::list_connections", "Where models come from.")
            .query::<PageQuery>()
            .json::<Page<Connection>>(200),
        op("connections::create_connection", "Connects a provider.").body::<NewConnection>().json::<Connection>(201),
        op("connections::verify_new_connection", "Tries a connection before it is saved.")
            .body::<NewConnection>()
            .json::<VerifyReport>(200),
        op("connections::discover_servers", "Model servers on this machine or its container's host.")
            .json::<Page<FoundServer>>(200),
        op("connections::create_demo", "Connects the demo.").json::<Connection>(201).json::<Connection>(200),
        op("connections::update_connection", "Changes a connection.")
            .body::<UpdateConnection>()
            .json::<Connection>(200),
        op("connections::delete_connection", "Removes a connection.").none(204),
        op("connections::verify_connection", "Tries a stored connection.").json::<VerifyReport>(200),
        op("connections::refresh_connection", "Fetches a connection's models anew.").json::<Connection>(200),
        op("connections::list_own", "My own connections.").query::<PageQuery>().json::<Page<Connection>>(200),
        op("connections::create_own", "Connects a provider for me alone.")
            .body::<NewConnection>()
            .json::<Connection>(201),
        op("connections::verify_new_own", "Tries a connection of mine before it is saved.")
            .body::<NewConnection>()
            .json::<VerifyReport>(200),
        op("connections::update_own", "Changes a connection of mine.")
            .body::<UpdateConnection>()
            .json::<Connection>(200),
        op("connections::delete_own", "Removes a connection of mine.").none(204),
        op("connections::verify_own", "Tries a stored connection of mine.").json::<VerifyReport>(200),
        op("connections::refresh_own", "Fetches its models anew.").json::<Connection>(200),
        op("catalog::list_catalog", "Every model of everybody's connections.")
            .query::<CatalogQuery>()
            .json::<Page<CatalogModel>>(200),
        op("catalog::update_models", "Shows or hides many models at once.")
            .body::<UpdateModels>()
            .json::<Page<CatalogModel>>(200),
        op("catalog::update_model", "Changes what is known of a model, and who may use it.")
            .body::<UpdateModel>()
            .json::<CatalogModel>(200),
        op("catalog::get_interfaces", "How a model stands behind the interfaces for programs.").json::<Interfaces>(200),
        op("catalog::set_interfaces", "Sets that.").body::<Interfaces>().json::<Interfaces>(200),
    ]
}

fn administration() -> Vec<Operation> {
    vec![
        op("budgets::list_budgets", "All budgets with what was used of them.").json::<Budgets<Budget>>(200),
        op("budgets::create_budget", "Makes a budget.").body::<CreateBudget>().json::<Budget>(201),
        op("budgets::update_budget", "Changes a budget.").body::<UpdateBudget>().json::<Budget>(200),
        op("budgets::delete_budget", "Removes a budget.").none(204),
        op("settings::list_settings", "Every setting with its value and where that comes from.")
            .json::<Page<SettingView>>(200),
        op("settings::set_setting", "Sets one, or takes its value back with `null`.")
            .body::<SetSetting>()
            .json::<SettingView>(200),
        op("settings::set_logo", "Sets the logo.").bytes(PICTURES).json::<Branding>(200),
        op("settings::remove_logo", "Removes the logo.").json::<Branding>(200),
        op("settings::get_public_url", "Where pictures and links point to.").json::<PublicUrl>(200),
        op("overview::get_overview", "How the server stands, and what is left to set up.").json::<Overview>(200),
        op("diagnosis::diagnose", "Looks everything over as `aichat doctor` does.")
            .body::<Diagnose>()
            .json::<Diagnosis>(200),
        op("self_test::stream_to_browser", "A few events at known times, for the overview.").events::<SelfTestEvent>(),
        op("logs::stream_logs", "The log: its latest lines, and those that follow.")
            .query::<LogQuery>()
            .events::<LogEvent>(),
        op("audit::list_audit", "Who did what, newest first.").query::<AuditQuery>().json::<Page<AuditEntry>>(200),
        op("identity_providers::list_providers", "The services that people may sign in through.")
            .json::<Page<IdentityProvider>>(200),
        op("identity_providers::create_provider", "Adds a service.")
            .body::<CreateProvider>()
            .json::<IdentityProvider>(201),
        op("identity_providers::check_new_provider", "Tries a service before it is saved.")
            .body::<CreateProvider>()
            .json::<ProviderCheck>(200),
        op("identity_providers::update_provider", "Changes a service.")
            .body::<UpdateProvider>()
            .json::<IdentityProvider>(200),
        op("identity_providers::delete_provider", "Removes a service.").none(204),
        op("identity_providers::check_stored_provider", "Tries a stored service.").json::<ProviderCheck>(200),
    ]
}

fn people() -> Vec<Operation> {
    vec![
        op("people::list_users", "Everybody; those who wait come first.")
            .query::<PeopleQuery>()
            .json::<Page<User>>(200),
        op("people::create_user", "Makes an account for somebody; a password that is made is told here alone.")
            .body::<CreateUser>()
            .json::<CreatedUser>(201),
        op("people_csv::export_users", "Everybody as a table.").media(CSV),
        op("people_csv::import_users", "Makes the people of a table; with `check` only says what would happen.")
            .query::<ImportQuery>()
            .bytes(&[CSV])
            .json::<ImportReport>(200),
        op("people::update_user", "Approves, rejects, disables, enables, or changes the role of somebody.")
            .body::<UpdateUser>()
            .json::<User>(200),
        op("leaving::delete_user", "Deletes somebody and everything of theirs.").none(204),
        op("people::reset_password", "Gives somebody a new password.")
            .body::<ResetPassword>()
            .json::<GivenPassword>(200),
        op("people::end_logins", "Ends all logins of somebody.").none(204),
        op("second_factor::take_second_factor", "Takes somebody's second factor away.").none(204),
        op("keys::list_keys_of", "Somebody's API keys.").json::<Page<ApiKey>>(200),
        op("keys::revoke_key_of", "Revokes an API key of somebody.").none(204),
        op("invitations::list_invitations", "All invitations, newest first.").json::<Page<Invitation>>(200),
        op("invitations::create_invitation", "Makes an invitation; its code is told here alone.")
            .body::<CreateInvitation>()
            .json::<CreatedInvitation>(201),
        op("invitations::revoke_invitation", "Takes an invitation back.").none(204),
    ]
}

fn programs() -> Vec<Operation> {
    let foreign = |operation: Operation, whole, event| {
        operation.answer(200, Content::Foreign(whole)).answer(200, Content::ForeignEvents(event))
    };
    vec![
        op("v1::list_models", "The models that I may use, as OpenAI or Anthropic list them.")
            .answer(200, Content::Foreign("OpenAiModelList"))
            .none(304),
        op("v1::get_model", "One of them.").answer(200, Content::Foreign("OpenAiModel")).none(304),
        op("v1::list_chat_models", "Those that answer in chats.")
            .answer(200, Content::Foreign("OpenAiModelList"))
            .none(304),
        foreign(
            op("v1::complete_chat", "OpenAI's Chat Completions.").foreign("ChatCompletionRequest"),
            "ChatCompletion",
            "ChatCompletionChunk",
        ),
        foreign(
            op("v1::complete_text", "OpenAI's Completions, which also fill gaps.").foreign("CompletionRequest"),
            "Completion",
            "CompletionChunk",
        ),
        op("v1::suggest_code", "The same for CoStrict's editors; 204 is no suggestion.")
            .foreign("SuggestionRequest")
            .answer(200, Content::Foreign("Completion"))
            .none(204),
        op("v1::create_embeddings", "OpenAI's Embeddings.")
            .foreign("EmbeddingRequest")
            .answer(200, Content::Foreign("EmbeddingList")),
        op("v1::rank_documents", "Documents by relevance.")
            .foreign("RerankRequest")
            .answer(200, Content::Foreign("Ranking")),
        foreign(
            op("v1::create_message", "Anthropic's Messages.").foreign("MessageRequest"),
            "AnthropicMessage",
            "AnthropicEvent",
        ),
        op("v1::count_tokens", "How many tokens such a request has.")
            .foreign("CountTokensRequest")
            .answer(200, Content::Foreign("CountedTokens")),
    ]
}
