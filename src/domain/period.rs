//! Stretches of the calendar that people choose: a day, a week, a month, or from one day to another.

use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::time::Timestamp;
use super::zone::Zone;

/// A stretch of days. Those that move with the calendar mean something else tomorrow, which is what somebody wants who
/// keeps one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Period {
    #[default]
    Any,
    Today,
    ThisWeek,
    ThisMonth,
    Day(NaiveDate),
    /// By its Monday (ISO 8601).
    Week(NaiveDate),
    /// By its first day.
    Month(NaiveDate),
    /// The first and the last day; unbounded if there is none.
    Range(Option<NaiveDate>, Option<NaiveDate>),
}

/// Years that people have something from.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=9000;

impl Period {
    /// `today`, `this-week`, `this-month`, `2026-11-20`, `2026-W47` or `2026-11` (ISO 8601); `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "today" => return Some(Self::Today),
            "this-week" => return Some(Self::ThisWeek),
            "this-month" => return Some(Self::ThisMonth),
            _ => {}
        }
        if let Some(day) = parse_day(text) {
            return Some(Self::Day(day));
        }
        let (year, rest) = text.split_once('-')?;
        let year: i32 = year.parse().ok().filter(|year| YEARS.contains(year))?;
        let number = |text: &str| text.parse().ok().filter(|_| text.len() == 2);
        match rest.strip_prefix('W') {
            Some(week) => NaiveDate::from_isoywd_opt(year, number(week)?, Weekday::Mon).map(Self::Week),
            None => NaiveDate::from_ymd_opt(year, number(rest)?, 1).map(Self::Month),
        }
    }

    /// From one day to another as date fields send them, in either order; [`Self::Any`] if both are empty.
    pub fn range(from: &str, until: &str) -> Self {
        match (parse_day(from), parse_day(until)) {
            (None, None) => Self::Any,
            (Some(from), Some(until)) => Self::Range(Some(from.min(until)), Some(from.max(until))),
            (from, until) => Self::Range(from, until),
        }
    }

    /// Its first day, and the first one after it.
    pub fn days(self, today: NaiveDate) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let next = |day: NaiveDate| day.checked_add_days(Days::new(1));
        match self.fixed(today) {
            Self::Day(day) => (Some(day), next(day)),
            Self::Week(monday) => (Some(monday), monday.checked_add_days(Days::new(7))),
            Self::Month(first) => (Some(first), first.checked_add_months(Months::new(1))),
            Self::Range(from, until) => (from, until.and_then(next)),
            _ => (None, None),
        }
    }

    /// From when on, and before when, on a clock in this zone.
    pub fn times(self, zone: Zone, now: Timestamp) -> (Timestamp, Timestamp) {
        let (from, before) = self.days(zone.date(now));
        let begin =
            |day: Option<NaiveDate>, or| day.map_or(Timestamp::from_millis(or), |day| zone.begin(day));
        (begin(from, i64::MIN), begin(before, i64::MAX))
    }

    /// The one that it means today.
    pub fn fixed(self, today: NaiveDate) -> Self {
        match self {
            Self::Today => Self::Day(today),
            Self::ThisWeek => Self::week_of(today),
            Self::ThisMonth => Self::month_of(today),
            fixed => fixed,
        }
    }

    pub fn week_of(day: NaiveDate) -> Self {
        Self::Week(day.week(Weekday::Mon).checked_first_day().unwrap_or(day))
    }

    pub fn month_of(day: NaiveDate) -> Self {
        Self::Month(day.with_day(1).unwrap_or(day))
    }

    /// The one of the same length before it, and the one after it, for days, weeks and months.
    pub fn beside(self, today: NaiveDate) -> Option<(Self, Self)> {
        let period = self.fixed(today);
        let of = |day| match period {
            Self::Day(_) => Self::Day(day),
            Self::Week(_) => Self::week_of(day),
            _ => Self::month_of(day),
        };
        if !matches!(period, Self::Day(_) | Self::Week(_) | Self::Month(_)) {
            return None;
        }
        let (first, after) = period.days(today);
        Some((of(first?.pred_opt()?), of(after?)))
    }
}

