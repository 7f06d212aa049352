//! What `mailmoot check` tells of right and of wrong settings.

use std::time::Duration;

use mailmoot::clock::Clock;
use mailmoot::domain::address::EmailAddress;
use mailmoot::domain::gateway::{Gateway, ReplyStyle};
use mailmoot::domain::language::Language;
use mailmoot::domain::settings::MailSettings;
use mailmoot::texts::Texts;
use mailmoot::transport::account::{MailServer, Security};
use mailmoot::transport::check::{
    CheckStep, Outcome, PATIENCE, Source, Subject, check_mail, check_people, check_reading,
};
use mailmoot::transport::imap::ImapAccount;
use mailmoot::transport::smtp::SmtpAccount;

use super::odd_servers::play;
use crate::support::peers::{MailPeers, forget_password};

pub(super) fn settings(peers: &MailPeers, name: &str) -> MailSettings {
    settings_of(peers.address(name))
}

pub(super) fn settings_of(address: EmailAddress) -> MailSettings {
    MailSettings {
        gateway: Gateway { address, replies: ReplyStyle::Subaddress },
        branches: Vec::new(),
        name: "mailmoot".to_owned(),
        hold: Duration::ZERO,
        max_size: 25_000_000,
        attach_up_to: 5_000_000,
        language: Language::English,
        zone: mailmoot::domain::zone::Zone::UTC,
        authserv_ids: Vec::new(),
        check_dkim: false,
    }
}

pub(super) async fn check(mail: &MailSettings, imap: &ImapAccount, smtp: &SmtpAccount) -> Vec<CheckStep> {
    let subject =
        Subject { mail, source: Source::Imap(imap), smtp, signer: None, dns: &[], patience: PATIENCE };
    let mut seen = Vec::new();
    let steps =
        check_mail(subject, &Clock::system(), Texts::of(Language::English), &mut |step: &CheckStep| {
            seen.push(step.clone());
        })
        .await;
    assert_eq!(seen, steps);
    steps
}

/// The one step that failed, apart from the round trip that cannot be tried then.
fn failure(steps: &[CheckStep]) -> &CheckStep {
    let failed: Vec<&CheckStep> = steps.iter().filter(|step| step.outcome == Outcome::Failed).collect();
    assert_eq!(failed.len(), 2, "{steps:#?}");
    assert_eq!(failed[1].seen, "not tried");
    failed[0]
}

#[tokio::test]
async fn a_right_configuration_passes_every_step() {
    let Some(peers) = MailPeers::find() else { return };
    let name = peers.someone_new("check");
    let mut mail = settings(&peers, &name);
    let steps = check(&mail, &peers.imap(&name), &peers.smtp(&name)).await;
    assert!(steps.iter().all(|step| step.outcome == Outcome::Ok), "{steps:#?}");
    assert_eq!(steps.len(), 18, "{steps:#?}");
    assert_eq!(steps[2].what, "IMAP: agree on the protection (tls)");
    assert!(steps[2].seen.starts_with("the certificate holds until 20"), "{:?}", steps[2]);
    assert_eq!(steps[6].what, "IMAP: what else the server offers");
    assert!(steps[6].seen.contains("UIDPLUS, CONDSTORE"), "{:?}", steps[6]);
    assert_eq!(
        (steps[7].what.as_str(), steps[7].seen.as_str()),
        ("IMAP: room in the mailbox", "0 of 10240 MB are used")
    );
    assert_eq!(steps[13].what, "SMTP: the largest mail it takes");
    assert_eq!(steps[14].what, format!("Answers to {name}+…@moot.test come in"));
    let on_the_way: Vec<&str> = steps[15..].iter().map(|step| step.what.as_str()).collect();
    let clock = "The clock of this machine agrees with the mail server’s";
    assert_eq!(on_the_way, ["Our mails keep their name (Message-ID)", "Headers of ours come through", clock]);

    mail.gateway.replies = ReplyStyle::Single;
    let steps = check(&mail, &peers.imap(&name), &peers.smtp(&name)).await;
    assert_eq!(steps[14].what, format!("A mail to {name}@moot.test comes in"));
}

