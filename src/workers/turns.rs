//! Whose turn it is: every receiving domain gets its share, a slow one holds up nobody else, and what is away is tried as
//! one.
//!
//! Kept in memory only. After a restart what is away is found out anew, by as many mails as one domain may have on their
//! way.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use crate::domain::ids::JobId;
use crate::domain::job::back_off;
use crate::domain::settings::QueueSettings;
use crate::domain::time::Timestamp;

/// How many mails are on their way at once.
const SLOTS: usize = 20;
/// So many of them are only for domains to which nothing is on its way.
const FOR_OTHERS: usize = 5;
/// The submission server is one for everybody: it is asked again before long.
const LONGEST_WITHOUT_SERVER: Duration = Duration::from_secs(600);
const MINUTE: Duration = Duration::from_secs(60);

/// A domain to which mails are due, and since when the first of them is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub domain: String,
    pub since: Timestamp,
}

/// How far an attempt came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    /// The server said something of this receiver, yes or no.
    Receiver,
    /// The server, but not the receiver's domain.
    Server,
    Nobody,
}

#[derive(Clone, Copy, Debug)]
struct Hold {
    until: Timestamp,
    tries: u32,
}

#[derive(Debug)]
pub(super) struct Turns {
    rules: QueueSettings,
    /// Mails on their way, by their domain.
    busy: HashMap<String, usize>,
    jobs: HashSet<JobId>,
    /// When mails were begun within the last minute, where that is limited.
    begun: HashMap<String, VecDeque<Timestamp>>,
    /// Domains that are away.
    holds: HashMap<String, Hold>,
    /// The submission server is.
    server: Option<Hold>,
    /// Whether it was said last that the server is away; nothing after a start.
    said_away: Option<bool>,
    /// How often an admin had said that all is back.
    rung_out: u64,
}

impl Turns {
    pub(super) fn new(rules: QueueSettings) -> Self {
        Self {
            rules,
            busy: HashMap::new(),
            jobs: HashSet::new(),
            begun: HashMap::new(),
            holds: HashMap::new(),
            server: None,
            said_away: None,
            rung_out: 0,
        }
    }

    /// Whether it is new that the submission server is away, or that it is not.
    pub(super) fn is_news(&mut self, is_away: bool) -> bool {
        self.said_away.replace(is_away) != Some(is_away)
    }

    /// An admin says that what was away is back: nothing is held up until it is known to be away again. Whether that is new.
    pub(super) fn hear(&mut self, rung_out: u64) -> bool {
        let is_new = std::mem::replace(&mut self.rung_out, rung_out) != rung_out;
        if is_new {
            self.holds.clear();
            self.server = None;
        }
        is_new
    }

    /// As [`Self::tell`], where the submission server may have refused our login: it is not asked before `shut_until`.
    pub(super) fn tell_all(
        &mut self,
        domain: &str,
        reached: Reached,
        (now, shut_until): (Timestamp, Option<Timestamp>),
    ) -> Option<Timestamp> {
        let until = self.tell(domain, reached, now);
        let Some(hold) = &mut self.server else { return until };
        hold.until = hold.until.max(shut_until.unwrap_or(now));
        Some(hold.until)
    }

    /// Whether anything can be begun at all.
    pub(super) fn has_room(&self, now: Timestamp) -> bool {
        match self.server {
            Some(hold) => hold.until <= now && self.busy.is_empty(),
            None => self.jobs.len() < SLOTS,
        }
    }

    /// How many mails to which domains may be begun now: one to each in turn, those first that wait longest.
    pub(super) fn rooms(&mut self, mut due: Vec<Due>, now: Timestamp) -> Vec<(String, i64)> {
        if !self.has_room(now) {
            return Vec::new();
        }
        self.forget_minute(now);
        due.sort_by(|a, b| (a.since, &a.domain).cmp(&(b.since, &b.domain)));
        let mut free = if self.server.is_some() { 1 } else { SLOTS - self.jobs.len() };
        let mut rooms: Vec<(String, usize, usize)> = due
            .into_iter()
            .map(|one| {
                let most = self.most(&one.domain, now);
                (one.domain, most, 0)
            })
            .collect();
        loop {
            let before = free;
            for (domain, most, given) in &mut rooms {
                let has_some = *given > 0 || self.busy.contains_key(domain.as_str());
                if *given < *most && free > if has_some { FOR_OTHERS } else { 0 } {
                    *given += 1;
                    free -= 1;
                }
            }
            if free == before {
                break;
            }
        }
        let given = rooms.into_iter().filter(|(.., given)| *given > 0);
        given.map(|(domain, _, given)| (domain, i64::try_from(given).unwrap_or(1))).collect()
    }

