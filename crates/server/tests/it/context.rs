//! What a model is told: as much as it reads, in the right order, always beginning the same way.

mod instructions;

use crate::recorder::{Asked, Recorder, Reply};
use crate::support::{TestApp, TestUser};
use crate::tools::{connect, protocols};
use serde_json::{Value, json};
use shared::Part;
use shared::events::Status;

/// A count of one's own, as a provider has it: it differs from the estimate, and from language to language.
fn count(text: &str) -> u64 {
    let hundredths = |c: char| if c.is_ascii() { 29 } else { 66 };
    text.chars().map(hundredths).sum::<u64>().div_ceil(100)
}

fn prompt_tokens(asked: &Asked) -> u64 {
    asked.messages().len() as u64 * 5 + count(&asked.words())
}

/// Reads `limit` tokens and refuses more in the words of the trade.
fn reads(limit: u64, answer: &str) -> impl Fn(&Asked) -> Reply + Send + Sync + 'static {
    let answer = answer.to_owned();
    move |asked| {
        let used = prompt_tokens(asked);
        if used > limit {
            let words = format!(
                "This model's maximum context length is {limit} tokens. However, your messages resulted in {used} \
                 tokens. Please reduce the length of the messages."
            );
            return Reply::Refuses(400, None, "context_length_exceeded", words);
        }
        Reply::Says(answer.clone(), Some((used, count(&answer))))
    }
}

async fn go_on(user: &TestUser, session: &str, content: &str) -> Value {
    let reply = user.post("/api/chat", json!({"sessionId": session, "content": content})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body
}

fn notices(parts: &Value) -> Vec<String> {
    let parts: Vec<Part> = serde_json::from_value(parts.clone()).expect("parts");
    let code = |part: Part| if let Part::Notice { code, .. } = part { Some(code) } else { None };
    parts.into_iter().filter_map(code).collect()
}

const ENGLISH: &str = "Please tell me, in your own words and at some length, what the difference between the two is, and when you would choose one over the other in a program that has to run for years without anybody looking after it. ";
const CHINESE: &str = "请用你自己的话详细说明这两者之间的区别，以及在一个需要长期无人值守运行的程序里，你会在什么情况下选择其中的哪一个，并且给出理由。";

#[tokio::test]
async fn forty_turns_against_a_model_that_reads_four_thousand_tokens_never_fail() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (model, words) in [("small-en", ENGLISH.repeat(2)), ("small-zh", CHINESE.repeat(2))] {
        let provider = Recorder::start(reads(4_096, &words)).await;
        provider.connect(&admin, model, &[model]).await;
        let first = admin.ask(model, &words).await;
        let mut told = 0;
        for turn in 1..40 {
            let done = go_on(&admin, &first.session(), &format!("{turn}. {words}")).await;
            assert_eq!(done["status"], "completed", "turn {turn}");
            told += notices(&done["parts"]).len();
        }
        let refused = provider.asked().iter().filter(|asked| prompt_tokens(asked) > 4_096).count();
        assert!((1..=2).contains(&refused), "what was learnt is believed: {refused} refusals");
        assert!((1..=2).contains(&told), "the reader is told once: {told}");
        let last = provider.last();
        assert!(prompt_tokens(&last) > 2_000, "the window is used: {}", prompt_tokens(&last));
        assert_eq!(last.messages()[0]["role"], "user", "whole turns go in");
    }
}

#[tokio::test]
async fn forty_turns_are_answered_whatever_words_a_provider_refuses_in() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (protocol, url) in protocols(&app) {
        let model = connect(&admin, protocol, &url, &["ctx-4k"]).await + "ctx-4k";
        let session = admin.ask(&model, ENGLISH).await.session();
        for turn in 1..40 {
            let content = if turn % 2 == 0 { ENGLISH } else { CHINESE };
            let done = go_on(&admin, &session, content).await;
            assert_eq!(done["status"], "completed", "{protocol}, turn {turn}");
        }
    }
}

