//! Some thousand messages in two languages: whatever a search answers is compared with looking at every text.

use super::search;
use crate::support::{TestApp, TestUser};
use ::search::Query;
use ::search::find::{Found, find};
use server::clock::new_id;
use server::db::messages::{self, NewMessage};
use server::db::sessions::{self, NewSession};
use server::search::Indexer;
use shared::chat::{NewChat, Role};
use shared::events::Status;
use shared::{MessageId, Part, SessionId, UserId};

/// A sequence of numbers that is the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % end
    }

    /// Rather one of the first.
    fn rather_first(&mut self, end: usize) -> usize {
        let (one, other) = (self.below(end), self.below(end));
        one.min(other).min(self.below(end))
    }
}

const WORDS: [&str; 64] = [
    "的",
    "我们",
    "是",
    "了",
    "在",
    "人工智能",
    "数据库",
    "服务器",
    "部署",
    "配置",
    "錯誤",
    "連線",
    "資料",
    "模型",
    "訓練",
    "函數",
    "测试",
    "性能",
    "缓存",
    "天气",
    "旅行",
    "简单",
    "複雜",
    "安裝",
    "升级",
    "权限",
    "用户",
    "密码",
    "接口",
    "队列",
    "the",
    "a",
    "server",
    "running",
    "tests",
    "tested",
    "database",
    "index",
    "query",
    "getUserName",
    "max_content_bytes",
    "HTTPServer",
    "std::sync::Arc",
    "error",
    "errors",
    "handling",
    "async",
    "tokio",
    "sha256",
    "C++",
    "v1.2.3",
    "JavaScript",
    "café",
    "naïve",
    "cache",
    "deploy",
    "deployed",
    "configuration",
    "user",
    "password",
    "travel",
    "weather",
    "queue",
    "model",
];

fn text(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..3 + dice.below(24) {
        let word = WORDS[dice.rather_first(WORDS.len())];
        let blank = word.is_ascii() || dice.below(4) == 0;
        text.push_str(if blank { " " } else { "" });
        text.push_str(word);
        text.push_str(if blank { " " } else { "" });
    }
    text
}

/// A chat as it was written: its title and its texts, oldest first.
struct Chat {
    id: SessionId,
    title: String,
    texts: Vec<String>,
}

/// Writes chats whose messages stand one after the other, so that newer chats have the newer messages.
async fn fill(app: &TestApp, user: &str, chats: usize) -> Vec<Chat> {
    let (mut dice, user, mut all) = (Dice(7), UserId(user.to_owned()), Vec::new());
    let tx = app.app.db.begin().await.expect("a transaction");
    for number in 0..chats {
        let now = 1_700_000_000_000 + i64::try_from(number).expect("small") * 60_000;
        let chat = Chat {
            id: SessionId(new_id()),
            title: if number % 5 == 0 { text(&mut dice).trim().to_owned() } else { String::new() },
            texts: (0..1 + dice.below(16)).map(|_| text(&mut dice)).collect(),
        };
        let about = NewChat::default();
        let new = NewSession { id: &chat.id, title: &chat.title, named: true, model: None, leaf: None, about: &about };
        sessions::insert(&tx, &user, new, now).await.expect("a chat");
        let ids: Vec<MessageId> = chat.texts.iter().map(|_| MessageId(new_id())).collect();
        let parts: Vec<[Part; 1]> = chat.texts.iter().map(|text| [Part::text(text.as_str())]).collect();
        let rows: Vec<NewMessage<'_>> = ids
            .iter()
            .zip(&parts)
            .enumerate()
            .map(|(index, (id, parts))| NewMessage {
                id,
                session: &chat.id,
                parent: index.checked_sub(1).map(|before| &ids[before]),
                role: Role::User,
                status: Status::Completed,
                model: None,
                client_id: None,
                active_child: None,
                parts,
            })
            .collect();
        messages::insert(&tx, &rows, now).await.expect("messages");
        all.push(chat);
    }
    tx.commit().await.expect("committed");
    all
}

/// Hits on a page.
const PAGE: usize = 40;

/// What looking at everything finds, newest first: chats with all words in one place, and, where those fit on a page, behind
/// them chats with the words in several.
fn by_force(chats: &[Chat], q: &str) -> Vec<String> {
    let query = Query::parse(q);
    let places =
        |chat: &Chat| chat.texts.iter().chain([&chat.title]).map(|text| find(&query, text)).collect::<Vec<_>>();
    let (mut together, mut apart) = (Vec::new(), Vec::new());
    for chat in chats.iter().rev() {
        let places = places(chat);
        let wanted = places[0].wanted;
        if places.iter().any(Found::all) {
            together.push(chat.id.0.clone());
        } else if wanted > 1 && (0..wanted).all(|word| places.iter().any(|place| place.has(word))) {
            apart.push(chat.id.0.clone());
        }
    }
    apart.truncate(PAGE.saturating_sub(together.len()));
    together.extend(apart);
    together
}

/// All hits of a search, over all its pages.
async fn all(user: &TestUser, q: &str) -> Vec<String> {
    let typed: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
    let (mut ids, mut after) = (Vec::new(), String::new());
    loop {
        let body = user.get(&format!("/api/search?q={typed}&limit={PAGE}{after}")).await.body;
        let items = body["items"].as_array().expect("a list");
        ids.extend(items.iter().map(|item| item["session"]["id"].as_str().unwrap_or_default().to_owned()));
        match body["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return ids,
        }
    }
}

/// Queries as people type them: one character, words, words apart, phrases, beginnings, the other writing.
fn queries(dice: &mut Dice) -> Vec<String> {
    let fixed = [
        "的",
        "我",
        "人工",
        "工智",
        "数据",
        "數據",
        "错误",
        "连线",
        "复杂 简单",
        "简单 天气",
        "我们的",
        "是在",
        "了的是",
        "getusername ",
        "user name ",
        "\"user name\"",
        "runn",
        "test",
        "deploy ",
        "\"error handling\"",
        "error handling ",
        "http",
        "arc",
        "1.2",
        "javascript ",
        "cafe",
        "c++ ",
        "sha",
        "\"the server\"",
        "the a 的 是 了 ",
        "absent ",
        "人工智能 deployed ",
        "權限 密碼",
    ];
    let mut all: Vec<String> = fixed.iter().map(|&q| q.to_owned()).collect();
    for _ in 0..40 {
        let words: Vec<&str> = (0..1 + dice.below(3)).map(|_| WORDS[dice.below(WORDS.len())]).collect();
        all.push(format!("{} ", words.join(" ")));
    }
    all
}

#[tokio::test]
async fn a_search_finds_what_looking_at_everything_finds() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let other = app.user(&admin, "other").await;
    let chats = fill(&app, &admin.id, 250).await;
    fill(&app, &other.id, 20).await;
    // As fast as it goes, where the one in the background makes room for others.
    Indexer::new(app.app.db.clone()).catch_up(500).await.expect("indexed");
    search(&admin, "x").await;
    for q in queries(&mut Dice(3)) {
        assert_eq!(all(&admin, &q).await, by_force(&chats, &q), "{q}");
    }
}
