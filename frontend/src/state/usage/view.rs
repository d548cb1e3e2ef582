//! What of usage is looked at. It stands in the address, so that Back, a reload and a link show the same.

use shared::usage::{By, DEFAULT_DAYS, Extent, Measure, Purpose};

/// Of which time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Period {
    /// The last so many days, today among them.
    Days(u32),
    /// From one day to another, as `2026-11-30`; empty while one is not chosen.
    Dates {
        /// The first.
        from: String,
        /// The last.
        to: String,
    },
}

/// What the page is narrowed to: by what, and its key.
pub type Only = (By, String);

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Whose.
    pub extent: Extent,
    /// Of which time.
    pub period: Period,
    /// By what it is told apart.
    pub by: By,
    /// What is drawn.
    pub measure: Measure,
    /// What it is narrowed to; of each kind at most one.
    pub only: Vec<Only>,
}

/// The name of a kind in an address, where a report can be narrowed by it.
fn name(by: By) -> Option<&'static str> {
    (by != By::Day).then_some(by.as_str())
}

impl View {
    /// Everything of the last days.
    #[must_use]
    pub fn new(extent: Extent) -> Self {
        let period = Period::Days(DEFAULT_DAYS);
        Self { extent, period, by: By::Model, measure: Measure::Tokens, only: Vec::new() }
    }

    /// What an address says; what it does not say, or nobody understands, is as usual.
    #[must_use]
    pub fn read(extent: Extent, value: impl Fn(&str) -> Option<String>) -> Self {
        let usual = Self::new(extent);
        let word = |name: &str| value(name).unwrap_or_default();
        let period = match (value("days").and_then(|days| days.parse().ok()), value("from"), value("to")) {
            (_, Some(from), to) => Period::Dates { from, to: to.unwrap_or_default() },
            (_, None, Some(to)) => Period::Dates { from: String::new(), to },
            (Some(days), None, None) => Period::Days(days),
            (None, None, None) => usual.period.clone(),
        };
        let is_seen = |by: &By| extent == Extent::All || !by.is_for_admins();
        let kinds = By::ALL.iter().copied().filter(is_seen);
        let only = |by: By| Some((by, value(name(by)?).filter(|key| !key.is_empty())?));
        Self {
            extent,
            period,
            by: By::parse(&word("by")).filter(is_seen).unwrap_or(usual.by),
            measure: Measure::parse(&word("measure")).unwrap_or(usual.measure),
            only: kinds.filter_map(only).filter(is_understood).collect(),
        }
    }

    /// The values of its address.
    #[must_use]
    pub fn values(&self) -> Vec<(&'static str, String)> {
        let usual = Self::new(self.extent);
        let mut values = Vec::new();
        if self.period != usual.period {
            values.extend(period(&self.period));
        }
        if self.by != usual.by {
            values.push(("by", self.by.as_str().to_owned()));
        }
        if self.measure != usual.measure {
            values.push(("measure", self.measure.as_str().to_owned()));
        }
        values.extend(self.narrowed());
        values
    }

    /// What the server is asked; nothing while a day is not chosen.
    #[must_use]
    pub fn question(&self) -> Vec<(&'static str, String)> {
        let mut values = self.export();
        values.push(("by", self.by.as_str().to_owned()));
        values.push(("measure", self.measure.as_str().to_owned()));
        values
    }

    /// What the server is asked for a spreadsheet.
    #[must_use]
    pub fn export(&self) -> Vec<(&'static str, String)> {
        let mut values = vec![("scope", self.extent.as_str().to_owned())];
        values.extend(period(&self.period));
        values.extend(self.narrowed());
        values
    }

    fn narrowed(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.only.iter().filter_map(|(by, key)| Some((name(*by)?, key.clone())))
    }