    /// How many more a domain may have on their way.
    fn most(&self, domain: &str, now: Timestamp) -> usize {
        let busy = self.busy.get(domain).copied().unwrap_or(0);
        match self.holds.get(domain) {
            Some(hold) if hold.until > now => return 0,
            Some(_) => return 1_usize.saturating_sub(busy),
            None => {}
        }
        let used = self.begun.get(domain).map_or(0, VecDeque::len);
        let left = self.rules.per_minute.map_or(usize::MAX, |most| (most as usize).saturating_sub(used));
        left.min(self.rules.at_once.saturating_sub(busy))
    }

    /// A mail is on its way; `false` if it is already.
    pub(super) fn begin(&mut self, job: JobId, domain: &str, now: Timestamp) -> bool {
        if !self.jobs.insert(job) {
            return false;
        }
        *self.busy.entry(domain.to_owned()).or_default() += 1;
        if self.rules.per_minute.is_some() {
            self.begun.entry(domain.to_owned()).or_default().push_back(now);
        }
        true
    }

    /// It is not any more.
    pub(super) fn release(&mut self, job: JobId, domain: &str) {
        self.jobs.remove(&job);
        if let Some(busy) = self.busy.get_mut(domain) {
            *busy -= 1;
            if *busy == 0 {
                self.busy.remove(domain);
            }
        }
    }

    /// How far a mail came. Until when others like it wait, if something is away.
    pub(super) fn tell(&mut self, domain: &str, reached: Reached, now: Timestamp) -> Option<Timestamp> {
        match reached {
            Reached::Receiver => {
                self.server = None;
                self.holds.remove(domain);
                None
            }
            Reached::Server => {
                self.server = None;
                let hold = held(self.holds.get(domain).copied(), now, Duration::MAX);
                self.holds.insert(domain.to_owned(), hold);
                Some(hold.until)
            }
            Reached::Nobody => {
                let hold = held(self.server, now, LONGEST_WITHOUT_SERVER);
                self.server = Some(hold);
                Some(hold.until)
            }
        }
    }

    /// When something that waits may be begun, if time alone decides.
    pub(super) fn next_at(&self, now: Timestamp) -> Option<Timestamp> {
        let holds = self.holds.values().chain(&self.server).map(|hold| hold.until);
        let windows = self.begun.values().filter_map(|begun| begun.front()).map(|first| *first + MINUTE);
        holds.chain(windows).filter(|at| *at > now).min()
    }

    fn forget_minute(&mut self, now: Timestamp) {
        for begun in self.begun.values_mut() {
            while begun.front().is_some_and(|first| *first + MINUTE <= now) {
                begun.pop_front();
            }
        }
        self.begun.retain(|_, begun| !begun.is_empty());
    }
}

