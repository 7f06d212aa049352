//! Threads: which mails belong together, who answered whom, and who takes part (RFC 5256, design: the order of
//! In-Reply-To, References with an equal base subject, never the subject alone).
//!
//! Membership is decided by shared keys, not by order: two mails are in one thread if a chain of shared keys leads
//! from one to the other. So any order of arrival gives the same threads.

use std::collections::{BTreeMap, HashMap};

use super::incoming::{IncomingMail, InternetMessageId};
use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::digest::Digest;
use crate::domain::thread::{Participant, Seen};
use crate::domain::time::Timestamp;

/// Keys longer than this are shortened to a digest.
const LONGEST_KEY: usize = 120;
/// References heeded; real threads have fewer.
const MOST_REFERENCES: usize = 500;

/// The keys that tie a mail to its thread. `digest` is that of the raw mail; it stands in for a missing Message-ID.
pub fn thread_keys(mail: &IncomingMail, digest: &Digest) -> Vec<String> {
    keys(&MailFacts::of(mail, digest))
}

/// The key of a Message-ID alone: whichever thread has it, has the mail or an answer to it.
pub fn id_key(id: &str) -> String {
    shortened(format!("id:{id}"))
}

fn keys(facts: &MailFacts) -> Vec<String> {
    let subject = facts.base_subject.to_lowercase();
    let mut keys = vec![id_key(&facts.id)];
    let mut add = |key: String| {
        let key = shortened(key);
        if !keys.contains(&key) {
            keys.push(key);
        }
    };
    facts.in_reply_to.iter().for_each(|id| add(format!("id:{id}")));
    add(format!("ref:{}|{subject}", facts.id));
    let skip = facts.references.len().saturating_sub(MOST_REFERENCES);
    let kept = facts.references.iter().enumerate().filter(|(at, _)| *at == 0 || *at > skip);
    kept.for_each(|(_, id)| add(format!("ref:{id}|{subject}")));
    keys
}

fn shortened(key: String) -> String {
    if key.len() <= LONGEST_KEY {
        return key;
    }
    let kind = key.split(':').next().unwrap_or_default();
    format!("{kind}#{}", &Digest::of(key.as_bytes()).hex()[..40])
}

/// The little of a mail that threads are made of.
#[derive(Clone, Debug)]
pub struct MailFacts {
    /// The Message-ID, or a name made of the digest.
    pub id: InternetMessageId,
    pub in_reply_to: Vec<InternetMessageId>,
    pub references: Vec<InternetMessageId>,
    pub date: Option<Timestamp>,
    pub base_subject: String,
    /// Everybody named, once a place: From, To, Cc, Reply-To.
    pub people: People,
}

/// Who stands where in one mail.
#[derive(Clone, Debug, Default)]
pub struct People {
    pub from: Vec<NamedAddress>,
    pub to: Vec<NamedAddress>,
    pub cc: Vec<NamedAddress>,
    pub reply_to: Vec<NamedAddress>,
}

impl MailFacts {
    pub fn of(mail: &IncomingMail, digest: &Digest) -> Self {
        let id = mail.message_id.clone().filter(|id| !id.is_empty());
        Self {
            id: id.unwrap_or_else(|| format!("{}@digest.invalid", &digest.hex()[..40])),
            in_reply_to: mail.in_reply_to.clone(),
            references: mail.references.clone(),
            date: mail.date,
            base_subject: mail.base_subject.clone(),
            people: People {
                from: mail.from.clone(),
                to: mail.to.clone(),
                cc: mail.cc.clone(),
                reply_to: mail.reply_to.clone(),
            },
        }
    }

    /// The mails this one may answer, the most likely first.
    fn answered(&self) -> impl Iterator<Item = &InternetMessageId> {
        self.in_reply_to.iter().chain(self.references.iter().rev()).filter(|id| **id != self.id)
    }
}

/// Mails that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuiltThread {
    /// The base subject of the first mail that has one.
    pub topic: String,
    /// By date; mails without a date come where they were given.
    pub mails: Vec<InternetMessageId>,
    /// Whom each mail answers, as far as that mail is there.
    pub parents: BTreeMap<InternetMessageId, InternetMessageId>,
    pub participants: Vec<Participant>,
}

/// Whole threads from many mails; the one with the oldest mail first. `is_own` tells the gateway's own addresses.
pub fn build_threads(mails: &[MailFacts], is_own: impl Fn(&EmailAddress) -> bool) -> Vec<BuiltThread> {
    let mut seen = HashMap::new();
    let mut once: Vec<&MailFacts> = Vec::with_capacity(mails.len());
    for mail in mails {
        // The same id with another date is another mail: some programs use an id twice.
        seen.entry((mail.id.as_str(), mail.date)).or_insert_with(|| once.push(mail));
    }
    once.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
    let mut ties = Ties::default();
    once.iter().for_each(|mail| ties.add(mail));
    let mut groups: BTreeMap<u32, Vec<&MailFacts>> = BTreeMap::new();
    for (mail, root) in once.iter().zip(ties.roots()) {
        groups.entry(root).or_default().push(mail);
    }
    groups.into_values().map(|group| built(&group, &is_own)).collect()
}

/// Which of many mails are connected, told one after the other: a mail can be forgotten once it was added.
#[derive(Debug, Default)]
pub struct Ties {
    root: Vec<u32>,
    /// The first mail with each key.
    first: HashMap<Short, u32>,
}

