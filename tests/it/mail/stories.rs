//! Whole threads: members, topic, who answered whom, and what each person typed, in any order of arrival.

use std::collections::{BTreeMap, BTreeSet};

use mailmoot::domain::digest::Digest;
use mailmoot::mail::incoming::IncomingMail;
use mailmoot::mail::parse::parse;
use mailmoot::mail::threading::{BuiltThread, MailFacts, build_threads, thread_keys};
use serde_json::Value;

/// The mails of an mbox as the generator writes it: no line of a body begins with `From `.
pub fn mbox(raw: &[u8]) -> Vec<Vec<u8>> {
    let text = raw.split(|b| *b == b'\n');
    let mut mails: Vec<Vec<u8>> = Vec::new();
    for line in text {
        if line.starts_with(b"From mboxrd@z ") {
            mails.push(Vec::new());
        } else if let Some(mail) = mails.last_mut() {
            mail.extend_from_slice(line);
            mail.push(b'\n');
        }
    }
    mails
}

fn expected() -> BTreeMap<String, Value> {
    let text = std::fs::read_to_string(super::folder("threads").join("expected.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn understood(file: &str) -> Vec<(IncomingMail, Digest)> {
    let raw = std::fs::read(super::folder("threads").join(file)).unwrap();
    mbox(&raw).iter().map(|raw| (parse(raw).unwrap(), Digest::of(raw))).collect()
}

fn threads(mails: &[(IncomingMail, Digest)]) -> Vec<BuiltThread> {
    let facts: Vec<MailFacts> = mails.iter().map(|(mail, digest)| MailFacts::of(mail, digest)).collect();
    build_threads(&facts, |_| false)
}

fn bare(id: &str) -> String {
    id.trim_matches(['<', '>']).to_owned()
}

#[test]
fn members_topic_and_parents_are_found() {
    for (file, expected) in expected() {
        let found = threads(&understood(&file));
        assert_eq!(found.len(), 1, "{file}");
        let members: BTreeSet<String> =
            found[0].participants.iter().map(|p| p.address.key().to_owned()).collect();
        let wanted: BTreeSet<String> =
            expected["members"].as_array().unwrap().iter().map(|m| m.as_str().unwrap().to_owned()).collect();
        assert_eq!(members, wanted, "{file}");
        assert_eq!(found[0].topic, expected["topic"].as_str().unwrap(), "{file}");
        for message in expected["messages"].as_array().unwrap() {
            let parent = message["parent"].as_str().map(bare);
            assert_eq!(
                found[0].parents.get(&bare(message["id"].as_str().unwrap())).cloned(),
                parent,
                "{file}"
            );
        }
    }
}

#[test]
fn what_each_person_typed_is_found() {
    for (file, expected) in expected() {
        let mails = understood(&file);
        for message in expected["messages"].as_array().unwrap() {
            let id = bare(message["id"].as_str().unwrap());
            let (mail, _) = mails.iter().find(|(m, _)| m.message_id.as_deref() == Some(&id)).unwrap();
            assert_eq!(mail.text.new_text, message["typed"].as_str().unwrap().trim(), "{file} {id}");
            assert_eq!(mail.text.signature, message["signature"].as_str().unwrap().trim(), "{file} {id}");
        }
    }
}

#[test]
fn any_order_of_arrival_gives_the_same_threads() {
    let mut mails: Vec<_> = expected().keys().flat_map(|file| understood(file)).collect();
    let forwards = threads(&mails);
    assert_eq!(forwards.len(), expected().len());
    mails.reverse();
    assert_eq!(threads(&mails), forwards);
    mails.sort_by_key(|(mail, _)| mail.message_id.clone());
    assert_eq!(threads(&mails), forwards);
}

#[test]
fn mails_of_one_thread_share_keys_and_others_do_not() {
    let mail = |id: &str, refs: &str, subject: &str| {
        parse(
            format!("From: a@x.example\nMessage-ID: <{id}>\nReferences: {refs}\nSubject: {subject}\n\nx\n")
                .as_bytes(),
        )
        .unwrap()
    };
    let keys = |mail: &IncomingMail| -> BTreeSet<String> {
        thread_keys(mail, &Digest::of(b"")).into_iter().collect()
    };
    let first = mail("1@x", "", "Budget");
    let answer = mail("2@x", "<1@x>", "Re: Budget");
    // Somebody took an old mail to begin something new.
    let recycled = mail("3@x", "<1@x>", "Summer party");
    assert!(!keys(&first).is_disjoint(&keys(&answer)));
    assert!(keys(&first).is_disjoint(&keys(&recycled)));
}
