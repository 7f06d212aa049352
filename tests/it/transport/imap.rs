//! Reading a folder of a real Dovecot.

use std::time::{Duration, Instant};

use mailmoot::transport::account::Security;
use mailmoot::transport::connect::ConnectError;
use mailmoot::transport::imap::{ImapError, Woken};

use crate::support::peers::{MailPeers, forget_password};

fn mail(to: &str, subject: &str, body: &str) -> Vec<u8> {
    format!(
        "From: Alice <alice@moot.test>\r\nTo: {to}@moot.test\r\nSubject: {subject}\r\n\
         Message-ID: <{subject}.{to}@moot.test>\r\n\r\n{body}\r\n"
    )
    .into_bytes()
}

#[tokio::test]
async fn an_account_is_opened_by_tls_and_by_starttls() {
    let Some(peers) = MailPeers::find() else { return };
    for (port, security) in [("imaps", Security::Tls), ("imap", Security::StartTls), ("imap", Security::None)]
    {
        let mut account = peers.imap("imap-open");
        account.server.port = peers.port(port);
        account.server.security = security;
        let mut session = account.connect().await.unwrap();
        let folder = session.select().await.unwrap();
        assert!(folder.uid_validity > 0 && folder.uid_next > 0, "{folder:?}");
        assert!(session.can_idle());
        session.log_out().await;
    }
}

#[tokio::test]
async fn what_is_wrong_with_an_account_is_told_apart() {
    let Some(peers) = MailPeers::find() else { return };
    let good = peers.imap("imap-wrong");

    let mut account = good.clone();
    forget_password(&mut account.server);
    let error = account.connect().await.err().unwrap();
    assert!(
        matches!(&error, ImapError::LoginRefused { reply } if reply.contains("Authentication failed")),
        "{error}"
    );
    assert!(error.needs_admin());

    let mut account = good.clone();
    account.server.ca_file = Some(peers.path("other_ca"));
    let error = account.connect().await.err().unwrap();
    assert!(matches!(error, ImapError::Connect(ConnectError::Certificate { .. })), "{error}");
    assert!(error.needs_admin());

    let mut account = good.clone();
    account.server.port = peers.port("imap");
    let error = account.connect().await.err().unwrap();
    assert!(
        matches!(error, ImapError::Connect(ConnectError::Handshake { .. })),
        "TLS to a STARTTLS port: {error}"
    );

    let mut account = good.clone();
    account.server.port = peers.port("smtp");
    account.server.security = Security::StartTls;
    let error = account.connect().await.err().unwrap();
    assert!(matches!(error, ImapError::Connect(ConnectError::Greeting { .. })), "{error}");

    let mut account = good.clone();
    account.server.port = 1;
    let error = account.connect().await.err().unwrap();
    assert!(matches!(error, ImapError::Connect(ConnectError::Unreachable { .. })), "{error}");
    assert!(!error.needs_admin(), "a server that is down comes back");

    let mut account = good.clone();
    account.server.host = "nowhere.invalid".to_owned();
    let error = account.connect().await.err().unwrap();
    assert!(matches!(error, ImapError::Connect(ConnectError::UnknownHost { .. })), "{error}");

    let mut account = good.clone();
    account.folder = "Österreich & more".to_owned();
    let error = account.connect().await.unwrap().select().await.err().unwrap();
    assert!(matches!(error, ImapError::FolderMissing { .. }), "{error}");
}

#[tokio::test]
async fn idle_wakes_when_a_mail_comes() {
    let Some(peers) = MailPeers::find() else { return };
    let name = peers.someone_new("idle");
    let to = format!("{name}@moot.test");
    let to = [to.as_str()];
    let mut session = peers.imap(&name).connect().await.unwrap();
    session.select().await.unwrap();
    assert_eq!(session.wait_for_mail(Duration::from_millis(300)).await.unwrap(), Woken::Quiet);
    let begin = Instant::now();
    let one = mail(&name, "one", "Hello");
    let (woken, sent) = tokio::join!(
        session.wait_for_mail(Duration::from_secs(30)),
        peers.deliver("alice@moot.test", &to, &one),
    );
    sent.unwrap();
    assert_eq!(woken.unwrap(), Woken::NewMail);
    // Dovecot itself waits half a second before it tells.
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    let mails = session.fetch_after(0, 10).await.unwrap();
    assert_eq!(mails.len(), 1);
    assert!(String::from_utf8_lossy(&mails[0].raw).contains("Subject: one\r\n"));

    // A mail that comes between the last look and the waiting is not slept over.
    peers.deliver("alice@moot.test", &to, &mail(&name, "two", "Hello")).await.unwrap();
    peers.wait_for_mails(&name, 2).await;
    assert_eq!(session.wait_for_mail(Duration::from_secs(30)).await.unwrap(), Woken::NewMail);
    assert_eq!(session.fetch_after(mails[0].uid, 10).await.unwrap().len(), 1);
    assert_eq!(session.wait_for_mail(Duration::from_millis(300)).await.unwrap(), Woken::Quiet);
}