#[tokio::test]
async fn the_gauge_is_near_what_the_provider_reports_after_three_answers() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (model, words) in [("en", ENGLISH), ("zh", CHINESE)] {
        let provider = Recorder::start(reads(100_000, &words.repeat(3))).await;
        provider.connect(&admin, model, &[model]).await;
        let session = admin.ask(model, words).await.session();
        go_on(&admin, &session, words).await;
        go_on(&admin, &session, words).await;
        let gauge = admin.get(&format!("/api/sessions/{session}/context")).await;
        assert_eq!(gauge.status, 200, "{}", gauge.text);
        go_on(&admin, &session, "x").await;
        // The question that the gauge could not know of has one token and the frame of a message.
        let reported = prompt_tokens(&provider.last()) - 6;
        let used = gauge.body["used"].as_u64().expect("a number");
        assert!(used.abs_diff(reported) * 10 <= reported, "{model}: {used} for {reported}");
        assert_eq!((&gauge.body["leftOut"], &gauge.body["limit"]), (&json!(0), &json!(32_000)));
        assert_eq!(gauge.body["reserved"], 4_096);
        assert!(gauge.body["ratio"].as_f64().is_some_and(|ratio| ratio > 0.2 && ratio < 4.0));
        let other = app.user(&admin, &format!("other-{model}")).await;
        assert_eq!(other.get(&format!("/api/sessions/{session}/context")).await.code(), "chat.not_found");
    }
    let refused = admin.get("/api/sessions/nowhere/context?model=en").await;
    assert_eq!((refused.status, refused.code()), (404, "chat.not_found"));
}

#[tokio::test]
async fn a_message_that_is_too_long_by_itself_is_refused_with_numbers_and_asked_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(reads(1_000, "ok")).await;
    provider.connect(&admin, "small", &["small"]).await;
    let done = admin.ask("small", &ENGLISH.repeat(40)).await;
    assert_eq!((done.status(), done.code()), (Status::Failed, "provider.context_length"));
    let error = done.live.message.error.expect("an error");
    assert_eq!(error.params["limit"], "1000");
    assert_eq!(error.params["used"], prompt_tokens(&provider.last()).to_string());
    assert_eq!(provider.asked().len(), 1, "there was nothing to leave out");
}

#[tokio::test]
async fn a_limit_that_nobody_names_is_found_by_asking_with_less() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let silent = |asked: &Asked| match prompt_tokens(asked) {
        0..=2_000 => Reply::says(ENGLISH),
        _ => Reply::Refuses(400, None, "context_length_exceeded", "The prompt is too long.".to_owned()),
    };
    let provider = Recorder::start(silent).await;
    provider.connect(&admin, "small", &["small"]).await;
    let session = admin.ask("small", ENGLISH).await.session();
    let mut told = Vec::new();
    for _ in 0..20 {
        told.extend(notices(&go_on(&admin, &session, ENGLISH).await["parts"]));
    }
    assert!(told.contains(&"context.retried".to_owned()), "{told:?}");
}

/// How much the gauge says that this model reads.
async fn window(user: &TestUser, session: &str) -> Value {
    user.get(&format!("/api/sessions/{session}/context")).await.body["limit"].clone()
}

#[tokio::test]
async fn instructions_that_grow_after_counted_answers_do_not_end_a_chat() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let words = ENGLISH.repeat(2);
    let provider = Recorder::start(reads(4_096, &words)).await;
    provider.connect(&admin, "small", &["small"]).await;
    let session = admin.ask("small", &words).await.session();
    for _ in 0..9 {
        go_on(&admin, &session, &words).await;
    }
    let before = prompt_tokens(&provider.last());
    let change = json!({"instructions": ENGLISH.repeat(28)});
    assert_eq!(admin.patch(&format!("/api/sessions/{session}"), change).await.status, 200);
    let gauge = admin.get(&format!("/api/sessions/{session}/context")).await.body["used"].as_u64().expect("a number");
    assert!(before < 3_000 && gauge > 4_000, "the new instructions count: {gauge} after {before}");
    let done = go_on(&admin, &session, "And now?").await;
    assert_eq!((&done["status"], notices(&done["parts"])), (&json!("completed"), vec!["context.retried".to_owned()]));
    assert!(provider.asked().iter().any(|asked| prompt_tokens(asked) > 4_096), "it was refused once");
    assert_eq!(window(&admin, &session).await, 4_096);
}

