//! Task traces: everybody reads their own, administrators all. The words in the samples stay with their owner.

use crate::App;
use crate::audit::Actor;
use crate::auth::CurrentUser;
use crate::db::traces::{self, Filter};
use crate::error::{AppError, AppResult};
use crate::routes::filters::{cursor, moment, word};
use crate::trace::{clean_up, text};
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use shared::page::PageQuery;
use shared::trace::{CleanUpTraces, Sample, TraceBrief, TraceDetail, TraceQuery, TracesCleaned};
use shared::{ErrorCode, Page, TraceId, UserId};

/// Most days of a clean-up: what is older than that is gone anyway.
const MAX_DAYS: u32 = 3_650;

/// `GET /api/task-trace`: filtered by status, model, code, answer and time, for administrators by person.
pub async fn list_traces(
    app: web::Data<App>,
    user: CurrentUser,
    query: web::Query<TraceQuery>,
) -> AppResult<web::Json<Page<TraceBrief>>> {
    let query = query.into_inner();
    let limit = PageQuery { after: None, limit: query.limit }.limit();
    let filter = Filter {
        owner: owner(&user),
        person: word("person", query.person)?,
        status: query.status,
        model: word("model", query.model)?,
        code: word("code", query.code)?,
        message: query.message,
        from: moment("from", query.from.as_deref())?,
        to: moment("to", query.to.as_deref())?,
        after: query.after.map(cursor).transpose()?,
    };
    Ok(web::Json(traces::list(app.db.read(), &filter, limit).await?))
}

/// `GET /api/task-trace/{id}`: with its events and samples; as far as it goes where the answer is being written here.
pub async fn get_trace(
    app: web::Data<App>,
    user: CurrentUser,
    id: web::Path<TraceId>,
) -> AppResult<web::Json<TraceDetail>> {
    Ok(web::Json(detail(&app, &user, &id).await?))
}

/// `GET /api/task-trace/{id}/export`: the same as plain text, in the person's language.
pub async fn export_trace(app: web::Data<App>, user: CurrentUser, id: web::Path<TraceId>) -> AppResult<HttpResponse> {
    let trace = detail(&app, &user, &id).await?;
    let text = text::export(&trace, user.user.language.unwrap_or_default());
    // An id of ours: letters, digits and dashes.
    let disposition = format!("attachment; filename=\"task-trace-{}.txt\"", trace.brief.id);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, disposition))
        .body(text))
}

/// `POST /api/task-trace/cleanup`: removes what is older than so many days, or than the setting says.
pub async fn clean_up_traces(
    app: web::Data<App>,
    actor: Actor,
    body: web::Json<CleanUpTraces>,
) -> AppResult<web::Json<TracesCleaned>> {
    let days = body.days.unwrap_or_else(|| app.settings.trace_days());
    if days > MAX_DAYS {
        return Err(AppError::invalid(format!("`days` must be a whole number from 0 to {MAX_DAYS}")));
    }
    let removed = clean_up(&app.db, &app.clock, days, &actor).await?;
    Ok(web::Json(TracesCleaned { removed }))
}

/// The only person whose traces a caller may see; none for administrators.
fn owner(user: &CurrentUser) -> Option<UserId> {
    (!user.governs()).then(|| user.user.id.clone())
}

async fn detail(app: &App, user: &CurrentUser, id: &TraceId) -> AppResult<TraceDetail> {
    let found = traces::get(app.db.read(), owner(user).as_ref(), id).await?;
    let (mut brief, stored) = found.ok_or(ErrorCode::TraceNotFound)?;
    let inside = match stored {
        Some(inside) => inside,
        None => match app.traces.under_way(id) {
            Some((totals, inside)) => {
                brief.totals = totals;
                inside
            }
            None => traces::Inside::default(),
        },
    };
    // An administrator sees what happened to somebody's answer, not what it says.
    let words_hidden = brief.person.id != user.user.id;
    let shown = |sample: Option<Sample>| sample.map(|of| if words_hidden { of.without_words() } else { of });
    let (request, response) = (shown(inside.request), shown(inside.response));
    Ok(TraceDetail { brief, events: inside.events, request, response, words_hidden })
}
