//! People as CSV: lists that administrators bring, and the list that they take.

use crate::App;
use crate::audit::Actor;
use crate::auth::{CurrentUser, roster};
use crate::db::users::{self, Cursor};
use crate::error::{AppError, AppResult};
use crate::files::disposition;
use crate::spreadsheet;
use crate::whole::to_the_end;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use shared::accounts::PeopleQuery;
use shared::limits::MAX_PAGE;
use shared::people_csv::{ImportQuery, ImportReport};
use std::sync::Arc;

/// `POST /api/admin/users/import`: the body is the list. With `check=true` it says line by line what would happen; without
/// it makes everybody or nobody.
pub async fn import_users(
    app: web::Data<App>,
    caller: CurrentUser,
    by: Actor,
    query: web::Query<ImportQuery>,
    body: web::Bytes,
) -> AppResult<web::Json<ImportReport>> {
    let check = query.check;
    // The passwords are told in this answer alone: whoever hangs up has them made again.
    let report = to_the_end(async move {
        let report = app.auth.import_users(&caller, &by, &body, check).await?;
        if report.done {
            app.runs.hub().publish_people();
        }
        AppResult::Ok(report)
    });
    report.await.map(web::Json)
}

/// `GET /api/admin/users/export`: everybody, in the order of the list, a page at a time.
pub async fn export_users(app: web::Data<App>) -> HttpResponse {
    let day = crate::db::rfc3339(app.clock.now()).chars().take(10).collect::<String>();
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, disposition(false, &format!("people-{day}.csv"))))
        .streaming(pages(app.into_inner()))
}

/// Where the list goes on; none at its end.
type Next = Option<Option<Cursor>>;

fn pages(app: Arc<App>) -> impl Stream<Item = AppResult<Bytes>> {
    let head = stream::once(async {
        Ok(Bytes::from(format!("{}{}", spreadsheet::MARK, spreadsheet::write([roster::COLUMNS.to_vec()])?)))
    });
    head.chain(stream::try_unfold((app, Some(None)), async |(app, next): (Arc<App>, Next)| {
        let Some(after) = next else { return Ok::<_, AppError>(None) };
        let page = users::list(app.db.read(), &PeopleQuery::default(), after.as_ref(), MAX_PAGE).await?;
        let next = page.next.as_deref().and_then(Cursor::parse).map(Some);
        Ok(Some((Bytes::from(roster::people(&page.items)?), (app, next))))
    }))
}