/// The one step that works, but not as well as it could.
pub(super) fn warning(steps: &[CheckStep]) -> &CheckStep {
    let others: Vec<&CheckStep> = steps.iter().filter(|step| step.outcome != Outcome::Ok).collect();
    assert_eq!((others.len(), others[0].outcome), (1, Outcome::Warning), "{steps:#?}");
    others[0]
}

#[tokio::test]
async fn what_works_less_well_is_a_warning_with_advice() {
    let Some(peers) = MailPeers::find() else { return };
    let name = peers.someone_new("check");
    let large = MailSettings { attach_up_to: 5_000_000_000, ..settings(&peers, &name) };
    let steps = check(&large, &peers.imap(&name), &peers.smtp(&name)).await;
    assert_eq!(warning(&steps).what, "SMTP: the largest mail it takes");
    assert!(warning(&steps).advice.contains("mail.attach_up_to"), "{:?}", warning(&steps));

    // Its clock, as it stands in the mail that comes back, is not ours.
    let late = Clock::standing_at(Clock::system().now() + Duration::from_secs(3 * 3600 + 30));
    let (mail, imap, smtp) = (settings(&peers, &name), peers.imap(&name), peers.smtp(&name));
    let subject = Subject {
        mail: &mail,
        source: Source::Imap(&imap),
        smtp: &smtp,
        signer: None,
        dns: &[],
        patience: PATIENCE,
    };
    let steps = check_mail(subject, &late, Texts::of(Language::English), &mut |_: &CheckStep| ()).await;
    assert_eq!(warning(&steps).seen, "180 minutes apart");
    assert!(warning(&steps).advice.contains("NTP"), "{:?}", warning(&steps));
}

#[tokio::test]
async fn a_style_of_addresses_that_does_not_come_in_is_found() {
    let Some(peers) = MailPeers::find() else { return };
    let name = peers.someone_new("check");
    let mut mail = settings(&peers, &name);
    mail.gateway.replies = ReplyStyle::CatchAll { domain: "nowhere.moot.test".to_owned() };
    let steps = check(&mail, &peers.imap(&name), &peers.smtp(&name)).await;
    let failed: Vec<&CheckStep> = steps.iter().filter(|step| step.outcome != Outcome::Ok).collect();
    assert_eq!(failed.len(), 1, "{steps:#?}");
    assert_eq!(failed[0].what, "Answers to …@nowhere.moot.test come in");
    assert!(failed[0].advice.contains("recipient_delimiter"));
    let plain = format!("A mail to {name}@moot.test comes in");
    assert!(steps.iter().any(|step| step.what == plain && step.outcome == Outcome::Ok), "{steps:#?}");
}