#[tokio::test]
async fn a_refusal_that_says_nothing_of_the_model_narrows_nothing() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let named = "This model's maximum context length is 700 tokens.";
    for (model, status, code, words, retry) in [
        ("short", 400, "context_length_exceeded", "The prompt is too long.", true),
        ("body", 413, "request_too_large", named, true),
        ("never", 400, "context_length_exceeded", named, false),
    ] {
        let provider = Recorder::start(move |asked| match asked.words().contains("refuse me") {
            true if asked.messages().len() > 1 || !retry => Reply::Refuses(status, None, code, words.to_owned()),
            _ => Reply::says("Yes."),
        })
        .await;
        provider.connect(&admin, model, &[model]).await;
        let session = admin.ask(model, ENGLISH).await.session();
        let body = json!({"sessionId": session, "content": "refuse me"});
        let status = if retry { "completed" } else { "failed" };
        assert_eq!(admin.post("/api/chat", body).await.body["status"], status, "{model}");
        assert_eq!(provider.asked().len(), 3, "{model}: it was asked with less");
        assert_eq!(window(&admin, &session).await, 32_000, "{model}");
    }
}

#[tokio::test]
async fn what_an_answer_may_be_long_is_said_to_a_provider_that_adds_it_to_what_it_reads() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let adds = |asked: &Asked| {
        let (used, most) = (prompt_tokens(asked), asked.body["max_tokens"].as_u64().unwrap_or(2_000));
        if used + most > 4_096 {
            let words = format!(
                "input length and `max_tokens` exceed context limit: {used} + {most} > 4096, decrease input length or \
                 `max_tokens` and try again"
            );
            return Reply::Refuses(400, None, "invalid_request_error", words);
        }
        Reply::says("Yes.")
    };
    let provider = Recorder::start(adds).await;
    provider.connect(&admin, "adds", &["adds"]).await;
    let done = admin.ask("adds", &ENGLISH.repeat(45)).await;
    assert_eq!((done.status(), done.code()), (Status::Completed, ""));
    let asked = provider.asked();
    assert_eq!(
        (asked.len(), &asked[0].body["max_tokens"], &asked[1].body["max_tokens"]),
        (2, &Value::Null, &json!(1_024))
    );
    assert_eq!(prompt_tokens(&asked[0]), prompt_tokens(&asked[1]), "nothing had to go");
    assert_eq!(window(&admin, &done.session()).await, 4_096);

    provider.connect(&admin, "set", &["set"]).await;
    let parameters = json!({"maxTokens": 5_000});
    set(&admin, "set", json!({"parameters": parameters, "facts": {"contextWindow": 2_000}})).await;
    admin.ask("set", "hi").await;
    assert_eq!(provider.last().body["max_tokens"], 1_500, "what was kept free is what is asked for");

    let url = provider.url.trim_end_matches("/v1");
    let body = json!({"name": "an", "protocol": "anthropic", "baseUrl": url, "key": "sk-ant-0123456789",
        "models": ["claude-sonnet-4-5"]});
    assert_eq!(admin.post("/api/connections", body).await.status, 201);
    set(&admin, "claude-sonnet-4-5", json!({"facts": {"contextWindow": 8_000}})).await;
    admin.ask("claude-sonnet-4-5", ENGLISH).await;
    let most = provider.last().body["max_tokens"].as_u64().expect("a limit that the protocol demands");
    assert!((7_000..8_000).contains(&most), "what the window leaves: {most}");
}

