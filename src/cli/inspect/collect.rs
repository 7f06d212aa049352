//! The little kept of each mail until all are read, small enough for the mails of a 2 GB mbox: some hundred bytes. A
//! person who stands in ten thousand mails is kept once, and so is an id that ten thousand mails name.

use std::collections::{HashMap, HashSet};

use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::digest::Digest;
use crate::domain::time::Timestamp;
use crate::mail::incoming::{IncomingMail, InternetMessageId};
use crate::mail::threading::{BuiltThread, MailFacts, People, Short, Ties, build_threads, short};

/// Facts of mails, in numbers.
#[derive(Default)]
pub struct Collection {
    mails: Vec<Kept>,
    ties: Ties,
    seen: HashSet<Short>,
    ids: Numbered<Box<str>>,
    subjects: Numbered<String>,
    people: Numbered<NamedAddress>,
}

/// One mail.
struct Kept {
    date: Option<Timestamp>,
    /// Its id and its base subject, then six lists, each after its length: In-Reply-To, References, From, To, Cc,
    /// Reply-To.
    numbers: Box<[u32]>,
}

/// Values, each kept once, by number.
struct Numbered<V> {
    numbers: HashMap<Short, u32>,
    /// `None` for an id that is only named: if no mail has it, it is never shown.
    values: Vec<Option<V>>,
}

impl<V> Default for Numbered<V> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), values: Vec::new() }
    }
}

impl<V> Numbered<V> {
    fn name(&mut self, key: &str) -> u32 {
        *self.numbers.entry(short(key)).or_insert_with(|| {
            self.values.push(None);
            u32::try_from(self.values.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn keep(&mut self, key: &str, value: impl FnOnce() -> V) -> u32 {
        let number = self.name(key);
        self.values[number as usize].get_or_insert_with(value);
        number
    }

    fn get(&self, number: u32) -> Option<&V> {
        self.values.get(number as usize)?.as_ref()
    }
}

impl Collection {
    /// Keeps a mail; the same one a second time is passed over.
    pub fn add(&mut self, mail: &IncomingMail, digest: &Digest) {
        let facts = MailFacts::of(mail, digest);
        let date = facts.date.map_or(String::new(), |date| date.millis().to_string());
        if !self.seen.insert(short(&format!("{date} {}", facts.id))) {
            return;
        }
        self.ties.add(&facts);
        let id = self.ids.keep(&facts.id, || facts.id.as_str().into());
        let subject = self.subjects.keep(&facts.base_subject, || facts.base_subject.clone());
        let mut numbers = vec![id, subject];
        for list in [&facts.in_reply_to, &facts.references] {
            push_list(&mut numbers, list.iter().map(|id| self.ids.name(id)).collect());
        }
        let People { from, to, cc, reply_to } = facts.people;
        for list in [from, to, cc, reply_to] {
            push_list(&mut numbers, list.into_iter().map(|named| self.number_of(named)).collect());
        }
        self.mails.push(Kept { date: facts.date, numbers: numbers.into() });
    }

    fn number_of(&mut self, named: NamedAddress) -> u32 {
        // A name is one line, so nothing else reads the same.
        let key = format!("{}\n{}", named.name.as_deref().unwrap_or("\r"), named.address.as_str());
        self.people.keep(&key, || named)
    }

    /// The threads with their people, the one with the oldest mail first.
    pub fn threads(
        mut self,
        is_own: impl Fn(&EmailAddress) -> bool + Copy,
    ) -> impl Iterator<Item = BuiltThread> {
        let roots = std::mem::take(&mut self.ties).roots();
        let id = |mail: &Kept| mail.numbers.first().and_then(|number| self.ids.get(*number));
        let mut order: Vec<usize> = (0..self.mails.len()).collect();
        order.sort_by(|a, b| {
            let (a, b) = (&self.mails[*a], &self.mails[*b]);
            a.date.cmp(&b.date).then_with(|| id(a).cmp(&id(b)))
        });
        let mut threads: Vec<Vec<usize>> = Vec::new();
        let mut places: HashMap<u32, usize> = HashMap::new();
        for at in order {
            let place = *places.entry(roots[at]).or_insert_with(|| {
                threads.push(Vec::new());
                threads.len() - 1
            });
            threads[place].push(at);
        }
        threads.into_iter().flat_map(move |mails| {
            let facts: Vec<MailFacts> = mails.into_iter().map(|at| self.facts(at)).collect();
            build_threads(&facts, is_own)
        })
    }

    fn facts(&self, at: usize) -> MailFacts {
        let Kept { date, numbers } = &self.mails[at];
        let mut numbers = numbers.iter().copied();
        let id = self.id(numbers.next().unwrap_or(u32::MAX));
        let subject = numbers.next().and_then(|number| self.subjects.get(number));
        let mut list = || {
            let length = numbers.next().unwrap_or(0) as usize;
            numbers.by_ref().take(length).collect::<Vec<u32>>()
        };
        let (in_reply_to, references) = (list(), list());
        let mut people = || list().into_iter().filter_map(|n| self.people.get(n).cloned()).collect();
        MailFacts {
            id,
            date: *date,
            base_subject: subject.cloned().unwrap_or_default(),
            people: People { from: people(), to: people(), cc: people(), reply_to: people() },
            in_reply_to: in_reply_to.into_iter().map(|number| self.id(number)).collect(),
            references: references.into_iter().map(|number| self.id(number)).collect(),
        }
    }

    /// A made-up id where no mail has it.
    fn id(&self, number: u32) -> InternetMessageId {
        self.ids.get(number).map_or_else(|| format!("{number}@unknown.invalid"), ToString::to_string)
    }
}

fn push_list(numbers: &mut Vec<u32>, list: Vec<u32>) {
    numbers.push(u32::try_from(list.len()).unwrap_or(u32::MAX));
    numbers.extend(list);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::parse::parse;

    #[test]
    fn what_is_kept_gives_the_threads_of_the_mails_themselves() {
        let mail = |date: u32, headers: &str| {
            format!("Date: {date} Nov 2026 10:00:00 +0000\nFrom: Anna <anna@x.example>\n{headers}\n\nHello\n")
        };
        let raws = [
            mail(
                3,
                "Message-ID: <c@x>\nSubject: Re: Plan\nIn-Reply-To: <b@x>\nReferences: <gone@x> <a@x> <b@x>",
            ),
            mail(1, "Message-ID: <a@x>\nSubject: Plan\nTo: Bo <bo@x.example>, 李雷 <li@x.example>"),
            mail(1, "Message-ID: <z@x>\nSubject: Other\nReferences: <lost@x>\nCc: BO@x.example"),
            mail(2, "Message-ID: <b@x>\nSubject: Re: Plan\nReferences: <gone@x>\nReply-To: <list@x.example>"),
            mail(2, "Message-ID: <y@x>\nSubject: Re: Other\nReferences: <lost@x>"),
            mail(4, "Message-ID: <a@x>\nSubject: Plan\nTo: eve@x.example"),
            mail(1, "Subject: No id at all"),
        ];
        let mut collection = Collection::default();
        let mut all = Vec::new();
        for raw in raws.iter().chain(&raws[..3]) {
            let (mail, digest) = (parse(raw.as_bytes()).unwrap(), Digest::of(raw.as_bytes()));
            collection.add(&mail, &digest);
            all.push(MailFacts::of(&mail, &digest));
        }
        let is_own = |address: &EmailAddress| address.as_str() == "list@x.example";
        let threads: Vec<BuiltThread> = collection.threads(is_own).collect();
        assert_eq!(threads, build_threads(&all, is_own));
        assert_eq!(threads.len(), 3);
    }
}
