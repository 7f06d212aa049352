//! Notices: which messages reach somebody who does not look at their group, and when.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::time::Timestamp;
use super::zone::Zone;

/// Of which messages of a group somebody wants to hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Level {
    All,
    /// Only of those that name them.
    Mentions,
    None,
}

/// Groups with more members than this talk too much for a notice of each message.
pub const SMALL_GROUP: i64 = 20;

impl Level {
    pub const EACH: [Self; 3] = [Self::All, Self::Mentions, Self::None];

    /// What holds for whoever never chose.
    pub fn usual(members: i64) -> Self {
        if members > SMALL_GROUP { Self::Mentions } else { Self::All }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Mentions => "mentions",
            Self::None => "none",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::EACH.into_iter().find(|level| level.name() == name)
    }
}

/// Whether a message is worth a notice. Whoever is named hears of it, unless they want nothing of this group at all.
pub fn wanted(level: Level, is_mentioned: bool, is_quiet: bool) -> bool {
    let worth = match level {
        Level::All => true,
        Level::Mentions => is_mentioned,
        Level::None => false,
    };
    worth && !is_quiet
}

/// A time of day on a clock, `22:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct ClockTime(u16);

/// The text is no time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This is no time of day")]
pub struct NoClockTime;

const DAY: u16 = 24 * 60;

impl ClockTime {
    /// `None` beyond a day.
    pub fn from_minutes(minutes: i64) -> Option<Self> {
        u16::try_from(minutes).ok().filter(|minutes| *minutes < DAY).map(Self)
    }

    /// Since midnight.
    pub fn minutes(self) -> i64 {
        i64::from(self.0)
    }
}

impl TryFrom<i64> for ClockTime {
    type Error = NoClockTime;
    fn try_from(minutes: i64) -> Result<Self, NoClockTime> {
        Self::from_minutes(minutes).ok_or(NoClockTime)
    }
}

impl From<ClockTime> for i64 {
    fn from(time: ClockTime) -> Self {
        time.minutes()
    }
}

impl FromStr for ClockTime {
    type Err = NoClockTime;
    /// As a browser's field of type `time` sends it, seconds or not.
    fn from_str(text: &str) -> Result<Self, NoClockTime> {
        let (hour, rest) = text.split_once(':').ok_or(NoClockTime)?;
        let minute = rest.split(':').next().unwrap_or_default();
        let number = |digits: &str, below: u16| -> Result<u16, NoClockTime> {
            let plain = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
            digits.parse().ok().filter(|number: &u16| plain && *number < below).ok_or(NoClockTime)
        };
        Ok(Self(number(hour, 24)? * 60 + number(minute, 60)?))
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// When somebody wants no notices at all: from one time of day to another, over midnight if the second is earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct QuietHours {
    pub from: ClockTime,
    pub until: ClockTime,
}

impl QuietHours {
    /// Whether a moment lies within, on a clock in this zone. The same time twice is the whole day.
    pub fn contain(self, at: Timestamp, zone: Zone) -> bool {
        let now = zone.minute_of_day(at);
        let (from, until) = (self.from.0, self.until.0);
        if from < until { (from..until).contains(&now) } else { now >= from || now < until }
    }

    /// When the quiet is over in which a moment lies. `None` outside of it, and where it is the whole day: it has no end.
    pub fn end(self, at: Timestamp, zone: Zone) -> Option<Timestamp> {
        let lies_within = self.from != self.until && self.contain(at, zone);
        lies_within.then(|| zone.next(at, self.until.0))
    }
}

/// How somebody wants their notices, in all groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoticeSettings {
    pub quiet: Option<QuietHours>,
    /// Whether mails of groups wait until quiet hours are over, too.
    pub quiet_mails: bool,
    /// `None` until a browser has told it.
    pub zone: Option<Zone>,
    /// Whether a notice shows the topic, the author and the words: it may lie on a desk for all to see.
    pub shows_contents: bool,
}

impl Default for NoticeSettings {
    fn default() -> Self {
        Self { quiet: None, quiet_mails: false, zone: None, shows_contents: true }
    }
}

