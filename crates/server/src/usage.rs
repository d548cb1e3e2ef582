//! What calls of models took, as people look at it: one's own, or everybody's for administrators. `wish` is what somebody
//! may ask for, `report` puts the answer together, `sheet` writes it for spreadsheets; the adding up is the database's.

mod report;
mod sheet;
mod wish;

pub use wish::Wish;

use crate::auth::CurrentUser;
use crate::budgets::{Budgets, Rate};
use crate::clock::Clock;
use crate::db::Db;
use crate::db::usage::report::{self as rows, Rates};
use crate::error::{AppError, AppResult};
use crate::settings::Settings;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use report::Names;
use shared::models::Currency;
use shared::usage::{MAX_GROUPS, UsageQuery, UsageReport};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Reports that are added up at a time. The database reads for answers, too, and a long report takes seconds of it.
const AT_A_TIME: usize = 2;
/// Lines of a sheet that are in memory at a time.
const LINES: u64 = 2_000;

/// Where a page of a sheet begins: the day, and the line of it.
type Place = (usize, u64);

/// Adds usage up for whoever asks.
pub struct Reports {
    db: Db,
    clock: Clock,
    settings: Arc<Settings>,
    budgets: Arc<Budgets>,
    places: Semaphore,
}

impl Reports {
    /// Reports of what is in a database. Days are those of budgets.
    #[must_use]
    pub fn new(db: Db, clock: Clock, settings: Arc<Settings>, budgets: Arc<Budgets>) -> Self {
        Self { db, clock, settings, budgets, places: Semaphore::new(AT_A_TIME) }
    }

    /// What a query wants, if the caller may have it.
    ///
    /// # Errors
    /// `auth.forbidden` for what only administrators see, `request.invalid` with the rule.
    pub fn wish(&self, query: UsageQuery, who: &CurrentUser) -> AppResult<Wish> {
        Wish::of(query, who, &self.budgets.calendar(), self.clock.now())
    }

    /// The report.
    ///
    /// # Errors
    /// The database's.
    pub async fn report(&self, wish: &Wish) -> AppResult<UsageReport> {
        let _place = self.place().await?;
        let (db, currency) = (self.db.read(), self.settings.budget_currency());
        let (rates, limit) = (self.rates(currency), MAX_GROUPS as u64 + 1);
        let groups = rows::groups(db, &wish.filter, (wish.by, wish.measure), rates, limit).await?;
        let is_cut = groups.len() > MAX_GROUPS;
        let names = Names::look_up(db, wish, &groups).await?;
        let groups = report::merged(wish, groups, &names);
        let apart = report::apart(&groups);
        let days = rows::days(db, &wish.filter, wish.by, &apart, rates, &wish.ahead).await?;
        Ok(report::put_together(wish, currency, (groups, is_cut), &days, &names))
    }

    /// All of it as lines for a spreadsheet, day by day.
    pub fn sheet(self: Arc<Self>, wish: Wish) -> impl Stream<Item = AppResult<Bytes>> {
        let head = stream::once(async { sheet::head() });
        let pages = stream::try_unfold((self, wish, (0, 0)), async |(reports, wish, at): (Arc<Self>, Wish, Place)| {
            let page = reports.page(&wish, at).await?;
            Ok::<_, AppError>(page.map(|(page, next)| (page, (reports, wish, next))))
        });
        head.chain(pages)
    }

    /// One page of a sheet, and where the next one begins; none behind the last day.
    async fn page(&self, wish: &Wish, (day, line): Place) -> AppResult<Option<(Bytes, Place)>> {
        let Some((name, filter)) = wish.on_day(day) else { return Ok(None) };
        let _place = self.place().await?;
        let currency = self.settings.budget_currency();
        let lines = rows::lines(self.db.read(), &filter, self.rates(currency), (LINES, line)).await?;
        let next = if lines.len() as u64 == LINES { (day, line + LINES) } else { (day + 1, 0) };
        Ok(Some((sheet::lines(&name, currency, &lines)?, next)))
    }

    async fn place(&self) -> AppResult<tokio::sync::SemaphorePermit<'_>> {
        self.places.acquire().await.map_err(AppError::internal)
    }

    /// What both currencies are in one of them, at the rate that is set now.
    fn rates(&self, currency: Currency) -> Rates {
        let yuan = Rate(self.settings.usd_in_cny()).yuan();
        match currency {
            Currency::Usd => Rates { usd: 1.0, cny: 1.0 / yuan },
            Currency::Cny => Rates { usd: yuan, cny: 1.0 },
        }
    }
}