/// 128 bits of a digest, in place of a text: of a big mbox there are millions.
pub type Short = [u8; 16];

/// The digest that stands in for a text.
pub fn short(text: &str) -> Short {
    let mut short = [0; 16];
    short.copy_from_slice(&Digest::of(text.as_bytes()).as_bytes()[..16]);
    short
}

impl Ties {
    /// The next mail.
    pub fn add(&mut self, mail: &MailFacts) {
        let at = u32::try_from(self.root.len()).unwrap_or(u32::MAX);
        self.root.push(at);
        for key in keys(mail) {
            let other = *self.first.entry(short(&key)).or_insert(at);
            let (a, b) = (self.find(at), self.find(other));
            self.root[a.max(b) as usize] = a.min(b);
        }
    }

    /// For each mail the number of the first mail it is connected with.
    pub fn roots(mut self) -> Vec<u32> {
        self.first = HashMap::new();
        (0..u32::try_from(self.root.len()).unwrap_or(u32::MAX)).map(|at| self.find(at)).collect()
    }

    fn find(&mut self, mut at: u32) -> u32 {
        while self.root[at as usize] != at {
            let next = self.root[at as usize];
            self.root[at as usize] = self.root[next as usize];
            at = self.root[at as usize];
        }
        at
    }
}

fn built(group: &[&MailFacts], is_own: &impl Fn(&EmailAddress) -> bool) -> BuiltThread {
    let parents = parents(group);
    let first = group.iter().find(|mail| !parents.contains_key(&mail.id) && !mail.base_subject.is_empty());
    let topic = first.or_else(|| group.iter().find(|mail| !mail.base_subject.is_empty()));
    BuiltThread {
        topic: topic.map(|mail| mail.base_subject.clone()).unwrap_or_default(),
        mails: group.iter().map(|mail| mail.id.clone()).collect(),
        participants: participants(group.iter().map(|mail| &mail.people), is_own),
        parents,
    }
}

/// The parent of each mail is the nearest one it names that is there; a chain that would bite its tail is cut.
fn parents(group: &[&MailFacts]) -> BTreeMap<InternetMessageId, InternetMessageId> {
    let mut parents: BTreeMap<InternetMessageId, InternetMessageId> = BTreeMap::new();
    let there: HashMap<&str, ()> = group.iter().map(|mail| (mail.id.as_str(), ())).collect();
    for mail in group {
        let parent = mail.answered().find(|id| there.contains_key(id.as_str()));
        if let Some(parent) = parent.filter(|parent| !leads_to(&parents, parent, &mail.id)) {
            parents.insert(mail.id.clone(), parent.clone());
        }
    }
    parents
}

fn leads_to(parents: &BTreeMap<InternetMessageId, InternetMessageId>, from: &str, to: &str) -> bool {
    let mut at = from;
    for _ in 0..=parents.len() {
        if at == to {
            return true;
        }
        match parents.get(at) {
            Some(next) => at = next,
            None => return false,
        }
    }
    true
}

/// Everybody in the mails' From, To, Cc and Reply-To, in the order met; addresses that differ only in case are one.
pub fn participants<'m>(
    mails: impl Iterator<Item = &'m People>,
    is_own: impl Fn(&EmailAddress) -> bool,
) -> Vec<Participant> {
    let mut found: Vec<Participant> = Vec::new();
    let mut names: Vec<BTreeMap<String, usize>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for people in mails {
        for (named, place) in places_of(people) {
            if is_own(&named.address) {
                continue;
            }
            let at = *places.entry(named.address.key().to_owned()).or_insert_with(|| {
                found.push(Participant { name: None, address: named.address.clone(), seen: Seen::default() });
                names.push(BTreeMap::new());
                found.len() - 1
            });
            place.count(&mut found[at].seen);
            if let Some(name) = real_name(named) {
                *names[at].entry(name).or_default() += 1;
            }
        }
    }
    for (participant, names) in found.iter_mut().zip(names) {
        participant.name = best_name(names);
    }
    found
}

#[derive(Clone, Copy)]
enum Place {
    From,
    To,
    Cc,
}

impl Place {
    fn count(self, seen: &mut Seen) {
        match self {
            Self::From => seen.from += 1,
            Self::To => seen.to += 1,
            Self::Cc => seen.cc += 1,
        }
    }
}

/// Each address once a place; Reply-To counts as From where it is another one.
fn places_of(people: &People) -> Vec<(&NamedAddress, Place)> {
    let mut out: Vec<(&NamedAddress, Place)> = Vec::new();
    let lists = [
        (&people.from, Place::From),
        (&people.reply_to, Place::From),
        (&people.to, Place::To),
        (&people.cc, Place::Cc),
    ];
    let mut seen = std::collections::HashSet::new();
    for (list, place) in lists {
        for named in list {
            if seen.insert((place as u8, named.address.key())) {
                out.push((named, place));
            }
        }
    }
    out
}

/// A name that is more than the address once again.
fn real_name(named: &NamedAddress) -> Option<String> {
    let name = named.name.as_deref()?.trim();
    (!name.is_empty() && !name.contains('@')).then(|| name.to_owned())
}

/// The name used most; of equal ones the longest.
fn best_name(names: BTreeMap<String, usize>) -> Option<String> {
    names.into_iter().max_by_key(|(name, times)| (*times, name.chars().count())).map(|(name, _)| name)
}