/// Mails that were on their way together find out the same: that counts once.
fn held(known: Option<Hold>, now: Timestamp, longest: Duration) -> Hold {
    match known {
        Some(hold) if hold.until > now => hold,
        other => {
            let tries = other.map_or(0, |hold| hold.tries + 1);
            Hold { until: now + back_off(tries).min(longest), tries }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::JobId;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn turns(rules: QueueSettings) -> Turns {
        Turns::new(rules)
    }

    fn due(domains: &[&str]) -> Vec<Due> {
        domains.iter().map(|domain| Due { domain: (*domain).to_owned(), since: NOW }).collect()
    }

    fn job(number: u128) -> JobId {
        JobId::from(Uuid::from_u128(number))
    }

    /// Begins what may be begun; how many to each.
    fn begin(turns: &mut Turns, domains: &[&str], now: Timestamp, first: u128) -> Vec<(String, i64)> {
        let rooms = turns.rooms(due(domains), now);
        let mut number = first;
        for (domain, count) in &rooms {
            for _ in 0..*count {
                assert!(turns.begin(job(number), domain, now));
                number += 1;
            }
        }
        rooms
    }

    /// One of them ends.
    fn end(
        turns: &mut Turns,
        number: u128,
        (domain, reached): (&str, Reached),
        now: Timestamp,
    ) -> Option<Timestamp> {
        let until = turns.tell(domain, reached, now);
        turns.release(job(number), domain);
        until
    }

    #[test]
    fn one_domain_never_takes_the_places_of_all() {
        let mut turns = turns(QueueSettings::default());
        let rooms = begin(&mut turns, &["slow"], NOW, 0);
        assert_eq!(rooms, [("slow".to_owned(), 12)]);
        // Another one, and a third one, still find places although nothing comes back.
        assert_eq!(begin(&mut turns, &["slow", "slower"], NOW, 100), [("slower".to_owned(), 3)]);
        assert_eq!(begin(&mut turns, &["slow", "slower", "quick"], NOW, 200), [("quick".to_owned(), 1)]);
    }

    #[test]
    fn places_are_given_in_turn() {
        let mut turns = turns(QueueSettings::default());
        let rooms = turns.rooms(due(&["a", "b", "c"]), NOW);
        let counts: Vec<i64> = rooms.iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, [5, 5, 5]);
    }

    #[test]
    fn so_many_a_minute() {
        let mut turns = turns(QueueSettings { per_minute: Some(3), ..QueueSettings::default() });
        assert_eq!(begin(&mut turns, &["a"], NOW, 0), [("a".to_owned(), 3)]);
        for number in 0..3 {
            end(&mut turns, number, ("a", Reached::Receiver), NOW);
        }
        assert_eq!(turns.rooms(due(&["a", "b"]), NOW), [("b".to_owned(), 3)]);
        assert_eq!(turns.next_at(NOW), Some(NOW + MINUTE));
        assert_eq!(turns.rooms(due(&["a"]), NOW + MINUTE), [("a".to_owned(), 3)]);
    }

    #[test]
    fn a_domain_that_is_away_is_tried_by_one_mail_and_others_go_on() {
        let mut turns = turns(QueueSettings::default());
        begin(&mut turns, &["away"], NOW, 0);
        for number in 0..12 {
            let until = end(&mut turns, number, ("away", Reached::Server), NOW);
            assert_eq!(until, Some(NOW + Duration::from_secs(10)), "all of them count once");
        }
        assert_eq!(turns.rooms(due(&["away"]), NOW), []);
        assert_eq!(turns.rooms(due(&["other"]), NOW), [("other".to_owned(), 12)]);
        let later = turns.next_at(NOW).unwrap();
        assert_eq!(begin(&mut turns, &["away"], later, 20), [("away".to_owned(), 1)]);
        assert_eq!(turns.rooms(due(&["away"]), later), [], "one asks for all");
        assert_eq!(
            end(&mut turns, 20, ("away", Reached::Server), later),
            Some(later + Duration::from_secs(20))
        );
        let again = later + Duration::from_secs(20);
        begin(&mut turns, &["away"], again, 30);
        assert_eq!(end(&mut turns, 30, ("away", Reached::Receiver), again), None);
        assert_eq!(turns.rooms(due(&["away"]), again), [("away".to_owned(), 12)]);
    }

    #[test]
    fn without_a_server_one_mail_asks_for_all_domains_and_at_least_every_ten_minutes() {
        let mut turns = turns(QueueSettings::default());
        begin(&mut turns, &["a", "b"], NOW, 0);
        let mut now = NOW;
        for number in 0..15 {
            end(&mut turns, number, (if number < 8 { "a" } else { "b" }, Reached::Nobody), now);
        }
        for number in 100..120 {
            assert_eq!(turns.rooms(due(&["a", "b"]), now), []);
            let next = turns.next_at(now).unwrap();
            assert!(next - now <= Duration::from_secs(600));
            now = next;
            assert_eq!(begin(&mut turns, &["a", "b"], now, number), [("a".to_owned(), 1)]);
            assert_eq!(turns.rooms(due(&["a", "b"]), now), []);
            end(&mut turns, number, ("a", Reached::Nobody), now);
        }
        now = turns.next_at(now).unwrap();
        begin(&mut turns, &["b"], now, 500);
        end(&mut turns, 500, ("b", Reached::Receiver), now);
        assert_eq!(turns.rooms(due(&["a", "b"]), now).len(), 2);
    }

    #[test]
    fn a_server_that_refused_our_login_is_left_alone_for_longer() {
        let mut turns = turns(QueueSettings::default());
        let shut = Some(NOW + MINUTE);
        assert_eq!(turns.tell_all("a", Reached::Nobody, (NOW, shut)), shut);
        assert_eq!(turns.tell_all("b", Reached::Nobody, (NOW, None)), shut);
        assert!(!turns.has_room(NOW + MINUTE / 2) && turns.has_room(NOW + MINUTE));
        // What a domain's own servers do is another thing.
        assert_eq!(turns.tell_all("a", Reached::Receiver, (NOW, shut)), None);
        let until = turns.tell_all("a", Reached::Server, (NOW, shut));
        assert_eq!(until, Some(NOW + Duration::from_secs(10)));
    }

    #[test]
    fn what_is_on_its_way_is_not_begun_again() {
        let mut turns = turns(QueueSettings::default());
        assert!(turns.begin(job(1), "a", NOW));
        assert!(!turns.begin(job(1), "a", NOW + Duration::from_secs(301)));
    }
}