#[tokio::test]
async fn each_wrong_setting_gets_its_own_advice() {
    let Some(peers) = MailPeers::find() else { return };
    let name = peers.someone_new("check");
    let mail = settings(&peers, &name);
    let (imap, smtp) = (peers.imap(&name), peers.smtp(&name));

    let mut wrong = imap.clone();
    forget_password(&mut wrong.server);
    let steps = check(&mail, &wrong, &smtp).await;
    assert_eq!(failure(&steps).what, format!("IMAP: sign in as {name}@moot.test"));
    assert!(failure(&steps).seen.contains("Authentication failed"), "{:?}", failure(&steps));
    assert!(failure(&steps).advice.contains("password for applications"));

    let mut wrong = imap.clone();
    wrong.server.ca_file = Some(peers.path("other_ca"));
    let steps = check(&mail, &wrong, &smtp).await;
    assert_eq!(failure(&steps).what, "IMAP: agree on the protection (tls)");
    let advice = &failure(&steps).advice;
    assert!(failure(&steps).seen.contains("UnknownIssuer"), "{:?}", failure(&steps));
    assert!(
        advice.starts_with("Nobody whom this machine trusts") && advice.contains("imap.ca_file"),
        "{advice}"
    );
    assert!(!advice.contains("localhost"), "the name is right: {advice}");

    let mut wrong = imap.clone();
    // Another way to write 127.0.0.1, which the certificate does not know.
    wrong.server.host = "127.1".to_owned();
    let steps = check(&mail, &wrong, &smtp).await;
    assert!(failure(&steps).advice.contains("made out to 127.1"), "{:?}", failure(&steps));

    let mut wrong = imap.clone();
    wrong.server.port = peers.port("imap");
    let steps = check(&mail, &wrong, &smtp).await;
    assert!(failure(&steps).advice.contains("imap.security = \"starttls\""), "{:?}", failure(&steps));

    let mut wrong = imap.clone();
    wrong.folder = "Nowhere".to_owned();
    let steps = check(&mail, &wrong, &smtp).await;
    assert_eq!(failure(&steps).what, "IMAP: open the folder Nowhere");

    let mut wrong = smtp.clone();
    wrong.server.host = "nowhere.invalid".to_owned();
    let steps = check(&mail, &imap, &wrong).await;
    assert_eq!(failure(&steps).what, "SMTP: find nowhere.invalid");

    let mut wrong = smtp.clone();
    wrong.server.port = 1;
    let steps = check(&mail, &imap, &wrong).await;
    assert_eq!(failure(&steps).what, "SMTP: connect to localhost, port 1");
    assert!(failure(&steps).advice.contains("465") && failure(&steps).advice.contains("587"));

    let mut wrong = smtp.clone();
    forget_password(&mut wrong.server);
    let steps = check(&mail, &imap, &wrong).await;
    assert_eq!(failure(&steps).what, format!("SMTP: sign in as {name}@moot.test"));
    assert!(failure(&steps).seen.contains("535"), "{:?}", failure(&steps));

    let mut wrong = smtp.clone();
    wrong.server.security = Security::Tls;
    let steps = check(&mail, &imap, &wrong).await;
    assert!(failure(&steps).advice.contains("smtp.security = \"starttls\""), "{:?}", failure(&steps));
}

/// The mail goes where its address leads, and another mailbox is read.
#[tokio::test]
async fn another_mailbox_than_that_of_the_address_is_named_before_anything_else() {
    let Some(peers) = MailPeers::find() else { return };
    let (read, name) = (peers.someone_new("reader"), peers.someone_new("check"));
    let mut mail = settings(&peers, &name);
    let (imap, smtp) = (peers.imap(&read), peers.smtp(&name));
    let tried = async |mail: &MailSettings| {
        // The mail is never there, however long anybody waits.
        let patience = Duration::from_secs(3);
        let subject =
            Subject { mail, source: Source::Imap(&imap), smtp: &smtp, signer: None, dns: &[], patience };
        let texts = Texts::of(Language::English);
        let mut steps = check_mail(subject, &Clock::system(), texts, &mut |_: &CheckStep| ()).await;
        steps.retain(|step| step.outcome != Outcome::Ok);
        steps
    };
    let lost = tried(&mail).await;
    assert_eq!(lost.len(), 2, "{lost:#?}");
    let begin =
        format!("The mailbox that is read is that of {read}@moot.test, and {name}@moot.test is another");
    for step in &lost {
        assert!(step.seen.starts_with("sent, but not there") && step.advice.starts_with(&begin), "{step:#?}");
        assert!(!step.advice.contains("recipient_delimiter"), "{step:#?}");
    }
    assert!(lost[1].advice.contains("log and queue"), "{lost:#?}");

    // Nobody has the address.
    mail.gateway = Gateway { address: peers.address("nosuch-gateway"), replies: ReplyStyle::Single };
    let refused = tried(&mail).await;
    assert_eq!(refused.len(), 1, "{refused:#?}");
    assert!(
        refused[0].seen.contains("550") && refused[0].advice.contains("is another address"),
        "{refused:#?}"
    );
}

