//! The day of somebody who looks after the mail system, with a real one: a certificate runs out, the mailbox stands still, the
//! outbox grows. Of each the status page tells while it lasts, and one mail and one call to another program at its beginning
//! and at its end.

use std::collections::BTreeMap;
use std::time::Duration;

use mailmoot::actions::messages::NewMessage;
use mailmoot::clock::Clock;
use mailmoot::domain::settings::AlertSettings;
use mailmoot::mail::parse::parse;
use mailmoot::transport::smtp::Submitter;
use mailmoot::workers::{Outlet, Source};
use secrecy::SecretString;
use serde_json::Value;

use super::watching::minutes;
use crate::support::browser::Browser;
use crate::support::house::{House, Wanted, entry, eventually, mail};
use crate::support::peers::MailPeers;
use crate::support::push_service::PushService;

const ADA: &str = "ada@moot.test";
const A_DAY: Duration = Duration::from_secs(24 * 3600);

struct Day {
    house: House,
    peers: MailPeers,
    service: PushService,
}

impl Day {
    /// Twenty days before the certificate of the mail servers runs out.
    async fn begin() -> Option<Self> {
        let peers = MailPeers::own()?;
        let (imap, service) = (peers.imap("moot"), PushService::start().await);
        let end = imap.certificate_end().await.unwrap().unwrap();
        let wanted = Wanted {
            clock: Clock::standing_at(end - 20 * A_DAY),
            source: Some(Source::Imap(Box::new(imap))),
            outlet: Some(Outlet::smtp(Submitter::new(peers.smtp("moot")))),
            gateway: "moot@moot.test",
            people: vec![entry("Ada Min", ADA), entry("Bo Lind", "bo@moot.test")],
            alerts: AlertSettings {
                webhook: Some(SecretString::from(format!("{}/push/alerts", service.origin))),
            },
            ..Wanted::default()
        };
        let house = House::with(wanted).await;
        house.actions.make_admin(&ADA.parse().unwrap(), None).await.unwrap();
        Some(Self { house, peers, service })
    }

    async fn page(&self) -> String {
        Browser::of(&self.house, ADA).await.page("/admin/status").await
    }

    /// Until the status page says something.
    async fn page_with(&self, words: &str) -> String {
        eventually(async || Some(self.page().await).filter(|page| page.contains(words))).await
    }

    /// A program's mail comes in: a mailbox that nobody writes to counts as silent, whatever its server does.
    async fn wake(&self) {
        let count = self.last_mail_in().await;
        let id = format!("<{}@moot.test>", self.house.actions.clock.new_id::<()>());
        let head = [
            ("From", "cron@moot.test"),
            ("To", "moot@moot.test"),
            ("Subject", "x"),
            ("Message-ID", &*id),
            ("Auto-Submitted", "auto-generated"),
        ];
        self.peers.save_sent("moot", "INBOX", &mail(&head, "All is well."));
        eventually(async || (self.last_mail_in().await > count).then_some(())).await;
    }

    async fn last_mail_in(&self) -> i64 {
        self.house.actions.health().await.unwrap().mails_in.outcomes.iter().map(|(_, n)| n).sum()
    }

    /// Some minutes in which mails come in.
    async fn go_on(&self, count: u32) {
        for _ in 0..count.div_ceil(4) {
            self.wake().await;
            minutes(&self.house, 4).await;
        }
    }

    /// What another program was told of a kind of concern: how often it began, and ended.
    async fn told(&self, kind: &str) -> (usize, usize) {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for taken in self.service.taken(0).await {
            let news: Value = serde_json::from_slice(&taken.body).unwrap();
            if news["concern"]["kind"] == kind {
                *counts.entry(news["state"].as_str().unwrap().to_owned()).or_default() += 1;
            }
        }
        (counts.get("begun").copied().unwrap_or(0), counts.get("ended").copied().unwrap_or(0))
    }

    async fn until_told(&self, kind: &str, counts: (usize, usize)) {
        eventually(async || (self.told(kind).await == counts).then_some(())).await;
    }

