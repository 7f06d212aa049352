//! The little kept of each mail until all are read, small enough for the mails of a 2 GB mbox: a person who stands
//! in ten thousand mails is kept once.

use std::collections::{HashMap, HashSet};

use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::digest::Digest;
use crate::mail::incoming::IncomingMail;
use crate::mail::threading::{BuiltThread, MailFacts, People, build_threads, participants};

/// Facts of mails; who stands in them by number.
#[derive(Default)]
pub struct Collection {
    facts: Vec<MailFacts>,
    /// Under the id of each mail: From, To, Cc, Reply-To.
    places: HashMap<String, Vec<[Box<[u32]>; 4]>>,
    people: Vec<NamedAddress>,
    numbers: HashMap<(Option<String>, String), u32>,
    seen: HashSet<(String, Option<i64>)>,
}

impl Collection {
    /// Keeps a mail; the same one a second time is passed over.
    pub fn add(&mut self, mail: &IncomingMail, digest: &Digest) {
        let mut facts = MailFacts::of(mail, digest);
        if !self.seen.insert((facts.id.clone(), facts.date.map(|date| date.millis()))) {
            return;
        }
        let people = std::mem::take(&mut facts.people);
        let places = [people.from, people.to, people.cc, people.reply_to]
            .map(|list| list.into_iter().map(|named| self.number(named)).collect());
        self.places.entry(facts.id.clone()).or_default().push(places);
        facts.in_reply_to.shrink_to_fit();
        facts.references.shrink_to_fit();
        self.facts.push(facts);
    }

    fn number(&mut self, named: NamedAddress) -> u32 {
        let key = (named.name.clone(), named.address.as_str().to_owned());
        let next = u32::try_from(self.people.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(key).or_insert_with(|| {
            self.people.push(named);
            next
        })
    }

    /// The threads with their people.
    pub fn threads(
        &self,
        is_own: impl Fn(&EmailAddress) -> bool + Copy,
    ) -> impl Iterator<Item = BuiltThread> {
        build_threads(&self.facts, is_own).into_iter().map(move |mut thread| {
            // An id used by two mails stands twice in the list, and both mails under it.
            let mut done = HashSet::new();
            let mut people: Vec<People> = Vec::new();
            for id in thread.mails.iter().filter(|id| done.insert(id.as_str())) {
                people.extend(self.places.get(id).into_iter().flatten().map(|places| self.people_of(places)));
            }
            thread.participants = participants(people.iter(), is_own);
            thread
        })
    }

    fn people_of(&self, [from, to, cc, reply_to]: &[Box<[u32]>; 4]) -> People {
        let list =
            |numbers: &[u32]| numbers.iter().filter_map(|n| self.people.get(*n as usize).cloned()).collect();
        People { from: list(from), to: list(to), cc: list(cc), reply_to: list(reply_to) }
    }
}
