//! What the owner has, made anew for every route.

use crate::files::picture;
use crate::support::{TestApp, TestUser};
use serde_json::json;
use server::db::runs;
use server::routes::Line;
use shared::UserId;

/// Things of the owner that others must not reach, made anew for every route.
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
}

impl Belongings {
    /// Everything under one id, for looking at the samples alone.
    pub(crate) fn named(id: &str) -> Self {
        let id = || id.to_owned();
        Self {
            session: id(),
            message: id(),
            folder: id(),
            live_run: id(),
            person: id(),
            signed_out: id(),
            login: id(),
            connection: id(),
            own_connection: id(),
            model: id(),
            file: id(),
            key: id(),
            budget: id(),
            invitation: id(),
            provider: id(),
            identity: id(),
        }
    }
}

/// The fake model server as people's own connections reach it: through the proxy, under a public name.
pub(super) const OUTSIDE: &str = "http://8.8.8.8/v1";

/// Makes everything for one line.
pub(super) async fn belongings(app: &TestApp, line: &Line, admin: &TestUser, owner: &TestUser) -> Belongings {
    // One that stalls counts against its connection after a while, and this goes on for minutes.
    let owner_id = UserId(owner.id.clone());
    for old in runs::streaming_of_user(app.app.db.read(), &owner_id).await.expect("runs") {
        app.app.runs.stop(&old).await.expect("stopped");
    }
    let mut live = owner.stream(json!({"content": "hi", "model": "stall-after-1"})).await;
    live.until_text().await;
    let id = |id: Option<String>| id.expect("an id");
    let connection = app.connect(admin, &["other"]).await;
    let models = admin.get("/api/catalog?q=other").await.body;
    // A person may have but a few.
    for old in owner.get("/api/my/connections").await.body["items"].as_array().expect("a list") {
        owner.delete(&format!("/api/my/connections/{}", old["id"].as_str().expect("an id"))).await;
    }
    let own = owner.post("/api/my/connections", json!({"baseUrl": OUTSIDE, "models": ["ok"]})).await.body;
    let file = owner.upload("notes.txt", server::clock::new_id()).await;
    assert_eq!(owner.put_bytes("/api/auth/me/avatar", picture(8, 8)).await.status, 200);
    assert_eq!(admin.put_bytes("/api/settings/logo", picture(8, 8)).await.status, 200);
    let session = id(live.live.message.session_id.clone().map(|id| id.0));
    let question = owner.messages(&session).await[0]["id"].as_str().map(str::to_owned);
    for old in owner.get("/api/folders").await.body.as_array().expect("a list") {
        owner.delete(&format!("/api/folders/{}", old["id"].as_str().expect("an id"))).await;
    }
    let folder = owner.post("/api/folders", json!({"name": "mine"})).await.body;
    let signed_out = admin.post("/api/admin/users", json!({"username": server::clock::new_id()})).await.body;
    for old in owner.get("/api/keys").await.body["items"].as_array().expect("a list") {
        owner.delete(&format!("/api/keys/{}", old["id"].as_str().expect("an id"))).await;
    }
    let key = owner.post("/api/keys", json!({"name": "mine", "scopes": ["chat"]})).await.body;
    for old in admin.get("/api/budgets").await.body["items"].as_array().expect("a list") {
        admin.delete(&format!("/api/budgets/{}", old["id"].as_str().expect("an id"))).await;
    }
    let rule =
        json!({"subject": {"kind": "everyone"}, "unit": "requests", "window": "total", "limit": 0, "enabled": false});
    let budget = admin.post("/api/budgets", rule).await.body;
    for old in admin.get("/api/admin/invitations").await.body["items"].as_array().expect("a list") {
        admin.delete(&format!("/api/admin/invitations/{}", old["id"].as_str().expect("an id"))).await;
    }
    let invitation = admin.post("/api/admin/invitations", json!({"days": 1, "uses": 1})).await.body;
    // A way to another service and back for every line would take longer than all of them.
    let (provider, identity) = match line.path.contains("oidc") || line.path.contains("identit") {
        true => crate::oidc::known(app, admin, owner).await,
        false => Default::default(),
    };
    app.login("owner").await;
    let logins = owner.get("/api/auth/logins").await.body;
    let login = logins["items"].as_array().expect("a list").iter().find(|login| login["current"] != true);
    let login = login.expect("another login of the owner");
    Belongings {
        message: id(question),
        folder: id(folder["id"].as_str().map(str::to_owned)),
        file: id(file.body["id"].as_str().map(str::to_owned)),
        session,
        live_run: id(live.live.run_id.clone().map(|id| id.0)),
        person: owner.id.clone(),
        invitation: id(invitation["invitation"]["id"].as_str().map(str::to_owned)),
        key: id(key["key"]["id"].as_str().map(str::to_owned)),
        budget: id(budget["id"].as_str().map(str::to_owned)),
        provider,
        identity,
        signed_out: id(signed_out["user"]["id"].as_str().map(str::to_owned)),
        login: id(login["id"].as_str().map(str::to_owned)),
        connection: id(connection["id"].as_str().map(str::to_owned)),
        own_connection: id(own["id"].as_str().map(str::to_owned)),
        model: id(models["items"][0]["id"].as_str().map(str::to_owned)),
    }
}
