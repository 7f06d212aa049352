//! A quiet time that an admin announces: pages can be read, nothing is written, no mail is fetched or sent.

use super::time::Timestamp;

/// One quiet time, begun and not ended by an admin. It ends by itself at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maintenance {
    pub begun_at: Timestamp,
    /// `None`: until an admin ends it.
    pub ends_at: Option<Timestamp>,
    /// What people are told beside; may be empty.
    pub why: String,
}

impl Maintenance {
    /// What people are told, in characters.
    pub const LONGEST_WHY: usize = 500;
    /// What programs are told to wait if no end is known, in seconds.
    const USUAL_WAIT: i64 = 300;

    pub fn holds(&self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|end| now < end)
    }

    /// For how many seconds programs are to wait (RFC 9110 10.2.3).
    pub fn wait(&self, now: Timestamp) -> i64 {
        self.ends_at.map_or(Self::USUAL_WAIT, |end| ((end.millis() - now.millis()) / 1000).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_at_its_end_and_says_how_long_to_wait() {
        let at = Timestamp::from_millis;
        let quiet = Maintenance { begun_at: at(0), ends_at: Some(at(60_000)), why: String::new() };
        assert!(quiet.holds(at(59_999)) && !quiet.holds(at(60_000)));
        assert_eq!((quiet.wait(at(0)), quiet.wait(at(59_900))), (60, 1));
        let open = Maintenance { ends_at: None, ..quiet };
        assert!(open.holds(at(i64::MAX)));
        assert_eq!(open.wait(at(0)), 300);
    }
}
