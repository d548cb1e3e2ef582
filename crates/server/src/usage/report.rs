//! A report, put together from what was added up: names in place of ids, every day, what is left of the groups. Pure but
//! for the names.

use super::Wish;
use crate::db::usage::report::{self as rows, DayRow, Group, Tally, Wanted};
use crate::db::{ConnectionTrait, DbErr};
use jiff::civil::{Date, date};
use shared::models::Currency;
use shared::usage::{
    By, GONE, MAX_GROUPS, MAX_SERIES, NONE, Narrowed, OWN, Sums, UsageDay, UsageGroup, UsagePart, UsageReport,
};
use std::collections::HashMap;

/// A group as it is shown, and what stands for it in the rows: of people who left, more than one id may.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shown {
    pub(super) key: String,
    pub(super) name: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) tally: Tally,
    pub(super) stored: Vec<String>,
}

/// What ids are called.
#[derive(Debug, Default)]
pub(super) struct Names {
    people: HashMap<String, String>,
    keys: HashMap<String, (String, String)>,
    connections: HashMap<String, Option<String>>,
    /// Whether it matters whose a key is.
    of_everybody: bool,
}

impl Names {
    /// The names of the groups, and of what the wish is narrowed to.
    pub(super) async fn look_up(db: &impl ConnectionTrait, wish: &Wish, groups: &[Group]) -> Result<Self, DbErr> {
        let ids = |by: By, wanted: Option<&Wanted>| -> Vec<String> {
            let grouped = groups.iter().filter(|_| wish.by == by).map(|(id, _)| id.clone());
            let named = wanted.and_then(|wanted| match wanted {
                Wanted::One(id) => Some(id.clone()),
                Wanted::None | Wanted::Own => None,
            });
            grouped.chain(named).collect()
        };
        let (filter, only) = (&wish.filter, wish.only.as_ref());
        // One's own name is no news.
        let person = filter.person.as_ref().filter(|_| only.is_none());
        Ok(Self {
            people: rows::people(db, &ids(By::Person, person)).await?,
            keys: rows::keys(db, &ids(By::Key, filter.key.as_ref()), only).await?,
            connections: rows::connections(db, &ids(By::Connection, filter.connection.as_ref())).await?,
            of_everybody: only.is_none(),
        })
    }

    /// How a group is shown that stands so in the rows.
    fn shown(&self, by: By, (stored, tally): Group) -> Shown {
        let (key, name, owner) = match by {
            By::Day | By::Model | By::Purpose => (stored.clone(), None, None),
            By::Person => match self.people.get(&stored) {
                Some(name) => (stored.clone(), Some(name.clone()), None),
                None => (NONE.to_owned(), None, None),
            },
            By::Key if stored.is_empty() => (NONE.to_owned(), None, None),
            By::Key => match self.keys.get(&stored) {
                Some((name, owner)) => {
                    let owner = Some(owner.clone()).filter(|_| self.of_everybody);
                    (stored.clone(), Some(name.clone()), owner)
                }
                None => (stored.clone(), None, None),
            },
            By::Connection => match self.connections.get(&stored) {
                Some(Some(name)) => (stored.clone(), Some(name.clone()), None),
                Some(None) => (OWN.to_owned(), None, None),
                None => (GONE.to_owned(), None, None),
            },
        };
        Shown { key, name, owner, tally, stored: vec![stored] }
    }

    fn narrowed(&self, wish: &Wish) -> Narrowed {
        let id = |wanted: &Option<Wanted>| match wanted {
            Some(Wanted::One(id)) => Some(id.clone()),
            _ => None,
        };
        let (person, key) = (id(&wish.filter.person), id(&wish.filter.key));
        let connection = id(&wish.filter.connection).and_then(|id| self.connections.get(&id).cloned());
        Narrowed {
            person: person.and_then(|id| self.people.get(&id).cloned()),
            key: key.and_then(|id| self.keys.get(&id).map(|(name, _)| name.clone())),
            connection: connection.flatten(),
        }
    }
}

/// The groups as they are shown, the largest first.
pub(super) fn merged(wish: &Wish, groups: Vec<Group>, names: &Names) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    for shown in groups.into_iter().map(|group| names.shown(wish.by, group)) {
        match all.iter_mut().find(|known| known.key == shown.key) {
            Some(known) => {
                known.tally.add(&shown.tally);
                known.stored.extend(shown.stored);
            }
            None => all.push(shown),
        }
    }
    let amount = |group: &Shown| sums(&group.tally).amount(wish.measure);
    all.sort_by_key(|group| std::cmp::Reverse(amount(group)));
    all.truncate(MAX_GROUPS);
    all
}

