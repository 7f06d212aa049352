//! Where a discussion opens, as its addresses say it.

use chrono::{NaiveDate, NaiveTime};
use serde::Deserialize;

use crate::actions::history::Place;
use crate::domain::time::Timestamp;

/// `?at=481`, `?on=2026-11-20`, `?before=481` or `?after=481`.
#[derive(Debug, Default, Deserialize)]
pub struct AskedPlace {
    at: Option<i64>,
    /// A date, as a date field sends it; empty if nothing was chosen.
    #[serde(default)]
    on: String,
    /// How far the reader's clock is ahead of UTC on that date, in minutes; 0 without script.
    #[serde(default)]
    offset: i64,
    before: Option<i64>,
    after: Option<i64>,
}

/// The farthest that any clock has been from UTC, in minutes.
const FARTHEST: u64 = 16 * 60;

impl AskedPlace {
    /// `None` if none was asked for, or what was asked for is no date.
    pub fn place(&self) -> Option<Place> {
        self.at
            .map(Place::At)
            .or_else(|| self.midnight().map(Place::Since))
            .or_else(|| self.before.map(Place::Before))
            .or_else(|| self.after.map(Place::After))
    }

    /// When the date began for the reader.
    fn midnight(&self) -> Option<Timestamp> {
        let date = NaiveDate::parse_from_str(&self.on, "%Y-%m-%d").ok()?;
        let offset = if self.offset.unsigned_abs() <= FARTHEST { self.offset } else { 0 };
        let millis = date.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
        Some(Timestamp::from_millis(millis.saturating_sub(offset * 60_000)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn since(on: &str, offset: i64) -> Option<String> {
        let asked = AskedPlace { on: on.to_owned(), offset, ..AskedPlace::default() };
        match asked.place() {
            Some(Place::Since(time)) => Some(time.rfc3339()),
            _ => None,
        }
    }

    #[test]
    fn a_date_begins_at_the_readers_midnight() {
        for (on, offset, expected) in [
            ("2026-11-20", 0, Some("2026-11-20T00:00:00Z")),
            ("2026-11-20", i64::MIN, Some("2026-11-20T00:00:00Z")),
            ("2026-11-20", 480, Some("2026-11-19T16:00:00Z")),
            ("2026-11-20", -330, Some("2026-11-20T05:30:00Z")),
            ("2026-11-20", 1_000_000, Some("2026-11-20T00:00:00Z")),
            ("2026-02-30", 0, None),
            ("20 November", 0, None),
            ("", 0, None),
        ] {
            assert_eq!(since(on, offset).as_deref(), expected, "{on} {offset}");
        }
    }
}