impl NoticeSettings {
    /// What a form begins with.
    pub fn shown_from(&self) -> String {
        self.quiet.map_or("22:00".to_owned(), |quiet| quiet.from.to_string())
    }

    /// The same of the end.
    pub fn shown_until(&self) -> String {
        self.quiet.map_or("07:00".to_owned(), |quiet| quiet.until.to_string())
    }

    /// Empty until it is known.
    pub fn zone_name(&self) -> &'static str {
        self.zone.map_or("", Zone::name)
    }

    pub fn is_quiet(&self, at: Timestamp) -> bool {
        self.quiet.is_some_and(|quiet| quiet.contain(at, self.zone.unwrap_or(Zone::UTC)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A moment on a summer's and on a winter's day, in UTC.
    fn at(month: u32, hour: u32, minute: u32) -> Timestamp {
        let day = chrono::NaiveDate::from_ymd_opt(2026, month, 15).unwrap();
        Timestamp::from_millis(day.and_hms_opt(hour, minute, 0).unwrap().and_utc().timestamp_millis())
    }

    fn quiet(from: &str, until: &str) -> QuietHours {
        QuietHours { from: from.parse().unwrap(), until: until.parse().unwrap() }
    }

    #[test]
    fn whoever_is_named_hears_of_it_but_not_at_night_and_not_if_they_want_nothing() {
        for (level, named, is_quiet, hears) in [
            (Level::All, false, false, true),
            (Level::All, true, false, true),
            (Level::All, false, true, false),
            (Level::All, true, true, false),
            (Level::Mentions, false, false, false),
            (Level::Mentions, true, false, true),
            (Level::Mentions, false, true, false),
            (Level::Mentions, true, true, false),
            (Level::None, false, false, false),
            (Level::None, true, false, false),
            (Level::None, false, true, false),
            (Level::None, true, true, false),
        ] {
            assert_eq!(wanted(level, named, is_quiet), hears, "{level:?} named: {named} quiet: {is_quiet}");
        }
        assert_eq!((Level::usual(20), Level::usual(21)), (Level::All, Level::Mentions));
    }

    #[test]
    fn quiet_hours_are_those_of_the_clock_on_the_wall() {
        let stockholm: Zone = "Europe/Stockholm".parse().unwrap();
        let shanghai: Zone = "Asia/Shanghai".parse().unwrap();
        for (hours, zone, moment, is_quiet) in [
            (quiet("22:00", "07:00"), Zone::UTC, at(11, 21, 59), false),
            (quiet("22:00", "07:00"), Zone::UTC, at(11, 22, 0), true),
            (quiet("22:00", "07:00"), Zone::UTC, at(11, 6, 59), true),
            (quiet("22:00", "07:00"), Zone::UTC, at(11, 7, 0), false),
            // One hour before UTC in winter, two in summer.
            (quiet("22:00", "07:00"), stockholm, at(11, 21, 0), true),
            (quiet("22:00", "07:00"), stockholm, at(11, 20, 59), false),
            (quiet("22:00", "07:00"), stockholm, at(7, 20, 0), true),
            (quiet("22:00", "07:00"), stockholm, at(7, 5, 0), false),
            (quiet("12:00", "13:30"), shanghai, at(11, 4, 0), true),
            (quiet("12:00", "13:30"), shanghai, at(11, 5, 30), false),
            (quiet("09:00", "09:00"), Zone::UTC, at(11, 3, 0), true),
        ] {
            assert_eq!(hours.contain(moment, zone), is_quiet, "{hours:?} {zone:?} {moment:?}");
        }
    }

    #[test]
    fn times_of_day_are_read_as_browsers_write_them() {
        for (text, written) in [("22:00", "22:00"), ("07:05", "07:05"), ("23:59:30", "23:59")] {
            assert_eq!(text.parse::<ClockTime>().unwrap().to_string(), written);
        }
        for bad in ["", "24:00", "7:00", "07:60", "0700", "-1:00", "+7:00", "noon", "07:0x"] {
            assert_eq!(bad.parse::<ClockTime>(), Err(NoClockTime), "{bad}");
        }
    }
}
