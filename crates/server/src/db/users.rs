//! People. A password hash leaves this module only inside [`Account`], which never reaches the wire. Whoever left is
//! nobody here, from the moment on at which they left; see `departures`.

use super::engine::{self, statement};
use super::entity::user::{self, Entity as Users};
use super::{like, parse_word, rfc3339};
use sea_orm::ActiveValue::Set;
use sea_orm::QuerySelect as _;
use sea_orm::prelude::*;
use shared::accounts::{PeopleQuery, Theme, UpdateMe, User, UserRole, UserStatus};
use shared::{FileId, ModelId, Page, UserId};
use std::collections::HashSet;

/// A person with what signing in needs.
#[derive(Clone)]
pub struct Account {
    /// The person.
    pub user: User,
    /// bcrypt hash of the password; empty for somebody who has none.
    pub password_hash: String,
}

impl Account {
    /// The hash, if there is a password.
    #[must_use]
    pub fn hash(&self) -> Option<String> {
        Some(self.password_hash.clone()).filter(|hash| !hash.is_empty())
    }
}

/// A person to be.
pub struct NewUser<'a> {
    /// The name as it was typed.
    pub username: &'a str,
    /// The name as it is compared.
    pub username_key: &'a str,
    /// bcrypt hash of the password; empty for none.
    pub password_hash: &'a str,
    /// Whether somebody else chose the password, so that it must be replaced.
    pub must_change_password: bool,
    /// What they may do.
    pub role: UserRole,
    /// Whether they may sign in.
    pub status: UserStatus,
}

impl TryFrom<user::Model> for User {
    type Error = DbErr;

    fn try_from(row: user::Model) -> Result<Self, DbErr> {
        let id = UserId(row.id);
        Ok(Self {
            username: row.username,
            role: parse_word("users.role", &row.role)?,
            status: parse_word("users.status", &row.status)?,
            reason: row.status_reason,
            must_change_password: row.must_change_password,
            second_factor: row.second_factor,
            passwordless: row.password_hash.is_empty(),
            language: row.language.map(|word| parse_word("users.language", &word)).transpose()?,
            theme: parse_word("users.theme", &row.theme)?,
            about: row.about,
            default_model: row.default_model_id.map(ModelId),
            avatar: row.avatar_file_id.map(|file| avatar_path(&id, &file)),
            created_at: rfc3339(row.created_at),
            last_login_at: row.last_login_at.map(rfc3339),
            id,
        })
    }
}

/// Where a person's picture is. Its end changes with the picture, so that browsers may keep what they have.
fn avatar_path(id: &UserId, file: &str) -> String {
    let version = file.rsplit('-').next().unwrap_or(file);
    format!("/api/users/{id}/avatar?v={version}")
}

impl TryFrom<user::Model> for Account {
    type Error = DbErr;

    fn try_from(row: user::Model) -> Result<Self, DbErr> {
        let password_hash = row.password_hash.clone();
        Ok(Self { user: row.try_into()?, password_hash })
    }
}

/// What whoever changes the number of administrators takes a turn by.
pub const ADMINISTRATORS: &str = "administrators";

/// Those who are there.
fn present() -> Select<Users> {
    Users::find().filter(user::Column::DeletedAt.is_null())
}

/// The person with this id.
pub async fn get(db: &impl ConnectionTrait, id: &UserId) -> Result<Option<User>, DbErr> {
    present().filter(user::Column::Id.eq(id.as_str())).one(db).await?.map(User::try_from).transpose()
}

/// The person with this id, with the password hash.
pub async fn account(db: &impl ConnectionTrait, id: &UserId) -> Result<Option<Account>, DbErr> {
    present().filter(user::Column::Id.eq(id.as_str())).one(db).await?.map(Account::try_from).transpose()
}

