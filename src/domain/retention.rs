//! How long things are kept, and what keeps them longer.

use super::time::Timestamp;

/// What the house keeps, in days; for ever where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionSettings {
    /// Messages of groups, with their files and the mails they came by.
    pub messages: Option<i64>,
    /// Lines of the ledger of mails in and out.
    pub mails: Option<i64>,
    /// Lines of the audit log.
    pub audit: Option<i64>,
}

/// A legal hold: nothing of a group's messages goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub since: Timestamp,
    pub why: String,
}

/// How long a group's messages stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keeping {
    /// It wins over everything else.
    pub hold: Option<Hold>,
    /// What its owners want, in days.
    pub own: Option<i64>,
    /// What holds in the house.
    pub house: Option<i64>,
}

/// The longest that can be wanted: a hundred years.
pub const MOST_DAYS: i64 = 36_500;

/// Milliseconds of a day.
pub const DAY: i64 = 24 * 3600 * 1000;

impl Keeping {
    /// After how many days messages are deleted: the shorter of the two.
    pub fn days(&self) -> Option<i64> {
        match (self.own, self.house) {
            (Some(own), Some(house)) => Some(own.min(house)),
            (own, house) => own.or(house),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_keep_shorter_but_not_longer() {
        let days = |own, house| Keeping { hold: None, own, house }.days();
        assert_eq!(days(None, None), None);
        assert_eq!(days(Some(30), None), Some(30));
        assert_eq!(days(Some(30), Some(365)), Some(30));
        assert_eq!(days(Some(900), Some(365)), Some(365));
        assert_eq!(days(None, Some(365)), Some(365));
    }
}
