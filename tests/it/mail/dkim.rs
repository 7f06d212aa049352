//! What we sign is verified by the public key, and by nothing else than what was signed.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Instant;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::hickory_resolver::config::{ResolverConfig, ResolverOpts};
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt};
use mailmoot::mail::dkim::{DkimKey, Signer};

const MAIL: &str = "From: =?utf-8?q?Anna_=28Plan=29?= <moot@corp.example>\r\n\
To: David <david@corp.example>\r\n\
Reply-To: moot+token@corp.example\r\n\
Subject: Plan\r\n\
Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n\
Message-ID: <1@corp.example>\r\n\
List-Unsubscribe: <https://moot.corp.example/mails/x>\r\n\
List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\
Content-Type: text/plain; charset=utf-8\r\n\
\r\n\
Hello.\r\n\r\n";

/// The one record that there is.
struct Records(String);

impl ResolverCache<Box<str>, Txt> for Records {
    fn get<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        Some(Txt::DomainKey(Arc::new(DomainKey::parse(self.0.as_bytes()).unwrap())))
    }
    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }
    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}

async fn passes(raw: &str, record: &str) -> bool {
    let authenticator =
        MessageAuthenticator::new(ResolverConfig::default(), ResolverOpts::default()).unwrap();
    let mail = AuthenticatedMessage::parse(raw.as_bytes()).unwrap();
    let records = Records(record.to_owned());
    let params = Parameters::new(&mail).with_txt_cache(&records);
    let results = authenticator.verify_dkim(params).await;
    results.len() == 1 && *results[0].result() == DkimResult::Pass
}

fn pem(der: &[u8]) -> String {
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", BASE64_STANDARD.encode(der))
}

fn keys() -> [String; 2] {
    let rsa = include_str!("../../../fixtures/dkim/rsa.pem").to_owned();
    [rsa, pem(&Ed25519Key::generate_pkcs8().unwrap())]
}

#[tokio::test]
async fn a_signed_mail_is_verified_and_a_changed_one_is_not() {
    for key in keys() {
        let signer = Signer::new(DkimKey::from_pem(&key).unwrap(), "corp.example", "moot");
        let signed = String::from_utf8(signer.sign(MAIL.as_bytes()).unwrap()).unwrap();
        assert!(signed.starts_with("DKIM-Signature: ") && signed.ends_with(MAIL), "{signed}");
        let record = signer.record();
        assert!(passes(&signed, &record).await, "{signed}\n{record}");
        // What relays may do.
        assert!(passes(&format!("Received: by mx.corp.example\r\n{signed}"), &record).await);
        for (from, to) in [
            ("Hello.", "Hello!"),
            ("Subject: Plan", "Subject: Plans"),
            ("/mails/x", "/mails/y"),
            ("One-Click", "One-Clock"),
            ("moot+token", "moot+tokem"),
            ("To: David", "From: Eve <eve@evil.example>\r\nTo: David"),
        ] {
            assert!(signed.contains(from));
            assert!(!passes(&signed.replace(from, to), &record).await, "{from} -> {to}");
        }
        assert_eq!(signer.record_name(), "moot._domainkey.corp.example");
        assert!(signer.is_in(&record.replace("; ", " ;  ")) && !signer.is_in("v=DKIM1; p="));
        assert!(!format!("{signer:?}").contains("PRIVATE"));
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let public = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
    for wrong in ["", "moot", public, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
        assert!(DkimKey::from_pem(wrong).is_none(), "{wrong}");
    }
}