#[tokio::test]
async fn an_answer_too_long_to_be_continued_whole_is_continued_with_its_end() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let long = ENGLISH.repeat(40);
    let delta = json!({"choices": [{"index": 0, "delta": {"content": long}, "finish_reason": null}]});
    let stop = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]});
    let cut = format!("data: {delta}\n\ndata: {stop}\n\ndata: [DONE]\n\n");
    let small = reads(1_000, "And so it ends.");
    let provider = Recorder::start(move |asked| match asked.words().contains("Continue your last answer") {
        true => small(asked),
        false => Reply::Streams(cut.clone()),
    })
    .await;
    provider.connect(&admin, "small", &["small"]).await;
    set(&admin, "small", json!({"facts": {"efforts": ["low", "high"]}})).await;
    let first = admin.ask("small", "Tell me everything.").await;
    let answer = first.live.message.message_id.clone();
    let body = json!({"sessionId": first.session(), "continueMessageId": answer, "effort": "high"});
    let done = admin.post("/api/chat", body).await;
    assert_eq!((done.status, &done.body["status"]), (200, &json!("completed")), "{}", done.text);
    let continued = |asked: &Asked| asked.words().contains("Continue your last answer");
    let asked: Vec<Asked> = provider.asked().into_iter().filter(continued).collect();
    assert_eq!(asked.len(), 2, "the whole was refused, its end was not");
    assert_eq!(asked[1].body["reasoning_effort"], "high", "a wish goes with what continues, too");
}

#[tokio::test]
async fn what_a_search_of_the_web_brings_is_not_taken_for_the_conversation() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let searches = |asked: &Asked| Reply::Says("Found.".into(), Some((prompt_tokens(asked) * 3 + 9_000, 3)));
    let provider = Recorder::start(searches).await;
    provider.connect(&admin, "one", &["m-1"]).await;
    set(&admin, "m-1", json!({"facts": {"webSearch": true}})).await;
    let body = json!({"content": ENGLISH.repeat(20), "model": "m-1", "webSearch": true});
    let first = admin.post("/api/chat", body).await.body;
    let session = first["sessionId"].as_str().expect("a chat");
    let gauge = admin.get(&format!("/api/sessions/{session}/context")).await.body;
    assert_eq!(gauge["ratio"], 1.0, "nothing is learnt from it");
    let used = gauge["used"].as_u64().expect("a number");
    assert!(used < 3_000, "nor believed of the path: {used}");
}

#[tokio::test]
async fn documents_that_no_model_could_take_are_refused_with_numbers() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|_| Reply::says("Yes.")).await;
    provider.connect(&admin, "one", &["large", "little"]).await;
    set(&admin, "little", json!({"facts": {"contextWindow": 2_000}})).await;
    let mut parts = Vec::new();
    for letter in ["a", "b", "c", "d", "e", "f"] {
        let text = format!("{}\n", letter.repeat(99)).repeat(15_000);
        let file = upload(&admin, &format!("{letter}.txt"), text.into_bytes()).await;
        parts.push(json!({"kind": "file", "fileId": file["id"]}));
    }
    let refused = admin.post("/api/chat", json!({"content": "read", "model": "large", "parts": parts})).await;
    assert_eq!((refused.status, refused.code()), (413, "message.too_long"));
    assert_eq!(refused.body["params"]["limit"], "8 MiB");
    let refused = admin.post("/api/chat", json!({"content": "read", "model": "little", "parts": [parts[0]]})).await;
    assert_eq!((refused.status, refused.code()), (413, "message.too_long"));
    assert_eq!(refused.body["params"]["limit"], "2000 tokens");
    assert!(provider.asked().is_empty());
    let taken = admin.post("/api/chat", json!({"content": "read", "model": "large", "parts": [parts[0]]})).await;
    assert_eq!(taken.status, 200, "{}", taken.text);
}

