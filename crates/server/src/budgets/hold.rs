//! What is set aside of budgets for one call of a provider, and for those that follow it in the same answer.

use super::amounts::{Ask, LONGEST_ANSWER, Measure, Took};
use super::refusal::{Refused, of_the_longest, warning};
use super::rules::{counts, holder};
use super::{Budgets, Calendar, Period};
use crate::auth::CurrentUser;
use crate::catalog::Resolved;
use crate::chat::lease_ms;
use crate::db::budgets::Rule;
use crate::db::budgets::spending::{self, Owner, Place, Reserved, Row};
use crate::db::{DatabaseTransaction, engine};
use crate::error::AppResult;
use shared::budgets::Unit;
use shared::error::Params;
use shared::{ErrorCode, UserId};
use std::sync::Arc;

/// How often an answer is shortened to what is left, while others take of it too.
const ATTEMPTS: usize = 3;
/// A reservation whose call is no run yet, or never becomes one, is needed for no longer than this many leases.
pub(super) const LEASES: i64 = 4;
/// Somebody is warned when this share of a budget is over, in hundredths.
const WARNED_AT: u128 = 80;

/// Who wants to call which model.
#[derive(Clone, Copy)]
pub struct Payer<'a> {
    /// Who asks.
    pub who: &'a CurrentUser,
    /// The model.
    pub model: &'a Resolved,
}

/// What is set aside for one call.
#[derive(Debug)]
pub struct Hold {
    call: String,
    shares: Vec<Share>,
    /// What the calls before this one took.
    took: Took,
    /// The longest answer that was set aside for; none where no rule counts what an answer takes.
    answer: Option<u32>,
    left: Vec<Left>,
}

/// What is left of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// What is counted.
    pub unit: Unit,
    /// How much of it may be used.
    pub limit: u64,
    /// How much of that neither was used nor is set aside.
    pub remaining: u64,
    /// When it starts anew, unix milliseconds.
    pub ends_at: Option<i64>,
}

/// What is set aside of one rule.
#[derive(Clone, Debug)]
struct Share {
    rule: Arc<Rule>,
    place: Place,
    period: Period,
    measure: Measure,
    amount: u64,
}

/// What came of an attempt to set something aside.
enum Attempt {
    Done(Vec<(Share, Row)>),
    /// Some rules were in the way; with a shorter answer they would not be, if one is named.
    Short(Vec<Refused>, Option<u32>),
}

impl Hold {
    /// The limit of the answer that is about to be asked for.
    #[must_use]
    pub fn answer(&self) -> Option<u32> {
        self.answer
    }

    /// What is left beside what is set aside: of each unit the rule with the least.
    #[must_use]
    pub fn left(&self) -> &[Left] {
        &self.left
    }

    /// Takes in what a call took that is over, while another one follows in the same answer.
    pub fn add(&mut self, usage: &shared::chat::Usage) {
        self.took = self.took.and(usage);
    }
}

/// What an answer may be long where a budget counts it: what is asked for, else what the model writes at most.
#[must_use]
pub fn longest(asked: Option<u32>, model: &Resolved) -> u32 {
    asked.unwrap_or_else(|| model.facts.max_output.map_or(LONGEST_ANSWER, |most| most.min(LONGEST_ANSWER)))
}

impl Budgets {
    /// Sets aside what a call may take, of every rule that counts it. Answers what to tell the person beside; none where no
    /// rule holds for them, without a look at the database.
    ///
    /// # Errors
    /// `budget.exceeded` with the rule that is in the way for the longest time.
    pub async fn reserve(
        &self,
        payer: Payer<'_>,
        call: &str,
        ask: &Ask,
    ) -> AppResult<Option<(Hold, Vec<(ErrorCode, Params)>)>> {
        let rules = self.rules();
        let (user, key) = (&payer.who.user.id, payer.who.key.as_ref().map(|key| &key.id));
        let of = |rule: &&Arc<Rule>| counts(rule, payer.model);
        let shares: Vec<Share> =
            rules.for_caller(user, key).into_iter().filter(of).map(|rule| self.share(rule, user)).collect();
        if shares.is_empty() {
            return Ok(None);
        }
        let mut hold = Hold { call: call.to_owned(), shares, took: Took::default(), answer: None, left: Vec::new() };
        let notices = self.take(&mut hold, ask, true).await?;
        Ok(Some((hold, notices)))
    }

    /// Sets aside what another call may take beside those of the same answer that are over. Whoever is to be warned by
    /// then is warned with their next answer.
    ///
    /// # Errors
    /// As above. What was set aside before stays so.
    pub async fn extend(&self, hold: &mut Hold, ask: &Ask) -> AppResult<()> {
        self.take(hold, ask, false).await.map(|_| ())
    }

