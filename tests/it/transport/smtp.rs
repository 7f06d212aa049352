//! Handing mail to a real Postfix.

use mailmoot::transport::account::Security;
use mailmoot::transport::connect::ConnectError;
use mailmoot::transport::smtp::{Envelope, SmtpAccount, SmtpError, Stage, Submitter};

use crate::support::peers::{MailPeers, forget_password};

const MAIL: &[u8] =
    b"From: Moot <gw@moot.test>\r\nTo: somebody\r\nSubject: Hello\r\n\r\nA line\r\n.\r\n..two dots\r\n";

#[tokio::test]
async fn a_mail_is_taken_by_tls_by_starttls_and_without_a_login() {
    let Some(peers) = MailPeers::find() else { return };
    let name = peers.someone_new("taken");
    let mut by_tls = peers.smtp("gw");
    by_tls.server.port = peers.port("smtps");
    by_tls.server.security = Security::Tls;
    for account in [by_tls, peers.smtp("gw"), peers.mail_exchanger()] {
        let submitter = Submitter::new(account);
        let sender = peers.address("gw+bounce.1");
        let accepted =
            submitter.send(Envelope::new(Some(&sender), &peers.address(&name)), MAIL).await.unwrap();
        assert_eq!((accepted.reply.code, accepted.reply.enhanced.as_deref()), (250, Some("2.0.0")));
        submitter.close().await;
    }
    let mails = peers.wait_for_mails(&name, 3).await;
    for mail in mails {
        let text = String::from_utf8_lossy(&mail);
        assert!(text.starts_with("Return-Path: <gw+bounce.1@moot.test>\r\n"), "{text}");
        assert!(text.ends_with("\r\n\r\nA line\r\n.\r\n..two dots\r\n"), "lone dots survive: {text}");
    }
}

#[tokio::test]
async fn a_refusal_says_whether_trying_again_makes_sense() {
    let Some(peers) = MailPeers::find() else { return };
    let other = peers.someone_new("others");
    let submitter = Submitter::new(peers.smtp("gw"));
    let sender = peers.address("gw");
    for (name, code, enhanced, permanent) in [
        ("reject", 550, "5.7.1", true),
        ("nosuch", 550, "5.1.1", true),
        ("slow", 450, "4.2.0", false),
        ("drop", 421, "4.3.2", false),
    ] {
        let error =
            submitter.send(Envelope::new(Some(&sender), &peers.address(name)), MAIL).await.unwrap_err();
        assert!(matches!(error, SmtpError::Refused { stage: Stage::Recipient, .. }), "{name}: {error}");
        let reply = error.reply().unwrap();
        assert_eq!((reply.code, reply.enhanced.as_deref()), (code, Some(enhanced)), "{name}");
        assert_eq!((error.is_permanent(), error.is_transient()), (permanent, !permanent), "{name}");
        assert!(!error.needs_admin(), "{name}");
        // One refused recipient is nobody else's trouble.
        submitter.send(Envelope::new(Some(&sender), &peers.address(&other)), MAIL).await.unwrap();
    }
    assert_eq!(peers.wait_for_mails(&other, 4).await.len(), 4);
}

#[tokio::test]
async fn the_null_return_path_is_kept() {
    let Some(peers) = MailPeers::find() else { return };
    let name = peers.someone_new("null");
    let submitter = Submitter::new(peers.smtp("gw"));
    submitter.send(Envelope::new(None, &peers.address(&name)), MAIL).await.unwrap();
    let mails = peers.wait_for_mails(&name, 1).await;
    assert!(mails[0].starts_with(b"Return-Path: <>\r\n"), "{}", String::from_utf8_lossy(&mails[0]));
}

#[tokio::test]
async fn addresses_in_other_scripts_are_sent_to() {
    let Some(peers) = MailPeers::find() else { return };
    let submitter = Submitter::new(peers.smtp("gw"));
    let accepted = submitter
        .send(Envelope::new(Some(&peers.address("gw")), &peers.address("李雷")), MAIL)
        .await
        .unwrap();
    assert_eq!(accepted.reply.code, 250);
}

#[tokio::test]
async fn many_mails_share_a_connection_and_side_by_side_ones_do_not_wait() {
    let Some(peers) = MailPeers::find() else { return };
    let name = peers.someone_new("many");
    let submitter = std::sync::Arc::new(Submitter::new(peers.smtp("gw")));
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let (submitter, to, sender) = (submitter.clone(), peers.address(&name), peers.address("gw"));
        tasks.push(tokio::spawn(async move {
            for _ in 0..10 {
                submitter.send(Envelope::new(Some(&sender), &to), MAIL).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(peers.wait_for_mails(&name, 40).await.len(), 40);
}

#[tokio::test]
async fn a_connection_that_died_while_it_was_kept_costs_nothing() {
    let Some(peers) = MailPeers::own() else { return };
    let submitter = Submitter::new(peers.smtp("gw"));
    submitter.send(Envelope::new(None, &peers.address("alice")), MAIL).await.unwrap();
    peers.restart_smtp();
    submitter.send(Envelope::new(None, &peers.address("alice")), MAIL).await.unwrap();
    peers.wait_for_mails("alice", 2).await;
}

#[tokio::test]
async fn what_is_wrong_with_the_account_needs_an_admin() {
    let Some(peers) = MailPeers::find() else { return };
    let good = peers.smtp("gw");
    let send = async |account: SmtpAccount| {
        Submitter::new(account).send(Envelope::new(None, &peers.address("alice")), MAIL).await.unwrap_err()
    };

    let mut account = good.clone();
    forget_password(&mut account.server);
    let error = send(account).await;
    assert!(matches!(&error, SmtpError::LoginRefused(reply) if reply.code == 535), "{error}");
    assert!(error.needs_admin() && error.is_transient(), "the mail waits for the right password");

    let mut account = good.clone();
    account.server.ca_file = Some(peers.path("other_ca"));
    let error = send(account).await;
    assert!(matches!(error, SmtpError::Connect(ConnectError::Certificate { .. })), "{error}");
    assert!(error.needs_admin());

    let mut account = good.clone();
    account.server.security = Security::Tls;
    let error = send(account).await;
    assert!(matches!(error, SmtpError::Connect(ConnectError::Handshake { .. })), "{error}");
    assert!(error.needs_admin(), "TLS to a STARTTLS port");
}
