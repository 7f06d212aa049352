//! How often a group writes to a member, and when what waits for them goes out.

use serde::{Deserialize, Serialize};

use super::notices::QuietHours;
use super::time::Timestamp;
use super::zone::Zone;

/// How often a group writes to a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Cadence {
    /// Each message as soon as it was said.
    AtOnce,
    /// After the hold, with what was said meanwhile.
    #[default]
    Bundled,
    /// Once a day, at [`DAILY_AT`] on the member's clock.
    Daily,
    /// Only what names them, or asks them for a receipt.
    Mentions,
    /// Nothing but what is about their membership: the invitation, and answers to mails of theirs.
    None,
}

/// When the daily mail goes out, in minutes since midnight on the member's clock.
pub const DAILY_AT: u16 = 8 * 60;

impl Cadence {
    pub const ALL: [Self; 5] = [Self::AtOnce, Self::Bundled, Self::Daily, Self::Mentions, Self::None];

    /// As in forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::Bundled => "bundled",
            Self::Daily => "daily",
            Self::Mentions => "mentions",
            Self::None => "none",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cadence| cadence.name() == name)
    }

    /// The key of its name in the pages' words.
    pub fn text_key(self) -> &'static str {
        match self {
            Self::AtOnce => "cadence-at-once",
            Self::Bundled => "cadence-bundled",
            Self::Daily => "cadence-daily",
            Self::Mentions => "cadence-mentions",
            Self::None => "cadence-none",
        }
    }

    /// The key of the words that say what it brings.
    pub fn lead_key(self) -> &'static str {
        match self {
            Self::AtOnce => "cadence-at-once-lead",
            Self::Bundled => "cadence-bundled-lead",
            Self::Daily => "cadence-daily-lead",
            Self::Mentions => "cadence-mentions-lead",
            Self::None => "cadence-none-lead",
        }
    }

    /// Whether sooner or later everything comes by mail that was not read on the page.
    pub fn brings_all(self) -> bool {
        matches!(self, Self::AtOnce | Self::Bundled | Self::Daily)
    }
}

/// When somebody wants no mails of groups, and where the clock hangs that they look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailHours {
    pub quiet: Option<QuietHours>,
    pub zone: Zone,
}

impl MailHours {
    /// When what has waited since a time goes out; `now` if nothing keeps it. Asked again then, the answer is the same.
    pub fn due(&self, cadence: Cadence, since: Timestamp, now: Timestamp) -> Timestamp {
        let due = if cadence == Cadence::Daily { self.zone.next(since, DAILY_AT).max(now) } else { now };
        self.quiet.and_then(|quiet| quiet.end(due, self.zone)).unwrap_or(due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        let moment = chrono::DateTime::parse_from_rfc3339(&format!("2026-11-{text}:00Z")).unwrap();
        Timestamp::from_millis(moment.timestamp_millis())
    }

    fn due(hours: MailHours, cadence: Cadence, since: &str, now: &str) -> String {
        let due = hours.due(cadence, at(since), at(now));
        assert_eq!(hours.due(cadence, at(since), due), due, "when its time has come, it is due");
        due.rfc3339()[8..16].to_owned()
    }

    #[test]
    fn the_daily_mail_waits_for_the_first_morning_after_what_it_brings() {
        let stockholm = MailHours { quiet: None, zone: Zone::named("Europe/Stockholm") };
        let shanghai = MailHours { quiet: None, zone: Zone::named("Asia/Shanghai") };
        for (hours, since, now, expected) in [
            (stockholm, "20T10:00", "20T10:02", "21T07:00"),
            (stockholm, "20T06:59", "20T06:59", "20T07:00"),
            (stockholm, "20T07:00", "20T07:00", "21T07:00"),
            // The program was not running in the morning.
            (stockholm, "19T10:00", "20T09:30", "20T09:30"),
            (shanghai, "20T10:00", "20T10:02", "21T00:00"),
        ] {
            assert_eq!(due(hours, Cadence::Daily, since, now), expected);
            assert_eq!(due(hours, Cadence::Bundled, since, now), now);
        }
    }

    #[test]
    fn mails_wait_until_quiet_hours_are_over() {
        let quiet = |from: &str, until: &str| MailHours {
            quiet: Some(QuietHours { from: from.parse().unwrap(), until: until.parse().unwrap() }),
            zone: Zone::UTC,
        };
        for (hours, cadence, now, expected) in [
            (quiet("22:00", "07:00"), Cadence::AtOnce, "20T21:59", "20T21:59"),
            (quiet("22:00", "07:00"), Cadence::AtOnce, "20T22:00", "21T07:00"),
            (quiet("22:00", "07:00"), Cadence::Mentions, "21T03:00", "21T07:00"),
            (quiet("12:00", "13:30"), Cadence::Bundled, "20T12:30", "20T13:30"),
            (quiet("22:00", "09:00"), Cadence::Daily, "20T12:00", "21T09:00"),
            // The whole day: that would be none for ever, which has a name of its own.
            (quiet("09:00", "09:00"), Cadence::Bundled, "20T12:00", "20T12:00"),
        ] {
            assert_eq!(due(hours, cadence, "20T12:00", now), expected, "{hours:?}");
        }
    }

    #[test]
    fn names_are_those_of_forms_and_of_the_database() {
        for cadence in Cadence::ALL {
            assert_eq!(Cadence::from_name(cadence.name()), Some(cadence));
            assert_eq!(serde_json::to_value(cadence).unwrap(), cadence.name());
        }
        assert_eq!(Cadence::from_name("weekly"), None);
    }
}
