//! Requests made by chance from what the API says of itself: right, nearly right and wrong. None of them may be answered with
//! a failure of the server.

use super::{TABLE, TestUser, belongings, sample};
use crate::support::described::{DOCUMENT, operation};
use crate::support::{TestApp, allow_own_connections, behind_a_proxy};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use reqwest::Method;
use serde_json::{Map, Value, json};
use server::db::users;
use server::routes::Line;
use shared::UserId;

/// Requests for each operation.
const TIMES: usize = 8;
/// The same below `/v1`, where requests are read by our own hand.
const TIMES_OF_PROGRAMS: usize = 64;
/// The chance that a value is not of the kind that is asked for, one in so many.
const WRONG: u32 = 12;
const DEEP: usize = 6;

const TEXTS: [&str; 14] = [
    "",
    " ",
    "x",
    "名字",
    "a\u{0}b",
    "\u{202e}right",
    "🦀🦀",
    "null",
    "-1",
    "2031-12-31T23:59:59Z",
    "../../etc/passwd",
    "%00%ff",
    "01980a5d-ac96-774b-bcce-b302099a8057",
    "'; DROP TABLE users; --",
];
const NUMBERS: [i64; 9] = [0, 1, 2, -1, 99, 1_000_000, 4_294_967_296, i64::MAX, i64::MIN];

/// Values by chance.
struct Chance(StdRng);

impl Chance {
    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.0.random_range(0..of.len())]
    }

    fn is(&mut self, one_in: u32) -> bool {
        self.0.random_range(0..one_in) == 0
    }

    fn text(&mut self) -> String {
        if self.is(20) { "长a".repeat(self.0.random_range(1..40_000)) } else { self.one(&TEXTS).to_owned() }
    }

    fn anything(&mut self) -> Value {
        match self.0.random_range(0..7) {
            0 => Value::Null,
            1 => json!(self.is(2)),
            2 => json!(self.one(&NUMBERS)),
            3 => json!(0.5),
            4 => json!([self.text(), {}]),
            5 => json!({"x": self.text()}),
            _ => json!(self.text()),
        }
    }

    /// A value of a schema, or nearly one.
    fn value(&mut self, schema: &Value, depth: usize) -> Value {
        if self.is(WRONG) || depth > DEEP {
            return self.anything();
        }
        if let Some(target) = schema["$ref"].as_str() {
            let schema = DOCUMENT.pointer(target.trim_start_matches('#')).expect("references lead somewhere");
            return self.value(schema, depth + 1);
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        for kind in ["enum", "oneOf", "anyOf", "allOf"] {
            let Some(choices) = schema[kind].as_array().filter(|choices| !choices.is_empty()) else { continue };
            let choice = &choices[self.0.random_range(0..choices.len())];
            return if kind == "enum" { choice.clone() } else { self.value(choice, depth + 1) };
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds[self.0.random_range(0..kinds.len())].as_str().unwrap_or_default(),
            kind => kind.as_str().unwrap_or_default(),
        };
        match kind {
            "string" => json!(self.text()),
            "integer" => json!(self.one(&NUMBERS)),
            "number" => json!(self.one(&[0.0, 0.7, -3.5, 1e300])),
            "boolean" => json!(self.is(2)),
            "null" => Value::Null,
            "array" => (0..self.0.random_range(0..4)).map(|_| self.value(&schema["items"], depth + 1)).collect(),
            "object" => self.object(schema, depth),
            _ => self.anything(),
        }
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let required: Vec<_> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut object = Map::new();
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            let is_there = if required.contains(&name.as_str()) { !self.is(10) } else { self.is(3) };
            // A model that is there lets the rest of the request be looked at.
            let known = (name == "model" && !self.is(4)).then(|| json!("ok"));
            if is_there || known.is_some() {
                object.insert(name.clone(), known.unwrap_or_else(|| self.value(schema, depth + 1)));
            }
        }
        if self.is(10) {
            object.insert("unknown".to_owned(), self.anything());
        }
        object.into()
    }

    /// The address with a query, and sometimes another id than the one that is there.
    fn address(&mut self, path: &str, line: &Line) -> String {
        let mut path = path.to_owned();
        if let Some((root, _)) = line.path.split_once('{').filter(|_| self.is(3)) {
            let id: String = url::form_urlencoded::byte_serialize(self.text().as_bytes()).take(200).collect();
            path = line.path.replace("{id}", &id).replace("{key}", &id).replace("{id:.+}", &id);
            assert!(path.starts_with(root));
        }
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for parameter in operation(line)["parameters"].as_array().into_iter().flatten().filter(|it| it["in"] == "query")
        {
            if parameter["required"] == true || self.is(2) {
                let value = match self.value(&parameter["schema"], 0) {
                    Value::String(text) => text.chars().take(300).collect(),
                    other => other.to_string().chars().take(300).collect::<String>(),
                };
                query.append_pair(parameter["name"].as_str().unwrap_or_default(), &value);
            }
        }
        let query = query.finish();
        let bare = path.split('?').next().unwrap_or_default().to_owned();
        if query.is_empty() { path } else { format!("{bare}?{query}") }
    }
}

