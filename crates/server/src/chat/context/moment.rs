//! When a question was asked, as models are told: a line with each question, which never changes afterwards, so that the
//! beginning of a conversation stays in the provider's cache.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The time zone in which models are told the time.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of this name, such as `Asia/Shanghai` or `CST-8`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim().trim_start_matches(':');
        TimeZone::get(name).or_else(|_| TimeZone::posix(name)).ok().map(Self)
    }

    /// What the operator named, else the machine's own; UTC where that cannot be found out.
    #[must_use]
    pub fn of(named: Option<&str>) -> Self {
        match named {
            Some(name) => Self::named(name).unwrap_or(Self(TimeZone::UTC)),
            None => Self(TimeZone::try_system().unwrap_or(TimeZone::UTC)),
        }
    }
}

impl From<Zone> for TimeZone {
    fn from(zone: Zone) -> Self {
        zone.0
    }
}

/// What of a moment a model is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamps {
    /// The day.
    pub date: bool,
    /// The hour and minute.
    pub time: bool,
    /// The day of the week.
    pub weekday: bool,
}

impl Stamps {
    /// The line for a question of this moment (RFC 3339); none when nothing is to be told.
    #[must_use]
    pub fn line(self, created_at: &str, zone: &Zone) -> Option<String> {
        let formats = [(self.weekday, "%A"), (self.date, "%Y-%m-%d"), (self.time, "%H:%M (UTC%:z)")];
        let wanted: Vec<&str> = formats.into_iter().filter_map(|(wanted, format)| wanted.then_some(format)).collect();
        if wanted.is_empty() {
            return None;
        }
        let moment = created_at.parse::<Timestamp>().ok()?.to_zoned(zone.0.clone());
        Some(format!("[Asked: {}]", moment.strftime(&wanted.join(", "))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_what_was_asked_for_in_the_zone_of_the_server() {
        let moment = "2026-11-28T23:05:59.123Z";
        let line = |stamps: Stamps, zone: &str| stamps.line(moment, &Zone::of(Some(zone)));
        let all = Stamps { date: true, time: true, weekday: true };
        let shanghai = "[Asked: Sunday, 2026-11-29, 07:05 (UTC+08:00)]";
        assert_eq!(line(all, "Asia/Shanghai").as_deref(), Some(shanghai));
        assert_eq!(line(all, "CST-8").as_deref(), Some(shanghai));
        assert_eq!(line(Stamps { date: true, ..Stamps::default() }, "nowhere").as_deref(), Some("[Asked: 2026-11-28]"));
        assert_eq!(line(Stamps::default(), "UTC"), None);
        assert_eq!(all.line("yesterday", &Zone::of(Some("UTC"))), None);
    }
}
