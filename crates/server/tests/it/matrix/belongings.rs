//! What the owner has, made anew for every route that names it.

use super::samples::sample;
use crate::files::picture;
use crate::support::{TestApp, TestUser};
use serde_json::{Value, json};
use server::db::runs;
use server::routes::Line;
use shared::UserId;

/// Things of the owner that others must not reach; empty where the route does not name them.
#[derive(Default)]
pub(crate) struct Belongings {
    pub(super) session: String,
    pub(super) message: String,
    pub(super) folder: String,
    pub(super) live_run: String,
    pub(super) person: String,
    /// Somebody whose logins may end.
    pub(super) signed_out: String,
    pub(super) login: String,
    pub(super) connection: String,
    pub(super) own_connection: String,
    pub(super) model: String,
    pub(super) file: String,
    /// A key of the owner.
    pub(super) key: String,
    pub(super) budget: String,
    pub(super) invitation: String,
    /// A service that signs people in, and what links the owner to it.
    pub(super) provider: String,
    pub(super) identity: String,
    pub(super) trace: String,
}

impl Belongings {
    /// Everything under a name that is made of its field's, for looking at the samples alone.
    pub(crate) fn named(name: impl Fn(&str) -> String) -> Self {
        Self {
            session: name("session"),
            message: name("message"),
            folder: name("folder"),
            live_run: name("live_run"),
            person: name("person"),
            signed_out: name("signed_out"),
            login: name("login"),
            connection: name("connection"),
            own_connection: name("own_connection"),
            model: name("model"),
            file: name("file"),
            key: name("key"),
            budget: name("budget"),
            invitation: name("invitation"),
            provider: name("provider"),
            identity: name("identity"),
            trace: name("trace"),
        }
    }
}

/// The fake model server as people's own connections reach it: through the proxy, under a public name.
pub(super) const OUTSIDE: &str = "http://8.8.8.8/v1";

/// Which of the belongings a line names in its address or its body.
struct Named(String);

impl Named {
    fn by(line: &Line) -> Self {
        let sample = sample(line, &Belongings::named(|field| format!("<{field}>")), "");
        Self(format!("{}{}", sample.path, sample.body.unwrap_or_default()))
    }

    fn any(&self, fields: &[&str]) -> bool {
        fields.iter().any(|field| self.0.contains(&format!("<{field}>")))
    }
}

/// Makes what one line names, and nothing else: everything for every line would take most of the tests' time.
pub(super) async fn belongings(app: &TestApp, line: &Line, admin: &TestUser, owner: &TestUser) -> Belongings {
    let named = Named::by(line);
    let mut of = Belongings { person: owner.id.clone(), ..Belongings::default() };
    if named.any(&["session", "message", "live_run"]) {
        talk(app, owner, &mut of).await;
    }
    if named.any(&["connection", "model"]) {
        of.connection = id(&app.connect(admin, &["other"]).await["id"]);
        of.model = id(&admin.get("/api/catalog?q=other").await.body["items"][0]["id"]);
    }
    if named.any(&["own_connection"]) {
        // A person may have but a few.
        empty(owner, "/api/my/connections").await;
        let own = owner.post("/api/my/connections", json!({"baseUrl": OUTSIDE, "models": ["ok"]})).await;
        of.own_connection = id(&own.body["id"]);
    }
    if named.any(&["file"]) {
        of.file = id(&owner.upload("notes.txt", server::clock::new_id()).await.body["id"]);
    }
    if line.path.ends_with("/avatar") {
        assert_eq!(owner.put_bytes("/api/auth/me/avatar", picture(8, 8)).await.status, 200);
    }
    if line.path.ends_with("/logo") {
        assert_eq!(admin.put_bytes("/api/settings/logo", picture(8, 8)).await.status, 200);
    }
    if named.any(&["folder"]) {
        empty(owner, "/api/folders").await;
        of.folder = id(&owner.post("/api/folders", json!({"name": "mine"})).await.body["id"]);
    }
    if named.any(&["signed_out"]) {
        let person = admin.post("/api/admin/users", json!({"username": server::clock::new_id()})).await;
        of.signed_out = id(&person.body["user"]["id"]);
    }
    if named.any(&["key"]) {
        empty(owner, "/api/keys").await;
        of.key = id(&owner.post("/api/keys", json!({"name": "mine", "scopes": ["chat"]})).await.body["key"]["id"]);
    }
    if named.any(&["budget"]) {
        empty(admin, "/api/budgets").await;
        let rule = json!({"subject": {"kind": "everyone"}, "unit": "requests", "window": "total", "limit": 0,
            "enabled": false});
        of.budget = id(&admin.post("/api/budgets", rule).await.body["id"]);
    }
    if named.any(&["invitation"]) {
        empty(admin, "/api/admin/invitations").await;
        let made = admin.post("/api/admin/invitations", json!({"days": 1, "uses": 1})).await;
        of.invitation = id(&made.body["invitation"]["id"]);
    }
    if named.any(&["provider", "identity"]) {
        (of.provider, of.identity) = crate::oidc::known(app, admin, owner).await;
    }
    if named.any(&["trace"]) {
        of.trace = crate::trace::traced(app, owner).await;
    }
    if named.any(&["login"]) {
        app.login("owner").await;
        let logins = owner.get("/api/auth/logins").await.body;
        let other = logins["items"].as_array().expect("a list").iter().find(|login| login["current"] != true);
        of.login = id(&other.expect("another login of the owner")["id"]);
    }
    of
}

/// A chat with an answer that is being written.
async fn talk(app: &TestApp, owner: &TestUser, of: &mut Belongings) {
    // One that stalls counts against its connection after a while, and this goes on for minutes.
    for old in runs::streaming_of_user(app.app.db.read(), &UserId(owner.id.clone())).await.expect("runs") {
        app.app.runs.stop(&old).await.expect("stopped");
    }
    let mut live = owner.stream(json!({"content": "hi", "model": "stall-after-1"})).await;
    live.until_text().await;
    of.live_run = live.live.run_id.clone().expect("a run").0;
    of.session = live.live.message.session_id.clone().expect("a chat").0;
    of.message = id(&owner.messages(&of.session).await[0]["id"]);
}

/// Deletes whatever a list holds.
pub(super) async fn empty(user: &TestUser, list: &str) {
    let all = user.get(list).await;
    let items = all.body["items"].as_array().or(all.body.as_array());
    for old in items.unwrap_or_else(|| panic!("{list} is no list: {}", all.text)) {
        user.delete(&format!("{list}/{}", id(&old["id"]))).await;
    }
}

fn id(value: &Value) -> String {
    value.as_str().expect("an id").to_owned()
}