    /// How many mails with a subject Ada has.
    async fn mails(&self, subject: &str) -> usize {
        let mails = self.peers.mails_of("ada").await;
        mails.iter().filter(|raw| parse(raw).unwrap().subject == subject).count()
    }

    async fn until_mails(&self, subject: &str, count: usize) {
        eventually(async || (self.mails(subject).await == count).then_some(())).await;
    }
}

#[tokio::test]
async fn each_trouble_of_a_day_is_seen_told_once_and_so_is_its_end() {
    let Some(day) = Day::begin().await else { return };
    let (imap, submission) = (day.peers.port("imaps"), day.peers.port("submission"));
    for server in [imap, submission] {
        let page = day.page_with(&format!("localhost:<wbr>{server}")).await;
        assert!(page.contains("All is well."), "{page}");
    }

    // A week later less than two weeks are left: for reading and for sending, which are two servers.
    day.house.later(7 * A_DAY);
    day.go_on(8).await;
    day.until_told("certificate_ends", (2, 0)).await;
    day.until_mails("mailmoot: A certificate runs out", 2).await;
    let page = day.page().await;
    for server in [imap, submission] {
        assert!(page.contains(&format!("The certificate of localhost:{server} runs out on")), "{page}");
    }
    day.go_on(12).await;
    assert_eq!(day.told("certificate_ends").await, (2, 0), "once");

    // It is renewed, and seen within the day.
    day.peers.renew_certificate();
    day.wake().await;
    day.house.later(A_DAY / 2);
    day.go_on(12).await;
    day.until_told("certificate_ends", (2, 2)).await;
    day.until_mails("Well again: A certificate runs out", 2).await;
    day.page_with("All is well.").await;

    // The mailbox stands still.
    let silent = day.told("source_stands").await;
    day.peers.stop_imap();
    day.page_with("<dt>It says").await;
    minutes(&day.house, 14).await;
    day.until_told("source_stands", (silent.0 + 1, silent.1)).await;
    day.page_with("No mail can be fetched from imap:moot@moot.test@localhost").await;
    minutes(&day.house, 14).await;
    assert_eq!(day.told("source_stands").await.0, silent.0 + 1, "once");
    day.peers.start_imap();
    day.wake().await;
    day.go_on(8).await;
    day.until_told("source_stands", (silent.0 + 1, silent.1 + 1)).await;
    // The mail server had kept the mail about it.
    day.until_mails("mailmoot: No mail can be fetched", silent.0 + 1).await;
    day.until_mails("Well again: No mail can be fetched", silent.1 + 1).await;

    // The outbox grows.
    day.peers.stop_smtp();
    let ada = day.house.person(ADA).await;
    let raw = format!("From: {ADA}\r\nTo: bo@moot.test\r\nSubject: Plan\r\n\r\nWelcome.\r\n");
    let draft = day.house.actions.start_draft_from_mails(&ada, vec![raw.into_bytes()]).await.unwrap();
    let group = day.house.actions.confirm_draft(day.house.editor(&ada), draft).await.unwrap();
    let said = NewMessage { markdown: "Who reads this?".to_owned(), ..NewMessage::default() };
    day.house.actions.post_message(&ada, group, said).await.unwrap();
    eventually(async || day.house.actions.health().await.unwrap().mails_out.away.map(drop)).await;
    day.go_on(16).await;
    day.until_told("outbox_stands", (1, 0)).await;
    day.page_with("none can be handed over to the submission server").await;
    day.go_on(12).await;
    assert_eq!(day.told("outbox_stands").await, (1, 0), "once");
    day.peers.start_smtp();
    for _ in 0..12 {
        // What waited goes out when it is tried again, which is later each time.
        day.house.later(Duration::from_secs(1800));
        day.go_on(4).await;
        if day.house.actions.health().await.unwrap().mails_out.waiting == 0 {
            break;
        }
    }
    day.go_on(8).await;
    day.until_told("outbox_stands", (1, 1)).await;
    day.until_mails("mailmoot: No mail goes out", 1).await;
    day.until_mails("Well again: No mail goes out", 1).await;
    day.page_with("All is well.").await;
    assert!(!day.peers.wait_for_mails("bo", 1).await.is_empty(), "what waited is there");
}