/// What stands in the rows for the groups that days tell apart.
pub(super) fn apart(groups: &[Shown]) -> Vec<String> {
    groups.iter().take(MAX_SERIES).flat_map(|group| group.stored.iter().cloned()).collect()
}

/// The whole; `is_cut` says that there are more groups than are listed.
pub(super) fn put_together(
    wish: &Wish,
    currency: Currency,
    (groups, is_cut): (Vec<Shown>, bool),
    rows: &[DayRow],
    names: &Names,
) -> UsageReport {
    let series = &groups[..groups.len().min(MAX_SERIES)];
    let days = days(wish, series, rows);
    let mut totals = Tally::default();
    rows.iter().for_each(|row| totals.add(&row.tally));
    let mut rest = totals;
    groups.iter().for_each(|group| rest.take(&group.tally));
    let name = |day: Option<&Date>| day.map(Date::to_string).unwrap_or_default();
    UsageReport {
        from: name(wish.days.first()),
        to: name(wish.days.last()),
        zone: wish.zone.clone(),
        currency,
        by: wish.by,
        totals: sums(&totals),
        days,
        series: series.iter().map(|group| group.key.clone()).collect(),
        rest: is_cut.then(|| sums(&rest)),
        narrowed: names.narrowed(wish),
        groups: groups.into_iter().map(group).collect(),
    }
}

fn group(shown: Shown) -> UsageGroup {
    UsageGroup { key: shown.key, name: shown.name, owner: shown.owner, sums: sums(&shown.tally) }
}

/// Every day, with what each of these groups took of it.
fn days(wish: &Wish, series: &[Shown], rows: &[DayRow]) -> Vec<UsageDay> {
    let first = wish.days.first().map_or(0, |first| number(*first));
    let empty = vec![(Tally::default(), vec![UsagePart::default(); series.len()]); wish.days.len()];
    let mut all = empty;
    for row in rows {
        let place = usize::try_from(row.day - first).ok().and_then(|place| all.get_mut(place));
        let Some((tally, parts)) = place else { continue };
        tally.add(&row.tally);
        let owner = row.group.as_ref().and_then(|of| series.iter().position(|group| group.stored.contains(of)));
        if let Some(part) = owner.and_then(|index| parts.get_mut(index)) {
            let sums = sums(&row.tally);
            part.calls += sums.calls;
            part.tokens = part.tokens.saturating_add(sums.tokens());
            part.cost = part.cost.saturating_add(sums.cost);
        }
    }
    let day = |(day, (tally, parts)): (&Date, (Tally, Vec<UsagePart>))| UsageDay {
        day: day.to_string(),
        sums: sums(&tally),
        parts,
    };
    wish.days.iter().zip(all).map(day).collect()
}

/// Days since 1970-01-01.
fn number(day: Date) -> i64 {
    day.since(date(1970, 1, 1)).map_or(0, |span| i64::from(span.get_days()))
}

/// A sum as a whole number.
pub(super) fn whole(number: f64) -> u64 {
    // What is too large for it becomes the largest, and what is below nothing becomes nothing.
    number.round() as u64
}

fn sums(tally: &Tally) -> Sums {
    let average = |sum: f64, count: f64| (count > 0.0).then(|| whole(sum / count));
    Sums {
        calls: whole(tally.calls),
        failed: whole(tally.failed),
        prompt_tokens: whole(tally.prompt),
        cached_tokens: whole(tally.cached),
        completion_tokens: whole(tally.completion),
        reasoning_tokens: whole(tally.reasoning),
        estimated: whole(tally.estimated),
        cost: whole(tally.cost),
        unpriced: whole(tally.unpriced),
        first_token_ms: average(tally.first_ms, tally.firsts),
        total_ms: average(tally.total_ms, tally.calls),
    }
}

