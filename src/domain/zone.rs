//! The clock on the reader's wall.

use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::time::Timestamp;

/// A time zone by its name in the IANA database, as browsers name theirs: `Europe/Stockholm` (RFC 6557).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(Tz);

/// The text names no time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This is no time zone")]
pub struct NoZone;

impl FromStr for Zone {
    type Err = NoZone;
    fn from_str(name: &str) -> Result<Self, NoZone> {
        name.parse().map(Self).map_err(|_| NoZone)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A name this build does not know is read as UTC: what was written with it stays readable.
impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::named(&String::deserialize(deserializer)?))
    }
}

impl Zone {
    pub const UTC: Self = Self(Tz::UTC);

    /// UTC if there is no such zone.
    pub fn named(name: &str) -> Self {
        name.parse().unwrap_or(Self::UTC)
    }

    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The day it is there.
    pub fn date(self, at: Timestamp) -> NaiveDate {
        at.utc().with_timezone(&self.0).date_naive()
    }

    /// Date and time on a clock there.
    pub fn clock(self, at: Timestamp) -> NaiveDateTime {
        at.utc().with_timezone(&self.0).naive_local()
    }

    /// Minutes since midnight on a clock there.
    pub fn minute_of_day(&self, at: Timestamp) -> u16 {
        let there = at.utc().with_timezone(&self.0);
        u16::try_from(there.hour() * 60 + there.minute()).unwrap_or(0)
    }

    /// When a day begins there. Where the clocks skip midnight, an hour later.
    pub fn begin(self, day: NaiveDate) -> Timestamp {
        self.moment(day, 0)
    }

    /// The first moment after `at` at which it is `minute` minutes after midnight there. Where the clocks skip that, an
    /// hour later.
    pub fn next(self, at: Timestamp, minute: u16) -> Timestamp {
        let days = self.date(at).iter_days().take(3);
        let mut moments = days.map(|day| self.moment(day, minute));
        moments.find(|moment| *moment > at).unwrap_or(at)
    }

    fn moment(self, day: NaiveDate, minute: u16) -> Timestamp {
        let time = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
        let moment = [0, 1, 2, 24]
            .into_iter()
            .find_map(|hours| self.0.from_local_datetime(&(time + TimeDelta::hours(hours))).earliest());
        Timestamp::from_millis(
            moment.map_or_else(|| time.and_utc().timestamp_millis(), |m| m.timestamp_millis()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{NoZone, Timestamp, Zone};
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

    #[test]
    fn the_next_time_of_day_is_after_the_moment_also_where_clocks_change() {
        let next = |zone: &str, at: &str, minute| {
            let at = chrono::DateTime::parse_from_rfc3339(at).unwrap().timestamp_millis();
            Zone::named(zone).next(Timestamp::from_millis(at), minute).rfc3339()
        };
        assert_eq!(next("Europe/Stockholm", "2026-11-20T06:59:59Z", 480), "2026-11-20T07:00:00Z");
        assert_eq!(next("Europe/Stockholm", "2026-11-20T07:00:00Z", 480), "2026-11-21T07:00:00Z");
        assert_eq!(next("Asia/Shanghai", "2026-11-19T23:00:00Z", 480), "2026-11-20T00:00:00Z");
        // Summer time ends on the 25th of October: the day has 25 hours.
        assert_eq!(next("Europe/Stockholm", "2026-10-24T06:00:00Z", 480), "2026-10-25T07:00:00Z");
        // On the 29th of March the clocks go from 1:59 to 3:00.
        assert_eq!(next("Europe/Stockholm", "2026-03-28T12:00:00Z", 150), "2026-03-29T01:30:00Z");
    }

    #[test]
    fn zones_are_known_by_their_names() {
        assert_eq!("Mars/Olympus".parse::<Zone>(), Err(NoZone));
        assert_eq!("America/Argentina/Buenos_Aires".parse::<Zone>().unwrap().name().len(), 30);
    }
}
