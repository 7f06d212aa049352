//! What the invented people say of themselves just now.

use std::time::Duration;

use super::people::Who;
use crate::domain::presence::Choice;

/// Who says what, and how many minutes it holds.
pub const STATUSES: [(Who, Choice, &str, Option<u64>); 4] = [
    (Who::Wang, Choice::Away, "午餐", Some(55)),
    (Who::Maria, Choice::Busy, "in court, please write", Some(150)),
    (Who::Sofia, Choice::Online, "in the Stockholm office this week", None),
    (Who::LiLei, Choice::Busy, "专心写报告", Some(240)),
];

/// How long it holds.
pub fn lasts(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}