impl Tally {
    fn pairs<'a>(&'a mut self, other: &'a Self) -> [(&'a mut f64, f64); 12] {
        [
            (&mut self.calls, other.calls),
            (&mut self.failed, other.failed),
            (&mut self.prompt, other.prompt),
            (&mut self.cached, other.cached),
            (&mut self.completion, other.completion),
            (&mut self.reasoning, other.reasoning),
            (&mut self.estimated, other.estimated),
            (&mut self.cost, other.cost),
            (&mut self.unpriced, other.unpriced),
            (&mut self.first_ms, other.first_ms),
            (&mut self.firsts, other.firsts),
            (&mut self.total_ms, other.total_ms),
        ]
    }

    fn add(&mut self, other: &Self) {
        self.pairs(other).into_iter().for_each(|(sum, more)| *sum += more);
    }

    fn take(&mut self, other: &Self) {
        self.pairs(other).into_iter().for_each(|(sum, less)| *sum = (*sum - less).max(0.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(calls: f64) -> Tally {
        Tally { calls, prompt: calls * 10.0, first_ms: calls * 100.0, firsts: calls, ..Tally::default() }
    }

    fn wish(by: By) -> Wish {
        let days: Vec<Date> = (1..=3).map(|day| date(2026, 11, day)).collect();
        Wish {
            filter: rows::Filter::default(),
            by,
            measure: shared::usage::Measure::Calls,
            only: None,
            days,
            begins: Vec::new(),
            ahead: Vec::new(),
            zone: None,
        }
    }

    fn keys(groups: &[Shown]) -> Vec<&str> {
        groups.iter().map(|group| group.key.as_str()).collect()
    }

    #[test]
    fn people_who_left_are_one_group_in_its_place() {
        let names = Names { people: HashMap::from([("a".into(), "ada".into())]), ..Names::default() };
        let stored = vec![("a".to_owned(), tally(3.0)), ("b".to_owned(), tally(2.0)), (String::new(), tally(2.0))];
        let groups = merged(&wish(By::Person), stored, &names);
        assert_eq!(keys(&groups), [NONE, "a"]);
        assert_eq!((groups[0].tally.calls, groups[0].stored.len()), (4.0, 2));
        assert_eq!(groups[1].name.as_deref(), Some("ada"));
    }

    #[test]
    fn connections_of_people_and_those_that_are_gone_have_no_name() {
        let known = HashMap::from([("c".into(), Some("main".into())), ("o".into(), None)]);
        let names = Names { connections: known, ..Names::default() };
        let stored = ["c", "o", "x", "y"].map(|id| (id.to_owned(), tally(1.0)));
        let groups = merged(&wish(By::Connection), stored.to_vec(), &names);
        assert_eq!(keys(&groups), [GONE, "c", OWN]);
    }

    #[test]
    fn every_day_is_there_and_its_groups_and_the_rest_are_all_of_it() {
        let wish = wish(By::Model);
        let groups = merged(&wish, vec![("m".to_owned(), tally(5.0)), ("n".to_owned(), tally(1.0))], &Names::default());
        let first = number(date(2026, 11, 1));
        let row = |day: i64, group: Option<&str>, calls: f64| DayRow {
            day: first + day,
            group: group.map(str::to_owned),
            tally: tally(calls),
        };
        let rows = vec![row(0, Some("m"), 4.0), row(0, None, 2.0), row(2, Some("m"), 1.0), row(9, None, 7.0)];
        let report = put_together(&wish, Currency::Usd, (groups, false), &rows, &Names::default());
        let calls: Vec<(u64, u64)> = report.days.iter().map(|day| (day.sums.calls, day.parts[0].calls)).collect();
        assert_eq!(calls, [(6, 4), (0, 0), (1, 1)]);
        assert_eq!((report.from.as_str(), report.to.as_str()), ("2026-11-01", "2026-11-03"));
        assert_eq!((report.days[0].sums.first_token_ms, report.days[1].sums.first_token_ms), (Some(100), None));
        assert!(report.rest.is_none(), "all groups are listed");
        assert_eq!(report.series, ["m", "n"]);
    }

    #[test]
    fn beyond_the_most_groups_stands_what_the_others_took() {
        let stored = (0..=MAX_GROUPS).map(|index| (format!("m{index:03}"), tally(2.0))).collect();
        let groups = merged(&wish(By::Model), stored, &Names::default());
        let all = DayRow { day: number(date(2026, 11, 2)), group: None, tally: tally(2.0 * (MAX_GROUPS as f64 + 1.0)) };
        let report = put_together(&wish(By::Model), Currency::Usd, (groups, true), &[all], &Names::default());
        assert_eq!((report.groups.len(), report.rest.map(|rest| rest.calls)), (MAX_GROUPS, Some(2)));
    }

    #[test]
    fn absurd_sums_are_the_largest_number_there_is() {
        assert_eq!([whole(1e30), whole(-1.0), whole(f64::NAN), whole(2.5)], [u64::MAX, 0, 0, 3]);
    }
}