    /// The same narrowed to a group; to a day by its time. What is left is told apart by something else.
    #[must_use]
    pub fn narrow(&self, key: &str) -> Self {
        let mut view = self.clone();
        if self.by == By::Day {
            view.period = Period::Dates { from: key.to_owned(), to: key.to_owned() };
        } else {
            view.only.retain(|(by, _)| *by != self.by);
            view.only.push((self.by, key.to_owned()));
        }
        view.by = view.next();
        view
    }

    /// The same without one of what it is narrowed to, which it is told apart by again.
    #[must_use]
    pub fn widen(&self, by: By) -> Self {
        let mut view = self.clone();
        view.only.retain(|(known, _)| *known != by);
        view.by = by;
        view
    }

    /// By what it can be told apart.
    #[must_use]
    pub fn kinds(&self) -> Vec<By> {
        By::ALL.iter().copied().filter(|by| self.extent == Extent::All || !by.is_for_admins()).collect()
    }

    /// By what it is told apart best, now that it is narrowed.
    fn next(&self) -> By {
        const ORDER: [By; 4] = [By::Model, By::Person, By::Key, By::Purpose];
        let is_free = |by: &By| self.kinds().contains(by) && self.only.iter().all(|(known, _)| known != by);
        ORDER.into_iter().find(is_free).unwrap_or(By::Day)
    }
}

/// Whether the server knows what the page is narrowed to.
fn is_understood((by, key): &Only) -> bool {
    *by != By::Purpose || Purpose::parse(key).is_some()
}

fn period(period: &Period) -> Vec<(&'static str, String)> {
    match period {
        Period::Days(days) => vec![("days", days.to_string())],
        Period::Dates { from, to } => {
            [("from", from), ("to", to)].map(|(name, day)| (name, day.clone())).into_iter().collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(extent: Extent, values: &[(&str, &str)]) -> View {
        View::read(extent, |name| values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    fn again(view: &View) -> View {
        let values = view.values();
        View::read(view.extent, |name| values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()))
    }

    #[test]
    fn a_view_is_what_its_address_says() {
        assert!(View::new(Extent::Mine).values().is_empty());
        let view = read(
            Extent::All,
            &[("from", "2026-11-01"), ("to", "2026-11-09"), ("by", "person"), ("measure", "cost"), ("model", "a b")],
        );
        assert_eq!(view.period, Period::Dates { from: "2026-11-01".into(), to: "2026-11-09".into() });
        assert_eq!(
            (view.by, view.measure, view.only.clone()),
            (By::Person, Measure::Cost, vec![(By::Model, "a b".into())])
        );
        assert_eq!(again(&view), view);
        for view in [View::new(Extent::All), read(Extent::Mine, &[("days", "7"), ("purpose", "title")])] {
            assert_eq!(again(&view), view);
        }
    }

    #[test]
    fn what_nobody_understands_is_as_usual() {
        let odd =
            [("days", "many"), ("by", "person"), ("measure", "length"), ("purpose", "fun"), ("connection", "own")];
        assert_eq!(read(Extent::Mine, &odd), View::new(Extent::Mine), "and what only administrators see");
    }

    #[test]
    fn a_group_narrows_the_page_and_is_told_apart_by_something_else() {
        let view = View::new(Extent::Mine).narrow("m");
        assert_eq!((view.only.clone(), view.by), (vec![(By::Model, "m".into())], By::Key));
        let view = view.narrow("none");
        assert_eq!((view.only.len(), view.by), (2, By::Purpose));
        let view = view.narrow("chat");
        assert_eq!((view.only.len(), view.by), (3, By::Day));
        let day = view.narrow("2026-11-30");
        assert_eq!(day.period, Period::Dates { from: "2026-11-30".into(), to: "2026-11-30".into() });
        let wider = view.widen(By::Key);
        assert_eq!((wider.only, wider.by), (vec![(By::Model, "m".into()), (By::Purpose, "chat".into())], By::Key));
        assert_eq!(View::new(Extent::All).narrow("m").by, By::Person);
    }
}
