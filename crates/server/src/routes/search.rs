//! Full-text search.

use crate::App;
use crate::auth::CurrentUser;
use crate::error::{AppError, AppResult};
use crate::search::finder::{self, Cursor};
use actix_web::web;
use shared::limits::{MAX_PAGE, MAX_SEARCH_CHARS};
use shared::search::{SearchQuery, SearchResults};

/// Hits on a page when the caller names no number: what a screen shows.
const DEFAULT_HITS: u32 = 20;

/// `GET /api/search?q=&after=&limit=`: chats of the caller that fit, newest first.
pub async fn search_chats(
    app: web::Data<App>,
    user: CurrentUser,
    query: web::Query<SearchQuery>,
) -> AppResult<web::Json<SearchResults>> {
    if query.q.chars().count() > MAX_SEARCH_CHARS {
        return Err(AppError::invalid(format!("q must have at most {MAX_SEARCH_CHARS} characters")));
    }
    let bad = || AppError::invalid("after must be the `next` of a page");
    let readable = |after: &str| Cursor::parse(after).filter(|_| !after.contains('\0'));
    let after = query.after.as_deref().map(|after| readable(after).ok_or_else(bad)).transpose()?;
    let limit = query.limit.unwrap_or(DEFAULT_HITS).clamp(1, MAX_PAGE);
    let results = finder::search(&app.db, &user.user.id, &query.q, after, limit as usize, app.clock.now()).await?;
    Ok(web::Json(results))
}