#[tokio::test]
async fn a_picture_that_cannot_be_read_any_more_does_not_end_its_chat() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|_| Reply::says("I see.")).await;
    provider.connect(&admin, "one", &["m-1"]).await;
    let picture = upload(&admin, "red.png", png(62)).await;
    let parts = json!([{"kind": "image", "fileId": picture["id"]}]);
    let first = admin.post("/api/chat", json!({"content": "look", "model": "m-1", "parts": parts})).await.body;
    let mut folders = vec![app.data_dir.join("images")];
    let mut broken = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.file_name().is_some_and(|name| name.len() >= 60) {
                // What is no file any more cannot be read.
                std::fs::remove_file(&entry).expect("removed");
                std::fs::create_dir(&entry).expect("made");
                broken += 1;
            }
        }
    }
    assert_eq!(broken, 1);
    let done = go_on(&admin, first["sessionId"].as_str().expect("a chat"), "And now?").await;
    assert_eq!(done["status"], "completed");
    assert!(provider.last().words().contains("[picture: red.png]"), "{}", provider.last().body);
}

/// A picture of one's own size and colour.
fn png(width: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(width, 40, image::Rgb([200, 20, 20]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}

async fn upload(user: &TestUser, name: &str, bytes: Vec<u8>) -> Value {
    let request = user.request(reqwest::Method::POST, &format!("/api/files?name={name}")).body(bytes);
    let reply = user.call(request).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.body
}

#[tokio::test]
async fn pictures_and_documents_go_along_in_later_turns_too() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|_| Reply::says("I see.")).await;
    provider.connect(&admin, "one", &["m-1"]).await;
    let picture = upload(&admin, "red.png", png(60)).await;
    let notes = upload(&admin, "notes.txt", b"The password of the cellar is mellon.".to_vec()).await;
    let image = json!({"kind": "image", "fileId": picture["id"]});
    let parts = json!([image, {"kind": "file", "fileId": notes["id"]}]);
    let body = json!({"model": "m-1", "parts": parts});
    let first = admin.post("/api/chat", body).await;
    assert_eq!(first.status, 200, "a message may be files alone: {}", first.text);
    let session = first.body["sessionId"].as_str().expect("a chat").to_owned();
    let shown = admin.get(&format!("/api/sessions/{session}")).await.body;
    assert_eq!(shown["title"], "red.png", "a chat without words is named after its file");
    go_on(&admin, &session, "And now?").await;
    for asked in provider.asked() {
        let question = asked.messages()[0]["content"].to_string();
        assert!(question.contains("data:image/"), "{question}");
        assert!(question.contains("notes.txt") && question.contains("mellon"), "{question}");
    }
    let stored = admin.messages(&session).await;
    assert_eq!((&stored[0]["parts"][0]["kind"], &stored[0]["parts"][1]["kind"]), (&json!("image"), &json!("file")));
    assert_eq!(stored[0]["parts"][1]["name"], "notes.txt");
    let stranger = app.user(&admin, "mallory").await;
    let refused = stranger.post("/api/chat", json!({"content": "look", "model": "m-1", "parts": [image]})).await;
    assert_eq!((refused.status, refused.code()), (404, "file.not_found"));
    let held = admin.delete(&format!("/api/files/{}", notes["id"].as_str().expect("an id"))).await;
    assert_eq!(held.code(), "file.in_use");
}

