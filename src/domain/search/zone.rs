//! The clock on the reader's wall.

use std::str::FromStr;

use chrono::{NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;

use crate::domain::time::Timestamp;

/// A time zone of the IANA database, as browsers name theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(Tz);

impl Zone {
    /// UTC if there is no such zone.
    pub fn named(name: &str) -> Self {
        Self(Tz::from_str(name).unwrap_or(Tz::UTC))
    }

    pub fn name(&self) -> &'static str {
        self.0.name()
    }

    /// The day it is there.
    pub fn date(&self, at: Timestamp) -> NaiveDate {
        at.utc().with_timezone(&self.0).date_naive()
    }

    /// When a day begins there. Where the clocks skip midnight, an hour later.
    pub fn begin(&self, day: NaiveDate) -> Timestamp {
        let midnight = day.and_time(NaiveTime::MIN);
        let begin = [0, 1, 2, 24].into_iter().find_map(|hours| {
            self.0.from_local_datetime(&(midnight + chrono::TimeDelta::hours(hours))).earliest()
        });
        Timestamp::from_millis(
            begin.map_or_else(|| midnight.and_utc().timestamp_millis(), |b| b.timestamp_millis()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Zone;
    use chrono::NaiveDate;

    fn begin(zone: &str, (year, month, day): (i32, u32, u32)) -> String {
        Zone::named(zone).begin(NaiveDate::from_ymd_opt(year, month, day).unwrap()).rfc3339()
    }

    #[test]
    fn a_day_begins_at_midnight_where_its_reader_is() {
        assert_eq!(begin("Europe/Stockholm", (2026, 11, 20)), "2026-11-19T23:00:00Z");
        assert_eq!(begin("Europe/Stockholm", (2026, 7, 1)), "2026-06-30T22:00:00Z");
        assert_eq!(begin("Asia/Shanghai", (2026, 11, 20)), "2026-11-19T16:00:00Z");
        assert_eq!(begin("nowhere", (2026, 11, 20)), "2026-11-20T00:00:00Z");
        // The clocks went from 23:59 to 1:00 that night.
        assert_eq!(begin("America/Sao_Paulo", (2018, 11, 4)), "2018-11-04T03:00:00Z");
    }
}