/// As a URL has it; empty for [`Period::Any`] and for a range, which has two fields.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any | Self::Range(..) => Ok(()),
            Self::Today => f.write_str("today"),
            Self::ThisWeek => f.write_str("this-week"),
            Self::ThisMonth => f.write_str("this-month"),
            Self::Day(day) => write!(f, "{day}"),
            Self::Week(monday) => write!(f, "{}", monday.format("%G-W%V")),
            Self::Month(first) => write!(f, "{}", first.format("%Y-%m")),
        }
    }
}

pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == 10 && YEARS.contains(&day.year())).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
    }

    #[test]
    fn a_period_is_read_as_it_is_written_and_has_its_days() {
        let today = day("2026-11-20");
        for (text, expected) in [
            ("today", "2026-11-20 2026-11-21"),
            ("this-week", "2026-11-16 2026-11-23"),
            ("this-month", "2026-11-01 2026-12-01"),
            ("2026-02-28", "2026-02-28 2026-03-01"),
            ("2026-W47", "2026-11-16 2026-11-23"),
            // The year of a week is that of its Thursday.
            ("2026-W01", "2025-12-29 2026-01-05"),
            ("2026-W53", "2026-12-28 2027-01-04"),
            ("2026-12", "2026-12-01 2027-01-01"),
        ] {
            let period = Period::parse(text).unwrap();
            let (first, after) = period.days(today);
            assert_eq!(format!("{} {}", first.unwrap(), after.unwrap()), expected, "{text}");
            assert_eq!(period.to_string(), text);
        }
        for text in [
            "",
            "soon",
            "2026",
            "2026-13",
            "2026-W54",
            "2026-1-1",
            "2026-02-30",
            "0001-01-01",
            "2026-W-1",
            "-1-01",
        ] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_range_may_be_open_and_is_taken_in_either_order() {
        let today = day("2026-11-20");
        let days = |from, until| Period::range(from, until).days(today);
        assert_eq!(days("2026-11-01", "2026-11-03"), (Some(day("2026-11-01")), Some(day("2026-11-04"))));
        assert_eq!(days("2026-11-03", "2026-11-01"), days("2026-11-01", "2026-11-03"));
        assert_eq!(days("2026-11-03", "soon"), (Some(day("2026-11-03")), None));
        assert_eq!(days("", "2026-11-03"), (None, Some(day("2026-11-04"))));
        assert_eq!(Period::range("x", ""), Period::Any);
    }

    #[test]
    fn beside_a_period_are_those_of_its_length() {
        let today = day("2026-11-20");
        for (text, expected) in [
            ("today", "2026-11-19 2026-11-21"),
            ("this-week", "2026-W46 2026-W48"),
            ("2026-12", "2026-11 2027-01"),
            ("2027-W01", "2026-W53 2027-W02"),
        ] {
            let (before, after) = Period::parse(text).unwrap().beside(today).unwrap();
            assert_eq!(format!("{before} {after}"), expected);
        }
        assert_eq!(Period::Any.beside(today), None);
        assert_eq!(Period::range("2026-11-01", "").beside(today), None);
    }

    #[test]
    fn a_period_begins_at_midnight_where_its_reader_is() {
        let (from, before) =
            Period::parse("2026-11").unwrap().times(Zone::named("Asia/Shanghai"), Timestamp::default());
        assert_eq!(
            (from.rfc3339(), before.rfc3339()),
            ("2026-10-31T16:00:00Z".into(), "2026-11-30T16:00:00Z".into())
        );
        assert_eq!(
            Period::Any.times(Zone::UTC, from),
            (Timestamp::from_millis(i64::MIN), Timestamp::from_millis(i64::MAX))
        );
    }
}
