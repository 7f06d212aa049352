//! What `mailmoot check` tells of servers that are really broken in one way, and otherwise as they were.

use std::time::Duration;

use mailmoot::clock::Clock;
use mailmoot::domain::language::Language;
use mailmoot::texts::Texts;
use mailmoot::transport::check::{CheckStep, Outcome, Source, Subject, check_mail, check_reading};

use super::check::{check, settings, settings_of, warning};
use crate::support::odd_imap::OddImap;
use crate::support::peers::MailPeers;

#[tokio::test]
async fn certificates_that_ran_out_are_named_for_reading_and_for_sending() {
    let Some(peers) = MailPeers::own() else { return };
    let mail = settings(&peers, "moot");
    peers.let_certificate_run_out();
    let steps = check(&mail, &peers.imap("moot"), &peers.smtp("moot")).await;
    let failed: Vec<_> = steps.iter().filter(|step| step.outcome == Outcome::Failed).collect();
    assert_eq!(failed[0].what, "IMAP: agree on the protection (tls)");
    assert_eq!(failed[1].what, "SMTP: agree on the protection (starttls)");
    for step in &failed[..2] {
        assert!(step.seen.contains("xpired"), "{step:?}");
        assert!(step.advice.starts_with("Renew the certificate of localhost"), "{step:?}");
    }
}

#[tokio::test]
async fn a_relay_that_refuses_is_quoted() {
    let Some(peers) = MailPeers::find() else { return };
    let name = peers.someone_new("check");
    // It takes mail for its own domain only.
    let mail = settings_of("moot@elsewhere.example".parse().unwrap());
    let steps = check(&mail, &peers.imap(&name), &peers.mail_exchanger()).await;
    let refused: Vec<_> = steps.iter().filter(|step| step.outcome == Outcome::Failed).collect();
    assert!(!refused.is_empty(), "{steps:#?}");
    for step in refused {
        assert!(step.seen.contains("550 5.1.2") && !step.advice.is_empty(), "{step:#?}");
    }
}

#[tokio::test]
async fn a_mail_that_comes_back_under_another_name_is_told_with_what_that_means() {
    let Some(peers) = MailPeers::rewriting() else { return };
    let mail = settings(&peers, "moot");
    let steps = check(&mail, &peers.imap("moot"), &peers.smtp("moot")).await;
    let changed = warning(&steps);
    assert_eq!(changed.what, "Our mails keep their name (Message-ID)");
    assert!(changed.seen.contains("@relay.outside.example"), "{changed:?}");
    assert!(changed.advice.contains("Answers still find their group"), "{changed:?}");
}

#[tokio::test]
async fn a_server_without_idle_works_and_is_slower() {
    let mut account = OddImap::default().start().await;
    account.patience.poll = Duration::from_secs(30);
    let steps = check_reading(Source::Imap(&account), &Clock::system(), Texts::of(Language::English)).await;
    let idle = steps.iter().find(|step| step.what == "IMAP: be told of new mail at once (IDLE)").unwrap();
    assert_eq!(idle.outcome, Outcome::Warning);
    assert!(idle.advice.contains("every 30 seconds"), "{idle:?}");
}

/// It is taken, and put where nobody looks.
#[tokio::test]
async fn a_mail_that_never_comes_back_is_told_with_where_to_look() {
    let Some(peers) = MailPeers::find() else { return };
    let name = peers.someone_new("check");
    let mut imap = peers.imap(&name);
    "Gesendete".clone_into(&mut imap.folder);
    let (mail, smtp) = (settings(&peers, &name), peers.smtp(&name));
    let patience = Duration::from_secs(3);
    let subject =
        Subject { mail: &mail, source: Source::Imap(&imap), smtp: &smtp, signer: None, dns: &[], patience };
    let texts = Texts::of(Language::English);
    let steps = check_mail(subject, &Clock::system(), texts, &mut |_: &CheckStep| ()).await;
    let lost: Vec<_> = steps.iter().filter(|step| step.outcome == Outcome::Failed).collect();
    assert!(!lost.is_empty(), "{steps:#?}");
    for step in lost {
        assert!(step.seen.starts_with("sent, but not there") && !step.advice.is_empty(), "{step:#?}");
    }
}
