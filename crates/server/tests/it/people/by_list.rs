//! People by the list: looked at first, then all of them or none.

use crate::support::{PASSWORD, Reply, TestApp, TestUser};
use reqwest::Method;
use serde_json::{Value, json};

const LIST: &str = "username;role;status;password\nbob;;;\n张三;admin;;一个很长很长的密码\n=sum(A1);user;pending;\n";

async fn import(admin: &TestUser, query: &str, list: impl Into<reqwest::Body>) -> Reply {
    let path = format!("/api/admin/users/import{query}");
    admin.call(admin.request(Method::POST, &path).header("content-type", "text/csv").body(list)).await
}

async fn names(admin: &TestUser) -> Vec<Value> {
    let list = admin.get("/api/admin/users").await.body;
    list["items"].as_array().expect("a list").iter().map(|user| user["username"].clone()).collect()
}

#[tokio::test]
async fn a_list_is_looked_at_line_by_line_and_then_made_as_a_whole() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let looked = import(&admin, "?check=true", LIST).await;
    assert_eq!(looked.status, 200, "{}", looked.text);
    assert_eq!((&looked.body["done"], looked.body.get("csv")), (&json!(false), None));
    let rows = looked.body["rows"].as_array().expect("rows");
    assert_eq!(
        rows[1],
        json!({"line": 3, "username": "张三", "role": "admin", "status": "active", "hasPassword": true})
    );
    assert!(!looked.text.contains("一个很长很长的密码"));
    assert_eq!(names(&admin).await, ["admin"], "nobody is made by looking");

    let made = import(&admin, "", LIST).await;
    assert_eq!((made.status, &made.body["done"]), (200, &json!(true)));
    let csv = made.body["csv"].as_str().expect("CSV");
    let lines: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!((lines[0], lines[2]), ("username,role,status,password", "张三,admin,active,"));
    assert!(lines[3].starts_with("'=sum(A1),user,pending,"), "{csv}");
    let password = lines[1].rsplit(',').next().expect("a password");
    let bob =
        app.nobody().post("/api/auth/login", json!({"username": "bob", "password": password, "tokens": true})).await;
    assert_eq!((bob.status, &bob.body["user"]["mustChangePassword"]), (200, &json!(true)));
    let other = json!({"username": "张三", "password": "一个很长很长的密码", "tokens": true});
    assert_eq!(app.nobody().post("/api/auth/login", other).await.status, 200);
    let again = import(&admin, "", LIST).await;
    assert!(
        again.status == 400 && again.text.contains("line 2") && again.text.contains("Nobody was made"),
        "{}",
        again.text
    );
}

#[tokio::test]
async fn one_bad_line_makes_nobody_and_every_bad_line_is_named() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let list = "username,role,status,password\nADMIN,,,\nx,,,\nbob,boss,,\ncarol,,rejected,\ndave,,,short\nerin,,,\nErin,,,\nfine,,,\n";
    let looked = import(&admin, "?check=true", list).await;
    let codes: Vec<&str> = looked.body["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["error"]["code"].as_str().unwrap_or_default())
        .collect();
    let invalid = "request.invalid";
    assert_eq!(codes, ["user.name_taken", invalid, invalid, invalid, invalid, "", "user.name_taken", ""]);
    assert_eq!(import(&admin, "", list).await.status, 400);
    assert_eq!(names(&admin).await, ["admin"]);
    for broken in ["", "nothing", "username\n", "\u{0}\u{1}\u{2}"] {
        assert_eq!(import(&admin, "?check=true", broken).await.code(), "request.invalid", "{broken:?}");
    }
    assert_eq!(import(&admin, "", vec![b'x'; 300 * 1024]).await.status, 413);
}

#[tokio::test]
async fn five_hundred_people_come_by_one_list_and_go_out_by_another() {
    let app = TestApp::with(|config| config.bcrypt_cost = 12).await;
    let admin = app.admin().await;
    let list: String =
        (0..500).fold("username,mail\n".to_owned(), |list, n| list + &format!("person {n},p{n}@example.com\n"));
    let (gb, ..) = encoding_rs::GB18030.encode(&list);
    let made = import(&admin, "", gb.into_owned()).await;
    assert_eq!((made.status, &made.body["ignored"]), (200, &json!(["mail"])), "{}", made.text);
    let out = admin.get("/api/admin/users/export").await;
    assert_eq!((out.status, out.headers["content-type"].to_str().expect("text")), (200, "text/csv; charset=utf-8"));
    let lines: Vec<&str> = out.text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!((lines.len(), lines[0]), (502, "username,role,status,reason,created_at,last_login_at"));
    assert!(lines[1].starts_with("admin,admin,active,,20"), "{}", lines[1]);
    let few = out.text.lines().take(9).collect::<Vec<_>>().join("\n");
    let one = import(&admin, "?check=true", few).await;
    assert_eq!(one.body["rows"][0]["error"]["code"], "user.name_taken", "what goes out can be read back");
    let mut many = list;
    many.push_str("one too many,\n");
    assert!(import(&admin, "", many).await.text.contains("at most 500"));
    assert!(!out.text.contains(PASSWORD));
}
