//! Days, weeks and months in words, where the program knows the reader's zone and need not leave it to the browser.

use chrono::{Datelike, Days, NaiveDate};

use crate::domain::period::Period;
use crate::texts::Texts;

/// `Friday, 20 November 2026`
pub fn day(t: Texts, day: NaiveDate) -> String {
    let weekday = t.get(&format!("weekday-{}", day.weekday().number_from_monday()));
    let date = date(t, day);
    t.with("weekday-and-date", &[("weekday", weekday.as_ref()), ("date", date.as_str())]).into_owned()
}

/// `20 November 2026`
pub fn date(t: Texts, day: NaiveDate) -> String {
    written(t, "format-date", day)
}

/// A day, a week, a month, or from one day to another; empty for all days.
pub fn period(t: Texts, period: Period) -> String {
    match period {
        Period::Any => String::new(),
        Period::Today => t.get("today").into_owned(),
        Period::ThisWeek => t.get("this-week").into_owned(),
        Period::ThisMonth => t.get("this-month").into_owned(),
        Period::Day(on) => day(t, on),
        Period::Week(monday) => week(t, monday),
        Period::Month(first) => written(t, "format-month", first),
        Period::Range(Some(from), Some(until)) if from == until => day(t, from),
        Period::Range(Some(from), Some(until)) => from_until(t, from, until),
        Period::Range(Some(from), None) => t.with("from-date", &[("date", date(t, from))]).into_owned(),
        Period::Range(None, Some(until)) => t.with("until-date", &[("date", date(t, until))]).into_owned(),
        Period::Range(None, None) => String::new(),
    }
}

/// `Week 47: 16 November 2026 – 22 November 2026`
fn week(t: Texts, monday: NaiveDate) -> String {
    let sunday = monday.checked_add_days(Days::new(6)).unwrap_or(monday);
    let (number, days) = (monday.iso_week().week().to_string(), from_until(t, monday, sunday));
    t.with("week-heading", &[("n", number.as_str()), ("days", days.as_str())]).into_owned()
}

fn from_until(t: Texts, from: NaiveDate, until: NaiveDate) -> String {
    let is_one_year = from.year() == until.year();
    let first = written(t, if is_one_year { "format-day-of-year" } else { "format-date" }, from);
    t.with("from-until", &[("from", first.as_str()), ("until", date(t, until).as_str())]).into_owned()
}

/// A format of the locale. Its names of months are English; other languages write numbers.
fn written(t: Texts, format: &str, day: NaiveDate) -> String {
    day.format(&t.get(format)).to_string()
}

#[cfg(test)]
mod tests {
    use super::period;
    use crate::domain::language::Language;
    use crate::domain::period::Period;
    use crate::texts::Texts;

    #[test]
    fn periods_are_told_in_both_languages() {
        let range = |from, until| Period::range(from, until);
        for (told, english, chinese) in [
            (Period::parse("2026-11-20").unwrap(), "Friday, 20 November 2026", "2026年11月20日 星期五"),
            (
                Period::parse("2026-W47").unwrap(),
                "Week 47: 16 November – 22 November 2026",
                "第 47 周：2026年11月16日 – 2026年11月22日",
            ),
            (Period::parse("2026-11").unwrap(), "November 2026", "2026年11月"),
            (
                range("2026-12-30", "2027-01-02"),
                "30 December 2026 – 2 January 2027",
                "2026年12月30日 – 2027年1月2日",
            ),
            (range("2026-11-20", ""), "from 20 November 2026 on", "2026年11月20日起"),
            (range("", "2026-11-20"), "until 20 November 2026", "截至 2026年11月20日"),
            (Period::Any, "", ""),
        ] {
            assert_eq!(period(Texts::of(Language::English), told), english);
            assert_eq!(period(Texts::of(Language::Chinese), told), chinese);
        }
    }
}