async fn ask(user: &TestUser, line: &Line, address: &str, body: Option<&Value>) {
    let method: Method = line.method.parse().expect("a method");
    let mut request = user.request(method, address);
    if let Some(body) = body {
        request = request.json(body);
    }
    // The head is enough: some answers stream for long.
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    if status >= 500 {
        let text = response.text().await.unwrap_or_default();
        // A provider that does not answer is no failure of ours, and says so by its code.
        let code = serde_json::from_str::<Value>(&text).unwrap_or_default();
        let code = code["code"].as_str().or_else(|| code["error"]["code"].as_str()).unwrap_or_default();
        let sent = body.map(Value::to_string).unwrap_or_default().chars().take(2_000).collect::<String>();
        assert!(code.starts_with("provider."), "{} {address} with {sent}: {status} {text}", line.method);
    }
}

/// Signs somebody in once more, by whatever name they have now.
async fn again(app: &TestApp, id: &str) -> TestUser {
    let found = users::get(app.app.db.read(), &UserId(id.to_owned())).await.expect("an answer");
    app.login(&found.expect("the person").username).await
}

#[tokio::test]
async fn no_request_that_chance_makes_is_a_failure_of_the_server() {
    let (app, _outside) = behind_a_proxy().await;
    let admin = app.with_models(&["ok", "stall-after-1"]).await;
    allow_own_connections(&admin).await;
    admin.put("/api/settings/system/runs_per_user", json!({"value": 1000})).await;
    let owner = app.user(&admin, "owner").await;
    app.user(&admin, "other").await;
    let ids = [admin.id, owner.id];
    let mut chance = Chance(StdRng::seed_from_u64(20_261_130));
    // Settings come last: some of them would keep everybody out of the rest.
    let (settings, others): (Vec<&Line>, Vec<&Line>) =
        TABLE.iter().partition(|line| line.path == "/api/settings/system/{key}");
    for line in others.into_iter().chain(settings) {
        // Some operations end the login that calls them, or give the caller another name.
        let [admin, owner] = ids.each_ref().map(|id| again(&app, id));
        let (admin, owner) = (admin.await, owner.await);
        let of = belongings(&app, line, &admin, &owner).await;
        let known = sample(line, &of, &app.mock.base_url());
        let caller = if known.owned { &owner } else { &admin };
        let schema = &operation(line)["requestBody"]["content"]["application/json"]["schema"];
        for _ in 0..if line.path.starts_with("/v1/") { TIMES_OF_PROGRAMS } else { TIMES } {
            let address = chance.address(&known.path, line);
            let body = schema.is_object().then(|| chance.value(schema, 0));
            ask(caller, line, &address, body.as_ref()).await;
        }
    }
    assert_eq!(app.nobody().get("/api/settings/health").await.status, 200);
}