#[tokio::test]
async fn the_server_of_peoples_mailboxes_is_tried_without_anybodys_password() {
    let Some(peers) = MailPeers::find() else { return };
    let server = MailServer { login: None, ..peers.imap("nobody").server };
    let (clock, texts) = (Clock::system(), Texts::of(Language::English));
    let steps = check_people(&server, &clock, texts).await;
    assert!(steps.iter().all(|step| step.outcome == Outcome::Ok), "{steps:#?}");
    assert_eq!(steps.len(), 4, "{steps:#?}");
    assert_eq!(steps[0].what, "People’s mailboxes, IMAP: find localhost");
    assert!(steps[2].seen.starts_with("the certificate holds until 20"), "{:?}", steps[2]);
    assert_eq!(steps[3].what, "People’s mailboxes, IMAP: people can sign in by a password");
    assert!(steps[3].seen.contains("PLAIN"), "{:?}", steps[3]);

    let failed = async |server: MailServer| {
        let step = check_people(&server, &clock, texts).await.pop().unwrap();
        assert_eq!(step.outcome, Outcome::Failed, "{step:?}");
        step
    };
    let step = failed(MailServer { port: 1, ..server.clone() }).await;
    assert!(step.what.ends_with("port 1") && step.advice.contains("sign_in.imap_port"), "{step:?}");
    let step = failed(MailServer { ca_file: Some(peers.path("other_ca")), ..server.clone() }).await;
    assert!(step.advice.contains("in sign_in.imap_ca_file"), "{step:?}");
    let step =
        failed(MailServer { port: peers.port("smtp"), security: Security::None, ..server.clone() }).await;
    assert!(step.seen.starts_with("this is not the greeting of a mail server: 220"), "{step:?}");

    // It lets nobody in by a password, or not yet.
    for (capability, takes) in [
        ("* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2\r\nTAG OK\r\n", false),
        ("* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\nTAG OK\r\n", false),
        ("* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN\r\nTAG OK\r\n", true),
        ("* CAPABILITY IMAP4rev1\r\nTAG OK\r\n", true),
    ] {
        let script = vec![("", "* OK hello\r\n"), ("CAPABILITY", capability)];
        let port = play(script.leak(), true).await;
        let host = "127.0.0.1".to_owned();
        let odd = MailServer { host, port, security: Security::None, login: None, ca_file: None };
        let step = check_people(&odd, &clock, texts).await.pop().unwrap();
        assert_eq!(step.outcome == Outcome::Ok, takes, "{capability}: {step:?}");
        if !takes {
            assert!(
                step.seen.contains("LOGINDISABLED") && step.advice.contains("sign_in.imap_security"),
                "{step:?}"
            );
        }
    }
}

/// Its user has room for 20 kB, and a mail of 40 kB lies there.
#[tokio::test]
async fn a_full_mailbox_is_told_before_anything_is_sent_to_it() {
    let Some(peers) = MailPeers::find() else { return };
    let imap = peers.imap("full");
    imap.connect().await.unwrap().select().await.unwrap();
    let mail = peers.maildir("full").join("new").join("1.large.moot");
    std::fs::write(&mail, format!("Subject: large\n\n{}", "0123456789\n".repeat(4_000))).unwrap();
    let steps = check_reading(Source::Imap(&imap), &Clock::system(), Texts::of(Language::English)).await;
    let moved = peers.maildir("full").join("cur").join("1.large.moot:2,");
    // Dovecot moves it when the folder is opened.
    std::fs::remove_file(&moved).or_else(|_| std::fs::remove_file(&mail)).unwrap();
    let room = steps.last().unwrap();
    assert_eq!(
        (room.what.as_str(), room.outcome),
        ("IMAP: room in the mailbox", Outcome::Failed),
        "{steps:#?}"
    );
    assert!(room.advice.contains("more room"), "{room:?}");
}

#[tokio::test]
async fn a_maildir_is_checked_too() {
    let Some(peers) = MailPeers::find() else { return };
    let name = peers.someone_new("check");
    let mail = settings(&peers, &name);
    peers.imap(&name).connect().await.unwrap().select().await.unwrap();
    let folder = peers.maildir(&name);
    let smtp = peers.smtp(&name);
    let subject = Subject {
        mail: &mail,
        source: Source::Maildir(&folder),
        smtp: &smtp,
        signer: None,
        dns: &[],
        patience: PATIENCE,
    };
    let texts = Texts::of(Language::Chinese);
    let steps = check_mail(subject, &Clock::system(), texts, &mut |_| {}).await;
    assert!(steps.iter().all(|step| step.outcome == Outcome::Ok), "{steps:#?}");
    let replies = format!("发往 {name}+…@moot.test 的回复能够收到");
    assert!(steps.iter().any(|step| step.what == replies), "{steps:#?}");
}
