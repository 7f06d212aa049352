//! Keys of signatures in the DNS, asked of a real name server.

use std::net::SocketAddr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::DkimSigner;
use mailmoot::clock::Clock;
use mailmoot::domain::language::Language;
use mailmoot::mail::dkim::{DkimKey, Signer};
use mailmoot::texts::Texts;
use mailmoot::transport::account::{MailServer, Security};
use mailmoot::transport::check::{CheckStep, Outcome, PATIENCE, Source, Subject, check_mail};
use mailmoot::transport::dkim::Signatures;
use mailmoot::transport::dns::Dns;
use mailmoot::transport::smtp::SmtpAccount;

use crate::support::name_server::NameServer;

const NAME: &str = "day._domainkey.corp.test";

/// A key that signs, and the record of it in the DNS.
fn ed25519() -> (Vec<u8>, String) {
    let key = Ed25519Key::generate_pkcs8().unwrap();
    let public = Ed25519Key::from_pkcs8_der(&key).unwrap().public_key();
    (key, format!("v=DKIM1; k=ed25519; p={}", BASE64_STANDARD.encode(public)))
}

fn signer(pem: &str) -> Signer {
    Signer::new(DkimKey::from_pem(pem).unwrap(), "corp.test", "day")
}

/// The step of the check that looks for the key.
async fn key_step(signer: &Signer, name_server: SocketAddr) -> CheckStep {
    let folder = tempfile::tempdir().unwrap();
    // Nobody listens there, and nobody is asked: only this step matters.
    let server = MailServer {
        host: "127.0.0.1".to_owned(),
        port: 9,
        security: Security::None,
        login: None,
        ca_file: None,
    };
    let smtp = SmtpAccount { server };
    let mail = super::check::settings_of("moot@corp.test".parse().unwrap());
    let subject = Subject {
        mail: &mail,
        source: Source::Maildir(folder.path()),
        smtp: &smtp,
        signer: Some(signer),
        dns: &[name_server],
        patience: PATIENCE,
    };
    let steps = check_mail(subject, &Clock::system(), Texts::of(Language::English), &mut |_| ()).await;
    steps.into_iter().find(|step| step.what.contains(NAME)).unwrap()
}

#[tokio::test]
async fn the_check_finds_the_key_of_our_signature_or_says_what_is_wrong() {
    let own = signer(include_str!("../../../fixtures/dkim/rsa.pem"));
    assert!(own.record().len() > 255, "more than one string");
    let Some(right) = NameServer::start(&[(NAME.to_owned(), own.record())]).await else { return };
    let wrong = NameServer::start(&[(NAME.to_owned(), ed25519().1)]).await.unwrap();
    let empty = NameServer::start(&[]).await.unwrap();
    let step = key_step(&own, right.address).await;
    assert_eq!((step.outcome, step.advice.as_str()), (Outcome::Ok, ""), "{step:?}");
    for (server, words) in [(&wrong, "another key"), (&empty, "no such record")] {
        let step = key_step(&own, server.address).await;
        assert_eq!(step.outcome, Outcome::Failed, "{step:?}");
        assert!(step.seen.to_lowercase().contains(words) && step.advice.contains(&own.record()), "{step:?}");
    }
    let gone = empty.address;
    drop(empty);
    let step = key_step(&own, gone).await;
    assert_eq!(step.outcome, Outcome::Warning, "{step:?}");
    assert!(step.advice.contains("dns.servers"), "{step:?}");
}

#[tokio::test]
async fn a_signature_holds_by_the_key_that_its_domain_publishes() {
    let (key, record) = ed25519();
    let Some(server) = NameServer::start(&[(NAME.to_owned(), record)]).await else { return };
    let signatures = Signatures::asking(&Dns::asking(&[server.address]).unwrap());
    let raw = "From: anna@corp.test\r\nTo: moot@corp.test\r\nSubject: Plan\r\n\r\nYes.\r\n";
    let signed = |domain: &str| {
        let signer = DkimSigner::from_key(Ed25519Key::from_pkcs8_der(&key).unwrap());
        let signer = signer.domain(domain).selector("day").headers(["From", "To", "Subject"]);
        format!("{}{raw}", signer.sign(raw.as_bytes()).unwrap().to_header())
    };
    assert_eq!(signatures.holding(signed("corp.test").into_bytes()).await, ["corp.test"]);
    let changed = signed("corp.test").replace("Yes.", "No.");
    for raw in [changed, signed("other.test"), raw.to_owned()] {
        assert!(signatures.holding(raw.clone().into_bytes()).await.is_empty(), "{raw}");
    }
}