#[tokio::test]
async fn a_cut_connection_is_noticed_and_the_next_one_goes_on() {
    let Some(peers) = MailPeers::find() else { return };
    let account = peers.imap("imap-kick");
    let mut session = account.connect().await.unwrap();
    session.select().await.unwrap();
    let waiting = tokio::spawn(async move { session.wait_for_mail(Duration::from_secs(30)).await });
    tokio::time::sleep(Duration::from_millis(500)).await;
    peers.kick("imap-kick");
    let error = waiting.await.unwrap().err().unwrap();
    assert!(matches!(error, ImapError::Lost { .. }), "{error}");
    assert!(!error.needs_admin());
    account.connect().await.unwrap().select().await.unwrap();
}

#[tokio::test]
async fn many_mails_come_in_order_and_in_portions() {
    let Some(peers) = MailPeers::find() else { return };
    let name = peers.someone_new("many");
    let to = format!("{name}@moot.test");
    let to = [to.as_str()];
    for number in 0..60 {
        let raw = mail(&name, &format!("n{number:02}"), &"x".repeat(2000));
        peers.deliver("alice@moot.test", &to, &raw).await.unwrap();
    }
    peers.wait_for_mails(&name, 60).await;
    let mut session = peers.imap(&name).connect().await.unwrap();
    session.select().await.unwrap();
    let (mut last, mut all, mut portions) = (0, Vec::new(), 0);
    loop {
        let mails = session.fetch_after(last, 25).await.unwrap();
        let Some(newest) = mails.last() else { break };
        assert!(mails.windows(2).all(|pair| pair[0].uid < pair[1].uid) && mails[0].uid > last);
        last = newest.uid;
        portions += 1;
        all.extend(mails);
    }
    assert_eq!((all.len(), portions), (60, 3));
    assert!(all.iter().all(|mail| mail.raw.ends_with(b"xxx\r\n") && mail.too_large.is_none()));
    assert!(session.fetch_after(u32::MAX, 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn of_a_mail_that_is_too_large_the_header_comes() {
    let Some(peers) = MailPeers::find() else { return };
    let name = peers.someone_new("large");
    let to = format!("{name}@moot.test");
    let to = [to.as_str()];
    let large = mail(&name, "large", &"long line of text\r\n".repeat(10_000));
    for raw in [mail(&name, "small", "x"), large, mail(&name, "last", "x")] {
        peers.deliver("alice@moot.test", &to, &raw).await.unwrap();
    }
    peers.wait_for_mails(&name, 3).await;
    let mut account = peers.imap(&name);
    account.max_size = 100_000;
    let mut session = account.connect().await.unwrap();
    session.select().await.unwrap();
    let mails = session.fetch_after(0, 10).await.unwrap();
    let sizes: Vec<Option<u64>> = mails.iter().map(|mail| mail.too_large).collect();
    let large = mails.iter().find(|mail| mail.too_large.is_some()).unwrap();
    assert_eq!(sizes.iter().flatten().count(), 1);
    assert!(large.too_large.unwrap() > 190_000, "{sizes:?}");
    let header = String::from_utf8_lossy(&large.raw);
    assert!(header.contains("Subject: large\r\n") && header.ends_with("\r\n\r\n"), "{header}");
}

#[tokio::test]
async fn a_changed_uid_validity_shows() {
    let Some(peers) = MailPeers::find() else { return };
    let name = peers.someone_new("valid");
    let to = format!("{name}@moot.test");
    let to = [to.as_str()];
    peers.deliver("alice@moot.test", &to, &mail(&name, "a", "x")).await.unwrap();
    peers.wait_for_mails(&name, 1).await;
    let account = peers.imap(&name);
    let before = account.connect().await.unwrap().select().await.unwrap();
    assert_eq!(account.connect().await.unwrap().select().await.unwrap().uid_validity, before.uid_validity);
    peers.change_uid_validity(&name);
    let mut session = account.connect().await.unwrap();
    let after = session.select().await.unwrap();
    assert_ne!(after.uid_validity, before.uid_validity);
    assert_eq!((after.exists, session.fetch_after(0, 10).await.unwrap().len()), (1, 1));
}

#[tokio::test]
async fn mails_of_an_outage_come_in_afterwards() {
    let Some(peers) = MailPeers::own() else { return };
    let account = peers.imap("gw");
    account.connect().await.unwrap().select().await.unwrap();
    peers.stop_imap();
    assert!(!account.connect().await.err().unwrap().needs_admin());
    for number in 0..20 {
        let raw = mail("gw", &format!("outage{number}"), "x");
        peers.deliver("alice@moot.test", &["gw+token@moot.test"], &raw).await.unwrap();
    }
    peers.start_imap();
    let mails = peers.wait_for_mails("gw", 20).await;
    assert_eq!(mails.len(), 20);
    assert!(String::from_utf8_lossy(&mails[0]).contains("Delivered-To: gw+token@moot.test"));
}
