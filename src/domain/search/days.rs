//! Days as people type them.

use chrono::{Datelike, Days as Count, Months, NaiveDate};

use super::letters::fold;

/// From a day on, and until before another. Both unbounded at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    pub from: Option<NaiveDate>,
    pub before: Option<NaiveDate>,
}

impl Days {
    /// Only the days that are in both.
    pub fn narrow(&mut self, other: Self) {
        self.from = self.from.max(other.from);
        self.before = match (self.before, other.before) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
}

/// `2026-11-20`, `2026-11`, `2026`, also with `.` or `/`, `2026年11月20日`, `today`, `yesterday`: the first day, and
/// the first one after it.
pub fn parse(typed: &str, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let typed = fold(typed);
    let first = match typed.as_str() {
        "today" | "今天" | "今日" => today,
        "yesterday" | "昨天" | "昨日" => today.checked_sub_days(Count::new(1))?,
        _ => return parse_numbers(&typed),
    };
    Some((first, first.checked_add_days(Count::new(1))?))
}

fn parse_numbers(typed: &str) -> Option<(NaiveDate, NaiveDate)> {
    let is_sign = |c: char| matches!(c, '-' | '/' | '.' | '年' | '月' | '日' | '号');
    let numbers: Vec<u32> = typed
        .trim_end_matches(is_sign)
        .split(is_sign)
        .map(|part| part.parse().ok().filter(|_| part.len() <= 4))
        .collect::<Option<_>>()?;
    let year = i32::try_from(*numbers.first()?).ok().filter(|year| (1970..=9000).contains(year))?;
    let first = |month, day| NaiveDate::from_ymd_opt(year, month, day);
    match numbers.as_slice() {
        [_] => Some((first(1, 1)?, first(1, 1)?.with_year(year + 1)?)),
        [_, month] => Some((first(*month, 1)?, first(*month, 1)?.checked_add_months(Months::new(1))?)),
        [_, month, day] => {
            let day = first(*month, *day)?;
            Some((day, day.checked_add_days(Count::new(1))?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use chrono::NaiveDate;

    #[test]
    fn a_day_can_be_typed_in_several_ways() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        for (typed, expected) in [
            ("2026-11-20", "2026-11-20 2026-11-21"),
            ("2026/2/28", "2026-02-28 2026-03-01"),
            ("2026.12", "2026-12-01 2027-01-01"),
            ("2026", "2026-01-01 2027-01-01"),
            ("２０２６年11月2日", "2026-11-02 2026-11-03"),
            ("2026年11月", "2026-11-01 2026-12-01"),
            ("Today", "2026-11-20 2026-11-21"),
            ("昨天", "2026-11-19 2026-11-20"),
            ("2026-11-", "2026-11-01 2026-12-01"),
            ("2026-13-01", ""),
            ("2026-02-30", ""),
            ("tomorrow", ""),
            ("20", ""),
            ("-", ""),
            ("", ""),
            ("2026-11-20-3", ""),
            ("99999999999", ""),
        ] {
            let found = parse(typed, today).map(|(first, end)| format!("{first} {end}")).unwrap_or_default();
            assert_eq!(found, expected, "{typed}");
        }
    }
}
