//! A day of the calendar, wherever its reader is: what is due on it is due on it everywhere.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// Days since 1970-01-01, in the years 1970 to 9999.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Day(i64);

/// A text is no day in the form of an HTML date field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoDay;

impl Day {
    /// Days since 1970-01-01.
    pub fn number(self) -> i64 {
        self.0
    }

    /// The same day for calendars; the epoch if it lies outside what a calendar knows.
    pub fn date(self) -> NaiveDate {
        let days = i32::try_from(self.0).ok();
        days.and_then(NaiveDate::from_epoch_days).unwrap_or_default()
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self(i64::from(date.to_epoch_days()))
    }
}

impl FromStr for Day {
    type Err = NoDay;

    /// `2026-11-20`, as date fields send it (HTML, "valid date string").
    fn from_str(text: &str) -> Result<Self, NoDay> {
        let date = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").map_err(|_| NoDay)?;
        if (1970..=9999).contains(&date.year()) { Ok(date.into()) } else { Err(NoDay) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, NoDay};

    #[test]
    fn a_day_is_what_a_date_field_sends() {
        let day: Day = "2026-11-20".parse().unwrap();
        assert_eq!((day.number(), day.to_string()), (20_777, "2026-11-20".to_owned()));
        for text in ["", "tomorrow", "2026-02-30", "0001-01-01", "+12026-01-01", "2026-11-20T10:00"] {
            assert_eq!(text.parse::<Day>(), Err(NoDay), "{text}");
        }
    }
}