/// The person whose name compares equal, with the password hash.
pub async fn account_by_key(db: &impl ConnectionTrait, key: &str) -> Result<Option<Account>, DbErr> {
    present().filter(user::Column::UsernameKey.eq(key)).one(db).await?.map(Account::try_from).transpose()
}

/// Which of these names, as they are compared, somebody has.
pub async fn taken(db: &impl ConnectionTrait, keys: &[&str]) -> Result<HashSet<String>, DbErr> {
    let query = Users::find().select_only().column(user::Column::UsernameKey);
    let rows: Vec<String> =
        query.filter(user::Column::UsernameKey.is_in(keys.iter().copied())).into_tuple().all(db).await?;
    Ok(rows.into_iter().collect())
}

/// Whether anybody has an account.
pub async fn any(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(db.query_one_raw(statement(db, "SELECT 1 AS one FROM users LIMIT 1", [])).await?.is_some())
}

/// Adds a person; none when the name is taken.
pub async fn insert(db: &impl ConnectionTrait, new: &NewUser<'_>, now: i64) -> Result<Option<User>, DbErr> {
    let row = user::Model {
        id: crate::clock::new_id(),
        username: new.username.to_owned(),
        username_key: new.username_key.to_owned(),
        password_hash: new.password_hash.to_owned(),
        must_change_password: new.must_change_password,
        second_factor: false,
        role: new.role.as_str().to_owned(),
        status: new.status.as_str().to_owned(),
        status_reason: None,
        language: None,
        theme: Theme::default().as_str().to_owned(),
        about: None,
        default_model_id: None,
        avatar_file_id: None,
        created_at: now,
        last_login_at: None,
        deleted_at: None,
    };
    let values: user::ActiveModel = row.clone().into();
    match Users::insert(values).exec_without_returning(db).await {
        Ok(_) => Ok(Some(row.try_into()?)),
        Err(error) if engine::is_unique_violation(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Notes that the person signed in.
pub async fn set_last_login(db: &impl ConnectionTrait, id: &UserId, now: i64) -> Result<(), DbErr> {
    write(db, id, user::ActiveModel { last_login_at: Set(Some(now)), ..Default::default() }).await
}

/// Replaces the password hash. `given` by somebody else, it has to be replaced once more, by the person.
pub async fn set_password(db: &impl ConnectionTrait, id: &UserId, hash: &str, given: bool) -> Result<(), DbErr> {
    let (password_hash, must_change_password) = (Set(hash.to_owned()), Set(given));
    write(db, id, user::ActiveModel { password_hash, must_change_password, ..Default::default() }).await
}

/// Gives a person another picture, or none.
pub async fn set_avatar(db: &impl ConnectionTrait, id: &UserId, file: Option<&FileId>) -> Result<(), DbErr> {
    let file = Set(file.map(|file| file.0.clone()));
    write(db, id, user::ActiveModel { avatar_file_id: file, ..Default::default() }).await
}

/// Changes what people choose for themselves.
pub async fn set_preferences(db: &impl ConnectionTrait, id: &UserId, wish: &UpdateMe) -> Result<(), DbErr> {
    let mut values = user::ActiveModel { ..Default::default() };
    if let Some(language) = wish.language {
        values.language = Set(Some(language.tag().to_owned()));
    }
    if let Some(theme) = wish.theme {
        values.theme = Set(theme.as_str().to_owned());
    }
    if let Some(about) = &wish.about {
        values.about = Set(Some(about.trim().to_owned()).filter(|about| !about.is_empty()));
    }
    if let Some(model) = &wish.default_model {
        values.default_model_id = Set(Some(model.0.clone()).filter(|model| !model.is_empty()));
    }
    if values.is_changed() { write(db, id, values).await } else { Ok(()) }
}

/// Gives a person another name; false if somebody else has it.
pub async fn set_name(db: &impl ConnectionTrait, id: &UserId, shown: &str, key: &str) -> Result<bool, DbErr> {
    let (username, username_key) = (Set(shown.to_owned()), Set(key.to_owned()));
    let values = user::ActiveModel { username, username_key, ..Default::default() };
    match write(db, id, values).await {
        Err(error) if engine::is_unique_violation(&error) => Ok(false),
        written => written.map(|()| true),
    }
}

/// Stores what a person may do, whether they may sign in, and why not.
pub async fn set_access(db: &impl ConnectionTrait, user: &User) -> Result<(), DbErr> {
    let values = user::ActiveModel {
        role: Set(user.role.as_str().to_owned()),
        status: Set(user.status.as_str().to_owned()),
        status_reason: Set(user.reason.clone()),
        ..Default::default()
    };
    write(db, &user.id, values).await
}

async fn write(db: &impl ConnectionTrait, id: &UserId, values: user::ActiveModel) -> Result<(), DbErr> {
    Users::update_many().set(values).filter(user::Column::Id.eq(id.as_str())).exec(db).await?;
    Ok(())
}

/// How many active administrators there are beside this person.
pub async fn other_active_admins(db: &impl ConnectionTrait, id: &UserId) -> Result<u64, DbErr> {
    present()
        .filter(user::Column::Role.eq(UserRole::Admin.as_str()))
        .filter(user::Column::Status.eq(UserStatus::Active.as_str()))
        .filter(user::Column::Id.ne(id.as_str()))
        .count(db)
        .await
}

/// One page of the people who are asked for: those who wait for approval first, then the oldest account first.
pub async fn list(
    db: &impl ConnectionTrait,
    wanted: &PeopleQuery,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<User>, DbErr> {
    let start = Cursor { rank: -1, created_at: 0, id: String::new() };
    let after = after.unwrap_or(&start);
    let mut query =
        "SELECT * FROM (SELECT users.*, CASE WHEN status = 'pending' THEN 0 ELSE 1 END AS place FROM users \
                     WHERE deleted_at IS NULL) AS people \
                     WHERE (place > $1 OR (place = $2 AND (created_at > $3 OR (created_at = $4 AND id > $5))))"
            .to_owned();
    let mut values: Vec<sea_orm::Value> = vec![
        after.rank.into(),
        after.rank.into(),
        after.created_at.into(),
        after.created_at.into(),
        after.id.as_str().into(),
    ];
    let mut place = |value: sea_orm::Value| {
        values.push(value);
        format!("${}", values.len())
    };
    if let Some(text) = wanted.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        query += &format!(" AND username_key LIKE {} ESCAPE '!'", place(like(text).into()));
    }
    if let Some(status) = wanted.status {
        query += &format!(" AND status = {}", place(status.as_str().into()));
    }
    query += &format!(" ORDER BY place, created_at, id LIMIT {}", place((i64::from(limit) + 1).into()));
    let mut rows = Users::find().from_raw_sql(statement(db, &query, values)).all(db).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|row| Cursor::of(row).to_string());
    let items = rows.into_iter().map(|row| User::try_from(row).map(seen_by_others)).collect::<Result<_, _>>()?;
    Ok(Page { items, next })
}

/// A person as others see them: without what they tell models about themselves.
#[must_use]
pub fn seen_by_others(user: User) -> User {
    User { about: None, ..user }
}

/// Where a page of people ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    rank: i32,
    created_at: i64,
    id: String,
}

impl Cursor {
    fn of(row: &user::Model) -> Self {
        let rank = i32::from(row.status != UserStatus::Pending.as_str());
        Self { rank, created_at: row.created_at, id: row.id.clone() }
    }

    /// The cursor with this text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (rank, rest) = text.split_once('_')?;
        let (created_at, id) = rest.split_once('_')?;
        let id = uuid::Uuid::parse_str(id).ok()?.to_string();
        Some(Self { rank: rank.parse().ok()?, created_at: created_at.parse().ok()?, id })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}_{}_{}", self.rank, self.created_at, self.id)
    }
}
