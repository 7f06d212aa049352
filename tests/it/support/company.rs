//! A company on a real mail system: Dovecot and Postfix on this machine.

use std::time::Duration;

use mailmoot::domain::ids::GroupId;
use mailmoot::domain::person::Viewer;
use mailmoot::mail::incoming::IncomingMail;
use mailmoot::mail::parse::parse;
use mailmoot::transport::smtp::Submitter;
use mailmoot::workers::{Outlet, Source};

use super::house::{House, Wanted, entry, mail};
use super::peers::MailPeers;

/// A company whose gateway and people have real mailboxes.
pub struct Company {
    pub peers: MailPeers,
    pub house: House,
    pub gateway: String,
    pub anna: String,
    pub david: String,
}

impl Company {
    pub async fn open(peers: MailPeers, more: &[&str]) -> Self {
        let (gateway, anna, david) =
            (peers.someone_new("gw"), peers.someone_new("anna"), peers.someone_new("david"));
        let address = |name: &str| format!("{name}@moot.test");
        let mut people = vec![entry("Anna Berg", &address(&anna)), entry("David Okafor", &address(&david))];
        people.extend(more.iter().map(|name| entry(name, &address(name))));
        let mut account = peers.imap(&gateway);
        account.patience.poll = Duration::from_secs(5);
        let wanted = Wanted {
            source: Some(Source::Imap(Box::new(account))),
            outlet: Some(Outlet::smtp(Submitter::new(peers.smtp(&gateway)))),
            gateway: Box::leak(address(&gateway).into_boxed_str()),
            people,
            ..Wanted::default()
        };
        Self { house: House::with(wanted).await, peers, gateway, anna, david }
    }

    pub fn address(&self, name: &str) -> String {
        format!("{name}@moot.test")
    }

    pub async fn send(&self, from: &str, to: &str, raw: &str) {
        self.peers.deliver(&self.address(from), &[to], raw.as_bytes()).await.unwrap();
    }

    /// A group of Anna and David, which begins with a mail.
    pub async fn group(&self, topic: &str, words: &str) -> (Viewer, GroupId) {
        let (from, to) = (self.address(&self.anna), self.address(&self.david));
        let anna = self.house.person(&from).await;
        let raw = mail(&[("From", &from), ("To", &to), ("Subject", topic)], words);
        let draft = self.house.actions.start_draft_from_mails(&anna, vec![raw.into_bytes()]).await.unwrap();
        let group = self.house.actions.confirm_draft(self.house.editor(&anna), draft).await.unwrap();
        (anna, group)
    }

    /// The newest of somebody's mails when there are `count`.
    pub async fn mail_of(&self, name: &str, count: usize) -> IncomingMail {
        parse(self.peers.wait_for_mails(name, count).await.last().unwrap()).unwrap()
    }
}
