//! Past times of an office: working days before today, and minutes before now.

use std::time::Duration;

use chrono::{Datelike, Days, NaiveTime, Weekday};

use crate::domain::time::Timestamp;

/// A time before now.
#[derive(Clone, Copy, Debug)]
pub enum When {
    /// So many working days before today, at hour and minute.
    Day(u32, u32, u32),
    /// So many minutes before now.
    Ago(u64),
}

impl When {
    pub fn before(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(minutes) => now - Duration::from_secs(minutes * 60),
            Self::Day(days, hour, minute) => {
                let mut date = now.utc().date_naive();
                let mut left = days;
                while left > 0 {
                    date = date.checked_sub_days(Days::new(1)).unwrap_or(date);
                    if !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) {
                        left -= 1;
                    }
                }
                let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
                Timestamp::from_millis(date.and_time(time).and_utc().timestamp_millis())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_days_leave_out_the_weekend() {
        // A Monday.
        let now = Timestamp::from_millis(1_795_424_400_000);
        assert_eq!(now.rfc3339(), "2026-11-23T09:00:00Z");
        assert_eq!(When::Day(1, 8, 30).before(now).rfc3339(), "2026-11-20T08:30:00Z");
        assert_eq!(When::Day(6, 17, 5).before(now).rfc3339(), "2026-11-13T17:05:00Z");
        assert_eq!(When::Ago(20).before(now).rfc3339(), "2026-11-23T08:40:00Z");
    }
}