    async fn take(&self, hold: &mut Hold, ask: &Ask, warns: bool) -> AppResult<Vec<(ErrorCode, Params)>> {
        let (mut answer, mut refused) = (ask.answer, Vec::new());
        for _ in 0..ATTEMPTS {
            let tx = self.db.begin().await?;
            match self.attempt(&tx, hold, ask, answer).await? {
                Attempt::Done(shares) => {
                    let notices = if warns { warn(&tx, &self.calendar(), &shares).await? } else { Vec::new() };
                    tx.commit().await?;
                    hold.left = left(&shares);
                    hold.shares = shares.into_iter().map(|(share, _)| share).collect();
                    let is_limited = hold.shares.iter().any(|share| share.measure.counts_answers());
                    hold.answer = is_limited.then_some(answer);
                    return Ok(notices);
                }
                Attempt::Short(rules, shorter) => {
                    tx.rollback().await?;
                    refused = rules;
                    match shorter {
                        Some(shorter) if shorter < answer => answer = shorter,
                        _ => break,
                    }
                }
            }
        }
        Err(of_the_longest(&refused, &self.calendar(), self.clock.now()))
    }

    async fn attempt(&self, tx: &DatabaseTransaction, hold: &Hold, ask: &Ask, answer: u32) -> AppResult<Attempt> {
        let lease_until = engine::lease_clock(tx, self.clock.now()).await? + LEASES * lease_ms();
        let owner = Owner { call: &hold.call, instance: &self.instance, lease_until };
        let (mut done, mut refused, mut shorter) = (Vec::new(), Vec::new(), Some(answer));
        for share in &hold.shares {
            let taken = hold.took.amount(share.measure);
            let needed = taken.saturating_add(ask.amount(share.measure, answer));
            let more = needed.saturating_sub(share.amount);
            if let Some(row) = spending::reserve(tx, &share.place, more, share.rule.limit).await? {
                spending::note(tx, &owner, &share.reserved(more)).await?;
                done.push((Share { amount: share.amount + more, ..share.clone() }, row));
                continue;
            }
            let row = spending::used(tx, &share.place).await?;
            let left = share.rule.limit.saturating_sub(row.spent.saturating_add(row.reserved));
            let room = left.saturating_add(share.amount).saturating_sub(taken);
            shorter = shorter.and_then(|shorter| Some(shorter.min(ask.fitting(share.measure, room)?)));
            refused.push(Refused { rule: Arc::clone(&share.rule), ends_at: share.period.ends_at, left });
        }
        Ok(if refused.is_empty() { Attempt::Done(done) } else { Attempt::Short(refused, shorter) })
    }

    fn share(&self, rule: &Arc<Rule>, user: &UserId) -> Share {
        let period = self.period(rule);
        let place = Place { budget: rule.id.clone(), holder: holder(rule, user), period: period.name.clone() };
        Share { rule: Arc::clone(rule), place, period, measure: self.measure(rule), amount: 0 }
    }
}

impl Share {
    fn reserved(&self, amount: u64) -> Reserved {
        let Measure { unit, currency, rate } = self.measure;
        Reserved { place: self.place.clone(), amount, unit, currency, rate: rate.0 }
    }
}

/// What is left of each unit, by the rule with the least of it.
fn left(shares: &[(Share, Row)]) -> Vec<Left> {
    let of = |unit: Unit| {
        let of_unit = shares.iter().filter(|(share, _)| share.rule.unit == unit);
        let left = of_unit.map(|(share, row)| Left {
            unit,
            limit: share.rule.limit,
            remaining: share.rule.limit.saturating_sub(row.spent.saturating_add(row.reserved)),
            ends_at: share.period.ends_at,
        });
        left.min_by_key(|left| left.remaining)
    };
    Unit::ALL.into_iter().filter_map(of).collect()
}

/// Warns once in a window where most of a budget is over, not counting what is under way.
async fn warn(
    tx: &DatabaseTransaction,
    calendar: &Calendar,
    shares: &[(Share, Row)],
) -> AppResult<Vec<(ErrorCode, Params)>> {
    let mut notices = Vec::new();
    for (share, row) in shares {
        let is_due = !row.warned
            && share.rule.limit > 0
            && u128::from(row.spent) * 100 >= u128::from(share.rule.limit) * WARNED_AT;
        if is_due && spending::warn(tx, &share.place).await? {
            notices.push(warning(&share.rule, share.period.ends_at, calendar));
        }
    }
    Ok(notices)
}