/// Says what an administrator knows of the model with this name.
async fn set(admin: &TestUser, name: &str, overrides: Value) {
    let found = admin.get(&format!("/api/catalog?q={name}")).await.body;
    let id = found["items"][0]["id"].as_str().expect("the model").to_owned();
    let reply = admin.patch(&format!("/api/catalog/{id}"), json!({"overrides": overrides})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[tokio::test]
async fn a_model_that_does_not_see_refuses_new_pictures_and_reads_a_line_for_older_ones() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|_| Reply::says("Yes.")).await;
    provider.connect(&admin, "one", &["seeing", "blind"]).await;
    set(&admin, "blind", json!({"facts": {"vision": false}})).await;
    let picture = upload(&admin, "red.png", png(61)).await;
    let parts = json!([{"kind": "image", "fileId": picture["id"]}]);
    let new = json!({"content": "look", "model": "blind", "parts": parts});
    let refused = admin.post("/api/chat", new).await;
    assert_eq!((refused.status, refused.code()), (400, "model.no_vision"));
    let first = admin.post("/api/chat", json!({"content": "look", "model": "seeing", "parts": parts})).await.body;
    let body = json!({"sessionId": first["sessionId"], "content": "And now?", "model": "blind"});
    let done = admin.post("/api/chat", body).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let asked = provider.last();
    assert!(asked.words().contains("[picture: red.png]"), "{}", asked.body);
    assert!(!asked.body.to_string().contains("data:image/"));
    let again = json!({"sessionId": first["sessionId"], "parentId": first["userMessageId"], "model": "blind"});
    let refused = admin.post("/api/chat", again).await;
    assert_eq!((refused.status, refused.code()), (400, "model.no_vision"), "the question has the picture");
    assert!(notices(&done.body["parts"]).is_empty());
}

#[tokio::test]
async fn what_was_set_goes_along_wishes_win_and_what_cannot_be_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|_| Reply::says("Yes.")).await;
    provider.connect(&admin, "one", &["m-1"]).await;
    admin.ask("m-1", "hi").await;
    let bare = provider.last().body;
    for field in ["temperature", "max_tokens", "top_p", "reasoning_effort", "tools"] {
        assert_eq!(bare[field], Value::Null, "nothing is sent that nobody set: {field}");
    }
    let parameters = json!({"temperature": 0.5, "maxTokens": 300, "effort": "low", "extra": {"tier": "x"}});
    let facts = json!({"efforts": ["low", "high"], "webSearch": false, "contextWindow": 2000});
    set(&admin, "m-1", json!({"parameters": parameters, "facts": facts})).await;
    let body = json!({"content": "hi", "model": "m-1", "effort": "high"});
    assert_eq!(admin.post("/api/chat", body).await.status, 200);
    let sent = provider.last().body;
    assert_eq!((&sent["temperature"], &sent["max_tokens"]), (&json!(0.5), &json!(300)));
    assert_eq!((&sent["reasoning_effort"], &sent["tier"]), (&json!("high"), &json!("x")));
    for wish in [json!({"effort": "minimal"}), json!({"webSearch": true})] {
        let mut body = json!({"content": "hi", "model": "m-1"});
        body.as_object_mut().expect("an object").extend(wish.as_object().cloned().expect("an object"));
        let refused = admin.post("/api/chat", body).await;
        assert_eq!((refused.status, refused.code()), (400, "request.invalid"), "{wish}");
    }
    let session = admin.ask("m-1", "hi").await.session();
    let gauge = admin.get(&format!("/api/sessions/{session}/context?model=m-1")).await.body;
    assert_eq!((&gauge["limit"], &gauge["reserved"]), (&json!(2000), &json!(300)));
}

#[tokio::test]
async fn the_same_client_id_with_another_file_or_wish_is_another_request() {
    let app = TestApp::new().await;
    let user = app.with_models(&["ok"]).await;
    let body = json!({"content": "hi", "model": "ok", "clientMessageId": "c"});
    assert_eq!(user.post("/api/chat", body.clone()).await.status, 200);
    for (field, value) in [("effort", json!("low")), ("webSearch", json!(true))] {
        let mut other = body.clone();
        other[field] = value;
        assert_eq!(user.post("/api/chat", other).await.code(), "message.client_id", "{field}");
    }
    let parts = json!([{"kind": "text", "text": "x"}]);
    let refused = user.post("/api/chat", json!({"content": "hi", "model": "ok", "parts": parts})).await;
    assert_eq!((refused.status, refused.code()), (400, "request.invalid"));
    let refused = user.post("/api/chat", json!({"content": "hi", "model": "ok", "effort": "furious"})).await;
    assert_eq!((refused.status, refused.code()), (400, "request.invalid"));
}
